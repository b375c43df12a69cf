from odoo.tests import tagged

from odoo.addons.customer_complaint_settle.tests.test_settle import SettleCase


@tagged("post_install", "-at_install")
class TestSettleInvestigation(SettleCase):
    """At the counter one sees the customer, the goods and the record."""

    def test_verified_and_confirmed_by_who_settles(self):
        self._limit_of_agents(200)
        complaint = self._sign(self._settle())
        self.assertRecordValues(
            complaint,
            [
                {
                    "state": "followup",
                    "complainant_verified_by_id": self.agent.id,
                    "record_verified_by_id": self.agent.id,
                    "conclusion_confirmed_by_id": self.agent.id,
                    "cause": "product",
                    "responsible_party": "own",
                }
            ],
        )

    def test_what_quality_confirms_is_not_for_the_counter(self):
        self.company.complaint_spot_category_id = self.env.ref(
            "customer_complaint.category_quality_intrinsic"
        )
        before = self.env["customer.complaint"].search_count([])
        dialog = self._dialog()
        with self._refused("."):
            dialog.action_settle()
        self.assertEqual(self.env["customer.complaint"].search_count([]), before)
