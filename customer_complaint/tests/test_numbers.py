from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import CustomerComplaintCommon

NOT_TO_KEEP = (1e308, -1e308, float("inf"), float("nan"), "9e999", "ten")
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

    def test_in_new_complaints(self):
        for value in TOO_LARGE:
            with self.subTest(value=value), self._refused("kept", ValidationError):
                self._create_complaint(age=value)

    def test_in_lines_entered_with_the_complaint(self):
        line = {"sale_order_line_id": self.cream_line.id}
        for name in ("quantity", "price_unit"):
            for value in NOT_TO_KEEP:
                with (
                    self.subTest(field=name, value=value),
                    self._refused("can be kept", ValidationError),
                ):
                    self._create_complaint(
                        line_ids=[Command.create({**line, name: value})]
                    )

    def test_in_dialogs(self):
        action = self.order.with_user(self.agent).action_open_complaint()
        dialog = self._follow(action).create(
            {
                "category_id": self.category.id,
                "channel_id": self.channel.id,
                "description": "有异物。",
            }
        )
        self._check(dialog.line_ids[0], "quantity", NOT_TO_KEEP, "Quantity")

    def test_while_they_are_entered(self):
        """What a form asks for after each field says the same."""
        complaint = self._create_complaint()
        line = self.env["customer.complaint.remediation.line"].with_user(self.agent)
        for name in ("amount", "cost_estimate", "quantity"):
            for value in NOT_TO_KEEP:
                with (
                    self.subTest(field=name, value=value),
                    self._refused("can be kept", ValidationError),
                ):
                    line.onchange(
                        {"kind": "compensation", name: value}, [name], {name: {}}
                    )
        with self._refused("can be kept", ValidationError):
            complaint.onchange(
                {"line_ids": [[0, "virtual_1", {"quantity": 1e308}]]},
                ["line_ids"],
                {"line_ids": {"fields": {"quantity": {}}}},
            )
