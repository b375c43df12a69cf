from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from odoo.addons.customer_complaint.tests.common import CustomerComplaintCommon


@tagged("post_install", "-at_install")
class TestProceeding(CustomerComplaintCommon):
    """An authority, a mediator or a court takes the matter up."""

    def _record(self, complaint, user=None, **values):
        today = self.company._complaint_today()
        return (
            self.env["customer.complaint.proceeding"]
            .with_user(user or self.agent)
            .create(
                {
                    "complaint_id": complaint.id,
                    "kind": "transfer",
                    "body": "朝阳区市场监督管理局",
                    "reference": "朝市监转〔2026〕118号",
                    "date_started": today,
                    "date_due": today + timedelta(days=10),
                    "demand": "请于十日内书面答复处理结果。",
                    **values,
                }
            )
        )

    def _tell_authority(self, complaint, **values):
        return self._record_notice(complaint, "authority", **values)

    def test_transfer_is_asked_for_and_recorded(self):
        regulator = self.quick_ref("customer_complaint.channel_regulator")
        complaint = self._create_complaint(line_ids=[], channel_id=regulator.id)
        self.assertTrue(complaint.needs_transfer_record)
        self.assertFalse(self._create_complaint(line_ids=[]).needs_transfer_record)
        action = complaint.action_record_transfer()
        self.assertEqual(action["context"]["default_kind"], "transfer")
        proceeding = self._record(complaint)
        self.assertRecordValues(
            complaint,
            [
                {
                    "is_transferred": True,
                    "needs_transfer_record": False,
                    "proceeding_count": 1,
                    "open_proceeding_count": 1,
                }
            ],
        )
        activity = proceeding.activity_ids
        self.assertEqual(activity.date_deadline, proceeding.date_due)
        self.assertEqual(activity.user_id, self.agent)
        self.assertIn("朝市监转〔2026〕118号", complaint.message_ids[0].body)

    def test_reply_is_told_by_the_notice(self):
        complaint = self._create_complaint(line_ids=[])
        self.assertIn("write our reply", complaint._get_cannot_tell_reason("authority"))
        court = self._record(complaint, kind="court", body="朝阳区人民法院")
        transfer = self._record(complaint)
        transfer.write({"reply": "已退货退款。"})
        self.assertFalse(complaint._get_cannot_tell_reason("authority"))
        self.assertEqual(complaint._get_notice_content("authority"), "已退货退款。")
        notice = self._tell_authority(complaint)
        self.assertRecordValues(
            transfer | court,
            [
                {
                    "state": "answered",
                    "date_replied": self.company._complaint_date(notice.date),
                },
                {"state": "open", "date_replied": False},
            ],
        )
        self.assertFalse(transfer.activity_ids)

    def test_reply_is_told_to_the_body_not_to_the_complainant(self):
        complaint = self._create_complaint(line_ids=[])
        first = self._record(complaint, reply="答复一")
        second = self._record(complaint, body="消费者协会", reply="答复二")
        action = second.action_tell()
        dialog = Form(self._follow(action))
        self.assertEqual(dialog.content, "答复二")
        self.assertFalse(dialog.address)
        dialog.way = "post"
        dialog.proof_ref = "EMS 1032"
        dialog.save().action_tell()
        self.assertEqual((first.state, second.state), ("open", "answered"))
        self.assertRecordValues(
            complaint.notice_ids,
            [
                {
                    "recipient_name": "消费者协会",
                    "partner_id": False,
                    "proceeding_id": second.id,
                }
            ],
        )
        self.assertIn("told to 消费者协会", complaint.message_ids[0].body)
        self.assertNotIn(self.customer.name, complaint.message_ids[0].body)

    def test_notice_answers_the_proceeding_it_names(self):
        complaint = self._create_complaint(line_ids=[])
        first = self._record(complaint, reply="答复一")
        second = self._record(complaint, reply="答复二")
        self._tell_authority(complaint, proceeding_id=second.id)
        self.assertEqual((first.state, second.state), ("open", "answered"))
        chosen = complaint.with_context(default_proceeding_id=first.id)
        self.assertEqual(chosen._get_notice_content("authority"), "答复一")
        other = self._record(self._create_complaint(line_ids=[]), reply="别的投诉")
        self._tell_authority(complaint, proceeding_id=other.id)
        self.assertEqual(other.state, "open")

    def test_dialog_tells_the_body_not_the_complainant(self):
        complaint = self._create_complaint(line_ids=[])
        body = self.env["res.partner"].create(
            {"name": "朝阳区消费者协会", "phone": "010-12315"}
        )
        self._record(complaint, reply="答复一", date_due=self._today())
        second = self._record(complaint, partner_id=body.id, reply="答复二")
        action = second.action_tell()
        dialog = Form(self._follow(action, complaint.env.user))
        self.assertEqual((dialog.proceeding_id, dialog.partner_id), (second, body))
        self.assertEqual((dialog.way, dialog.address), ("phone", "010-12315"))
        self.assertEqual(dialog.content, "答复二")
        dialog.proof_ref = "10:05 致电 010-12315"
        dialog.save().action_tell()
        self.assertEqual(second.state, "answered")
        self.assertEqual(complaint.notice_ids.recipient_name, "朝阳区消费者协会")

    def test_reply_to_a_body_without_contact_bears_its_name(self):
        complaint = self._create_complaint(line_ids=[])
        proceeding = self._record(complaint, reply="已退货退款。")
        notice = self._tell(complaint, "authority", way="post", proof_ref="EMS 1")
        self.assertFalse(notice.partner_id)
        self.assertFalse(notice.address)
        self.assertEqual(notice.recipient_name, proceeding.body)
        self.assertEqual(proceeding.state, "answered")

    def test_reply_and_outcome_are_needed(self):
        proceeding = self._record(self._create_complaint(line_ids=[]))
        with self.assertRaisesRegex(UserError, "write our reply"):
            proceeding.action_answer()
        proceeding.reply = "已处理。"
        proceeding.action_answer()
        self.assertRecordValues(
            proceeding,
            [
                {
                    "state": "answered",
                    "date_replied": self.company._complaint_today(),
                    "replied_by_id": self.agent.id,
                }
            ],
        )
        with self.assertRaisesRegex(UserError, "taken this step already"):
            proceeding.action_answer()
        with self.assertRaisesRegex(UserError, "how it came out"):
            proceeding.action_end()
        proceeding.outcome = "双方达成调解协议。"
        proceeding.action_end()
        self.assertEqual(proceeding.state, "ended")
        self.assertEqual(proceeding.complaint_id.open_proceeding_count, 0)
        self.assertEqual(proceeding.complaint_id.proceeding_count, 1)
        with self.assertRaisesRegex(UserError, "no longer change"):
            proceeding.write({"reply": "改写"})
        proceeding.action_reopen()
        self.assertEqual(proceeding.state, "answered")
        self.assertEqual(proceeding.complaint_id.open_proceeding_count, 1)

    def test_runs_beside_an_ended_complaint(self):
        complaint = self._take_to(self._create_complaint(line_ids=[]), "closed")
        proceeding = self._record(complaint, kind="court", body="朝阳区人民法院")
        proceeding.write({"reply": "答辩状", "outcome": "判决驳回"})
        proceeding.action_end()
        self.assertEqual(complaint.state, "closed")
        self.assertEqual(complaint.proceeding_count, 1)

    def test_dates(self):
        complaint = self._create_complaint(line_ids=[])
        today = self.company._complaint_today()
        for values in (
            {"date_started": today + timedelta(days=1), "date_due": False},
            {"date_due": today - timedelta(days=1)},
            {"date_replied": today + timedelta(days=1)},
            {"date_replied": today - timedelta(days=1)},
            {"date_ended": today - timedelta(days=1)},
        ):
            with self.assertRaises(ValidationError, msg=values):
                self._record(complaint, **values)
        with self.assertRaisesRegex(ValidationError, "at most 128"):
            self._record(complaint, reference="号" * 129)

    def test_late_replies_are_found(self):
        proceeding = self._record(self._create_complaint(line_ids=[]))
        self.assertFalse(proceeding.is_late)
        for days, is_late in ((10, False), (11, True)):
            with freeze_time(fields.Datetime.now() + timedelta(days=days)):
                proceeding.invalidate_recordset(["is_late"])
                self.assertEqual(proceeding.is_late, is_late)
                found = proceeding.search([("is_late", "=", True)])
                self.assertEqual(proceeding in found, is_late)

    def test_state_and_complaint_are_not_written_by_rpc(self):
        complaint = self._create_complaint(line_ids=[])
        proceeding = self._record(complaint, state="ended")
        self.assertEqual(proceeding.state, "open")
        for values in (
            {"state": "answered"},
            {"replied_by_id": self.manager.id},
            {"complaint_id": self._create_complaint(line_ids=[]).id},
        ):
            for user in (self.agent, self.manager):
                with self.assertRaisesRegex(UserError, "keeps its complaint"):
                    proceeding.with_user(user).write(values)
        with self.assertRaisesRegex(UserError, "The system sets these"):
            complaint.write({"is_transferred": True})
        with self.assertRaisesRegex(UserError, "is kept"):
            proceeding.sudo().unlink()

    def test_strangers_and_readers_change_nothing(self):
        complaint = self._create_complaint(line_ids=[])
        proceeding = self._record(complaint)
        outsider = self._new_outsider("manager")
        for user in (
            self.stranger,
            self.auditor,
            self.archivist,
            self.employee,
            outsider,
        ):
            with self.assertRaises(AccessError, msg=user.login):
                self._record(complaint, user)
            with self.assertRaises(AccessError, msg=user.login):
                proceeding.with_user(user).write({"reply": "改写"})
            with self.assertRaises(AccessError, msg=user.login):
                proceeding.with_user(user).action_end()
        for user in (self.stranger, self.employee, outsider):
            with self.assertRaises(AccessError, msg=user.login):
                proceeding.with_user(user).read(["demand"])
        self.assertEqual(proceeding.with_user(self.auditor).body, proceeding.body)

    def test_recused_people_change_nothing(self):
        complaint = self._create_complaint(line_ids=[])
        proceeding = self._record(complaint)
        self._recuse(complaint, self.agent)
        with self.assertRaisesRegex(AccessError, "recused"):
            self._record(complaint)
        with self.assertRaisesRegex(AccessError, "recused"):
            proceeding.write({"reply": "改写"})

    def test_papers_belong_to_the_proceeding(self):
        letter = self._upload("转办函.pdf")
        proceeding = self._record(
            self._create_complaint(line_ids=[]),
            attachment_ids=[Command.link(letter.id)],
        )
        self.assertEqual(letter.res_model, proceeding._name)
        with self.assertRaises(AccessError):
            letter.with_user(self.stranger).read(["raw"])

    def test_recused_person_is_not_responsible(self):
        complaint = self._create_complaint(line_ids=[])
        self._recuse(complaint, self.colleague)
        with self.assertRaisesRegex(ValidationError, "is recused"):
            self._record(complaint, user_id=self.colleague.id)

    # ------------------------------------------------------------------
    # PROOF
    # ------------------------------------------------------------------

    def _answered(self):
        transfer = self._record(self._create_complaint(line_ids=[]))
        transfer.reply = "已退货退款。"
        transfer.action_answer()
        return transfer

    def test_proof_is_added_once_after_the_reply(self):
        transfer = self._record(self._create_complaint(line_ids=[]))
        with self._refused("once it went out"):
            transfer.proof_ref = "EMS 1"
        transfer.reply = "已退货退款。"
        transfer.action_answer()
        transfer.proof_ref = "EMS 1187654320188"
        with self._refused("stays as it was given"):
            transfer.proof_ref = "EMS 2"
        with self._refused("stays as it was given"):
            transfer.with_user(self.manager).proof_ref = False
        slip = Command.create({"name": "回执.jpg", "raw": b"x"})
        transfer.proof_attachment_ids = [slip]
        file = transfer.proof_attachment_ids
        self.assertEqual((file.res_model, file.res_id), (transfer._name, transfer.id))
        for command in (Command.clear(), Command.unlink(file.id), slip):
            with self._refused("stays as it was given|kept|stay"):
                transfer.proof_attachment_ids = [command]
        with self._refused("", (AccessError, Exception)):
            file.with_user(self.agent).unlink()

    def test_after_the_end_too(self):
        transfer = self._answered()
        transfer.outcome = "结案。"
        transfer.action_end()
        transfer.proof_ref = "EMS 3"
        self.assertEqual(transfer.proof_ref, "EMS 3")

    def test_not_with_a_new_one(self):
        transfer = self._record(self._create_complaint(line_ids=[]), proof_ref="EMS 9")
        self.assertFalse(transfer.proof_ref)

    def test_what_was_replied_stays(self):
        transfer = self._answered()
        for vals in (
            {"reply": "另一答复"},
            {"date_replied": False},
            {"reply_attachment_ids": [Command.create({"name": "x", "raw": b"x"})]},
        ):
            with self._refused("stays as it was"):
                transfer.with_user(self.manager).write(vals)
