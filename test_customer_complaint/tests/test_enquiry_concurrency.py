from odoo import SUPERUSER_ID, api
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.test_customer_complaint.tests.race_common import (
    CONFLICTS,
    TwoAtOnceCase,
)


@tagged("post_install", "-at_install", "slow")
class TestEnquiryConcurrency(TwoAtOnceCase):
    """Two people turn the same grumble into a complaint in the same second."""

    seen_model = "customer.complaint.enquiry"

    @classmethod
    def _set_up_case(cls, env):
        enquiry = env["customer.complaint.enquiry"].create(
            {
                "kind": "grumble",
                "company_id": env.ref("base.main_company").id,
                "description": "两人同时转投诉。",
            }
        )
        cls.enquiry_id = enquiry.id

    @classmethod
    def _clean_up(cls):
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            enquiry = env["customer.complaint.enquiry"].browse(cls.enquiry_id)
            complaint = enquiry.complaint_id
            for query, ids in (
                (
                    "DELETE FROM customer_complaint_deadline WHERE complaint_id",
                    complaint,
                ),
                ("UPDATE customer_complaint SET enquiry_id = NULL WHERE id", complaint),
                ("DELETE FROM customer_complaint_enquiry WHERE id", enquiry),
                ("DELETE FROM customer_complaint WHERE id", complaint),
            ):
                cr.execute(f"{query} = ANY(%s)", [ids.ids])
            env.invalidate_all(flush=False)

    def _turn(self, cr):
        env = api.Environment(cr, SUPERUSER_ID, {"lang": "en_US"})
        enquiry = env["customer.complaint.enquiry"].browse(self.enquiry_id)
        self.assertTrue(enquiry.state)  # as the form was shown
        return enquiry.action_turn_into_complaint()["res_id"]

    def test_there_is_one_complaint(self):
        complaint_id = self._turn(self.first)
        self.first.commit()
        with mute_logger("odoo.sql_db"), self.assertRaises(CONFLICTS):
            self._turn(self.second)
        self._restart(self.second)
        self.assertEqual(self._turn(self.second), complaint_id)
        self.second.execute(
            "SELECT id FROM customer_complaint WHERE enquiry_id = %s", [self.enquiry_id]
        )
        self.assertEqual(self.second.fetchall(), [(complaint_id,)])
