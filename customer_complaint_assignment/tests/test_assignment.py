from datetime import datetime, timedelta

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from odoo.addons.customer_complaint.tests.common import CustomerComplaintCommon

# A Monday, 10:00 in Shanghai.
MONDAY = "2031-05-12 02:00:00"


@tagged("post_install", "-at_install")
class TestAssignment(CustomerComplaintCommon):
    """A team's complaints go to whoever has the fewest, if they are there."""

    @classmethod
    def default_env_context(cls):
        # With chatter and tracking, as for everybody.
        return {"lang": "en_US"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls.env["resource.calendar"].create(
            {"name": "行政班", "tz": "Asia/Shanghai", "company_id": cls.company.id}
        )
        cls.company.resource_calendar_id = cls.calendar
        cls.team.write(
            {
                "assignment_method": "fewest",
                "leader_id": False,
                "member_ids": [Command.set((cls.agent | cls.colleague).ids)],
            }
        )
        cls.enterClassContext(freeze_time(MONDAY))

    def _new(self, user=None, **values):
        return self._create_complaint(
            user, **{"sale_order_id": False, "line_ids": [], **values}
        )

    def _new_unhandled(self):
        """Create a complaint whose first contact no longer handles it."""
        complaint = self._new()
        complaint._write_unguarded({"user_id": False})
        return complaint

    def _get_handlers(self, count, **values):
        """Return the handlers of new complaints, one after the other."""
        handlers = [self._new(**values).user_id for _n in range(count)]
        # Dated now, as at the end of a request.
        self.env.flush_all()
        return handlers

    def _create_resource(self, user, **values):
        return self.env["resource.resource"].create(
            {
                "name": user.name,
                "user_id": user.id,
                "calendar_id": self.calendar.id,
                "company_id": self.company.id,
                "tz": "Asia/Shanghai",
                **values,
            }
        )

    def _create_leave(self, resource=None, **values):
        """Create a leave of a person, or a public holiday, for the whole Monday."""
        return self.env["resource.calendar.leaves"].create(
            {
                "name": "年假",
                "resource_id": resource.id if resource else False,
                "calendar_id": self.calendar.id,
                "date_from": datetime(2031, 5, 11, 16),
                "date_to": datetime(2031, 5, 12, 15, 59),
                **values,
            }
        )

    # ------------------------------------------------------------------
    # WHO IS NEXT
    # ------------------------------------------------------------------

    def test_by_hand_who_takes_it_in_handles_it(self):
        self.team.assignment_method = "manual"
        self.assertEqual(self._new().user_id, self.agent)

    def test_handler_given_stays(self):
        self.assertEqual(self._new(user_id=self.supervisor.id).user_id, self.supervisor)

    def test_fewest_open_then_longest_without(self):
        self._new(user_id=self.agent.id)
        self.assertEqual(
            self._get_handlers(3), [self.colleague, self.agent, self.colleague]
        )

    def test_ties_go_to_who_waits_longest(self):
        for hours, handler in enumerate((self.agent, self.colleague)):
            with freeze_time(datetime(2031, 5, 12, 2) + timedelta(hours=hours)):
                complaint = self._new(user_id=handler.id)
                self._withdraw(complaint, handler)
        # Both have none open; the agent was given one first.
        self.assertEqual(self._new().user_id, self.agent)

    def test_ended_complaints_do_not_count(self):
        for _n in range(2):
            self._withdraw(self._new(user_id=self.agent.id))
        self._new(user_id=self.colleague.id)
        self.assertEqual(self._new().user_id, self.agent)

    def test_batch_is_spread(self):
        complaints = (
            self.env["customer.complaint"]
            .with_user(self.agent)
            .create(
                [
                    self._prepare_complaint_vals(sale_order_id=False, line_ids=[])
                    for _n in range(6)
                ]
            )
        )
        for handler in (self.agent, self.colleague):
            self.assertEqual(
                len(complaints.filtered_domain([("user_id", "=", handler.id)])), 3
            )
        self.assertEqual(
            set(complaints.mapped("date_assigned")), {datetime(2031, 5, 12, 2)}
        )

    def test_queries_do_not_grow_with_the_batch(self):
        def count(size):
            vals_list = [
                self._prepare_complaint_vals(sale_order_id=False, line_ids=[])
                for _n in range(size)
            ]
            self.env.flush_all()
            self.cr.flush()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.env["customer.complaint"].with_user(self.agent).create(vals_list)
            self.env.flush_all()
            self.cr.flush()
            return self.cr.sql_log_count - before

        count(1)
        few, many = count(4), count(104)
        self.team.assignment_method = "manual"
        few_by_hand, many_by_hand = count(4), count(104)
        self.assertLessEqual(many - few, many_by_hand - few_by_hand + 5)

    def test_people_who_cannot_handle_are_skipped(self):
        portal = self._new_portal_user()
        for user in (self.employee, self.auditor, portal):
            self.team.member_ids = [Command.link(user.id)]
        self.colleague.sudo().active = False
        self.assertEqual(set(self._get_handlers(3)), {self.agent})

    def _new_portal_user(self):
        return self.env(su=True)["res.users"].create(
            {
                "name": "王芳",
                "login": "complaint_portal",
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
            }
        )

    def test_own_customers_are_skipped(self):
        # It would be the agent's turn.
        self._new(user_id=self.colleague.id)
        own = self._new(self.supervisor, partner_id=self.agent.partner_id.id)
        self.assertEqual(own.user_id, self.colleague)

    # ------------------------------------------------------------------
    # WHO IS THERE
    # ------------------------------------------------------------------

    def test_absent_members_are_skipped(self):
        self._create_leave(self._create_resource(self.agent))
        self.assertEqual(set(self._get_handlers(3)), {self.colleague})

    def test_leave_that_is_over_does_not_count(self):
        self._create_leave(
            self._create_resource(self.agent),
            date_from=datetime(2031, 5, 10, 16),
            date_to=datetime(2031, 5, 11, 15),
        )
        self.assertEqual(set(self._get_handlers(2)), {self.agent, self.colleague})

    def test_no_working_time_left_today(self):
        early = self.env["resource.calendar"].create(
            {
                "name": "早班",
                "tz": "Asia/Shanghai",
                "company_id": self.company.id,
                "attendance_ids": [
                    Command.create(
                        {
                            "name": "早班",
                            "dayofweek": "0",
                            "hour_from": 6,
                            "hour_to": 9,
                            "day_period": "morning",
                        }
                    )
                ],
            }
        )
        self._create_resource(self.agent, calendar_id=early.id)
        self._create_resource(self.colleague)
        self.assertEqual(set(self._get_handlers(3)), {self.colleague})

    def test_outside_working_hours_all_but_those_on_leave(self):
        self._create_leave(self._create_resource(self.agent))
        with freeze_time("2031-05-12 14:00:00"):
            self.assertEqual(set(self._get_handlers(2)), {self.colleague})
        with freeze_time("2031-05-18 02:00:00"):  # Sunday, nobody on leave
            handlers = self._get_handlers(3)
        self.assertEqual(handlers, [self.agent, self.agent, self.colleague])

    def test_public_holiday(self):
        """Whoever works by another calendar is there; else everybody not on leave."""
        # A calendar made later would take over the holidays of the company.
        shop = self.calendar.copy({"name": "门店班"})
        self._create_leave(name="劳动节调休")
        self.assertEqual(set(self._get_handlers(2)), {self.agent, self.colleague})
        self._create_resource(self.colleague, calendar_id=shop.id)
        self.assertEqual(set(self._get_handlers(3)), {self.colleague})

    def test_leaves_of_another_company_do_not_count(self):
        other = self.env["res.company"].create({"name": "上海分公司"})
        leave = self._create_leave(calendar_id=False)
        leave.company_id = other
        self._create_resource(self.colleague)
        resource = self._create_resource(self.agent)
        self.assertEqual(
            self.team._get_present(self.agent | self.colleague)[0],
            self.agent | self.colleague,
        )
        resource.calendar_id = False  # free in their hours
        self.assertEqual(set(self._get_handlers(2)), {self.agent, self.colleague})

    def test_nobody_there_leaves_it_to_the_leader(self):
        self.team.leader_id = self.supervisor
        for user in (self.agent, self.colleague, self.supervisor):
            self._create_leave(self._create_resource(user))
        complaint = self._new()
        self.assertFalse(complaint.user_id)
        activity = complaint.sudo().activity_ids
        self.assertEqual(activity.user_id, self.supervisor)
        self.assertIn("nobody is available", activity.summary)

    # ------------------------------------------------------------------
    # BY ACTION
    # ------------------------------------------------------------------

    def test_action_assigns_those_without_handler(self):
        self.team.assignment_method = "manual"
        complaints = (
            self._new_unhandled()
            | self._new_unhandled()
            | self._new(user_id=self.agent.id)
        )
        complaints.action_assign_by_rule()
        self.assertEqual(complaints.mapped("user_id"), self.colleague | self.agent)
        self.assertEqual(complaints[0].user_id, self.colleague)
        with self.assertRaisesRegex(UserError, "have a handler"):
            complaints.action_assign_by_rule()
        homeless = self._new_unhandled()
        homeless.team_id = False
        with self.assertRaisesRegex(UserError, "Choose a team first"):
            homeless.action_assign_by_rule()

    def test_action_is_traced_and_told_once(self):
        self.team.assignment_method = "manual"
        self.team.member_ids = [Command.set(self.colleague.ids)]
        complaints = self._new_unhandled() | self._new_unhandled()
        self.cr.flush()
        complaints.action_assign_by_rule()
        self.env.flush_all()
        self.cr.flush()
        for complaint in complaints:
            values = complaint.sudo().message_ids.tracking_value_ids
            self.assertIn(self.colleague.name, values.mapped("new_value_char"))
        told = (
            self.env["mail.message"]
            .sudo()
            .search([("partner_ids", "in", self.colleague.partner_id.id)])
        )
        self.assertEqual(len(told), 1)
        for complaint in complaints:
            self.assertIn(complaint.name, told.body)

    def test_action_says_when_nobody_is_there(self):
        self.team.assignment_method = "manual"
        self.team.member_ids = [Command.clear()]
        complaint = self._new_unhandled()
        result = complaint.action_assign_by_rule()
        self.assertIn(complaint.name, result["params"]["message"])

    def test_action_refuses_strangers(self):
        self.team.assignment_method = "manual"
        complaint = self._new()
        for user in (self.stranger, self.auditor, self.quality_user, self.employee):
            with self.assertRaises(AccessError):
                complaint.with_user(user).action_assign_by_rule()
        self._withdraw(complaint)
        with self.assertRaisesRegex(UserError, "has ended"):
            complaint.action_assign_by_rule()
