from odoo import api, fields, models

from .res_company import WINDOW_KINDS


class CustomerComplaintRemediationLine(models.Model):
    """What the return windows advise (STORE, LAW). Advice, never a lock."""

    _inherit = "customer.complaint.remediation.line"

    advice = fields.Char(
        compute="_compute_advice",
        help="What the return windows of the settings say, from the day of purchase to "
        "the day the complaint was received.",
    )
    is_outside_window = fields.Boolean(compute="_compute_advice")

    @api.depends(
        "kind",
        "remediation_id.complaint_id.purchase_date",
        "remediation_id.complaint_id.date_received",
    )
    @api.depends_context("lang")
    def _compute_advice(self):
        for line in self:
            line.advice, line.is_outside_window = line._get_advice()

    def _get_advice(self):
        """Return what the windows say about the line.

        :return: the text, or False; and whether the kind lies outside its window
        :rtype: tuple[str or bool, bool]
        """
        self.ensure_one()
        complaint = self.remediation_id.complaint_id
        bought = complaint.purchase_date
        if self.kind not in WINDOW_KINDS or not complaint.date_received:
            return False, False
        if not bought:
            return self.env._(
                "The day of purchase is not known. Enter it on the complaint to see "
                "what the return windows say."
            ), False
        company = complaint.company_id.sudo()  # the house rules
        day = company._complaint_date(complaint.date_received)
        days = (day - bought).days
        text, allowed = company._get_return_window(days)
        return text, self.kind not in allowed
