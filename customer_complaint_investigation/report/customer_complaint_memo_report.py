from odoo import api, models


class ReportMemo(models.AbstractModel):
    """Prints memos, for those who may read them."""

    _name = "report.customer_complaint_investigation.memo"
    _inherit = "customer.complaint.print"
    _description = "Internal Memo Report"

    _printed_model = "customer.complaint.memo"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return the memos, and of each the case for whoever may read it.

        Who is merely asked prints the memo without: they see nothing else of the case.
        """
        values = super()._get_report_values(docids, data=data)
        cases = {}
        for memo in values["docs"]:
            # Which case it is; what it says is asked for as the user.
            case = memo.sudo().complaint_id.sudo(False)
            cases[memo] = case if case.has_access("read") else case.browse()
        return {**values, "cases": cases}
