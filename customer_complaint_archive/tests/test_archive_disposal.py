import os

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .archive_common import ArchiveCase


@tagged("post_install", "-at_install", "slow")
class TestArchiveDisposal(ArchiveCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time("2020-01-17 02:00:00"):
            cls.card = cls._close(cls._new(date_received="2020-01-17 01:00:00"))
            cls.other = cls._close(cls._new(date_received="2020-01-17 01:00:00"))
        cls.files = cls.card.document_ids.attachment_ids
        cls._keep_files(cls.card | cls.other)

    def _propose(self, cards=None, user=None, **values):
        return self._propose_disposal(cards or self.card, user, **values)

    def _carry_out(self):
        with self._without_commits():
            # What core's collection does, without its own transaction.
            self.patch(
                self.env.registry["ir.attachment"],
                "_gc_file_store",
                lambda files: files._gc_file_store_unsafe(),
            )
            self.Disposal._cron_archive_retention()
        self.env.invalidate_all()

    def _destroy(self, cards=None):
        disposal = self._approve_disposal(cards or self.card)
        self._carry_out()
        return disposal

    # ------------------------------------------------------------------
    # THE LIST
    # ------------------------------------------------------------------

    def test_due_from_the_day_after(self):
        due = [("is_due", "=", True), ("id", "in", (self.card | self.other).ids)]
        Card = self.card.with_user(self.archivist).with_company(self.company)
        # Until 17 January 2025, to its end in Shanghai.
        with freeze_time("2025-01-17 15:59:00"):
            self.assertFalse(Card.search(due))
        with freeze_time("2025-01-17 16:01:00"):
            self.assertEqual(Card.search(due), self.card | self.other)

    def test_who_is_not_due(self):
        permanent = self._close()
        kept = permanent.with_user(self.archivist)
        with self._refused("is kept until"):
            self._propose(kept)
        self.card.with_user(self.archivist)._hold("诉讼未决")
        with self._refused("a legal hold keeps it"):
            self._propose(self.card)
        running = self._take_to(self._new(), "accepted").archive_card_id
        with self._refused("it is not sealed"):
            self._propose(running)
        self._propose(self.other)
        with self._refused("stands in XH/.* already"):
            self._propose(self.other)

    def test_clock_set_back(self):
        """A clock that is behind the chain decides nothing."""
        with freeze_time("2019-06-01 02:00:00"):
            self.assertTrue(self.card._get_cannot_dispose_reason())
        self._sql(
            "UPDATE customer_complaint_archive_entry SET date = '2090-01-01'"
            " WHERE card_id = %s",
            self.other.id,
        )
        with self._refused("clock is behind"):
            self._propose(self.card)

    # ------------------------------------------------------------------
    # FOUR EYES
    # ------------------------------------------------------------------

    def test_archivist_proposes_manager_approves(self):
        self.manager.group_ids += self.env.ref(
            "customer_complaint.group_complaint_archivist"
        )
        own = self._propose(self.other, self.manager)
        with self._refused("four eyes", AccessError):
            own.action_approve()
        disposal = self._propose()
        for user in (self.archivist, self.supervisor, self.auditor):
            with (
                self.subTest(user=user.login),
                self.assertRaises(AccessError),
                self.env.cr.savepoint(),
            ):
                disposal.with_user(user).action_approve()
        for user in (self.agent, self.supervisor, self.auditor):
            with (
                self.subTest(proposes=user.login),
                self.assertRaises(AccessError),
                self.env.cr.savepoint(),
            ):
                self._propose(self.card, user)
        disposal.with_user(self.manager).action_approve()
        self.assertRecordValues(
            disposal,
            [
                {
                    "state": "approved",
                    "proposed_by_id": self.archivist.id,
                    "decided_by_id": self.manager.id,
                }
            ],
        )
        with self.assertRaises(UserError):
            disposal.action_cancel()

    def test_who_made_a_disposal_does_not_approve_it(self):
        """Also when somebody else has proposed it."""
        self.manager.group_ids += self.env.ref(
            "customer_complaint.group_complaint_archivist"
        )
        action = (
            self.card.with_user(self.manager)
            .with_company(self.company)
            .action_propose_disposal()
        )
        disposal = self.Disposal.browse(action["res_id"])
        disposal.with_user(self.archivist).action_propose()
        self.assertEqual(disposal.proposed_by_id, self.archivist)
        own = disposal.with_user(self.manager)
        self.assertFalse(own.can_decide)
        for refused in (own.action_approve, lambda: own._refuse("不销毁")):
            with self._refused("four eyes", AccessError):
                refused()
        self.assertEqual(disposal.state, "proposed")
        another = self.manager.copy({"login": "manager_two", "name": "王经理"})
        disposal.with_user(another).action_approve()
        self.assertEqual(disposal.state, "approved")

    def test_the_last_day_of_the_retention_is_kept(self):
        """To its end where the company is, in every step and by the job."""
        self.assertEqual(self.card.retention_until, self._day("2025-01-17"))
        last, after = "2025-01-17 15:59:59", "2025-01-17 16:00:00"
        with freeze_time(last), self._refused("kept until"):
            self._propose()
        with freeze_time(after):
            disposal = self._propose()
        with freeze_time(last), self._refused("kept until"):
            disposal.with_user(self.manager).action_approve()
        with freeze_time(after):
            disposal.with_user(self.manager).action_approve()
        line = disposal.sudo().line_ids
        with freeze_time(last):
            line._destroy()
        self.assertRecordValues(line, [{"state": "kept"}])
        self.assertEqual(self.card.state, "sealed")
        self.company.complaint_tz = "UTC"
        with freeze_time("2025-01-17 23:59:59"), self._refused("kept until"):
            self._propose(self.other)

    def test_departments_are_told(self):
        disposal = self._propose()
        [message] = disposal.sudo().message_ids.filtered(
            lambda message: message.message_type == "comment"
        )
        self.assertEqual(message.notified_partner_ids, self.team.leader_id.partner_id)

    def test_refusal_needs_a_reason(self):
        disposal = self._propose()
        action = disposal.with_user(self.manager).action_refuse()
        dialog = self._follow(action, self.manager).create({"reason": "仍在诉讼时效内"})
        dialog.action_confirm()
        self.assertRecordValues(
            disposal, [{"state": "refused", "refusal_reason": "仍在诉讼时效内"}]
        )
        self._carry_out()
        self.assertEqual(self.card.state, "sealed")

    def test_steps_are_not_forged(self):
        disposal = self._propose()
        for vals in (
            {"state": "approved"},
            {"decided_by_id": self.manager.id},
            {"name": "XH/1"},
            {"line_ids": [Command.create({"card_id": self.other.id})]},
        ):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                disposal.with_user(self.manager).write(vals)
            with self.subTest(vals=vals), self.assertRaises(UserError):
                disposal.write(vals)
        forged = (
            self.Disposal.with_user(self.archivist)
            .with_context(default_state="approved")
            .create({"state": "approved", "company_id": self.company.id})
        )
        self.assertEqual(forged.state, "draft")
        with self.assertRaises(UserError):
            disposal.line_ids.with_user(self.archivist).write({"state": "destroyed"})
        with self.assertRaises(UserError):
            disposal.sudo().unlink()

    # ------------------------------------------------------------------
    # DESTRUCTION
    # ------------------------------------------------------------------

    def test_files_are_gone_and_the_chain_verifies(self):
        paths = [file._full_path(file.store_fname) for file in self.files]
        digests = self.card.entry_ids.mapped("digest")
        disposal = self._destroy()
        self.assertFalse(self.files.exists())
        self.assertFalse(any(os.path.exists(path) for path in paths))
        self.assertRecordValues(
            self.card,
            [{"state": "disposed", "disposal_id": disposal.id, "remarks": False}],
        )
        self.assertEqual(disposal.state, "done")
        self.assertRecordValues(
            disposal.line_ids, [{"state": "destroyed", "file_count": 2}]
        )
        # The stub: digests stay, contents do not.
        seal, end = self.card.entry_ids.sorted("position")
        self.assertIn(seal.digest, digests)
        self.assertFalse(seal.content)
        self.assertEqual(end.kind, "disposal")
        self.assertIn(disposal.name, end.content)
        self.assertNotIn("李娜", end.content)
        check = self._run_check()
        self.assertEqual(check.state, "passed", check.finding_ids.mapped("detail"))
        self.assertTrue(all(self.other.document_ids.attachment_ids.mapped("raw")))

    def test_what_is_destroyed_is_not_destroyed_again(self):
        """Two servers that took up the same line: the second finds it done."""
        line = self._destroy().line_ids
        before = line.read(["state", "note", "date_done", "file_count"])
        entries = self.card.entry_ids
        line._destroy()
        self.assertEqual(
            line.read(["state", "note", "date_done", "file_count"]), before
        )
        self.assertEqual(self.card.entry_ids, entries)

    def test_same_bytes_elsewhere_stay(self):
        content = self.files[0].raw
        other = self.env["ir.attachment"].create(
            {
                "name": "same.txt",
                "raw": content,
                "res_model": "sale.order",
                "res_id": self.order.id,
            }
        )
        self.assertEqual(other.store_fname, self.files[0].store_fname)
        disposal = self._destroy()
        self.assertEqual(disposal.line_ids.shared_count, 1)
        self.assertFalse(self.files.exists())
        self.assertEqual(other.raw, content)

    def test_files_kept_in_the_database(self):
        """Also those that were on the disk before the files were moved."""
        on_disk = self.files[0]._full_path(self.files[0].store_fname)
        self.env["ir.config_parameter"].set_param("ir_attachment.location", "db")
        with freeze_time("2020-01-17 02:00:00"):
            card = self._close(self._new(date_received="2020-01-17 01:00:00"))
        files = card.document_ids.attachment_ids
        self.assertTrue(all(files.mapped("db_datas")))
        before = files[0].raw
        same = self.env["ir.attachment"].create({"name": "same", "raw": before})
        check = self._run_check()
        self.assertEqual(check.state, "passed", check.finding_ids.mapped("detail"))
        disposal = self._propose(card | self.card)
        disposal.with_user(self.manager).action_approve()
        self._carry_out()
        self.assertEqual(disposal.state, "done")
        self.assertFalse(files.exists() | self.files.exists())
        self.assertEqual(same.raw, before)
        self.assertFalse(os.path.exists(on_disk))
        self.assertEqual(self._run_check().state, "passed")

    def test_held_meanwhile_is_kept(self):
        disposal = self._propose(self.card | self.other)
        disposal.with_user(self.manager).action_approve()
        self.card.with_user(self.manager)._hold("法院调取")
        self._carry_out()
        self.assertEqual(self.card.state, "sealed")
        self.assertTrue(self.files.exists())
        self.assertEqual(self.other.state, "disposed")
        self.assertEqual(set(disposal.line_ids.mapped("state")), {"kept", "destroyed"})

    def test_destroyed_without_disposal_is_found(self):
        """Emptying and marking a card past Odoo is no disposal."""
        self._sql(
            "UPDATE customer_complaint_archive_entry SET content = NULL"
            " WHERE card_id = %s",
            self.card.id,
        )
        self._sql(
            "UPDATE customer_complaint_archive_card SET state = 'disposed'"
            " WHERE id = %s",
            self.card.id,
        )
        check = self._run_check()
        self.assertEqual(check.state, "failed")
        self.assertEqual(check.first_card_id, self.card)

    def test_certificate(self):
        report = self.env["ir.actions.report"]
        disposal = self._propose(note="<script>x</script>")
        with self._refused("Nothing is certified before"):
            report._render_qweb_html(
                "customer_complaint_archive.report_disposal_certificate", disposal.ids
            )
        disposal.with_user(self.manager).action_approve()
        self._carry_out()
        html = (
            report.with_user(self.auditor)
            ._render_qweb_html(
                "customer_complaint_archive.report_disposal_certificate", disposal.ids
            )[0]
            .decode()
        )
        for text in (
            disposal.name,
            self.card.name,
            self.card.digest,
            self.archivist.name,
            self.manager.name,
        ):
            self.assertIn(text, html)
        self.assertNotIn("<script>x", html)

    # ------------------------------------------------------------------
    # LEGAL HOLD
    # ------------------------------------------------------------------

    def test_hold_says_who_when_and_why(self):
        with freeze_time("2026-02-01 02:00:00"):
            self.card.with_user(self.archivist)._hold("(2026)京0105民初1号")
        self.assertRecordValues(
            self.card,
            [
                {
                    "legal_hold": True,
                    "hold_reason": "(2026)京0105民初1号",
                    "hold_by_id": self.archivist.id,
                }
            ],
        )
        with self._refused("held already"):
            self.card.with_user(self.manager)._hold("x")
        with self.assertRaises(AccessError):
            self.card.with_user(self.archivist)._release("x")
        self.card.with_user(self.manager)._release("已结案")
        self.assertFalse(self.card.legal_hold)
        self.assertEqual(
            self.card.entry_ids.sorted("position").mapped("kind"),
            ["seal", "hold", "release"],
        )
        for user in (self.agent, self.supervisor, self.auditor, self.quality_user):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.card.with_user(user)._hold("x")
        self.assertEqual(self._run_check().state, "passed")

    # ------------------------------------------------------------------
    # THE PRINTED CARD
    # ------------------------------------------------------------------

    def test_printed_card_is_kept_and_chained(self):
        self.card._store_pdf(b"%PDF-1.4 card")
        self.assertEqual(self.card.pdf_id.raw, b"%PDF-1.4 card")
        self.assertEqual(self.card.entry_ids.sorted("position")[-1].kind, "print")
        for refused in (
            self.card.pdf_id.unlink,
            lambda: self.card.pdf_id.write({"raw": b"x"}),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                refused()
        self.assertEqual(self._run_check().state, "passed")
        self._sql(
            "UPDATE ir_attachment SET store_fname = '00/none' WHERE id = %s",
            self.card.pdf_id.id,
        )
        check = self._run_check()
        self.assertEqual(check.finding_ids.mapped("kind"), ["file_missing"])
