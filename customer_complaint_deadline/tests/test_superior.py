from odoo import fields
from odoo.tests import Form, freeze_time, tagged

from .clock_common import PauseCase, SuperiorCase, at

NOW = "2026-03-06 16:00"  # a Friday in Shanghai


@tagged("post_install", "-at_install")
@freeze_time(at(NOW))
class TestSuperior(SuperiorCase):
    """The superior is the leader of the team above: the nearest who is at hand."""

    def _escalate(self, target):
        self.env["customer.complaint.escalation.rule"].search([]).active = False
        self.env["customer.complaint.escalation.rule"].create(
            {
                "name": "上报",
                "clock_unit": "days",
                "moment": "before",
                "distance": 26,
                "target": target,
            }
        )
        self.answer.sudo()._escalate(fields.Datetime.now())
        return self.complaint.sudo().escalation_ids[:1]

    def test_escalation_climbs_to_the_superior(self):
        escalation = self._escalate("superior")
        self.assertEqual(escalation.user_ids, self.area_leader)
        self.assertFalse(escalation.note)

    def test_past_an_absent_superior_to_the_next(self):
        self._put_on_leave(self.area_leader)
        self.assertEqual(self._escalate("superior").user_ids, self.head_leader)

    def test_without_a_leader_the_superior_is_told_before_the_managers(self):
        self.team.leader_id = False
        self.assertEqual(self._escalate("leader").user_ids, self.area_leader)

    def test_without_a_superior_the_managers_are_told(self):
        self.team.parent_id = False
        escalation = self._escalate("superior")
        self.assertEqual(escalation.user_ids, self.company._get_complaint_managers())
        self.assertIn("the next above was told", escalation.note)


@tagged("post_install", "-at_install")
class TestFirstContact(PauseCase):
    """Whoever takes a complaint in is its handler until somebody takes it over."""

    def test_who_takes_it_in_handles_it(self):
        complaint = self._create_complaint()
        self.assertEqual(complaint.user_id, self.agent)
        self.assertTrue(complaint.date_assigned)
        by_phone = self._create_complaint(received_by_id=self.colleague.id)
        self.assertEqual(by_phone.user_id, self.colleague)
        given = self._create_complaint(user_id=self.quality_user.id)
        self.assertEqual(given.user_id, self.quality_user)
        emptied = self._create_complaint(user_id=False)
        self.assertEqual(emptied.user_id, self.agent)

    def test_nobody_is_left_alone_with_it(self):
        complaint = self._create_complaint()
        for user in (self.agent, self.supervisor, self.manager):
            with self._refused("answers for it until"):
                complaint.with_user(user).user_id = False
        self.assertEqual(complaint.user_id, self.agent)

    def test_the_form_names_them(self):
        form = Form(self.env["customer.complaint"].with_user(self.agent))
        self.assertEqual(form.user_id, self.agent)

    def test_taking_over_is_recorded(self):
        complaint = self._create_complaint().with_context(
            tracking_disable=False, mail_notrack=False
        )
        self.env.flush_all()
        self.env.cr.precommit.run()
        complaint.with_user(self.colleague).action_assign_to_me()
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.assertEqual(complaint.user_id, self.colleague)
        values = complaint.message_ids.sudo().tracking_value_ids.filtered(
            lambda value: value.field_id.name == "user_id"
        )
        self.assertEqual(
            (values.old_value_char, values.new_value_char),
            (self.agent.name, self.colleague.name),
        )

    def test_who_may_not_handle_it_does_not(self):
        # No role in complaint handling.
        complaint = self._create_complaint(received_by_id=self.employee.id)
        self.assertFalse(complaint.user_id)
        # Their own complaint.
        own = self._create_complaint(
            self.supervisor,
            received_by_id=self.agent.id,
            partner_id=self.agent.partner_id.id,
            sale_order_id=False,
        )
        self.assertFalse(own.user_id)
        # Nobody: the mail gateway, the portal.
        self.assertFalse(
            self.env["customer.complaint"]
            .create(self._prepare_complaint_vals())
            .user_id
        )

    def test_the_first_contact_is_reminded(self):
        complaint = self._receive("2026-03-01 10:00", self.cbirc)
        answer = self._get_deadline(complaint, "cbirc_answer_general")
        with freeze_time(at("2026-03-16 10:00")):
            answer.sudo()._escalate(fields.Datetime.now())
        reminder = complaint.sudo().escalation_ids.filtered(lambda e: e.level == 1)
        self.assertEqual(reminder.user_ids, self.agent)
