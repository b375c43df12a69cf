import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

# How archive numbers begin, unless the company says otherwise.
NUMBER_PREFIX = "DA"
# What they may begin with; a slash follows.
ARCHIVE_PREFIX = re.compile(r"[^\W_][\w-]{0,9}")
DISPOSAL_SEQUENCE = "customer.complaint.archive.disposal"


class ResCompany(models.Model):
    _inherit = "res.company"

    complaint_archive_prefix = fields.Char(
        string="Archive Number Prefix",
        default="DA",
        help="Archive numbers read prefix, year, code of the archive category and "
        "serial number, e.g. DA/2026/YB/00001. Numbers given stay.",
    )

    @api.model
    def _get_complaint_numberings(self):
        return {
            **super()._get_complaint_numberings(),
            DISPOSAL_SEQUENCE: (self.env._("Archive Disposals"), "XH/%(range_year)s/"),
        }

    @api.constrains("complaint_archive_prefix")
    def _check_complaint_archive_prefix(self):
        for prefix in filter(None, self.mapped("complaint_archive_prefix")):
            if not ARCHIVE_PREFIX.fullmatch(prefix):
                raise ValidationError(
                    self.env._(
                        "“%(prefix)s” cannot begin archive numbers: enter 1 to 10 "
                        "letters, digits or hyphens.",
                        prefix=prefix,
                    )
                )
