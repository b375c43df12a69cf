from contextlib import contextmanager
from datetime import date, datetime
from unittest.mock import patch
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from odoo.tests import tagged

from odoo.addons.customer_complaint_base.tools import clock

from .common import CustomerComplaintCommon

REAL = ZoneInfo
# What newer systems leave out.
OLD = ("Asia/Chongqing", "PRC", "Asia/Harbin")


class SystemWithoutOldZones:
    """The zones of a system that has no old names."""

    from_file = staticmethod(REAL.from_file)

    def __new__(cls, name):
        if name in OLD:
            raise ZoneInfoNotFoundError(f"No time zone found with key {name}")
        return REAL(name)


class OldZoneCase(CustomerComplaintCommon):
    """The system lacks zones that Odoo knows."""

    @contextmanager
    def _system_without_old_zones(self):
        clock.get_zone.cache_clear()
        with patch.object(clock, "ZoneInfo", SystemWithoutOldZones):
            yield
        clock.get_zone.cache_clear()


@tagged("post_install", "-at_install")
class TestOldZone(OldZoneCase):
    """Zones are what Odoo knows, whatever the system lacks."""

    def test_complaint_in_an_old_zone(self):
        for name in OLD:
            with self.subTest(zone=name), self._system_without_old_zones():
                self.company.complaint_tz = name
                complaint = self.env["customer.complaint"].create(
                    {
                        "description": "打开后有异味。",
                        "team_id": self.team.id,
                        "date_received": datetime(2024, 3, 5, 17),
                    }
                )
                if "deadline_ids" in complaint._fields:
                    self.assertTrue(complaint.deadline_ids)
                # One in the morning of the next day.
                self.assertEqual(
                    self.company._complaint_date(complaint.date_received),
                    date(2024, 3, 6),
                )
                self.assertEqual(
                    self.company._complaint_day_start(date(2024, 3, 6)),
                    datetime(2024, 3, 5, 16),
                )

    def test_zone_that_odoo_itself_lacks(self):
        def unknown(name):
            if name in OLD:
                raise clock.pytz.UnknownTimeZoneError(name)
            return real(name)

        real = clock.pytz.timezone
        with (
            self._system_without_old_zones(),
            patch.object(clock.pytz, "timezone", unknown),
        ):
            days = clock.Calendar(tz="Asia/Chongqing")
            self.assertEqual(days.get_day(datetime(2024, 3, 5, 17)), date(2024, 3, 6))

    def test_name_that_nobody_knows_is_utc(self):
        clock.get_zone.cache_clear()
        with self.assertLogs(clock.__name__, "WARNING") as logs:
            days = clock.Calendar(tz="Asia/Atlantis")
            self.assertEqual(days.get_day(datetime(2024, 3, 5, 17)), date(2024, 3, 5))
        self.assertIn("Asia/Atlantis", logs.output[0])
        clock.get_zone.cache_clear()
