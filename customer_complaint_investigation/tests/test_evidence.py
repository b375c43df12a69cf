from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .test_investigation import InvestigationCommon


@tagged("post_install", "-at_install")
class TestEvidence(InvestigationCommon):
    """What an investigation rests on."""

    def setUp(self):
        super().setUp()
        self.complaint = self._investigate()

    def _create(self, user=None, **values):
        return (
            self.env["customer.complaint.evidence"]
            .with_user(user or self.agent)
            .create(
                {"complaint_id": self.complaint.id, "name": "监控录像截图", **values}
            )
        )

    # ------------------------------------------------------------------
    # KINDS
    # ------------------------------------------------------------------

    def test_sample_and_its_whereabouts(self):
        sample = self._create(kind="sample", name="投诉样品 B20260105")
        self.assertEqual(sample.sample_state, "asked")
        self.flush_tracking()
        moves = (
            {"sample_state": "received", "location": "质管部 3 号柜"},
            {"sample_state": "sent_on", "location": "市检验所"},
            {"sample_state": "destroyed", "location": False},
        )
        for values in moves:
            sample.write(values)
            self.flush_tracking()
        tracked = sample.sudo().message_ids.tracking_value_ids
        self.assertIn("质管部 3 号柜", tracked.mapped("new_value_char"))
        self.assertIn("市检验所", tracked.mapped("old_value_char"))
        self.assertFalse(self._create().sample_state)

    def flush_tracking(self):
        self.env.flush_all()
        self.cr.flush()

    @classmethod
    def default_env_context(cls):
        return {"lang": "en_US"}

    def test_planned_visit_is_a_todo_of_the_visitor(self):
        planned = fields.Datetime.now() + timedelta(days=2)
        visit = self._create(
            kind="site_visit",
            name="现场查看",
            date_visit_planned=planned,
            visitor_id=self.colleague.id,
        )
        todo = self._get_todos(visit, "mail_act_visit")
        self.assertEqual(todo.user_id, self.colleague)
        self.assertEqual(todo.date_deadline, self.company._complaint_date(planned))
        visit.date_visit_planned = planned + timedelta(days=3)
        todo = self._get_todos(visit, "mail_act_visit")
        self.assertEqual(len(todo), 1)
        self.assertFalse(visit.is_late)
        with freeze_time(planned + timedelta(days=4)):
            visit.invalidate_recordset(["is_late"])
            self.assertTrue(visit.is_late)
            self.assertIn(visit, visit.search([("is_late", "=", True)]))
            visit.write({"date_visited": planned, "visit_finding": "货架无过期商品。"})
            self.assertFalse(visit.is_late)
        self.assertFalse(self._get_todos(visit, "mail_act_visit"))

    def test_visitor_who_may_not_see_it_gets_no_todo(self):
        visit = self._create(
            kind="site_visit",
            date_visit_planned=fields.Datetime.now() + timedelta(days=2),
            visitor_id=self.employee.id,
        )
        self.assertEqual(
            self._get_todos(visit, "mail_act_visit").user_id, self.complaint.user_id
        )

    def test_test_that_is_out(self):
        today = self.company._complaint_today()
        test = self._create(
            kind="outside_test",
            name="异物成分检测",
            lab_id=self.env["res.partner"].create({"name": "市检验所"}).id,
            date_test_sent=today,
            date_test_due=today + timedelta(days=7),
        )
        todo = self._get_todos(test, "mail_act_test")
        self.assertEqual(todo.date_deadline, today + timedelta(days=7))
        with freeze_time(fields.Datetime.now() + timedelta(days=9)):
            test.invalidate_recordset(["is_late"])
            self.assertTrue(test.is_late)
            self.assertIn(test, test.search([("is_late", "=", True)]))
        self.assertNotIn(test, test.search([("is_late", "=", True)]))
        test.write({"date_test_back": today, "test_result": "检出塑料纤维。"})
        self.assertFalse(self._get_todos(test, "mail_act_test"))

    def test_dates_that_contradict_each_other(self):
        today, now = self.company._complaint_today(), fields.Datetime.now()
        day = timedelta(days=1)
        for values in (
            {"date_obtained": today + day},
            {"date_test_sent": today, "date_test_back": today - day},
            {"date_test_sent": today, "date_test_due": today - day},
            {"date_test_back": today},
            {"date_test_sent": today + day},
            {"kind": "site_visit", "date_visited": now + day},
            {"kind": "site_visit", "date_visited": now - 400 * day},
        ):
            with (
                self.subTest(values=values),
                self.assertRaises(ValidationError),
                self.env.cr.savepoint(),
            ):
                self._create(**values)

    # ------------------------------------------------------------------
    # FILES
    # ------------------------------------------------------------------

    def test_two_hundred_pieces_with_files(self):
        first = self._create()
        few = self._read_page(1)
        first.unlink()
        vals = {"complaint_id": self.complaint.id, "kind": "photo"}
        evidences = (
            self.env["customer.complaint.evidence"]
            .with_user(self.agent)
            .create([{**vals, "name": f"照片 {i}"} for i in range(199)])
        )
        files = self.env["ir.attachment"].browse()
        for number in range(200):
            files |= self._upload(f"照片{number}.jpg")
        full = self._create(name="全部照片", attachment_ids=[Command.set(files.ids)])
        self.assertEqual(full.file_count, 200)
        self.assertEqual(set(files.mapped("res_id")), {full.id})
        self.assertLessEqual(self._read_page(len(evidences) + 1), few)

    def _read_page(self, count):
        """Read the evidence as the form does; return what it costs."""
        self.env.flush_all()
        self.env.invalidate_all()
        names = ("kind", "name", "date_obtained", "location", "is_late", "file_count")
        specification = {name: {} for name in names}
        before = self.cr.sql_log_count
        read = self.complaint.with_user(self.agent).web_read(
            {"evidence_ids": {"fields": specification, "limit": 40}}
        )
        self.assertEqual(len(read[0]["evidence_ids"]), count)
        return self.cr.sql_log_count - before

    def test_files_stay_with_their_evidence(self):
        file = self._upload("录音.mp3")
        evidence = self._create(attachment_ids=[Command.set(file.ids)])
        self.assertEqual((file.res_model, file.res_id), (evidence._name, evidence.id))
        for user in (self.stranger, self.employee):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                file.with_user(user).read(["raw"])
        with self.assertRaises(UserError):
            file.write({"public": True})
        with self.assertRaises(UserError):
            self._create(attachment_ids=[Command.set(file.ids)])
        self._take_to_closed()
        for operation in (
            lambda: file.write({"raw": b"other"}),
            lambda: file.unlink(),
            lambda: self._upload(res_model=evidence._name, res_id=evidence.id),
        ):
            with self.assertRaises(UserError):
                operation()

    def _take_to_closed(self):
        self.complaint.write(
            {"conclusion": "established", "conclusion_note": "属实，同意退货。"}
        )
        self._confirm(self.complaint).action_remediate()
        self._write_decision(self.complaint)
        self._tell(self.complaint)
        self.complaint.action_close()

    # ------------------------------------------------------------------
    # WRONG ENTRIES
    # ------------------------------------------------------------------

    def test_wrong_entry_is_struck_out_with_a_reason(self):
        evidence = self._create(
            kind="outside_test",
            date_test_due=self.company._complaint_today() + timedelta(days=3),
        )
        with self.assertRaisesRegex(UserError, "Enter the reason"):
            evidence.action_strike_out()
        evidence.void_reason = "属于另一投诉。"
        evidence.action_strike_out()
        self.assertRecordValues(
            evidence, [{"is_void": True, "voided_by_id": self.agent.id}]
        )
        self.assertFalse(self._get_todos(evidence, "mail_act_test"))
        self.assertIn("属于另一投诉。", self.complaint.message_ids[0].body)
        for operation in (
            lambda: evidence.write({"name": "改名"}),
            lambda: evidence.action_strike_out(),
        ):
            with self.assertRaisesRegex(UserError, "no longer changes"):
                operation()
        for values in ({"is_void": False}, {"voided_by_id": False}):
            with self.assertRaises(UserError):
                evidence.write(values)

    def test_nothing_is_deleted_once_it_was_decided(self):
        early, kept = self._create(), self._create(name="收银小票")
        early.unlink()
        self.assertIn("监控录像截图", self.complaint.message_ids[0].body)
        self.complaint.write(
            {"conclusion": "established", "conclusion_note": "属实，同意退货。"}
        )
        self._confirm(self.complaint).action_remediate()
        for user in (self.agent, self.manager):
            with self.assertRaisesRegex(UserError, "instead of deleting"):
                kept.with_user(user).unlink()

    def test_evidence_stays_with_its_complaint(self):
        other = self._investigate(line_ids=[])
        with self.assertRaisesRegex(UserError, "stays with its complaint"):
            self._create().write({"complaint_id": other.id})

    # ------------------------------------------------------------------
    # RIGHTS
    # ------------------------------------------------------------------

    def test_who_works_on_the_case_adds_evidence(self):
        for user in (
            self.agent,
            self.colleague,
            self.quality_user,
            self.supervisor,
            self.manager,
        ):
            with self.subTest(user=user.login):
                self._create(user).write({"location": "档案室"})

    def _assert_add_nothing(self, evidence, *users):
        for user in users:
            for operation in (
                lambda user=user: self._create(user),
                lambda user=user: evidence.with_user(user).write({"name": "改"}),
                lambda user=user: evidence.with_user(user).action_strike_out(),
                lambda user=user: evidence.with_user(user).unlink(),
            ):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    operation()

    def test_strangers_and_readers_add_nothing(self):
        evidence = self._create(void_reason="录入错误")
        self._assert_add_nothing(
            evidence, self.stranger, self.archivist, self.auditor, self.employee
        )
        self.assertTrue(evidence.with_user(self.auditor).has_access("read"))
        for user in (self.stranger, self.employee):
            self.assertFalse(evidence.with_user(user).has_access("read"))

    def test_recused_people_add_nothing(self):
        evidence = self._create(void_reason="录入错误")
        self._recuse(self.complaint, self.colleague)
        self._assert_add_nothing(evidence, self.colleague)

    def test_who_only_reads_the_case_adds_nothing(self):
        reader = self._new_user("complaint_reader", "agent", "auditor")
        self.assertTrue(self.complaint.with_user(reader).has_access("read"))
        with self.assertRaises(AccessError):
            self._create(reader)

    def test_confidential_evidence_is_for_those_who_handle_the_case(self):
        file = self._upload("病历.jpg")
        evidence = self._create(
            name="病历", is_confidential=True, attachment_ids=[Command.set(file.ids)]
        )
        for user in (self.agent, self.supervisor, self.archivist):
            self.assertTrue(evidence.with_user(user).has_access("read"), user.login)
        for user in (self.colleague, self.auditor, self.manager, self.quality_user):
            self.env.invalidate_all()
            with self.subTest(user=user.login):
                self.assertFalse(evidence.with_user(user).has_access("read"))
                with self.assertRaises(AccessError):
                    file.with_user(user).read(["raw"])

    def test_other_companies_see_nothing(self):
        outsider = self._new_outsider("manager", "quality", "auditor")
        evidence = self._create()
        self.assertFalse(evidence.with_user(outsider).has_access("read"))
        self.assertFalse(evidence.with_user(outsider).search([]))

    def test_ended_case_takes_no_evidence(self):
        evidence = self._create(void_reason="录入错误")
        self._take_to_closed()
        for operation in (
            lambda: self._create(),
            lambda: evidence.write({"location": "档案室"}),
            lambda: evidence.unlink(),
            lambda: evidence.action_strike_out(),
        ):
            with self.assertRaises(UserError):
                operation()
