from odoo import api, models


class ReportPrint(models.AbstractModel):
    """What the printed papers have in common: only who may read them prints them.

    The print menu hides nothing from a crafted address; this does.
    """

    _name = "customer.complaint.print"
    _description = "Printed Paper"

    # The model whose records the address names.
    _printed_model = "customer.complaint"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return the records to print.

        :raise AccessError: if the user may not read one of them
        :raise UserError: if there is nothing to print for one of them
        """
        records = self.env[self._printed_model].browse(docids)
        records.check_access("read")
        docs = self._get_docs(records)
        docs.check_access("read")
        return {"doc_ids": docs.ids, "doc_model": docs._name, "docs": docs}

    @api.model
    def _get_docs(self, records):
        """Return what is printed for the records of the address.

        :raise UserError: if there is nothing to print for one of them
        """
        return records
