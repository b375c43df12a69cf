from typing import NamedTuple

from odoo import models


class Document(NamedTuple):
    """A document of another app that carries out a line."""

    record: models.BaseModel
    # "draft": not in effect yet; "done": in effect; "cancelled": never will be
    state: str
    # The state in that app, in the reader's language
    state_label: str
    # The method of that app that cancels it
    cancel: str
    # Which part of the line it carries out, where several kinds have to do it together
    part: str = ""
