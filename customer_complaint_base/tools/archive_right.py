"""The right of the archive: what it files, destroys or takes back by rule.

Guards that keep records and files as they are ask for it. No call from outside can put
this very object into a context.
"""

_RIGHT = object()
_KEY = "customer_complaint_archive_right"


def with_archive_right(records):
    """Return records that the archive itself files, destroys or takes back.

    :param records: of any model
    """
    return records.with_context(**{_KEY: _RIGHT})


def has_archive_right(records):
    """Return whether records come from :func:`with_archive_right`.

    :rtype: bool
    """
    return records.env.context.get(_KEY) is _RIGHT
