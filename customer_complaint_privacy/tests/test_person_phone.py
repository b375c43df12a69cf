from odoo.tests import tagged

from odoo.addons.customer_complaint.tests.test_phone import NOTATIONS, PhoneCase


@tagged("post_install", "-at_install")
class TestPersonPhone(PhoneCase):
    """A request finds the cases of a telephone in every notation."""

    def test_request_of_a_person_finds_every_case(self):
        for text in NOTATIONS[:5]:
            request = self.env["customer.complaint.person.request"].new(
                {"phone": text, "company_id": self.company.id}
            )
            found = self.env["customer.complaint"].search(request._get_cases_domain())
            self.assertEqual(found, self.complaints & found)
            self.assertEqual(len(found), len(NOTATIONS))
