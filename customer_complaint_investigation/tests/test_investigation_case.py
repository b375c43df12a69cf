from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.customer_complaint.tests.common import CustomerComplaintCommon
from odoo.addons.customer_complaint.tests.test_access import AccessCase
from odoo.addons.customer_complaint.tests.test_recusal import RecusalCase


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
class TestEvidenceAccess(AccessCase):
    """Evidence follows the right to its case."""

    def test_who_only_reads_the_case_changes_nothing_that_hangs_on_it(self):
        """An auditor who is an agent of another team works on the cases of that."""
        both = self._new_user("complaint_both", "agent", "auditor")
        self.other_team.member_ids += both
        vals = {
            "customer.complaint.line": {"note": "x"},
            "customer.complaint.evidence": {"name": "监控录像"},
        }
        evidence = self.env["customer.complaint.evidence"].create(
            {"complaint_id": self.complaint.id, "name": "照片"}
        )
        for records in (self.line, evidence):
            with self.subTest(model=records._name):
                self.assertEqual(self._get_outcome(both, "read", records), "done")
                outcome = self._get_outcome(both, "write", records, vals[records._name])
                self.assertEqual(outcome, AccessError)


@tagged("post_install", "-at_install")
class TestRefusedAfterConfirmation(CustomerComplaintCommon):
    """Refused after all, nothing is confirmed any more."""

    def test_the_confirmation_falls(self):
        complaint = self._take_to(self._create_complaint(line_ids=[]), "remediation")
        self.assertTrue(complaint.conclusion_confirmed_by_id)
        ground = self.quick_ref("customer_complaint.refusal_ground_not_entitled")
        self._refuse(complaint, self.supervisor, refusal_ground_id=ground)
        self.assertEqual(complaint.state, "refused")
        self.assertFalse(complaint.conclusion_confirmed_by_id)
