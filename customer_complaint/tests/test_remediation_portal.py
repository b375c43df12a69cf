import base64
import io

from PIL import Image

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tests.common import JsonRpcException
from odoo.tools import mute_logger

from .remediation_common import RemediationCase


@tagged("post_install", "-at_install")
class TestRemediationPortal(HttpCase, RemediationCase):
    """The customer accepts or declines what was approved, and nobody else does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer, cls.other = (
            new_test_user(cls.env, login, groups="base.group_portal", lang="en_US")
            for login in ("complaint_buyer", "complaint_other_buyer")
        )
        picture = io.BytesIO()
        Image.new("RGB", (40, 20), "navy").save(picture, "PNG")
        cls.signature = base64.b64encode(picture.getvalue()).decode()

    def _granted(self):
        complaint = self._decided(partner_id=self.customer.partner_id.id)
        return self._approved(300, complaint=complaint)

    def _call(self, remediation, deed, user=None, complaint=None, **params):
        if user:
            self.authenticate(user.login, user.login)
        complaint = complaint or remediation.complaint_id
        return self.make_jsonrpc_request(
            f"/my/complaints/{complaint.id}/remediations/{remediation.id}/{deed}",
            params,
        )

    def _assert_refused(self, error, remediation, deed, *args, **params):
        state = remediation.state
        with (
            mute_logger("odoo.http"),
            self.assertRaisesRegex(JsonRpcException, error),
        ):
            self._call(remediation, deed, *args, **params)
        remediation.invalidate_recordset()
        self.assertEqual(remediation.state, state)

    def test_customer_signs(self):
        remediation = self._granted()
        result = self._call(
            remediation,
            "accept",
            self.customer,
            name="李娜",
            signature=self.signature,
        )
        self.assertEqual(result, {"state": "agreed"})
        self.assertRecordValues(
            remediation, [{"state": "agreed", "signer_name": "李娜"}]
        )
        self.assertTrue(remediation.date_agreed)
        self.assertTrue(remediation.signature)
        self.assertTrue(remediation.complaint_id.date_agreed)

    def test_customer_declines_with_a_reason(self):
        remediation = self._granted()
        self._assert_refused(
            "UserError", remediation, "decline", self.customer, reason=" "
        )
        self._call(remediation, "decline", reason="金额不足以支付药费。")
        self.assertRecordValues(
            remediation,
            [{"state": "draft", "decline_reason": "金额不足以支付药费。"}],
        )
        self.assertIn(self.agent, self._get_todo_users(remediation))

    def test_nothing_to_read_or_not_approved(self):
        remediation = self._granted()
        for signature in (None, "", "no picture", self.signature[:-3]):
            with self.subTest(signature=signature):
                self._assert_refused(
                    "UserError",
                    remediation,
                    "accept",
                    self.customer,
                    name="李娜",
                    signature=signature,
                )
        draft = self._propose(300, complaint=remediation.complaint_id)
        self._assert_refused(
            "UserError", draft, "accept", name="李娜", signature=self.signature
        )

    def test_strangers_decide_nothing(self):
        remediation = self._granted()
        own = self._decided(partner_id=self.other.partner_id.id)
        for user, complaint in (
            (self.other, None),
            # the number of an own complaint opens no other one
            (self.other, own),
            (self.agent, None),
            (self.manager, None),
        ):
            with self.subTest(user=user.login, complaint=complaint):
                for deed, params in (
                    ("accept", {"name": "甲", "signature": self.signature}),
                    ("decline", {"reason": "不要。"}),
                ):
                    self._assert_refused(
                        "AccessError", remediation, deed, user, complaint, **params
                    )

    def test_nobody_decides_without_signing_in(self):
        remediation = self._granted()
        self.authenticate(None, None)
        self._assert_refused(
            "SessionExpired", remediation, "accept", name="甲", signature=self.signature
        )

    def test_methods_refuse_strangers_too(self):
        remediation = self._granted().with_user(self.other)
        with self.assertRaises(AccessError):
            remediation._agree_as_customer("甲", self.signature)
        with self.assertRaises(AccessError):
            remediation._decline_as_customer("不要。")
        with self._refused("cannot be read", UserError):
            remediation.with_user(self.customer)._agree_as_customer("李娜", "%")
