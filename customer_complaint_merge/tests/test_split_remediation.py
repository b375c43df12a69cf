from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.customer_complaint.tests.remediation_common import RemediationCase


@tagged("post_install", "-at_install")
class TestSplitRemediation(RemediationCase):
    """What the customer receives for a product stays with it."""

    def test_product_with_remediation_is_not_split_off(self):
        complaint = self._decided()
        complaint.write({"line_ids": [Command.create({"product_id": self.syrup.id})]})
        line = complaint.line_ids[0]
        self._propose(
            complaint=complaint,
            lines=[{"kind": "refund", "amount": 1, "complaint_line_id": line.id}],
        )
        with self._refused("have a remediation here"):
            complaint._split_off(line, complaint.document_ids, {})
