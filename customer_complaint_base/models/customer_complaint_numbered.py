from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list


class CustomerComplaintNumbered(models.AbstractModel):
    """What has a number of its company, keeps both, and is never deleted."""

    _name = "customer.complaint.numbered"
    _inherit = "customer.complaint.stepped"
    _description = "Numbered by Company and Year"
    # The code of the sequence that the company has for these records.
    _sequence_code = ""

    name = fields.Char(
        string="Number",
        required=True,
        readonly=True,
        copy=False,
        default="/",
        system=True,
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
    )

    @api.model_create_multi
    def create(self, vals_list):
        default_company_id = self.default_get(["company_id"])["company_id"]
        numbered = []
        for vals in vals_list:
            company = self.env["res.company"].browse(
                vals.get("company_id") or default_company_id
            )
            [name] = company._complaint_next_numbers(self._sequence_code, 1)
            kept = self._without_reserved(vals)
            numbered.append({**kept, "company_id": company.id, "name": name})
        return super().create(numbered)

    def _check_vals(self, vals):
        if "company_id" in vals and self:
            raise UserError(
                self.env._(
                    "%(names)s: the company stays. Cancel it and make another.",
                    names=format_list(self.env, self.mapped("name")),
                )
            )
        return super()._check_vals(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._(
                "This keeps its number and is never deleted: %(names)s. Cancel it "
                "instead.",
                names=format_list(self.env, self.mapped("name")),
            )
        )
