import os
from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL

from odoo.addons.customer_complaint.tools.history import with_history_right
from odoo.addons.customer_complaint_base.tools.archive_right import with_archive_right
from odoo.addons.customer_complaint_privacy.tests.test_person_request import (
    PersonRequestCase,
)

OWN = "customer.complaint"
LONG_AGO = "2020-01-17 01:00:00"
PLAIN = {
    "integer": 1,
    "float": 1.0,
    "monetary": 1.0,
    "char": "x",
    "text": "x",
    "html": "x",
    "boolean": False,
    "date": "2020-01-17",
    "datetime": "2020-01-17 02:00:00",
}


class CaseFiles(PersonRequestCase):
    """Cases of long ago, with a file wherever one can be."""

    def setUp(self):
        super().setUp()
        # What core's collection does, without its own transaction.
        self.patch(
            self.env.registry["ir.attachment"],
            "_gc_file_store",
            lambda files: files._gc_file_store_unsafe(),
        )

    def _run_job(self):
        with self._without_commits():
            self.Disposal._cron_archive_retention()
        self.env.flush_all()
        self.env.invalidate_all()

    def _dispose(self, cards):
        disposal = self._approve_disposal(cards)
        self._run_job()
        return disposal

    # ------------------------------------------------------------------
    # A FILE EVERYWHERE
    # ------------------------------------------------------------------

    def _fill(self, complaint):
        """Put a file on a record of every model of a case, and on all that is written.

        :return: where each file is, by file
        :rtype: dict
        """
        files = {}
        records = self._make_records(complaint)
        for record in records:
            files[self._put(record)] = record._name
            for name in record._get_stored_file_fields():
                files[self._put(record, name)] = f"{record._name}.{name}"
            if "message_ids" in record._fields:
                files.update(self._write_on(record))
        for dialog in self._open_dialogs(complaint, records):
            files[self._put(dialog)] = dialog._name
        thumbnail = self._put(next(iter(files)), "thumbnail")
        files[thumbnail] = "thumbnail"
        self.env.flush_all()
        return files

    def _make_records(self, complaint):
        """Return a record of the case of each model that such records can be of."""
        records = []
        for name in self.env["customer.complaint.kept"]._get_kept_models():
            Model = self.env[name].sudo().with_context(active_test=False)
            domain = Model._get_case_domain(complaint)
            if domain.is_false() or name == self.Request._name:
                continue
            record = Model.search(domain, limit=1)
            if not record:
                self._insert(Model, complaint)
                record = Model.search(domain, limit=1)
            self.assertTrue(record, name)
            records.append(record)
        return records

    def _insert(self, Model, complaint):
        """Insert a row by SQL: no step is gone through for it."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_name = %s AND is_nullable = 'NO' AND column_default IS NULL",
            (Model._table,),
        )
        needed = {name for [name] in self.env.cr.fetchall()} - {"id"}
        values = {}
        for name in sorted(needed | {"complaint_id", "card_id", "company_id"}):
            field = Model._fields.get(name)
            if not field or not field.store:
                continue
            if name == "complaint_id":
                values[name] = complaint.id
            elif name == "card_id":
                values[name] = complaint.archive_card_id.id or None
            elif name == "company_id":
                values[name] = complaint.company_id.id
            elif field.type == "many2one":
                values[name] = self._get_any(field.comodel_name, complaint)
            elif field.type == "selection":
                values[name] = field.get_values(self.env)[0]
            else:
                values[name] = PLAIN[field.type]
        names = SQL(", ").join(map(SQL.identifier, values))
        self.env.cr.execute(
            SQL(
                "INSERT INTO %s (%s) VALUES %s",
                SQL.identifier(Model._table),
                names,
                tuple(values.values()),
            )
        )
        self.env.invalidate_all()

    def _get_any(self, name, complaint):
        """Return the id of a record to point to: of the case, if there is such."""
        Model = self.env[name].sudo().with_context(active_test=False)
        if name == OWN:
            return complaint.id
        if name.startswith(OWN):
            domain = Model._get_case_domain(complaint)
            if not domain.is_false() and not Model.search(domain, limit=1):
                self._insert(Model, complaint)
            if not domain.is_false():
                return Model.search(domain, limit=1).id
            if not Model.search([], limit=1):
                self._insert(Model, complaint)
        return Model.search([], limit=1).id

    def _put(self, record, field=False):
        """Hang a file with bytes of its own on a record, past all guards."""
        files = with_archive_right(self.env["ir.attachment"].sudo())
        text = f"{record._name} {record.id} {field} 李娜的病历"
        file = files.create(
            {
                "name": "病历.txt",
                "raw": text.encode(),
                "res_model": record._name,
                "res_id": record.id,
                "res_field": field,
            }
        )
        return self.env["ir.attachment"].browse(file.id)

    def _write_on(self, record):
        """Write a message, a mail, a to-do and a plan to post, each with files."""
        case, files = f"{record._name} ", {}
        message = self.env["mail.message"].create(
            {"model": record._name, "res_id": record.id, "body": "见附件"}
        )
        mail = self.env["mail.mail"].create(
            {"mail_message_id": message.id, "body_html": "见附件"}
        )
        todo = self.env["mail.activity"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id(record._name),
                "res_id": record.id,
                "user_id": self.agent.id,
            }
        )
        plan = self.env["mail.scheduled.message"].create(
            {
                "model": record._name,
                "res_id": record.id,
                "author_id": self.agent.partner_id.id,
                "body": "见附件",
                "scheduled_date": fields.Datetime.now() + timedelta(days=1),
            }
        )
        for holder in (message, mail, todo, plan):
            files[self._put(holder)] = case + holder._name
        for holder in (message, todo, plan):
            # As the editor and the composer leave them.
            for model in (False, "mail.compose.message"):
                loose = self.env["ir.attachment"].create(
                    {
                        "name": "截图.txt",
                        "raw": f"{holder._name} {holder.id} {model}".encode(),
                        "res_model": model,
                        "res_id": 0,
                    }
                )
                with_history_right(holder).attachment_ids = [Command.link(loose.id)]
                files[loose] = f"{case}{holder._name} loose"
        return files

    def _open_dialogs(self, complaint, records):
        """Return dialogs that somebody left open, one of each kind with files."""
        by_name = {record._name: record for record in records}
        values = {
            "tell": {"complaint_id": complaint.id},
            "start.pause": {"complaint_id": complaint.id, "reason": "检测"},
            "agree": {"remediation_id": by_name[f"{OWN}.remediation"].id},
            "settle.notice": {"notice_id": by_name[f"{OWN}.notice"].id},
            "settle": {"complaint_id": complaint.id},
        }
        asked = {
            name.removeprefix(f"{OWN}.")
            for name, model in self.env.registry.items()
            if name.startswith(OWN)
            and model._transient
            and any(
                field.comodel_name == "ir.attachment"
                for field in model._fields.values()
                if field.relational
            )
        }
        self.assertLessEqual(asked, values.keys(), "add the new dialog here")
        return [
            self.env[f"{OWN}.{name}"].sudo().create(vals)
            for name, vals in values.items()
        ]

    def _locate(self, files):
        """Return where the bytes of files are on the disk."""
        return {file: file._full_path(file.store_fname) for file in files}

    def _assert_gone(self, files, paths):
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT id FROM ir_attachment WHERE id IN %s", (tuple(f.id for f in files),)
        )
        left = {row[0] for row in self.env.cr.fetchall()}
        self.assertFalse([where for file, where in files.items() if file.id in left])
        on_disk = [files[file] for file, path in paths.items() if os.path.exists(path)]
        self.assertFalse(on_disk)


@tagged("post_install", "-at_install", "slow")
class TestCaseFiles(CaseFiles):
    """Disposal and erasure reach every file of a case, and no other."""

    def _make_old(self):
        with freeze_time("2020-01-17 02:00:00"):
            return self._close(self._new(date_received=LONG_AGO))

    def test_disposal_reaches_every_file(self):
        card, other = self._make_old(), self._make_old()
        kept = self._put(other.complaint_id)
        disposal = self._approve_disposal(card)
        files = self._fill(card.complaint_id)
        found = {where.split(" ")[0].split(".signature")[0] for where in files.values()}
        self.assertGreater(len(found), 20)
        paths = self._locate(files)
        self.assertTrue(all(map(os.path.exists, paths.values())))
        self._run_job()
        self.assertEqual(card.state, "disposed", disposal.line_ids.note)
        self.assertEqual(disposal.state, "done")
        self.assertGreaterEqual(disposal.line_ids.file_count, len(files) - 1)
        self._assert_gone(files, paths)
        self.assertEqual(kept.exists(), kept)
        self.assertTrue(all(other.document_ids.attachment_ids.mapped("raw")))

    def test_disposal_reaches_bytes_in_the_database(self):
        self.env["ir.config_parameter"].set_param("ir_attachment.location", "db")
        card = self._make_old()
        self._approve_disposal(card)
        files = self._fill(card.complaint_id)
        self.assertTrue(all(file.db_datas for file in files))
        self._run_job()
        self._assert_gone(files, {})

    def test_erasure_reaches_every_file_of_a_case_without_card(self):
        with freeze_time("2020-01-17 02:00:00"):
            complaint = self._new(date_received=LONG_AGO)
            self._withdraw(complaint)
        self.assertFalse(complaint.archive_card_id)
        complaint = complaint.sudo()
        files = {}
        for record in (complaint, complaint.line_ids):
            files[self._put(record)] = record._name
        notice = self._record_notice(complaint, "other", self.agent)
        files[self._put(notice)] = notice._name
        files.update(self._write_on(complaint))
        paths = self._locate(files)
        self._grant("erasure")
        self._run_job()
        self.assertTrue(complaint.date_erased)
        self._assert_gone(files, paths)

    def test_a_letter_by_post_with_a_photograph_of_the_slip(self):
        """The proof of a notice no longer stops the disposal of its case."""
        with freeze_time("2020-01-17 02:00:00"):
            complaint = self._new(date_received=LONG_AGO)
            self._file(complaint, "受理单.txt")
            self._take_to(complaint, "remediation")
            slip = self._upload("邮政回执.jpg", res_model=f"{OWN}.notice")
            self._write_decision(complaint)
            self._record_notice(
                complaint, way="post", attachment_ids=[Command.link(slip.id)]
            )
            if complaint.state == "remediation":
                complaint.action_follow_up()
            complaint.action_close()
        card = complaint.archive_card_id.sudo()
        other = self._make_old()
        self.assertEqual(card.state, "sealed")
        path = slip._full_path(slip.sudo().store_fname)
        with self._refused("stay as they are"):
            slip.sudo().unlink()
        disposal = self._dispose(card | other)
        self.assertEqual(disposal.state, "done")
        self.assertEqual(set((card | other).mapped("state")), {"disposed"})
        self.assertFalse(slip.exists())
        self.assertFalse(os.path.exists(path))
        check = self._run_check()
        self.assertEqual(check.state, "passed", check.finding_ids.mapped("detail"))

    def test_a_stuck_case_holds_up_no_other(self):
        """Neither one of the same disposal, nor another disposal."""
        stuck, same, other = (self._make_old() for _n in range(3))
        destroy = self.env.registry["ir.attachment"]._destroy_files

        def refuse(files):
            if any(file.res_id == stuck.complaint_id.id for file in files):
                raise ValueError("broken")
            return destroy(files)

        self._put(stuck.complaint_id)
        self.patch(self.env.registry["ir.attachment"], "_destroy_files", refuse)
        with self.assertLogs("odoo.addons.customer_complaint_base.tools.job", "ERROR"):
            first = self._dispose(stuck | same)
        self.assertEqual((stuck.state, same.state), ("sealed", "disposed"))
        with self.assertLogs("odoo.addons.customer_complaint_base.tools.job", "ERROR"):
            second = self._dispose(other)
        self.assertEqual((first.state, second.state), ("approved", "done"))
        self.patch(self.env.registry["ir.attachment"], "_destroy_files", destroy)
        self._run_job()
        self.assertEqual(first.state, "done")
        self.assertEqual(stuck.state, "disposed")

    def test_files_of_others_stay(self):
        """What another record sent along, and what two cases were sent."""
        card, other = self._make_old(), self._make_old()
        quote = self.env["ir.attachment"].create(
            {
                "name": "报价单.txt",
                "raw": b"quote",
                "res_model": "sale.order",
                "res_id": self.order.id,
            }
        )
        both = self.env["ir.attachment"].create({"name": "通知.txt", "raw": b"both"})
        for case in (card.complaint_id, other.complaint_id):
            self.env["mail.message"].create(
                {
                    "model": case._name,
                    "res_id": case.id,
                    "body": "见附件",
                    "attachment_ids": [Command.set((quote | both).ids)],
                }
            )
        message = card.complaint_id.message_ids.filtered("attachment_ids")
        self._dispose(card)
        self.assertEqual((quote | both).exists(), quote | both)
        self.assertFalse(message.attachment_ids)
        self._dispose(other)
        self.assertEqual((quote | both).exists(), quote)

    def test_lost_uploads_do_not_lie_about(self):
        File = self.env["ir.attachment"]
        uploads = [
            File.create({"name": "x", "raw": b"x", "res_model": model, "res_id": 0})
            for model in (f"{OWN}.tell", f"{OWN}.archive.document", "res.partner")
        ]
        lost, filed, foreign = uploads
        fresh = filed.copy()
        self.env.flush_all()
        self._sql(
            "UPDATE ir_attachment SET create_date = now() - interval '2 days',"
            " write_date = now() - interval '2 days' WHERE id IN %s",
            tuple(file.id for file in uploads),
        )
        File._gc_lost_uploads()
        self.assertFalse((lost | filed).exists())
        self.assertEqual((foreign | fresh).exists(), foreign | fresh)
