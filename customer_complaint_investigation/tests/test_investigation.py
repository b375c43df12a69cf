from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.customer_complaint.tests.common import CustomerComplaintCommon

FINDINGS = {
    "conclusion": "established",
    "conclusion_note": "留样与投诉样品均检出异物，同意退货。",
    "cause": "product",
    "responsible_party": "supplier",
}
SCRIPT = "<script>alert(1)</script>"


class InvestigationCommon(CustomerComplaintCommon):
    def _investigate(self, **values):
        return self._take_to(self._create_complaint(**values), "investigating")

    def _investigate_with_findings(self, **values):
        complaint = self._investigate(**values)
        complaint.write(FINDINGS)
        return complaint

    def _get_todos(self, records, name):
        return records.sudo().activity_ids.filtered(
            lambda todo: (
                todo.activity_type_id
                == self.quick_ref(f"customer_complaint_investigation.{name}")
            )
        )


@tagged("post_install", "-at_install")
class TestFindings(InvestigationCommon):
    """Cause and responsible party, and who stands for them."""

    # ------------------------------------------------------------------
    # WHO CONFIRMS
    # ------------------------------------------------------------------

    def test_who_confirms_follows_from_the_category(self):
        ref = self.quick_ref
        for name, confirmer in (
            ("quality_appearance", "shop"),
            ("quality_foreign", "quality"),
            ("allergy", "quality"),
            ("service_attitude", "service"),
            ("delivery", "shop"),
        ):
            category = ref(f"customer_complaint.category_{name}")
            with self.subTest(category=name):
                self.assertEqual(category.effective_confirmer, confirmer)
        parent = ref("customer_complaint.category_service")
        parent.confirmer = "shop"
        self.assertEqual(self.category_service.effective_confirmer, "shop")

    def test_quality_confirms_what_is_quality(self):
        complaint = self._investigate_with_findings()
        for user in (self.agent, self.supervisor, self.manager):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                complaint.with_user(user).action_confirm_findings()
        with self.assertRaisesRegex(UserError, "confirmed by the quality department"):
            complaint.action_remediate()
        self.assertIn("confirmed by the quality", complaint.next_step_note)
        complaint.with_user(self.quality_user).action_confirm_findings()
        self.assertEqual(complaint.conclusion_confirmed_by_id, self.quality_user)
        complaint.action_remediate()
        self.assertEqual(complaint.state, "remediation")

    def test_manager_confirms_only_where_there_is_no_quality(self):
        complaint = self._investigate_with_findings()
        managed = complaint.with_user(self.manager)
        self.assertFalse(managed.can_confirm_findings)
        quality = self.env["res.users"].search(
            [("all_group_ids", "in", self._get_group("quality").ids)]
        )
        quality.active = False
        managed.invalidate_recordset(["can_confirm_findings"])
        self.assertTrue(managed.can_confirm_findings)
        with self.assertRaises(AccessError):
            complaint.action_confirm_findings()
        managed.action_confirm_findings()
        self.assertEqual(complaint.conclusion_confirmed_by_id, self.manager)

    def _get_group(self, role):
        return self.quick_ref(f"customer_complaint.group_complaint_{role}")

    def test_agents_confirm_delivery_and_appearance(self):
        for category in (
            self.quick_ref("customer_complaint.category_delivery"),
            self.quick_ref("customer_complaint.category_quality_appearance"),
        ):
            complaint = self._investigate_with_findings(
                category_id=category.id, line_ids=[]
            )
            complaint.sudo().user_id = self.quality_user
            with self.subTest(category=category.name):
                with self.assertRaises(AccessError):
                    complaint.with_user(self.quality_user).action_confirm_findings()
                complaint.action_confirm_findings()
                self.assertEqual(complaint.conclusion_confirmed_by_id, self.agent)

    def _assert_confirm_nothing(self, complaint, *users):
        for user in users:
            for action in ("action_confirm_findings", "action_ask_for_confirmation"):
                with (
                    self.subTest(user=user.login, action=action),
                    self.assertRaises(AccessError),
                ):
                    getattr(complaint.with_user(user), action)()
        self.assertFalse(complaint.conclusion_confirmed_by_id)

    def test_strangers_confirm_nothing(self):
        self._assert_confirm_nothing(
            self._investigate_with_findings(),
            *(self.stranger, self.auditor, self.archivist, self.employee),
        )

    def test_recused_people_confirm_nothing(self):
        complaint = self._investigate_with_findings()
        self._recuse(complaint, self.quality_user)
        self._assert_confirm_nothing(complaint, self.quality_user)

    # ------------------------------------------------------------------
    # WHAT IS CONFIRMED
    # ------------------------------------------------------------------

    def test_cause_and_party_are_asked_for(self):
        complaint = self._investigate()
        complaint.write({**FINDINGS, "cause": False})
        quality = complaint.with_user(self.quality_user)
        with self.assertRaisesRegex(UserError, "first fill in “Cause”"):
            quality.action_confirm_findings()
        with self.assertRaisesRegex(UserError, "first fill in “Cause”"):
            complaint.action_remediate()

    def test_changed_findings_are_confirmed_again(self):
        for values in (
            {"conclusion": "partly"},
            {"conclusion_note": "另有说明。"},
            {"cause": "storage"},
            {"responsible_party": "carrier"},
        ):
            complaint = self._investigate_with_findings(line_ids=[])
            complaint.with_user(self.quality_user).action_confirm_findings()
            complaint.write(FINDINGS)
            self.assertTrue(complaint.conclusion_confirmed_by_id, "nothing has changed")
            complaint.write(values)
            with self.subTest(values=values):
                self.assertFalse(complaint.conclusion_confirmed_by_id)
                self.assertIn("confirmed again", complaint.message_ids[0].body)

    def test_one_write_does_not_decide_on_changed_findings(self):
        complaint = self._investigate_with_findings()
        complaint.with_user(self.quality_user).action_confirm_findings()
        with (
            self.assertRaisesRegex(UserError, "have the findings confirmed"),
            self.env.cr.savepoint(),
        ):
            complaint.write({"conclusion": "not_established", "state": "remediation"})

    def test_findings_changed_after_the_decision_stop_the_case(self):
        complaint = self._take_to(self._create_complaint(), "remediation")
        complaint.write({"conclusion_note": "补充说明。"})
        with self.assertRaisesRegex(UserError, "have the findings confirmed"):
            complaint.action_follow_up()
        complaint.with_user(self.quality_user).action_confirm_findings()
        self.assertTrue(complaint.conclusion_confirmed_by_id)

    def test_back_in_investigation_nothing_is_confirmed(self):
        complaint = self._take_to(self._create_complaint(), "remediation")
        self._verify(complaint).action_investigate()
        self.assertFalse(complaint.conclusion_confirmed_by_id)

    def test_second_confirmation_says_who_was_first(self):
        complaint = self._investigate_with_findings().with_user(self.quality_user)
        complaint.action_confirm_findings()
        with self.assertRaisesRegex(UserError, "Complaint Quality confirmed"):
            complaint.action_confirm_findings()

    def test_nothing_to_confirm_before_the_investigation(self):
        complaint = self._take_to(self._create_complaint(), "accepted")
        complaint.write(FINDINGS)
        with self.assertRaisesRegex(UserError, "when it was investigated"):
            complaint.with_user(self.quality_user).action_confirm_findings()

    def test_confirmation_is_not_forged(self):
        complaint = self._investigate_with_findings()
        for values in (
            {"conclusion_confirmed_by_id": self.quality_user.id},
            {"date_conclusion_confirmed": fields.Datetime.now()},
            {"is_passed_to_quality": True},
            {"is_quality_matter": False},
            {"no_investigation_by_id": self.manager.id},
            {"precedent_id": complaint.id},
        ):
            for user in (self.agent, self.manager):
                with self.subTest(values=values), self.assertRaises(UserError):
                    complaint.with_user(user).write(values)
        with self.assertRaises(UserError):
            self._create_complaint(
                conclusion_confirmed_by_id=self.manager.id, line_ids=[]
            )

    def test_responsible_party_names_one_of_its_kind(self):
        complaint = self._investigate()
        complaint.write({"responsible_party": "customer"})
        self.assertEqual(complaint.responsible_partner_id, self.customer)
        complaint.write(
            {"responsible_party": "own", "responsible_team_id": self.team.id}
        )
        self.assertFalse(complaint.responsible_partner_id)
        complaint.write({"responsible_party": "none"})
        self.assertFalse(complaint.responsible_team_id)
        for values in (
            {"responsible_team_id": self.team.id},
            {"responsible_party": "own", "responsible_partner_id": self.customer.id},
        ):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                complaint.write(values)

    def test_ended_case_keeps_its_findings(self):
        complaint = self._take_to(self._create_complaint(), "closed")
        for name, value in (
            ("cause", "use"),
            ("responsible_party", "none"),
            ("evidence_ids", [Command.create({"name": "后补照片"})]),
        ):
            with self.subTest(name=name), self.assertRaises(UserError):
                complaint.with_user(self.manager).write({name: value})
        with self.assertRaises(UserError):
            complaint.with_user(self.quality_user).action_confirm_findings()

    def test_script_stays_text(self):
        complaint = self._investigate()
        complaint.write({**FINDINGS, "conclusion_note": SCRIPT})
        self.assertEqual(complaint.conclusion_note, SCRIPT)
        evidence = self.env["customer.complaint.evidence"].create(
            {"complaint_id": complaint.id, "name": SCRIPT, "void_reason": SCRIPT}
        )
        evidence.action_strike_out()
        self.assertNotIn("<script", complaint.message_ids[0].body)

    # ------------------------------------------------------------------
    # ASKING AND PASSING
    # ------------------------------------------------------------------

    def test_agent_asks_quality_to_confirm(self):
        complaint = self._investigate()
        with self.assertRaisesRegex(UserError, "first fill in"):
            complaint.action_ask_for_confirmation()
        complaint.write(FINDINGS)
        complaint.action_ask_for_confirmation()
        todos = self._get_todos(complaint, "mail_act_findings")
        self.assertIn(self.quality_user, todos.user_id)
        self.assertNotIn(self.manager, todos.user_id)
        with self.assertRaisesRegex(UserError, "asked already"):
            complaint.action_ask_for_confirmation()
        complaint.with_user(self.quality_user).action_confirm_findings()
        self.assertFalse(self._get_todos(complaint, "mail_act_findings"))

    def test_undetermined_passes_to_quality(self):
        complaint = self._investigate(category_id=self.category_service.id, line_ids=[])
        with self.assertRaises(AccessError):
            complaint.with_user(self.quality_user).read(["subject"])
        complaint.write(
            {"conclusion": "undetermined", "conclusion_note": "双方各执一词。"}
        )
        self.assertRecordValues(
            complaint, [{"is_passed_to_quality": True, "is_quality_matter": True}]
        )
        todos = self._get_todos(complaint, "mail_act_findings")
        self.assertIn(self.quality_user, todos.user_id)
        with self.assertRaises(AccessError):
            complaint.action_confirm_findings()
        with self.assertRaisesRegex(UserError, "quality department"):
            complaint.action_remediate()
        seen = complaint.with_user(self.quality_user)
        self.assertIn(seen, seen.search([]))
        seen.action_confirm_findings()  # no cause asked for
        complaint.action_remediate()
        self.assertEqual(complaint.state, "remediation")

    def test_what_was_passed_stays_with_quality(self):
        complaint = self._investigate(category_id=self.category_service.id, line_ids=[])
        complaint.write({"conclusion": "undetermined"})
        complaint.write(FINDINGS)
        self.assertTrue(complaint.is_quality_matter)
        with self.assertRaises(AccessError):
            complaint.action_confirm_findings()

    def test_what_hangs_on_it_passes_along(self):
        complaint = self._investigate(category_id=self.category_service.id)
        paper = self._create_document(complaint)
        evidence = self.env["customer.complaint.evidence"].create(
            {"complaint_id": complaint.id, "name": "监控录像"}
        )
        hanging = (complaint.line_ids, complaint.archive_card_id, paper, evidence)
        self.env.flush_all()
        for record in hanging:
            self.assertFalse(record.with_user(self.quality_user).has_access("read"))
        complaint.write({"conclusion": "undetermined"})
        self.env.flush_all()
        self.env.invalidate_all()
        for record in hanging:
            with self.subTest(model=record._name):
                self.assertTrue(record.with_user(self.quality_user).has_access("read"))

    def test_category_says_what_is_a_quality_matter(self):
        complaint = self._create_complaint()
        self.assertTrue(complaint.is_quality_matter)
        complaint.category_id = self.category_service
        self.assertFalse(complaint.is_quality_matter)
        self.category_service.is_quality_matter = True
        self.assertTrue(complaint.is_quality_matter)


