import os

from odoo.exceptions import AccessError
from odoo.service.model import call_kw
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..tools.seal import digest_entry, digest_text
from .archive_common import ArchiveCase


@tagged("post_install", "-at_install")
class TestArchiveCheck(ArchiveCase):
    """Somebody changes the database or the disk past Odoo, and the check names it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first, cls.second, cls.third = (cls._close() for _n in range(3))
        cls.card = cls.second
        cls.entry = cls.second.entry_ids
        cls.paper = cls.card.document_ids.sorted("id")[0]
        cls.file = cls.paper.attachment_ids
        cls._keep_files(cls.first | cls.second | cls.third)

    def assertFinds(self, kind, card=None, detail="", only=True):
        """Check that the check fails, and names a card and what differs."""
        check = self._run_check()
        card = self.card if card is None else card
        self.assertEqual(check.state, "failed")
        found = [(f.kind, f.card_name) for f in check.finding_ids]
        self.assertIn((kind, card and card.name), found)
        if only:
            self.assertEqual(set(found), {(kind, card and card.name)})
        if card:
            self.assertEqual(check.first_card_id, card)
        finding = check.finding_ids.filtered(lambda f: f.kind == kind)[:1]
        self.assertRegex(finding.detail or "", detail or ".*")
        return check

    def _set_entry(self, **values):
        for name, value in values.items():
            self._sql(
                f"UPDATE customer_complaint_archive_entry SET {name} = %s"
                " WHERE id = %s",
                value,
                self.entry.id,
            )

    def test_untouched(self):
        check = self._run_check()
        self.assertRecordValues(
            check,
            [
                {
                    "state": "passed",
                    "end_position": 3,
                    "card_count": 3,
                    "file_count": 6,
                    "finding_count": 0,
                    "last_digest": self.third.digest,
                    "user_id": self.auditor.id,
                }
            ],
        )

    # ------------------------------------------------------------------
    # TAMPERING
    # ------------------------------------------------------------------

    def test_01_field_of_the_snapshot(self):
        self._set_entry(content=self.entry.content.replace("李娜", "王芳"))
        self.assertFinds("content", only=False)

    def test_02_live_field_of_the_complaint(self):
        self._sql(
            "UPDATE customer_complaint SET complainant_name = '王芳' WHERE id = %s",
            self.card.complaint_id.id,
        )
        self.assertFinds("field", detail="“李娜”.*“王芳”")

    def test_03_live_field_of_the_card(self):
        self._sql(
            "UPDATE customer_complaint_archive_card SET remarks = 'x' WHERE id = %s",
            self.card.id,
        )
        self.assertFinds("field", detail="Remarks: .*“x”")

    def test_04_digest(self):
        self._set_entry(digest="0" * 64)
        self.assertFinds("digest", only=False)

    def test_05_digest_on_the_card(self):
        self._sql(
            "UPDATE customer_complaint_archive_card SET digest = 'f' WHERE id = %s",
            self.card.id,
        )
        self.assertFinds("field", detail="Digest: ")

    def test_06_previous_digest(self):
        self._set_entry(previous_digest="1" * 64)
        self.assertFinds("previous", only=False)

    def test_07_bytes_of_a_file(self):
        path = self.file._full_path(self.file.store_fname)
        with open(path, "rb") as stream:
            before = stream.read()
        self.addCleanup(self._restore, path, before)
        self._restore(path, b"another receipt")
        self.assertFinds("file", detail=self.file.name)

    def test_08_file_gone_from_the_disk(self):
        path = self.file._full_path(self.file.store_fname)
        with open(path, "rb") as stream:
            before = stream.read()
        self.addCleanup(self._restore, path, before)
        os.unlink(path)
        with mute_logger("odoo.addons.base.models.ir_attachment"):
            self.assertFinds("file_missing", detail=self.file.name)

    @staticmethod
    def _restore(path, content):
        with open(path, "wb") as stream:
            stream.write(content)

    def test_09_row_of_a_file(self):
        self._sql("UPDATE ir_attachment SET name = 'x.txt' WHERE id = %s", self.file.id)
        self.assertFinds("file", detail="x.txt")

    def test_10_file_put_in_place_of_another(self):
        other = self.env["ir.attachment"].create({"name": "other", "raw": b"other"})
        self._sql(
            "UPDATE customer_complaint_archive_document_attachment_rel"
            " SET attachment_id = %s WHERE attachment_id = %s",
            other.id,
            self.file.id,
        )
        check = self.assertFinds("file_missing", only=False)
        self.assertIn("file_added", check.finding_ids.mapped("kind"))

    def test_11_paper_removed(self):
        self._sql(
            "DELETE FROM customer_complaint_archive_document WHERE id = %s",
            self.paper.id,
        )
        check = self.assertFinds("paper_missing", detail="Photographs|照片", only=False)
        # With its file, which hangs on nothing any more.
        self.assertEqual(
            set(check.finding_ids.mapped("kind")), {"paper_missing", "file_missing"}
        )

    def test_12_paper_added(self):
        self._sql(
            "INSERT INTO customer_complaint_archive_document"
            " (complaint_id, card_id, company_id, type_id, name, confidentiality,"
            "  copies, pages, date_filed)"
            " SELECT complaint_id, card_id, company_id, type_id, 'x', confidentiality,"
            "  1, 1, date_filed FROM customer_complaint_archive_document WHERE id = %s",
            self.paper.id,
        )
        self.assertFinds("paper_added")

    def test_13_card_deleted(self):
        name = self.card.name
        self._sql("SET session_replication_role = replica")
        self._sql(
            "DELETE FROM customer_complaint_archive_card WHERE id = %s", self.card.id
        )
        self._sql("SET session_replication_role = DEFAULT")
        check = self._run_check()
        self.assertEqual(check.finding_ids.mapped("kind"), ["card_missing"])
        self.assertEqual(check.finding_ids.card_name, name)

    def test_14_card_and_entry_deleted(self):
        self._sql("SET session_replication_role = replica")
        for table, column in (("entry", "card_id"), ("card", "id")):
            self._sql(
                f"DELETE FROM customer_complaint_archive_{table} WHERE {column} = %s",
                self.card.id,
            )
        self._sql("SET session_replication_role = DEFAULT")
        self.assertFinds("entry_missing", self.third, "Entries 2 to 2")

    def test_15_last_card_and_entry_deleted(self):
        """The check before has seen the end."""
        self._run_check()
        self._sql("SET session_replication_role = replica")
        for table, column in (("entry", "card_id"), ("card", "id")):
            self._sql(
                f"DELETE FROM customer_complaint_archive_{table} WHERE {column} = %s",
                self.third.id,
            )
        self._sql("UPDATE customer_complaint_archive_chain SET position = position - 1")
        self._sql("SET session_replication_role = DEFAULT")
        check = self._run_check()
        self.assertEqual(check.state, "failed")
        self.assertIn("entry_missing", check.finding_ids.mapped("kind"))

    def test_16_card_inserted(self):
        complaint = self._take_to(self._new(), "accepted")
        card = complaint.archive_card_id
        self._sql(
            "UPDATE customer_complaint_archive_card SET state = 'sealed',"
            " name = 'DA/2026/YB/99999' WHERE id = %s",
            card.id,
        )
        self.assertFinds("card_inserted", card)

    def test_17_entry_inserted(self):
        self._sql(
            "INSERT INTO customer_complaint_archive_entry (company_id, position, kind,"
            " card_id, card_name, date, user_id, version, content, content_digest,"
            " previous_digest, digest) SELECT company_id, 4, kind, card_id, card_name,"
            " date, user_id, version, content, content_digest, previous_digest, digest"
            " FROM customer_complaint_archive_entry WHERE id = %s",
            self.entry.id,
        )
        check = self._run_check()
        self.assertIn("entry_inserted", check.finding_ids.mapped("kind"))

    def test_18_order_swapped(self):
        other = self.third.entry_ids
        for entry, position in ((self.entry, 9), (other, 2), (self.entry, 3)):
            self._sql(
                "UPDATE customer_complaint_archive_entry SET position = %s"
                " WHERE id = %s",
                position,
                entry.id,
            )
        check = self._run_check()
        orders = check.finding_ids.filtered(lambda f: f.kind == "order")
        self.assertEqual(
            set(orders.mapped("card_name")), {self.second.name, self.third.name}
        )

    def test_19_date_sealed(self):
        self._sql(
            "UPDATE customer_complaint_archive_card SET sealed_date = '2020-01-01'"
            " WHERE id = %s",
            self.card.id,
        )
        self.assertFinds("field", detail="Sealed Date: .*2020-01-01")

    def test_20_date_of_the_entry(self):
        self._set_entry(date="2020-01-01")
        self.assertFinds("entry", detail="Date: .*2020-01-01", only=False)

    def test_21_everything_of_one_entry_consistently(self):
        """The next entry still names the old digest."""
        content = self.entry.content.replace("李娜", "王芳")
        header = self.Entry._get_header(
            self.entry.read()[0]
            | {
                "company_id": self.company.id,
                "card_id": self.card.id,
                "user_id": self.entry.user_id.id,
                "content_digest": digest_text(content),
            }
        )
        digest = digest_entry(header)
        self._set_entry(
            content=content, content_digest=digest_text(content), digest=digest
        )
        self._sql(
            "UPDATE customer_complaint_archive_card SET digest = %s WHERE id = %s",
            digest,
            self.card.id,
        )
        self._sql(
            "UPDATE customer_complaint SET complainant_name = '王芳' WHERE id = %s",
            self.card.complaint_id.id,
        )
        # Wherever else the name of who complained stands.
        self.env.cr.execute(
            "SELECT table_name FROM information_schema.columns"
            " WHERE column_name = 'recipient_name'"
            " AND table_name LIKE 'customer_complaint_%%'"
        )
        for [table] in self.env.cr.fetchall():
            self._sql(
                f"UPDATE {table} SET recipient_name = '王芳' WHERE complaint_id = %s",
                self.card.complaint_id.id,
            )
        check = self._run_check()
        self.assertEqual(
            [(f.kind, f.card_name) for f in check.finding_ids],
            [("previous", self.third.name)],
        )

    def test_22_supplement(self):
        supplement = self.env["customer.complaint.archive.supplement"].create(
            {"card_id": self.card.id, "reason": "来信", "body": "感谢"}
        )
        self._sql(
            "UPDATE customer_complaint_archive_supplement SET body = '投诉'"
            " WHERE id = %s",
            supplement.id,
        )
        self.assertFinds("supplement", detail="“感谢”.*“投诉”")

    def test_23_supplement_deleted(self):
        supplement = self.env["customer.complaint.archive.supplement"].create(
            {"card_id": self.card.id, "reason": "来信", "body": "感谢"}
        )
        self._sql(
            "DELETE FROM customer_complaint_archive_supplement WHERE id = %s",
            supplement.id,
        )
        self.assertFinds("supplement")

    def test_24_state_of_the_card(self):
        self._sql(
            "UPDATE customer_complaint_archive_card SET state = 'disposed'"
            " WHERE id = %s",
            self.card.id,
        )
        self.assertFinds("state")

    def test_25_content_emptied(self):
        self._set_entry(content=None)
        self.assertFinds("content", detail="no disposal")

    def test_26_customer(self):
        other = self.env["res.partner"].create({"name": "王芳"})
        self._sql(
            "UPDATE customer_complaint SET partner_id = %s WHERE id = %s",
            other.id,
            self.card.complaint_id.id,
        )
        self.assertFinds("field", detail="Customer: .*李娜.*王芳")

    def test_27_product_line(self):
        self._sql(
            "UPDATE customer_complaint_line SET quantity = 200 WHERE complaint_id = %s",
            self.card.complaint_id.id,
        )
        self.assertFinds("field", detail="Quantity: sealed “2”, now “200”")

    # ------------------------------------------------------------------
    # THE CHECK
    # ------------------------------------------------------------------

    def test_clock_set_back_is_a_remark(self):
        with freeze_time("2020-01-01 02:00:00"):
            complaint = self._new(date_received="2020-01-01 01:00:00")
            self._take_to(complaint, "accepted")
            self._withdraw(complaint)
        check = self._run_check()
        self.assertEqual(check.state, "passed")
        self.assertEqual(check.finding_ids.mapped("kind"), ["clock"])

    def test_result_stays(self):
        check = self._run_check().sudo()
        for refused in (lambda: check.write({"state": "failed"}), check.unlink):
            with self._refused("stays as it is"):
                refused()

    def test_who_may_check(self):
        for user in (self.agent, self.supervisor, self.quality_user, self.employee):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.Check.with_user(user).action_start()
        for user in (self.archivist, self.manager, self.auditor):
            self.Check.with_user(user).with_company(self.company).action_start()

    def test_check_by_the_button_of_the_list(self):
        """The list sends the ids that are selected, none or some."""
        Check = self.Check.with_user(self.auditor).with_company(self.company)
        action = call_kw(Check, "action_start", [[]], {})
        self.assertEqual(self.Check.browse(action["res_id"]).state, "passed")

    def test_content_is_for_the_archivist(self):
        entry = self.entry.with_user(self.auditor)
        self.assertTrue(entry.digest)
        with self.assertRaises(AccessError):
            entry.read(["content"])
        for user in (self.agent, self.employee):
            with self.assertRaises(AccessError):
                self.entry.with_user(user).read(["digest"])

    def test_batches_and_interruption(self):
        """Every batch can be the last: the next one goes on from there."""
        from ..models import (
            customer_complaint_archive_check as run,
        )

        size, run.BATCH_SIZE = run.BATCH_SIZE, 2
        try:
            check = self.Check._start(self.company)
            self.assertTrue(check._run_batch())
            self.env.invalidate_all()
            self.assertEqual((check.state, check.position), ("running", 2))
            self.assertFalse(check._run_batch())
        finally:
            run.BATCH_SIZE = size
        self.assertRecordValues(
            check, [{"state": "passed", "card_count": 3, "file_count": 6}]
        )

    def test_report_names_what_was_found(self):
        self._sql(
            "UPDATE customer_complaint SET complainant_name = '<script>x</script>'"
            " WHERE id = %s",
            self.card.complaint_id.id,
        )
        check = self._run_check()
        html = (
            self.env["ir.actions.report"]
            .with_user(self.auditor)
            ._render_qweb_html(
                "customer_complaint_archive.report_archive_check", check.ids
            )[0]
            .decode()
        )
        self.assertIn(self.card.name, html)
        self.assertIn(check.last_digest, html)
        self.assertNotIn("<script>x", html)
