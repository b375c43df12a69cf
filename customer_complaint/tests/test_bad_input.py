from psycopg2.errors import ForeignKeyViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .common import CustomerComplaintCommon

SCRIPT = "<script>alert('张三')</script><b>加粗</b> & <img src=x onerror=alert(1)>"
LONG_NAME = "面" * 300


class BadInputCase(CustomerComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.walk_in_vals = {
            "partner_id": cls.customer.id,
            "category_id": cls.category.id,
            "channel_id": cls.channel.id,
            "team_id": cls.team.id,
            "description": "打开后发现面霜里有头发。",
            "event_place": "顾客家中",
        }

    def _new(self, user=None, **values):
        """Create a complaint without order and lines."""
        return (
            self.env["customer.complaint"]
            .with_user(user or self.agent)
            .create({**self.walk_in_vals, **values})
        )

    def _complain(self, quantity, line=None, **values):
        """Create a complaint about ``quantity`` of an order line."""
        line = line or self.cream_line
        return self._create_complaint(
            sale_order_id=line.order_id.id,
            line_ids=[
                Command.create(
                    {"sale_order_line_id": line.id, "quantity": quantity, **values}
                )
            ],
        )

    def _count_everything(self):
        """Return how many records there are, and the next numbers."""
        self.env.flush_all()
        models = (
            "customer.complaint",
            "customer.complaint.line",
            "customer.complaint.archive.card",
            "customer.complaint.archive.document",
            "mail.message",
            "ir.attachment",
        )
        ranges = self.env["ir.sequence.date_range"].search(
            [("sequence_id.code", "like", "customer.complaint")]
        )
        ranges.invalidate_recordset()
        return (
            [self.env[model].search_count([]) for model in models],
            {range_.id: range_.number_next for range_ in ranges},
        )

    def assertRefused(self, pattern, function, error=ValidationError):
        """Check that a call is refused with a message, and nothing half written."""
        before = self._count_everything()
        # As the server does with a request that fails: everything is rolled back.
        with (
            self.assertRaisesRegex(error, pattern) as caught,
            self.env.cr.savepoint(),
        ):
            function()
            self.env.flush_all()
        self.assertIs(type(caught.exception), error)
        self.env.invalidate_all()
        self.assertEqual(self._count_everything(), before)


@tagged("post_install", "-at_install")
class TestBadQuantity(BadInputCase):
    def test_quantity_must_be_above_zero(self):
        for quantity in (0, -1, 0.0001):
            with self.subTest(quantity=quantity):
                self.assertRefused(
                    "保湿面霜: the quantity complained of must be above zero",
                    lambda quantity=quantity: self._complain(quantity),
                )

    def test_no_more_than_sold(self):
        self.assertRefused(
            r"only 3\.0 .* were sold with order %s" % self.order.name,
            lambda: self._complain(4),
        )
        complaint = self._complain(3)
        self.assertRefused(
            "were sold", lambda: complaint.line_ids.write({"quantity": 3.5})
        )
        self.assertRefused(
            "above zero", lambda: complaint.line_ids.write({"quantity": -2})
        )
        self.assertEqual(complaint.line_ids.quantity, 3)

    def test_confirming_repetition_allows_no_more_than_sold(self):
        self.assertRefused(
            "only 3.0", lambda: self._complain(4, is_repeat_confirmed=True)
        )

    def test_delivered_beyond_the_order_counts_as_sold(self):
        line = self._create_service_line()
        self.assertRefused("were sold", lambda: self._complain(3, line))
        line.qty_delivered = 3
        self.assertEqual(self._complain(3, line).line_ids.quantity, 3)
        self.assertRefused("are in other complaints", lambda: self._complain(1, line))

    def test_ordered_but_not_delivered_counts_as_sold(self):
        line = self._create_service_line()
        line.qty_delivered = 1
        self.assertEqual(self._complain(2, line).line_ids.quantity, 2)

    def _create_service_line(self):
        """Return an order line of two services, delivered by hand."""
        service = self.env["product.product"].create(
            {"name": "上门维修", "type": "service", "taxes_id": [Command.clear()]}
        )
        order = self._create_confirmed_order(
            order_line=[
                Command.create({"product_id": service.id, "product_uom_qty": 2})
            ]
        )
        return order.order_line

    def test_quantity_in_another_unit(self):
        order = self._create_confirmed_order(
            order_line=[
                Command.create(
                    {
                        "product_id": self.syrup.id,
                        "product_uom_qty": 1,
                        "product_uom_id": self.uom_dozen.id,
                    }
                )
            ]
        )
        line = order.order_line
        unit = {"product_uom_id": self.uom_unit.id}
        self.assertRefused("were sold", lambda: self._complain(13, line, **unit))
        self._complain(8, line, **unit)
        self.assertRefused(
            "in other complaints", lambda: self._complain(5, line, **unit)
        )
        self._complain(4, line, **unit)

    def test_unit_of_another_measure_is_refused(self):
        """Grams of a product sold by the piece say nothing about how many."""
        with self.assertRaises(ValidationError):
            self._complain(1, product_uom_id=self.uom_gram.id)

    def test_goods_of_another_complaint_need_confirmation(self):
        first = self._complain(2)
        self.assertRefused(
            "2.0 of them are in other complaints", lambda: self._complain(2)
        )
        self._complain(1)
        second = self._complain(2, is_repeat_confirmed=True)
        self.assertRefused(
            "in other complaints",
            lambda: second.line_ids.write({"is_repeat_confirmed": False}),
        )
        self.assertEqual(first.line_ids.quantity, 2)

    def test_goods_complained_of_with_another_team_count(self):
        """Also when the agent may not see that complaint."""
        self._create_complaint(self.stranger, team_id=self.other_team.id)
        self.assertRefused(
            "2.0 of them are in other complaints", lambda: self._complain(2)
        )

    def test_lines_of_one_complaint_add_up(self):
        def complain(confirmed):
            vals = {
                "sale_order_line_id": self.cream_line.id,
                "quantity": 2,
                "is_repeat_confirmed": confirmed,
            }
            self._create_complaint(line_ids=[Command.create(vals)] * 2)

        self.assertRefused("sold", lambda: complain(False))
        self.assertRefused("sold", lambda: complain(True))

    def test_refused_and_withdrawn_complaints_use_nothing_up(self):
        self._refuse(self._complain(3))
        self._withdraw(self._complain(3))
        self.assertEqual(self._complain(3).state, "registered")

    def test_moving_a_line_is_refused(self):
        """Neither into a complaint that has ended, nor into that of another team."""
        line = self._complain(1).line_ids
        ended = self._new()
        self._refuse(ended)
        elsewhere = self._new(self.stranger, team_id=self.other_team.id)
        for target in (ended, elsewhere):
            with self.assertRaises(UserError):
                line.write({"complaint_id": target.id})


@tagged("post_install", "-at_install")
class TestBadOrder(BadInputCase):
    def test_product_that_is_not_on_the_order(self):
        soap = self.env["product.product"].create({"name": "香皂"})
        self.assertRefused(
            "香皂 is not on order %s" % self.order.name,
            lambda: self._create_complaint(
                line_ids=[Command.create({"product_id": soap.id})]
            ),
        )
        complaint = self._complain(1)
        self.assertRefused(
            "is not on order", lambda: complaint.line_ids.write({"product_id": soap.id})
        )

    def test_product_once_on_the_order_finds_its_line(self):
        complaint = self._create_complaint(
            line_ids=[Command.create({"product_id": self.syrup.id})]
        )
        self.assertEqual(complaint.line_ids.sale_order_line_id, self.syrup_line)

    def test_line_of_another_order(self):
        other = self._create_confirmed_order()
        self.assertRefused(
            "is not on order %s" % self.order.name,
            lambda: self._create_complaint(
                line_ids=[
                    Command.create({"sale_order_line_id": other.order_line[0].id})
                ]
            ),
        )

    def test_line_of_an_order_without_the_order(self):
        self.assertRefused(
            r"is not on order \(none\)",
            lambda: self._new(
                line_ids=[Command.create({"sale_order_line_id": self.cream_line.id})]
            ),
        )

    def test_section_of_the_order(self):
        section = self.env["sale.order.line"].create(
            {"order_id": self.order.id, "display_type": "line_section", "name": "护肤"}
        )
        self.assertRefused(
            "护肤",
            lambda: self._create_complaint(
                line_ids=[
                    Command.create(
                        {"sale_order_line_id": section.id, "product_name": "护肤"}
                    )
                ]
            ),
        )

    def test_quotation_and_cancelled_order(self):
        quotation = self.order.copy()
        self.assertRefused(
            "Order %s is still a quotation" % quotation.name,
            lambda: self._new(sale_order_id=quotation.id),
        )
        self.order._action_cancel()
        self.assertRefused(
            "Order %s was cancelled" % self.order.name,
            lambda: self._new(sale_order_id=self.order.id),
        )

    def test_order_of_another_customer(self):
        stranger = self.env["res.partner"].create({"name": "王五"})
        self.assertRefused(
            "Order %s was not sold to 王五" % self.order.name,
            lambda: self._create_complaint(partner_id=stranger.id),
        )
        complaint = self._create_complaint()
        self.assertRefused(
            "was not sold to 王五", lambda: complaint.write({"partner_id": stranger.id})
        )
        # The stored commercial entity cannot be faked along with the customer.
        self.assertRefused(
            "The system sets these by itself",
            lambda: complaint.write(
                {
                    "partner_id": stranger.id,
                    "commercial_partner_id": self.customer.id,
                }
            ),
            UserError,
        )

    def test_who_received_or_paid_may_complain(self):
        mother, company = self.env["res.partner"].create(
            [
                {"name": "李娜的母亲"},
                {
                    "name": "北京康达贸易有限公司",
                    "is_company": True,
                    "child_ids": [Command.create({"name": "赵会计"})],
                },
            ]
        )
        order = self._create_confirmed_order(
            partner_shipping_id=mother.id, partner_invoice_id=company.id
        )
        for partner in (self.customer, mother, company, company.child_ids):
            with self.subTest(partner=partner.name):
                complaint = self._new(sale_order_id=order.id, partner_id=partner.id)
                self.assertEqual(complaint.partner_id, partner)

    def test_order_given_later_is_checked(self):
        complaint = self._new()
        quotation = self.order.copy()
        self.assertRefused(
            "still a quotation",
            lambda: complaint.write({"sale_order_id": quotation.id}),
        )
        complaint.sale_order_id = self.order
        self.assertEqual(complaint.sale_order_id, self.order)

    def test_invoice_of_another_customer(self):
        invoice = self.env["account.move"].create(
            {"move_type": "out_invoice", "partner_id": self.partner.id}
        )
        bill = self.env["account.move"].create(
            {"move_type": "in_invoice", "partner_id": self.customer.id}
        )
        for move in (invoice, bill):
            with self.subTest(move=move.move_type):
                self.assertRefused(
                    "is not a customer invoice of 李娜",
                    lambda move=move: self._new(self.env.user, invoice_id=move.id),
                )


@tagged("post_install", "-at_install")
class TestBadDates(BadInputCase):
    @freeze_time("2026-05-10 02:00:00")
    def test_purchase_date_after_the_complaint(self):
        for day in ("2026-05-11", "2031-01-01"):
            self.assertRefused(
                "purchase date %s is after the day the complaint was received" % day,
                lambda day=day: self._new(purchase_date=day),
            )
        self.assertRefused(
            "2026-05-10 is after .* 2026-05-09",
            lambda: self._new(
                purchase_date="2026-05-10", date_received="2026-05-09 08:00:00"
            ),
        )
        complaint = self._new(purchase_date="2026-05-10")
        self.assertRefused(
            "purchase date",
            lambda: complaint.write({"date_received": "2026-05-08 08:00:00"}),
        )

    @freeze_time("2026-05-10 17:00:00")
    def test_day_of_purchase_in_the_time_zone_of_the_company(self):
        """In Shanghai it is past midnight already, in London not yet."""
        complaint = self._new(purchase_date="2026-05-11")
        self.assertEqual(str(complaint.purchase_date), "2026-05-11")
        self.company.complaint_tz = "Europe/London"
        self.assertRefused(
            "purchase date", lambda: self._new(purchase_date="2026-05-11")
        )

    @freeze_time("2026-05-10 02:00:00")
    def test_received_in_the_future(self):
        self.assertRefused(
            "received in the future",
            lambda: self._new(date_received="2026-05-10 02:00:01"),
        )
        self.assertTrue(self._new(date_received="2026-05-10 02:00:00"))

    @freeze_time("2026-05-10 02:00:00")
    def test_incident_after_the_complaint(self):
        self.assertRefused(
            "cannot have happened after",
            lambda: self._new(event_date="2026-05-10 02:30:00"),
        )

    @freeze_time("2026-05-10 02:00:00")
    def test_withdrawn_before_the_complaint_or_in_the_future(self):
        complaint = self._new(date_received="2026-05-08 02:00:00")
        for day in ("2026-05-07", "2026-05-11"):
            self.assertRefused(
                "A withdrawal arrives between",
                lambda day=day: self._withdraw(complaint, date_withdrawn=day),
            )
            self.assertEqual(complaint.state, "registered")
        self._withdraw(complaint, date_withdrawn="2026-05-08")
        self.assertEqual(complaint.state, "withdrawn")

    def test_goods_that_expire_before_they_are_made(self):
        self.assertRefused(
            "the production date is after the expiry date",
            lambda: self._complain(
                1, production_date="2026-03-01", expiry_date="2026-02-01"
            ),
        )

    def test_age(self):
        for age in (200, 151, -1):
            with self.subTest(age=age):
                self.assertRefused(
                    "An age of %s years cannot be right" % age,
                    lambda age=age: self._new(age=age),
                )
        complaint = self._new(age=100)
        self.assertRefused("An age of 200", lambda: complaint.write({"age": 200}))
        self.assertEqual(complaint.age, 100)


@tagged("post_install", "-at_install")
class TestBadText(BadInputCase):
    def test_complaint_that_says_nothing(self):
        Complaint = self.env["customer.complaint"].with_user(self.agent)
        blank = {"description": "  ", "phone": "", "line_ids": [], "subject": "投诉"}
        for vals in ({}, {"channel_id": self.channel.id}, blank):
            self.assertRefused(
                "Nothing is entered yet", lambda vals=vals: Complaint.create(vals)
            )
        with self.assertRaisesRegex(ValidationError, "Nothing is entered yet"):
            Form(Complaint).save()
        # One of them is enough, and the last one stays.
        complaint = Complaint.create({"phone": "010-8888 0000"})
        self.assertRefused(
            "Nothing is entered yet", lambda: complaint.write({"phone": False})
        )
        for vals in (
            {"partner_id": self.customer.id},
            {"complainant_name": "李娜"},
            {"email": "lina@example.com"},
            {"description": "面霜里有头发。"},
            {"demand": "退货。"},
            {"category_id": self.category.id},
            {"sale_order_id": self.order.id},
            {"line_ids": [Command.create({"product_name": "面霜"})]},
        ):
            with self.subTest(vals=vals):
                self.assertTrue(Complaint.create(vals).name)

    def test_import_of_rows_that_say_nothing(self):
        result = (
            self.env["customer.complaint"]
            .with_user(self.agent)
            .load(["subject", "description"], [["空行", ""], ["面霜", "有头发"]])
        )
        self.assertFalse(result["ids"])
        self.assertIn("Nothing is entered yet", result["messages"][0]["message"])

    def test_long_names(self):
        for name, label in (
            ("subject", "Subject"),
            ("complainant_name", "Complainant Name"),
            ("occupation", "Occupation"),
            ("phone", "Phone"),
            ("receipt_ref", "Receipt Number"),
        ):
            with self.subTest(field=name):
                self.assertRefused(
                    "%s has 300 characters; at most 128" % label,
                    lambda name=name: self._new(**{name: LONG_NAME}),
                )
        complaint = self._new(subject="面" * 128)
        self.assertEqual(len(complaint.subject), 128)

    def test_long_names_on_line_paper_and_card(self):
        for name in ("product_name", "specification", "packaging", "lot_name"):
            with self.subTest(field=name):
                self.assertRefused(
                    "has 300 characters",
                    lambda name=name: self._complain(1, **{name: LONG_NAME}),
                )
        complaint = self._complain(1)
        self.assertRefused(
            "at most 128 characters",
            lambda: self._create_document(complaint, name=LONG_NAME),
        )
        complaint.action_accept()
        self.assertRefused(
            "at most 128 characters",
            lambda: complaint.archive_card_id.write({"issuing_department": LONG_NAME}),
        )

    def test_subject_proposed_from_long_names_fits(self):
        self.category.name = LONG_NAME
        self.assertEqual(len(self._new().subject), 128)

    def test_text_is_stored_as_typed_and_printed_as_text(self):
        self.customer.write({"name": SCRIPT, "function": SCRIPT})
        complaint = self._complain(1, product_name=SCRIPT, lot_name=SCRIPT)
        complaint.write({"description": SCRIPT, "demand": SCRIPT, "subject": SCRIPT})
        complaint.action_accept()
        complaint.archive_card_id.write(
            {"remarks": SCRIPT, "issuing_department": SCRIPT}
        )
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertRecordValues(
            complaint,
            [
                {
                    "complainant_name": SCRIPT,
                    "occupation": SCRIPT,
                    "description": SCRIPT,
                    "demand": SCRIPT,
                    "subject": SCRIPT,
                }
            ],
        )
        html = self._print(complaint)
        self.assertNotIn("<script>alert", html)
        self.assertNotIn("<img src=x", html)
        self.assertEqual(html.count("&lt;script&gt;alert"), 6)

    def _print(self, complaint):
        """Return the archive card as HTML."""
        html, _type = (
            self.env["ir.actions.report"]
            .with_user(self.agent)
            ._render_qweb_html(
                "customer_complaint.report_archive_card", complaint.archive_card_id.ids
            )
        )
        return html.decode()

    def test_template_syntax_is_text(self):
        complaint = self._new(complainant_name="{{ 7 * 6 }}<t t-out='7*6'/>${7*6}")
        complaint.action_accept()
        html = self._print(complaint)
        self.assertIn("{{ 7 * 6 }}", html)
        self.assertIn("${7*6}", html)

    def test_only_spaces_fill_nothing_in(self):
        complaint = self._new(description="   \n ")
        self.assertRefused(
            "first fill in “What Happened”", complaint.action_accept, UserError
        )

    def test_negative_price_and_amount(self):
        self.assertRefused(
            "the unit price cannot be negative",
            lambda: self._complain(1, price_unit=-1),
        )
        complaint = self._new()
        for total in (-0.01, 100, 1e308):
            with self.assertRaisesRegex(UserError, "Propose a remediation"):
                complaint.write({"compensation_total": total, "has_return": True})

    def test_paper_without_copies(self):
        complaint = self._new()
        for values in ({"copies": 0}, {"pages": -1}):
            self.assertRefused(
                "at least one copy and one page",
                lambda values=values: self._create_document(complaint, **values),
            )


@tagged("post_install", "-at_install")
class TestSystemFields(BadInputCase):
    """What only the steps of the life may write."""

    def test_new_complaint_is_registered(self):
        for state in ("accepted", "closed", "refused", "merged"):
            self.assertRefused(
                "starts as registered",
                lambda state=state: self._new(state=state),
                UserError,
            )

    def test_context_brings_no_system_values(self):
        """The column of a kanban proposes its state, for example."""
        card = self._take_to(self._new(), "accepted").archive_card_id
        complaint = (
            self.env["customer.complaint"]
            .with_user(self.agent)
            .with_context(
                default_state="closed",
                default_name="TS/1999/00001",
                default_date_closed="2026-01-01",
                default_closed_by_id=self.agent.id,
                default_date_accepted="2026-01-01",
                default_reopen_count=3,
                default_archive_card_id=card.id,
            )
            .create(self.walk_in_vals)
        )
        self.assertRecordValues(
            complaint,
            [
                {
                    "state": "registered",
                    "date_closed": False,
                    "closed_by_id": False,
                    "date_accepted": False,
                    "reopen_count": 0,
                    "archive_card_id": False,
                }
            ],
        )
        self.assertNotEqual(complaint.name, "TS/1999/00001")

    def test_system_fields_are_refused(self):
        complaint = self._new()
        values = {
            "name": "TS/1999/00001",
            "date_accepted": "2026-01-01 00:00:00",
            "accepted_by_id": self.agent.id,
            "date_decided": "2026-01-01 00:00:00",
            "decided_by_id": self.agent.id,
            "date_closed": "2026-01-01 00:00:00",
            "closed_by_id": self.agent.id,
            "date_first_closed": "2026-01-01 00:00:00",
            "reopen_count": 1,
            "archive_card_id": 1,
        }
        for name, value in values.items():
            with self.subTest(field=name):
                self.assertRefused(
                    "The system sets these by itself",
                    lambda name=name, value=value: complaint.write({name: value}),
                    UserError,
                )
                self.assertRefused(
                    "The system sets these by itself",
                    lambda name=name, value=value: self._new(**{name: value}),
                    UserError,
                )

    def test_unknown_state(self):
        complaint = self._new()
        with self.assertRaises(Exception) as caught:
            complaint.write({"state": "archived"})
        # As the ORM answers to an unknown value of any other selection.
        self.assertIsInstance(caught.exception, UserError | ValueError)

    def test_system_fields_of_the_card_are_refused(self):
        complaint = self._take_to(self._new(), "accepted")
        card = complaint.archive_card_id
        other = self._new()
        values = {
            "name": "DA/1999/00001",
            "state": "sealed",
            "complaint_id": other.id,
            "sealed_date": "2026-01-01 00:00:00",
            "sealed_by_id": self.agent.id,
        }
        for user in (self.agent, self.archivist, self.manager):
            for name, value in values.items():
                with self.subTest(user=user.login, field=name):
                    self.assertRefused(
                        "The steps set these",
                        lambda user=user, vals={name: value}: card.with_user(
                            user
                        ).write(vals),
                        UserError,
                    )

    def test_card_is_sealed_by_the_end_of_the_complaint_only(self):
        card = self._take_to(self._new(), "accepted").archive_card_id
        with self.assertRaises(UserError):
            card.with_context(default_state="sealed").write({"state": "sealed"})
        self.assertEqual(card.state, "open")

    def test_card_is_open_whatever_the_context_proposes(self):
        complaint = self._new().with_context(
            default_state="sealed", default_sealed_by_id=self.agent.id
        )
        complaint.action_accept()
        self.assertRecordValues(
            complaint.archive_card_id, [{"state": "open", "sealed_by_id": False}]
        )

    def test_paper_stays_with_its_complaint_and_card(self):
        closed = self._take_to(self._new(), "closed")
        paper = self._create_document(self._take_to(self._new(), "accepted"))
        other = self._new()
        with self.assertRaises(UserError):
            paper.write({"complaint_id": other.id})
        paper.write({"card_id": closed.archive_card_id.id})
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(paper.card_id, paper.complaint_id.archive_card_id)
        self.assertFalse(closed.archive_card_id.document_ids)


@tagged("post_install", "-at_install")
class TestNothingLost(BadInputCase):
    """What is numbered, in use or ended is not deleted or changed."""

    def test_numbered_complaint_is_not_deleted(self):
        complaint = self._new()
        for records in (complaint.with_user(self.manager), complaint.sudo()):
            self.assertRefused(
                "never deleted: %s" % complaint.name, records.unlink, UserError
            )

    def test_archive_card_is_not_deleted(self):
        card = self._take_to(self._new(), "accepted").archive_card_id
        self.assertRefused(
            "never deleted: %s" % card.name, card.sudo().unlink, UserError
        )

    @mute_logger("odoo.sql_db")
    def test_what_a_complaint_is_about_is_not_deleted(self):
        self._create_complaint()
        self.order._action_cancel()
        with self.assertRaises(ForeignKeyViolation):
            self.order.unlink()
        self.assertTrue(self.order.exists())

    def test_configuration_in_use_is_not_deleted(self):
        self._give_all_companies(self.manager)
        complaints = self._new() | self._new(self.stranger)
        self._refuse(complaints[0])
        ground = complaints[0].refusal_ground_id
        for record, field_name in (
            (self.category, "category_id"),
            (self.channel, "channel_id"),
            (self.team, "team_id"),
            (ground, "refusal_ground_id"),
        ):
            # Complaints of before the test (demo data) count as well.
            count = self.env["customer.complaint"].search_count(
                [(field_name, "=", record.id)]
            )
            self.assertTrue(count)
            with self.subTest(model=record._name):
                self.assertRefused(
                    r"Complaints use what you want to delete: .*%s \(%s\)"
                    % (record.name, count),
                    record.with_user(self.manager).unlink,
                    UserError,
                )
                record.with_user(self.manager).action_archive()
                self.assertTrue(record.exists())

    def test_document_type_in_use_is_not_deleted(self):
        self._give_all_companies(self.manager)
        paper_type = self.quick_ref("customer_complaint.document_type_photo")
        complaint = self._new()
        for _n in range(2):
            self._create_document(complaint)
        # Papers that were filed before the test (demo data) count as well.
        count = self.env["customer.complaint.archive.document"].search_count(
            [("type_id", "=", paper_type.id)]
        )
        self.assertRefused(
            rf"Papers of these types are filed: {paper_type.name} \({count}\)",
            paper_type.with_user(self.manager).unlink,
            UserError,
        )

    def test_configuration_not_in_use_is_deleted(self):
        self._give_all_companies(self.manager)
        for model in (
            "customer.complaint.team",
            "customer.complaint.category",
            "customer.complaint.channel",
            "customer.complaint.refusal.ground",
            "customer.complaint.archive.document.type",
        ):
            record = self.env[model].with_user(self.manager).create({"name": "临时"})
            record.unlink()
            self.assertFalse(record.exists())

    def test_category_whose_team_was_deleted_still_works(self):
        team = self.env["customer.complaint.team"].create({"name": "临时柜台"})
        category = self.env["customer.complaint.category"].create(
            {"name": "临时类别", "team_id": team.id}
        )
        team.unlink()
        self.env.invalidate_all()
        vals = {**self.walk_in_vals, "category_id": category.id}
        del vals["team_id"]
        complaint = self.env["customer.complaint"].with_user(self.agent).create(vals)
        self.assertEqual(complaint.team_id, self.team)

    def test_category_below_itself(self):
        child = self.env["customer.complaint.category"].create(
            {"name": "毛发", "parent_id": self.category.id}
        )
        with self.assertRaises(UserError):
            self.category.parent_id = child

    def test_ended_complaint_does_not_change(self):
        complaint = self._take_to(self._create_complaint(), "closed")
        other = self.env["res.partner"].create({"name": "王五"})
        values = {
            "description": "改写",
            "subject": "改写",
            "partner_id": other.id,
            "complainant_name": "王五",
            "conclusion": "not_established",
            "conclusion_note": "不属实",
            "user_id": self.colleague.id,
            "received_by_id": self.colleague.id,
            "team_id": self.other_team.id,
            "category_id": self.category_service.id,
            "channel_id": self.quick_ref("customer_complaint.channel_hotline").id,
            "severity": "general",
            "sale_order_id": False,
            "age": 30,
            "line_ids": [Command.clear()],
        }
        for user in (self.agent, self.manager):
            for name, value in values.items():
                with self.subTest(user=user.login, field=name):
                    self.assertRefused(
                        "This complaint has ended and no longer changes: %s"
                        % complaint.name,
                        lambda user=user, vals={name: value}: complaint.with_user(
                            user
                        ).write(vals),
                        UserError,
                    )
        complaint.write({"priority": "1"})

    def test_faking_the_end_changes_nothing(self):
        """What the system computes cannot be sent along to open a door."""
        complaint = self._take_to(self._create_complaint(), "closed")
        for vals in (
            {"is_closed": False, "state": "investigating"},
            {"is_closed": False, "description": "改写"},
            {"is_closed": False, "state": "investigating", "reopen_reason": "新证据"},
        ):
            with self.subTest(vals=vals):
                with self.assertRaises(UserError):
                    complaint.write(vals)
                self.env.invalidate_all()
                self.assertEqual(complaint.state, "closed")
        self.assertEqual(complaint.archive_card_id.state, "sealed")
        self.assertEqual(complaint.description, "打开后发现面霜里有头发。")

    def test_lines_of_an_ended_complaint_do_not_change(self):
        complaint = self._take_to(self._create_complaint(), "closed")
        line = complaint.line_ids
        message = "has ended and no longer changes"
        self.assertRefused(message, lambda: line.write({"quantity": 1}), UserError)
        self.assertRefused(message, line.unlink, UserError)
        self.assertRefused(
            message,
            lambda: line.create(
                {
                    "complaint_id": complaint.id,
                    "sale_order_line_id": self.syrup_line.id,
                }
            ),
            UserError,
        )

    def test_papers_of_an_ended_complaint_do_not_change(self):
        complaint = self._new()
        paper = self._create_document(complaint)
        self._take_to(complaint, "closed")
        message = "has ended and no longer changes"
        for user in (self.agent, self.archivist):
            paper_as_user = paper.with_user(user)
            for refused in (
                lambda p=paper_as_user: p.write({"name": "改写"}),
                paper_as_user.unlink,
                lambda user=user: self._create_document(complaint, user=user),
            ):
                self.assertRefused(message, refused, UserError)

    def test_sealed_card_does_not_change(self):
        card = self._take_to(self._new(), "closed").archive_card_id
        for user in (self.agent, self.archivist, self.manager):
            self.assertRefused(
                "A sealed archive card no longer changes: %s" % card.name,
                lambda user=user: card.with_user(user).write({"remarks": "补记"}),
                UserError,
            )

    def test_error_in_a_batch_writes_nothing(self):
        good = self.walk_in_vals
        self.assertRefused(
            "An age of 200",
            lambda: (
                self.env["customer.complaint"]
                .with_user(self.agent)
                .create([good, good, {**good, "age": 200}])
            ),
        )

    def test_number_of_a_failed_complaint_is_given_to_the_next(self):
        first = self._new()
        for _n in range(3):
            with self.assertRaises(ValidationError):
                self._new(age=200)
        self.env.invalidate_all()
        second = self._new()
        self.assertEqual(
            int(second.name.rpartition("/")[2]), int(first.name.rpartition("/")[2]) + 1
        )

    # ------------------------------------------------------------------
    # FILES
    # ------------------------------------------------------------------

    def test_file_of_another_record_is_not_filed(self):
        """A paper must not open a file that its filer may not read."""
        hidden = self.env["ir.attachment"].create(
            {
                "name": "工资表.xlsx",
                "raw": b"secret",
                "res_model": "sale.order",
                "res_id": self.order.id,
            }
        )
        other_paper = self._create_document(
            self._new(), attachment_ids=[Command.link(self._upload().id)]
        )
        complaint = self._new()
        for file in (hidden, other_paper.attachment_ids):
            with self.subTest(file=file.name):
                self.assertRefused(
                    "The file %s belongs to another record" % file.name,
                    lambda file=file: self._create_document(
                        complaint, attachment_ids=[Command.link(file.id)]
                    ),
                    UserError,
                )
        paper = self._create_document(complaint)
        self.assertRefused(
            "belongs to another record",
            lambda: paper.write({"attachment_ids": [Command.set(hidden.ids)]}),
            UserError,
        )
        self.assertRecordValues(
            hidden, [{"res_model": "sale.order", "res_id": self.order.id}]
        )

    def test_upload_of_somebody_else_is_not_filed(self):
        file = self._upload("别人的.jpg", self.colleague)
        complaint = self._new()
        with self.assertRaises(UserError):
            self._create_document(complaint, attachment_ids=[Command.link(file.id)])
        self.assertFalse(file.res_id)

    def test_field_of_a_record_is_not_filed(self):
        self.partner.image_1920 = (
            b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6"
            b"kgAAAABJRU5ErkJggg=="
        )
        image = self.env["ir.attachment"].search(
            [("res_model", "=", "res.partner"), ("res_field", "=", "image_1920")],
            limit=1,
        )
        self.assertTrue(image)
        complaint = self._new()
        self.assertRefused(
            "belongs to another record",
            lambda: self._create_document(
                complaint, attachment_ids=[Command.link(image.id)]
            ),
            UserError,
        )

    def _file(self, complaint, **values):
        """File a paper with one file."""
        return self._create_document(complaint, attachment_ids=[Command.create(values)])

    def test_empty_files_links_and_too_large_ones_are_not_filed(self):
        complaint = self._new()
        with self._refused("it is empty"):
            self._file(complaint, name="空.pdf", raw=b"")
        with self._refused("it is a link"):
            self._file(complaint, name="x", type="url", url="https://example.com/x")
        self.env["ir.config_parameter"].set_param("web.max_file_upload_size", "10")
        with self._refused("larger than"):
            self._file(complaint, name="大.txt", raw=b"x" * 11)
        paper = self._file(complaint, name="小.txt", raw=b"x" * 10)
        with self._refused("larger than"):
            paper.write(
                {"attachment_ids": [Command.create({"name": "y", "raw": b"y" * 11})]}
            )
        # What was filed before the limit was lowered stays.
        self.env["ir.config_parameter"].set_param("web.max_file_upload_size", "5")
        paper.write({"attachment_ids": [Command.create({"name": "z", "raw": b"z"})]})

    def test_own_upload_is_filed(self):
        file = self._upload()
        paper = self._create_document(
            self._new(), attachment_ids=[Command.link(file.id)]
        )
        self.assertRecordValues(
            file, [{"res_model": paper._name, "res_id": paper.id, "raw": file.raw}]
        )
        paper.unlink()
        self.assertFalse(file.exists())

    def test_handler_must_be_able_to_see_the_complaint(self):
        """Mails about the case go to its handler, who therefore needs a role."""
        complaint = self._new()
        with self.assertRaises(UserError) as caught:
            complaint.write({"user_id": self.employee.id})
        self.assertNotIsInstance(caught.exception, AccessError)
        complaint.write({"user_id": self.colleague.id})
        complaint.write({"user_id": self.quality_user.id})
