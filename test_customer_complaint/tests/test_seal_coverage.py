import json
from contextlib import contextmanager
from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import SQL

from odoo.addons.customer_complaint_archive.tests.archive_common import ArchiveCase
from odoo.addons.customer_complaint_archive.tools.seal import digest_bytes
from odoo.addons.customer_complaint_base.tools.fields import get_field_label

CARD = "customer.complaint.archive.card"
COMPLAINT = "customer.complaint"
SEALED = "customer.complaint.sealed"
# Models with a complaint that tell of what is done with a case afterwards, or was said
# before it and is taken over by it, or that have entries of the chain of their own.
NOT_IN_SEAL = {
    "customer.complaint.archive.access",
    "customer.complaint.archive.access.log",
    "customer.complaint.archive.supplement",
    "customer.complaint.enquiry",
}
REFUSALS = (AccessError, UserError, ValidationError, ValueError, TypeError)


class SealedCase(ArchiveCase):
    """A closed case in which there is something of nearly every kind."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Made once, by the factories of a test that is not run.
        factory = cls("setUp")
        cls.card = factory._close_rich_case()
        cls.case = cls.card.complaint_id
        cls.content = json.loads(factory._get_seal(cls.card).content)

    def _close_rich_case(self):
        # As in the browser: what changes is noted.
        complaint = self._new().with_context(tracking_disable=False, mail_notrack=False)
        self.cr.flush()
        self._file(complaint, "受理单.txt")
        complaint.message_post(
            body="顾客来电：要求退款。",
            message_type="comment",
            attachments=[("来信.txt", b"letter")],
        )
        evidence = self.env["customer.complaint.evidence"].with_user(self.agent)
        evidence.create(
            {
                "complaint_id": complaint.id,
                "name": "监控录像",
                "note": "收银台, 10:05",
                "attachment_ids": [Command.create({"name": "a.mp3", "raw": b"mp3"})],
            }
        ).message_post(body="已经看过。", message_type="comment")
        self.env["customer.complaint.recusal"].with_user(self.supervisor).create(
            {
                "complaint_id": complaint.id,
                "partner_id": self.colleague.partner_id.id,
                "kind": "named",
                "reason": "当班收银员",
            }
        )
        self._take_to(complaint, "remediation")
        remediation = (
            self.env["customer.complaint.remediation"]
            .with_user(self.agent)
            .create(
                {
                    "complaint_id": complaint.id,
                    "note": "当班收银员态度生硬。",
                    "line_ids": [
                        Command.create(
                            {"kind": "apology", "note": "当面致歉", "amount": 0}
                        )
                    ],
                }
            )
        )
        remediation.action_ask()
        if remediation.state == "to_approve":
            remediation.with_user(self.supervisor).action_approve()
        action = remediation.line_ids.action_carry_out()
        dialog = Form(
            self.env(user=self.agent.id)[action["res_model"]].with_context(
                **action["context"]
            )
        )
        dialog.note = "10:30 已当面致歉。"
        dialog.save().action_confirm()
        self._tell_and_close(complaint)
        return complaint.archive_card_id.sudo()

    def _tell_and_close(self, complaint):
        self._tell_decision(complaint)
        if complaint.state != "followup":
            complaint.action_follow_up()
        complaint.action_close()

    def _find(self):
        """Return kind and detail of what differs from the seal of the card."""
        return self.Check._compare_with_seal(self.card)

    def _get_seal(self, card):
        return card.entry_ids.filtered(
            lambda entry: entry.kind == "seal" and entry.position == card.position
        )


@tagged("post_install", "-at_install", "slow")
class TestSealCoverage(SealedCase):
    """What a court would ask for is in the seal, field by field."""

    def test_every_model_of_a_case_is_in_the_seal_or_named(self):
        models = self.env.registry.models
        of_case = {
            name
            for name, model in models.items()
            if name.startswith(f"{COMPLAINT}.")
            and model._auto
            and not model._abstract
            and not model._transient
            and (field := model._fields.get("complaint_id"))
            and field.store
            and field.comodel_name == COMPLAINT
        }
        in_seal = set(self.env[SEALED]._get_seal_models())
        self.assertEqual(of_case - in_seal, NOT_IN_SEAL)
        self.assertLessEqual({CARD, COMPLAINT}, in_seal)
        self.assertGreater(len(in_seal), 15)

    def test_the_seal_has_what_a_court_would_ask_for(self):
        content = self.content
        parts = content["parts"]
        self.assertEqual(content["complaint"]["description"], "收银员态度恶劣。")
        self.assertEqual(content["complaint"]["state"], "closed")
        self.assertEqual(content["complaint"]["user_id"]["name"], self.agent.name)
        [evidence] = parts["customer.complaint.evidence"]
        self.assertEqual(evidence["note"], "收银台, 10:05")
        [line] = parts["customer.complaint.remediation.line"]
        self.assertEqual((line["kind"], line["note"]), ("apology", "当面致歉"))
        [notice] = parts["customer.complaint.notice"]
        self.assertEqual(notice["kind"], "decision")
        self.assertEqual(notice["proof_ref"], "2026-01-17 10:05 致电 010-8888 0000")
        [recusal] = parts["customer.complaint.recusal"]
        self.assertEqual(
            recusal["partner_id"],
            {
                "id": self.colleague.partner_id.id,
                "name": self.colleague.partner_id.name,
            },
        )
        self.assertTrue(parts["customer.complaint.deadline"])
        names = {file["name"]: file for file in content["files"]}
        self.assertLessEqual({"受理单.txt", "来信.txt", "a.mp3"}, names.keys())
        self.assertEqual(names["来信.txt"]["sha256"], digest_bytes(b"letter"))

    def test_the_history_is_whole_up_to_the_step_that_ended_it(self):
        self.cr.flush()  # what the end of the transaction adds
        history = self.env["mail.message"].search(
            [
                ("model", "=", COMPLAINT),
                ("res_id", "=", self.case.id),
                ("message_type", "!=", "user_notification"),
            ]
        )
        sealed = {
            row["id"]: row
            for row in self.content["messages"]
            if row["model"] == COMPLAINT
        }
        self.assertEqual(set(sealed), set(history.ids))
        said = history.filtered(lambda message: "要求退款" in (message.body or ""))
        self.assertEqual(
            sealed[said.id]["author_id"]["name"], self.agent.partner_id.name
        )
        self.assertEqual(self._find(), [])

    def test_what_was_said_before_it_is_no_part_of_the_seal(self):
        enquiry = self.env["customer.complaint.enquiry"].create(
            {"kind": "grumble", "description": "收银员又骂人。"}
        )
        enquiry.message_post(body="照片", attachments=[("小票.jpg", b"photo")])
        enquiry._write_unguarded({"state": "turned", "complaint_id": self.case.id})
        self.case._write_unguarded({"enquiry_id": enquiry.id})
        enquiry.message_post(body="顾客又来过。")
        self.assertEqual(self._run_check().state, "passed")

    # ------------------------------------------------------------------
    # PAST ODOO
    # ------------------------------------------------------------------

    def _get_other_value(self, field, table, row_id):
        """Return another value of a column, in SQL; None if there can be none."""
        column = SQL.identifier(field.name)
        if field.type == "many2one":
            self.env.cr.execute(
                SQL(
                    "SELECT max(id) FROM %s WHERE id IS DISTINCT FROM"
                    " (SELECT %s FROM %s WHERE id = %s)",
                    SQL.identifier(self.env[field.comodel_name]._table),
                    column,
                    SQL.identifier(table),
                    row_id,
                )
            )
            [[other]] = self.env.cr.fetchall()
            return other and SQL("%s", other)
        if field.type == "boolean":
            return SQL("NOT COALESCE(%s, false)", column)
        if field.type in ("integer", "float", "monetary", "many2one_reference"):
            return SQL("COALESCE(%s, 0) + 1", column)
        if field.type in ("date", "datetime"):
            return SQL("COALESCE(%s, '2020-01-01') + interval '1 day'", column)
        if field.type in ("json", "properties"):
            return SQL("'{\"x\": 1}'::jsonb")
        return SQL("COALESCE(%s, '') || 'x'", column)

    def test_every_sealed_field_changed_by_sql_is_found(self):
        rows = [(CARD, self.content["card"]), (COMPLAINT, self.content["complaint"])]
        rows += [(model, rows[0]) for model, rows in self.content["parts"].items()]
        self._sql("SET session_replication_role = replica")
        self.addCleanup(self._sql, "SET session_replication_role = DEFAULT")
        tried = 0
        for model, row in rows:
            Model = self.env[model]
            # Which case it belongs to: it is then missing there, as another test tries.
            kept = {"complaint_id", *Model._get_unfinished_fields(row)}
            kept |= {"company_id"} if model == CARD else set()
            changes = {
                field: other
                for field in Model._get_seal_fields()
                if field.type != "many2many"
                and field.name not in kept
                and (other := self._get_other_value(field, Model._table, row["id"]))
            }
            with self.subTest(model=model), self._undone():
                self.env.cr.execute(
                    SQL(
                        "UPDATE %s SET %s WHERE id = %s",
                        SQL.identifier(Model._table),
                        SQL(", ").join(
                            SQL("%s = %s", SQL.identifier(field.name), other)
                            for field, other in changes.items()
                        ),
                        row["id"],
                    )
                )
                found = [detail for kind, detail in self._find() if kind == "field"]
                missed = [
                    field.name
                    for field in changes
                    if not any(
                        detail.startswith(f"{get_field_label(Model, field.name)}: ")
                        for detail in found
                    )
                ]
                self.assertEqual(missed, [])
                self.assertEqual(len(found), len(changes))
            tried += len(changes)
        self.assertGreater(tried, 200)

    def test_every_record_deleted_or_moved_by_sql_is_found(self):
        self._sql("SET session_replication_role = replica")
        self.addCleanup(self._sql, "SET session_replication_role = DEFAULT")
        for model, rows in self.content["parts"].items():
            table = self.env[model]._table
            for query, params in (
                (f"DELETE FROM {table} WHERE id = %s", (rows[0]["id"],)),
                (
                    f"UPDATE {table} SET complaint_id = %s WHERE id = %s",
                    (self.case.id + 10**6, rows[0]["id"]),
                ),
            ):
                with self.subTest(model=model, query=query), self._undone():
                    self._sql(query, *params)
                    self.assertTrue(self._find())

    def test_every_record_put_there_by_sql_is_found(self):
        """As a copy with an id that was free, or any where nothing is added later."""
        self._sql("SET session_replication_role = replica")
        self.addCleanup(self._sql, "SET session_replication_role = DEFAULT")
        for model, rows in self.content["parts"].items():
            table = self.env[model]._table
            names = [
                field.name
                for field in self.env[model]._fields.values()
                if field.store and field.column_type and field.name != "id"
            ]
            columns = ", ".join(names)
            with self.subTest(model=model), self._undone():
                for index in self.env[model]._table_objects.values():
                    self._sql(
                        f"DROP INDEX IF EXISTS {index.full_name(self.env[model])}"
                    )
                self._sql(
                    f"INSERT INTO {table} (id, {columns})"
                    f" SELECT -id, {columns} FROM {table} WHERE id = %s",
                    rows[0]["id"],
                )
                self.assertTrue(self._find())

    @contextmanager
    def _undone(self):
        """What is done to the database is taken back in the end."""
        with self.env.cr.savepoint() as savepoint:
            yield
            savepoint.rollback()

    # ------------------------------------------------------------------
    # THROUGH ODOO
    # ------------------------------------------------------------------

    def test_nothing_sealed_changes_through_odoo(self):
        """Whoever writes whatever: it is refused, or the seal is still right."""
        rows = [(COMPLAINT, self.content["complaint"])]
        rows += [(model, rows[0]) for model, rows in self.content["parts"].items()]
        for model, row in rows:
            for env in (self.env(su=True), self.env(user=self.manager.id)):
                record = env[model].browse(row["id"])
                for field in record._get_seal_fields():
                    if field.name in record._get_unfinished_fields(row):
                        continue
                    with self.subTest(model=model, field=field.name, su=env.su):
                        self._try_to_write(record, field)
                with self.subTest(unlink=model, su=env.su):
                    self._try_to_delete(record)
        self.assertEqual(self._find(), [])

    def _try_to_delete(self, record):
        try:
            with self.env.cr.savepoint():
                record.unlink()
        except REFUSALS:
            self.assertTrue(record.exists())
        else:
            self.fail(f"{record} was deleted")

    def _try_to_write(self, record, field):
        values = {
            "many2one": self.env[field.comodel_name].search([], limit=2)[-1:].id
            if field.type == "many2one"
            else None,
            "many2many": [Command.clear()],
            "boolean": not record.sudo()[field.name],
            "integer": 77,
            "float": 77,
            "monetary": 77,
            "date": "2020-01-02",
            "datetime": "2020-01-02 03:04:05",
            "json": {"x": 1},
        }
        value = values.get(field.type, "x")
        if field.type == "selection":
            value = field.get_values(self.env)[-1]
        try:
            with self.env.cr.savepoint():
                for write in ("write", "_write_unguarded"):
                    if hasattr(record, write):
                        getattr(record, write)({field.name: value})
                self.env.flush_all()
                found = self._find()
                self.assertEqual(found, [])
        except REFUSALS:
            self.env.invalidate_all(flush=False)

    def test_what_was_told_is_not_worked_out_anew(self):
        """A contact that changed, and an update that works everything out again."""
        self.customer.write({"name": "王小明", "phone": "000"})
        Complaint = self.env[COMPLAINT]
        for model in (
            COMPLAINT,
            "customer.complaint.line",
            "customer.complaint.notice",
        ):
            records = (
                self.case
                if model == COMPLAINT
                else self.env[model].search([("complaint_id", "=", self.case.id)])
            )
            for field in records._fields.values():
                if field.store and field.compute:
                    self.env.add_to_compute(field, records)
        self.env.flush_all()
        self.assertEqual(self.case.complainant_name, "李娜")
        self.assertNotEqual(self.case.phone, "000")
        self.assertEqual(self._find(), [])
        # An open case follows, when asked to.
        running = self._new()
        running.complainant_name = "x"
        self.env.add_to_compute(Complaint._fields["complainant_name"], running)
        self.assertEqual(running.complainant_name, "王小明")


@tagged("post_install", "-at_install", "slow")
class TestSealAttacks(SealedCase):
    """Somebody with a password for the database, and what the check says of it."""

    def assertFound(self, kind, detail=".*"):
        check = self._run_check()
        self.assertEqual(check.state, "failed")
        self.assertEqual(check.first_card_id, self.card)
        finding = check.finding_ids.filtered(lambda found: found.kind == kind)[:1]
        self.assertTrue(finding, check.finding_ids.mapped("kind"))
        self.assertRegex(finding.detail or "", detail)
        return check

    def setUp(self):
        super().setUp()
        self.assertEqual(self._run_check().state, "passed")

    # ------------------------------------------------------------------
    # HISTORY
    # ------------------------------------------------------------------

    def _get_messages(self):
        return self.env["mail.message"].search(
            [("model", "=", COMPLAINT), ("res_id", "=", self.case.id)], order="id"
        )

    def test_message_changed(self):
        message = self._get_messages().filtered(lambda m: "要求退款" in m.body)
        self._sql(
            "UPDATE mail_message SET body = replace(body, '退款', '表扬')"
            " WHERE id = %s",
            message.id,
        )
        self.assertFound("message", f"message {message.id}")

    def test_author_and_date_of_a_message(self):
        message = self._get_messages().filtered(lambda m: "要求退款" in m.body)
        for column, value in (
            ("author_id", self.manager.partner_id.id),
            ("date", "2020-01-01"),
            ("subject", "x"),
            ("email_from", "x@example.com"),
        ):
            with self.subTest(column=column), self.env.cr.savepoint() as savepoint:
                self._sql(
                    f"UPDATE mail_message SET {column} = %s WHERE id = %s",
                    value,
                    message.id,
                )
                self.assertFound("message")
                savepoint.rollback()

    def test_message_deleted(self):
        message = self._get_messages()[:1]
        self._sql("DELETE FROM mail_message WHERE id = %s", message.id)
        self.assertFound("message_missing", f"message {message.id}")

    def test_changes_shown_by_a_message(self):
        self._sql(
            "DELETE FROM mail_tracking_value WHERE id = (SELECT max(id)"
            " FROM mail_tracking_value WHERE mail_message_id = ANY(%s))",
            self._get_messages().ids,
        )
        self.assertFound("message")

    def test_message_on_a_part_of_the_case(self):
        self._sql(
            "UPDATE mail_message SET body = 'x' WHERE model = %s AND res_id = %s",
            "customer.complaint.evidence",
            self.content["parts"]["customer.complaint.evidence"][0]["id"],
        )
        self.assertFound("message")

    def test_message_that_pretends_to_have_been_there(self):
        """With a free id of before, or a date of before."""
        for message_id, date in (
            ("-7", "2026-01-01"),
            ("nextval('mail_message_id_seq')", "2026-01-01"),
        ):
            with self.subTest(id=message_id), self.env.cr.savepoint() as savepoint:
                self._sql(
                    "INSERT INTO mail_message (id, model, res_id, date, body,"
                    " message_type, author_id)"
                    f" VALUES ({message_id}, %s, %s, %s, 'x', 'comment', %s)",
                    *(COMPLAINT, self.case.id, date, self.manager.partner_id.id),
                )
                self.assertFound("message_added")
                savepoint.rollback()

    def test_what_is_written_after_the_end_is_no_attack(self):
        self.case.with_user(self.agent).message_post(
            body="谢谢。", attachments=[("回信.txt", b"thanks")]
        )
        self.assertEqual(self._run_check().state, "passed")

    # ------------------------------------------------------------------
    # RECORDS
    # ------------------------------------------------------------------

    def test_text_of_evidence_notice_and_remediation(self):
        for table, column in (
            ("evidence", "note"),
            ("notice", "proof_ref"),
            ("remediation_line", "note"),
            ("recusal", "reason"),
            ("deadline", "date_due"),
        ):
            value = "2020-01-01" if column == "date_due" else "x"
            with self.subTest(table=table), self.env.cr.savepoint() as savepoint:
                self._sql(
                    f"UPDATE customer_complaint_{table} SET {column} = %s"
                    " WHERE complaint_id = %s AND state IS DISTINCT FROM 'waiting'"
                    if table == "deadline"
                    else f"UPDATE customer_complaint_{table} SET {column} = %s"
                    " WHERE complaint_id = %s",
                    value,
                    self.case.id,
                )
                self.assertFound("field")
                savepoint.rollback()

    def test_first_record_of_its_kind_after_the_end_is_no_attack(self):
        """No number of its kind was given yet when the case was sealed."""
        model = "customer.complaint.review"
        self._sql(
            "ALTER SEQUENCE customer_complaint_review_id_seq RESTART WITH 9000001"
        )
        content = json.loads(self._get_seal(self._close()).content)
        self.assertEqual(content["last_ids"][model], 9000000)

    def test_record_put_there(self):
        self._sql(
            "INSERT INTO customer_complaint_recusal (complaint_id, company_id,"
            " partner_id, kind, reason) SELECT complaint_id, company_id, %s, kind, 'x'"
            " FROM customer_complaint_recusal WHERE complaint_id = %s",
            self.manager.partner_id.id,
            self.case.id,
        )
        self.assertFound("record_added")

    # ------------------------------------------------------------------
    # FILES
    # ------------------------------------------------------------------

    def test_name_size_address_and_place_of_a_file(self):
        file = self.case.sudo().evidence_ids.attachment_ids
        for column, value in (
            ("name", "x.txt"),
            ("file_size", 7),
            ("url", "https://example.com/x"),
            ("mimetype", "text/html"),
            ("type", "url"),
            ("res_id", 0),
            ("res_field", "x"),
        ):
            with self.subTest(column=column), self.env.cr.savepoint() as savepoint:
                self._sql(
                    f"UPDATE ir_attachment SET {column} = %s WHERE id = %s",
                    value,
                    file.id,
                )
                kind = "file_missing" if column == "res_id" else "file"
                self.assertFound(kind)
                savepoint.rollback()

    def test_files_that_are_in_no_seal(self):
        """On the card, on sealed records, in their fields: each is named."""
        parts = self.content["parts"]
        places = [(CARD, self.card.id, None)]
        places += [
            (model, rows[0]["id"], None)
            for model, rows in parts.items()
            if model != "customer.complaint.deadline"
        ]
        places.append((COMPLAINT, self.case.id, "image"))
        for model, res_id, res_field in places:
            with self.subTest(model=model), self.env.cr.savepoint() as savepoint:
                self._sql(
                    "INSERT INTO ir_attachment (name, type, res_model, res_id,"
                    " res_field, file_size)"
                    " VALUES ('插入.txt', 'binary', %s, %s, %s, 0)",
                    *(model, res_id, res_field),
                )
                self.assertFound("file_added", "插入.txt")
                savepoint.rollback()

    # ------------------------------------------------------------------
    # THE CARD
    # ------------------------------------------------------------------

    def _print(self):
        self.card._store_pdf(b"%PDF-1.4 as sealed")
        return self.card.pdf_id

    def test_printed_card_exchanged(self):
        file = self._print()
        self.assertEqual(self._run_check().state, "passed")
        self._sql(
            "INSERT INTO ir_attachment (name, type, res_model, res_id, db_datas,"
            " file_size) VALUES ('card.pdf', 'binary', %s, %s, 'forged', 6)",
            *(CARD, self.card.id),
        )
        self._sql(
            "UPDATE customer_complaint_archive_card SET pdf_id ="
            " (SELECT max(id) FROM ir_attachment) WHERE id = %s",
            self.card.id,
        )
        self.assertFound("file", "Printed Card: .*")
        self.assertFound("file_added", "card.pdf")
        self._sql(
            "UPDATE customer_complaint_archive_card SET pdf_id = NULL WHERE id = %s",
            self.card.id,
        )
        self._sql("DELETE FROM ir_attachment WHERE name = 'card.pdf'")
        self.assertFound("file", f"{file.name}.*“—”")

    def test_printed_card_that_was_never_printed(self):
        self._sql(
            "UPDATE customer_complaint_archive_card SET pdf_id = %s WHERE id = %s",
            self.card.document_ids.attachment_ids[:1].id,
            self.card.id,
        )
        self.assertFound("file_added", "Printed Card")

    def test_prints_of_a_card_sealed_twice(self):
        first = self._print()
        self._reopen(self.case)
        case = self.case.with_user(self.agent)
        self._verify(case)
        self._confirm(case)
        case.action_remediate()
        self._tell_and_close(case)
        self.assertEqual(self._run_check().state, "passed")
        second = self._print()
        self.assertEqual(self._run_check().state, "passed")
        self._sql(
            "UPDATE customer_complaint_archive_card SET pdf_id = %s WHERE id = %s",
            first.id,
            self.card.id,
        )
        self.assertFound("file", second.name)

    def test_legal_hold_set_and_cleared(self):
        self._sql(
            "UPDATE customer_complaint_archive_card SET legal_hold = true"
            " WHERE id = %s",
            self.card.id,
        )
        self.assertFound("hold", "Legal Hold: in no entry")
        self._sql(
            "UPDATE customer_complaint_archive_card SET legal_hold = false"
            " WHERE id = %s",
            self.card.id,
        )
        self.card.with_user(self.archivist)._hold("诉讼中")
        self.assertEqual(self._run_check().state, "passed")
        for change in (
            "legal_hold = false",
            "hold_reason = 'x'",
            "hold_by_id = create_uid",
        ):
            with self.subTest(change=change), self.env.cr.savepoint() as savepoint:
                self._sql(
                    f"UPDATE customer_complaint_archive_card SET {change}"
                    " WHERE id = %s",
                    self.card.id,
                )
                self.assertFound("hold")
                savepoint.rollback()
        self.card.with_user(self.manager)._release("已判决")
        self.assertEqual(self._run_check().state, "passed")
        self._sql(
            "UPDATE customer_complaint_archive_card SET legal_hold = true"
            " WHERE id = %s",
            self.card.id,
        )
        self.assertFound("hold")

    # ------------------------------------------------------------------
    # DISPOSAL
    # ------------------------------------------------------------------

    def test_forged_disposal(self):
        """An entry with right digests, and nobody who decided so."""
        self.Entry._append(
            "disposal",
            {
                self.card: {
                    "disposal": "XH/2026/00001",
                    "proposed_by": self.archivist.name,
                    "approved_by": self.manager.name,
                    "digest": self.card.digest,
                }
            },
        )
        self._sql(
            "UPDATE customer_complaint_archive_card SET state = 'disposed'"
            " WHERE id = %s",
            self.card.id,
        )
        self._sql(
            "UPDATE customer_complaint_archive_entry SET content = NULL"
            " WHERE card_id = %s AND kind = 'seal'",
            self.card.id,
        )
        self.assertFound("disposal", "No disposal")

    def test_forged_content_does_not_stop_the_check(self):
        """Whatever somebody wrote into an entry, with right digests."""
        for kind, content in (
            ("disposal", {"disposal": 2}),
            ("disposal", {"disposal": [2]}),
            ("disposal", {"disposal": {"name": 2}}),
            ("print", {"file": [1], "name": "x", "sha256": "0"}),
            ("print", {"file": {}, "name": "x", "sha256": "0"}),
            ("print", {"file": True, "name": "x", "sha256": "0"}),
            ("print", {"file": 10**30, "name": "x", "sha256": "0"}),
            ("print", {}),
            ("print", "x"),
            ("supplement", {"id": [1]}),
            ("supplement", {"id": True}),
            ("supplement", {}),
            ("hold", {}),
            ("hold", 3),
        ):
            with (
                self.subTest(kind=kind, content=content),
                self.env.cr.savepoint() as savepoint,
            ):
                self.Entry._append(kind, {self.card: content})
                check = self._run_check()
                self.assertEqual(check.state, "failed")
                self.assertEqual(check.first_card_id, self.card)
                savepoint.rollback()

    def _dispose(self):
        late = self.card.retention_until + timedelta(days=1)
        with freeze_time(f"{late} 12:00:00"):
            disposal = self._approve_disposal(self.card)
            disposal.line_ids._destroy()
        return disposal

    def test_true_disposal_and_its_people(self):
        self._print()
        self.card.with_user(self.archivist)._hold("诉讼中")
        self.card.with_user(self.manager)._release("已判决")
        disposal = self._dispose()
        self.assertEqual(self.card.state, "disposed")
        check = self._run_check()
        self.assertEqual(check.state, "passed", check.finding_ids.mapped("detail"))
        for change in (
            "decided_by_id = proposed_by_id",
            "proposed_by_id = NULL",
            "state = 'proposed'",
            "name = 'x'",
            "date_decided = '2999-01-01'",
        ):
            with self.subTest(change=change), self.env.cr.savepoint() as savepoint:
                self._sql(
                    f"UPDATE customer_complaint_archive_disposal SET {change}"
                    " WHERE id = %s",
                    disposal.id,
                )
                self.assertFound("disposal")
                savepoint.rollback()
        self._sql(
            "DELETE FROM customer_complaint_archive_disposal_line WHERE card_id = %s",
            self.card.id,
        )
        self.assertFound("disposal")
