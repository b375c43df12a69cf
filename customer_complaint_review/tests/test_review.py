from contextlib import contextmanager
from datetime import datetime, timedelta

from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.customer_complaint.tests.common import CustomerComplaintCommon

NOTES = {
    "process_note": "受理、核查、告知程序完整。",
    "time_note": "各环节均在期限内完成。",
    "result_note": "留样记录支持原结论。",
    "opinion": "维持原处理意见。",
}
NEW_DECISION = {
    "new_conclusion": "partly",
    "new_conclusion_note": "复检确认仅一瓶有异物。",
    "new_decision_grounds": "合同第五条。",
    "new_decision_measures": "退一瓶并赔偿。",
    "new_decision_ways_open": "可向人民法院起诉。",
}


@tagged("post_install", "-at_install")
class TestReview(CustomerComplaintCommon):
    """The complainant does not agree: a superior looks at the decision again."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.chief = cls._new_user("complaint_chief", "manager")

    def _decide(self, state="followup", user=None):
        """Return a complaint whose decision was told on the day it was made."""
        complaint = self._create_complaint(user, line_ids=[])
        self._take_to(complaint, "remediation")
        self._write_decision(complaint)
        complaint.sudo()._write_unguarded({"date_notified": fields.Datetime.now()})
        steps = {
            "followup": [complaint.action_follow_up],
            "closed": [complaint.action_follow_up, complaint.action_close],
        }
        for step in steps.get(state, []):
            step()
        return complaint

    def _request(self, complaint, user=None, **values):
        return (
            self.env["customer.complaint.review"]
            .with_user(user or self.agent)
            .create(
                {
                    "complaint_id": complaint.id,
                    "date_requested": self.company._complaint_today(),
                    "request": "我不同意,复检结果没有给我看。",
                    **values,
                }
            )
        )

    @contextmanager
    def _refused(self, text):
        """Expect a refusal, and undo what was done before it."""
        with self.assertRaisesRegex(UserError, text), self.env.cr.savepoint():
            yield

    def _decide_review(self, review, outcome, user=None, **values):
        user = user or self.supervisor
        if review.reviewer_id != user:
            review.with_user(self.supervisor).reviewer_id = user
        own = review.with_user(user)
        own.write({"outcome": outcome, **NOTES, **values})
        own.action_decide()
        return own

    def _tell_outcome(self, complaint):
        return self._record_notice(complaint, "review")

    # ------------------------------------------------------------------
    # REQUEST
    # ------------------------------------------------------------------

    def test_request_keeps_the_decision_and_both_limits(self):
        with freeze_time(datetime(2031, 5, 9, 2)):
            complaint = self._decide()
        with freeze_time(datetime(2031, 5, 20, 2)):
            review = self._request(complaint)
        self.assertRecordValues(
            review,
            [
                {
                    "state": "requested",
                    "date_limit": datetime(2031, 6, 8).date(),
                    "date_deadline": datetime(2031, 6, 19).date(),
                    "is_out_of_time": False,
                    "requested_by_id": self.customer.id,
                    "reviewed_by_id": self.agent.id,
                    "old_conclusion": "established",
                    "old_decision_measures": complaint.decision_measures,
                }
            ],
        )
        self.assertRecordValues(
            complaint, [{"is_under_review": True, "review_count": 1}]
        )
        self.assertIn("have the review decided", complaint.next_step_note)

    def test_last_day_is_in_time(self):
        for day, hour, is_late in ((39, 15, False), (39, 16, True)):
            # The shop is in Shanghai: 16:00 UTC is the next day.
            with freeze_time(datetime(2031, 5, 9, 2)):
                complaint = self._decide()
            moment = datetime(2031, 5, 1, hour) + timedelta(days=day - 1)
            with freeze_time(moment), self.subTest(moment=moment):
                if is_late:
                    with self.assertRaisesRegex(UserError, "until 06/08/2031"):
                        self._request(complaint)
                else:
                    self.assertTrue(self._request(complaint))

    def test_limit_is_a_setting(self):
        self.company.complaint_review_request_days = 5
        self.company.complaint_review_decide_days = 10
        with freeze_time(datetime(2031, 5, 9, 2)):
            complaint = self._decide()
        with freeze_time(datetime(2031, 5, 14, 2)):
            review = self._request(complaint)
        self.assertEqual(review.date_deadline, datetime(2031, 5, 24).date())
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"):
            self.company.complaint_review_request_days = 0
            self.env.flush_all()

    def test_late_request_is_admitted_by_a_manager_with_a_reason(self):
        with freeze_time(datetime(2031, 5, 9, 2)):
            complaint = self._decide()
        with freeze_time(datetime(2031, 6, 9, 2)):
            for user in (self.agent, self.supervisor):
                with self._refused("A manager may admit it"):
                    self._request(complaint, user, late_admission_reason="住院")
            for reason in (False, "  "):
                with self._refused("A manager may admit it"):
                    self._request(complaint, self.manager, late_admission_reason=reason)
            with self._refused("A manager may admit it"):
                self._request(complaint, late_admitted_by_id=self.manager.id)
            review = self._request(
                complaint, self.manager, late_admission_reason="顾客住院,无法按时提出。"
            )
        self.assertRecordValues(
            review,
            [{"is_out_of_time": True, "late_admitted_by_id": self.manager.id}],
        )
        with self.assertRaisesRegex(AccessError, "A manager says why"):
            review.with_user(self.agent).late_admission_reason = "改写"

    def test_request_is_not_moved_out_of_the_limit(self):
        with freeze_time(datetime(2031, 5, 9, 2)):
            complaint = self._decide()
        with freeze_time(datetime(2031, 6, 8, 2)):
            review = self._request(complaint)
        with freeze_time(datetime(2031, 6, 9, 2)):
            with self.assertRaisesRegex(UserError, "A manager may admit it"):
                review.write({"date_requested": "2031-06-09"})

    def test_day_of_the_request_lies_between_telling_and_today(self):
        complaint = self._decide()
        today = self.company._complaint_today()
        for day in (today + timedelta(days=1), today - timedelta(days=1)):
            with self._refused("asked for between"):
                self._request(complaint, date_requested=day)

    def test_only_a_told_decision_is_reviewed(self):
        complaint = self._take_to(self._create_complaint(line_ids=[]), "investigating")
        with self.assertRaisesRegex(UserError, "after a decision was told"):
            self._request(complaint)
        decided = self._take_to(self._create_complaint(line_ids=[]), "remediation")
        with self.assertRaisesRegex(UserError, "not told yet"):
            self._request(decided)
        with self.assertRaisesRegex(UserError, "not told yet"):
            decided.action_request_review()

    def test_one_review_runs_at_a_time(self):
        complaint = self._decide()
        self._request(complaint)
        with self.assertRaisesRegex(UserError, "running already"):
            self._request(complaint)

    def test_case_waits_for_the_review(self):
        complaint = self._decide()
        self._request(complaint)
        for state in ("closed", "remediation", "investigating"):
            with self.assertRaisesRegex(UserError, "review of the decision is running"):
                complaint.with_user(self.manager).write({"state": state})

    def test_withdrawal_ends_the_review(self):
        complaint = self._decide()
        review = self._request(complaint)
        self._withdraw(complaint)
        self.assertEqual(complaint.state, "withdrawn")
        self.assertRecordValues(
            review,
            [{"state": "refused", "refusal_reason": "Complaint withdrawn"}],
        )
        self.assertFalse(complaint.is_under_review)

    def test_request_in_writing_stays_as_it_came(self):
        complaint = self._decide()
        upload = self._upload("核查申请.pdf", res_model="customer.complaint.review")
        review = self._request(complaint, attachment_ids=[Command.link(upload.id)])
        for command in (Command.clear(), Command.unlink(upload.id)):
            with self._refused("stay as they are"):
                review.write({"attachment_ids": [command]})
        with self._refused("stay as they are"):
            upload.with_user(self.agent).write({"raw": "另一份".encode()})
        with self._refused("stay as they are"):
            upload.with_user(self.agent).unlink()
        more = self._upload("补充.pdf", res_model="customer.complaint.review")
        review.write({"attachment_ids": [Command.link(more.id)]})
        self.assertEqual(review.attachment_ids, upload | more)

    def test_recused_leader_is_not_asked_for_a_reviewer(self):
        complaint = self._decide()
        self._recuse(complaint, self.supervisor)
        asked = self._request(complaint).activity_ids.user_id
        self.assertEqual(len(asked), 1)
        self.assertNotEqual(asked, self.supervisor)
        self.assertTrue(asked.has_group("customer_complaint.group_complaint_manager"))

    def test_request_files_belong_to_the_review(self):
        complaint = self._decide()
        letter = self._upload("复核申请.pdf")
        review = self._request(complaint, attachment_ids=[Command.link(letter.id)])
        self.assertEqual((letter.res_model, letter.res_id), (review._name, review.id))
        with self.assertRaises(AccessError):
            letter.with_user(self.stranger).read(["raw"])

    def test_agent_records_the_request_in_the_form(self):
        complaint = self._decide()
        action = complaint.action_request_review()
        form = Form(self._follow(action))
        form.request = "我不同意。"
        review = form.save()
        self.assertEqual(review.complaint_id, complaint)
        self.assertEqual(review.activity_ids.user_id, self.supervisor)
        self.assertEqual(review.activity_ids.summary, "Name a reviewer")

    # ------------------------------------------------------------------
    # REVIEWER
    # ------------------------------------------------------------------

    def test_reviewer_neither_decided_nor_handled(self):
        complaint = self._decide(user=self.supervisor)
        review = self._request(complaint)
        with self.assertRaisesRegex(ValidationError, "took part in the decision"):
            review.with_user(self.manager).reviewer_id = self.supervisor
        handled = self._decide()
        handled.user_id = self.manager
        handled.user_id = self.agent
        self.assertEqual(handled.past_handler_ids, self.manager | self.agent)
        other = self._request(handled)
        with self.assertRaisesRegex(ValidationError, "handles or handled"):
            other.with_user(self.supervisor).reviewer_id = self.manager
        other.with_user(self.supervisor).reviewer_id = self.chief
        self.assertEqual(other.activity_ids.user_id, self.chief)

    def test_administrator_who_decided_does_not_review(self):
        admin = self.env.ref("base.user_admin")
        admin.group_ids = [
            Command.link(self.env.ref("customer_complaint.group_complaint_manager").id)
        ]
        complaint = self._decide(user=admin)
        review = self._request(complaint)
        for rights in (review.with_user(admin), review.sudo()):
            with self.assertRaisesRegex(ValidationError, "took part in the decision"):
                rights.reviewer_id = admin
        review.with_user(self.supervisor).reviewer_id = self.chief
        for deed in ("action_decide", "action_refuse"):
            with self.assertRaisesRegex(AccessError, "Only the reviewer"):
                getattr(review.with_user(admin), deed)()

    def test_who_decided_an_earlier_round_does_not_review(self):
        complaint = self._create_complaint(self.supervisor)
        self._take_to(complaint, "remediation")
        complaint.action_investigate()
        work = complaint.with_user(self.agent)
        work.user_id = self.agent
        self._confirm(work).action_remediate()
        self._write_decision(work)
        work.sudo()._write_unguarded({"date_notified": fields.Datetime.now()})
        review = self._request(work)
        self.assertEqual(review.reviewed_by_id, self.agent)
        with self.assertRaisesRegex(ValidationError, "took part in the decision"):
            review.with_user(self.manager).reviewer_id = self.supervisor

    def test_reviewer_is_a_superior(self):
        review = self._request(self._decide())
        for user in (self.colleague, self.quality_user, self.auditor):
            with self.assertRaisesRegex(ValidationError, "A superior reviews"):
                review.with_user(self.supervisor).reviewer_id = user
        by_supervisor = self._request(self._decide(user=self.supervisor))
        deputy = self._new_user("complaint_deputy", "supervisor")
        self.team.member_ids = [Command.link(deputy.id)]
        with self.assertRaisesRegex(ValidationError, "a manager who did not"):
            by_supervisor.with_user(self.supervisor).reviewer_id = deputy
        by_supervisor.with_user(self.supervisor).reviewer_id = self.manager
        by_manager = self._request(self._decide(user=self.manager))
        with self.assertRaisesRegex(ValidationError, "a manager who did not"):
            by_manager.with_user(self.manager).reviewer_id = self.supervisor
        by_manager.with_user(self.manager).reviewer_id = self.chief

    def test_reviewer_sees_the_case(self):
        review = self._request(self._decide())
        outsider = self._new_user("complaint_outsider", "supervisor")
        with self.assertRaisesRegex(ValidationError, "does not see"):
            review.with_user(self.supervisor).reviewer_id = outsider

    def test_reviewer_is_not_recused(self):
        complaint = self._decide()
        review = self._request(complaint)
        self._recuse(complaint, self.chief)
        with self.assertRaisesRegex(ValidationError, "is recused"):
            review.with_user(self.supervisor).reviewer_id = self.chief
        review.with_user(self.supervisor).reviewer_id = self.manager
        own = review.with_user(self.manager)
        own.write({"outcome": "upheld", **NOTES})
        self._recuse(complaint, self.manager)
        with self.assertRaisesRegex(AccessError, "recused"):
            own.action_decide()

    def test_supervisor_names_the_reviewer(self):
        complaint = self._decide()
        with self.assertRaisesRegex(AccessError, "A supervisor names"):
            self._request(complaint, reviewer_id=self.supervisor.id)
        review = self._request(complaint)
        with self.assertRaisesRegex(AccessError, "A supervisor names"):
            review.reviewer_id = self.supervisor

    def test_only_the_reviewer_writes_and_decides(self):
        review = self._request(self._decide())
        review.with_user(self.supervisor).reviewer_id = self.supervisor
        for user in (self.agent, self.manager, self.env.ref("base.user_admin")):
            with self.assertRaisesRegex(AccessError, "Only the reviewer"):
                review.with_user(user).write({"opinion": "改写"})
            with self.assertRaisesRegex(AccessError, "Only the reviewer"):
                review.with_user(user).action_decide()
        with self.assertRaisesRegex(AccessError, "Only the reviewer"):
            review.sudo().write({"outcome": "upheld"})

    # ------------------------------------------------------------------
    # OUTCOME
    # ------------------------------------------------------------------

    def test_each_note_is_needed(self):
        review = self._request(self._decide())
        own = review.with_user(self.supervisor)
        own.reviewer_id = self.supervisor
        for missing in ("outcome", *NOTES):
            own.write({"outcome": "upheld", **NOTES, missing: False})
            with self.assertRaisesRegex(UserError, "first fill in"):
                own.action_decide()
        own.write({"outcome": "changed", **NOTES, **NEW_DECISION})
        for missing in NEW_DECISION:
            own.write({**NEW_DECISION, missing: False})
            with self.assertRaisesRegex(UserError, "first fill in"):
                own.action_decide()

    def test_upheld_decision_stands_and_is_told(self):
        for state in ("followup", "closed"):
            complaint = self._decide(state)
            told, measures = complaint.date_notified, complaint.decision_measures
            review = self._request(complaint)
            self._decide_review(review, "upheld")
            self.assertRecordValues(
                complaint,
                [
                    {
                        "state": state,
                        "is_under_review": False,
                        "has_untold_review": True,
                        "date_notified": told,
                        "decision_measures": measures,
                    }
                ],
            )
            self.assertFalse(review.activity_ids)
            self.assertIn("维持原处理意见", complaint.message_ids[0].body)
            if state == "followup":
                with self.assertRaisesRegex(UserError, "outcome of the review"):
                    complaint.action_close()
            self.assertFalse(complaint._get_cannot_tell_reason("review"))
            self.assertEqual(complaint._get_notice_content("review"), NOTES["opinion"])
            notice = self._tell_outcome(complaint)
            self.assertRecordValues(
                review, [{"state": "told", "date_told": notice.date}]
            )
            self.assertFalse(complaint.has_untold_review)
            self.assertTrue(complaint._get_cannot_tell_reason("review"))

    def test_changed_decision_becomes_the_complaints_and_is_told_anew(self):
        for state in ("remediation", "followup", "closed"):
            complaint = self._decide(state)
            old = complaint.decision_measures
            closed = complaint.date_closed
            review = self._request(complaint)
            self._decide_review(review, "changed", **NEW_DECISION)
            self.assertRecordValues(
                complaint,
                [
                    {
                        "state": "remediation",
                        "conclusion": "partly",
                        "conclusion_note": "复检确认仅一瓶有异物。",
                        "decision_grounds": "合同第五条。",
                        "decision_measures": "退一瓶并赔偿。",
                        "decision_ways_open": "可向人民法院起诉。",
                        "decided_by_id": self.supervisor.id,
                        "date_notified": False,
                        "date_closed": False,
                        "date_first_closed": closed,
                    }
                ],
            )
            self.assertEqual(review.old_decision_measures, old)
            self.assertIn(self.agent, complaint.past_decider_ids)
            self.assertFalse(complaint._get_cannot_tell_reason("decision"))
            if state == "closed":
                self.assertEqual(complaint.archive_card_id.state, "open")
                self.assertEqual(complaint.reopen_count, 1)
            # Told, it goes on by itself.
            self._tell(complaint)
            self.assertEqual(complaint.state, "followup")

    def test_change_that_changes_nothing_is_refused(self):
        complaint = self._decide()
        review = self._request(complaint)
        own = review.with_user(self.supervisor)
        own.reviewer_id = self.supervisor
        with Form(own) as form:
            form.outcome = "changed"
            self.assertEqual(form.new_decision_measures, complaint.decision_measures)
            for name, value in NOTES.items():
                form[name] = value
        with self.assertRaisesRegex(UserError, "says what the old one said"):
            own.action_decide()

    def test_case_is_sent_back(self):
        for state in ("remediation", "followup", "closed"):
            complaint = self._decide(state)
            closed = complaint.date_closed
            review = self._request(complaint)
            self._decide_review(review, "sent_back", opinion="复检有缺漏,重新调查。")
            self.assertRecordValues(
                complaint,
                [
                    {
                        "state": "investigating",
                        "date_decided": False,
                        "date_notified": False,
                        "date_first_closed": closed,
                        "is_under_review": False,
                    }
                ],
            )
            if state == "closed":
                self.assertEqual(complaint.reopen_reason, "复检有缺漏,重新调查。")
                self.assertEqual(complaint.archive_card_id.state, "open")

    def test_second_review_goes_to_somebody_else(self):
        complaint = self._decide()
        self._decide_review(self._request(complaint), "changed", **NEW_DECISION)
        complaint.sudo()._write_unguarded({"date_notified": fields.Datetime.now()})
        self._tell_outcome(complaint)
        second = self._request(complaint)
        self.assertEqual(second.reviewed_by_id, self.supervisor)
        with self.assertRaisesRegex(ValidationError, "took part in the decision"):
            second.with_user(self.manager).reviewer_id = self.supervisor
        second.with_user(self.manager).reviewer_id = self.manager

    def test_decision_is_reviewed_once(self):
        complaint = self._decide()
        review = self._request(complaint)
        self._decide_review(review, "upheld")
        for told in (False, True):
            if told:
                self._tell_outcome(complaint)
            with self._refused("reviewed once"):
                self._request(complaint)
            with self._refused("reviewed once"):
                complaint.with_user(self.agent).action_request_review()

    def test_decision_told_anew_may_be_reviewed(self):
        complaint = self._decide()
        self._decide_review(self._request(complaint), "upheld")
        self._tell_outcome(complaint)
        with freeze_time(fields.Datetime.now() + timedelta(hours=1)):
            complaint.sudo()._write_unguarded({"date_notified": fields.Datetime.now()})
            self.assertTrue(self._request(complaint))

    def test_request_taken_back_may_be_made_again(self):
        complaint = self._decide()
        review = self._request(complaint).with_user(self.supervisor)
        review.reviewer_id = self.supervisor
        review.refusal_reason = "顾客撤回核查申请。"
        review.action_refuse()
        self.assertTrue(self._request(complaint))

    def test_a_new_review_opens_before_its_complaint_is_chosen(self):
        review = self.env["customer.complaint.review"].with_user(self.agent)
        self.assertFalse(review.onchange({}, [], {"outcome": {}})["value"]["outcome"])

    def test_upheld_review_offers_no_other_review(self):
        complaint = self._decide()
        complaint.sudo()._write_unguarded(
            {"decision_ways_open": "可书面申请核查，或向人民法院起诉。"}
        )
        review = self._request(complaint)
        own = self._decide_review(review, "upheld")
        self.assertIn("consumer association", own.new_decision_ways_open)
        html = (
            self.env["ir.actions.report"]
            ._render_qweb_html(
                "customer_complaint_review.report_review_outcome", review.ids
            )[0]
            .decode()
        )
        self.assertIn("consumer association", html)
        self.assertNotIn("可书面申请核查", html)

    def test_ways_after_a_review_are_a_template(self):
        complaint = self._decide()
        Template = self.env["customer.complaint.decision.template"]
        Template.search([("outcome", "=", "upheld")]).active = False
        review = self._request(complaint)
        review.with_user(self.supervisor).reviewer_id = self.supervisor
        form = Form(review.with_user(self.supervisor))
        form.outcome = "upheld"
        # Templates for any outcome offer a review, so they do not count.
        self.assertIn("market regulator", form.new_decision_ways_open)
        form.outcome = "changed"
        self.assertEqual(form.new_decision_ways_open, review.old_decision_ways_open)
        Template.create(
            {
                "name": "核查维持",
                "outcome": "upheld",
                "decision_ways_open": "可向仲裁委员会申请仲裁。",
            }
        )
        form.outcome = "upheld"
        self.assertEqual(form.new_decision_ways_open, "可向仲裁委员会申请仲裁。")

    def test_request_taken_back(self):
        complaint = self._decide()
        review = self._request(complaint)
        own = review.with_user(self.supervisor)
        own.reviewer_id = self.supervisor
        with self.assertRaisesRegex(UserError, "say why"):
            own.action_refuse()
        own.refusal_reason = "顾客撤回核查申请。"
        own.action_refuse()
        self.assertEqual(review.state, "refused")
        self.assertFalse(complaint.is_under_review)

    def test_decided_review_no_longer_changes(self):
        review = self._request(self._decide())
        own = self._decide_review(review, "upheld")
        for values in (
            {"opinion": "改写"},
            {"request": "改写"},
            {"outcome": "changed"},
        ):
            with self.assertRaisesRegex(UserError, "keeps its complaint"):
                own.write(values)
        with self.assertRaisesRegex(UserError, "decided already"):
            own.action_decide()
        with self.assertRaises(AccessError):
            review.with_user(self.manager).unlink()
        with self.assertRaisesRegex(UserError, "is kept"):
            review.sudo().unlink()

    def test_steps_are_not_written_by_rpc(self):
        complaint = self._decide()
        review = self._request(complaint)
        for values in (
            {"state": "decided"},
            {"date_deadline": "2099-01-01"},
            {"date_told": fields.Datetime.now()},
            {"late_admitted_by_id": self.manager.id},
            {"old_conclusion": "partly"},
            {"complaint_id": self._decide().id},
        ):
            for user in (self.agent, self.supervisor, self.manager):
                with self.assertRaisesRegex(UserError, "keeps its complaint"):
                    review.with_user(user).write(values)
        for values in (
            {"is_under_review": False},
            {"has_untold_review": True},
            {"review_count": 5},
            {"past_handler_ids": [Command.clear()]},
        ):
            with self.assertRaisesRegex(UserError, "The system sets these"):
                complaint.with_user(self.manager).write(values)
        made = self._request(
            self._decide(), state="told", date_deadline="2099-01-01", opinion="好"
        )
        self.assertEqual(made.state, "requested")
        self.assertNotEqual(made.date_deadline.year, 2099)
        self.assertFalse(made.opinion)

    # ------------------------------------------------------------------
    # WHO
    # ------------------------------------------------------------------

    def test_strangers_and_readers_change_nothing(self):
        complaint = self._decide()
        review = self._request(complaint)
        outsider = self._new_outsider("manager")
        for user in (
            self.stranger,
            self.auditor,
            self.archivist,
            self.employee,
            outsider,
        ):
            with self.assertRaises(AccessError, msg=user.login):
                review.with_user(user).write({"request": "改写"})
            with self.assertRaises(AccessError, msg=user.login):
                self._request(complaint, user)
        for user in (self.stranger, self.employee, outsider):
            with self.assertRaises(AccessError, msg=user.login):
                review.with_user(user).read(["request"])
        self.assertEqual(review.with_user(self.auditor).request, review.request)

    def test_recused_person_records_no_request(self):
        complaint = self._decide()
        self._recuse(complaint, self.agent)
        with self.assertRaisesRegex(AccessError, "recused"):
            self._request(complaint)

    def test_late_reviews_are_found(self):
        complaint = self._decide()
        review = self._request(complaint)
        late = self.env["customer.complaint.review"].search([("is_late", "=", True)])
        self.assertNotIn(review, late)
        with freeze_time(fields.Datetime.now() + timedelta(days=32)):
            review.invalidate_recordset(["is_late"])
            self.assertTrue(review.is_late)
            self.assertIn(review, review.search([("is_late", "=", True)]))

    # ------------------------------------------------------------------
    # PAPER
    # ------------------------------------------------------------------

    def test_outcome_on_paper(self):
        complaint = self._decide()
        review = self._request(complaint, request="<script>x</script>复检未告知")
        self._decide_review(review, "changed", **NEW_DECISION)
        Report = self.env["ir.actions.report"].with_user(self.agent)
        for report, records in (
            ("report_review_outcome", review),
            (complaint._get_notice_report("review").split(".")[1], complaint),
        ):
            html = Report._render_qweb_html(
                f"customer_complaint_review.{report}", records.ids
            )[0].decode()
            for text in (
                complaint.name,
                "Changed",
                "复检未告知",
                NOTES["process_note"],
                "退一瓶并赔偿",
                self.supervisor.name,
                "Received (signature)",
            ):
                self.assertIn(text, html)
            self.assertNotIn("<script>x", html)
            with self.assertRaises(AccessError):
                Report.with_user(self.stranger)._render_qweb_html(
                    f"customer_complaint_review.{report}", records.ids
                )

    def test_no_outcome_no_paper(self):
        complaint = self._decide()
        with self.assertRaisesRegex(UserError, "no review that was decided"):
            self.env["ir.actions.report"]._render_qweb_html(
                "customer_complaint_review.report_review_outcome_complaint",
                complaint.ids,
            )

    # ------------------------------------------------------------------
    # TOLD ONCE
    # ------------------------------------------------------------------

    def _changed(self, state="followup"):
        complaint = self._decide(state)
        self._decide_review(self._request(complaint), "changed", **NEW_DECISION)
        self.assertFalse(complaint.date_notified)
        return complaint

    def test_a_changed_decision_told_with_the_outcome_is_told(self):
        for state in ("remediation", "followup", "closed"):
            complaint = self._changed(state)
            self.assertIn("tell the complainant the outcome", complaint.next_step_note)
            self.assertNotIn("Tell the Decision", complaint.next_step_note)
            text = complaint._get_notice_content("review")
            self.assertIn(NEW_DECISION["new_decision_measures"], text)
            notice = self._tell_outcome(complaint)
            self.assertEqual(complaint.date_notified, notice.date_told)
            self.assertFalse(complaint.next_step_note)
            complaint.action_follow_up()
            complaint.action_close()
            self.assertEqual(complaint.state, "closed")

    def test_by_the_dialog_it_goes_on_by_itself(self):
        complaint = self._changed()
        self._tell(complaint, "review")
        self.assertEqual(complaint.state, "followup")

    def test_an_outcome_that_reached_nobody_told_nothing(self):
        complaint = self._changed()
        notice = self._record_notice(
            complaint, "review", state="failed", failure_reason="无人接听"
        )
        self.assertFalse(complaint.date_notified)
        self.assertTrue(complaint.has_untold_review)
        told = self._tell_outcome(complaint)
        self.assertEqual(complaint.date_notified, told.date_told)
        told.with_user(self.supervisor)._void("打错电话")
        self.assertFalse(complaint.date_notified)
        self.assertTrue(notice)

    def test_an_upheld_or_new_decision_is_another_matter(self):
        complaint = self._decide()
        told = complaint.date_notified
        self._decide_review(self._request(complaint), "upheld")
        self._tell_outcome(complaint)
        self.assertEqual(complaint.date_notified, told)
        # Decided anew after a changed review: it is told by itself.
        complaint = self._changed()
        self._tell_outcome(complaint)
        complaint.action_investigate()
        complaint.conclusion_note = "重新调查。"
        self._confirm(complaint)
        complaint.sudo()._write_unguarded(
            {
                "state": "remediation",
                "date_decided": fields.Datetime.add(fields.Datetime.now(), seconds=2),
            }
        )
        complaint._update_from_notices()
        self.assertFalse(complaint.date_notified)

    def test_it_waits_for_what_the_decision_waits_for(self):
        complaint = self._changed()
        self.category.needs_quality_signoff = True
        with self._refused("signed by the quality department"):
            self._tell_outcome(complaint)
        complaint.with_user(self.quality_user).action_sign_quality()
        self._tell_outcome(complaint)
        self.assertTrue(complaint.date_notified)
