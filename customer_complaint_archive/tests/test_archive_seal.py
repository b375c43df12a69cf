import json
from datetime import date, datetime

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from ..tools.seal import GENESIS, digest_bytes, digest_text, to_canonical_json
from .archive_common import ArchiveCase


@tagged("post_install", "-at_install")
class TestArchiveSeal(ArchiveCase):
    # ------------------------------------------------------------------
    # SEALING
    # ------------------------------------------------------------------

    def test_closing_seals_numbers_and_chains(self):
        self.company.complaint_issuing_department = "Haidian Shop"
        with freeze_time("2026-01-17 02:00:00"):
            first, second = self._close(), self._close()
        self.assertRecordValues(
            first | second,
            [
                {
                    "name": "DA/2026/YB/00001",
                    "issuing_department": "Haidian Shop",
                    "state": "sealed",
                    "sealed_date": datetime(2026, 1, 17, 2),
                    "sealed_by_id": self.agent.id,
                    "position": 1,
                    "previous_digest": GENESIS,
                    "retention_until": date(2031, 1, 17),
                },
                {
                    "name": "DA/2026/YB/00002",
                    "issuing_department": "Haidian Shop",
                    "state": "sealed",
                    "sealed_date": datetime(2026, 1, 17, 2),
                    "sealed_by_id": self.agent.id,
                    "position": 2,
                    "previous_digest": first.digest,
                    "retention_until": date(2031, 1, 17),
                },
            ],
        )

    def test_anybody_can_compute_the_digest_again(self):
        """With nothing but the entry: as an inspector does outside Odoo."""
        card = self._close()
        entry = card.entry_ids
        self.assertEqual(entry.content_digest, digest_text(entry.content))
        header = (
            '{"card":%d,"company":%d,"content":"%s","date":"%s","kind":"seal",'
            '"number":"%s","position":1,"previous":"%s","user":%d,"version":1}'
        ) % (
            card.id,
            self.company.id,
            entry.content_digest,
            entry.date.isoformat(),
            card.name,
            GENESIS,
            self.agent.id,
        )
        self.assertEqual(entry.digest, digest_text(header))
        self.assertEqual(card.digest, entry.digest)
        content = json.loads(entry.content)
        self.assertEqual(to_canonical_json(content), entry.content)
        self.assertEqual(content["complaint"]["complainant_name"], "李娜")
        self.assertEqual(content["card"]["name"], card.name)
        # The last ids of what is added after the end, too; no other case is told of.
        self.assertIn("mail.message", content["last_ids"])
        self.assertNotIn("customer.complaint", content["last_ids"])
        self.assertEqual(content["card"]["sealed_by_id"]["name"], self.agent.name)
        papers = card.document_ids
        files = [file for file in content["files"] if file["res_model"] == papers._name]
        self.assertEqual(
            {file["id"]: file["sha256"] for file in files},
            {
                file.id: digest_bytes(file.raw)
                for file in card.document_ids.attachment_ids
            },
        )

    def test_numbers_by_year_and_category(self):
        with freeze_time("2026-12-31 15:00:00"):
            general = self._close()
            injury = self._close(
                category_id=self.quick_ref("customer_complaint.category_injury").id
            )
        with freeze_time("2026-12-31 16:30:00"):  # in Shanghai it is 2027
            next_year = self._close()
        self.assertEqual(
            (general | injury | next_year).mapped("name"),
            ["DA/2026/YB/00001", "DA/2026/JK/00001", "DA/2027/YB/00001"],
        )
        self.assertEqual(injury.retention_until, date(2036, 12, 31))

    def test_archivist_chooses_category_before_sealing(self):
        complaint = self._take_to(self._new(), "followup")
        card = complaint.archive_card_id
        permanent = self.quick_ref(
            "customer_complaint_archive.archive_category_permanent"
        )
        card.with_user(self.archivist).archive_category_id = permanent
        complaint.action_close()
        self.assertIn("/YJ/", card.name)
        self.assertFalse(card.retention_until)

    def test_category_of_another_company_is_refused(self):
        other = self.env["customer.complaint.archive.category"].create(
            {
                "name": "Other",
                "code": "XX",
                "company_id": self.env.ref("base.main_company").id,
            }
        )
        card = self._take_to(self._new(), "accepted").archive_card_id
        with self._refused("belongs to another company", ValidationError):
            card.sudo().archive_category_id = other

    def test_legacy_number_is_kept(self):
        complaint = self._take_to(self._new(), "followup")
        card = complaint.archive_card_id.with_user(self.archivist)
        card.legacy_number = "档2003-017"
        complaint.action_close()
        self.assertEqual(card.name, "档2003-017")
        other = self._take_to(self._new(), "followup").archive_card_id
        with self._refused("has the number 档2003-017", ValidationError):
            other.sudo().legacy_number = "档2003-017"
        # It takes no number of the series.
        self.assertTrue(self._close().name.endswith("/00001"))

    def test_partner_renamed_later(self):
        card = self._close()
        self.customer.name = "李娜娜"
        self.agent.name = "Somebody Else"
        self.category_service.name = "Renamed"
        content = json.loads(card.entry_ids.content)["complaint"]
        self.assertEqual(content["partner_id"]["name"], "李娜")
        self.assertEqual(self._run_check().state, "passed")

    def test_partners_merged_later(self):
        card = self._close()
        other = self.env["res.partner"].create({"name": "李娜(重复)"})
        self.env["base.partner.merge.automatic.wizard"].create({})._merge(
            (self.customer | other).ids, other
        )
        self.env.invalidate_all()
        self.assertEqual(card.complaint_id.partner_id, other)
        self.assertEqual(card.complaint_id.complainant_name, "李娜")
        self.assertEqual(self._run_check().state, "passed")

    def test_reopening_is_chained_and_sealed_anew(self):
        card = self._close()
        number = card.name
        self._reopen(card.complaint_id)
        self.assertEqual(card.state, "open")
        self.assertEqual(self._run_check().state, "passed")
        complaint = card.complaint_id.with_user(self.agent)
        complaint.description = "补充：顾客提供了录音。"
        self._verify(complaint)
        self._confirm(complaint).action_remediate()
        self._tell_decision(complaint)
        complaint.action_close()
        self.assertEqual(card.name, number)
        self.assertEqual(
            card.entry_ids.sorted("position").mapped("kind"),
            ["seal", "reopen", "seal"],
        )
        self.assertEqual(self._run_check().state, "passed")

    # ------------------------------------------------------------------
    # WHAT IS NOT SEALED
    # ------------------------------------------------------------------

    def test_unreadable_file_leaves_the_card_to_the_archivist(self):
        complaint = self._take_to(self._new(), "followup")
        paper = self._file(complaint, "收据.txt")
        self._sql(
            "UPDATE ir_attachment SET store_fname = '00/none' WHERE id = %s",
            paper.attachment_ids.id,
        )
        complaint.action_close()
        card = complaint.archive_card_id
        self.assertRecordValues(card, [{"state": "open", "name": "/"}])
        self.assertIn("收据.txt", complaint.message_ids[:1].body)
        with self._refused("can no longer be read: 收据.txt"):
            card.with_user(self.archivist).action_seal()
        # The archivist files it again and seals.
        archived = paper.with_user(self.archivist)
        archived.attachment_ids = [
            Command.delete(paper.attachment_ids.id),
            Command.create({"name": "收据(补).txt", "raw": b"receipt"}),
        ]
        card.with_user(self.archivist).action_seal()
        self.assertRecordValues(
            card, [{"state": "sealed", "sealed_by_id": self.archivist.id}]
        )

    def test_nobody_else_changes_a_card_waiting_for_its_seal(self):
        complaint = self._take_to(self._new(), "followup")
        paper = self._file(complaint, "收据.txt")
        self._sql(
            "UPDATE ir_attachment SET store_fname = '00/none' WHERE id = %s",
            paper.attachment_ids.id,
        )
        complaint.action_close()
        # The handler adds what is missing, and changes nothing.
        for refused in (
            lambda: paper.write({"note": "改"}),
            paper.unlink,
            lambda: complaint.write({"description": "改"}),
        ):
            with self._refused("has ended"):
                refused()
        with self.assertRaises(AccessError):
            complaint.archive_card_id.with_user(self.agent).action_seal()

    def test_running_card_is_not_sealed(self):
        card = self._take_to(self._new(), "accepted").archive_card_id
        with self._refused("has not ended yet"):
            card.with_user(self.archivist).action_seal()
        with self._refused("sealed already"):
            self._close().with_user(self.archivist).action_seal()

    # ------------------------------------------------------------------
    # NOTHING CHANGES
    # ------------------------------------------------------------------

    def test_nobody_changes_what_is_sealed(self):
        card = self._close()
        paper = card.document_ids[:1]
        file = paper.attachment_ids
        complaint = card.complaint_id
        for records, vals in (
            (card, {"remarks": "x"}),
            (card, {"digest": "0" * 64}),
            (card, {"retention_until": "2026-01-01"}),
            (card, {"legal_hold": True}),
            (complaint, {"complainant_name": "王芳"}),
            (complaint, {"compensation_total": 0, "description": "x"}),
            (complaint.line_ids, {"product_name": "x"}),
            (paper, {"name": "x"}),
            (paper, {"is_sealed": False, "pages": 9}),
            (paper, {"attachment_ids": [Command.clear()]}),
            (file, {"raw": b"x"}),
            (file, {"datas": "eA=="}),
            (file, {"name": "x"}),
            (file, {"res_id": 0}),
            (file, {"res_model": "res.partner", "res_id": 1}),
            (file, {"file_size": 1}),
            (card.entry_ids, {"digest": "x"}),
            (self.env["customer.complaint.archive.chain"].search([]), {"position": 0}),
        ):
            for env in (self.env(su=True), self.env(user=self.manager.id)):
                with (
                    self.subTest(model=records._name, vals=vals),
                    self.assertRaises(UserError),
                    self.env.cr.savepoint(),
                ):
                    records.with_env(env).write(vals)
        for records in (
            card,
            complaint,
            complaint.line_ids,
            paper,
            file,
            card.entry_ids,
        ):
            with (
                self.subTest(unlink=records._name),
                self.assertRaises(UserError),
                self.env.cr.savepoint(),
            ):
                records.sudo().unlink()
        with self._refused("sealed with the archive card DA/.*: .*Handler"):
            complaint.sudo()._write_unguarded({"user_id": False})
        self.assertEqual(self._run_check().state, "passed")

    def test_no_context_skips_the_guards(self):
        """Core's mark of an uninstallation comes with any call."""
        card = self._close()
        for records in (
            card,
            card.complaint_id,
            card.complaint_id.line_ids,
            card.document_ids,
            card.document_ids.attachment_ids,
            card.entry_ids,
        ):
            for user in (self.manager, self.env.ref("base.user_root")):
                with (
                    self.subTest(model=records._name, user=user.login),
                    self.assertRaises(UserError),
                    self.env.cr.savepoint(),
                ):
                    records.with_user(user).with_context(_force_unlink=True).unlink()

    def test_forged_entries_are_refused(self):
        card = self._close()
        for model, vals in (
            ("customer.complaint.archive.entry", {"card_id": card.id, "kind": "seal"}),
            ("customer.complaint.archive.chain", {"company_id": self.company.id}),
            ("customer.complaint.archive.check", {"company_id": self.company.id}),
            ("customer.complaint.archive.check.finding", {"kind": "content"}),
        ):
            for user in (self.manager, self.archivist, self.env.ref("base.user_root")):
                with (
                    self.subTest(model=model, user=user.login),
                    self.assertRaises(UserError),
                    self.env.cr.savepoint(),
                ):
                    self.env[model].with_user(user).create(vals)

    def test_file_on_a_card_is_refused(self):
        card = self._close()
        with self._refused("not put on an archive card"):
            self.env["ir.attachment"].with_user(self.archivist).with_context(
                customer_complaint_archive_right=True
            ).create(
                {"name": "x", "raw": b"x", "res_model": card._name, "res_id": card.id}
            )

    def test_sealed_paper_stays_when_reopened(self):
        card = self._close()
        paper = card.document_ids[:1].with_user(self.agent)
        self._reopen(card.complaint_id)
        for refused in (paper.unlink, lambda: paper.write({"note": "改"})):
            with self._refused("were sealed with their archive card"):
                refused()
        with self.assertRaises(UserError), self.env.cr.savepoint():
            paper.attachment_ids.unlink()
        self._file(card.complaint_id.with_user(self.agent), "新证据.txt")

    def test_place_of_the_original_may_change(self):
        card = self._close().with_user(self.archivist)
        card.write({"room": "档案室", "cabinet": "A 柜 3 层", "box": "12 号盒"})
        self.assertEqual(self._run_check().state, "passed")

    # ------------------------------------------------------------------
    # SUPPLEMENTS
    # ------------------------------------------------------------------

    def _supplement(self, card, user=None, **values):
        return (
            self.env["customer.complaint.archive.supplement"]
            .with_user(user or self.archivist)
            .create(
                {
                    "card_id": card.id,
                    "reason": "顾客来信",
                    "body": "顾客来信表示感谢。",
                    **values,
                }
            )
        )

    def test_supplement_is_numbered_signed_and_chained(self):
        card = self._close()
        with freeze_time("2026-03-01 02:00:00"):
            first = self._supplement(
                card,
                number=7,
                user_id=self.agent.id,
                attachment_ids=[Command.create({"name": "信.txt", "raw": b"letter"})],
            )
            second = self._supplement(card, self.supervisor)
        self.assertRecordValues(
            first | second,
            [
                {
                    "name": f"{card.name}-1",
                    "user_id": self.archivist.id,
                    "date": datetime(2026, 3, 1, 2),
                },
                {
                    "name": f"{card.name}-2",
                    "user_id": self.supervisor.id,
                    "date": datetime(2026, 3, 1, 2),
                },
            ],
        )
        self.assertEqual(
            card.entry_ids.sorted("position").mapped("kind"),
            ["seal", "supplement", "supplement"],
        )
        for refused in (
            lambda: first.sudo().write({"body": "x"}),
            first.sudo().unlink,
            lambda: first.attachment_ids.sudo().write({"raw": b"x"}),
            first.attachment_ids.sudo().unlink,
            first.copy,
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                refused()
        self.assertEqual(self._run_check().state, "passed")

    def test_who_may_add_supplements(self):
        card = self._close()
        for user in (self.agent, self.auditor, self.employee, self.quality_user):
            with (
                self.subTest(user=user.login),
                self.assertRaises(AccessError),
                self.env.cr.savepoint(),
            ):
                self._supplement(card, user)
        open_card = self._take_to(self._new(), "accepted").archive_card_id
        with self._refused("Only sealed cards"):
            self._supplement(open_card)

    def test_supplement_by_its_dialog(self):
        card = self._close().with_user(self.archivist)
        action = card.action_supplement()
        Supplement = self.env(user=self.archivist.id)[action["res_model"]]
        dialog = Form(Supplement.with_context(**action["context"]))
        dialog.reason = "补充"
        dialog.body = "<script>alert(1)</script>"
        self.assertEqual(dialog.save().number, 1)

    # ------------------------------------------------------------------
    # CONFIGURATION
    # ------------------------------------------------------------------

    def test_category_in_use_keeps_its_code(self):
        card = self._close()
        category = card.archive_category_id
        with self._refused("keeps its code"):
            category.code = "ZZ"
        with self._refused("keeps its code"):
            category.unlink()
        category.retention_years = 1
        self.assertEqual(self._run_check().state, "passed")
        self.assertGreater(card.retention_until, self._day("2026-12-31"))

    def test_prefix_of_the_company(self):
        settings = self.env["res.config.settings"].create({})
        settings.complaint_archive_prefix = "康美"
        settings.execute()
        self.assertTrue(self._close().name.startswith("康美/"))
        for prefix in ("A/B", "../x", "A B", "x" * 11, "-"):
            with self._refused("cannot begin archive numbers", ValidationError):
                self.company.complaint_archive_prefix = prefix
        self.company.complaint_archive_prefix = False
        self.assertTrue(self._close().name.startswith("DA/"))

    def test_codes_are_plain_and_unique(self):
        Category = self.env["customer.complaint.archive.category"]
        for code in ("yb", "A B", "A/B", "TOOLONGCODE"):
            with self._refused("1 to 8 capital letters", ValidationError):
                Category.create({"name": "x", "code": code})
        with self._refused("has the code “YB” already", ValidationError):
            Category.create({"name": "x", "code": "YB", "company_id": self.company.id})
