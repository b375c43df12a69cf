from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .recusal_common import RecusalCase


@tagged("post_install", "-at_install")
class TestRecusal(RecusalCase):
    """People a complaint is about, or with an interest in it, do not handle it."""

    def test_person_complained_of_becomes_no_handler(self):
        complaint = self._create_complaint()
        self._recuse(complaint, self.colleague)
        for user in (self.supervisor, self.manager):
            with self.assertRaisesRegex(ValidationError, "is recused from"):
                complaint.with_user(user).write({"user_id": self.colleague.id})
        complaint.write({"user_id": self.agent.id})
        self.assertEqual(complaint.user_id, self.agent)

    def test_recused_handler_loses_the_complaint_and_the_leader_is_asked(self):
        complaint = self._take_to(self._create_complaint(), "investigating")
        self.assertEqual(complaint.user_id, self.agent)
        self._recuse(complaint, self.agent)
        self.assertFalse(complaint.user_id)
        self.assertEqual(complaint.activity_ids.user_id, self.supervisor)
        self.assertIn("顾客投诉其服务态度", complaint.message_ids[0].body)

    def test_to_dos_follow_the_case(self):
        complaint = self._take_to(self._create_complaint(), "investigating")
        complaint.activity_schedule(
            "mail.mail_activity_data_todo", summary="取回样品", user_id=self.agent.id
        )
        self._recuse(complaint, self.agent)
        complaint = complaint.with_user(self.supervisor)
        self.assertEqual(
            set(complaint.activity_ids.mapped("summary")),
            {"取回样品", "Assign another handler"},
        )
        self.assertEqual(complaint.activity_ids.user_id, self.supervisor)

    def test_recused_at_once(self):
        """Who took it in does not become its handler."""
        complaint = self._create_complaint(
            self.supervisor,
            received_by_id=self.agent.id,
            recusal_ids=[
                Command.create(
                    {"partner_id": self.agent.partner_id.id, "kind": "named"}
                )
            ],
        )
        self.assertFalse(complaint.user_id)

    def test_papers_of_a_named_complaint_hide_from_the_recused(self):
        complaint = self._create_complaint()
        papers = self._create_document(complaint)
        domain = [("complaint_id", "=", complaint.id)]
        Paper = papers.browse()
        self.assertEqual(Paper.search(domain), papers)
        self._recuse(complaint, self.agent)
        self.env.invalidate_all()
        self.assertFalse(Paper.search(domain))

    def test_handler_declares_an_interest(self):
        complaint = self._take_to(self._create_complaint(), "investigating")
        dialog = self._ask("recuse_myself", complaint, reason="顾客是我的表姐")
        dialog.action_confirm()
        self.assertRecordValues(
            complaint.recusal_ids,
            [{"partner_id": self.agent.partner_id.id, "kind": "interest"}],
        )
        self.assertFalse(complaint.user_id)
        self.assertTrue(complaint.with_user(self.agent).is_recused)
        self.assertFalse(complaint.with_user(self.colleague).is_recused)

    def test_recusal_is_taken_back_by_superiors_only(self):
        complaint = self._create_complaint()
        recusal = self._recuse(complaint, self.agent, self.agent)
        own = self._recuse(complaint, self.supervisor)
        for user, record in (
            (self.agent, recusal),
            (self.colleague, recusal),
            (self.supervisor, own),
        ):
            with self.assertRaises(AccessError):
                record.with_user(user).unlink()
        with self.assertRaises(UserError):
            recusal.with_user(self.manager).write(
                {"partner_id": self.colleague.partner_id.id}
            )
        recusal.with_user(self.manager).unlink()
        self.assertFalse(complaint.with_user(self.agent).is_recused)
        self.assertIn("Recusal taken back", complaint.message_ids[0].body)

    def test_strangers_and_readers_recuse_nobody(self):
        complaint = self._create_complaint()
        for user in (self.stranger, self.auditor, self.archivist, self.employee):
            with self.assertRaises(AccessError, msg=user.login):
                self._recuse(complaint, self.agent, user)

    def test_recusal_count_cannot_be_forged(self):
        complaint = self._create_complaint()
        self._recuse(complaint, self.agent)
        with self.assertRaises(UserError):
            complaint.with_user(self.colleague).write({"recusal_count": 0})

    def test_ended_complaint_takes_no_recusal(self):
        complaint = self._take_to(self._create_complaint(), "closed")
        with self.assertRaises(UserError):
            self._recuse(complaint, self.colleague)
