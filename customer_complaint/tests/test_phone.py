from odoo.tests import tagged
from odoo.tests.common import BaseCase

from odoo.addons.customer_complaint_base.tools.phone import get_phone_numbers

from .common import CustomerComplaintCommon

NOTATIONS = (
    "13812345678",
    "138-1234 5678",
    "１３８１２３４５６７８",
    "+86 138 1234 5678",
    "0086-13812345678",
    "010-88880000 / 138 1234 5678",
)


class PhoneCase(CustomerComplaintCommon):
    """Complaints that name one telephone in every notation, and one that does not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.country_id = cls.env.ref("base.cn")

    def setUp(self):
        super().setUp()
        self.complaints = self.env["customer.complaint"].union(
            *(self._without_order(phone=text) for text in NOTATIONS)
        )
        self.other = self._without_order(phone="13912345678")

    def _without_order(self, **values):
        return self.env["customer.complaint"].create(
            {"description": "打开后有异味。", "team_id": self.team.id, **values}
        )


@tagged("post_install", "-at_install")
class TestPhone(PhoneCase):
    """A telephone is the same in every notation, wherever it is compared."""

    def test_search(self):
        Complaint = self.env["customer.complaint"].with_user(self.agent)
        for text in NOTATIONS[:5]:
            for operator in ("ilike", "=", "in"):
                value = [text] if operator == "in" else text
                with self.subTest(text=text, operator=operator):
                    found = Complaint.search([("phone_search", operator, value)])
                    self.assertEqual(
                        found, self.complaints.sorted("id", reverse=True) & found
                    )
                    self.assertEqual(
                        found & (self.complaints | self.other), self.complaints
                    )
        # The last digits, as people remember them.
        found = Complaint.search([("phone_search", "ilike", "1234 5678")])
        self.assertLessEqual(self.complaints | self.other, found)
        found = Complaint.search([("phone_search", "ilike", "8888-0000")])
        self.assertIn(self.complaints[5], found)
        self.assertNotIn(self.complaints[0], found)

    def test_filter_of_the_list_finds_it(self):
        arch = self.env["customer.complaint"].get_view(view_type="search")["arch"]
        self.assertIn("phone_search", arch)

    def test_part_of_a_number_is_another_number(self):
        for text in ("138123456781", "3812345678", "10"):
            found = self.env["customer.complaint"].search([("phone_search", "=", text)])
            self.assertFalse(found & self.complaints)

    def test_country_of_the_company(self):
        self.company.country_id = self.env.ref("base.de")
        complaint = self._without_order(phone="+49 (0)30 1234567")
        found = self.env["customer.complaint"].search(
            [("phone_search", "=", "030/1234567")]
        )
        self.assertFalse(found)
        for text in ("+49 30 1234567", "0049 30 1234567", "030 1234567"):
            other = self._without_order(phone=text)
            self.assertEqual(other.phone_numbers, ",301234567,")
        self.assertEqual(complaint.phone_numbers, ",301234567,")

    def test_another_telephone_than_the_customer_has(self):
        """What was told with the complaint is compared, not what the contact has."""
        for phone in ("010-66660000", False):
            partner = self.env["res.partner"].create({"name": "李娜", "phone": phone})
            before = self.env["customer.complaint"].search([])
            complaint = self._without_order(
                partner_id=partner.id, phone="138-1234 5678"
            )
            with self.subTest(phone=phone):
                self.assertEqual(complaint.phone_numbers, ",13812345678,")
                self.assertEqual(
                    complaint.search([("phone_search", "=", NOTATIONS[3])]) - before,
                    complaint,
                )

    def test_goes_with_the_telephone(self):
        complaint = self.complaints[0]
        complaint.phone = False
        self.assertFalse(complaint.phone_numbers)
        self.assertIn("phone_numbers", complaint._get_personal_fields())


@tagged("post_install", "-at_install")
class TestPhoneNumbers(BaseCase):
    """A text is read as the numbers it names."""

    def test_numbers_of_a_text(self):
        for text in (
            "13812345678",
            "138-1234 5678",
            "１３８１２３４５６７８",
            "+86 138 1234 5678",
            "+86-138-1234-5678",
            "0086 13812345678",
            "8613812345678",
            "(+86)13812345678",
            "138 1234 5678 转 8",
        ):
            with self.subTest(text=text):
                self.assertEqual(get_phone_numbers(text), ["13812345678"])
        for text in ("010-88880000", "(010) 8888 0000", "+86 10 8888 0000"):
            with self.subTest(text=text):
                self.assertEqual(get_phone_numbers(text), ["1088880000"])
        self.assertEqual(
            get_phone_numbers("13812345678/010-88880000、13812345678"),
            ["13812345678", "1088880000"],
        )
        self.assertEqual(get_phone_numbers("+1 415 555 0100", 1), ["4155550100"])
        # Another country's number is not one of ours.
        self.assertEqual(get_phone_numbers("+1 415 555 0100"), ["14155550100"])
        for text in ("", None, "无", "110"):
            self.assertEqual(get_phone_numbers(text), [])
