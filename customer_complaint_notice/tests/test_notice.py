from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.customer_complaint.tests.common import CustomerComplaintCommon
from odoo.addons.mail.tests.common import MailCommon

DECIDED = "2031-05-09 02:00:00"


class NoticeCase(CustomerComplaintCommon):
    """A complaint that was decided and waits for the decision to be told."""

    def _decided(self, **values):
        with freeze_time(DECIDED):
            complaint = self._take_to(
                self._create_complaint(line_ids=[], **values), "remediation"
            )
        self._write_decision(complaint)
        return complaint

    def _fail(self, complaint, kind="decision", **values):
        return self._record_notice(
            complaint,
            kind,
            **{"state": "failed", "failure_reason": "三次拨打均无人接听", **values},
        )

    def _get_log(self, complaint):
        return "".join(complaint.sudo().message_ids.mapped("body"))


@tagged("post_install", "-at_install")
class TestNotice(NoticeCase):
    """Every telling is a record that proves itself."""

    # ------------------------------------------------------------------
    # TELLING
    # ------------------------------------------------------------------

    @freeze_time("2031-05-10 02:00:00")
    def test_decision_told_by_the_dialog_goes_on_to_the_follow_up(self):
        complaint = self._decided()
        notice = self._tell(complaint, content="同意退货，赔偿 257 元。")
        self.assertRecordValues(
            notice,
            [
                {
                    "kind": "decision",
                    "way": "phone",
                    "state": "succeeded",
                    "partner_id": self.customer.id,
                    "recipient_name": "李娜",
                    "address": "+86 10 8888 0000",
                    "content": "同意退货，赔偿 257 元。",
                    "user_id": self.agent.id,
                    "date": datetime(2031, 5, 10, 2),
                    "date_told": datetime(2031, 5, 10, 2),
                    "company_id": self.company.id,
                }
            ],
        )
        self.assertRecordValues(
            complaint,
            [{"state": "followup", "date_notified": datetime(2031, 5, 10, 2)}],
        )
        self.assertIn("李娜", self._get_log(complaint))

    @freeze_time("2031-05-10 02:00:00")
    def test_recipient_is_kept_as_told(self):
        notice = self._tell(self._decided())
        self.customer.write({"name": "李娜娜", "phone": "+86 1"})
        self.assertRecordValues(
            notice, [{"recipient_name": "李娜", "address": "+86 10 8888 0000"}]
        )

    @freeze_time("2031-05-20 02:00:00")
    def test_letter_is_told_when_it_arrives(self):
        complaint = self._decided()
        notice = self._record_notice(
            complaint, way="post", state="pending", date="2031-05-10 02:00:00"
        )
        self.assertFalse(complaint.date_notified)
        with self._refused("first tell the complainant"):
            complaint.action_follow_up()
        action = notice.action_settle()
        dialog = self._follow(action).create({"date_told": "2031-05-13 02:00:00"})
        dialog.action_settle()
        self.assertRecordValues(
            notice, [{"state": "succeeded", "date_told": datetime(2031, 5, 13, 2)}]
        )
        self.assertEqual(complaint.date_notified, datetime(2031, 5, 13, 2))
        complaint.action_follow_up()
        with self._refused("outcome of these notices is known"):
            notice._settle("failed", failure_reason="退回")

    @freeze_time("2031-05-20 02:00:00")
    def test_first_telling_counts(self):
        complaint = self._decided()
        self._record_notice(complaint, date="2031-05-12 02:00:00")
        self._record_notice(complaint, date="2031-05-15 02:00:00")
        self.assertEqual(complaint.date_notified, datetime(2031, 5, 12, 2))

    @freeze_time("2031-05-20 02:00:00")
    def test_date_entered_before_there_were_notices_stays(self):
        complaint = self._decided()
        told = datetime(2031, 5, 10, 2)
        complaint._write_unguarded({"date_notified": told})
        self._record_notice(complaint, "progress")
        self.assertEqual(complaint.date_notified, told)

    @freeze_time("2031-05-20 02:00:00")
    def test_letter_of_an_earlier_decision_does_not_tell_the_new_one(self):
        complaint = self._decided()
        late = self._record_notice(
            complaint, way="post", state="pending", date="2031-05-10 02:00:00"
        )
        complaint.action_investigate()
        self._confirm(complaint).action_remediate()
        late._settle("succeeded")
        self.assertFalse(complaint.date_notified)

    def test_kinds_need_their_case(self):
        complaint = self._create_complaint(line_ids=[])
        for kind, text in (
            ("decision", "no decision to tell yet"),
            ("refusal", "it is not refused"),
            ("receipt", "confirmed once it is accepted"),
        ):
            with self.subTest(kind=kind), self._refused(text):
                self._record_notice(complaint, kind)
        self._refuse(complaint)
        with self._refused("it has ended"):
            self._record_notice(complaint, "progress")
        notice = self._record_notice(complaint, "refusal")
        self.assertEqual(notice.state, "succeeded")
        self.assertTrue(self._record_notice(complaint, "other"))

    @freeze_time("2031-05-20 02:00:00")
    def test_impossible_dates(self):
        complaint = self._decided()
        for values, text in (
            ({"date": "2031-05-20 02:00:01"}, "told in the future"),
            ({"date": "2031-05-09 01:59:59"}, "told before"),
            ({"kind": "progress", "date": "2020-01-01 00:00:00"}, "was received"),
        ):
            with self.subTest(**values), self._refused(text, ValidationError):
                self._record_notice(complaint, **values)
        notice = self._record_notice(complaint, state="pending")
        with self._refused("arrived before it was sent", ValidationError):
            notice._settle("succeeded", date_told="2031-05-19 02:00:00")

    # ------------------------------------------------------------------
    # PROOF
    # ------------------------------------------------------------------

    def test_telling_needs_its_proof(self):
        complaint = self._create_complaint(line_ids=[])
        for way, text in (
            ("hand", "signs for it"),
            ("post", "posting slip"),
            ("sms", "text message needs its proof"),
            ("phone", "call needs its proof"),
            ("messenger", "message needs its proof"),
            ("email", "message id"),
        ):
            with self.subTest(way=way), self._refused(text, ValidationError):
                self._record_notice(complaint, "progress", way=way, proof_ref=" ")
        pending = self._record_notice(
            complaint, "progress", way="post", state="pending", proof_ref=False
        )
        with self._refused("posting slip", ValidationError):
            pending._settle("succeeded")
        pending._settle("succeeded", proof_ref="EMS 1098765432109")
        with self._refused("why the person was not reached", ValidationError):
            self._record_notice(complaint, "progress", state="failed")

    def test_file_proves_and_is_filed_with_the_notice(self):
        complaint = self._create_complaint(line_ids=[])
        slip = self._upload("签收单.jpg", res_model="customer.complaint.tell")
        notice = self._tell(
            complaint, "progress", way="hand", proof_ref=False, attachment_ids=slip
        )
        self.assertRecordValues(
            slip, [{"res_model": notice._name, "res_id": notice.id}]
        )
        for change in (
            lambda: slip.unlink(),
            lambda: slip.write({"raw": b"other"}),
            lambda: slip.write({"res_id": 0}),
            lambda: slip.with_user(self.manager).unlink(),
        ):
            with self.assertRaises(UserError):
                change()
        with self.assertRaises(AccessError):
            slip.with_user(self.stranger).read(["raw"])

    def test_file_of_another_record_proves_nothing(self):
        complaint = self._create_complaint(line_ids=[])
        paper = self._create_document(complaint, attachment_ids=[])
        foreign = self._upload(res_id=paper.id)
        with self._refused("belongs to another record"):
            self._record_notice(
                complaint, "progress", attachment_ids=[Command.set(foreign.ids)]
            )

    def test_proof_is_added_and_never_taken_away(self):
        notice = self._record_notice(
            self._create_complaint(line_ids=[]), "progress", way="portal", proof_ref=""
        )
        notice.write(
            {
                "proof_ref": "EMS 1",
                "attachment_ids": [
                    Command.create({"name": "回执.jpg", "raw": b"slip"})
                ],
            }
        )
        for vals in (
            {"proof_ref": "EMS 2"},
            {"proof_ref": False},
            {"attachment_ids": [Command.clear()]},
        ):
            with self.subTest(**vals), self._refused("added"):
                notice.write(vals)

    # ------------------------------------------------------------------
    # APPEND-ONLY
    # ------------------------------------------------------------------

    def test_what_was_told_never_changes(self):
        complaint = self._create_complaint(line_ids=[])
        notice = self._record_notice(complaint, "progress", content="正在调查")
        for user in (self.agent, self.supervisor, self.manager, self.env.user):
            for vals in (
                {"content": "别的"},
                {"state": "failed"},
                {"state": "pending"},
                {"date": fields.Datetime.now()},
                {"date_told": False},
                {"user_id": self.manager.id},
                {"void_reason": "x"},
                {"complaint_id": complaint.id},
                {"message_id": False},
            ):
                with self.subTest(user=user.login, **vals):
                    with self._refused("stays as it was"):
                        notice.with_user(user).write(vals)
            with self.assertRaises(UserError):
                notice.with_user(user).unlink()
        for command in (
            Command.delete(notice.id),
            Command.update(notice.id, {"state": "failed"}),
            Command.clear(),
        ):
            with self.assertRaises(UserError):
                complaint.write({"notice_ids": [command]})
        self.assertEqual(notice.state, "succeeded")

    def test_what_the_system_sets_is_not_taken_from_the_caller(self):
        complaint = self._create_complaint(line_ids=[])
        notice = self._record_notice(
            complaint,
            "progress",
            user_id=self.manager.id,
            date_told="2020-01-01 00:00:00",
            void_by_id=self.manager.id,
            recipient_name="别人",
            message_id=self.env["mail.message"].search([], limit=1).id,
        )
        self.assertRecordValues(
            notice,
            [
                {
                    "user_id": self.agent.id,
                    "date_told": notice.date,
                    "void_by_id": False,
                    "recipient_name": "李娜",
                    "message_id": False,
                }
            ],
        )
        with self._refused("told, on its way or failed"):
            self._record_notice(complaint, "progress", state="void")
        for vals in ({"date_notified": fields.Datetime.now()}, {"is_unreachable": 1}):
            with self._refused("system sets these"):
                complaint.write(vals)

    @freeze_time("2031-05-20 02:00:00")
    def test_supervisor_voids_an_erroneous_notice(self):
        complaint = self._decided()
        notice = self._tell(complaint)
        self.assertEqual(complaint.state, "followup")
        with self._refused("supervisor voids", AccessError):
            notice._void("打错电话")
        by_lead = notice.with_user(self.supervisor)
        with self._refused("what was wrong"):
            by_lead._void(" ")
        action = by_lead.action_void()
        self.env[action["res_model"]].with_user(self.supervisor).with_context(
            **action["context"]
        ).create({"reason": "打错电话"}).action_settle()
        self.assertRecordValues(
            notice,
            [
                {
                    "state": "void",
                    "void_reason": "打错电话",
                    "void_by_id": self.supervisor.id,
                    "content": notice.content,
                }
            ],
        )
        self.assertFalse(complaint.date_notified)
        with self._refused("first tell the complainant"):
            complaint.action_close()
        with self._refused("void already"):
            by_lead._void("再次")
        self._record_notice(complaint)
        complaint.action_close()
        last = complaint.notice_ids.filtered(lambda n: n.state == "succeeded")
        with self._refused("has ended"):
            last.with_user(self.supervisor)._void("太晚")

    # ------------------------------------------------------------------
    # RIGHTS
    # ------------------------------------------------------------------

    def test_strangers_tell_and_read_nothing(self):
        complaint = self._create_complaint(line_ids=[])
        notice = self._record_notice(complaint, "progress", state="pending")
        for user in (self.stranger, self.archivist, self.auditor, self.employee):
            self.env.invalidate_all()
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    self._record_notice(complaint, "progress", user)
                with self.assertRaises(AccessError):
                    notice.with_user(user).write({"proof_ref": "x"})
                with self.assertRaises(AccessError):
                    notice.with_user(user)._settle("succeeded", proof_ref="x")
        for user in (self.stranger, self.employee):
            with self.assertRaises(AccessError):
                notice.with_user(user).read(["content"])
        self.assertTrue(notice.with_user(self.auditor).read(["content"]))

    def test_recused_person_tells_nothing(self):
        complaint = self._create_complaint(line_ids=[])
        notice = self._record_notice(complaint, "progress", state="pending")
        self._recuse(complaint, self.manager)
        with self._refused("recused", AccessError):
            self._record_notice(complaint, "progress", self.manager)
        for action in (
            lambda: notice.with_user(self.manager)._settle("succeeded"),
            lambda: notice.with_user(self.manager)._void("x"),
            lambda: notice.with_user(self.manager).write({"proof_ref": "x"}),
        ):
            with self._refused("recused", AccessError):
                action()

    def test_other_company_sees_nothing(self):
        user = self._new_outsider("manager")
        complaint = self._create_complaint(line_ids=[])
        notice = self._record_notice(complaint, "progress")
        self.env.invalidate_all()
        self.assertFalse(notice.with_user(user).search([("id", "=", notice.id)]))
        with self.assertRaises(AccessError):
            notice.with_user(user).read(["content"])

    # ------------------------------------------------------------------
    # UNREACHABLE
    # ------------------------------------------------------------------

    def test_address_without_state_or_zip(self):
        partner = self.env["res.partner"].create(
            {
                "name": "John Miller",
                "street": "12 Elm Street",
                "city": "Riverside",
                "country_id": self.env.ref("base.us").id,
            }
        )
        complaint = self._create_complaint(
            partner_id=partner.id, sale_order_id=False, line_ids=[]
        )
        self.assertEqual(complaint.address, "12 Elm Street, Riverside, United States")
        self.assertEqual(self.env["res.partner"]._get_complaint_address(), "")

    def test_note_names_the_time_zone(self):
        with freeze_time("2031-05-09 02:05:00"):
            complaint = self._take_to(self._create_complaint(), "remediation")
            self._write_decision(complaint)
            self._record_notice(complaint)
        body = complaint.message_ids.filtered(lambda m: "told to" in (m.body or ""))
        # The clock of the shop, whatever the reader's.
        self.assertRegex(body[0].body, r"05/09/2031 10:05.AM \(Asia/Shanghai\)")

    @freeze_time("2031-05-20 02:00:00")
    def test_failed_attempts_lead_to_unreachable_without_blocking(self):
        complaint = self._decided()
        self.company.complaint_unreachable_attempts = 2
        self._fail(complaint)
        self.assertFalse(complaint.is_unreachable)
        with self._refused("first tell the complainant"):
            complaint.action_follow_up()
        self._fail(complaint)
        self.assertTrue(complaint.is_unreachable)
        found = complaint.search([("is_unreachable", "=", True)])
        self.assertIn(complaint, found)
        complaint.action_follow_up()
        self.assertRecordValues(
            complaint, [{"state": "followup", "date_notified": False}]
        )
        self._record_notice(complaint)
        self.assertFalse(complaint.is_unreachable)
        self.assertTrue(complaint.date_notified)

    @freeze_time("2031-05-20 02:00:00")
    def test_unreachable_needs_an_attempt_to_tell_the_decision(self):
        complaint = self._decided()
        for _attempt in range(3):
            self._fail(complaint, "progress")
        self.assertTrue(complaint.is_unreachable)
        with self._refused("first tell the complainant"):
            complaint.action_follow_up()
        self._fail(complaint)
        complaint.action_follow_up()

    def test_success_or_voiding_starts_the_count_anew(self):
        complaint = self._create_complaint(line_ids=[])
        for state in ("failed", "failed", "succeeded", "failed", "failed"):
            self._record_notice(
                complaint, "progress", state=state, failure_reason="无人接听"
            )
        self.assertFalse(complaint.is_unreachable)
        third = self._fail(complaint, "progress")
        self.assertTrue(complaint.is_unreachable)
        third.with_user(self.supervisor)._void("误记")
        self.assertFalse(complaint.is_unreachable)

    def test_at_least_one_attempt(self):
        with self._refused("At least one attempt", ValidationError):
            self.company.complaint_unreachable_attempts = 0

    # ------------------------------------------------------------------
    # MANY
    # ------------------------------------------------------------------

    def test_steps_of_many_do_not_query_per_complaint(self):
        counts = []
        for number in (2, 40):
            complaints = self.env["customer.complaint"].create(
                [self._prepare_complaint_vals(line_ids=[]) for _i in range(number)]
            )
            complaints.action_accept()
            self._verify(complaints)
            complaints.action_investigate()
            complaints.write({"conclusion": "partly", "conclusion_note": "属实"})
            self._confirm(complaints[:0])
            for complaint in complaints:
                complaint._write_unguarded(
                    {
                        "state": "remediation",
                        "date_decided": fields.Datetime.now(),
                        "is_unreachable": True,
                    }
                )
            self.env["customer.complaint.notice"].create(
                [
                    {
                        "complaint_id": complaint.id,
                        "kind": "decision",
                        "way": "phone",
                        "state": "failed",
                        "failure_reason": "停机",
                    }
                    for complaint in complaints
                ]
            )
            complaints._write_unguarded({"is_unreachable": True})
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            complaints._get_cannot_move_reasons("followup")
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2, counts)

    # ------------------------------------------------------------------
    # LETTERS
    # ------------------------------------------------------------------

    def _render(self, name, complaint, lang="en_US", user=None):
        self.customer.lang = lang
        reports = self.env["ir.actions.report"].with_user(user or self.agent)
        content, _kind = reports.with_context(lang=lang)._render_qweb_html(
            f"customer_complaint_notice.report_{name}", complaint.ids
        )
        return content.decode()

    def test_receipt_says_number_limit_and_contact(self):
        complaint = self._create_complaint(demand="<script>alert(1)</script>退款")
        with self._refused("Accept it first"):
            self._render("acceptance_receipt", complaint)
        complaint.action_accept()
        self._create_document(complaint, "medical", name="皮炎诊断")
        self.company.phone = "010-6666 1234"
        html = self._render("acceptance_receipt", complaint)
        for text in (
            complaint.name,
            complaint._get_limit_text(),
            "010-6666 1234",
            "保湿面霜",
            "Chaoyang Shop",
        ):
            self.assertIn(text, html)
        self.assertNotIn("<script>alert", html)
        self.assertNotIn("皮炎诊断", html)

    def test_card_says_what_was_complained_and_verified(self):
        complaint = self._take_to(self._create_complaint(), "investigating")
        complaint.line_ids.write(
            {"lot_name": "B20260105", "manufacturer": "华美化妆品"}
        )
        html = self._render("acceptance_card", complaint)
        for text in (
            "B20260105",
            "华美化妆品",
            "李娜",
            "面霜里有头发",
            "Complaint Agent",
        ):
            self.assertIn(text, html)

    def test_acceptance_card_says_where_how_and_of_whom(self):
        unit = self.env["res.partner"].create(
            {"name": "仁和大药房连锁有限公司", "is_company": True}
        )
        person = self.env["res.partner"].create({"name": "孙丽", "parent_id": unit.id})
        complaint = self._create_complaint(
            partner_id=person.id,
            sale_order_id=False,
            line_ids=[],
            event_place="朝阳店三层",
            people_involved="三号柜台王伟，仓储部",
            purchase_date="2026-01-10",
            purchase_place="朝阳店",
            receipt_ref="POS-778812",
            usage="阴凉处存放，每日一次。",
        )
        html = self._render("acceptance_card", complaint)
        for text in (
            "仁和大药房连锁有限公司",
            "孙丽",
            "朝阳店三层",
            "三号柜台王伟，仓储部",
            "01/10/2026",
            "POS-778812",
            "阴凉处存放，每日一次。",
            "Kept at:",
        ):
            self.assertIn(text, html)

    def test_refusal_letter_names_the_ground(self):
        complaint = self._create_complaint(line_ids=[])
        with self._refused("it is not refused"):
            self._render("refusal_letter", complaint)
        ground = self.quick_ref("customer_complaint.refusal_ground_not_ours")
        ground.legal_basis = "《市场监督管理投诉举报处理办法》第十五条"
        self._refuse(complaint)
        html = self._render("refusal_letter", complaint)
        for text in (
            ground.name,
            ground.legal_basis,
            "并非我店出售",
            "Send us new facts",
        ):
            self.assertIn(text, html)
        complaint._write_unguarded({"decision_ways_open": False})
        html = self._render("refusal_letter", complaint)
        self.assertIn("hand in new facts", html)
        text = complaint._get_notice_content("refusal")
        self.assertIn(ground.legal_basis, text)

    def test_letters_are_guarded(self):
        complaint = self._take_to(self._create_complaint(line_ids=[]), "accepted")
        for user in (self.stranger, self.employee):
            self.env.invalidate_all()
            for name in ("acceptance_receipt", "acceptance_card", "papers_request"):
                with self.assertRaises(AccessError):
                    self._render(name, complaint, user=user)

    def test_letter_speaks_the_language_of_the_complainant(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.assertEqual(
            self._create_complaint(line_ids=[])._get_letter_lang(),
            self.customer.lang or "en_US",
        )
        self.customer.lang = "zh_CN"
        complaint = self._create_complaint(line_ids=[])
        self.assertEqual(complaint._get_letter_lang(), "zh_CN")


@tagged("post_install", "-at_install")
class TestNoticeMail(NoticeCase, MailCommon):
    """E-mails to the complainant record themselves."""

    def _post(self, complaint, kind=None, **values):
        context = {"complaint_notice_kind": kind} if kind else {}
        with self.mock_mail_gateway():
            return complaint.with_context(**context).message_post(
                **{
                    "body": "您的投诉正在处理。",
                    "subject": "处理进展",
                    "message_type": "comment",
                    "subtype_xmlid": "mail.mt_comment",
                    "partner_ids": self.customer.ids,
                    **values,
                }
            )

    def test_each_letter_goes_with_its_mail(self):
        complaint = self._decided()
        for kind in ("receipt", "papers", "refusal", "decision"):
            template = self.quick_ref(f"customer_complaint_notice.mail_template_{kind}")
            report = self.quick_ref(complaint._get_notice_report(kind))
            with self.subTest(kind=kind):
                self.assertEqual(template.report_template_ids, report)

    def test_mail_to_the_complainant_is_a_notice(self):
        complaint = self._create_complaint(line_ids=[])
        message = self._post(complaint)
        self.assertRecordValues(
            complaint.notice_ids,
            [
                {
                    "kind": "other",
                    "way": "email",
                    "name": "处理进展",
                    "state": "succeeded",
                    "partner_id": self.customer.id,
                    "address": "lina@example.com",
                    "message_id": message.id,
                    "content": "您的投诉正在处理。",
                    "user_id": self.agent.id,
                }
            ],
        )

    def test_notes_and_mails_to_others_are_none(self):
        complaint = self._create_complaint(line_ids=[])
        supplier = self.env["res.partner"].create(
            {"name": "供应商", "email": "supplier@example.com"}
        )
        self._post(complaint, subtype_xmlid="mail.mt_note")
        self._post(complaint, partner_ids=supplier.ids)
        self._post(complaint, partner_ids=[])
        self._post(
            complaint, author_id=self.customer.id, message_type="email", partner_ids=[]
        )
        self.assertFalse(complaint.notice_ids)

    @freeze_time("2031-05-10 02:00:00")
    def test_decision_by_mail_is_told_when_it_went_out(self):
        complaint = self._decided()
        with self._refused("it is not refused"):
            self._post(complaint, "refusal")
        self._post(complaint, "decision")
        notice = complaint.notice_ids
        self.assertRecordValues(notice, [{"kind": "decision", "state": "succeeded"}])
        self.assertEqual(complaint.date_notified, notice.date_told)
        complaint.action_follow_up()

    @freeze_time("2031-05-10 02:00:00")
    @mute_logger("odoo.addons.mail.models.mail_mail")
    def test_mail_that_fails_tells_nobody(self):
        complaint = self._decided()
        with self.mock_mail_gateway():
            with patch.object(
                type(self.env["ir.mail_server"]),
                "send_email",
                side_effect=AssertionError("no route to host"),
            ):
                complaint.with_context(complaint_notice_kind="decision").message_post(
                    body="处理意见",
                    subtype_xmlid="mail.mt_comment",
                    partner_ids=self.customer.ids,
                )
        self.assertEqual(complaint.notice_ids.state, "failed")
        self.assertTrue(complaint.notice_ids.failure_reason)
        self.assertFalse(complaint.date_notified)

    def test_queued_mail_is_on_its_way(self):
        complaint = self._create_complaint(line_ids=[])
        self._post(complaint, force_send=False)
        notice = complaint.notice_ids
        self.assertEqual(notice.state, "pending")
        mail = self.env["mail.mail"].search(
            [("mail_message_id", "=", notice.message_id.id)]
        )
        with self.mock_mail_gateway():
            mail.send()
        self.assertEqual(notice.state, "succeeded")

    @freeze_time("2031-05-10 02:00:00")
    def test_bounce_takes_the_telling_back(self):
        complaint = self._decided()
        self._post(complaint, "decision")
        complaint.action_follow_up()
        complaint.sudo()._message_receive_bounce("lina@example.com", self.customer)
        self.assertEqual(complaint.notice_ids.state, "failed")
        self.assertIn("lina@example.com", complaint.notice_ids.failure_reason)
        self.assertFalse(complaint.date_notified)
        with self._refused("first tell the complainant"):
            complaint.action_close()

    def test_recused_person_mails_nobody(self):
        complaint = self._create_complaint(line_ids=[])
        self._recuse(complaint, self.manager)
        with self._refused("recused|security restrictions", AccessError):
            self._post(complaint.with_user(self.manager))

    def test_dialog_opens_the_ready_mail(self):
        complaint = self._create_complaint(line_ids=[])
        self._refuse(complaint)
        action = complaint.action_tell()
        self.assertEqual(action["context"]["default_kind"], "refusal")
        dialog = self._follow(action).create({})
        self.assertEqual(dialog.way, "email")
        mail = dialog.action_write_email()
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.agent)
            .with_context(**mail["context"])
            .create({})
        )
        self.assertEqual(composer.partner_ids, self.customer)
        self.assertIn("并非我店出售", composer.body)
        self.assertTrue(composer.attachment_ids)
        with self.mock_mail_gateway():
            composer.action_send_mail()
        self.assertRecordValues(
            complaint.notice_ids, [{"kind": "refusal", "state": "succeeded"}]
        )

    def test_mails_to_many_are_notices_of_each(self):
        complaints = self._create_complaint(line_ids=[]) | self._create_complaint(
            line_ids=[]
        )
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.agent)
            .with_context(
                default_composition_mode="mass_mail",
                default_model="customer.complaint",
                default_res_ids=complaints.ids,
            )
            .create(
                {
                    "subject": "处理进展",
                    "body": "<p>正在调查</p>",
                    "use_exclusion_list": False,
                }
            )
        )
        with self.mock_mail_gateway():
            composer.action_send_mail()
        for complaint in complaints:
            self.assertRecordValues(
                complaint.notice_ids,
                [{"way": "email", "partner_id": self.customer.id, "kind": "other"}],
            )

    def test_pending_notice_waits_no_longer_than_its_mail(self):
        complaint = self._create_complaint(line_ids=[])
        self._post(complaint, scheduled_date=fields.Datetime.now() + timedelta(hours=2))
        self.assertEqual(complaint.notice_ids.state, "pending")
        schedule = self.env["mail.message.schedule"].search(
            [("mail_message_id", "=", complaint.notice_ids.message_id.id)]
        )
        with self.mock_mail_gateway():
            schedule._send_notifications()
        self.assertEqual(len(complaint.notice_ids), 1)
        self.assertEqual(complaint.notice_ids.state, "succeeded")
