from datetime import date

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from odoo.addons.customer_complaint.tests.common import CustomerComplaintCommon


@tagged("post_install", "-at_install")
class TestPaperRequirement(CustomerComplaintCommon):
    """The papers of representation (CBIRC-2020 art. 12-14)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.daughter, cls.lawyer = cls.env["res.partner"].create(
            [
                {"name": "李小红", "phone": "+86 138 0000 0000"},
                {"name": "王律师", "email": "lawyer@example.com"},
            ]
        )

    def _by_agent(self, person=None, **values):
        return self._create_complaint(
            representation="agent",
            representative_ids=[Command.set((person or self.daughter).ids)],
            **{"line_ids": [], **values},
        )

    def _file(self, complaint, *types):
        for paper_type in types:
            self._create_document(
                complaint,
                paper_type,
                # As an original, with a file: what some of them count as only.
                is_original=True,
                attachment_ids=[Command.create({"name": "原件.jpg", "raw": b"x"})],
            )
        self.env.invalidate_all()

    def _ask_for_papers(self, complaint, **values):
        return self._tell(complaint, "papers", **values)

    def _get_missing(self, complaint):
        return complaint.missing_paper_type_ids.mapped("name")

    # ------------------------------------------------------------------
    # WHAT IS MISSING
    # ------------------------------------------------------------------

    def test_each_representation_needs_its_papers(self):
        numbers = {
            "self": 0,
            "guardian": 2,
            "agent": 2,
            "heir": 2,
            "organisation": 1,
            "group": 2,
        }
        complaint = self._create_complaint(line_ids=[])
        for representation, number in numbers.items():
            complaint.write(
                {
                    "representation": representation,
                    "complainant_count": 3 if representation == "group" else 1,
                }
            )
            with self.subTest(representation=representation):
                self.assertEqual(len(complaint.missing_paper_type_ids), number)

    def test_acceptance_waits_for_the_papers(self):
        complaint = self._by_agent()
        self.assertIn("Signed authorisation", complaint.missing_papers_note)
        for step in (
            lambda: complaint.action_accept(),
            lambda: complaint.write({"state": "accepted"}),
            lambda: complaint.with_user(self.manager).action_accept(),
            lambda: complaint.sudo().write(
                {"state": "accepted", "missing_paper_type_ids": [Command.clear()]}
            ),
        ):
            with self._refused("papers are missing"):
                step()
        self._file(complaint, "authorisation")
        with self._refused("missing: Identity card"):
            complaint.action_accept()
        self._file(complaint, "representative_identity")
        self.assertFalse(complaint.missing_papers_note)
        complaint.action_accept()
        self.assertEqual(complaint.state, "accepted")

    def test_who_acts_later_brings_papers_before_the_decision(self):
        agent = {
            "representation": "agent",
            "representative_ids": [Command.set(self.daughter.ids)],
        }
        accepted = self._take_to(self._create_complaint(line_ids=[]), "accepted")
        self._verify(accepted)
        accepted.write(agent)
        self._verify(accepted)
        with self._refused("papers are missing"):
            accepted.action_investigate()
        running = self._take_to(self._create_complaint(line_ids=[]), "investigating")
        running.write(
            {**agent, "conclusion": "established", "conclusion_note": "属实。"}
        )
        self._confirm(self._verify(running))
        self.assertIn("Signed authorisation", running.missing_papers_note)
        with self._refused("papers are missing"):
            running.action_remediate()
        self._file(running, "authorisation", "representative_identity")
        running.action_remediate()
        self.assertEqual(running.state, "remediation")

    # ------------------------------------------------------------------
    # ALREADY HELD
    # ------------------------------------------------------------------

    def test_an_archived_type_of_paper_is_not_asked_for(self):
        """The guard of the step knows at once, and not only the form."""
        complaint = self._by_agent()
        kind = self.env.ref("customer_complaint_notice.document_type_authorisation")
        self.assertIn(kind, complaint._get_missing_paper_types()[complaint])
        kind.active = False
        missing = complaint._get_missing_paper_types()
        self.assertNotIn(kind, missing[complaint])

    def test_what_is_held_is_not_asked_for_again(self):
        first = self._by_agent()
        self._file(first, "authorisation", "representative_identity")
        again = self._by_agent()
        # The authorisation is for one matter, the identity for all of them.
        self.assertEqual(self._get_missing(again), ["Signed authorisation"])

    def test_other_teams_confidential_papers_count_unseen(self):
        first = self._by_agent(team_id=self.other_team.id, user=self.stranger)
        self._create_document(first, "representative_identity", self.stranger)
        again = self._by_agent()
        self.env.invalidate_all()
        self.assertEqual(self._get_missing(again), ["Signed authorisation"])
        with self.assertRaises(AccessError):
            first.document_ids.with_user(self.agent).read(["name"])

    def test_papers_of_others_do_not_count(self):
        neighbour = self.env["res.partner"].create({"name": "邻居"})
        first = self._by_agent()
        self._file(first, "representative_identity")
        for complaint in (
            self._by_agent(self.lawyer),
            self._by_agent(partner_id=neighbour.id, sale_order_id=False),
        ):
            self.assertEqual(len(complaint.missing_paper_type_ids), 2)

    def test_papers_of_another_company_do_not_count(self):
        other = self.env["res.company"].sudo().create({"name": "上海分公司"})
        first = (
            self.env["customer.complaint"]
            .sudo()
            .create(
                {
                    "company_id": other.id,
                    "partner_id": self.customer.id,
                    "representation": "agent",
                    "representative_ids": [Command.set(self.daughter.ids)],
                }
            )
        )
        self._create_document(first, "representative_identity", self.env.user)
        self.assertEqual(len(self._by_agent().missing_paper_type_ids), 2)

    def test_many_cost_no_more_than_few(self):
        counts = []
        for number in (2, 80):
            complaints = self.browse_many(number)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            reasons = complaints._get_cannot_move_reasons("accepted")
            counts.append(self.cr.sql_log_count - before)
            self.assertEqual(len(reasons), number)
        self.assertLessEqual(counts[1], counts[0] + 3, counts)

    def browse_many(self, number):
        vals = self._prepare_complaint_vals(
            line_ids=[],
            representation="agent",
            representative_ids=[Command.set(self.daughter.ids)],
        )
        return (
            self.env["customer.complaint"]
            .with_user(self.agent)
            .create([vals for _i in range(number)])
        )

    # ------------------------------------------------------------------
    # ASKING AND WAIVING
    # ------------------------------------------------------------------

    @freeze_time("2031-05-06 02:00:00")
    def test_papers_are_asked_for_until_a_day(self):
        complaint = self._by_agent()
        notice = self._ask_for_papers(complaint)
        self.assertRecordValues(
            notice, [{"kind": "papers", "date_due": date(2031, 5, 13)}]
        )
        self.assertIn("Signed authorisation", notice.content)
        self.assertEqual(notice.partner_id, self.daughter)
        self.assertEqual(complaint.date_papers_due, date(2031, 5, 13))
        activity = complaint.activity_ids
        self.assertRecordValues(
            activity,
            [{"date_deadline": date(2031, 5, 13), "user_id": self.agent.id}],
        )
        with self._refused("has not passed", ValidationError):
            self._record_notice(complaint, "papers", date_due="2031-05-05")

    def _waive(self, complaint, user=None, **values):
        complaint = complaint.with_user(user or self.agent)
        action = complaint.action_waive_papers()
        (
            complaint.env[action["res_model"]]
            .with_context(**action["context"])
            .create({"reason": "代理人失联,事实清楚。", **values})
            .action_confirm()
        )

    def test_handler_goes_on_without_papers_when_the_day_has_passed(self):
        with freeze_time("2031-05-06 02:00:00"):
            complaint = self._by_agent()
            with self._refused("press “Ask for Papers”"):
                self._waive(complaint)
            self._ask_for_papers(complaint)
        # Within the day, to its end in the company's time zone.
        with freeze_time("2031-05-13 15:59:00"):
            with self._refused("asked for until"):
                self._waive(complaint)
        with freeze_time("2031-05-13 16:01:00"):
            with self._refused("time to bring them has passed"):
                complaint.action_accept()
            with self._refused("say why"):
                self._waive(complaint, reason=" ")
            with self.assertRaises(AccessError):
                self._waive(complaint, self.stranger)
            self._waive(complaint)
            self.assertEqual(complaint.papers_waived_by_id, self.agent)
            complaint.action_accept()
        self.assertEqual(complaint.state, "accepted")
        log = "".join(complaint.sudo().message_ids.mapped("body"))
        self.assertIn("代理人失联", log)

    @freeze_time("2031-05-06 02:00:00")
    def test_waiver_is_for_these_persons_only(self):
        complaint = self._by_agent()
        complaint._write_unguarded({"is_unreachable": True})
        self._waive(complaint)
        complaint.write({"phone": "010-1"})
        self.assertTrue(complaint.papers_waived_by_id)
        complaint.write({"representative_ids": [Command.set(self.lawyer.ids)]})
        self.assertFalse(complaint.papers_waived_by_id)
        with self._refused("papers are missing"):
            complaint.action_accept()

    def test_request_is_made_of_these_persons_only(self):
        with freeze_time("2031-05-06 02:00:00"):
            complaint = self._by_agent()
            self._ask_for_papers(complaint)
            self.assertTrue(complaint.date_papers_due)
        with freeze_time("2031-05-06 03:00:00"):
            complaint.write({"representative_ids": [Command.set(self.lawyer.ids)]})
            self.assertFalse(complaint.date_papers_due)
            # What else is told does not bring the earlier request back.
            self._tell(complaint, "other")
            self.assertFalse(complaint.date_papers_due)
        with freeze_time("2031-05-06 04:00:00"):
            self._ask_for_papers(complaint)
            self.assertTrue(complaint.date_papers_due)

    @freeze_time("2031-05-06 02:00:00")
    def test_request_that_failed_asked_for_nothing(self):
        complaint = self._by_agent()
        notice = self._record_notice(complaint, "papers", state="pending")
        self.assertTrue(complaint.date_papers_due)
        notice._settle("failed", failure_reason="退回")
        self.assertFalse(complaint.date_papers_due)

    def test_waiver_is_not_written_by_hand(self):
        complaint = self._by_agent()
        for vals in (
            {"papers_waived_by_id": self.agent.id},
            {"papers_waived_reason": "x"},
            {"date_papers_due": "2020-01-01"},
        ):
            with self._refused("system sets these"):
                complaint.write(vals)

    def test_request_lists_what_is_missing(self):
        self.customer.lang = "en_US"
        complaint = self._by_agent()
        reports = self.env["ir.actions.report"].with_user(self.agent)
        name = "customer_complaint_notice.report_papers_request"
        html = reports._render_qweb_html(name, complaint.ids)[0].decode()
        for text in ("Signed authorisation", "Identity card of the rep", "李小红"):
            self.assertIn(text, html)
        self._file(complaint, "authorisation", "representative_identity")
        with self._refused("no papers are missing"):
            reports._render_qweb_html(name, complaint.ids)

    # ------------------------------------------------------------------
    # CONFIGURATION
    # ------------------------------------------------------------------

    def test_manager_configures_and_others_read(self):
        self._give_all_companies(self.manager)
        Requirement = self.env["customer.complaint.paper.requirement"]
        photo = self.quick_ref("customer_complaint.document_type_photo")
        for user in (self.agent, self.quality_user, self.auditor, self.archivist):
            requirement = Requirement.with_user(user).search([], limit=1)
            self.assertTrue(requirement.type_id.name)
            for change in (
                lambda r=requirement: r.write({"note": "x"}),
                lambda r=requirement: r.unlink(),
                lambda u=user: Requirement.with_user(u).create(
                    {"representation": "self", "type_id": photo.id}
                ),
            ):
                with self.assertRaises(AccessError):
                    change()
        with self.assertRaises(AccessError):
            Requirement.with_user(self.employee).search([])
        complaint = self._create_complaint(line_ids=[])
        added = Requirement.with_user(self.manager).create(
            {"representation": "self", "type_id": photo.id}
        )
        self.assertEqual(complaint._get_missing_paper_types(), {complaint: photo})
        added.sudo().company_id = (
            self.env["res.company"].sudo().create({"name": "分公司"})
        )
        self.assertFalse(complaint._get_missing_paper_types())
        added.sudo().company_id = False
        self._give_all_companies(self.manager)
        added.active = False
        self.assertFalse(complaint._get_missing_paper_types())

    def test_days_to_bring_papers(self):
        self.company.complaint_papers_days = 15
        due = self._by_agent()._get_papers_due()
        self.assertEqual((due - self.company._complaint_today()).days, 15)
        with self._refused("at least one day", ValidationError):
            self.company.complaint_papers_days = 0

    def test_script_shows_as_text(self):
        complaint = self._by_agent()
        complaint._write_unguarded({"is_unreachable": True})
        self._waive(complaint, reason="<script>alert(1)</script>")
        log = "".join(complaint.sudo().message_ids.mapped("body"))
        self.assertNotIn("<script>", log)
        self.assertIn("&lt;script&gt;", log)
