from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.customer_complaint.tests.common import CustomerComplaintCommon


@tagged("post_install", "-at_install")
class TestCloseConditions(CustomerComplaintCommon):
    """What holds up the end of a case is said once, and before the press."""

    def _followed_up(self, **values):
        return self._take_to(self._create_complaint(line_ids=[], **values), "followup")

    def _record(self, complaint, kind="transfer", **values):
        today = self.company._complaint_today()
        return (
            self.env["customer.complaint.proceeding"]
            .with_user(self.agent)
            .create(
                {
                    "complaint_id": complaint.id,
                    "kind": kind,
                    "body": "朝阳区市场监督管理局",
                    "date_started": today,
                    "date_due": today + timedelta(days=10),
                    **values,
                }
            )
        )

    def test_an_unanswered_transfer_keeps_the_case_open(self):
        complaint = self._followed_up()
        transfer = self._record(complaint)
        self.assertIn(
            f"send our reply: {transfer.display_name}", complaint.next_step_note
        )
        for close in (
            complaint.action_close,
            lambda: complaint.with_user(self.manager).write({"state": "closed"}),
        ):
            with self._refused(f"first send our reply: {transfer.display_name}"):
                close()
        transfer.reply = "已退货退款。"
        transfer.action_answer()
        self.assertFalse(complaint.next_step_note)
        complaint.action_close()
        self.assertEqual(complaint.state, "closed")

    def test_a_mediation_or_action_keeps_it_open_until_its_end(self):
        for kind in ("mediation", "court"):
            complaint = self._followed_up()
            proceeding = self._record(complaint, kind)
            with self._refused("first record the end"):
                complaint.action_close()
            proceeding.reply = "意见书。"
            proceeding.action_answer()
            with self._refused("first record the end"):
                complaint.action_close()
            proceeding.outcome = "达成调解协议。"
            proceeding.action_end()
            complaint.action_close()

    def test_a_transfer_that_nobody_recorded_keeps_it_open(self):
        regulator = self.quick_ref("customer_complaint.channel_regulator")
        complaint = self._followed_up(channel_id=regulator.id)
        with self._refused("record the transfer of the authority"):
            complaint.action_close()
        transfer = self._record(complaint)
        transfer.reply = "已答复。"
        transfer.action_answer()
        complaint.action_close()

    def test_the_form_lists_all_and_the_refusal_names_the_first(self):
        complaint = self._create_complaint(line_ids=[])
        self._take_to(complaint, "remediation")
        self._write_decision(complaint)
        complaint.sudo()._write_unguarded(
            {"date_notified": fields.Datetime.now(), "state": "followup"}
        )
        mediation = self._record(complaint, "mediation")
        transfer = self._record(complaint)
        for proceeding in mediation | transfer:
            self.assertIn(proceeding.display_name, complaint.next_step_note)
        self.assertEqual(complaint.next_step_note.count("•"), 2)
        with self.assertRaises(Exception) as caught, self.env.cr.savepoint():
            complaint.action_close()
        self.assertEqual(str(caught.exception).count("first"), 1)

    def test_a_withdrawal_ends_the_case_whatever_runs(self):
        """The procedure ends the day it arrives; the authority is answered still."""
        complaint = self._followed_up()
        transfer = self._record(complaint)
        self._withdraw(complaint)
        self.assertEqual(complaint.state, "withdrawn")
        self.assertEqual(transfer.state, "open")
        self.assertTrue(transfer.activity_ids)

    # ------------------------------------------------------------------
    # PAPERS OF THE CARD
    # ------------------------------------------------------------------

    def _paid(self):
        complaint = self._followed_up()
        complaint._write_unguarded({"has_compensation": True, "compensation_total": 80})
        return complaint

    def test_close_names_the_papers_before_and_takes_them_after(self):
        receipt = self.quick_ref("customer_complaint.document_type_receipt")
        complaint = self._paid()
        complaint.user_id = self.colleague
        self.assertEqual(complaint.missing_sealing_note, receipt.name)
        complaint.action_close()
        card = complaint.archive_card_id
        self.assertEqual(card.state, "open")
        # The handler files it, from the complaint's own form too.
        own = complaint.with_user(self.colleague)
        self.assertTrue(own.takes_late_papers)
        own.document_ids = [
            Command.create(
                {
                    "type_id": receipt.id,
                    "attachment_ids": [
                        Command.create({"name": "收条.pdf", "raw": b"x"})
                    ],
                }
            )
        ]
        self.assertFalse(complaint.missing_sealing_note)
        card.with_user(self.archivist).action_seal()
        self.assertEqual(card.state, "sealed")
        self.assertFalse(own.takes_late_papers)
        with self._refused("ended|sealed"):
            self._create_document(complaint, "photo", self.colleague)

    def test_others_of_the_team_file_nothing_after_the_end(self):
        complaint = self._paid()
        complaint.user_id = self.colleague
        complaint.action_close()
        self.assertFalse(complaint.with_user(self.agent).takes_late_papers)
        with self._refused("has ended"):
            self._create_document(complaint, "receipt", self.agent)
        with self._refused("", AccessError):
            self._create_document(complaint, "receipt", self.stranger)
        # Who leads the team answers for the card as well.
        self._create_document(complaint, "receipt", self.supervisor)

    def test_the_handler_adds_papers_and_changes_none(self):
        complaint = self._paid()
        photo = self._create_document(complaint)
        handler = complaint.user_id
        complaint.action_close()
        with self._refused("has ended"):
            photo.with_user(handler).note = "x"
        with self._refused("has ended"):
            photo.with_user(handler).unlink()
