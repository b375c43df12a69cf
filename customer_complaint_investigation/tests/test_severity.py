from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.customer_complaint.tests.common import CustomerComplaintCommon

SCRIPT = "<script>alert(1)</script>"


class SeverityCase(CustomerComplaintCommon):
    @classmethod
    def default_env_context(cls):
        # With chatter and tracking, as for everybody.
        return {"lang": "en_US"}

    def _flush_tracking(self):
        self.env.flush_all()
        self.cr.flush()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The administrator and users of demo data are managers as well.
        group = cls.quick_ref("customer_complaint.group_complaint_manager")
        cls.second_manager = cls._new_user("complaint_second_manager", "manager")
        cls.other_leader = cls._new_user("complaint_other_leader", "supervisor")
        cls.managers = cls.manager | cls.second_manager
        (group.all_user_ids - cls.managers).active = False
        cls.company._complaint_create_missing_plans()
        cls.plan = cls.company.complaint_emergency_plan_id

    def _new(self, user=None, **values):
        """Create a complaint about service: general without a trigger."""
        return self._create_complaint(
            user,
            **{
                "category_id": self.category_service.id,
                "sale_order_id": False,
                "line_ids": [],
                **values,
            },
        )

    def _get_alerts(self, complaint):
        """Return the to-dos of the managers about a complaint that became major."""
        return complaint.sudo().activity_ids.filtered(
            lambda activity: activity.summary.startswith("Major complaint")
        )

    def _get_notes(self, complaint):
        """Return the messages that went to inboxes and mailboxes only."""
        return self.env(su=True)["mail.message"].search(
            [
                ("model", "=", complaint._name),
                ("res_id", "=", complaint.id),
                ("message_type", "=", "user_notification"),
            ]
        )

    def _lower(self, complaints, user, severity="general", **values):
        values = {"reason": "经核实只是轻微擦伤。", **values}
        self._ask(
            "lower_severity", complaints, user, severity=severity, **values
        ).action_lower()


