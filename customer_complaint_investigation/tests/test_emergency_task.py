from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.customer_complaint.tests.common import CustomerComplaintCommon


@tagged("post_install", "-at_install")
class TestEmergencyTask(CustomerComplaintCommon):
    """What the emergency plan asks for is done, or struck out, and never lost."""

    @classmethod
    def default_env_context(cls):
        # With chatter and tracking, as for everybody.
        return {"lang": "en_US"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.complaint_emergency_plan_id = False
        cls.company._complaint_create_missing_plans()
        cls.plan = cls.company.complaint_emergency_plan_id
        cls.complaint = cls.env["customer.complaint"].create(
            cls._prepare_complaint_vals(has_injury=True, user_id=cls.agent.id)
        )
        cls.tasks = cls.complaint.emergency_task_ids
        cls.task = cls.tasks[0]

    def _get_todo(self, task):
        return task.sudo().activity_ids

    def test_the_plan_writes_its_tasks_down(self):
        self.assertEqual(
            self.tasks.mapped("name"), self.plan.template_ids.mapped("summary")
        )
        self.assertEqual(set(self.tasks.mapped("state")), {"open"})
        for task in self.tasks:
            self.assertEqual(len(self._get_todo(task)), 1)
            self.assertEqual(task.user_id, self._get_todo(task).user_id)

    def test_read_as_a_whole(self):
        """As an export or a call without names of fields does."""
        for user in (self.agent, self.manager, self.auditor):
            [row] = self.task.with_user(user).read()
            self.assertEqual(row["name"], self.task.name)

    def test_no_todo_of_it_is_deleted(self):
        todo = self._get_todo(self.task)
        for user in (self.agent, self.manager):
            with self._refused("emergency plan of a major complaint"):
                todo.with_user(user).unlink()
        self.assertTrue(todo.exists())
        # Another to-do of the case goes as ever.
        other = self.complaint.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.agent.id
        )
        other.with_user(self.agent).unlink()

    def test_a_colleague_who_leaves_takes_no_task_along(self):
        todo = self._get_todo(self.task)
        leaver = self._new_user("complaint_leaver", "agent")
        todo.user_id = leaver
        leaver.action_archive()
        self.assertFalse(todo.exists())
        self.assertEqual(self.task.state, "open")
        self.task.with_user(self.agent).action_done()

    def test_a_todo_done_ticks_the_task_off(self):
        todo = self._get_todo(self.task)
        todo.with_user(self.supervisor).action_feedback("已指定店长负责。")
        self.assertRecordValues(
            self.task,
            [
                {
                    "state": "done",
                    "outcome": "已指定店长负责。",
                    "ended_by_id": self.supervisor.id,
                }
            ],
        )
        self.assertIn("done: ", self.complaint.message_ids.mapped("preview")[1] or "")

    def test_a_task_done_ends_the_todo(self):
        todo = self._get_todo(self.task)
        self.task.with_user(self.agent).action_done()
        self.assertFalse(todo.exists())
        self.assertEqual(self.task.ended_by_id, self.agent)
        with self._refused("done or struck out already"):
            self.task.with_user(self.agent).action_done()

    def test_struck_out_with_a_reason(self):
        own = self.task.with_user(self.supervisor)
        with self._refused("first say why"):
            own.action_strike_out()
        own.outcome = "无人受伤，不适用。"
        own.action_strike_out()
        self.assertRecordValues(
            self.task, [{"state": "struck", "ended_by_id": self.supervisor.id}]
        )
        self.assertFalse(self._get_todo(self.task))
        self.assertTrue(
            any(
                "无人受伤" in body for body in self.complaint.message_ids.mapped("body")
            )
        )
        with self._refused("done or struck out already"):
            own.outcome = "另一个理由"

    def test_nobody_forges_changes_or_deletes_one(self):
        Task = self.env["customer.complaint.emergency.task"]
        with self._refused("", UserError):
            Task.with_user(self.manager).create(
                {
                    "complaint_id": self.complaint.id,
                    "name": "x",
                    "date_due": "2026-01-05",
                }
            )
        for vals in (
            {"state": "done"},
            {"name": "x"},
            {"ended_by_id": self.agent.id},
            {"date_due": "2036-01-05"},
        ):
            with self._refused("stays as the plan asked"):
                self.task.with_user(self.manager).write(vals)
        with self._refused("", UserError):
            self.task.with_user(self.manager).unlink()
        with self._refused("are kept"):
            self.task.unlink()
        # Nor does a to-do become one of it.
        with self._refused("", AccessError):
            self._get_todo(self.task).with_user(self.agent).write(
                {"complaint_task_id": self.tasks[1].id}
            )

    def test_strangers_and_the_recused(self):
        with self._refused("", AccessError):
            self.task.with_user(self.stranger).read(["name"])
        with self._refused("", AccessError):
            self.task.with_user(self.employee).read(["name"])
        self.assertEqual(self.task.with_user(self.auditor).name, self.task.name)
        with self._refused("", AccessError):
            self.task.with_user(self.auditor).action_done()
        self._recuse(self.complaint, self.colleague)
        with self._refused("recused", AccessError):
            self.task.with_user(self.colleague).action_done()

    def test_plans_for_the_trades_are_shipped(self):
        plans = self.env["mail.activity.plan"].search(
            [
                ("res_model", "=", "customer.complaint"),
                ("company_id", "=", self.company.id),
            ]
        )
        for trade in ("shop", "pharmacy", "maker", "bank"):
            plan = plans.filtered(lambda p, trade=trade: p.name.endswith(trade))
            self.assertTrue(plan, trade)
            self.company.complaint_emergency_plan_id = plan[:1]
            complaint = self.env["customer.complaint"].create(
                self._prepare_complaint_vals(line_ids=[], has_injury=True)
            )
            complaint.invalidate_recordset(["emergency_task_ids"])
            self.assertEqual(
                complaint.emergency_task_ids.mapped("name"),
                [
                    template.summary
                    for template in plan[:1].template_ids.sorted(
                        lambda t: (t.delay_count, t.sequence)
                    )
                ],
            )
            self.assertEqual(
                complaint.emergency_task_ids.mapped("plan_name")[0], plan[:1].name
            )
