from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged, users

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

from .common import CustomerComplaintCommon


class OpenCase(CustomerComplaintCommon):
    def _open_form(self, action, env=None):
        """Return the form that an action of a button opens."""
        env = env or self.env
        model = env[action["res_model"]].with_context(**action.get("context", {}))
        return Form(model)

    def _fill_in(self, order=None, category=None, **values):
        """Open the dialog of an order and fill in what it asks for."""
        order = (order or self.order).with_env(self.env)
        dialog = self._open_form(order.action_open_complaint())
        dialog.category_id = (category or self.category).with_env(self.env)
        dialog.description = "打开后发现面霜里有头发。"
        for name, value in values.items():
            dialog[name] = value
        return dialog

    def _tick(self, dialog, *indexes, **values):
        for index in indexes:
            with dialog.line_ids.edit(index) as line:
                line.is_selected = True
                for name, value in values.items():
                    line[name] = value

    def _press(self, dialog):
        """Press “Open Complaint” and return the complaint that is shown."""
        if isinstance(dialog, Form):
            dialog = dialog.save()
        action = dialog.action_open()
        self.assertEqual(action["res_model"], "customer.complaint")
        return self.env["customer.complaint"].browse(action["res_id"])


@tagged("post_install", "-at_install")
class TestOpenFromOrder(OpenCase):
    # ------------------------------------------------------------------
    # THE DIALOG
    # ------------------------------------------------------------------

    @users("complaint_agent")
    def test_dialog_proposes_what_the_order_says(self):
        dialog = self._open_form(self.order.with_env(self.env).action_open_complaint())
        self.assertEqual(dialog.partner_id, self.customer)
        self.assertEqual(dialog.channel_id, self.channel)
        lines = dialog.line_ids
        self.assertEqual(len(lines), 2)
        for index, (product, sold) in enumerate(((self.cream, 3.0), (self.syrup, 5.0))):
            with lines.edit(index) as line:
                self.assertEqual(line.product_id, product)
                self.assertEqual(line.quantity_sold, sold)
                self.assertEqual(line.quantity_complained, 0)
                self.assertEqual(line.quantity, 0)
                self.assertFalse(line.is_selected)

    @users("complaint_agent")
    def test_ticked_line_proposes_all_that_was_sold(self):
        dialog = self._fill_in()
        self._tick(dialog, 1)
        with dialog.line_ids.edit(1) as line:
            self.assertEqual(line.quantity, 5)
            line.is_selected = False
            self.assertEqual(line.quantity, 0)

    @users("complaint_agent")
    def test_complaint_takes_over_order_and_dialog(self):
        dialog = self._fill_in(demand="退款并道歉")
        self._tick(dialog, 0, quantity=2, lot_name="20260311A")
        complaint = self._press(dialog)
        self.assertRecordValues(
            complaint,
            [
                {
                    "state": "registered",
                    "company_id": self.company.id,
                    "partner_id": self.customer.id,
                    "complainant_name": "李娜",
                    "sale_order_id": self.order.id,
                    "purchase_date": self.company._complaint_date(
                        self.order.date_order
                    ),
                    "category_id": self.category.id,
                    "severity": "serious",
                    "channel_id": self.channel.id,
                    "description": "打开后发现面霜里有头发。",
                    "demand": "退款并道歉",
                    "team_id": self.team.id,
                    "received_by_id": self.agent.id,
                    "subject": f"{self.category.name}: 保湿面霜",
                }
            ],
        )
        self.assertRecordValues(
            complaint.line_ids,
            [
                {
                    "sale_order_line_id": self.cream_line.id,
                    "product_id": self.cream.id,
                    "product_name": "保湿面霜",
                    "quantity": 2,
                    "product_uom_id": self.uom_unit.id,
                    "price_unit": 128.5,
                    "lot_name": "20260311A",
                    "is_repeat_confirmed": False,
                }
            ],
        )

    @users("complaint_agent")
    def test_several_products_in_one_complaint(self):
        dialog = self._fill_in()
        self._tick(dialog, 0, 1)
        complaint = self._press(dialog)
        self.assertRecordValues(
            complaint.line_ids,
            [
                {"product_id": self.cream.id, "quantity": 3},
                {"product_id": self.syrup.id, "quantity": 5},
            ],
        )

    @users("complaint_agent")
    def test_complaint_about_the_service_needs_no_product(self):
        complaint = self._press(self._fill_in(category=self.category_service))
        self.assertFalse(complaint.line_ids)
        self.assertEqual(complaint.sale_order_id, self.order)

    def test_only_line_is_ticked_already(self):
        order = self._create_confirmed_order(
            order_line=[
                Command.create({"product_id": self.cream.id, "product_uom_qty": 2}),
                Command.create({"display_type": "line_note", "name": "请轻放"}),
                Command.create({"product_id": self.syrup.id, "product_uom_qty": 0}),
            ]
        )
        dialog = self._fill_in(order)
        self.assertEqual(len(dialog.line_ids), 1)
        complaint = self._press(dialog)
        self.assertRecordValues(
            complaint.line_ids, [{"product_id": self.cream.id, "quantity": 2}]
        )

    @users("complaint_agent")
    def test_what_is_left_is_proposed(self):
        self._create_complaint()
        dialog = self._fill_in()
        self._tick(dialog, 0)
        with dialog.line_ids.edit(0) as line:
            self.assertEqual(line.quantity_complained, 2)
            self.assertEqual(line.quantity, 1)
        self.assertEqual(self._press(dialog).line_ids.quantity, 1)

    @users("complaint_agent")
    def test_same_goods_again_are_confirmed(self):
        self._create_complaint()
        dialog = self._fill_in()
        self._tick(dialog, 0, quantity=3)
        with self.assertRaisesRegex(ValidationError, "2.0 of them are in other"):
            self._press(dialog)
        dialog = self._fill_in()
        self._tick(dialog, 0, quantity=3, is_repeat_confirmed=True)
        complaint = self._press(dialog)
        self.assertRecordValues(
            complaint.line_ids, [{"quantity": 3, "is_repeat_confirmed": True}]
        )

    @users("complaint_agent")
    def test_more_than_sold_is_refused(self):
        dialog = self._fill_in()
        self._tick(dialog, 0, quantity=4)
        with self.assertRaisesRegex(ValidationError, "only 3.0"):
            self._press(dialog)
        dialog = self._fill_in()
        self._tick(dialog, 0, quantity=0)
        with self.assertRaisesRegex(ValidationError, "above zero"):
            self._press(dialog)

    @users("complaint_agent")
    def test_quantity_without_a_tick_is_refused(self):
        dialog = self._fill_in().save()
        dialog.line_ids[1].quantity = 2
        with self.assertRaisesRegex(UserError, "止咳糖浆.*is not ticked"):
            dialog.action_open()
        self.assertFalse(dialog.complaint_id)

    @users("complaint_agent")
    def test_second_press_shows_the_same_complaint(self):
        dialog = self._fill_in()
        self._tick(dialog, 0)
        dialog = dialog.save()
        first = self._press(dialog)
        second = self._press(dialog)
        self.assertEqual(first, second)
        found = self.env["customer.complaint"].search(
            [("sale_order_id", "=", self.order.id)]
        )
        self.assertEqual(found, first)

    def test_who_received_the_goods_may_complain(self):
        mother = self.env["res.partner"].create({"name": "李娜的母亲"})
        order = self._create_confirmed_order(partner_shipping_id=mother.id)
        dialog = self._fill_in(order)
        self.assertIn(mother, dialog.allowed_partner_ids[:])
        dialog.partner_id = mother
        complaint = self._press(dialog)
        self.assertRecordValues(
            complaint, [{"partner_id": mother.id, "complainant_name": "李娜的母亲"}]
        )

    @users("complaint_agent")
    def test_dialog_asks_for_what_it_needs(self):
        dialog = self._open_form(self.order.with_env(self.env).action_open_complaint())
        with self.assertRaisesRegex(AssertionError, "is a required field"):
            dialog.save()

    @users("complaint_agent")
    def test_dialog_may_be_filled_in_by_a_program(self):
        dialog = self.env["customer.complaint.open"].create(
            {
                "sale_order_id": self.order.id,
                "category_id": self.category.id,
                "description": "网店留言:面霜有异味。",
            }
        )
        self.assertEqual(dialog.partner_id, self.customer)
        self.assertEqual(len(dialog.line_ids), 2)
        self.assertEqual(self._press(dialog).partner_id, self.customer)

    def test_quotation_and_cancelled_order_are_refused(self):
        quotation = self.order.copy()
        with self.assertRaisesRegex(UserError, "is still a quotation"):
            quotation.with_user(self.agent).action_open_complaint()
        self.order._action_cancel()
        with self.assertRaisesRegex(UserError, "was cancelled"):
            self.order.with_user(self.agent).action_open_complaint()

    @users("complaint_agent")
    def test_order_cancelled_meanwhile_is_refused(self):
        dialog = self._fill_in().save()
        self.order._action_cancel()
        with self.assertRaisesRegex(ValidationError, "was cancelled"):
            dialog.action_open()

    def test_dialog_is_for_agents(self):
        for user in (self.quality_user, self.archivist, self.auditor, self.employee):
            Dialog = self.env["customer.complaint.open"].with_user(user)
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                Form(Dialog.with_context(default_sale_order_id=self.order.id)).save()

    # ------------------------------------------------------------------
    # SMART BUTTONS
    # ------------------------------------------------------------------

    def test_smart_buttons_count_and_list(self):
        company = self.env["res.partner"].create(
            {
                "name": "北京康达贸易有限公司",
                "is_company": True,
                "child_ids": [Command.create({"name": "赵采购"})],
            }
        )
        contact = company.child_ids
        order = self._create_confirmed_order(partner_id=company.id)
        cream_line, syrup_line = order.order_line
        by_company = self._create_complaint(
            partner_id=company.id,
            sale_order_id=order.id,
            line_ids=[
                Command.create({"sale_order_line_id": cream_line.id}),
                Command.create({"sale_order_line_id": syrup_line.id}),
            ],
        )
        by_contact = self._create_complaint(
            partner_id=contact.id,
            sale_order_id=order.id,
            line_ids=[
                Command.create({"sale_order_line_id": cream_line.id, "quantity": 1}),
                Command.create({"sale_order_line_id": cream_line.id, "quantity": 1}),
            ],
        )
        both = by_company | by_contact
        self.env.flush_all()
        self.env.invalidate_all()
        for record, expected in (
            (order, both),
            (company, both),
            (contact, by_contact),
            (self.cream, both),
            (self.syrup, by_company),
            (self.cream.product_tmpl_id, both),
            (self.order, both.browse()),
            (self.customer, both.browse()),
        ):
            with self.subTest(record=record.display_name):
                record = record.with_user(self.agent)
                self.assertEqual(record.complaint_count, len(expected))
                action = record.action_view_complaints()
                found = (
                    self.env["customer.complaint"]
                    .with_user(self.agent)
                    .search(action["domain"])
                )
                self.assertCountEqual(found.ids, expected.ids)

    def test_counts_are_those_one_may_see(self):
        self._create_complaint(self.env.user, team_id=self.other_team.id)
        self.env.flush_all()
        for user, expected in (
            (self.agent, 0),
            (self.stranger, 1),
            (self.manager, 1),
            (self.auditor, 1),
        ):
            with self.subTest(user=user.login):
                self.env.invalidate_all()
                customer = self.customer.with_user(user)
                self.assertEqual(customer.complaint_count, expected)

    def test_template_counts_archived_variants(self):
        self._create_complaint()
        template = self.cream.product_tmpl_id
        self.cream.active = False
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(template.with_user(self.agent).complaint_count, 1)

    def test_unsaved_records_count_nothing(self):
        for model in ("sale.order", "res.partner", "product.template"):
            self.assertEqual(
                self.env[model].with_user(self.manager).new({}).complaint_count, 0
            )

    # ------------------------------------------------------------------
    # FROM A CUSTOMER, A PRODUCT, NOTHING
    # ------------------------------------------------------------------

    @users("complaint_agent")
    def test_from_the_customer(self):
        action = self.customer.with_env(self.env).action_view_complaints()
        form = self._open_form(action)
        self.assertEqual(form.partner_id, self.customer)
        self.assertEqual(form.complainant_name, "李娜")
        self.assertEqual(form.save().partner_id, self.customer)

    @users("complaint_agent")
    def test_from_the_order_list(self):
        action = self.order.with_env(self.env).action_view_complaints()
        complaint = self._open_form(action).save()
        self.assertRecordValues(
            complaint,
            [{"partner_id": self.customer.id, "sale_order_id": self.order.id}],
        )

    @users("complaint_agent")
    def test_from_the_product(self):
        for record in (self.cream, self.cream.product_tmpl_id):
            with self.subTest(model=record._name):
                action = record.with_env(self.env).action_view_complaints()
                form = self._open_form(action)
                form.description = "顾客在柜台投诉。"
                complaint = form.save()
                self.assertRecordValues(
                    complaint.line_ids,
                    [
                        {
                            "product_id": self.cream.id,
                            "product_name": "保湿面霜",
                            "quantity": 1,
                            "price_unit": 128.5,
                        }
                    ],
                )

    def test_from_a_product_with_variants_nothing_is_proposed(self):
        attribute = self.env["product.attribute"].create(
            {
                "name": "容量",
                "value_ids": [
                    Command.create({"name": "50 ml"}),
                    Command.create({"name": "100 ml"}),
                ],
            }
        )
        template = self.env["product.template"].create(
            {
                "name": "洗发水",
                "attribute_line_ids": [
                    Command.create(
                        {
                            "attribute_id": attribute.id,
                            "value_ids": [Command.set(attribute.value_ids.ids)],
                        }
                    )
                ],
            }
        )
        action = template.with_user(self.agent).action_view_complaints()
        self.assertFalse(action["context"].get("default_line_ids"))
        variant = template.product_variant_ids[1]
        complaint = self._create_complaint(
            sale_order_id=False,
            line_ids=[Command.create({"product_id": variant.id})],
        )
        self.assertRecordValues(
            complaint.line_ids,
            [{"product_name": "洗发水", "specification": "100 ml"}],
        )
        self.env.flush_all()
        self.env.invalidate_all()
        counts = template.product_variant_ids.with_user(self.agent)
        self.assertEqual(counts.mapped("complaint_count"), [0, 1])

    @users("complaint_agent")
    def test_from_nothing(self):
        form = Form(self.env["customer.complaint"])
        self.assertEqual(form.received_by_id, self.agent)
        self.assertEqual(form.team_id, self.team)
        self.assertTrue(form.date_received)
        form.description = "顾客口头投诉,未留姓名。"
        with form.line_ids.new() as line:
            line.product_name = "散装饼干"
        complaint = form.save()
        self.assertRecordValues(
            complaint, [{"state": "registered", "partner_id": False}]
        )
        self.assertTrue(complaint.name.startswith("TS/"))

    @users("complaint_agent")
    def test_order_chosen_in_the_form(self):
        form = Form(self.env["customer.complaint"])
        form.partner_id = self.customer.with_env(self.env)
        form.sale_order_id = self.order.with_env(self.env)
        self.assertEqual(
            form.purchase_date, self.company._complaint_date(self.order.date_order)
        )
        with form.line_ids.new() as line:
            line.product_id = self.syrup.with_env(self.env)
            line.quantity = 2
        complaint = form.save()
        self.assertRecordValues(
            complaint.line_ids,
            [{"sale_order_line_id": self.syrup_line.id, "price_unit": 36.0}],
        )


