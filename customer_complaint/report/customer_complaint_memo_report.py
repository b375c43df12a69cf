from odoo import api, models


class ReportMemo(models.AbstractModel):
    """Prints memos, for those who may read them."""

    _name = "report.customer_complaint.memo"
    _description = "Internal Memo Report"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return the memos to print.

        :raise AccessError: if the user may not read one of them
        """
        memos = self.env["customer.complaint.memo"].browse(docids)
        memos.check_access("read")
        return {
            "doc_ids": docids,
            "doc_model": "customer.complaint.memo",
            "docs": memos,
        }
