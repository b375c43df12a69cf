from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from odoo.fields import Command

from odoo.addons.customer_complaint.tests.common import CustomerComplaintCommon

from ..models.customer_complaint_policy import CONDITION_FIELDS

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(text):
    """Return a moment of the clock on the wall in Shanghai as naive UTC."""
    local = datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)
    return local.astimezone(UTC).replace(tzinfo=None)


class ClockCase(CustomerComplaintCommon):
    """A company in Shanghai that works from Monday to Friday, 9 to 12 and 13 to 18."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls._create_calendar("朝阳店作息")
        cls.company.resource_calendar_id = cls.calendar
        cls.team.resource_calendar_id = False
        cls.retail = cls.quick_ref("customer_complaint_deadline.policy_retail")
        cls.cbirc = cls.quick_ref("customer_complaint_deadline.policy_cbirc")
        cls.opinion = cls.quick_ref("customer_complaint_deadline.policy_opinion")
        cls.gsp = cls.quick_ref("customer_complaint_deadline.policy_gsp")
        cls.company.complaint_policy_id = cls.retail
        # Policies apply only where a test says so.
        for policy in cls.env["customer.complaint.policy"].search([]):
            policy.write(dict.fromkeys(CONDITION_FIELDS, False))
        cls.env["customer.complaint.policy"].search(
            [("id", "not in", (cls.retail | cls.cbirc | cls.opinion | cls.gsp).ids)]
        ).active = False

    @classmethod
    def _create_calendar(cls, name, days=range(5), **values):
        """Create working hours on these days of the week, Monday being 0."""
        return cls.env["resource.calendar"].create(
            {
                "name": name,
                "tz": "Asia/Shanghai",
                "company_id": cls.company.id,
                "attendance_ids": [
                    Command.create(
                        {
                            "name": f"{day} {start}",
                            "dayofweek": str(day),
                            "hour_from": start,
                            "hour_to": end,
                            "day_period": "morning" if start < 12 else "afternoon",
                        }
                    )
                    for day in days
                    for start, end in ((9, 12), (13, 18))
                ],
                **values,
            }
        )

    def _receive(self, moment, policy=None, **values):
        """Create a complaint received at a moment on the wall in Shanghai."""
        if policy:
            self.company.complaint_policy_id = policy
        return self._create_complaint(date_received=at(moment), **values)

    @classmethod
    def _prepare_complaint_vals(cls, **values):
        """Return the values of a complaint without an order: any number may exist."""
        return {
            **super()._prepare_complaint_vals(),
            "sale_order_id": False,
            "line_ids": [Command.create({"product_id": cls.cream.id})],
            **values,
        }

    def _get_deadline(self, complaint, milestone, **conditions):
        """Return the deadline of a shipped milestone, as the system sees it.

        :param str milestone: its XML id without ``milestone_``, whatever the addon
        :param conditions: values of its fields; replaced ones only when asked for
        """
        data = self.env["ir.model.data"].sudo()
        milestone = self.env["customer.complaint.policy.milestone"].browse(
            data.search(
                [
                    ("module", "=like", "customer_complaint%"),
                    ("name", "=", f"milestone_{milestone}"),
                ]
            ).res_id
        )
        return complaint.sudo().deadline_ids.filtered(
            lambda deadline: (
                deadline.milestone_id == milestone
                and ("state" in conditions or deadline.state != "replaced")
                and all(deadline[name] == conditions[name] for name in conditions)
            )
        )

    def _run_updates(self):
        """Let the background job bring the clocks up to date."""
        with self.enter_registry_test_mode():
            self.quick_ref(
                "customer_complaint_deadline.cron_update_clocks"
            ).method_direct_trigger()
        self.env.invalidate_all()


class PauseCase(ClockCase):
    """A complaint under CBIRC-2020: 15 natural days from 1 to 16 March."""

    def setUp(self):
        super().setUp()
        self.complaint = self._receive("2026-03-01 10:00", self.cbirc)
        self.answer = self._get_deadline(self.complaint, "cbirc_answer_general")

    def _receive(self, moment, policy=None, **values):
        """Receive a complaint without an order: any number may exist."""
        walk_in = {"sale_order_id": False, "line_ids": [], "event_place": "顾客家中"}
        return super()._receive(moment, policy, **{**walk_in, **values})

    def _enter(self, complaint=None, user=None, **values):
        """Enter a pause as a call by RPC would."""
        complaint = complaint or self.complaint
        return (
            self.env["customer.complaint.pause"]
            .with_user(user or self.agent)
            .create(
                {
                    "complaint_id": complaint.id,
                    "kind": "testing",
                    "reason": "留样送市质检院检测。",
                    **values,
                }
            )
        )

    def _notice(self, complaint=None, **values):
        return self._record_notice(
            complaint or self.complaint,
            "pause",
            self.agent,
            **{"date": at("2026-03-05 10:00"), **values},
        )

    def _enter_told(self, date_from, date_to=False, **values):
        """Enter a pause with a notice of its own."""
        notice = self._notice(date=at(date_from))
        return self._enter(
            date_from=at(date_from),
            date_to=date_to and at(date_to),
            notice_id=notice.id,
            **values,
        )

    def _pause(self, complaint, user=None, context=None, **values):
        """Pause the clock by the dialog; the complainant is told by a call.

        :param dict context: of the button, e.g. proposals
        :param values: of the dialog
        """
        complaint = complaint.with_user(user or self.agent).with_context(
            **(context or {})
        )
        action = complaint.action_pause()
        told = {"told": values.pop("told", "new")}
        if told["told"] == "new":
            told |= {"way": "phone", "proof_ref": "2026-03-06 15:30 致电 010-8888 0000"}
        why = {"pause_kind": "testing", "reason": "留样送市质检院检测。"}
        record = self._save_form(
            self._follow(action, complaint.env.user), **(told | why | values)
        )
        record.action_start()
        return record.pause_id

    def _resume(self, pause, user=None, **values):
        """End a pause by the dialog, now by default."""
        pause = pause.with_user(user or self.agent)
        self._end_pause(pause, pause.action_resume(), **values)

    def _void_pause(self, pause, user=None, reason="录入错误,该样品未送检。"):
        """Void a pause by the dialog, as a supervisor by default."""
        pause = pause.with_user(user or self.supervisor)
        self._end_pause(pause, pause.action_void(), reason=reason)

    def _end_pause(self, pause, action, **values):
        dialog = self._save_form(self._follow(action, pause.env.user), **values)
        dialog.action_end()


class SuperiorCase(PauseCase):
    """The shop stands under an area, the area under the head office."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Superiors read the cases of the teams below, as an auditor does here.
        cls.area_leader = cls._new_user("area_leader", "supervisor", "auditor")
        cls.head_leader = cls._new_user("head_leader", "supervisor", "auditor")
        Team = cls.env["customer.complaint.team"]
        cls.head = Team.create({"name": "总部", "leader_id": cls.head_leader.id})
        cls.area = Team.create(
            {
                "name": "华北区",
                "leader_id": cls.area_leader.id,
                "parent_id": cls.head.id,
            }
        )
        cls.team.parent_id = cls.area

    def setUp(self):
        super().setUp()
        self.complaint = self._receive(
            "2026-03-01 10:00", self.cbirc, complexity="special"
        )
        self.answer = self._get_deadline(self.complaint, "cbirc_answer_special")

    def _put_on_leave(self, user):
        resource = self.env["resource.resource"].create(
            {"name": user.name, "user_id": user.id, "calendar_id": self.calendar.id}
        )
        self.env["resource.calendar.leaves"].create(
            {
                "name": "年假",
                "resource_id": resource.id,
                "date_from": at("2026-03-06 00:00"),
                "date_to": at("2026-03-06 23:00"),
            }
        )