@tagged("post_install", "-at_install")
class TestNoInvestigation(InvestigationCommon):
    """Deciding on an earlier, similar complaint."""

    @classmethod
    def default_env_context(cls):
        # With tracking: the chatter is looked at.
        return {"lang": "en_US"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reader = cls._new_user("quality_agent", "agent", "quality")
        cls.team.member_ids = [Command.link(cls.reader.id)]

    def setUp(self):
        super().setUp()
        self.precedent = self._take_to(self._create_complaint(), "closed")
        self.complaint = self._take_to(self._create_complaint(line_ids=[]), "accepted")
        self._verify(self.complaint)
        # Changes are tracked from here on.
        self.flush_tracking()

    def _skip(self, complaints=None, user=None, **values):
        dialog = self._ask(
            "skip_investigation",
            complaints or self.complaint,
            user or self.quality_user,
            **{
                "reason": "同批号已在前案送检。",
                "precedent_id": self.precedent,
                "conclusion_note": "与前案同批，同意退货。",
                **values,
            },
        )
        dialog.action_skip_investigation()

    def test_decision_rests_on_an_earlier_complaint(self):
        self._skip()
        self.assertRecordValues(
            self.complaint,
            [
                {
                    "state": "remediation",
                    "conclusion": "established",
                    "cause": "product",
                    "responsible_party": "supplier",
                    "precedent_id": self.precedent.id,
                    "no_investigation_by_id": self.quality_user.id,
                    "no_investigation_reason": "同批号已在前案送检。",
                    "conclusion_confirmed_by_id": self.quality_user.id,
                    "decided_by_id": self.quality_user.id,
                }
            ],
        )
        self.assertTrue(self.complaint.date_decided)
        self.flush_tracking()
        self.env.invalidate_all()
        bodies = "".join(self.complaint.message_ids.mapped("body"))
        self.assertIn("同批号已在前案送检。", bodies)
        self.assertIn(self.precedent.name, bodies)

    def flush_tracking(self):
        self.env.flush_all()
        self.cr.flush()

    def test_no_way_around_the_dialog(self):
        self.complaint.write(FINDINGS)
        for user in (self.agent, self.quality_user, self.manager, self.env.user):
            with (
                self.subTest(user=user.login),
                self.assertRaisesRegex(UserError, "start the investigation first"),
            ):
                self.complaint.with_user(user).write({"state": "remediation"})

    def test_only_who_confirms_findings_decides_so(self):
        with self.assertRaises(AccessError):
            self._skip(user=self.agent)
        with self.assertRaises(AccessError):
            self._skip(user=self.supervisor)
        self.assertEqual(self.complaint.state, "accepted")

    def test_verifications_come_first(self):
        self.complaint.write({"phone": "+86 10 6666 0000"})
        with self.assertRaisesRegex(UserError, "verify and sign"):
            self._skip()

    def test_wrong_precedents_are_refused(self):
        running = self._take_to(self._create_complaint(line_ids=[]), "remediation")
        other = self._take_to(
            self._create_complaint(category_id=self.category_service.id, line_ids=[]),
            "closed",
        )
        for precedent, message in (
            (self.complaint, "rely on itself"),
            (running, "not closed with a conclusion"),
            (other, "shares neither"),
        ):
            with (
                self.subTest(message=message),
                self.assertRaisesRegex(UserError, message),
                self.env.cr.savepoint(),
            ):
                self.complaint.with_user(self.reader)._skip_investigation(
                    "同批", precedent.with_user(self.reader), FINDINGS
                )

    def test_precedent_was_investigated_itself(self):
        self._skip()
        self._tell_decision(self.complaint)
        self.complaint.action_close()
        third = self._take_to(self._create_complaint(line_ids=[]), "accepted")
        self._verify(third)
        with self.assertRaisesRegex(UserError, self.precedent.name):
            self._skip(third, precedent_id=self.complaint)

    def test_precedent_of_another_company_is_refused(self):
        company = self.env["res.company"].create({"name": "上海分公司"})
        self.reader.company_ids = [Command.link(company.id)]
        self.env.flush_all()
        self.cr.execute(
            "UPDATE customer_complaint SET company_id = %s WHERE id = %s",
            [company.id, self.precedent.id],
        )
        self.env.invalidate_all()
        with self.assertRaises(UserError):
            self.complaint.with_user(self.reader)._skip_investigation(
                "同批", self.precedent.with_user(self.reader), FINDINGS
            )

    def test_unreadable_precedent_is_refused(self):
        hidden = self._take_to(
            self._create_complaint(
                self.stranger,
                category_id=self.category_service.id,
                team_id=self.other_team.id,
                line_ids=[],
            ),
            "closed",
        )
        service = self._take_to(
            self._create_complaint(category_id=self.category_service.id, line_ids=[]),
            "accepted",
        )
        self._verify(service)
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            service._skip_investigation(
                "同类", hidden.with_user(self.agent), {**FINDINGS, "cause": "service"}
            )

    def test_undetermined_is_investigated(self):
        with self.assertRaisesRegex(UserError, "has to be investigated"):
            self.complaint.with_user(self.quality_user)._skip_investigation(
                "同批", self.precedent, {**FINDINGS, "conclusion": "undetermined"}
            )

    def test_investigation_after_all_clears_the_reason(self):
        self._skip()
        self.complaint.action_investigate()
        self.assertRecordValues(
            self.complaint,
            [
                {
                    "no_investigation_by_id": False,
                    "no_investigation_reason": False,
                    "date_no_investigation": False,
                    "precedent_id": False,
                    "conclusion_confirmed_by_id": False,
                }
            ],
        )

    def test_strangers_and_readers_skip_nothing(self):
        for user in (self.stranger, self.auditor, self.archivist, self.employee):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.complaint.with_user(user)._skip_investigation(
                    "同批", self.precedent, FINDINGS
                )


@tagged("post_install", "-at_install")
class TestReportability(InvestigationCommon):
    """Health complaints: is the case to be reported?"""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.allergy = cls.quick_ref("customer_complaint.category_allergy")

    def _create_allergy(self, **values):
        return self._create_complaint(
            category_id=self.allergy.id, line_ids=[], user_id=self.agent.id, **values
        )

    def test_health_complaints_are_to_be_decided_within_the_limit(self):
        self.allergy.report_decision_days = 2
        complaint = self._create_allergy()
        self.assertRecordValues(
            complaint,
            [{"reportability": "to_decide", "date_reportability_due": False}],
        )
        complaint.action_accept()
        due = self.company._complaint_date(complaint.date_accepted) + timedelta(days=2)
        self.assertEqual(complaint.date_reportability_due, due)
        todo = self._get_todos(complaint, "mail_act_reportability")
        self.assertEqual((todo.user_id, todo.date_deadline), (self.agent, due))

    def test_other_complaints_are_not(self):
        complaint = self._take_to(self._create_complaint(), "accepted")
        self.assertRecordValues(
            complaint, [{"reportability": False, "date_reportability_due": False}]
        )
        complaint.category_id = self.allergy
        self.assertEqual(complaint.reportability, "to_decide")
        self.assertTrue(complaint.date_reportability_due)
        self.assertTrue(self._get_todos(complaint, "mail_act_reportability"))

    def test_recused_leader_is_not_asked_to_decide(self):
        complaint = self._create_complaint(category_id=self.allergy.id, line_ids=[])
        self._recuse(complaint, self.supervisor)
        complaint.action_accept()
        todo = self._get_todos(complaint, "mail_act_reportability")
        self.assertEqual(todo.user_id, self.agent)

    def test_undecided_case_is_not_decided(self):
        complaint = self._take_to(self._create_allergy(), "investigating")
        complaint.write(FINDINGS)
        complaint.with_user(self.quality_user).action_confirm_findings()
        with self.assertRaisesRegex(UserError, "decide whether the case is to be"):
            complaint.action_remediate()
        self.assertIn("to be reported to an authority", complaint.next_step_note)
        with self.assertRaisesRegex(ValidationError, "say why"):
            complaint.write({"reportability": "no_report"})
        with self.assertRaisesRegex(ValidationError, "always decided"):
            complaint.write({"reportability": False})
        complaint.write(
            {"reportability": "no_report", "reportability_reason": "轻微瘙痒,未就医。"}
        )
        self.assertRecordValues(
            complaint, [{"reportability_decided_by_id": self.agent.id}]
        )
        self.assertTrue(complaint.date_reportability_decided)
        self.assertFalse(self._get_todos(complaint, "mail_act_reportability"))
        complaint.action_remediate()

    def test_case_to_report_is_not_closed_before(self):
        complaint = self._create_allergy()
        complaint.write(
            {"reportability": "report", "reportability_reason": "住院治疗。"}
        )
        self._take_to(complaint, "followup")
        with self.assertRaisesRegex(UserError, "report the case to the authority"):
            complaint.action_close()
        today = self.company._complaint_today()
        for values, message in (
            ({"date_reported": today}, "enter the authority"),
            (
                {
                    "date_reported": today + timedelta(days=1),
                    "report_authority": "药品监督管理局",
                },
                "only have been reported between",
            ),
        ):
            with (
                self.assertRaisesRegex(ValidationError, message),
                self.env.cr.savepoint(),
            ):
                complaint.write(values)
        complaint.write({"date_reported": today, "report_authority": "药品监督管理局"})
        with (
            self.assertRaisesRegex(ValidationError, "cannot be taken back"),
            self.env.cr.savepoint(),
        ):
            complaint.reportability = "no_report"
        complaint.action_close()
        with self.assertRaises(UserError):
            complaint.date_reported = today - timedelta(days=1)

    def test_report_outlives_a_withdrawal(self):
        complaint = self._take_to(self._create_allergy(), "accepted")
        self._withdraw(complaint)
        complaint.write(
            {
                "reportability": "report",
                "reportability_reason": "住院治疗。",
                "report_authority": "药品监督管理局",
                "date_reported": self.company._complaint_today(),
            }
        )
        with self.assertRaises(UserError):
            complaint.reportability_reason = "改写"

    def _assert_decide_nothing(self, complaint, *users):
        for user in users:
            for values in (
                {"reportability": "report", "reportability_reason": "住院"},
                {"date_reported": self.company._complaint_today()},
            ):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    complaint.with_user(user).write(values)

    def test_readers_decide_nothing(self):
        complaint = self._create_allergy(partner_id=self.customer.id)
        self._assert_decide_nothing(
            complaint, self.stranger, self.auditor, self.employee
        )

    def test_recused_people_decide_nothing(self):
        complaint = self._create_allergy(partner_id=self.customer.id)
        self._recuse(complaint, self.colleague)
        self._assert_decide_nothing(complaint, self.colleague)

    def test_negative_days_are_refused(self):
        with self.assertRaises(ValidationError):
            self.allergy.report_decision_days = -1

    def test_form_asks_for_the_reason(self):
        complaint = self._take_to(self._create_allergy(), "accepted")
        with self.assertRaises(AssertionError), Form(complaint) as form:
            form.reportability = "report"


@tagged("post_install", "-at_install")
class TestMassInvestigation(InvestigationCommon):
    """Steps on many selected complaints."""

    @classmethod
    def default_env_context(cls):
        # With tracking: it costs most.
        return {"lang": "en_US"}

    def _count(self, operation):
        self.env.flush_all()
        self.cr.flush()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        operation()
        self.env.flush_all()
        self.cr.flush()
        return self.cr.sql_log_count - before

    def _create_many(self, count):
        vals = self._prepare_complaint_vals(
            line_ids=[], sale_order_id=False, event_place="朝阳店"
        )
        complaints = (
            self.env["customer.complaint"]
            .with_user(self.quality_user)
            .sudo()
            .create([{**vals, **FINDINGS} for _number in range(count)])
        )
        complaints.action_accept()
        self._verify(complaints).action_investigate()
        return complaints.sudo(False)

    def test_confirming_and_deciding_many(self):
        counts = {}
        for number in (2, 82):
            complaints = self._create_many(number)
            counts[number] = (
                self._count(complaints.action_confirm_findings),
                self._count(complaints.action_remediate),
            )
            self.assertEqual(set(complaints.mapped("state")), {"remediation"})
        # Each step posts its change in the chatter of each complaint.
        for few, many in zip(counts[2], counts[82], strict=True):
            self.assertLessEqual((many - few) / 80, 9, counts)

    def test_one_that_may_not_holds_up_all(self):
        complaints = self._create_many(3)
        complaints[1].sudo().write({"cause": False})
        with self.assertRaisesRegex(UserError, complaints[1].name):
            complaints.action_confirm_findings()
        self.assertFalse(complaints.conclusion_confirmed_by_id)
