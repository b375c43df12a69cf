import json
import os
import tracemalloc

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.customer_complaint_archive.tests.archive_common import ArchiveCase
from odoo.addons.customer_complaint_archive.tools.seal import digest_bytes

MIB = 1 << 20
# No bytes on the disk: what is not written takes no place.
LARGE = 300 * MIB
REFUSED = "sealed with the archive card DA/|has ended|stays with its record"


@tagged("post_install", "-at_install")
class TestArchiveFiles(ArchiveCase):
    """Files of a case besides its papers are sealed with its card."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        complaint = cls._new()
        cls.evidence = cls._add_evidence(complaint)
        cls.recording = cls.evidence.attachment_ids
        cls.letter = cls._post(complaint, "来信.txt")
        cls.card = cls._close(complaint)
        cls.complaint = cls.card.complaint_id
        cls._keep_files(cls.card)

    @classmethod
    def _add_evidence(cls, complaint, name="录音.mp3", **values):
        return (
            cls.env["customer.complaint.evidence"]
            .with_user(cls.agent)
            .create(
                {
                    "complaint_id": complaint.id,
                    "name": "监控录像截图",
                    "attachment_ids": [
                        Command.create({"name": name, "raw": f"{name} 原件".encode()})
                    ],
                    **values,
                }
            )
        )

    @classmethod
    def _post(cls, complaint, name):
        message = complaint.with_user(cls.agent).message_post(
            body="见附件。",
            message_type="comment",
            attachments=[(name, b"letter of the customer")],
        )
        return message.attachment_ids

    def _found(self):
        check = self._run_check()
        return {(f.kind, f.card_name) for f in check.finding_ids}

    # ------------------------------------------------------------------
    # SEALED
    # ------------------------------------------------------------------

    def test_all_files_of_the_case_are_in_the_seal(self):
        [entry] = self.card.entry_ids
        content = json.loads(entry.content)
        sealed = {file["id"]: file for file in content["files"]}
        self.assertEqual(
            {key: file["sha256"] for key, file in sealed.items()},
            {
                file.id: digest_bytes(file.sudo().raw)
                for file in self.recording
                | self.letter
                | self._get_proofs()
                | self.card.document_ids.attachment_ids
            },
        )
        self.assertEqual(sealed[self.recording.id]["res_model"], self.evidence._name)
        self.assertEqual(set(self.card.sealed_file_ids.ids), set(sealed))
        check = self._run_check()
        self.assertEqual(check.state, "passed", check.finding_ids.mapped("detail"))
        self.assertEqual(check.file_count, len(sealed))

    def _get_proofs(self):
        """Files that the other steps have left: proofs of what was sent."""
        return self.complaint.sudo().notice_ids._get_all_files()

    def test_a_file_that_is_gone_keeps_the_card_open(self):
        complaint = self._new()
        file = self._add_evidence(complaint).attachment_ids
        self._sql(
            "UPDATE ir_attachment SET store_fname = '00/none' WHERE id = %s", file.id
        )
        card = self._close(complaint)
        self.assertEqual(card.state, "open")
        with self._refused("can no longer be read: 录音.mp3"):
            card.with_user(self.archivist).action_seal()

    # ------------------------------------------------------------------
    # NOTHING CHANGES
    # ------------------------------------------------------------------

    def test_nobody_changes_sealed_files(self):
        for file in self.recording | self.letter:
            for env in (self.env(su=True), self.env(user=self.manager.id)):
                own = file.with_env(env)
                for refused in (
                    lambda own=own: own.write({"raw": b"other"}),
                    lambda own=own: own.write({"name": "x"}),
                    lambda own=own: own.write({"res_id": 0}),
                    lambda own=own: own.write(
                        {"res_model": "res.partner", "res_id": self.customer.id}
                    ),
                    own.unlink,
                ):
                    with self._refused(REFUSED):
                        refused()
        self.assertEqual(self._run_check().state, "passed")

    def test_strangers_learn_nothing_from_the_refusal(self):
        for user in (self.stranger, self.employee):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.letter.with_user(user).write({"raw": b"other"})

    def test_sealed_files_stay_when_the_case_is_reopened(self):
        self._reopen(self.complaint)
        with self._refused("sealed with the archive card"):
            self.letter.with_user(self.agent).unlink()
        with self._refused("sealed with the archive card"):
            self.letter.sudo().unlink()

    def test_the_message_of_a_sealed_file_loses_nothing(self):
        message = self.complaint.message_ids.filtered("attachment_ids")
        with self._refused("stays as it was written"):
            self.complaint.with_user(self.agent)._message_update_content(
                message.with_user(self.agent), body="", attachment_ids=[]
            )

    def test_sealed_files_of_messages_can_still_be_shown(self):
        self.assertTrue(self.letter.sudo().generate_access_token())
        self.assertEqual(self._run_check().state, "passed")

    def test_what_comes_later_is_no_change(self):
        later = self._post(self.complaint, "回信.txt")
        self.assertEqual(self._run_check().state, "passed")
        self.assertNotIn(later, self.card.sealed_file_ids)
        later.sudo().unlink()

    # ------------------------------------------------------------------
    # TAMPERING
    # ------------------------------------------------------------------

    def test_changed_bytes_are_named(self):
        path = self.recording._full_path(self.recording.sudo().store_fname)
        with open(path, "rb") as stream:
            before = stream.read()
        self.addCleanup(self._put, path, before)
        self._put(path, b"another recording")
        self.assertEqual(self._found(), {("file", self.card.name)})

    @staticmethod
    def _put(path, content):
        with open(path, "wb") as stream:
            stream.write(content)

    def test_deleted_moved_and_added_files_are_named(self):
        self._sql("DELETE FROM ir_attachment WHERE id = %s", self.letter.id)
        # Also from its message.
        self.assertEqual(
            self._found(),
            {("file_missing", self.card.name), ("message", self.card.name)},
        )
        self._sql(
            "INSERT INTO ir_attachment (name, type, res_model, res_id, file_size)"
            " SELECT 'x.txt', type, res_model, res_id, 0 FROM ir_attachment"
            " WHERE id = %s",
            self.recording.id,
        )
        self.assertIn(("file_added", self.card.name), self._found())

    def test_file_hung_on_another_record_by_sql(self):
        self._sql(
            "UPDATE ir_attachment SET res_model = 'res.partner', res_id = %s"
            " WHERE id = %s",
            self.customer.id,
            self.recording.id,
        )
        self.assertEqual(self._found(), {("file_missing", self.card.name)})

    # ------------------------------------------------------------------
    # COST AND END
    # ------------------------------------------------------------------

    def test_sealing_costs_the_same_for_many_files(self):
        few, many = self._new(), self._new()
        self._add_evidence(few)
        for number in range(12):
            self._add_evidence(many, f"{number}.txt")
        for complaint in (few, many):
            self._file(complaint, "受理单.txt")
            self._take_to(complaint, "followup")
        counts = []
        for complaint in (few, many):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            complaint.with_user(self.agent).action_close()
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])

    def test_large_files_are_digested_in_pieces(self):
        complaint = self._new()
        file = self._add_evidence(complaint).attachment_ids
        path = file._full_path(file.sudo().store_fname)
        before = os.path.getsize(path)
        self.addCleanup(os.truncate, path, before)
        os.truncate(path, LARGE)
        card = (
            complaint.archive_card_id
            or self._take_to(complaint, "accepted").archive_card_id
        )
        card.sudo()._read_snapshots()
        tracemalloc.start()
        self.addCleanup(tracemalloc.stop)
        [(content, _facts)] = card.sudo()._read_snapshots().values()
        peak = tracemalloc.get_traced_memory()[1]
        self.assertTrue(content["files"][0]["sha256"])
        self.assertLess(peak, 8 * MIB)

    def test_disposal_destroys_them_all(self):
        files = self.card._get_disposed_files()
        self.assertLessEqual(self.recording | self.letter, files)
