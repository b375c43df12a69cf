from unittest.mock import patch

from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .clock_common import ClockCase, at


@tagged("post_install", "-at_install")
@freeze_time("2026-03-06 08:00:00")  # a Friday, 16:00 in Shanghai
class TestWorkingTime(ClockCase):
    """Working days follow the team's calendar, its holidays and make-up days."""

    def _receive_complex(self, moment="2026-03-06 10:30", **values):
        """Create a complaint that is to be answered within 7 working days."""
        return self._receive(moment, complexity="complex", **values)

    def _close(self, first, last, **values):
        """Enter a public holiday, whole days on the wall in Shanghai."""
        return self.env["resource.calendar.leaves"].create(
            {
                "name": "清明节",
                "company_id": self.company.id,
                "date_from": at(f"{first} 00:00:00"),
                "date_to": at(f"{last} 23:59:59"),
                **values,
            }
        )

    def _get_due(self, complaint):
        return self._get_deadline(complaint, "retail_answer_complex").date_due

    def test_weekends_are_not_counted(self):
        self.assertEqual(
            self._get_due(self._receive_complex()), at("2026-03-17 23:59:59")
        )

    def test_a_holiday_entered_later_moves_running_clocks_in_the_background(self):
        complaint = self._receive_complex()
        self._close("2026-03-10", "2026-03-11")
        self.assertEqual(self._get_due(complaint), at("2026-03-17 23:59:59"))
        self._run_updates()
        self.assertEqual(self._get_due(complaint), at("2026-03-19 23:59:59"))
        self.assertEqual(complaint.date_deadline, at("2026-03-19 23:59:59"))

    def test_a_holiday_that_is_taken_back_counts_again(self):
        complaint = self._receive_complex()
        holiday = self._close("2026-03-10", "2026-03-11")
        self._run_updates()
        holiday.unlink()
        self._run_updates()
        self.assertEqual(self._get_due(complaint), at("2026-03-17 23:59:59"))

    def test_the_leave_of_one_person_moves_nothing(self):
        resource = self.env["resource.resource"].create(
            {"name": "王芳", "calendar_id": self.calendar.id}
        )
        before = self.env["customer.complaint.clock.update"].search_count([])
        self._close("2026-03-10", "2026-03-11", resource_id=resource.id)
        self.assertEqual(
            self.env["customer.complaint.clock.update"].search_count([]), before
        )
        self.assertEqual(
            self._get_due(self._receive_complex()), at("2026-03-17 23:59:59")
        )

    def test_another_company_s_holiday_does_not_count(self):
        other = self.env["res.company"].create({"name": "上海分公司"})
        theirs = self._create_calendar("分公司作息", company_id=other.id)
        self._close("2026-03-10", "2026-03-11", calendar_id=theirs.id)
        self.assertEqual(
            self._get_due(self._receive_complex()), at("2026-03-17 23:59:59")
        )

    def test_make_up_days_are_worked(self):
        complaint = self._receive_complex()
        self.calendar.complaint_makeup_day_ids = [
            Command.create({"date": "2026-03-07", "weekday": "0", "name": "春节调休"})
        ]
        self._run_updates()
        deadline = self._get_deadline(complaint, "retail_answer_complex")
        self.assertEqual(deadline.date_due, at("2026-03-16 23:59:59"))

    def test_the_team_has_working_hours_of_its_own(self):
        self.team.resource_calendar_id = self._create_calendar("全周", range(7))
        self.assertEqual(
            self._get_due(self._receive_complex()), at("2026-03-13 23:59:59")
        )

    def test_changing_the_team_changes_the_calendar(self):
        self.other_team.resource_calendar_id = self._create_calendar("全周", range(7))
        complaint = self._receive_complex()
        complaint.sudo().team_id = self.other_team
        self.assertEqual(self._get_due(complaint), at("2026-03-13 23:59:59"))

    def test_an_archived_calendar_gives_way_to_the_company_s(self):
        self.team.resource_calendar_id = self._create_calendar("全周", range(7))
        complaint = self._receive_complex()
        self.team.resource_calendar_id.active = False
        self._run_updates()
        self.assertEqual(self._get_due(complaint), at("2026-03-17 23:59:59"))

    def test_without_working_hours_all_days_count_and_it_says_so(self):
        self.company.resource_calendar_id = self._create_calendar("空", ())
        complaint = self._receive_complex()
        self.assertEqual(self._get_due(complaint), at("2026-03-13 23:59:59"))
        self.assertIn(
            "There are no working hours to count",
            self._get_deadline(complaint, "retail_answer_complex").explanation,
        )

    def test_a_company_closed_for_ever_still_has_a_deadline(self):
        self._close("2026-03-07", "2099-12-31")
        self.assertEqual(
            self._get_due(self._receive_complex()), at("2026-03-13 23:59:59")
        )

    def test_a_missing_time_zone_is_utc(self):
        self.company.complaint_tz = False
        complaint = self._receive("2026-03-06 10:30", self.cbirc)
        self.assertEqual(
            str(self._get_deadline(complaint, "cbirc_answer_general").date_due),
            "2026-03-21 23:59:59",
        )

    def test_another_time_zone_moves_the_ends_of_days(self):
        complaint = self._receive("2026-03-06 10:30", self.cbirc)
        self.assertEqual(complaint.date_deadline, at("2026-03-21 23:59:59"))
        self.company.complaint_tz = "UTC"
        self._run_updates()
        self.assertEqual(str(complaint.date_deadline), "2026-03-21 23:59:59")

    def test_days_end_in_the_company_s_time_zone_wherever_the_team_works(self):
        self.team.resource_calendar_id = self._create_calendar(
            "纽约", tz="America/New_York"
        )
        # Friday evening in Shanghai is Friday morning in New York.
        complaint = self._receive_complex("2026-03-06 15:30")
        self.assertEqual(self._get_due(complaint), at("2026-03-17 23:59:59"))
        # A holiday there is a day, whatever time it is here.
        self.env["resource.calendar.leaves"].create(
            {
                "name": "纽约放假",
                "calendar_id": self.team.resource_calendar_id.id,
                "date_from": "2026-03-10 04:00:00",
                "date_to": "2026-03-11 03:59:59",
            }
        )
        self._run_updates()
        self.assertEqual(self._get_due(complaint), at("2026-03-18 23:59:59"))

    def test_working_hours_are_those_on_the_team_s_wall(self):
        self.team.resource_calendar_id = self._create_calendar(
            "伦敦", tz="Europe/London"
        )
        policy = self.env["customer.complaint.policy"].create(
            {
                "name": "两个工作小时内答复",
                "milestone_ids": [
                    Command.create(
                        {
                            "name": "答复",
                            "start_event": "received",
                            "done_event": "answered",
                            "length": 2,
                            "clock": "working_hours",
                        }
                    )
                ],
            }
        )
        # 15:30 in Shanghai is 7:30 in London, where work begins at nine.
        complaint = self._receive("2026-03-06 15:30", policy)
        self.assertEqual(complaint.date_deadline, at("2026-03-06 19:00"))

    def test_a_day_is_made_up_once(self):
        day = {"date": "2026-03-07", "calendar_id": self.calendar.id}
        self.env["customer.complaint.makeup.day"].create(day)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation),
            self.env.cr.savepoint(),
        ):
            self.env["customer.complaint.makeup.day"].create(day)

    def test_only_those_who_configure_enter_make_up_days(self):
        day = {"date": "2026-03-07", "calendar_id": self.calendar.id}
        MakeupDay = self.env["customer.complaint.makeup.day"]
        MakeupDay.with_user(self.manager).create(day)
        for user in (self.agent, self.employee):
            with self.subTest(user.login), self.assertRaises(AccessError):
                MakeupDay.with_user(user).create({**day, "date": "2026-03-08"})

    def test_one_complaint_that_fails_does_not_stop_the_update(self):
        broken, sound = self._receive_complex(), self._receive_complex()
        self._close("2026-03-10", "2026-03-11")
        Complaint = self.env.registry["customer.complaint"]
        original = Complaint._get_clock_facts

        def fail(complaint, *args, **kwargs):
            if complaint.id == broken.id:
                raise ValueError("a fault in one record")
            return original(complaint, *args, **kwargs)

        self.patch(Complaint, "_get_clock_facts", fail)
        with self.assertLogs(
            "odoo.addons.customer_complaint_deadline.models.customer_complaint_clock_update",
            "ERROR",
        ):
            self._run_updates()
        self.assertEqual(self._get_due(sound), at("2026-03-19 23:59:59"))
        self.assertEqual(self._get_due(broken), at("2026-03-17 23:59:59"))
        self.assertFalse(self.env["customer.complaint.clock.update"].search([]))

    def test_what_has_ended_is_not_worked_out_anew(self):
        complaint = self._receive_complex("2026-02-23 10:30")
        self._withdraw(complaint)
        deadline = self._get_deadline(complaint, "retail_answer_complex")
        self.assertEqual(deadline.late_by, 2)
        self._close("2026-03-02", "2026-03-04")
        self._run_updates()
        self.assertEqual((deadline.late_by, complaint.was_late), (2, True))

    def test_a_change_while_the_job_runs_is_not_lost(self):
        """What the job holds may be worked off by what was true before."""
        Update = self.env["customer.complaint.clock.update"]
        self._close("2026-03-10", "2026-03-11")
        before = Update.search([])
        self._close("2026-03-12", "2026-03-12")
        self.assertEqual(Update.search([]), before)
        with patch.object(
            self.env.registry[Update._name],
            "try_lock_for_update",
            lambda requests, **kwargs: requests.browse(),
        ):
            self._close("2026-03-13", "2026-03-13")
        self.assertTrue(Update.search([]) - before)

    def test_the_job_looks_for_changes_of_other_servers_after_each_batch(self):
        self._receive_complex()
        self._receive_complex()
        self._close("2026-03-10", "2026-03-11")
        path = "odoo.addons.customer_complaint_deadline.models"
        path += ".customer_complaint_clock_update"
        looks = []

        def look():
            looks.append(True)
            return self.env.registry

        with (
            self.enter_registry_test_mode(),
            patch(f"{path}.BATCH_SIZE", 1),
            patch.object(self.env.registry, "check_signaling", look),
        ):
            self.quick_ref(
                "customer_complaint_deadline.cron_update_clocks"
            ).method_direct_trigger()
        # Once for the job, once for each of the two batches.
        self.assertGreater(len(looks), 2)