@tagged("post_install", "-at_install")
class TestOpenFromInvoice(OpenCase, AccountTestInvoicingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant_agent = cls._new_user("complaint_accountant", "agent")
        cls.accountant_agent.group_ids += cls.quick_ref("account.group_account_invoice")
        cls.team.member_ids += cls.accountant_agent

    @classmethod
    def get_default_groups(cls):
        return super().get_default_groups() | cls.quick_ref(
            "customer_complaint.group_complaint_manager"
        )

    def _create_invoice(self, **values):
        return self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "invoice_date": "2026-05-01",
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": self.cream.id,
                            "quantity": 2,
                            "price_unit": 100,
                            "tax_ids": [Command.clear()],
                        }
                    ),
                    Command.create(
                        {"name": "运费", "price_unit": 10, "tax_ids": [Command.clear()]}
                    ),
                ],
                **values,
            }
        )

    def test_invoice_of_an_order_asks_for_its_lines(self):
        for line in self.order.order_line:
            line.qty_delivered = line.product_uom_qty
        invoice = self.order._create_invoices()
        invoice.action_post()
        self.env.flush_all()
        self.env.invalidate_all()
        env = self.env(user=self.accountant_agent)
        action = invoice.with_env(env).action_open_complaint()
        self.assertEqual(action["res_model"], "customer.complaint.open")
        dialog = self._open_form(action, env)
        self.assertEqual(len(dialog.line_ids), 2)
        dialog.category_id = self.category.with_env(env)
        dialog.description = "发票金额与标价不符。"
        self._tick(dialog, 0)
        complaint = self._press(dialog)
        self.assertRecordValues(
            complaint,
            [{"sale_order_id": self.order.id, "invoice_id": invoice.id}],
        )
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(invoice.with_env(env).complaint_count, 1)
        domain = invoice.with_env(env).action_view_complaints()["domain"]
        self.assertEqual(self.env["customer.complaint"].search(domain), complaint)

    def test_invoice_without_order_proposes_its_products(self):
        invoice = self._create_invoice()
        invoice.action_post()
        env = self.env(user=self.accountant_agent)
        action = invoice.with_env(env).action_open_complaint()
        self.assertEqual(action["res_model"], "customer.complaint")
        complaint = self._open_form(action, env).save()
        self.assertRecordValues(
            complaint,
            [
                {
                    "partner_id": self.customer.id,
                    "invoice_id": invoice.id,
                    "sale_order_id": False,
                    "purchase_date": invoice.invoice_date,
                    "company_id": invoice.company_id.id,
                }
            ],
        )
        self.assertRecordValues(
            complaint.line_ids,
            [{"product_id": self.cream.id, "quantity": 2, "price_unit": 100}],
        )

    def test_invoice_that_is_not_posted_is_refused(self):
        draft = self._create_invoice()
        bill = self._create_invoice(move_type="in_invoice")
        bill.action_post()
        for move in (draft, bill):
            with self.assertRaisesRegex(UserError, "posted customer invoice"):
                move.action_open_complaint()

    def test_agent_without_right_on_invoices_opens_none(self):
        invoice = self._create_invoice()
        invoice.action_post()
        with self.assertRaises(AccessError):
            invoice.with_user(self.agent).action_open_complaint()
