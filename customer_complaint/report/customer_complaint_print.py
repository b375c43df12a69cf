from odoo import api, models


class ReportPrint(models.AbstractModel):
    """What the printed papers have in common: only who may read them prints them.

    The print menu hides nothing from a crafted address; this does.
    """

    _name = "customer.complaint.print"
    _description = "Printed Paper"

    # The model whose records the address names.
    _printed_model = "customer.complaint"
    # Lists of many cases name each of them, and say nothing more.
    _prints_lists = False

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return the records to print.

        :raise AccessError: if the user may not read one of them, or is recused
        :raise UserError: if there is nothing to print for one of them
        """
        records = self.env[self._printed_model].browse(docids)
        records.check_access("read")
        docs = self._get_docs(records)
        docs.check_access("read")
        self._check_not_recused(docs)
        return {"doc_ids": docs.ids, "doc_model": docs._name, "docs": docs}

    @api.model
    def _get_docs(self, records):
        """Return what is printed for the records of the address.

        :raise UserError: if there is nothing to print for one of them
        """
        return records

    def _check_not_recused(self, docs):
        """:raise AccessError: if the user is recused from the case of one of them"""
        user = self.env.user
        if self.env.su or user.share or self._prints_lists:
            return
        if docs._name == "customer.complaint":
            docs._check_not_recused(user.partner_id)
        elif "complaint_id" in docs._fields:
            # Whether they are, whoever may see the case.
            docs.sudo().complaint_id._check_not_recused(user.partner_id)
