from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import clean_context

from .customer_complaint import READER_GROUPS

LINK = "complaint_remediation_line_id"


class CarriedId(int):
    """An id that code hands on to a new record; no form, import or RPC can send one."""


class CustomerComplaintCarrier(models.AbstractModel):
    """What records of other apps have in common that carry out a remediation line.

    Bridges inherit it. Only code links a record to a line: who could link one by hand
    could have a line count as carried out by something else.
    """

    _name = "customer.complaint.carrier"
    _description = "Carries Out a Remediation"

    complaint_remediation_line_id = fields.Many2one(
        "customer.complaint.remediation.line",
        string="Remediation Line",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="What a customer gets for a complaint, and this carries out.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Link new records only where code says so, e.g. those of a backorder."""
        if not self.env.su:
            vals_list = [self._without_foreign_link(vals) for vals in vals_list]
        return super().create(vals_list)

    @api.model
    def _without_foreign_link(self, vals):
        """Return the values, linked to a line only if code handed that on.

        :param dict vals: as given to ``create``, maybe by a form or RPC
        :rtype: dict
        """
        given = vals.get(LINK)
        return {**vals, LINK: int(given) if isinstance(given, CarriedId) else False}

    def write(self, vals):
        """Refuse to link records by hand.

        :raise UserError: if the link is among the values
        """
        if LINK in vals and not self.env.su:
            raise UserError(
                self.env._(
                    "Carrying out a remediation links what carries it out. Use the "
                    "button on the remediation."
                )
            )
        return super().write(vals)

    def unlink(self):
        lines_sudo = self._get_carried_lines_sudo()
        result = super().unlink()
        lines_sudo._follow_carriers()
        return result

    def _get_carried_lines_sudo(self):
        """Return the lines these records carry out.

        Whoever works in the other app need not see the complaint; the lines only
        follow what happens there.

        :rtype: customer.complaint.remediation.line
        """
        return self.sudo().complaint_remediation_line_id

    def _get_carried_id(self):
        """Return the id of the line, as code hands it on to a new record.

        :rtype: CarriedId or bool
        """
        self.ensure_one()
        line_id = self.complaint_remediation_line_id.id
        return line_id and CarriedId(line_id)


class CustomerComplaintBehind(models.AbstractModel):
    """The way from a document of another app back to the complaints behind it."""

    _name = "customer.complaint.behind"
    _description = "Document with Complaints Behind It"

    complaint_count = fields.Integer(
        string="Number of Complaints",
        compute="_compute_complaint_count",
        groups=READER_GROUPS,
    )

    @api.depends_context("uid")
    def _compute_complaint_count(self):
        for record in self:
            record.complaint_count = len(record._get_readable_complaints())

    def _get_remediation_lines_sudo(self):
        """Return the lines these documents carry out, as superuser. Hook.

        :rtype: customer.complaint.remediation.line
        """
        return self.env["customer.complaint.remediation.line"].sudo()

    def _get_readable_complaints(self):
        """Return the complaints behind these documents that the user may see.

        :rtype: customer.complaint
        """
        complaints_sudo = self._get_remediation_lines_sudo().complaint_id
        Complaint = self.env["customer.complaint"]
        if not complaints_sudo:
            return Complaint
        return Complaint.search([("id", "in", complaints_sudo.ids)])

    def action_view_complaints(self):
        """Open the complaints behind these documents.

        :rtype: dict
        """
        return self._get_readable_complaints()._get_records_action(
            name=self.env._("Complaints")
        )


class CustomerComplaintRemediationLine(models.Model):
    _inherit = "customer.complaint.remediation.line"

    def _follow_carriers(self):
        """Let these lines follow what happened to the records that carry them out."""
        lines = self.exists()
        if lines:
            lines.invalidate_recordset()
            lines._follow_documents()

    def _to_other_app(self):
        """Return the line as documents of other apps are drafted for it.

        Complaint users may draft what carries out what was approved; rights on the
        complaint and the approval are checked before. They get no right to put it
        into effect.

        :return: the line as superuser, in its company, without values that dialogs
            propose for other records
        :rtype: customer.complaint.remediation.line
        """
        self.ensure_one()
        return (
            self.sudo()
            .with_context(clean_context(self.env.context), mail_create_nosubscribe=True)
            .with_company(self.company_id)
        )

    def _open_documents_of(self, model_name):
        """Return the action that shows the documents of one model, as far as allowed.

        :param str model_name: e.g. ``stock.picking``
        :raise UserError: if the user may read none of them
        :rtype: dict
        """
        return self._open_documents(
            [
                document
                for line in self
                for document in line._get_documents()
                if document.record._name == model_name
            ]
        )

    @api.model
    def _give_back_under_way(self, model_name):
        """Give lines back to the handlers that only one app carries out, and leaves.

        Called when a bridge is uninstalled. Its documents stay in their app; nobody is
        told any more when they are done.

        :param str model_name: of the documents of that app
        """
        for line in self.search([("state", "=", "under_way")]):
            documents = line._get_live_documents()
            if documents and all(d.record._name == model_name for d in documents):
                line._reopen(
                    "open",
                    self.env._(
                        "%(documents)s no longer report back, as the app that links "
                        "them was uninstalled",
                        documents=line._list_documents(documents),
                    ),
                )
