from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.customer_complaint_base.tools import job

from .archive_common import ArchiveCase

PDF = b"%PDF-1.4 card"


@tagged("post_install", "-at_install")
class TestArchiveJobs(ArchiveCase):
    """Jobs of the archive: one bad record stops nothing, what is left goes on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time("2020-01-17 02:00:00"):
            cls.cards = cls.env["customer.complaint.archive.card"].union(
                *(
                    cls._close(cls._new(date_received="2020-01-17 01:00:00"))
                    for _n in range(3)
                )
            )
        cls.bad = cls.cards[0]
        cls.Line = cls.env["customer.complaint.archive.disposal.line"]
        cls._keep_files(cls.cards)

    def setUp(self):
        super().setUp()
        self.patch(
            self.env.registry["ir.attachment"],
            "_gc_file_store",
            lambda files: files._gc_file_store_unsafe(),
        )

    def _run(self, model, name, time_left=()):
        """Run a job as its scheduled action does, all within this transaction.

        :param time_left: seconds that are left after each step; then for ever
        """
        left = iter(time_left)
        progress = []

        def commit(cron, processed=0, *, remaining=None, **kwargs):
            self.env.flush_all()
            progress.append(remaining)
            return next(left, float("inf"))

        with patch.object(self.env.registry["ir.cron"], "_commit_progress", commit):
            getattr(self.env[model].with_context(lang="en_US"), name)()
        self.env.invalidate_all()
        return progress

    def _fail(self, model, name, is_bad, times=None):
        """Let a method fail for some records."""
        cls = self.env.registry[model]
        original = getattr(cls, name)
        calls = []

        def method(record, *args):
            calls.append(record.id)
            if is_bad(record) and (times is None or calls.count(record.id) <= times):
                raise ValueError("broken")
            return original(record, *args)

        self.patch(cls, name, method)
        return calls

    # ------------------------------------------------------------------
    # PRINTED CARDS
    # ------------------------------------------------------------------

    def _print(self, **kwargs):
        # Cards of the demo data are printed elsewhere.
        self.env["customer.complaint.archive.card"].search(
            [("state", "=", "sealed"), ("id", "not in", self.cards.ids)]
        )._write_unguarded({"state": "open"})
        return self._run(
            "customer.complaint.archive.card", "_cron_store_pdfs", **kwargs
        )

    def _fake_printing(self):
        self.patch(
            self.env.registry["customer.complaint.archive.card"],
            "_render_pdf",
            lambda card: PDF,
        )

    def test_one_card_that_cannot_be_printed(self):
        self._fake_printing()
        calls = self._fail(
            "customer.complaint.archive.card",
            "_render_pdf",
            lambda card: card == self.bad,
            times=1,
        )
        with mute_logger(job.__name__):
            progress = self._print()
        self.assertFalse(self.bad.pdf_id)
        self.assertEqual(self.bad.pdf_failures, 1)
        self.assertTrue(all(card.pdf_id for card in self.cards - self.bad))
        self.assertEqual([n for n in progress if n is not None], [3, 2, 1, 0])
        # Tried again, behind those that were not tried yet.
        self._print()
        self.assertTrue(self.bad.pdf_id)
        self.assertEqual(calls.count(self.bad.id), 2)
        self.assertEqual(self._run_check().state, "passed")

    def test_printing_goes_on_where_it_was_when_the_time_is_up(self):
        self._fake_printing()
        # Begun, printed, and no time after the first card.
        self._print(time_left=(60, 60, 0))
        self.assertEqual(len(self.cards.pdf_id), 1)
        self._print()
        self.assertEqual(len(self.cards.pdf_id), 3)
        prints = self.cards.entry_ids.filtered(lambda entry: entry.kind == "print")
        self.assertEqual(len(prints), 3)

    def test_who_comes_too_late_tries_again(self):
        self._fake_printing()
        failures = [SerializationFailure("first"), SerializationFailure("second")]
        original = self.env.registry["customer.complaint.archive.card"]._store_pdf

        def store(card, content):
            if failures:
                raise failures.pop()
            return original(card, content)

        self.patch(
            self.env.registry["customer.complaint.archive.card"], "_store_pdf", store
        )
        with patch.object(self.env.cr, "rollback", lambda: None):
            self._print()
        self.assertEqual(len(self.cards.pdf_id), 3)
        self.assertFalse(any(self.cards.mapped("pdf_failures")))

    # ------------------------------------------------------------------
    # DISPOSAL
    # ------------------------------------------------------------------

    def _approve(self, cards=None):
        return self._approve_disposal(self.cards if cards is None else cards)

    def _dispose(self, **kwargs):
        return self._run(self.Disposal._name, "_cron_archive_retention", **kwargs)

    def test_one_card_that_cannot_be_destroyed(self):
        disposal = self._approve()
        self._fail(
            self.Line._name, "_destroy", lambda line: line.card_id == self.bad, times=1
        )
        with mute_logger(job.__name__):
            self._dispose()
        self.assertEqual(self.bad.state, "sealed")
        self.assertTrue(self.bad.document_ids.attachment_ids)
        self.assertEqual(set((self.cards - self.bad).mapped("state")), {"disposed"})
        line = disposal.line_ids.filtered(lambda line: line.card_id == self.bad)
        self.assertIn("could not be destroyed yet", line.note)
        self.assertEqual((line.state, disposal.state), ("pending", "approved"))
        self._dispose()
        self.assertEqual(self.bad.state, "disposed")
        self.assertRecordValues(line, [{"state": "destroyed", "note": False}])
        self.assertEqual(disposal.state, "done")
        self.assertEqual(self._run_check().state, "passed")

    def test_a_card_that_fails_in_the_middle_is_left_whole(self):
        disposal = self._approve(self.bad)
        self._fail(
            "customer.complaint.archive.entry", "_destroy_contents", lambda entry: True
        )
        entries = len(self.bad.entry_ids)
        with mute_logger(job.__name__):
            self._dispose()
        self.assertEqual(self.bad.state, "sealed")
        self.assertEqual(len(self.bad.entry_ids), entries)
        self.assertTrue(all(self.bad.document_ids.attachment_ids.mapped("raw")))
        self.assertEqual(disposal.state, "approved")
        self.assertEqual(self._run_check().state, "passed")

    def test_disposal_goes_on_where_it_was_when_the_time_is_up(self):
        disposal = self._approve()
        self._dispose(time_left=(60, 0))
        states = sorted(self.cards.mapped("state"))
        self.assertEqual(states, ["disposed", "sealed", "sealed"])
        self.assertEqual(disposal.state, "approved")
        self._dispose()
        self.assertEqual(set(self.cards.mapped("state")), {"disposed"})
        self.assertEqual(disposal.state, "done")
        told = disposal.message_ids.filtered(
            lambda message: "The archive destroyed cards: 3" in message.body
        )
        self.assertEqual(len(told), 1)
        ends = self.cards.entry_ids.filtered(lambda entry: entry.kind == "disposal")
        self.assertEqual(len(ends), 3)
        # Nothing is left to do.
        self._dispose()
        self.assertEqual(len(disposal.message_ids & told), 1)

    def test_one_disposal_that_cannot_be_closed(self):
        first, second = self._approve(self.bad), self._approve(self.cards - self.bad)
        self._fail(
            self.Disposal._name,
            "_tell_departments",
            lambda disposal: disposal == first,
            times=1,
        )
        with mute_logger(job.__name__):
            self._dispose()
        self.assertEqual((first.state, second.state), ("approved", "done"))
        self._dispose()
        self.assertEqual(first.state, "done")

    # ------------------------------------------------------------------
    # CHECK
    # ------------------------------------------------------------------

    def test_one_check_that_fails(self):
        first = self.Check._start(self.company)
        second = self.Check._start(self.company)
        self._fail(
            self.Check._name, "_run_batch", lambda check: check == first, times=1
        )
        with mute_logger(job.__name__):
            self._run(self.Check._name, "_cron_archive_check")
        self.assertEqual((first.state, second.state), ("waiting", "passed"))
        progress = self._run(self.Check._name, "_cron_archive_check")
        self.assertEqual(first.state, "passed")
        self.assertEqual(progress, [0])

    def test_check_goes_on_where_it_was_when_the_time_is_up(self):
        from ..models import (
            customer_complaint_archive_check as run,
        )

        self.patch(run, "BATCH_SIZE", 2)
        check = self.Check._start(self.company)
        progress = self._run(self.Check._name, "_cron_archive_check", time_left=(0,))
        self.assertEqual((check.state, check.position), ("running", 2))
        self.assertEqual(progress, [1])
        self._run(self.Check._name, "_cron_archive_check")
        self.assertEqual((check.state, check.card_count), ("passed", 3))

    def test_an_entry_that_makes_no_sense_stops_nothing(self):
        entry = self.bad.entry_ids
        self._sql(
            "UPDATE customer_complaint_archive_entry SET content = %s WHERE id = %s",
            '{"card": 7, "complaint": []}',
            entry.id,
        )
        check = self._run_check()
        self.assertEqual(check.state, "failed")
        self.assertEqual(check.card_count, 3)
        self.assertEqual(check.first_card_id, self.bad)
        self.assertEqual(set(check.finding_ids.card_id.ids), set(self.bad.ids))
