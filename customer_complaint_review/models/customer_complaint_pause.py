from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list


class CustomerComplaintPause(models.Model):
    """A mediation that both agreed to pauses by itself."""

    _inherit = "customer.complaint.pause"

    proceeding_id = fields.Many2one(
        "customer.complaint.proceeding",
        string="Mediation",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The mediation that both agreed to: the pause begins and ends with it, "
        "and the consent is how the complainant was told.",
        system=True,
    )

    def _check_may_end(self):
        bound = self.filtered(
            lambda pause: pause.proceeding_id.state in ("open", "answered")
        )
        if bound:
            raise UserError(
                self.env._(
                    "This pause ends with its mediation: %(names)s. End the mediation, "
                    "with its outcome.",
                    names=format_list(
                        self.env, bound.proceeding_id.mapped("display_name")
                    ),
                )
            )
        return super()._check_may_end()

    def _is_told(self):
        """Both agreed to a mediation."""
        return bool(self.proceeding_id.date_consent) or super()._is_told()