@tagged("post_install", "-at_install")
class TestMajor(SeverityCase):
    """A complaint is major at once on certain facts, and managers are alerted."""

    def test_general_without_a_trigger(self):
        complaint = self._new()
        self.assertRecordValues(
            complaint,
            [{"severity": "general", "date_major": False, "major_reason": False}],
        )
        self.assertFalse(complaint.activity_ids)

    def test_each_trigger_makes_it_major(self):
        media = self.quick_ref("customer_complaint.channel_media")
        for vals, reason in (
            ({"has_injury": True}, "Death or Serious Injury"),
            ({"is_disaster": True}, "Disaster, Accident or Health Event"),
            ({"has_public_attention": True}, "Media or Government Attention"),
            ({"channel_id": media.id}, "Media or Government Attention"),
            (
                {"representation": "group", "complainant_count": 20},
                "20 people complain together",
            ),
            ({"severity": "major"}, "Decided by Complaint Agent"),
        ):
            with self.subTest(vals=vals, by="create"):
                complaint = self._new(**vals)
                self.assertEqual(complaint.severity, "major")
                self.assertEqual(complaint.major_reason, reason)
                self.assertTrue(complaint.date_major)
            with self.subTest(vals=vals, by="write"):
                complaint = self._new()
                complaint.write(vals)
                self.assertEqual(complaint.severity, "major")
                self.assertEqual(complaint.major_reason, reason)
                self.assertEqual(len(self._get_alerts(complaint)), 2)

    def test_reason_is_read_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        module = self.env["ir.module.module"].search(
            [("name", "=", "customer_complaint_investigation")]
        )
        module._update_translations(["zh_CN"])
        complaint = self._new(
            has_injury=True, representation="group", complainant_count=20
        )
        told = "20 people complain together and Death or Serious Injury"
        self.assertEqual(complaint.major_reason, told)
        chinese = complaint.with_context(lang="zh_CN").major_reason
        self.assertIn("20", chinese)
        self.assertNotIn("Death", chinese)
        self.assertNotIn("people", chinese)
        # What made it major stays, whatever is corrected later.
        complaint.write({"complainant_count": 30})
        self.assertEqual(complaint.major_reason, told)

    def test_reason_outlives_who_and_what_it_names(self):
        complaint = self._new(has_injury=True)
        complaint.sudo()._write_unguarded({"major_causes": {"user": 0, "category": 0}})
        self.assertIn("Decided by", complaint.major_reason)

    def test_number_of_complainants_is_a_setting(self):
        group = {"representation": "group"}
        self.assertEqual(self._new(complainant_count=19, **group).severity, "general")
        self.company.complaint_major_count = 5
        self.assertEqual(self._new(complainant_count=4, **group).severity, "general")
        self.assertEqual(self._new(complainant_count=5, **group).severity, "major")
        with self.assertRaisesRegex(ValidationError, "at least 2 people"):
            self.company.complaint_major_count = 1

    def test_trigger_wins_over_a_severity_given(self):
        complaint = self._new(severity="general", has_injury=True)
        self.assertEqual(complaint.severity, "major")
        complaint = self._new()
        complaint.write({"severity": "serious", "is_disaster": True})
        self.assertEqual(complaint.severity, "major")

    def test_category_that_is_major(self):
        category = self.category_service.copy(
            {"name": "群体性食物中毒", "default_severity": "major"}
        )
        complaint = self._new()
        complaint.category_id = category
        self.assertEqual(complaint.severity, "major")
        self.assertIn("群体性食物中毒", complaint.major_reason)
        self.assertEqual(len(self._get_alerts(complaint)), 2)

    def test_form_shows_it_before_saving(self):
        with Form(self.env["customer.complaint"].with_user(self.agent)) as form:
            form.partner_id = self.customer
            form.category_id = self.category_service
            form.channel_id = self.channel
            self.assertEqual(form.severity, "general")
            form.has_injury = True
            self.assertEqual(form.severity, "major")
            self.assertFalse(form.date_major)
        self.assertTrue(form.record.date_major)

    def test_import_makes_it_major(self):
        result = (
            self.env["customer.complaint"]
            .with_user(self.agent)
            .load(
                ["partner_id/.id", "description", "has_injury"],
                [[str(self.customer.id), "地面湿滑摔倒骨折", "True"]],
            )
        )
        self.assertFalse(result["messages"])
        complaint = self.env["customer.complaint"].browse(result["ids"])
        self.assertEqual(complaint.severity, "major")
        self.assertEqual(len(self._get_alerts(complaint)), 2)

    def test_managers_are_alerted_once(self):
        complaint = self._new()
        complaint.write({"has_injury": True})
        self.assertEqual(self._get_alerts(complaint).user_id, self.managers)
        note = self._get_notes(complaint)
        self.assertEqual(note.partner_ids, self.managers.partner_id)
        self.assertIn("Death or Serious Injury", note.body)
        activities = complaint.sudo().activity_ids
        since = complaint.date_major
        complaint.write({"is_disaster": True, "complainant_count": 3})
        complaint.write({"severity": "major"})
        complaint.action_accept()
        self.assertEqual(complaint.sudo().activity_ids, activities)
        self.assertEqual(complaint.date_major, since)

    def test_message_is_queued_and_text_stays_text(self):
        # Without the inbox, alerts go out by mail.
        self.assertEqual(self.manager.notification_type, "email")
        complaint = self._new(has_injury=True, subject=SCRIPT)
        note = self._get_notes(complaint)
        self.assertNotIn("<script>", note.body)
        self.assertIn("alert(1)", note.body)
        mail = self.env["mail.mail"].sudo().search([("mail_message_id", "=", note.id)])
        self.assertEqual(mail.state, "outgoing")

    def test_recused_manager_is_not_alerted(self):
        person = self.second_manager.partner_id
        # Their own complaint.
        complaint = self._new(has_injury=True, partner_id=person.id)
        self.assertEqual(self._get_alerts(complaint).user_id, self.manager)

    def test_leader_is_alerted_where_there_is_no_manager(self):
        self.managers.active = False
        complaint = self._new(has_injury=True)
        self.assertEqual(self._get_alerts(complaint).user_id, self.supervisor)

    def test_nobody_to_alert_is_logged(self):
        self.managers.active = False
        self.team.leader_id = False
        with self.assertLogs(
            "odoo.addons.customer_complaint_investigation.models.customer_complaint_graded",
            "WARNING",
        ):
            complaint = self._new(has_injury=True)
        self.assertEqual(complaint.severity, "major")

    def test_managers_of_other_companies_are_not_alerted(self):
        other = self.env["res.company"].create({"name": "上海分公司"})
        self.second_manager.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        complaint = self._new(has_injury=True)
        self.assertEqual(self._get_alerts(complaint).user_id, self.manager)

    def test_batch_alerts_each_once(self):
        complaints = self._new() | self._new() | self._new(has_injury=True)
        complaints.write({"is_disaster": True})
        for complaint in complaints:
            self.assertEqual(len(self._get_alerts(complaint)), 2)

    def test_system_sets_date_and_reason(self):
        complaint = self._new()
        for vals in (
            {"date_major": "2031-01-01 00:00:00"},
            {"major_causes": {"user": 1}},
        ):
            with self.assertRaisesRegex(UserError, "sets these by itself"):
                complaint.write(vals)
            with self.assertRaisesRegex(UserError, "sets these by itself"):
                self._new(**vals)

    def test_triggers_freeze_with_the_complaint(self):
        complaint = self._new()
        self._withdraw(complaint)
        with self.assertRaisesRegex(UserError, "has ended"):
            complaint.write({"has_injury": True})


