from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import CustomerComplaintCommon

NOT_TO_KEEP = (1e308, -1e308, float("inf"), float("nan"))
TOO_LARGE = (2**31, -(2**40))


@tagged("post_install", "-at_install")
class TestNumbers(CustomerComplaintCommon):
    """Numbers that no database keeps are refused in words."""

    def _check(self, record, name, values, label):
        for value in values:
            with (
                self.subTest(field=name, value=value),
                self._refused(
                    f"{label}: .* no number that can be kept", ValidationError
                ),
            ):
                record.write({name: value})

    def test_on_complaint_line_and_configuration(self):
        complaint = self._create_complaint()
        self._check(complaint, "age", TOO_LARGE, "Age")
        self._check(complaint.line_ids, "quantity", NOT_TO_KEEP, "Quantity")
        self._check(complaint.line_ids, "price_unit", NOT_TO_KEEP, "Unit Price")
        self._check(self.category_service, "sequence", TOO_LARGE, "Sequence")
        self._check(self.team, "sequence", TOO_LARGE, "Sequence")
        milestone = self.env["customer.complaint.policy.milestone"].search([], limit=1)
        self._check(milestone, "length", NOT_TO_KEEP, "Length")

    def test_in_new_complaints(self):
        for value in TOO_LARGE:
            with self.subTest(value=value), self._refused("kept", ValidationError):
                self._create_complaint(age=value)
