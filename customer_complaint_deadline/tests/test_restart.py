from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from .clock_common import PauseCase, at


@tagged("post_install", "-at_install")
@freeze_time(at("2026-03-20 10:00"))
class TestRestart(PauseCase):
    """New facts on a running case let its clock run anew from their material."""

    def setUp(self):
        super().setUp()
        self.complaint = self.complaint.with_user(self.supervisor)
        self.paper = self._create_document(
            self.complaint, "other", name="第二份检测报告"
        )

    def _restart(self, complaint=None, user=None, **values):
        complaint = (complaint or self.complaint).with_user(user or self.supervisor)
        action = complaint.action_restart_clock()
        dialog = Form(self._follow(action, complaint.env.user))
        for name, value in {
            "reason": "顾客提交了新的检测报告。",
            "date_new_facts": at("2026-03-19 15:00"),
            **values,
        }.items():
            dialog[name] = value
        if "document_ids" not in values:
            dialog.document_ids.add(self.paper)
        dialog.save().action_restart()

    def test_the_clock_runs_from_the_new_material(self):
        self._restart()
        self.assertEqual((self.answer.state, self.answer.late_by), ("replaced", 4))
        self.assertEqual(self.answer.date_due, at("2026-03-16 23:59:59"))
        self.assertIn(self.answer, self.complaint.shown_deadline_ids)
        self.assertTrue(self.complaint.was_late)
        answer = self._get_deadline(self.complaint, "cbirc_answer_general")
        self.assertRecordValues(
            answer,
            [
                {
                    "round": 2,
                    "state": "running",
                    "date_start": at("2026-03-19 15:00"),
                    "date_due": at("2026-04-03 23:59:59"),
                    "late_by": 0,
                }
            ],
        )
        self.assertFalse(self.complaint.is_late)
        self.assertEqual(self.complaint.date_deadline, at("2026-04-03 23:59:59"))
        self.assertIn(
            "第二份检测报告",
            "".join(map(str, self.complaint.message_ids.mapped("body"))),
        )
        # It is acknowledged anew, with the new limit.
        self.complaint.sudo().action_accept()
        self.assertEqual(
            self._get_deadline(self.complaint, "cbirc_acknowledged").state, "running"
        )

    def test_what_runs_from_another_fact_goes_on(self):
        self.complaint.with_user(self.agent).write(
            {"date_goods_returned": at("2026-03-18 10:00")}
        )
        self.complaint.with_user(self.supervisor).policy_id = self.retail
        refund = self._get_deadline(self.complaint, "retail_refund")
        self.assertEqual(refund.date_due, at("2026-03-25 23:59:59"))
        self._restart()
        self.assertEqual(
            (refund.state, refund.date_due), ("running", at("2026-03-25 23:59:59"))
        )
        self.assertEqual(len(self._get_deadline(self.complaint, "retail_refund")), 1)

    def test_only_a_supervisor_and_only_from_new_material(self):
        Document = self.env["customer.complaint.archive.document"]
        with self._refused("A supervisor restarts", AccessError):
            self.complaint.with_user(self.agent)._restart_clock(
                "新事实", at("2026-03-19 15:00"), self.paper
            )
        for reason, moment, papers, text in (
            (" ", "2026-03-19 15:00", self.paper, "which new facts"),
            ("新事实", "2026-03-19 15:00", Document, "from new material"),
            ("新事实", "2026-02-19 15:00", self.paper, "not in the future"),
            ("新事实", "2026-03-21 15:00", self.paper, "not in the future"),
        ):
            with self._refused(text):
                self.complaint._restart_clock(reason, at(moment), papers)
        other = self._receive("2026-03-19 10:00", self.cbirc)
        with self._refused("from new material"):
            other.with_user(self.supervisor)._restart_clock(
                "新事实", at("2026-03-19 15:00"), self.paper
            )

    def test_a_decided_or_ended_case_is_not_restarted(self):
        complaint = self.complaint.with_user(self.agent)
        complaint.category_id = self.category_service
        self._take_to(complaint, "remediation")
        with self._refused("Take it back to the investigation"):
            self._restart()
        self._withdraw(complaint)
        with self._refused("has ended", UserError):
            self._restart()
