from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.sale_order_line_credit import CreditWish
from .race_common import CONFLICTS, RaceCase


@tagged("post_install", "-at_install")
class TestCarryOutConcurrency(RaceCase):
    """Nothing is credited or paid twice, however many press at once."""

    @classmethod
    def _set_up_case(cls, env):
        super()._set_up_case(env)
        cls.company_id = env.ref("base.main_company").id
        company = env["res.company"].browse(cls.company_id)
        income = env["account.account"].create(
            {"name": "R", "code": "CCR1", "account_type": "income"}
        )
        receivable = env["account.account"].create(
            {"name": "R", "code": "CCR2", "account_type": "asset_receivable"}
        )
        journal = env["account.journal"].create(
            {
                "name": "Race",
                "code": "CCR",
                "type": "sale",
                "company_id": company.id,
                "default_account_id": income.id,
            }
        )
        customer = env["res.partner"].create(
            {"name": "Race", "property_account_receivable_id": receivable.id}
        )
        env["customer.complaint"].browse(cls.complaint_id).partner_id = customer
        product = env["product.product"].create(
            {
                "name": "Race",
                "type": "service",
                "invoice_policy": "order",
                "property_account_income_id": income.id,
                "taxes_id": [Command.clear()],
            }
        )
        order = env["sale.order"].create(
            {
                "partner_id": customer.id,
                "company_id": company.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": 3,
                            "price_unit": 100,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
            }
        )
        order.action_confirm()
        invoice = order._create_invoices()
        invoice.journal_id = journal
        invoice.action_post()
        cls.before = company.complaint_compensation_account_id.id
        company.complaint_compensation_account_id = income
        cls.made = [
            (record._name, record.ids)
            for record in (order, product, customer, journal, income | receivable)
        ]
        cls.sold_id = order.order_line.id
        cls.invoice_id = invoice.id

    @classmethod
    def _remove_remediations(cls, cr):
        super()._remove_remediations(cr)
        env = api.Environment(cr, SUPERUSER_ID, {})
        # Drafts of these tests only.
        notes = env["account.move"].search(
            [
                ("move_type", "=", "out_refund"),
                ("state", "=", "draft"),
                ("partner_id.name", "=", "Race"),
            ]
        )
        notes.unlink()

    @classmethod
    def _clean_up(cls):
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            cls._remove_remediations(cr)
            company = env["res.company"].browse(cls.company_id)
            company.complaint_compensation_account_id = cls.before
            cr.execute(
                "UPDATE customer_complaint SET partner_id = NULL WHERE id = %s",
                [cls.complaint_id],
            )
            invoice = env["account.move"].browse(cls.invoice_id)
            invoice.button_draft()
            invoice.with_context(force_delete=True).unlink()
            for model, ids in cls.made:
                records = env[model].browse(ids)
                if model == "sale.order":
                    records._action_cancel()
                records.unlink()
        super()._clean_up()

    def _count_notes(self):
        with self.registry.cursor() as cr:
            return api.Environment(cr, SUPERUSER_ID, {})["account.move"].search_count(
                [("partner_id.name", "=", "Race"), ("move_type", "=", "out_refund")]
            )

    @mute_logger("odoo.sql_db")
    def test_money_is_paid_once(self):
        remediation_id = self._commit_remediation()
        with self.registry.cursor() as cr:
            self._browse(cr, "first", remediation_id).action_approve()
        for cr in (self.first, self.second):
            self._restart(cr)
        mine = self._browse(self.first, "first", remediation_id).line_ids
        other = self._browse(self.second, "second", remediation_id).line_ids
        self.assertEqual(other.state, "open")
        mine.action_carry_out()
        self.env_flush(mine)
        self.first.commit()
        with self.assertRaises(CONFLICTS):
            other.action_carry_out()
        self._restart(self.second)
        with self.assertRaisesRegex(UserError, "is being carried out by"):
            self._browse(
                self.second, "second", remediation_id
            ).line_ids.action_carry_out()
        self.second.rollback()
        self.assertEqual(self._count_notes(), 1)

    @mute_logger("odoo.sql_db")
    def test_two_cases_do_not_credit_the_same_goods(self):
        """Two of three for one case, two of three for another, at once."""
        envs = [api.Environment(cr, SUPERUSER_ID, {}) for cr in self._both()]
        for env in envs:
            line = env["sale.order.line"].browse(self.sold_id)
            self.assertEqual(line._get_complaint_creditable()[line].quantity, 3)
        self.addCleanup(self._commit_removed)
        self._credit(envs[0])
        envs[0].flush_all()
        self.first.commit()
        with self.assertRaises(CONFLICTS):
            self._credit(envs[1])
        self._restart(self.second)
        with self.assertRaisesRegex(UserError, "cannot be credited"):
            self._credit(api.Environment(self.second, SUPERUSER_ID, {}))
        self.second.rollback()
        self.assertEqual(self._count_notes(), 1)

    def _both(self):
        for cr in (self.first, self.second):
            self._restart(cr)
        return self.first, self.second

    def _credit(self, env):
        line = env["sale.order.line"].browse(self.sold_id)
        return line._draft_complaint_credit_notes(
            [CreditWish(line, 2)], "Race", line.order_id.partner_id
        )
