import time

from odoo import SUPERUSER_ID, api, fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.test_customer_complaint.tests.race_common import (
    CONFLICTS,
    TwoAtOnceCase,
)


@tagged("post_install", "-at_install", "slow")
class TestPersonRequestRace(TwoAtOnceCase):
    """Of two who decide about one case at the same time, the late one is replayed."""

    seen_model = "customer.complaint"

    @classmethod
    def _set_up_case(cls, env):
        company = env["res.company"].create({"name": f"并发限制 {time.time_ns()}"})
        cls.company_id = company.id
        complaint = env["customer.complaint"].create(
            {
                "company_id": company.id,
                "complainant_name": "并发",
                "description": "等待超过一小时。",
                "category_id": env.ref(
                    "customer_complaint.category_service_attitude"
                ).id,
            }
        )
        env.flush_all()
        env.cr.execute(
            "UPDATE customer_complaint SET state = 'refused', date_closed = now()"
            " WHERE id = %s",
            (complaint.id,),
        )
        cls.complaint_id = complaint.id
        cls.request_ids = (
            env["customer.complaint.person.request"]
            .create(
                [
                    {
                        "kind": "restriction",
                        "company_id": company.id,
                        "person_name": "并发",
                        "asked_by": "并发",
                        "identity_proof": "other",
                        "complaint_ids": [fields.Command.set(complaint.ids)],
                    }
                    for _n in range(2)
                ]
            )
            .ids
        )

    @classmethod
    def _clean_up(cls):
        with cls.registry.cursor() as cr:
            cr.execute("SET session_replication_role = replica")
            for table, column, value in (
                (
                    "customer_complaint_person_request_rel",
                    "complaint_id",
                    cls.complaint_id,
                ),
                ("customer_complaint_person_request", "company_id", cls.company_id),
                ("customer_complaint_deadline", "company_id", cls.company_id),
                ("customer_complaint", "id", cls.complaint_id),
            ):
                cr.execute(f"DELETE FROM {table} WHERE {column} = %s", (value,))
            cr.execute(
                "DELETE FROM mail_message WHERE (model = 'customer.complaint'"
                " AND res_id = %s) OR (model = 'customer.complaint.person.request'"
                " AND res_id IN %s)",
                (cls.complaint_id, tuple(cls.request_ids)),
            )
            cr.execute("SET session_replication_role = DEFAULT")
            env = api.Environment(cr, SUPERUSER_ID, {})
            company = env["res.company"].browse(cls.company_id)
            team = env["customer.complaint.team"].search(
                [("company_id", "=", company.id)]
            )
            company.complaint_team_id = False
            team.unlink()
            company.active = False

    def _request(self, cr, number):
        env = api.Environment(cr, SUPERUSER_ID, {"lang": "en_US"})
        return env["customer.complaint.person.request"].browse(self.request_ids[number])

    def _grant(self, cr, number):
        request = self._request(cr, number)
        request._decide("granted")
        request.complaint_ids._set_restricted()
        request.env.flush_all()

    def test_lifted_and_granted_at_once(self):
        """The one lifts what the other wants: the case stays restricted."""
        self._grant(self.first, 0)
        self.first.commit()
        self._restart(self.second)
        self._restart(self.first)
        lifted = self._request(self.first, 0)
        lifted._end("lifted")
        lifted.complaint_ids._set_restricted()
        lifted.env.flush_all()
        self.first.commit()
        with self.assertRaises(CONFLICTS), mute_logger("odoo.sql_db"):
            self._grant(self.second, 1)
        self._restart(self.second)
        self._grant(self.second, 1)
        complaint = self._request(self.second, 1).complaint_ids
        self.assertTrue(complaint.is_restricted)
        self.second.rollback()