@tagged("post_install", "-at_install")
class TestEmergencyPlan(SeverityCase):
    """A major complaint starts the checklist of the company."""

    def _get_plan_activities(self, complaint):
        return complaint.sudo().activity_ids - self._get_alerts(complaint)

    def test_plan_starts_for_handler_and_leader(self):
        complaint = self._new(user_id=self.colleague.id)
        complaint.write({"has_injury": True})
        activities = self._get_plan_activities(complaint)
        self.assertEqual(
            activities.mapped("summary"), self.plan.template_ids.mapped("summary")
        )
        today = self.company._complaint_today()
        for activity, template in zip(activities, self.plan.template_ids, strict=True):
            is_handler = template.responsible_type == "complaint_handler"
            self.assertEqual(
                activity.user_id, self.colleague if is_handler else self.supervisor
            )
            self.assertEqual(
                (activity.date_deadline - today).days, template.delay_count
            )
        self.assertIn(self.plan.name, "".join(complaint.message_ids.mapped("body")))

    def test_leader_stands_in_for_the_handler_and_managers_for_both(self):
        complaint = self._new(has_injury=True)
        # Whoever took it in handles it.
        handlers = self.agent | self.supervisor
        self.assertEqual(self._get_plan_activities(complaint).user_id, handlers)
        orphan = self._new(has_injury=True, team_id=self.other_team.id)
        self.assertLessEqual(
            self._get_plan_activities(orphan).user_id, self.managers | self.agent
        )

    def test_company_edits_or_removes_its_plan(self):
        self._give_all_companies(self.manager)
        self.plan.with_user(self.manager).template_ids[1:].unlink()
        complaint = self._new(has_injury=True)
        self.assertEqual(len(self._get_plan_activities(complaint)), 1)
        self.plan.active = False
        self.assertFalse(self._get_plan_activities(self._new(has_injury=True)))
        self.company.complaint_emergency_plan_id = False
        complaint = self._new(has_injury=True)
        self.assertFalse(self._get_plan_activities(complaint))
        self.assertEqual(len(self._get_alerts(complaint)), 2)

    def test_managers_edit_plans_for_complaints_only(self):
        self._give_all_companies(self.manager)
        Plan = self.env["mail.activity.plan"]
        vals = {"name": "食品安全应急预案", "res_model": "customer.complaint"}
        Plan.with_user(self.manager).create(vals)
        with self.assertRaises(AccessError):
            Plan.with_user(self.manager).create({**vals, "res_model": "res.partner"})
        with self.assertRaises(AccessError):
            Plan.with_user(self.supervisor).create(vals)

    def test_plan_must_be_for_complaints_of_the_company(self):
        plan = self.env["mail.activity.plan"].create(
            {"name": "回访", "res_model": "res.partner"}
        )
        with self.assertRaisesRegex(ValidationError, "no plan for complaints"):
            self.company.complaint_emergency_plan_id = plan
        with self.assertRaisesRegex(ValidationError, "Only plans for complaints"):
            plan.template_ids = [
                Command.create(
                    {"summary": "回访", "responsible_type": "complaint_handler"}
                )
            ]

    def test_each_company_has_its_own_plan(self):
        other = self.env["res.company"].create({"name": "上海分公司"})
        self.assertEqual(other.complaint_emergency_plan_id.company_id, other)
        self.assertNotEqual(other.complaint_emergency_plan_id, self.plan)


