from odoo import SUPERUSER_ID, api
from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.test_customer_complaint.tests.race_common import (
    CONFLICTS,
    TwoAtOnceCase,
)


@tagged("post_install", "-at_install")
class TestLastPieces(TwoAtOnceCase):
    """Two people take the last pieces of an order line in the same second."""

    seen_model = "customer.complaint.line"

    @classmethod
    def _set_up_case(cls, env):
        company = env.ref("base.main_company")
        user = new_test_user(
            env,
            login="race_last_pieces",
            groups="base.group_user,customer_complaint.group_complaint_manager,"
            "sales_team.group_sale_salesman_all_leads",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
            lang="en_US",
        )
        product = env["product.product"].create(
            {"name": "Last pieces", "taxes_id": [Command.clear()]}
        )
        order = env["sale.order"].create(
            {
                "partner_id": env["res.partner"].create({"name": "Racer"}).id,
                "company_id": company.id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_uom_qty": 5})
                ],
            }
        )
        order.action_confirm()
        cls.user_id, cls.order_id, cls.product_id = user.id, order.id, product.id
        cls.line_id = order.order_line.id
        cls.complaint_ids = [
            env["customer.complaint"]
            .create(
                {
                    "description": "五件，两份投诉。",
                    "partner_id": order.partner_id.id,
                    "sale_order_id": order.id,
                    "team_id": False,
                }
            )
            .id
            for _number in range(2)
        ]

    @classmethod
    def _clean_up(cls):
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            partner = env["sale.order"].browse(cls.order_id).partner_id
            cls._remove_parts(cr)
            cr.execute(
                "SELECT id FROM customer_complaint WHERE sale_order_id = %s",
                [cls.order_id],
            )
            complaint_ids = [row[0] for row in cr.fetchall()]
            for query in (
                "DELETE FROM customer_complaint_deadline WHERE complaint_id = ANY(%s)",
                "DELETE FROM mail_message WHERE model = 'customer.complaint'"
                " AND res_id = ANY(%s)",
                "DELETE FROM customer_complaint WHERE id = ANY(%s)",
            ):
                cr.execute(query, [complaint_ids])
            cr.execute("DELETE FROM sale_order_line WHERE id = %s", [cls.line_id])
            cr.execute("DELETE FROM sale_order WHERE id = %s", [cls.order_id])
            env.invalidate_all(flush=False)
            partner.unlink()
            env["product.product"].browse(cls.product_id).product_tmpl_id.active = False
            user = env["res.users"].browse(cls.user_id)
            user.write({"active": False, "login": f"gone_{user.id}"})

    @classmethod
    def _remove_parts(cls, cr):
        for query in (
            "DELETE FROM customer_complaint_remediation_line l"
            " USING customer_complaint c"
            " WHERE c.id = l.complaint_id AND c.sale_order_id = %s",
            "DELETE FROM customer_complaint_remediation r USING customer_complaint c"
            " WHERE c.id = r.complaint_id AND c.sale_order_id = %s",
            "DELETE FROM customer_complaint_line l USING customer_complaint c"
            " WHERE c.id = l.complaint_id AND c.sale_order_id = %s",
            "DELETE FROM customer_complaint_return_line l"
            " USING customer_complaint_return r"
            " WHERE r.id = l.return_id AND r.sale_order_id = %s",
            "DELETE FROM customer_complaint_return WHERE sale_order_id = %s",
        ):
            cr.execute(query, [cls.order_id])

    def _clean_rows(self):
        for cr in (self.first, self.second):
            cr.rollback()
        with self.registry.cursor() as cr:
            self._remove_parts(cr)

    def _env(self, cr):
        return api.Environment(cr, self.user_id, {"lang": "en_US"})

    def _add(self, cr, number, quantity=4):
        """Complain of some in one of the two complaints."""
        line = self._env(cr)["customer.complaint.line"].create(
            {
                "complaint_id": self.complaint_ids[number],
                "sale_order_line_id": self.line_id,
                "quantity": quantity,
            }
        )
        line.env.flush_all()
        return line

    def _open(self, cr, quantity=4):
        """Open a new complaint about some."""
        complaint = self._env(cr)["customer.complaint"].create(
            {
                "description": "另一份投诉。",
                "sale_order_id": self.order_id,
                "partner_id": self._env(cr)["sale.order"]
                .browse(self.order_id)
                .partner_id.id,
                "team_id": False,
                "line_ids": [
                    Command.create(
                        {"sale_order_line_id": self.line_id, "quantity": quantity}
                    )
                ],
            }
        )
        complaint.env.flush_all()

    def _propose_refund(self, cr, line_id, quantity):
        line = self._env(cr)["customer.complaint.line"].browse(line_id)
        remediation = self._env(cr)["customer.complaint.remediation"].create(
            {
                "complaint_id": line.complaint_id.id,
                "line_ids": [
                    Command.create(
                        {
                            "kind": "refund",
                            "amount": 1,
                            "quantity": quantity,
                            "complaint_line_id": line.id,
                        }
                    )
                ],
            }
        )
        remediation.env.flush_all()
        return remediation

    def _return(self, cr, quantity):
        record = self._env(cr)["customer.complaint.return"].create(
            {
                "sale_order_id": self.order_id,
                "line_ids": [
                    Command.create(
                        {"sale_order_line_id": self.line_id, "quantity": quantity}
                    )
                ],
            }
        )
        record.env.flush_all()

    def _check_one_of(self, first, second, reason):
        """The later one starts anew, and is told what the first one took."""
        self.addCleanup(self._clean_rows)
        first(self.first)
        self.first.commit()
        with self.assertRaises(CONFLICTS):
            second(self.second)
        self._restart(self.second)
        with self.assertRaisesRegex(ValidationError, reason):
            second(self.second)

    @mute_logger("odoo.sql_db")
    def test_lines_added_to_two_complaints(self):
        self._check_one_of(
            lambda cr: self._add(cr, 0), lambda cr: self._add(cr, 1), "4.0 of them are"
        )

    @mute_logger("odoo.sql_db")
    def test_line_added_and_new_complaint(self):
        self._check_one_of(
            lambda cr: self._add(cr, 0), lambda cr: self._open(cr), "4.0 of them are"
        )

    @mute_logger("odoo.sql_db")
    def test_quantity_raised_in_both(self):
        self.addCleanup(self._clean_rows)
        with self.registry.cursor() as cr:
            ids = [self._add(cr, number, 2).id for number in range(2)]

        def raise_quantity(cr, number):
            line = self._env(cr)["customer.complaint.line"].browse(ids[number])
            line.quantity = 3
            line.env.flush_all()

        self._restart(self.first)
        self._restart(self.second)
        self._check_one_of(
            lambda cr: raise_quantity(cr, 0),
            lambda cr: raise_quantity(cr, 1),
            "3.0 of them are",
        )

    @mute_logger("odoo.sql_db")
    def test_refund_and_no_reason_return(self):
        self.addCleanup(self._clean_rows)
        with self.registry.cursor() as cr:
            line_id = self._add(cr, 0, 4).id
        self._restart(self.first)
        self._restart(self.second)

        def propose(cr):
            remediation = self._propose_refund(cr, line_id, 4)
            # Asked for: it counts.
            remediation._write_unguarded({"state": "approved"})
            remediation.env.flush_all()

        self._check_one_of(propose, lambda cr: self._return(cr, 4), "cannot come back")

    @mute_logger("odoo.sql_db")
    def test_no_reason_return_and_refund(self):
        self.addCleanup(self._clean_rows)
        with self.registry.cursor() as cr:
            line_id = self._add(cr, 0, 4).id
        self._restart(self.first)
        self._restart(self.second)
        self._check_one_of(
            lambda cr: self._return(cr, 4),
            lambda cr: self._propose_refund(cr, line_id, 4),
            "Refund",
        )
