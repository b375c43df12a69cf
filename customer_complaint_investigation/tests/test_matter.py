from datetime import date

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.customer_complaint.tests.common import CustomerComplaintCommon


@tagged("post_install", "-at_install")
class TestMatter(CustomerComplaintCommon):
    """The category says what must be known before the matter is verified."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for category, needs in cls.shipped_needs.items():
            category.write(needs)
        cls.efficacy = cls.quick_ref("customer_complaint.category_quality_efficacy")
        cls.injury = cls.quick_ref("customer_complaint.category_injury")
        cls.appearance = cls.quick_ref("customer_complaint.category_quality_appearance")

    def _accepted(self, **values):
        complaint = self._create_complaint(**values)
        complaint.action_accept()
        return complaint

    def test_a_medicine_without_effect_needs_lot_expiry_and_maker(self):
        complaint = self._accepted(
            category_id=self.efficacy.id,
            line_ids=[
                Command.create(
                    {"sale_order_line_id": self.syrup_line.id, "quantity": 1}
                )
            ],
        )
        with self._refused(
            "“Lot or Serial Number” of 止咳糖浆, “Expiry Date” of 止咳糖浆, and "
            "“Manufacturer” of 止咳糖浆"
        ):
            complaint.action_verify_matter()
        line = complaint.line_ids
        line.write({"lot_name": "B20260105", "expiry_date": date(2027, 1, 4)})
        with self._refused("“Manufacturer” of 止咳糖浆"):
            complaint.action_verify_matter()
        line.manufacturer = "  "
        with self._refused("Manufacturer"):
            complaint.action_verify_matter()
        line.manufacturer = "华康药业"
        complaint.action_verify_matter()
        self.assertEqual(complaint.matter_verified_by_id, self.agent)
        line.expiry_date = False
        self.assertFalse(complaint.matter_verified_by_id)
        with self._refused("Expiry Date"):
            complaint.action_verify_matter()

    def test_a_fall_in_the_shop_needs_when_and_where(self):
        complaint = self._accepted(
            category_id=self.injury.id, sale_order_id=False, line_ids=[]
        )
        with self._refused("enter the product, or when and where it happened"):
            complaint.action_verify_matter()
        complaint.event_place = "一楼入口"
        with self._refused("matters of this kind need: “Happened On”"):
            complaint.action_verify_matter()
        complaint.event_date = "2026-01-05 02:00:00"
        complaint.action_verify_matter()

    def test_a_scratched_cup_needs_the_product_only(self):
        complaint = self._accepted(
            category_id=self.appearance.id, sale_order_id=False, line_ids=[]
        )
        complaint.event_place = "柜台"
        with self._refused("“Products Complained Of”"):
            complaint.action_verify_matter()
        complaint.line_ids = [Command.create({"product_name": "杯子"})]
        complaint.action_verify_matter()

    def test_a_category_below_asks_what_its_parent_asks(self):
        below = self.env["customer.complaint.category"].create(
            {"name": "无效", "parent_id": self.efficacy.id}
        )
        self.assertTrue(below.needs_lot and below.needs_manufacturer)
        below.needs_manufacturer = False
        self.assertTrue(below.needs_lot)
        self.assertFalse(below.needs_manufacturer)

    def test_the_same_lot_is_not_entered_twice(self):
        supplier = self.env["res.partner"].create({"name": "华东医药"})
        first = self._create_complaint(sale_order_id=False, line_ids=[])
        first.line_ids = [
            Command.create(
                {
                    "product_id": self.syrup.id,
                    "lot_name": "B20260105",
                    "production_date": date(2026, 1, 5),
                    "expiry_date": date(2028, 1, 4),
                    "manufacturer": "华康药业",
                    "supplier_id": supplier.id,
                }
            )
        ]
        stranger = self._create_complaint(
            self.stranger,
            team_id=self.other_team.id,
            sale_order_id=False,
            line_ids=[
                Command.create({"product_id": self.syrup.id, "lot_name": "B20260105"}),
                Command.create({"product_id": self.syrup.id, "lot_name": "C20260301"}),
                Command.create({"product_id": self.cream.id, "lot_name": "B20260105"}),
            ],
        )
        self.assertRecordValues(
            stranger.line_ids,
            [
                {
                    "production_date": date(2026, 1, 5),
                    "expiry_date": date(2028, 1, 4),
                    "manufacturer": "华康药业",
                    "supplier_id": supplier.id,
                },
                # Another lot of the same maker has dates of its own.
                {
                    "production_date": False,
                    "expiry_date": False,
                    "manufacturer": "华康药业",
                    "supplier_id": supplier.id,
                },
                {
                    "production_date": False,
                    "expiry_date": False,
                    "manufacturer": False,
                    "supplier_id": False,
                },
            ],
        )

    def test_the_vendor_of_the_product_is_proposed(self):
        vendor = self.env["res.partner"].create({"name": "美妆供应链"})
        self.cream.seller_ids = [Command.create({"partner_id": vendor.id})]
        line = self._create_complaint().line_ids
        self.assertEqual(line.supplier_id, vendor)
        other = self.env["res.partner"].create({"name": "别家"})
        line = self._create_complaint(
            line_ids=[
                Command.create(
                    {
                        "sale_order_line_id": self.cream_line.id,
                        "quantity": 1,
                        "supplier_id": other.id,
                    }
                )
            ],
        ).line_ids
        self.assertEqual(line.supplier_id, other)

    def test_the_form_shows_what_is_needed(self):
        with Form(self.env["customer.complaint"].with_user(self.agent)) as form:
            form.partner_id = self.customer
            form.category_id = self.efficacy
            self.assertTrue(form.needs_lot and form.needs_manufacturer)
            self.assertFalse(form.needs_event_place)
            with form.line_ids.new() as line:
                line.product_id = self.syrup
                line.lot_name = "B1"
                line.manufacturer = "华康药业"
        self.assertEqual(form.record.line_ids.manufacturer, "华康药业")

    def test_nothing_is_signed_around_the_category(self):
        """Not by a change of the category afterwards, either."""
        complaint = self._accepted(
            category_id=self.appearance.id,
            line_ids=[Command.create({"product_name": "止咳糖浆"})],
            sale_order_id=False,
        )
        complaint.action_verify_matter()
        complaint.category_id = self.efficacy
        self.assertFalse(complaint.matter_verified_by_id)
        with self.assertRaises(UserError):
            complaint.action_verify_matter()