@tagged("post_install", "-at_install")
class TestLowerSeverity(SeverityCase):
    """The severity is lowered by a superior who says why, never in passing."""

    def test_plain_ways_to_lower_it_are_refused(self):
        serious, major = self._new(severity="serious"), self._new(severity="major")
        for user in (self.agent, self.supervisor, self.manager, self.env.user):
            for complaint, severity in (
                (serious, "general"),
                (major, "serious"),
                (serious | major, "general"),
                (serious, False),
            ):
                with self.assertRaisesRegex(UserError, "Lower Severity"):
                    complaint.with_user(user).write({"severity": severity})
        result = (
            self.env["customer.complaint"]
            .with_user(self.manager)
            .load([".id", "severity"], [[str(major.id), "General"]])
        )
        self.assertIn("Lower Severity", result["messages"][0]["message"])
        self.assertEqual(serious.severity, "serious")
        self.assertEqual(major.severity, "major")

    def test_supervisor_lowers_serious_and_manager_major(self):
        serious, major = self._new(severity="serious"), self._new(severity="major")
        with self.assertRaises(AccessError):
            self._lower(serious, self.agent)
        self._lower(serious, self.supervisor)
        with self.assertRaisesRegex(AccessError, "a manager that of a major"):
            self._lower(major, self.supervisor, "serious")
        self._lower(major, self.manager, "serious")
        self.assertEqual(serious.severity, "general")
        self.assertRecordValues(
            major, [{"severity": "serious", "date_major": False, "major_reason": False}]
        )

    def test_old_severity_and_reason_stand_in_the_chatter(self):
        complaint = self._new(severity="serious")
        self._flush_tracking()
        self._lower(complaint, self.supervisor, reason=f"轻微擦伤{SCRIPT}")
        self._flush_tracking()
        message = complaint.sudo().message_ids.filtered("tracking_value_ids")[0]
        self.assertIn("轻微擦伤", message.body)
        self.assertNotIn("<script>", message.body)
        value = message.tracking_value_ids
        self.assertEqual(value.old_value_char, "Serious")
        self.assertEqual(value.new_value_char, "General")

    def test_refused_while_a_trigger_holds(self):
        complaint = self._new(has_injury=True)
        with self.assertRaisesRegex(UserError, "while this holds: Death or Serious"):
            self._lower(complaint, self.manager)
        complaint.write({"has_injury": False})
        self.assertEqual(complaint.severity, "major", "never silently lowered")
        self._lower(complaint, self.manager)
        self.assertEqual(complaint.severity, "general")
        complaint.write({"has_injury": True})
        self.assertEqual(len(self._get_alerts(complaint)), 4, "alerted anew")

    def test_nothing_to_lower_and_no_reason(self):
        general = self._new()
        with self.assertRaisesRegex(UserError, "choose a lower severity"):
            self._lower(general, self.manager)
        serious = self._new(severity="serious")
        with self.assertRaisesRegex(UserError, "Say why"):
            self._lower(serious, self.manager, reason="  ")
        with self.assertRaisesRegex(UserError, general.name):
            self._lower(serious | general, self.manager)
        self.assertEqual(serious.severity, "serious")

    def test_strangers_and_ended(self):
        complaint = self._new(severity="serious")
        for user in (self.other_leader, self.auditor, self.quality_user, self.employee):
            with self.assertRaises(AccessError):
                complaint.with_user(user)._lower_severity("general", "无")
        self._withdraw(complaint)
        with self.assertRaisesRegex(UserError, "has ended"):
            self._lower(complaint, self.manager)

    def test_recused_people_lower_nothing(self):
        complaint = self._new(severity="serious")
        self._recuse(complaint, self.supervisor)
        with self.assertRaisesRegex(AccessError, "recused"):
            self._lower(complaint, self.supervisor)
