from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields


class LaterMixin:
    """Tests take their steps in transactions of their own, as people do."""

    @classmethod
    @contextmanager
    def _later(cls, minutes=1):
        """Go on some minutes later, in what the database takes for a new request."""
        cls.env.flush_all()
        moment = fields.Datetime.now() + timedelta(minutes=minutes)
        with (
            freeze_time(moment),
            patch.object(
                cls.env.cr, "_now", cls.env.cr.now() + timedelta(minutes=minutes)
            ),
        ):
            yield moment
            cls.env.flush_all()
        cls.env.invalidate_all()
