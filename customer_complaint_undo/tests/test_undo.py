from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from odoo.addons.customer_complaint.tests.common import CustomerComplaintCommon

from .common import LaterMixin

# With notices each message to the customer is on record as one.
SENT = "a message went out|Complaint Notice"


@tagged("post_install", "-at_install")
class TestUndo(LaterMixin, CustomerComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with cls._later(-1):
            cls.complaint = cls._create_complaint(user_id=cls.agent.id)
        cls.complaint.action_accept()

    def _create_other(self):
        """Create a complaint that is about no product of the first."""
        return self._create_complaint(user_id=self.agent.id, line_ids=[])

    def _get_history(self):
        return " ".join(self.complaint.message_ids.mapped("body"))

    def test_acceptance_goes_back_and_comes_again(self):
        card = self.complaint.archive_card_id
        with self._later(9):
            self.assertTrue(self.complaint.can_undo)
            self.assertIn("Registered", self.complaint.undo_note)
            self.assertTrue(self.complaint.action_undo_step())
            self.assertRecordValues(
                self.complaint,
                [
                    {
                        "state": "registered",
                        "date_accepted": False,
                        "accepted_by_id": False,
                        "can_undo": False,
                        "undo_note": False,
                    }
                ],
            )
            self.assertEqual(card.name, "/")
        with self._later(10):
            self.complaint.action_accept()
            self.assertEqual(self.complaint.state, "accepted")
            self.assertEqual(self.complaint.archive_card_id, card)

    def test_history_tells_who_took_back_what(self):
        with self._later():
            self.complaint.action_undo_step()
        history = self._get_history()
        self.assertIn("Complaint Agent took back the step", history)
        self.assertIn("“Registered” to “Accepted”", history)

    def test_after_ten_minutes_it_stays(self):
        with self._later(11):
            self.assertFalse(self.complaint.can_undo)
            with self._refused("for 10 minutes only"):
                self.complaint.action_undo_step()
        self.assertEqual(self.complaint.state, "accepted")

    def test_company_sets_the_minutes(self):
        self.company.complaint_undo_minutes = 30
        with self._later(29):
            self.complaint.action_undo_step()
        self.assertEqual(self.complaint.state, "registered")

    def test_zero_minutes_undo_nothing(self):
        self.company.complaint_undo_minutes = 0
        with self._later(), self._refused("for 0 minutes only"):
            self.complaint.action_undo_step()

    def test_minutes_are_no_days(self):
        for minutes in (-1, 1441):
            with self._refused("within 0 to 1440 minutes", ValidationError):
                self.company.complaint_undo_minutes = minutes

    def test_somebody_else_does_not_take_it_back(self):
        for user in (self.colleague, self.supervisor, self.manager):
            case = self.complaint.with_user(user)
            with self._later():
                self.assertFalse(case.can_undo)
                with self._refused("Ask Complaint Agent"):
                    case.action_undo_step()

    def test_other_team_and_readers_are_refused(self):
        users = (self.stranger, self.archivist, self.auditor, self.employee)
        for user in users:
            with self._later(), self.assertRaises(AccessError):
                self.complaint.with_user(user).action_undo_step()

    def test_one_step_only(self):
        with self._later():
            self._verified().action_investigate()
        with self._later(2):
            self.complaint.action_undo_step()
            self.assertEqual(self.complaint.state, "accepted")
            with self._refused("no step to take back"):
                self.complaint.action_undo_step()

    def test_second_session_finds_the_step_gone(self):
        other_session = self.complaint.with_user(self.agent)
        with self._later():
            self.complaint.action_undo_step()
            with self._refused("no step to take back"):
                other_session.action_undo_step()

    def test_other_session_went_on(self):
        with self._later():
            self._verified().with_user(self.colleague).action_investigate()
        with self._later(2), self._refused("only whoever took the step"):
            self.complaint.action_undo_step()

    def _verified(self):
        return self._verify(self.complaint)

    def test_investigation_gives_the_handler_back(self):
        self.complaint.sudo()._write_unguarded({"user_id": False})
        with self._later():
            self._verified().action_investigate()
            self.assertEqual(self.complaint.user_id, self.agent)
        with self._later(2):
            self.complaint.action_undo_step()
        self.assertRecordValues(
            self.complaint, [{"state": "accepted", "user_id": False}]
        )

    def test_another_handler_by_now_keeps_the_step(self):
        self.complaint.sudo()._write_unguarded({"user_id": False})
        with self._later():
            self._verified().action_investigate()
        with self._later(2):
            self.complaint.user_id = self.colleague
        with self._later(3), self._refused("was changed since"):
            self.complaint.action_undo_step()

    def test_decision_is_open_again(self):
        self._take_to(self.complaint.with_user(self.supervisor), "investigating")
        self.complaint.write(
            {"conclusion": "partly", "conclusion_note": "部分属实，同意换货。"}
        )
        self._confirm(self.complaint)
        with self._later():
            self.complaint.action_remediate()
            self.assertTrue(self.complaint.date_decided)
        with self._later(2):
            self.complaint.action_undo_step()
        self.assertRecordValues(
            self.complaint,
            [
                {
                    "state": "investigating",
                    "date_decided": False,
                    "decided_by_id": False,
                    "conclusion_note": "部分属实，同意换货。",
                }
            ],
        )

    def test_going_back_keeps_the_decision(self):
        self._take_to(self.complaint, "remediation")
        decided = self.complaint.date_decided
        with self._later():
            self.complaint.action_investigate()
            self.assertFalse(self.complaint.date_decided)
        with self._later(2):
            self.complaint.action_undo_step()
        self.assertRecordValues(
            self.complaint,
            [
                {
                    "state": "remediation",
                    "date_decided": decided,
                    "decided_by_id": self.agent.id,
                }
            ],
        )

    def test_proposal_since_keeps_the_step(self):
        self._take_to(self.complaint, "investigating")
        self.complaint.write(
            {"conclusion": "partly", "conclusion_note": "部分属实，同意换货。"}
        )
        self._confirm(self.complaint)
        with self._later():
            self.complaint.action_remediate()
        with self._later(2):
            self.env["customer.complaint.remediation"].with_user(self.agent).create(
                {"complaint_id": self.complaint.id, "note": "换货"}
            )
        with self._later(3):
            self.assertFalse(self.complaint.can_undo)
            with self._refused("added or changed since: .*Remediation"):
                self.complaint.action_undo_step()

    def test_paper_since_keeps_the_step(self):
        with self._later():
            self._create_document(self.complaint)
        with self._later(2), self._refused("added or changed since"):
            self.complaint.action_undo_step()

    def test_mail_since_keeps_the_step(self):
        with self._later():
            self.complaint.message_post(
                body="您的投诉已受理。",
                partner_ids=self.customer.ids,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
        with self._later(2), self._refused(SENT):
            self.complaint.action_undo_step()

    def test_mail_with_the_step_keeps_it(self):
        complaint = self._create_other()
        complaint.message_post(
            body="您的投诉已受理。",
            partner_ids=self.customer.ids,
            subtype_xmlid="mail.mt_comment",
        )
        complaint.action_accept()
        with self._later(), self._refused(SENT):
            complaint.action_undo_step()

    def test_mail_that_came_in_keeps_the_step(self):
        with self._later():
            self.complaint.sudo().message_post(
                body="收到。", message_type="email", author_id=self.customer.id
            )
        with self._later(2), self._refused("came in since"):
            self.complaint.action_undo_step()

    def test_own_note_is_in_nobodys_way(self):
        with self._later():
            self.complaint.message_post(body="点错了。")
        with self._later(2):
            self.complaint.action_undo_step()
        self.assertEqual(self.complaint.state, "registered")

    def test_closed_case_is_sealed(self):
        with self._later():
            self._take_to(self.complaint, "closed")
        if self.complaint.archive_card_id.state != "sealed":
            return  # another addon left it open
        with self._later(2):
            self.assertFalse(self.complaint.can_undo)
            with self._refused("sealed. If there are new facts"):
                self.complaint.action_undo_step()

    def test_refusal_goes_back(self):
        complaint = self._create_other()
        with self._later():
            self._refuse(complaint)
            self.assertEqual(complaint.state, "refused")
        with self._later(2):
            complaint.action_undo_step()
        self.assertRecordValues(
            complaint,
            [
                {
                    "state": "registered",
                    "date_closed": False,
                    "date_first_closed": False,
                    "date_decided": False,
                    "refusal_ground_id": False,
                    "refusal_note": False,
                    "reopen_count": 0,
                }
            ],
        )

    def test_withdrawal_goes_back(self):
        complaint = self._create_other()
        with self._later():
            self._withdraw(complaint)
        with self._later(2):
            complaint.action_undo_step()
        self.assertRecordValues(
            complaint,
            [
                {
                    "state": "registered",
                    "date_closed": False,
                    "date_withdrawn": False,
                    "withdrawal_reason": False,
                }
            ],
        )

    def test_reopening_is_no_slip(self):
        complaint = self._create_other()
        with self._later():
            self._refuse(complaint)
        with self._later(2):
            self._reopen(complaint)
        with self._later(3), self._refused("no step to take back"):
            complaint.with_user(self.supervisor).action_undo_step()

    def test_many_at_once_go_back_one_by_one(self):
        cases = self._create_other() | self._create_other()
        with self._later():
            cases.action_accept()
        with self._later(2):
            cases[0].action_undo_step()
        self.assertEqual(cases.mapped("state"), ["registered", "accepted"])
        with self.assertRaises(ValueError):
            cases.action_undo_step()

    def test_nobody_writes_what_is_kept(self):
        with self._refused("sets these by itself"):
            self.complaint.write({"last_step": {"user_id": self.agent.id}})

    def test_form_offers_it_to_who_took_the_step(self):
        with self._later():
            with Form(self.complaint) as form:
                self.assertTrue(form.can_undo)
            with Form(self.complaint.with_user(self.colleague)) as form:
                self.assertFalse(form.can_undo)
