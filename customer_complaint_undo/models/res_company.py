from odoo import api, fields, models
from odoo.exceptions import ValidationError

MINUTES_A_DAY = 24 * 60


class ResCompany(models.Model):
    """How long a step of a complaint may be taken back."""

    _inherit = "res.company"

    complaint_undo_minutes = fields.Integer(
        string="Minutes to Undo a Step",
        default=10,
        required=True,
        help="Within so many minutes whoever took a step by mistake takes it back, as "
        "long as nothing has left the house; with 0 nobody does.",
    )

    @api.constrains("complaint_undo_minutes")
    def _check_complaint_undo_minutes(self):
        for company in self:
            if not 0 <= company.complaint_undo_minutes <= MINUTES_A_DAY:
                raise ValidationError(
                    self.env._(
                        "%(company)s: a step is taken back within 0 to %(max)s "
                        "minutes. What stood longer is no slip of the hand.",
                        company=company.name,
                        max=MINUTES_A_DAY,
                    )
                )
