from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from .clock_common import PauseCase, at

NOW = "2026-03-06 16:00"


class AgreedCase(PauseCase):
    def setUp(self):
        super().setUp()
        self.paper = self._create_document(
            self.complaint, "agreement", name="处理期限约定书"
        )

    def _agree(self, user=None, **values):
        return (
            self.env["customer.complaint.agreed.terms"]
            .with_user(user or self.agent)
            .create(
                {
                    "complaint_id": self.complaint.id,
                    "date": "2026-03-06",
                    "date_due": "2026-03-25",
                    "document_id": self.paper.id,
                    **values,
                }
            )
        )


@tagged("post_install", "-at_install")
@freeze_time(at(NOW))
class TestAgreedTerms(AgreedCase):
    """Terms agreed with the complainant go before the rules, and are on file."""

    def test_the_agreed_day_is_the_limit_and_explains_itself(self):
        terms = self._agree()
        self.assertEqual(self.answer.date_due, at("2026-03-25 23:59:59"))
        self.assertEqual(self.complaint.date_deadline, at("2026-03-25 23:59:59"))
        self.assertIn("Agreed with the complainant", self.answer.explanation)
        self.assertFalse(self.answer.explanation_table)
        self.assertFalse(self.complaint.was_late)
        # An earlier day holds as well, and the latest agreement counts.
        latest = self._agree(date_due="2026-03-12")
        self.assertEqual(self.answer.date_due, at("2026-03-12 23:59:59"))
        latest.with_user(self.supervisor)._void("误录")
        self.assertEqual(self.answer.date_due, at("2026-03-25 23:59:59"))
        terms.with_user(self.supervisor)._void("误录")
        self.assertEqual(self.answer.date_due, at("2026-03-16 23:59:59"))

    def test_a_pause_does_not_move_an_agreed_day(self):
        self._agree()
        self._enter_told("2026-03-06 15:00")
        self.assertEqual(self.answer.date_due, at("2026-03-25 23:59:59"))
        self.assertFalse(self.complaint.is_paused)

    def test_the_handler_is_reminded_before_the_agreed_day(self):
        self._agree()
        self.assertLess(self.answer.date_next_escalation, self.answer.date_due)
        self.assertGreaterEqual(
            self.answer.date_next_escalation, at("2026-03-24 00:00")
        )

    def test_it_hides_no_lateness(self):
        with freeze_time(at("2026-03-18 10:00")):
            with self._refused("Ask a supervisor", AccessError):
                self._agree()
            self._agree(user=self.supervisor)
            self.assertEqual(self.answer.date_due, at("2026-03-25 23:59:59"))
            self.assertEqual(self.answer.late_by, 2)
            self.assertTrue(self.complaint.was_late)

    def test_the_agreed_way_is_proposed(self):
        self._agree(date_due=False, way="post")
        action = (
            self.complaint.with_user(self.agent)
            .with_context(default_kind="progress")
            .action_tell()
        )
        dialog = Form(self._follow(action))
        self.assertEqual(dialog.way, "post")
        self.assertEqual(self.answer.date_due, at("2026-03-16 23:59:59"))

    def test_it_needs_terms_and_their_proof(self):
        other = self._receive("2026-03-05 10:00", self.cbirc)
        foreign = self._create_document(other, "agreement", name="另案约定")
        for values, text in (
            ({"document_id": False}, "needs its proof"),
            ({"document_id": foreign.id}, "of this complaint"),
            ({"date_due": False}, "say what was agreed"),
            ({"date": "2026-03-07"}, "between the day"),
            ({"date": "2026-02-27"}, "between the day"),
            ({"date_due": "2026-03-05"}, "cannot be due before"),
        ):
            with self.subTest(text), self._refused(text, ValidationError):
                self._agree(**values)

    def test_it_stays_as_it_was_entered(self):
        terms = self._agree()
        with self._refused("stays as it was entered"):
            terms.with_user(self.manager).date_due = "2026-05-01"
        with self._refused("never deleted"):
            terms.with_user(self.manager).unlink()
        with self._refused("A supervisor voids", AccessError):
            terms.with_user(self.agent)._void("x")
        for user in (self.stranger, self.employee, self.auditor):
            with self._refused("", AccessError):
                self._agree(user=user)
