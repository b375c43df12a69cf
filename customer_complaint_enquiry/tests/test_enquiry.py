from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from .enquiry_common import EnquiryCase


@tagged("post_install", "-at_install")
class TestEnquiry(EnquiryCase):
    """Answered and closed in one step, apart from complaints."""

    def test_one_form_is_filled_in_and_it_is_closed(self):
        with freeze_time("2026-03-05 02:00:00"):
            form = Form(self.env["customer.complaint.enquiry"].with_user(self.agent))
            form.partner_id = self.customer
            form.description = "面霜孕妇能用吗?"
            form.answer = "可以,请先在手腕内侧试用。"
            enquiry = form.save()
            self.assertTrue(enquiry.action_answer())
        self.assertRecordValues(
            enquiry,
            [
                {
                    "kind": "enquiry",
                    "state": "answered",
                    "customer_name": "李娜",
                    "phone": "+86 10 8888 0000",
                    "email": "lina@example.com",
                    "team_id": self.team.id,
                    "channel_id": self.channel.id,
                    "received_by_id": self.agent.id,
                    "answered_by_id": self.agent.id,
                    "date_answered": fields.Datetime.to_datetime("2026-03-05 02:00:00"),
                }
            ],
        )
        self.assertRegex(enquiry.name, r"^ZX/2026/\d{5}$")

    def test_saved_without_answer_it_waits(self):
        enquiry = self._record(customer_name="王先生", phone="13812345678")
        self.assertEqual(enquiry.state, "open")
        self.assertFalse(enquiry.partner_id)
        for answer in (False, "  \n"):
            enquiry.answer = answer
            with self._refused("enter what the customer was told"):
                enquiry.action_answer()
        enquiry.answer = "可以。"
        enquiry.action_answer()
        with self._refused("Somebody may have taken one already"):
            enquiry.action_answer()

    def test_says_something_and_not_in_the_future(self):
        with self._refused("Enter what was said", ValidationError):
            self._record(description=" \n ")
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        with self._refused("Nothing was received in the future", ValidationError):
            self._record(date_received=tomorrow)

    def test_what_was_answered_stays_until_it_is_reopened(self):
        enquiry = self._record(answer="可以。")
        enquiry.action_answer()
        for name, value in (
            ("answer", "不可以。"),
            ("kind", "grumble"),
            ("partner_id", self.customer.id),
            ("date_received", "2020-01-01 00:00:00"),
        ):
            with self.subTest(field=name), self._refused("Press “Reopen”"):
                enquiry.write({name: value})
        with self._refused("use the buttons"):
            enquiry.write({"state": "open"})
        # Another team may go on with it.
        enquiry.team_id = self.other_team
        enquiry.action_reopen()
        self.assertRecordValues(
            enquiry,
            [{"state": "open", "date_answered": False, "answered_by_id": False}],
        )
        enquiry.answer = "请先咨询医生。"
        enquiry.action_answer()
        self.assertEqual(enquiry.state, "answered")

    def test_nobody_fills_in_what_the_steps_set(self):
        enquiry = self._record(
            name="ZX/1", state="answered", complaint_id=self._create_complaint().id
        )
        self.assertEqual(enquiry.state, "open")
        self.assertNotEqual(enquiry.name, "ZX/1")
        self.assertFalse(enquiry.complaint_id)

    def test_nobody_deletes_one(self):
        enquiry = self._record()
        for user in (self.manager, self.env.ref("base.user_root")):
            with self._refused("never deleted", UserError):
                enquiry.with_user(user).unlink()

    def test_numbers_restart_each_year_where_the_company_is(self):
        with freeze_time("2035-12-31 15:59:00"):
            last = self._record()
        with freeze_time("2035-12-31 16:01:00"):  # after midnight in Shanghai
            first = self._record()
        self.assertEqual(last.name[:8], "ZX/2035/")
        self.assertEqual(first.name, "ZX/2036/00001")

    # ------------------------------------------------------------------
    # ORDERS AND CUSTOMERS
    # ------------------------------------------------------------------

    def test_from_the_order(self):
        action = self.order.with_user(self.agent).action_open_complaint_enquiry()
        form = Form(self._follow(action))
        self.assertEqual(form.partner_id, self.customer)
        self.assertEqual(form.phone, "+86 10 8888 0000")
        form.description = "什么时候发货?"
        enquiry = form.save()
        self.assertEqual(enquiry.sale_order_id, self.order)
        order = self.order.with_user(self.agent)
        self.assertEqual(order.complaint_enquiry_count, 1)
        self.assertEqual(order.complaint_count, 0)
        listed = order.action_view_complaint_enquiries()
        self.assertEqual(self._follow(listed).search(listed["domain"]), enquiry)

    def test_from_the_customer_and_the_company_they_belong_to(self):
        company = self.env["res.partner"].create(
            {"name": "康民大药房", "is_company": True, "phone": "021 5555 0190"}
        )
        person = self.env["res.partner"].create(
            {"name": "许文", "parent_id": company.id}
        )
        action = person.with_user(self.agent).action_view_complaint_enquiries()
        form = Form(self._follow(action))
        self.assertEqual(form.customer_name, "许文")
        self.assertEqual(form.phone, "021 5555 0190")
        form.description = "能否整箱订货?"
        enquiry = form.save()
        for partner in person | company:
            seen = partner.with_user(self.agent)
            self.assertEqual(seen.complaint_enquiry_count, 1)
            listed = seen.action_view_complaint_enquiries()
            self.assertEqual(self._follow(listed).search(listed["domain"]), enquiry)

    def test_an_order_brings_its_customer(self):
        enquiry = self._record(sale_order_id=self.order.id)
        self.assertEqual(enquiry.partner_id, self.customer)
        other = self.env["res.partner"].create({"name": "赵敏"})
        with self._refused("was not sold to 赵敏", ValidationError):
            enquiry.partner_id = other

    # ------------------------------------------------------------------
    # COMPLAINT
    # ------------------------------------------------------------------

    def test_a_complaint_takes_everything_over(self):
        received = fields.Datetime.now() - timedelta(hours=5)
        self.order.date_order = received - timedelta(days=3)
        enquiry = self._record(
            sale_order_id=self.order.id,
            customer_name="李娜(代母亲)",
            phone="138 1234 5678",
            channel_id=self.quick_ref("customer_complaint.channel_hotline").id,
            received_by_id=self.colleague.id,
            date_received=received,
            description="面霜里有头发。\n要退货。",
            answer="请带来看看。",
        )
        photo = self.env["ir.attachment"].create(
            {
                "name": "头发.jpg",
                "raw": b"photo",
                "res_model": enquiry._name,
                "res_id": enquiry.id,
            }
        )
        complaint = self._turn(enquiry)
        self.assertRecordValues(
            complaint,
            [
                {
                    "state": "registered",
                    "subject": "面霜里有头发。",
                    "partner_id": self.customer.id,
                    "complainant_name": "李娜(代母亲)",
                    "phone": "138 1234 5678",
                    "email": "lina@example.com",
                    "sale_order_id": self.order.id,
                    "channel_id": enquiry.channel_id.id,
                    "team_id": self.team.id,
                    "description": "面霜里有头发。\n要退货。",
                    "received_by_id": self.colleague.id,
                    # First contact: whoever took it in.
                    "user_id": self.colleague.id,
                    "date_received": received.replace(microsecond=0),
                    "enquiry_id": enquiry.id,
                }
            ],
        )
        self.assertRecordValues(
            enquiry, [{"state": "turned", "complaint_id": complaint.id}]
        )
        note = complaint.message_ids.filtered(lambda m: enquiry.name in m.body).body
        self.assertIn("请带来看看", note)
        self.assertIn(complaint.name, "".join(enquiry.message_ids.mapped("body")))
        files = self.env["ir.attachment"].search(
            [("res_model", "=", complaint._name), ("res_id", "=", complaint.id)]
        )
        self.assertEqual(files.mapped("name"), photo.mapped("name"))
        self.assertEqual(complaint.action_open_enquiry()["res_id"], enquiry.id)

    def test_pressed_twice_there_is_one_complaint(self):
        enquiry = self._record()
        complaint = self._turn(enquiry)
        self.assertEqual(self._turn(enquiry, self.supervisor), complaint)
        self.assertEqual(
            self.env["customer.complaint"].search_count(
                [("enquiry_id", "=", enquiry.id)]
            ),
            1,
        )
        with self._refused("it is a complaint now"):
            enquiry.description = "没事了"
        with self._refused("Somebody may have taken one already"):
            enquiry.action_reopen()

    def test_also_what_was_answered_becomes_one(self):
        enquiry = self._record(answer="可以。")
        enquiry.action_answer()
        self.assertEqual(self._turn(enquiry).state, "registered")

    def test_without_customer_it_waits_for_them(self):
        complaint = self._turn(self._record(customer_name="孙女士"))
        self.assertFalse(complaint.partner_id)
        self.assertEqual(complaint.complainant_name, "孙女士")

    def test_orders_that_cannot_be_complained_of_are_noted(self):
        quotation = self.order.copy()
        later = self._create_confirmed_order()
        received = fields.Datetime.now() - timedelta(days=2)
        for order in quotation | later:
            enquiry = self._record(sale_order_id=order.id, date_received=received)
            complaint = self._turn(enquiry)
            self.assertFalse(complaint.sale_order_id)
            self.assertEqual(complaint.partner_id, self.customer)
            self.assertIn(order.name, "".join(complaint.message_ids.mapped("body")))

    def test_it_goes_its_way_and_may_turn_out_major(self):
        enquiry = self._record(
            partner_id=self.customer.id, description="吃了糖浆,孩子全身起疹。"
        )
        complaint = self._turn(enquiry)
        complaint.write({"category_id": self.category.id, "severity": "major"})
        self.assertEqual(complaint.severity, "major")
        self._take_to(complaint, "accepted")
        self.assertTrue(complaint.archive_card_id)

    def test_nothing_else_counts_among_complaints(self):
        Complaint = self.env["customer.complaint"].with_user(self.manager)
        before = Complaint.search_count([])
        for kind in ("enquiry", "suggestion", "grumble"):
            self._record(kind, partner_id=self.customer.id, answer="好").action_answer()
        self.assertEqual(Complaint.search_count([]), before)
        self.assertEqual(self.customer.with_user(self.manager).complaint_count, 0)

    # ------------------------------------------------------------------
    # LISTS
    # ------------------------------------------------------------------

    def test_found_by_any_notation_of_the_telephone_and_counted_by_kind(self):
        enquiry = self._record("suggestion", phone="+86 138-1234 5678")
        Enquiry = self.env["customer.complaint.enquiry"].with_user(self.agent)
        self.assertIn(
            enquiry,
            Enquiry.search([("phone_search", "ilike", "１３８１２３４５６７８")]),
        )
        counts = dict(
            Enquiry._read_group([("team_id", "=", self.team.id)], ["kind"], ["__count"])
        )
        self.assertEqual(counts, {"suggestion": 1})
        with self._refused("may tell of a person", UserError):
            Enquiry.formatted_read_group([], ["customer_name"], ["__count"])

    def test_the_copy_of_a_persons_data_tells_them(self):
        mine = self._record(partner_id=self.customer.id)
        self._record()
        told = {
            records._name: (records, names)
            for records, names in self.customer.sudo()._get_complaint_records(
                self.company
            )
        }
        records, names = told[mine._name]
        self.assertEqual(records, mine)
        self.assertIn("description", names)
