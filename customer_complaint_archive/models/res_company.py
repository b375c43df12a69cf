from odoo import api, fields, models

# How archive numbers begin, unless the company says otherwise.
NUMBER_PREFIX = "DA"
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
