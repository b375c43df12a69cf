from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.customer_complaint.tests.common import CustomerComplaintCommon


@tagged("post_install", "-at_install")
class TestVerification(CustomerComplaintCommon):
    """The three verifications before a complaint is investigated."""

    def _accept(self, **values):
        return self._take_to(self._create_complaint(**values), "accepted")

    def _get_signatures(self, complaint):
        return {
            kind: complaint[f"{kind}_verified_by_id"]
            for kind in ("complainant", "matter", "record")
        }

    def test_each_verification_is_signed_by_somebody_at_a_time(self):
        complaint = self._accept()
        complaint.action_verify_complainant()
        complaint.with_user(self.colleague).action_verify_matter()
        complaint.with_user(self.supervisor).action_verify_record()
        self.assertEqual(
            self._get_signatures(complaint),
            {
                "complainant": self.agent,
                "matter": self.colleague,
                "record": self.supervisor,
            },
        )
        self.assertTrue(complaint.date_matter_verified)
        self.assertTrue(complaint.is_verified)

    def test_no_investigation_before_all_three_are_signed(self):
        complaint = self._accept()
        complaint.action_verify_complainant()
        for move in (
            complaint.action_investigate,
            lambda: complaint.write({"state": "investigating"}),
        ):
            with self.assertRaisesRegex(
                UserError, "first verify and sign the matter and the record"
            ):
                move()
        self.assertIn("verify and sign the matter", complaint.next_step_note)
        self._verify(complaint)
        complaint.action_investigate()
        self.assertEqual(complaint.state, "investigating")

    def test_what_has_changed_is_verified_again(self):
        complaint = self._verify(self._accept())
        complaint.write({"phone": "+86 10 9999 0000"})
        self.assertEqual(
            self._get_signatures(complaint),
            {
                "complainant": self.env["res.users"],
                "matter": self.agent,
                "record": self.env["res.users"],
            },
        )
        self.assertIn("to be verified again", complaint.message_ids[0].body)
        self._verify(complaint)
        complaint.write({"description": "更正:是两根头发。"})
        self.assertEqual(complaint._get_open_verifications(), ["record"])

    def test_same_value_written_again_opens_nothing(self):
        complaint = self._verify(self._accept())
        complaint.write(
            {"phone": complaint.phone, "description": complaint.description}
        )
        self.assertTrue(complaint.is_verified)

    def test_changed_products_are_verified_again(self):
        changes = {
            "written": lambda line: line.write({"lot_name": "B20260106"}),
            "removed": lambda line: line.unlink(),
            "added": lambda line: line.complaint_id.write(
                {
                    "line_ids": [
                        Command.create(
                            {"sale_order_line_id": self.syrup_line.id, "quantity": 1}
                        )
                    ]
                }
            ),
        }
        for what, change in changes.items():
            order = self._create_confirmed_order()
            complaint = self._verify(
                self._accept(
                    sale_order_id=order.id,
                    line_ids=[
                        Command.create({"sale_order_line_id": order.order_line[0].id})
                    ],
                )
            )
            self.syrup_line = order.order_line[1]
            change(complaint.line_ids)
            with self.subTest(what=what):
                self.assertEqual(
                    complaint._get_open_verifications(), ["matter", "record"]
                )

    def test_changed_record_stops_the_decision_until_it_is_verified(self):
        complaint = self._take_to(self._create_complaint(), "investigating")
        complaint.write({"conclusion": "partly", "conclusion_note": "部分属实"})
        complaint.write({"event_place": "朝阳店"})
        self._confirm(complaint)
        with self.assertRaisesRegex(UserError, "the matter and the record"):
            complaint.action_remediate()
        self._verify(complaint)
        complaint.action_remediate()

    def test_nothing_to_verify_is_not_signed(self):
        complaint = self._accept(
            sale_order_id=False,
            line_ids=[],
            complainant_name="李娜",
            phone=False,
            email=False,
            address=False,
        )
        with self.assertRaisesRegex(UserError, "a way to reach them"):
            complaint.action_verify_complainant()
        with self.assertRaisesRegex(UserError, "enter the product"):
            complaint.action_verify_matter()

    def test_second_signature_is_refused(self):
        complaint = self._accept()
        complaint.action_verify_record()
        with self.assertRaisesRegex(UserError, "verified by Complaint Agent already"):
            complaint.with_user(self.colleague).action_verify_record()
        self.assertEqual(complaint.record_verified_by_id, self.agent)

    def test_signatures_cannot_be_forged(self):
        complaint = self._accept()
        for values in (
            {"record_verified_by_id": self.supervisor.id},
            {"date_matter_verified": "2026-01-01 00:00:00"},
            {"is_verified": True, "complainant_verified_by_id": self.agent.id},
        ):
            with self.assertRaisesRegex(UserError, "system sets these"):
                complaint.write(values)
        with self.assertRaises(UserError):
            complaint.write({"is_verified": True, "state": "investigating"})

    def test_strangers_and_readers_sign_nothing(self):
        complaint = self._accept()
        for user in (self.stranger, self.auditor, self.archivist, self.employee):
            with self.assertRaises(AccessError, msg=user.login):
                complaint.with_user(user).action_verify_record()
        self.assertFalse(complaint.record_verified_by_id)

    def test_ended_complaint_is_not_verified(self):
        complaint = self._accept()
        self._withdraw(complaint)
        with self.assertRaisesRegex(UserError, "has ended"):
            complaint.action_verify_record()
