from odoo import api, fields, models


class CustomerComplaintRefusalGround(models.Model):
    """A coded ground on which a complaint is not accepted."""

    _name = "customer.complaint.refusal.ground"
    _inherit = ["customer.complaint.kept", "customer.complaint.shared"]
    _description = "Complaint Refusal Ground"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    legal_basis = fields.Char(
        translate=True,
        help="Law, contract clause or house rule that the refusal rests on.",
    )
    is_for_accepted = fields.Boolean(
        string="Also After Acceptance",
        help="What turns out on this ground is refused by a supervisor also after the "
        "complaint was accepted, until its decision is told.",
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_use(self):
        self.env["customer.complaint"]._check_not_in_use(self, "refusal_ground_id")
