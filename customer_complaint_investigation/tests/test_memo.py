from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged, users
from odoo.tools import mute_logger

from odoo.addons.customer_complaint.tests.common import CustomerComplaintCommon


@tagged("post_install", "-at_install")
class TestMemo(CustomerComplaintCommon):
    """A question to the warehouse, whose people have no role in complaints."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.storekeeper = cls._new_user("storekeeper", email="store@example.com")
        cls.bystander = cls._new_user("bystander", email="by@example.com")
        cls.warehouse = cls.env["customer.complaint.team"].create(
            {
                "name": "仓储部",
                "company_id": cls.company.id,
                "leader_id": cls.storekeeper.id,
            }
        )

    def _create_memo(self, user=None, **values):
        return (
            self.env["customer.complaint.memo"]
            .with_user(user or self.agent)
            .create(
                {
                    "complaint_id": self._create_complaint(line_ids=[]).id,
                    "name": "核对留样",
                    "team_id": self.warehouse.id,
                    "question": "请核对批号 B20260105 的留样,是否有异物?",
                    "date_due": fields.Datetime.now() + timedelta(hours=24),
                    **values,
                }
            )
        )

    def _send_memo(self, **values):
        memo = self._create_memo(**values)
        memo.action_send()
        return memo

    def test_department_is_asked_through_its_leader(self):
        memo = self._send_memo()
        self.assertRecordValues(
            memo,
            [
                {
                    "state": "sent",
                    "recipient_id": self.storekeeper.id,
                    "sender_id": self.agent.id,
                    "company_id": self.company.id,
                    "complaint_name": memo.complaint_id.name,
                }
            ],
        )
        activity = memo.activity_ids
        self.assertEqual(activity.user_id, self.storekeeper)
        self.assertEqual(
            activity.date_deadline, self.company._complaint_date(memo.date_due)
        )
        self.assertIn("核对留样", "".join(memo.complaint_id.message_ids.mapped("body")))

    def test_person_asked_answers_and_signs_without_a_role(self):
        memo = self._send_memo()
        asked = memo.with_user(self.storekeeper)
        asked.write({"answer": "留样未见异物。"})
        asked.action_answer()
        self.assertRecordValues(
            memo,
            [
                {
                    "state": "answered",
                    "answered_by_id": self.storekeeper.id,
                    "answer": "留样未见异物。",
                }
            ],
        )
        self.assertFalse(memo.activity_ids)
        notified = self.env["mail.message"].search(
            [("model", "=", memo._name), ("res_id", "=", memo.id)]
        )
        self.assertIn(self.agent.partner_id, notified.notified_partner_ids)

    def test_person_asked_sees_the_memo_and_its_files_only(self):
        memo = self._create_memo()
        memo.write(
            {"attachment_ids": [Command.create({"name": "照片.txt", "raw": b"photo"})]}
        )
        with self.assertRaises(AccessError):
            memo.with_user(self.storekeeper).read(["question"])
        memo.action_send()
        asked = memo.with_user(self.storekeeper)
        self.assertEqual(asked.attachment_ids.raw, b"photo")
        self.assertEqual(asked.complaint_name, memo.complaint_id.name)
        with self.assertRaises(AccessError):
            asked.read(["complaint_id"])
        with self.assertRaises(AccessError):
            self.env["customer.complaint"].with_user(self.storekeeper).search([])
        others = memo.with_user(self.bystander)
        self.assertFalse(others.search([("id", "=", memo.id)]))
        with self.assertRaises(AccessError):
            others.read(["question"])
        with self.assertRaises(AccessError):
            memo.attachment_ids.with_user(self.bystander).read(["raw"])

    def test_answer_is_written_by_the_person_asked_only(self):
        memo = self._send_memo()
        for user in (self.agent, self.manager):
            with self.assertRaises(AccessError):
                memo.with_user(user).write({"answer": "代答"})
            with self.assertRaises(AccessError):
                memo.with_user(user).action_answer()
        with self.assertRaisesRegex(UserError, "Write your answer"):
            memo.with_user(self.storekeeper).action_answer()

    def test_sent_memo_keeps_what_it_asks(self):
        memo = self._send_memo()
        for values in (
            {"question": "另一个问题"},
            {"date_due": fields.Datetime.now() + timedelta(days=9)},
            {"recipient_id": self.bystander.id},
            {"state": "answered"},
            {"answered_by_id": self.storekeeper.id},
        ):
            for user in (self.agent, self.storekeeper):
                with self.assertRaises(UserError):
                    memo.with_user(user).write(values)
        with self.assertRaisesRegex(UserError, "Cancel it instead"):
            memo.unlink()

    def test_signed_answer_no_longer_changes(self):
        memo = self._send_memo()
        asked = memo.with_user(self.storekeeper)
        asked.write({"answer": "未见异物"})
        asked.action_answer()
        with self.assertRaises(UserError):
            asked.write({"answer": "有异物"})
        with self.assertRaisesRegex(UserError, "kept as it is"):
            memo.action_cancel()

    def test_wrong_recipients_are_refused(self):
        outsider = self._new_outsider(email="out@example.com")
        with self.assertRaises(UserError):
            self._create_memo(team_id=False, recipient_id=outsider.id)
        self.bystander.active = False
        with self.assertRaises(ValidationError):
            self._create_memo(team_id=False, recipient_id=self.bystander.id)
        self.storekeeper.partner_id.email = False
        with self.assertRaisesRegex(UserError, "no e-mail address"):
            self._send_memo()

    def test_asked_agent_of_another_team_only_answers(self):
        memo = self._send_memo(team_id=False, recipient_id=self.stranger.id)
        asked = memo.with_user(self.stranger)
        self.assertFalse(asked.can_edit)
        with self.assertRaises(AccessError):
            asked.action_cancel()
        with self.assertRaises(AccessError):
            asked.action_remind()
        asked.write({"answer": "已核对。"})
        asked.action_answer()
        self.assertEqual(memo.state, "answered")

    def test_no_memo_on_a_complaint_of_another_team(self):
        complaint = self._create_complaint(line_ids=[])
        reader = self._new_user("complaint_reader", "agent", "auditor")
        self.assertTrue(complaint.with_user(reader).description)
        for user in (self.stranger, reader):
            with self.assertRaises(AccessError, msg=user.login):
                self._create_memo(user, complaint_id=complaint.id)

    def test_time_to_answer_lies_ahead(self):
        memo = self._create_memo(date_due=fields.Datetime.now() - timedelta(hours=1))
        with self.assertRaisesRegex(UserError, "already passed"):
            memo.action_send()
        self.assertEqual(memo.state, "draft")

    def test_second_press_of_send_is_refused(self):
        memo = self._send_memo()
        with self.assertRaisesRegex(UserError, "was sent already"):
            memo.action_send()
        self.assertEqual(len(memo.activity_ids), 1)

    def test_ended_complaint_takes_no_memo(self):
        complaint = self._take_to(self._create_complaint(), "closed")
        with self.assertRaises(UserError):
            self._create_memo(complaint_id=complaint.id)

    def test_strangers_and_readers_change_nothing(self):
        memo = self._create_memo()
        for user in (self.stranger, self.auditor, self.archivist, self.employee):
            with self.assertRaises(AccessError, msg=user.login):
                memo.with_user(user).write({"question": "改写"})
            with self.assertRaises(UserError, msg=user.login):
                memo.with_user(user).action_send()
        self.assertEqual(
            memo.with_user(self.auditor).question, memo.question, "auditors read"
        )

    def test_late_memos_are_found(self):
        memo = self._send_memo()
        self.assertFalse(memo.is_late)
        with freeze_time(memo.date_due + timedelta(minutes=1)):
            memo.invalidate_recordset(["is_late"])
            self.assertTrue(memo.is_late)
            self.assertIn(memo, memo.search([("is_late", "=", True)]))
        self.assertNotIn(memo, memo.search([("is_late", "=", True)]))

    def test_cron_reminds_of_each_late_memo_once(self):
        late, answered, waiting = (
            self._send_memo(),
            self._send_memo(),
            self._send_memo(date_due=fields.Datetime.now() + timedelta(days=30)),
        )
        answered.with_user(self.storekeeper).write({"answer": "好"})
        answered.with_user(self.storekeeper).action_answer()
        cron = self.env.ref("customer_complaint_investigation.cron_remind_memos")
        now = late.date_due + timedelta(hours=1)
        for _run in range(2):
            with freeze_time(now), self.enter_registry_test_mode():
                cron.method_direct_trigger()
        (late | answered | waiting).invalidate_recordset()
        self.assertEqual(late.date_reminded, now)
        self.assertFalse(answered.date_reminded)
        self.assertFalse(waiting.date_reminded)
        reminders = self.env["mail.message"].search_count(
            [
                ("model", "=", late._name),
                ("res_id", "=", late.id),
                ("message_type", "=", "user_notification"),
                ("partner_ids", "in", self.storekeeper.partner_id.ids),
                ("body", "ilike", "is to be answered until"),
            ]
        )
        self.assertEqual(reminders, 1)

    def test_memo_that_fails_does_not_stop_the_others(self):
        failing, other = self._send_memo(), self._send_memo()
        remind = type(failing)._remind

        def fail_once(memo):
            if memo == failing:
                raise ValueError("mail server says no")
            return remind(memo)

        now = other.date_due + timedelta(hours=1)
        cron = self.env.ref("customer_complaint_investigation.cron_remind_memos")
        with (
            patch.object(type(failing), "_remind", fail_once),
            mute_logger(
                "odoo.addons.customer_complaint_investigation.models.customer_complaint_memo"
            ),
            freeze_time(now),
            self.enter_registry_test_mode(),
        ):
            cron.method_direct_trigger()
        (failing | other).invalidate_recordset()
        self.assertEqual(other.date_reminded, now)
        self.assertFalse(failing.date_reminded)
        with freeze_time(now), self.enter_registry_test_mode():
            cron.method_direct_trigger()
        failing.invalidate_recordset()
        self.assertEqual(failing.date_reminded, now)

    @users("storekeeper")
    def test_print(self):
        memo = self._send_memo().with_user(self.storekeeper)
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "customer_complaint_investigation.report_memo", memo.ids
        )
        text = html.decode()
        self.assertIn("请核对批号 B20260105 的留样", text)
        self.assertIn(memo.complaint_name, text)
        # Who is merely asked sees nothing else of the case.
        self.assertNotIn("面霜里有头发", text)
        with self.assertRaises(AccessError):
            self.env["ir.actions.report"].with_user(self.bystander)._render_qweb_html(
                "customer_complaint_investigation.report_memo", memo.ids
            )

    def test_print_tells_the_case_to_those_who_may_read_it(self):
        complaint = self._create_complaint(
            event_place="顾客家中", usage="常温存放。", demand="退货。"
        )
        complaint.line_ids.lot_name = "B20260105"
        memo = self._create_memo(complaint_id=complaint.id)
        for user in (self.agent, self.auditor):
            html, _kind = (
                self.env["ir.actions.report"]
                .with_user(user)
                ._render_qweb_html(
                    "customer_complaint_investigation.report_memo", memo.ids
                )
            )
            text = html.decode()
            for part in (
                "The Case",
                "保湿面霜",
                "B20260105",
                "面霜里有头发",
                "顾客家中",
                "常温存放。",
                "退货。",
            ):
                with self.subTest(user=user.login, part=part):
                    self.assertIn(part, text)
            # The department needs the matter, and not who complains.
            self.assertNotIn("李娜", text)
            self.assertNotIn("8888 0000", text)

    def test_acceptance_card_names_the_samples(self):
        complaint = self._create_complaint(line_ids=[])
        report = "customer_complaint_notice.report_acceptance_card"
        reports = self.env["ir.actions.report"].with_user(self.agent)
        html, _kind = reports._render_qweb_html(report, complaint.ids)
        self.assertIn("Kept at:", html.decode())
        self.env["customer.complaint.evidence"].with_user(self.agent).create(
            {
                "complaint_id": complaint.id,
                "kind": "sample",
                "name": "B20260105 留样",
                "sample_state": "received",
                "location": "质管部三号柜",
            }
        )
        html, _kind = reports._render_qweb_html(report, complaint.ids)
        text = html.decode()
        for part in ("B20260105 留样", "质管部三号柜"):
            self.assertIn(part, text)
        self.assertNotIn("Kept at:", text)
