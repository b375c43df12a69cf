from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.customer_complaint_account.models.sale_order_line import CreditWish
from odoo.addons.test_customer_complaint.tests.race_common import CONFLICTS, RaceCase


@tagged("post_install", "-at_install", "slow")
class TestCarryOutConcurrency(RaceCase):
    """Nothing is credited or paid twice, however many press at once."""

    return_ids = []

    @classmethod
    def _set_up_case(cls, env):
        result = super()._set_up_case(env)
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
        return result

    @classmethod
    def _remove_remediations(cls, cr):
        result = super()._remove_remediations(cr)
        for query in (
            "DELETE FROM customer_complaint_return_line WHERE return_id = ANY(%s)",
            "DELETE FROM customer_complaint_return WHERE id = ANY(%s)",
        ):
            cr.execute(query, [cls.return_ids])
        env = api.Environment(cr, SUPERUSER_ID, {})
        # Of these tests only.
        notes = env["account.move"].search(
            [("move_type", "=", "out_refund"), ("partner_id.name", "=", "Race")]
        )
        notes.filtered(lambda note: note.state != "draft").button_draft()
        notes.with_context(force_delete=True).unlink()
        return result

    @classmethod
    def _clean_up(cls):
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            cls._remove_remediations(cr)
            company = env["res.company"].browse(cls.company_id)
            company.complaint_compensation_account_id = cls.before
            cr.execute(
                "UPDATE customer_complaint"
                " SET partner_id = NULL, commercial_partner_id = NULL"
                " WHERE partner_id IN (SELECT id FROM res_partner WHERE name = 'Race')"
            )
            invoice = env["account.move"].browse(cls.invoice_id)
            invoice.button_draft()
            invoice.with_context(force_delete=True).unlink()
            for model, ids in cls.made:
                records = env[model].browse(ids)
                if model == "sale.order":
                    records._action_cancel()
                # Of these tests only, whatever names them.
                records.with_context(_force_unlink=True).unlink()
        return super()._clean_up()

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

    def _commit_drafts(self):
        """Commit a draft of ours for two of three, and one of accounting for all.

        :rtype: tuple[int, int]
        """
        self.addCleanup(self._commit_removed)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"lang": "en_US"})
            line = env["sale.order.line"].browse(self.sold_id)
            record = env["customer.complaint.return"].create(
                {
                    "sale_order_id": line.order_id.id,
                    "partner_id": line.order_id.partner_id.id,
                    "date_delivered": line.company_id._complaint_today(),
                    "has_goods": False,
                    "line_ids": [
                        Command.create({"sale_order_line_id": line.id, "quantity": 2})
                    ],
                }
            )
            record.action_refund()
            whole = env["account.move"].browse(self.invoice_id)._reverse_moves()
            self.return_ids.append(record.id)
            return record.credit_note_ids.id, whole.id

    @mute_logger("odoo.sql_db")
    def test_posted_while_accounting_credits_the_whole_invoice(self):
        """Either is first; the other one is replayed and sees it."""
        for ours_first in (False, True):
            with self.subTest(ours_first=ours_first):
                ours, whole = self._commit_drafts()
                first, second = (ours, whole) if ours_first else (whole, ours)
                envs = [
                    api.Environment(cr, SUPERUSER_ID, {"lang": "en_US"})
                    for cr in self._both()
                ]
                envs[0]["account.move"].browse(first).action_post()
                envs[0].flush_all()
                self.first.commit()
                with self.assertRaises(CONFLICTS):
                    envs[1]["account.move"].browse(second).action_post()
                    envs[1].flush_all()
                self._restart(self.second)
                env = api.Environment(self.second, SUPERUSER_ID, {"lang": "en_US"})
                note = env["account.move"].browse(second)
                if ours_first:
                    # What accounting writes of its own is its own affair.
                    note.action_post()
                    self.assertEqual(note.state, "posted")
                else:
                    with self.assertRaisesRegex(UserError, "cannot be credited: 0 of"):
                        note.action_post()
                self.second.rollback()
                self._commit_removed()

    def _both(self):
        for cr in (self.first, self.second):
            self._restart(cr)
        return self.first, self.second

    def _credit(self, env):
        line = env["sale.order.line"].browse(self.sold_id)
        return line._draft_complaint_credit_notes(
            [CreditWish(line, 2)], "Race", line.order_id.partner_id
        )
