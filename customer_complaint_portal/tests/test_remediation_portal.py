import base64
import hashlib
import io
import os
import struct
import zlib
from datetime import timedelta

from PIL import Image

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, HttpCase, new_test_user, tagged
from odoo.tests.common import JsonRpcException
from odoo.tools import mute_logger

from odoo.addons.customer_complaint.tests.remediation_common import (
    SIGNATURE,
    RemediationCase,
    draw_signature,
)


def _claim_png_size(png, width, height):
    """Return a PNG whose header claims another size than what it holds."""
    header = b"IHDR" + struct.pack(">II", width, height) + png[24:29]
    return png[:12] + header + struct.pack(">I", zlib.crc32(header)) + png[33:]


@tagged("post_install", "-at_install", "slow")
class TestRemediationPortal(HttpCase, RemediationCase):
    """The customer accepts or declines what was approved, and nobody else does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer, cls.other = (
            new_test_user(cls.env, login, groups="base.group_portal", lang="en_US")
            for login in ("complaint_buyer", "complaint_other_buyer")
        )

    def _granted(self):
        complaint = self._decided(partner_id=self.customer.partner_id.id)
        return self._approved(300, complaint=complaint)

    def _call(self, remediation, deed, user=None, complaint=None, **params):
        if user:
            self.authenticate(user.login, user.login)
        complaint = complaint or remediation.complaint_id
        if deed == "accept":
            params = {
                "version": remediation._get_agreement_version(),
                "total": remediation.amount_total,
                **params,
            }
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
            signature=SIGNATURE,
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
        for signature in (None, "", "no picture", SIGNATURE[:-3]):
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
            "UserError", draft, "accept", name="李娜", signature=SIGNATURE
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
                    ("accept", {"name": "甲", "signature": SIGNATURE}),
                    ("decline", {"reason": "不要。"}),
                ):
                    self._assert_refused(
                        "AccessError", remediation, deed, user, complaint, **params
                    )

    def test_nobody_decides_without_signing_in(self):
        remediation = self._granted()
        self.authenticate(None, None)
        self._assert_refused(
            "SessionExpired", remediation, "accept", name="甲", signature=SIGNATURE
        )

    def test_methods_refuse_strangers_too(self):
        remediation = self._granted().with_user(self.other)
        version = remediation._get_agreement_version()
        with self.assertRaises(AccessError):
            remediation._agree_as_customer("甲", SIGNATURE, version, 300)
        with self.assertRaises(AccessError):
            remediation._decline_as_customer("不要。")
        with self._refused("cannot be read", UserError):
            remediation.with_user(self.customer)._agree_as_customer(
                "李娜", "%", version, 300
            )

    # ------------------------------------------------------------------
    # WHAT WAS SHOWN IS WHAT IS SIGNED
    # ------------------------------------------------------------------

    def test_lowered_after_it_was_shown(self):
        remediation = self._granted()
        shown = self._call(remediation, "agreement", self.customer)
        self.assertIn("300.00", shown["text"])
        self.assertEqual(shown["total"], 300)
        remediation.line_ids.amount = 1
        signed = {"name": "李娜", "signature": SIGNATURE}
        now = self._call(remediation, "agreement")
        for version, total in (
            (shown["version"], shown["total"]),
            (now["version"], shown["total"]),
            (shown["version"], now["total"]),
            (None, 1),
            (now["version"], None),
            (now["version"], "1"),
            (now["version"], 1e308),
            (0, 0),
        ):
            with self.subTest(version=version, total=total):
                self._assert_refused(
                    "UserError",
                    remediation,
                    "accept",
                    version=version,
                    total=total,
                    **signed,
                )
        self._call(
            remediation, "accept", **signed, **{k: now[k] for k in ("version", "total")}
        )
        remediation.invalidate_recordset()
        self.assertEqual(remediation.state, "agreed")
        self.assertIn("1.00", remediation.signed_text)
        self.assertEqual(
            remediation.signed_digest,
            hashlib.sha256(remediation.signed_text.encode()).hexdigest(),
        )
        self.assertEqual(remediation.signed_text, now["text"])

    def test_a_note_or_a_day_is_part_of_it(self):
        remediation = self._granted()
        version = remediation._get_agreement_version()
        remediation.line_ids.note = "到店领取"
        self._assert_refused(
            "UserError",
            remediation,
            "accept",
            self.customer,
            name="李娜",
            signature=SIGNATURE,
            version=version,
        )
        self._call(remediation, "accept", name="李娜", signature=SIGNATURE)
        remediation.invalidate_recordset()
        self.assertEqual(remediation.state, "agreed")
        remediation.date_promised += timedelta(days=30)
        self.assertRecordValues(
            remediation,
            [{"state": "approved", "signed_text": False, "date_agreed": False}],
        )

    def test_dialog_signs_what_it_shows(self):
        remediation = self._granted()
        action = remediation.action_agree()
        form = Form(self.env[action["res_model"]].with_context(**action["context"]))
        self.assertIn("300.00", form.text)
        remediation.line_ids.amount = 1
        form.signature = SIGNATURE
        with self._refused("not what was shown"):
            form.save().action_confirm()
        self._ask("agree", remediation, signature=SIGNATURE).action_confirm()
        self.assertRecordValues(remediation, [{"state": "agreed", "amount_total": 1}])
        self.assertIn("1.00", remediation.signed_text)
        with self._refused("use the buttons"):
            remediation.signed_text = "x"

    def test_same_text_whoever_reads_it(self):
        """The customer reads it in their language, the colleague in another."""
        self.env["res.lang"]._activate_lang("zh_CN")
        remediation = self._granted()
        version = remediation._get_agreement_version()
        chinese = remediation.with_context(lang="zh_CN")
        self.assertEqual(chinese._get_agreement_version(), version)
        self.customer.lang = "zh_CN"
        self.assertNotEqual(remediation._get_agreement_version(), version)
        self.customer.partner_id.lang = False
        self.assertEqual(
            remediation._get_agreement_version(), chinese._get_agreement_version()
        )

    def test_a_signature_is_a_drawn_picture(self):
        remediation = self._granted()
        version = remediation._get_agreement_version()
        svg = '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0L9 9"/></svg>'
        blank = io.BytesIO()
        Image.new("RGBA", (120, 40), (0, 0, 0, 0)).save(blank, "PNG")
        white = io.BytesIO()
        Image.new("RGB", (120, 40), "white").save(white, "JPEG")
        gif = draw_signature("GIF")
        noise = io.BytesIO()
        Image.frombytes("RGB", (700, 700), os.urandom(700 * 700 * 3)).save(noise, "PNG")
        wide = _claim_png_size(base64.b64decode(SIGNATURE), 20000, 20000)
        for name, content, text in (
            ("svg", base64.b64encode(svg.encode()), "cannot be read"),
            ("blank", base64.b64encode(blank.getvalue()), "is blank"),
            ("white", base64.b64encode(white.getvalue()), "is blank"),
            ("dot", base64.b64encode(b"x"), "cannot be read"),
            ("broken", SIGNATURE[:-40], "cannot be read"),
            ("gif", gif, "cannot be read"),
            ("html", base64.b64encode(b"<script>1</script>"), "cannot be read"),
            ("large", base64.b64encode(noise.getvalue()), "too large"),
            ("wide", base64.b64encode(wide), "too large|cannot be read"),
            ("nothing", "", "signed copy"),
        ):
            with self.subTest(name=name), self._refused(text, UserError):
                remediation.with_user(self.customer)._agree_as_customer(
                    "李娜", content, version, 300
                )
        for kind in ("PNG", "JPEG"):
            other = self._granted()
            other.with_user(self.customer)._agree_as_customer(
                "李娜",
                draw_signature(kind),
                other._get_agreement_version(),
                300,
            )
            self.assertEqual(other.state, "agreed")

    def test_ids_of_nothing(self):
        self.authenticate(self.customer.login, self.customer.login)
        for ids in ((0, 0), (0, 1), (1, 0), (10**9, 10**9)):
            for deed in ("accept", "decline", "agreement"):
                with (
                    self.subTest(ids=ids, deed=deed),
                    mute_logger("odoo.http"),
                    self.assertRaisesRegex(JsonRpcException, "AccessError"),
                ):
                    self.make_jsonrpc_request(
                        f"/my/complaints/{ids[0]}/remediations/{ids[1]}/{deed}", {}
                    )
