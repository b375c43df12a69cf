"""The history of cases: what is written on records of the addon, and the right to it.

Guards that keep messages as they are ask for the right. No call from outside can put
this very object into a context.
"""

from odoo.addons.customer_complaint_base.tools.archive_right import has_archive_right

OWN = "customer.complaint"
_RIGHT = object()
_KEY = "customer_complaint_history_right"


def with_history_right(records):
    """Return records whose messages the system writes, moves or destroys by rule.

    For what the system notes by itself, in the name of whom it concerns. Messages of
    people never need it.

    :param records: a recordset of ``mail.message``, ``mail.tracking.value``, or of what
        has messages
    """
    return records.with_context(**{_KEY: _RIGHT})


def has_history_right(records):
    """Return whether records come from :func:`with_history_right`.

    What the archive destroys or takes back by rule goes with its history.
    """
    return records.env.context.get(_KEY) is _RIGHT or has_archive_right(records)


def is_own(model):
    """Return whether messages of a model are the history of cases.

    :param model: name of a model, or nothing
    :rtype: bool
    """
    return bool(model) and (model == OWN or model.startswith(f"{OWN}."))
