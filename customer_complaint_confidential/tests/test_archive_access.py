from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from .archive_access_common import SECRET, ArchiveAccessCase


@tagged("post_install", "-at_install")
class TestArchiveAccess(ArchiveAccessCase):
    """Consultation of confidential papers: asked for, approved, ended."""

    # ------------------------------------------------------------------
    # WHO SEES WHAT
    # ------------------------------------------------------------------

    def test_confidential_papers_open_to_who_handles_and_the_archivist(self):
        seen = {
            user.login
            for user in (
                self.agent,
                self.colleague,
                self.stranger,
                self.supervisor,
                self.manager,
                self.quality_user,
                self.archivist,
                self.auditor,
            )
            if self._may_read(self.medical, user)
        }
        self.assertEqual(
            seen, {"complaint_agent", "complaint_supervisor", "complaint_archivist"}
        )

    def test_approved_papers_open_and_no_others(self):
        for user in (self.colleague, self.manager, self.quality_user, self.auditor):
            with self.subTest(user=user.login):
                self.assertFalse(self._may_read(self.medical, user))
                self._grant(user)
                self.assertTrue(self._may_read(self.medical, user))
                self.assertTrue(self._may_read(self.file, user))
                self.assertFalse(self._may_read(self.identity, user))
                self.assertFalse(self._may_read(self.other_file, user))
                with self._refused("", AccessError):
                    self.medical.with_user(user).write({"note": "我的"})
                with self._refused("", AccessError):
                    self.medical.with_user(user).unlink()
                with self._refused("", AccessError):
                    self.file.with_user(user).write({"name": "x"})

    def test_the_period_is_looked_at_at_each_sight(self):
        """Without the scheduled action: before, during, after."""
        with freeze_time("2026-03-10 04:00:00"):
            today = self.company._complaint_today()
            self._grant(
                date_from=today + timedelta(days=2), date_to=today + timedelta(days=3)
            )
        for moment, may in (
            ("2026-03-10 05:00:00", False),
            ("2026-03-11 15:59:59", False),
            # The day starts in Shanghai.
            ("2026-03-11 16:00:00", True),
            ("2026-03-12 12:00:00", True),
            ("2026-03-13 15:59:59", True),
            ("2026-03-13 16:00:00", False),
            # The clock set back opens it again for the period approved, no longer.
            ("2026-03-12 12:00:00", True),
            ("2026-03-10 05:00:00", False),
        ):
            with self.subTest(moment=moment), freeze_time(moment):
                self.assertEqual(self._may_read(self.medical, self.colleague), may)
                self.assertEqual(self._may_read(self.file, self.colleague), may)
                found = self.env["customer.complaint.archive.document"].with_user(
                    self.colleague
                )
                self.assertEqual(
                    self.medical in found.search([("id", "=", self.medical.id)]), may
                )

    def test_the_scheduled_action_says_that_it_is_over(self):
        access = self._grant()
        open_one = self._grant(self.manager, days=20)
        asked = self._ask_access(self.auditor)
        with freeze_time(fields.Datetime.now() + timedelta(days=10)):
            with self.enter_registry_test_mode():
                cron = self.env.ref(
                    "customer_complaint_confidential.cron_archive_access_expiry"
                )
                cron.method_direct_trigger()
                cron.method_direct_trigger()
            self.env.invalidate_all()
            self.assertEqual(access.state, "expired")
            self.assertEqual(open_one.state, "approved")
            self.assertEqual(asked.state, "expired")
            self.assertFalse(asked.activity_ids)
            with self._refused("not possible now"):
                access.with_user(self.colleague).action_withdraw()

    # ------------------------------------------------------------------
    # ASKING
    # ------------------------------------------------------------------

    def test_the_dialog_names_papers_by_type(self):
        complaint = self.complaint.with_user(self.colleague)
        self.assertEqual(complaint.hidden_paper_count, 2)
        action = complaint.action_ask_access()
        dialog = Form(self._follow(action, complaint.env.user))
        dialog.purpose = "复核诊断结论。"
        with dialog.line_ids.edit(1) as line:
            line.is_wanted = False
        record = dialog.save()
        self.assertEqual(len(record.line_ids), 2)
        self.assertNotIn(SECRET, str(record.line_ids.read()))
        wanted = record.line_ids.filtered("is_wanted").paper_number
        action = record.action_ask()
        access = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(access.user_id, self.colleague)
        self.assertEqual(access.document_ids.ids, [wanted])
        self.assertNotIn(SECRET, access.papers_text)
        with self._refused("asked for already"):
            record.action_ask()
        self.assertLessEqual(
            self.archivist | self.second_archivist, access.activity_ids.user_id
        )

    def test_only_who_sees_the_case_asks(self):
        for user in (self.stranger, self.employee, self.portal):
            with self.subTest(user=user.login), self._refused("", AccessError):
                self._ask_access(user)

    def test_who_sees_the_papers_need_not_ask(self):
        for user in (self.agent, self.supervisor, self.archivist):
            with self.subTest(user=user.login), self._refused("open to you"):
                self._ask_access(user)
        with self._refused("only its own confidential papers", ValidationError):
            self._ask_access(documents=self.photo | self.medical)

    def test_papers_of_another_case_are_not_asked_for(self):
        other = self._create_complaint(
            user=self.stranger,
            team_id=self.other_team.id,
            sale_order_id=False,
            line_ids=[],
        )
        paper = self._create_document(other, "identity", user=self.stranger)
        with self._refused("only its own confidential papers", ValidationError):
            self._ask_access(documents=paper)

    def test_bad_requests(self):
        for values, text in (
            ({"purpose": "  "}, "needed for"),
            ({"document_ids": []}, "choose the papers"),
            ({"date_to": self.today - timedelta(days=1)}, "ends before"),
            ({"date_to": self.today + timedelta(days=30)}, "at most 30 days"),
            (
                {
                    "date_from": self.today - timedelta(days=9),
                    "date_to": self.today - timedelta(days=5),
                },
                "over already",
            ),
        ):
            with self.subTest(values=values), self._refused(text):
                self._ask_access(**values)

    def test_what_the_system_sets_is_not_forged(self):
        forged = {
            "state": "approved",
            "decided_by_id": self.archivist.id,
            "user_id": self.manager.id,
            "date_end": "2099-01-01 00:00:00",
            "papers_text": "x",
        }
        access = self._ask_access(**forged)
        self.assertEqual(access.state, "requested")
        self.assertEqual(access.user_id, self.colleague)
        self.assertFalse(access.decided_by_id)
        self.assertLess(access.date_end.year, 2090)
        context = {f"default_{name}": value for name, value in forged.items()}
        access = (
            self.env["customer.complaint.archive.access"]
            .with_user(self.auditor)
            .with_context(**context)
            .create(
                {
                    "complaint_id": self.complaint.id,
                    "purpose": "x",
                    "date_to": self.today,
                    "document_ids": [Command.set(self.medical.ids)],
                }
            )
        )
        self.assertEqual(access.state, "requested")
        self.assertEqual(access.user_id, self.auditor)
        for user in (self.colleague, self.archivist, self.manager, self.env.user):
            for values in (forged, {"date_to": "2099-01-01"}, {"document_ids": []}):
                for name, value in values.items():
                    with self._refused(
                        "stays as it was made|The steps set|not allowed|access"
                    ):
                        access.with_user(user).write({name: value})
        with self._refused("never deleted"):
            access.sudo().unlink()

    def test_papers_do_not_let_consultations_in(self):
        """The other side of the relation opens nothing."""
        access = self._grant(documents=self.identity)
        for user in (self.agent, self.archivist):
            self.medical.with_user(user).write(
                {"consultation_ids": [Command.link(access.id)]}
            )
            self.assertFalse(self._may_read(self.medical, self.colleague))
        paper = self._create_document(
            self.complaint, "medical", consultation_ids=[Command.link(access.id)]
        )
        self.assertFalse(self._may_read(paper, self.colleague))

    # ------------------------------------------------------------------
    # DECIDING
    # ------------------------------------------------------------------

    def test_four_eyes(self):
        own = self._ask_access(self.manager)
        with self._refused("somebody else decides", AccessError):
            own.with_user(self.manager).action_approve()
        with self._refused("somebody else decides", AccessError):
            own.with_user(self.manager)._refuse("不")
        both = self._new_user("manager_archivist", "manager", "auditor")
        asked = self._ask_access(both)
        with self._refused("somebody else decides", AccessError):
            asked.with_user(both).action_approve()
        self.assertFalse(own.with_user(self.manager).can_decide)
        self.assertTrue(own.with_user(self.archivist).can_decide)
        asked.with_user(self.manager).action_approve()
        self.assertEqual(asked.decided_by_id, self.manager)

    def test_who_may_decide(self):
        access = self._ask_access()
        for user in (
            self.agent,
            self.supervisor,
            self.quality_user,
            self.auditor,
            self.stranger,
            self.employee,
        ):
            with self.subTest(user=user.login), self._refused("", AccessError):
                access.with_user(user).action_approve()
            with self.subTest(user=user.login), self._refused("", AccessError):
                access.with_user(user)._refuse("不同意")
        access.with_user(self.archivist).action_approve()
        with self._refused("not possible now"):
            access.with_user(self.manager).action_approve()

    def test_another_company_decides_nothing(self):
        foreign = self._new_outsider("archivist")
        access = self._ask_access()
        with self._refused("", AccessError):
            access.with_user(foreign).action_approve()
        self.assertFalse(self._may_read(access, foreign))
        self.assertFalse(self._may_read(self.medical, foreign))

    def test_refusal_needs_a_reason_and_is_told(self):
        access = self._ask_access()
        with self._refused("Say why"):
            access.with_user(self.archivist)._refuse(" ")
        self._ask_reason(
            access, "refuse", self.archivist, "目的不明确。<script>x</script>"
        )
        self.assertEqual(access.state, "refused")
        self.assertIn("&lt;script&gt;", self.complaint.message_ids[:1].body)
        self.assertFalse(self._may_read(self.medical, self.colleague))

    def _ask_reason(self, access, deed, user, reason):
        action = getattr(access.with_user(user), f"action_{deed}")()
        dialog = Form(self._follow(action, user))
        dialog.reason = reason
        dialog.save().action_confirm()

    def test_revoked_and_withdrawn_at_once(self):
        access = self._grant()
        with self._refused("", AccessError):
            access.with_user(self.colleague)._revoke("我")
        self._ask_reason(access, "revoke", self.manager, "案件已结。")
        self.assertEqual(access.state, "revoked")
        self.assertFalse(self._may_read(self.medical, self.colleague))
        access = self._grant()
        with self._refused("Whoever asked", AccessError):
            access.with_user(self.archivist).action_withdraw()
        access.with_user(self.colleague).action_withdraw()
        self.assertFalse(self._may_read(self.medical, self.colleague))

    def test_recused_people_see_nothing(self):
        access = self._grant()
        asked = self._ask_access(documents=self.identity)
        self._recuse(self.complaint, self.colleague)
        self.assertEqual((access | asked).mapped("state"), ["revoked", "refused"])
        self.assertFalse(self._may_read(self.medical, self.colleague))
        with self._refused("recused", AccessError):
            self._ask_access()

    def test_consultation_after_the_case_has_ended(self):
        self._withdraw(self.complaint)
        self.assertEqual(self.card.state, "sealed")
        self._grant()
        self.assertTrue(self._may_read(self.file, self.colleague))

    # ------------------------------------------------------------------
    # HANDLING IS REAL
    # ------------------------------------------------------------------

    def test_who_takes_the_case_by_themselves_is_confirmed_first(self):
        case = self.complaint.with_user(self.colleague)
        case.action_assign_to_me()
        self.assertTrue(case.is_handler_unconfirmed)
        self.assertFalse(self._may_read(self.medical, self.colleague))
        self.assertTrue(self._may_read(self.photo, self.colleague))
        entry = self._sights()[:1]
        self.assertEqual((entry.kind, entry.user_id), ("taken", self.colleague))
        self.assertIn("by themselves", self.complaint.message_ids[:1].body)
        for user, error in (
            (self.colleague, "supervisor|yourself"),
            (self.agent, "supervisor"),
        ):
            with self._refused(error, AccessError):
                self.complaint.with_user(user).action_confirm_handler()
        self.complaint.with_user(self.supervisor).action_confirm_handler()
        self.assertTrue(self._may_read(self.medical, self.colleague))

    def test_managers_do_not_confirm_themselves(self):
        case = self.complaint.with_user(self.manager)
        case.write({"user_id": self.manager.id})
        self.assertFalse(self._may_read(self.medical, self.manager))
        with self._refused("Somebody else", AccessError):
            case.action_confirm_handler()
        with self._refused("sets these by itself"):
            case.write({"is_handler_unconfirmed": False})

    def test_handlers_named_by_others_see_the_papers(self):
        self.complaint.with_user(self.agent).write({"user_id": self.colleague.id})
        self.assertTrue(self._may_read(self.medical, self.colleague))
        # Once it is in other hands, taking it back is taking it.
        self.complaint._write_unguarded({"user_id": False})
        self.complaint.with_user(self.colleague).action_assign_to_me()
        self.assertFalse(self._may_read(self.medical, self.colleague))

    def test_starting_to_investigate_is_taking_the_case(self):
        self.complaint._write_unguarded({"user_id": False})
        self._verify(self.complaint.with_user(self.colleague))
        self.complaint.with_user(self.colleague).action_investigate()
        self.assertEqual(self.complaint.user_id, self.colleague)
        self.assertFalse(self._may_read(self.medical, self.colleague))

    def test_a_case_without_confidential_papers_is_simply_taken(self):
        case = self._create_complaint(sale_order_id=False, line_ids=[])
        case.with_user(self.colleague).action_assign_to_me()
        self.assertFalse(case.is_handler_unconfirmed)
        paper = self._create_document(case, "identity", user=self.agent)
        self.assertTrue(self._may_read(paper, self.colleague))

    def test_nobody_makes_themselves_the_receiver_or_the_leader(self):
        with self._refused("nobody opens them", AccessError):
            self.complaint.with_user(self.colleague).write(
                {"received_by_id": self.colleague.id}
            )
        own_team = self.env["customer.complaint.team"].create(
            {
                "name": "经理办公室",
                "company_id": self.company.id,
                "leader_id": self.manager.id,
            }
        )
        with self._refused("nobody opens them", AccessError):
            self.complaint.with_user(self.manager).write({"team_id": own_team.id})
        self.complaint.with_user(self.supervisor).write({"team_id": own_team.id})
        self.assertTrue(self._may_read(self.medical, self.manager))

    def test_making_a_paper_less_confidential_is_noted(self):
        self.medical.with_user(self.agent).write({"confidentiality": "internal"})
        body = self.complaint.message_ids[:1].body
        self.assertIn("now Internal", body)
        self.assertNotIn(SECRET, body)
        self.assertEqual(self.complaint.confidential_paper_count, 1)

    # ------------------------------------------------------------------
    # LOG
    # ------------------------------------------------------------------

    def test_the_log_is_written_by_sights_only(self):
        self.file.with_user(self.agent).read(["raw"])
        entry = self._sights()[:1]
        Log = self.env["customer.complaint.archive.access.log"]
        vals = {
            "date": fields.Datetime.now(),
            "user_id": self.manager.id,
            "kind": "view",
            "reason": "handler",
            "complaint_id": self.complaint.id,
            "company_id": self.company.id,
        }
        for user in (
            self.agent,
            self.manager,
            self.archivist,
            self.auditor,
            self.env.ref("base.user_admin"),
            self.env.ref("base.user_root"),
        ):
            for log in (Log.with_user(user), Log.with_user(user).sudo()):
                with self.subTest(user=user.login, su=log.env.su):
                    with self._refused("", AccessError):
                        log.create(vals)
                    with self._refused("", AccessError):
                        log.browse(entry.id).write({"user_id": user.id})
                    with self._refused("", AccessError):
                        log.browse(entry.id).unlink()
                    with self._refused("", AccessError):
                        log.browse(entry.id).copy()
                    result = log.load(["kind", "reason"], [["view", "handler"]])
                    self.assertFalse(result["ids"])
        self.assertEqual(self._sights()[:1].user_id, self.agent)

    def test_forged_defaults_do_not_get_into_the_log(self):
        forged = {
            "default_user_id": self.manager.id,
            "default_ip_address": "1.2.3.4",
            "default_access_id": self._grant().id,
            "default_date": "2001-01-01 00:00:00",
        }
        self.file.with_user(self.agent).with_context(**forged).read(["raw"])
        entry = self._sights()[:1]
        self.assertEqual(entry.user_id, self.agent)
        self.assertFalse(entry.ip_address)
        self.assertFalse(entry.access_id)
        self.assertEqual(entry.date.year, self._today().year)

    def test_who_reads_the_log(self):
        self.file.with_user(self.agent).read(["raw"])
        entry = self._sights()[:1]
        for user in (self.archivist, self.auditor, self.manager):
            self.assertTrue(self._may_read(entry, user), user.login)
        for user in (self.agent, self.colleague, self.quality_user, self.employee):
            self.assertFalse(self._may_read(entry, user), user.login)
        # Names of files tell too much for those who only watch.
        for user in (self.auditor, self.manager):
            self.assertNotIn("file_name", entry.with_user(user).read()[0])
            self.assertNotIn(SECRET, str(entry.with_user(user).read()))
        self.assertEqual(entry.with_user(self.archivist).file_name, f"{SECRET}.pdf")

    def test_why_somebody_may_look(self):
        access = self._grant()
        for user, reason in (
            (self.agent, "handler"),
            (self.supervisor, "leader"),
            (self.archivist, "archivist"),
            (self.colleague, "consultation"),
        ):
            self.env.invalidate_all()
            self.file.with_user(user).read(["datas"])
            entry = self._sights()[:1]
            self.assertEqual(
                (entry.user_id, entry.reason, entry.kind, entry.attachment_number),
                (user, reason, "program", self.file.id),
            )
            self.assertEqual(
                entry.access_id,
                access if reason == "consultation" else access.browse(),
            )

    def test_what_is_not_confidential_leaves_no_entry(self):
        before = len(self._sights())
        self.photo.attachment_ids.with_user(self.colleague).read(["raw"])
        self.assertEqual(len(self._sights()), before)

    def test_the_log_outlives_the_paper(self):
        self.file.with_user(self.agent).read(["raw"])
        number = self.medical.id
        self.medical.with_user(self.agent).unlink()
        entry = self._sights()[:1]
        self.assertEqual((entry.res_id, entry.file_name), (number, f"{SECRET}.pdf"))

    def test_a_sight_costs_a_bounded_number_of_queries(self):
        self._grant()
        self._grant(self.auditor)
        counts = []
        for user in (self.agent, self.archivist, self.colleague, self.colleague):
            self.env.flush_all()
            self.env.invalidate_all()
            self.file.with_user(user).check_access("read")
            before = self.cr.sql_log_count
            owners = self.file._get_confidential_owners()
            self.env["customer.complaint.archive.access.log"]._record_sights(
                user, owners, "view"
            )
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
        # The paper, its case, team and type; the consultation; the entry.
        self.assertLessEqual(max(counts), 10, counts)
