from psycopg2.errors import ForeignKeyViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.customer_complaint.tests.test_numbers import NOT_TO_KEEP

from .clock_common import ClockCase, at


@tagged("post_install", "-at_install")
@freeze_time("2026-03-06 08:00:00")  # a Friday, 16:00 in Shanghai
class TestPolicy(ClockCase):
    """Which time limits apply to a complaint, and who may change them."""

    def _create_policy(
        self, name="门店快速答复", length=2, clock="natural_days", **values
    ):
        return self.env["customer.complaint.policy"].create(
            {
                "name": name,
                "milestone_ids": [
                    Command.create(
                        {
                            "name": "答复顾客",
                            "start_event": "received",
                            "done_event": "told",
                            "length": 2,
                            "clock": "natural_days",
                        }
                    )
                ],
                **values,
            }
        )

    # ------------------------------------------------------------------
    # CHOICE
    # ------------------------------------------------------------------

    def test_a_length_that_no_database_keeps(self):
        milestone = self.env["customer.complaint.policy.milestone"].search([], limit=1)
        for value in NOT_TO_KEEP:
            with (
                self.subTest(value=value),
                self._refused("Length: .* no number that can be kept", ValidationError),
            ):
                milestone.write({"length": value})

    def test_without_conditions_the_default_of_the_company_applies(self):
        complaint = self._create_complaint()
        self.assertEqual(complaint.policy_id, self.retail)
        self.assertEqual(
            complaint.policy_reason,
            "Retail: 24 hours, 7 or 15 working days, the default of the company",
        )

    def test_a_category_takes_the_categories_below_it_along(self):
        product_quality = self.category.parent_id
        self.assertTrue(product_quality)
        policy = self._create_policy(category_ids=[Command.set(product_quality.ids)])
        foreign_matter = self._create_complaint()
        attitude = self._create_complaint(category_id=self.category_service.id)
        self.assertEqual(foreign_matter.policy_id, policy)
        self.assertEqual(
            foreign_matter.policy_reason, "门店快速答复, because of: Category"
        )
        self.assertEqual(attitude.policy_id, self.retail)

    def test_the_most_conditions_win_then_the_order(self):
        by_category = self._create_policy(
            "品类", category_ids=[Command.set(self.category.ids)], sequence=1
        )
        by_both = self._create_policy(
            "品类与渠道",
            category_ids=[Command.set(self.category.ids)],
            channel_ids=[Command.set(self.channel.ids)],
            sequence=99,
        )
        self.assertEqual(self._create_complaint().policy_id, by_both)
        by_both.active = False
        later = self._create_policy(
            "班组", team_ids=[Command.set(self.team.ids)], sequence=5
        )
        self.assertEqual(self._create_complaint().policy_id, by_category)
        later.sequence = 0
        self.assertEqual(self._create_complaint().policy_id, later)

    def test_severity_brings_another_policy_when_it_rises(self):
        policy = self._create_policy("重大", severity="major")
        complaint = self._create_complaint()
        self.assertEqual(complaint.policy_id, self.retail)
        complaint.write({"severity": "major"})
        self.assertEqual(complaint.policy_id, policy)
        self.assertEqual(complaint.policy_reason, "重大, because of: Severity")

    def test_a_policy_of_another_company_is_not_chosen(self):
        other = self.env["res.company"].create({"name": "上海分公司"})
        self._create_policy("分公司", severity="general", company_id=other.id)
        self.assertEqual(self._create_complaint().policy_id, self.retail)

    def test_no_policy_at_all_is_said_clearly(self):
        self.company.complaint_policy_id = False
        complaint = self._create_complaint()
        self.assertFalse(complaint.policy_id)
        self.assertFalse(complaint.date_deadline)
        self.assertIn("chooses a default", complaint.policy_reason)

    def test_a_supervisor_chooses_another_policy_and_it_stays(self):
        complaint = self._create_complaint()
        complaint.with_user(self.supervisor).policy_id = self.cbirc
        self.assertTrue(complaint.is_policy_forced)
        self.assertIn("chosen by hand", complaint.policy_reason)
        complaint.category_id = self.category_service
        self.assertEqual(complaint.policy_id, self.cbirc)
        complaint.with_user(self.supervisor).policy_id = self.retail
        self.assertFalse(complaint.is_policy_forced)

    def test_an_agent_chooses_no_other_policy(self):
        complaint = self._create_complaint()
        with self._refused("Only a supervisor", AccessError):
            complaint.policy_id = self.cbirc
        with self._refused("Only a supervisor", AccessError):
            self._create_complaint(policy_id=self.cbirc.id)
        complaint.policy_id = self.retail
        self.assertFalse(complaint.is_policy_forced)

    def test_defaults_of_an_agent_choose_no_other_policy(self):
        vals = self._prepare_complaint_vals()
        Complaint = self.env["customer.complaint"].with_user(self.agent)
        with self._refused("Only a supervisor", AccessError):
            Complaint.with_context(default_policy_id=self.cbirc.id).create(vals)
        self.env["ir.default"].with_user(self.agent).set(
            "customer.complaint", "policy_id", self.cbirc.id, user_id=True
        )
        with self._refused("Only a supervisor", AccessError):
            Complaint.create(vals)

    def test_no_complaint_is_without_limits(self):
        complaint = self._create_complaint(policy_id=False)
        self.assertEqual(complaint.policy_id, self.retail)
        self.assertTrue(complaint.date_deadline)
        for user in (self.agent, self.manager):
            with self._refused("due at no time"):
                complaint.with_user(user).policy_id = False

    # ------------------------------------------------------------------
    # CHANGE
    # ------------------------------------------------------------------

    def test_complexity_keeps_the_start_and_the_replaced_deadline(self):
        complaint = self._receive("2026-03-06 10:30")
        general = self._get_deadline(complaint, "retail_answer_general")
        self.assertEqual(general.date_due, at("2026-03-07 10:30"))
        self.assertEqual(complaint.date_deadline, general.date_due)
        complaint._write_unguarded({"complexity": "complex"})
        self.assertEqual(general.state, "replaced")
        self.assertEqual(general.date_due, at("2026-03-07 10:30"))
        seven_days = self._get_deadline(complaint, "retail_answer_complex")
        self.assertEqual(seven_days.date_start, at("2026-03-06 10:30"))
        self.assertEqual(seven_days.date_due, at("2026-03-17 23:59:59"))
        self.assertEqual(complaint.date_deadline, seven_days.date_due)

    def test_classified_anew_after_the_limit_it_shows_that_it_passed(self):
        complaint = self._receive("2026-03-01 10:30")
        general = self._get_deadline(complaint, "retail_answer_general")
        self.assertEqual(
            (general.date_due, general.late_by), (at("2026-03-02 10:30"), 0)
        )
        with freeze_time(at("2026-03-06 10:30")):
            complaint._write_unguarded({"complexity": "complex"})
            self.assertEqual(general.late_text, "96 hours")
        self.assertEqual((general.state, general.late_by), ("replaced", 96))
        self.assertTrue(general.is_late)

    def test_going_back_to_the_first_policy_gives_the_first_result(self):
        complaint = self._receive("2026-03-06 10:30")
        due = complaint.date_deadline
        complaint._write_unguarded({"complexity": "special"})
        complaint._write_unguarded({"complexity": "general"})
        self.assertEqual(complaint.date_deadline, due)
        self.assertEqual(len(self._get_deadline(complaint, "retail_answer_general")), 1)

    def test_editing_a_policy_moves_running_complaints_only_when_asked_to(self):
        complaint = self._receive("2026-03-06 10:30")
        milestone = self.quick_ref(
            "customer_complaint_deadline.milestone_retail_answer_general"
        )
        milestone.length = 48
        complaint.demand = "尽快答复"
        self.assertEqual(complaint.date_deadline, at("2026-03-07 10:30"))
        self.assertEqual(
            self._receive("2026-03-06 10:30").date_deadline, at("2026-03-08 10:30")
        )
        self.retail.with_user(self.manager).action_apply_to_running()
        self._run_updates()
        self.assertEqual(complaint.date_deadline, at("2026-03-08 10:30"))
        replaced = self._get_deadline(
            complaint, "retail_answer_general", state="replaced"
        )
        self.assertEqual(replaced.date_due, at("2026-03-07 10:30"))

    def test_what_is_met_stays_met_when_the_policy_is_applied_anew(self):
        complaint = self._receive("2026-03-06 10:30", self.cbirc)
        complaint.action_accept()
        self._tell(complaint, "receipt")
        met = self._get_deadline(complaint, "cbirc_acknowledged")
        self.assertEqual(met.state, "met")
        met.milestone_id.length = 1
        self.cbirc.action_apply_to_running()
        self._run_updates()
        self.assertEqual(self._get_deadline(complaint, "cbirc_acknowledged"), met)
        self.assertEqual(met.state, "met")

    def test_closed_complaints_keep_their_limits(self):
        policy = self._create_policy()
        complaint = self._receive("2026-03-06 10:30", policy)
        self._withdraw(complaint)
        policy.milestone_ids.length = 48
        with self._refused("No running complaint"):
            policy.action_apply_to_running()
        with self._refused("has ended"):
            complaint.policy_id = self.cbirc

    # ------------------------------------------------------------------
    # BAD INPUT
    # ------------------------------------------------------------------

    def test_a_policy_needs_a_milestone(self):
        with self._refused("needs at least one milestone", ValidationError):
            self.env["customer.complaint.policy"].create({"name": "空"})
        policy = self._create_policy()
        with self._refused("needs at least one milestone", ValidationError):
            policy.milestone_ids = [Command.clear()]
        with self._refused("needs at least one milestone", ValidationError):
            policy.milestone_ids.active = False
        with self._refused("needs at least one milestone", ValidationError):
            policy.milestone_ids.unlink()

    def test_lengths_that_cannot_be_right_are_refused(self):
        cases = [
            ({"length": -1}, "cannot be negative"),
            ({"length": 10000}, "cannot be right"),
            ({"length": 1.5}, "counted whole"),
            ({"extending_role": "manager"}, "by how much"),
            (
                {
                    "length": 10,
                    "max_length": 5,
                    "extending_role": "manager",
                    "extension_length": 1,
                },
                "shorter than the limit",
            ),
        ]
        policy = self._create_policy()
        for values, text in cases:
            with self.subTest(values), self._refused(text, ValidationError):
                policy.milestone_ids.write(values)

    def test_events_that_do_not_go_together_are_refused(self):
        cases = [
            ({"done_event": "received"}, "from one event to another"),
            ({"kind": "demanded", "length": 0}, "by memos that were sent"),
            ({"kind": "recurring"}, "told something"),
            (
                {"kind": "recurring", "done_event": "informed", "length": 0},
                "a time between",
            ),
        ]
        policy = self._create_policy()
        for values, text in cases:
            with self.subTest(values), self._refused(text, ValidationError):
                policy.milestone_ids.write(values)

    def test_what_complaints_use_is_archived_and_not_deleted(self):
        complaint = self._create_complaint()
        milestone = self._get_deadline(complaint, "retail_answer_general").milestone_id
        with self._refused("stays readable"):
            milestone.unlink()
        with self._refused("Archive it instead"):
            self.retail.unlink()
        milestone.active = False
        self.assertEqual(complaint.date_deadline, complaint.deadline_ids[:1].date_due)

    def test_a_milestone_stays_in_its_policy(self):
        first, second = self._create_policy(), self._create_policy("另一规则")
        with self._refused("stays in its policy"):
            first.milestone_ids.policy_id = second

    def test_an_unused_policy_can_be_deleted_unless_it_is_a_default(self):
        policy = self._create_policy()
        policy.unlink()
        self.assertFalse(policy.exists())
        policy = self._create_policy()
        self.company.complaint_policy_id = policy
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(ForeignKeyViolation),
            self.env.cr.savepoint(),
        ):
            policy.unlink()

    # ------------------------------------------------------------------
    # RIGHTS
    # ------------------------------------------------------------------

    def test_managers_configure_and_agents_read(self):
        self._give_all_companies(self.manager)
        self.retail.with_user(self.manager).note = "全部门店"
        self.assertEqual(self.retail.with_user(self.agent).note, "全部门店")
        for user in (self.agent, self.supervisor, self.quality_user, self.auditor):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.retail.with_user(user).note = "x"
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.retail.milestone_ids.with_user(user).length = 1
        with self.assertRaises(AccessError):
            self.retail.with_user(self.employee).read(["name"])
        with self.assertRaises(AccessError):
            self.retail.with_user(self.agent).action_apply_to_running()

    def test_another_company_s_policy_is_not_seen(self):
        other = self.env["res.company"].create({"name": "上海分公司"})
        policy = self._create_policy(company_id=other.id)
        with self.assertRaises(AccessError):
            policy.with_user(self.manager).read(["name"])
        with self.assertRaises(AccessError):
            policy.milestone_ids.with_user(self.agent).read(["name"])
        with self.assertRaises(UserError):
            self._create_complaint().sudo().policy_id = policy
