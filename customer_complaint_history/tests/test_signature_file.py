from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.customer_complaint.tests.remediation_common import RemediationCase

from .history_common import draw

STEPS_ONLY = "written by the steps of the record"


@tagged("post_install", "-at_install", "slow")
class TestSignatureFile(RemediationCase):
    """Nobody but the step writes the bytes of a signature."""

    def setUp(self):
        super().setUp()
        self.remediation = self._approved(300)
        self.remediation._agree(
            "李娜", self.remediation._get_agreement_version(), signature=draw()
        )
        self.env.flush_all()
        self.file = self._find()
        self.before = self.remediation.sudo().signature

    def _find(self):
        return self.env["ir.attachment"].search(
            [
                ("res_model", "=", self.remediation._name),
                ("res_id", "=", self.remediation.id),
                ("res_field", "=", "signature"),
            ]
        )

    def _attempts(self, env):
        file, other = self.file.with_env(env), draw("red")
        vals = {
            "name": "signature",
            "res_model": self.remediation._name,
            "res_id": self.remediation.id,
            "res_field": "signature",
            "datas": other,
        }
        link = {f"default_{name}": vals[name] for name in vals if name[:3] == "res"}
        upload = env["ir.attachment"].create({"name": "x.png", "datas": other})
        return {
            "write": lambda: file.write({"datas": other}),
            "raw": lambda: file.write({"raw": b"forged"}),
            "database": lambda: file.write({"db_datas": other}),
            "url": lambda: file.write({"type": "url", "url": "/x.png"}),
            "share": lambda: file.write({"public": True}),
            "away": lambda: file.write({"res_field": False}),
            "unlink": file.unlink,
            "forged context": file.with_context(_force_unlink=True).unlink,
            "create": lambda: env["ir.attachment"].create(vals),
            "defaults": lambda: (
                env["ir.attachment"]
                .with_context(**link)
                .create({"name": "x", "datas": other})
            ),
            "two steps": lambda: upload.write(
                {name: vals[name] for name in ("res_model", "res_id", "res_field")}
            ),
            "copy": file.copy,
        }

    def _assert_nobody_writes_it(self, *users):
        for user in users:
            env = self.env(user=user.id) if user else self.env(su=True)
            for name, attempt in self._attempts(env).items():
                if env.su and name in ("database", "url"):
                    continue  # where the same bytes are kept is the system's affair
                with (
                    self.subTest(user=user and user.login, attempt=name),
                    self.assertRaises(UserError),
                    self.env.cr.savepoint(),
                ):
                    attempt()
        self.env.invalidate_all()
        self.assertEqual(self._find(), self.file)
        self.assertEqual(self.remediation.sudo().signature, self.before)
        self.assertEqual(self.remediation.state, "agreed")

    def test_nobody_writes_it_past_the_step(self):
        self.assertTrue(self.before)
        self._assert_nobody_writes_it(self.agent, self.manager, None)

    def test_neither_who_is_recused(self):
        self._recuse(self.remediation.complaint_id, self.agent)
        self._assert_nobody_writes_it(self.agent)

    def test_the_refusal_says_why(self):
        with self._refused(STEPS_ONLY):
            self.file.with_user(self.agent).write({"datas": draw("red")})
        with self._refused(STEPS_ONLY):
            self.file.sudo().unlink()

    def test_the_same_picture_passes(self):
        self.file.sudo().write({"raw": self.file.raw})
        self.assertEqual(self.remediation.sudo().signature, self.before)

    def test_steps_write_it(self):
        self.remediation.sudo()._write_unguarded({"signature": draw("red")})
        self.assertNotEqual(self.remediation.sudo().signature, self.before)
        self.remediation.sudo()._write_unguarded({"signature": False})
        self.assertFalse(self._find())

    def test_nested_commands_do_not_pass_for_the_step(self):
        """A file sent along with a record that is just being written."""
        complaint = self.remediation.complaint_id
        command = Command.create(
            {
                "name": "signature",
                "datas": draw("red"),
                "res_model": self.remediation._name,
                "res_id": self.remediation.id,
                "res_field": "signature",
            }
        )
        line = {"kind": "apology", "attachment_ids": [command]}
        with self._refused(STEPS_ONLY):
            self._propose(complaint=complaint, lines=[line])
        with self._refused(STEPS_ONLY):
            self._create_document(complaint, attachment_ids=[command])

    def test_signature_in_the_dialog_of_somebody_else(self):
        other = self._approved(200)
        dialog = (
            self.env["customer.complaint.agree"]
            .with_user(self.colleague)
            .create({"remediation_id": other.id, "signature": draw()})
        )
        self.assertTrue(dialog.signature)
        for user in (self.agent, self.colleague):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                self.env["ir.attachment"].with_user(user).create(
                    {
                        "name": "signature",
                        "datas": draw("red"),
                        "res_model": dialog._name,
                        "res_id": dialog.id,
                        "res_field": "signature",
                    }
                )

    def test_every_field_that_is_a_file_is_guarded(self):
        """A new one, too: whatever it is, it is written through its record."""
        found = set()
        for name in self.env["customer.complaint.kept"]._get_kept_models():
            for field in self.env[name]._get_stored_file_fields():
                found.add((name, field))
                record = self.env[name].search([], limit=1)
                if not record:
                    continue
                with self.subTest(model=name, field=field), self._refused(STEPS_ONLY):
                    self.env["ir.attachment"].sudo().create(
                        {
                            "name": field,
                            "raw": b"forged",
                            "res_model": name,
                            "res_id": record.id,
                            "res_field": field,
                        }
                    )
        self.assertIn((self.remediation._name, "signature"), found)
