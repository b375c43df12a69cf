from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.customer_complaint.tests.common import CustomerComplaintCommon
from odoo.addons.customer_complaint.tests.test_access import AccessCase


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
