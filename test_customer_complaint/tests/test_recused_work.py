from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from odoo.addons.customer_complaint_recusal.tests.recusal_common import RecusalCase


@tagged("post_install", "-at_install")
class TestRecusedInvestigation(RecusalCase):
    """Who is recused neither verifies nor asks by memo."""

    def test_recused_people_take_no_step_and_change_nothing(self):
        complaint = self._create_complaint()
        for user in (self.agent, self.manager):
            self._recuse(complaint, user)
            work = complaint.with_user(user)
            for deed in (
                work.action_accept,
                work.action_verify_record,
                lambda work=work: work.write({"state": "accepted"}),
                lambda work=work: work.write({"description": "改写"}),
                lambda work=work: (
                    work.action_withdraw() and self._withdraw(work, work.env.user)
                ),
            ):
                with self.assertRaisesRegex(AccessError, "recused"):
                    deed()
        self.assertEqual(complaint.state, "registered")
        complaint.with_user(self.colleague).action_accept()

    def test_recused_people_change_nothing_that_hangs_on_the_complaint(self):
        complaint = self._create_complaint()
        self._recuse(complaint, self.agent)
        photo = self.quick_ref("customer_complaint.document_type_photo")
        work = complaint.with_user(self.agent)
        for deed in (
            lambda: work.line_ids.write({"lot_name": "X"}),
            lambda: work.line_ids.unlink(),
            lambda: work.env["customer.complaint.archive.document"].create(
                {"complaint_id": complaint.id, "type_id": photo.id}
            ),
            lambda: work.env["customer.complaint.memo"].create(
                {
                    "complaint_id": complaint.id,
                    "name": "核对",
                    "question": "?",
                    "recipient_id": self.colleague.id,
                    "date_due": "2099-01-01 00:00:00",
                }
            ),
        ):
            with self.assertRaisesRegex(AccessError, "recused"):
                deed()
        self.assertFalse(complaint.line_ids.lot_name)


@tagged("post_install", "-at_install")
class TestRecusedAssignment(RecusalCase):
    """Where the team assigns by its rule, whoever is recused is passed over."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id = cls.env["resource.calendar"].create(
            {"name": "行政班", "tz": "Asia/Shanghai", "company_id": cls.company.id}
        )
        cls.team.write(
            {
                "assignment_method": "fewest",
                "leader_id": False,
                "member_ids": [Command.set((cls.agent | cls.colleague).ids)],
            }
        )
        # A Monday, 10:00 in Shanghai.
        cls.enterClassContext(freeze_time("2031-05-12 02:00:00"))

    def _new(self, **values):
        return self._create_complaint(sale_order_id=False, line_ids=[], **values)

    def test_recused_people_are_skipped(self):
        # It would be the colleague's turn.
        self._new(user_id=self.agent.id)
        person = self.colleague.partner_id
        complaint = self._new(recusal_ids=[Command.create({"partner_id": person.id})])
        self.assertEqual(complaint.user_id, self.agent)

    def test_handler_who_is_recused_hands_it_to_the_next(self):
        complaint = self._new(user_id=self.agent.id)
        self._ask(
            "recuse_myself", complaint, self.agent, reason="顾客是我的表姐"
        ).action_confirm()
        self.assertEqual(complaint.user_id, self.colleague)
        self._ask(
            "recuse_myself", complaint, self.colleague, reason="顾客是我的邻居"
        ).action_confirm()
        self.assertFalse(complaint.user_id)
