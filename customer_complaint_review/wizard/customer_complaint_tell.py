from odoo import api, fields, models


class CustomerComplaintTell(models.TransientModel):
    """The outcome of a review is told as well, and our reply to an authority."""

    _inherit = "customer.complaint.tell"

    kind = fields.Selection(
        selection_add=[
            ("review", "Outcome of the Review"),
            ("authority", "Reply to an Authority"),
            ("other",),
        ],
        ondelete={"review": "cascade", "authority": "cascade"},
    )
    proceeding_id = fields.Many2one(
        "customer.complaint.proceeding",
        compute="_compute_proceeding_id",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
        domain="[('complaint_id', '=', complaint_id), ('state', '=', 'open')]",
        help="The proceeding our reply belongs to.",
    )

    @api.depends("complaint_id", "kind")
    def _compute_proceeding_id(self):
        for dialog in self:
            dialog.proceeding_id = (
                dialog.kind == "authority"
                and dialog.complaint_id._get_proceeding_to_answer()
            )

    @api.depends("proceeding_id")
    def _compute_partner_id(self):
        """A reply goes to its body."""
        replies = self.filtered(lambda dialog: dialog.kind == "authority")
        for dialog in replies:
            dialog.partner_id = dialog.proceeding_id.partner_id
        return super(CustomerComplaintTell, self - replies)._compute_partner_id()

    def _get_address(self, way):
        """Never the customer's for a reply."""
        if self.kind == "authority" and not self.partner_id:
            return False
        return super()._get_address(way)

    @api.depends("proceeding_id")
    def _compute_content(self):
        return super()._compute_content()

    def _is_to_complainant(self):
        return super()._is_to_complainant() and self.kind != "authority"

    def _tells_decision(self):
        return super()._tells_decision() or self.kind == "review"

    def _with_due(self):
        """Know which proceeding is answered."""
        return (
            super()
            ._with_due()
            .with_context(default_proceeding_id=self.proceeding_id.id)
        )

    def _prepare_notice_vals(self):
        return {
            **super()._prepare_notice_vals(),
            "proceeding_id": self.kind == "authority" and self.proceeding_id.id,
        }
