from odoo import api, fields, models


class CustomerComplaintAgree(models.TransientModel):
    """Asks for the signed agreement (协议), or for the signed receipt (收条)."""

    _name = "customer.complaint.agree"
    _inherit = "customer.complaint.dialog"
    _description = "Signed Agreement or Receipt"

    remediation_id = fields.Many2one(
        "customer.complaint.remediation",
        string="Remediation No.",
        required=True,
        readonly=True,
    )
    is_receipt = fields.Boolean(readonly=True)
    text = fields.Text(
        string="What Is Signed",
        compute="_compute_text",
        help="The agreement word by word; show it to the customer before they sign.",
    )
    version = fields.Char(
        compute="_compute_version",
        store=True,
        readonly=False,
        help="Of the agreement as it is shown here: what was changed meanwhile is not "
        "signed.",
    )
    signer_name = fields.Char(
        string="Signed By",
        compute="_compute_signer_name",
        store=True,
        readonly=False,
        help="The customer, or who acts for them.",
    )
    date = fields.Datetime(
        string="Signed On", required=True, default=fields.Datetime.now
    )
    signature = fields.Image(
        max_width=1024, max_height=1024, help="Drawn on the screen by the customer."
    )
    attachment_ids = fields.Many2many(
        "ir.attachment",
        "customer_complaint_agree_attachment_rel",
        "dialog_id",
        "attachment_id",
        string="Signed Copy",
        help="Scan or photo of the signed paper; it is filed with the complaint.",
        bypass_search_access=True,
    )

    @api.depends("remediation_id")
    def _compute_signer_name(self):
        for dialog in self:
            dialog.signer_name = dialog.remediation_id.complaint_id.complainant_name

    @api.depends("remediation_id", "is_receipt")
    def _compute_text(self):
        for dialog in self:
            remediation = dialog.remediation_id
            dialog.text = (
                not dialog.is_receipt
                and remediation
                and remediation._get_agreement_text()
            )

    @api.depends("remediation_id", "is_receipt")
    def _compute_version(self):
        for dialog in self:
            remediation = dialog.remediation_id
            dialog.version = (
                not dialog.is_receipt
                and remediation
                and remediation._get_agreement_version()
            )

    def action_confirm(self):
        """Record the agreement, or file the receipt.

        :raise AccessError: if the user must not work on the complaint
        :raise UserError: if it is not possible now, or nothing proves it
        """
        self.ensure_one()
        remediation = self.remediation_id
        remediation._check_may_step()
        if self.attachment_ids:
            self.attachment_ids._release_from_dialog(self)
        if self.is_receipt:
            remediation._file_receipt(self.attachment_ids)
        else:
            remediation._agree(
                self.signer_name,
                self.version,
                self.date,
                self.signature,
                self.attachment_ids,
            )
        return {"type": "ir.actions.client", "tag": "soft_reload"}
