import json
from pathlib import Path

from odoo.tests import tagged

from odoo.addons.customer_complaint.tests.pdf_tools import read_text
from odoo.addons.customer_complaint.tests.remediation_common import (
    SIGNATURE,
    RemediationCase,
)

from ..tools.seal import digest_bytes
from .test_bundle import BundleCase

FILE = "Archive Document/01 Copy of receipt/收据.jpg"


@tagged("post_install", "-at_install", "slow")
class TestBundleSeal(BundleCase):
    """What is handed to a court says whether it is what was sealed."""

    def setUp(self):
        super().setUp()
        self.complaint = self._prepare_case()
        self.card = self.complaint.archive_card_id.sudo()
        self.assertEqual(self.card.state, "sealed")

    def _make_manifest(self, user):
        _bundle, archive = self._make(self.complaint, user)
        return archive, json.loads(archive.read("manifest.json"))

    def _attack(self):
        """Change what was said and a file, past Odoo."""
        self.env.flush_all()
        [message] = self.complaint.message_ids.filtered(
            lambda message: "催办" in message.body
        )
        self.cr.execute(
            "UPDATE mail_message SET body = replace(body, '催办', '致谢')"
            " WHERE id = %s",
            (message.id,),
        )
        [file] = self.card.document_ids.attachment_ids.filtered(
            lambda file: file.name == "收据.jpg"
        )
        self.env.invalidate_all(flush=False)
        path = Path(file._full_path(file.store_fname))
        self.addCleanup(path.write_bytes, path.read_bytes())
        path.write_bytes(b"another receipt")
        return message, file

    def test_before_and_after_an_attack(self):
        before, told_before = self._make_manifest(self.archivist)
        message, file = self._attack()
        after, told_after = self._make_manifest(self.archivist)
        # The seal itself is the same, and still fits its digest.
        self.assertEqual(before.read("Seal.json"), after.read("Seal.json"))
        seal = told_before["seal"]
        self.assertEqual(digest_bytes(before.read("Seal.json")), seal["content_sha256"])
        self.assertTrue(seal["is_unchanged"])
        self.assertEqual(seal["differences"], [])
        self.assertFalse(told_after["seal"]["is_unchanged"])
        differences = "\n".join(told_after["seal"]["differences"])
        self.assertRegex(differences, f"Message changed: .*message {message.id}")
        self.assertRegex(differences, "File differs: 收据.jpg: SHA-256 sealed")
        # What the bundle has of the file is no longer what the seal has.
        [sealed] = [
            row
            for row in json.loads(before.read("Seal.json"))["files"]
            if row["id"] == file.id
        ]
        digests = [
            next(row["sha256"] for row in told["files"] if row["path"] == FILE)
            for told in (told_before, told_after)
        ]
        self.assertEqual(digests[0], sealed["sha256"])
        self.assertNotEqual(digests[1], sealed["sha256"])
        # The index, which is read first, says so.
        index = [read_text(archive.read("Index.pdf")) for archive in (before, after)]
        self.assertIn("The case is as it was sealed", index[0])
        self.assertIn("The case is no longer as it was sealed", index[1])
        self.assertIn("SHA-256 sealed", index[1])
        # And the history says which message it is.
        history = [self._read(archive, "History.txt") for archive in (before, after)]
        changed = "changed since the archive card was sealed"
        self.assertNotIn(changed, history[0])
        [entry] = [part for part in history[1].split("\r\n\r\n") if changed in part]
        self.assertIn("顾客来电致谢", entry)

    def test_what_was_said_after_the_end_is_marked(self):
        archive, _told = self._make_manifest(self.archivist)
        entries = self._read(archive, "History.txt").split("\r\n\r\n")
        for entry in entries:
            if "已电话回访" in entry:
                self.assertIn("not in the seal of the archive card", entry)
            elif "催办" in entry:
                self.assertNotIn("not in the seal", entry)

    def test_others_learn_that_it_differs_and_not_what(self):
        """A seal names confidential papers: archivists hand it out."""
        self._attack()
        archive, told = self._make_manifest(self.supervisor)
        self.assertNotIn("Seal.json", archive.namelist())
        self.assertIn(
            {"paper": "Seal", "reason": "Only an archivist hands it out."},
            told["left_out"],
        )
        self.assertFalse(told["seal"]["is_unchanged"])
        self.assertEqual(
            told["seal"]["differences"], ["File differs", "Message changed"]
        )


@tagged("post_install", "-at_install", "slow")
class TestBundleSignature(BundleCase, RemediationCase):
    def test_what_was_signed_is_in_it(self):
        remediation = self._approved(300)
        self._ask("agree", remediation, signature=SIGNATURE).action_confirm()
        _bundle, archive = self._make(remediation.complaint_id, self.supervisor)
        told = json.loads(archive.read("manifest.json"))["files"]
        [row] = [row for row in told if row["path"].endswith("/signature.png")]
        file = self.env["ir.attachment"].sudo().browse(row["attachment"])
        self.assertEqual(file.res_field, "signature")
        self.assertEqual(archive.read(row["path"]), file.raw)
        case = self._read(archive, "Case.txt")
        self.assertIn(remediation.signed_digest, case)
        self.assertIn("Settlement Agreement", case)
