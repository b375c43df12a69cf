from odoo import api, fields, models


class CustomerComplaint(models.Model):
    """The credit notes of a complaint."""

    _inherit = "customer.complaint"

    credit_note_count = fields.Integer(
        string="Number of Credit Notes",
        compute="_compute_credit_note_count",
        store=True,
        precompute=True,
        aggregator=None,
        sealed=False,
        system=True,
    )

    @api.depends("remediation_ids.line_ids.credit_note_ids")
    def _compute_credit_note_count(self):
        for complaint in self:
            notes = complaint.remediation_ids.line_ids.credit_note_ids
            complaint.credit_note_count = len(notes)

    def action_open_credit_notes(self):
        """Open the credit notes of the complaint, with the user's own rights.

        :raise UserError: if the user may not read them
        :rtype: dict
        """
        self.ensure_one()
        return self.remediation_ids.line_ids._action_open_credit_notes()

    def _after_basis_changed(self, names, old):
        """Let the bank account be one of the customer by now."""
        live = self._get_live_remediations()
        result = super()._after_basis_changed(names, old)
        if "partner_id" in names:
            for remediation in live:
                bank = remediation._get_proposed_bank()
                remediation._write_unguarded({"bank_id": bank.id})
        return result
