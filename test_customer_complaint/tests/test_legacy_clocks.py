from odoo.tests import tagged

from odoo.addons.customer_complaint_archive_paper.tests.test_archive_legacy import (
    LegacyCase,
)


@tagged("post_install", "-at_install")
class TestLegacyClocks(LegacyCase):
    """No time limit runs for a paper card of past years."""

    def test_nothing_runs(self):
        category = self.quick_ref("customer_complaint.category_injury")
        complaint = self._enter(category_id=category.id).complaint_id
        self.assertFalse(complaint.deadline_ids)
        self.assertFalse(complaint.date_deadline)
        complaint._sync_deadlines()
        self.assertFalse(complaint.deadline_ids)
