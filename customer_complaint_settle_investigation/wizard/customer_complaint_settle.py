from odoo import api, fields, models


class CustomerComplaintSettle(models.TransientModel):
    """Asks as well what caused it, and who answers for it."""

    _inherit = "customer.complaint.settle"

    cause = fields.Selection("_select_causes", default="product")
    responsible_party = fields.Selection(
        "_select_parties",
        default="own",
        help="Who has to answer for the cause.",
    )

    @api.model
    def _select_causes(self):
        return self._select_as_complaint("cause")

    @api.model
    def _select_parties(self):
        return self._select_as_complaint("responsible_party")

    def _select_as_complaint(self, name):
        field = self.env["customer.complaint"]._fields[name]
        return field._description_selection(self.env)

    def _prepare_findings(self):
        vals = super()._prepare_findings()
        if self.conclusion == "undetermined":
            return vals
        return {
            **vals,
            "cause": self.cause,
            "responsible_party": self.responsible_party,
        }
