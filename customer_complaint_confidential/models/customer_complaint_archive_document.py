from odoo import api, fields, models
from odoo.fields import Domain


class CustomerComplaintArchiveDocument(models.Model):
    _inherit = "customer.complaint.archive.document"

    consultation_ids = fields.Many2many(
        "customer.complaint.archive.access",
        "customer_complaint_archive_access_document_rel",
        "document_id",
        "access_id",
        string="Consultations",
        copy=False,
        groups="customer_complaint.group_complaint_archivist",
        sealed=False,
        system=True,
    )

    @api.model
    def _get_granted_domain(self, operation):
        granted = super()._get_granted_domain(operation)
        if operation != "read":
            return granted
        # Asked for and approved: exactly these papers, until the period ends.
        consulted = Domain("user_id", "=", self.env.uid)
        consulted &= Domain("state", "=", "approved")
        consulted &= Domain("date_start", "<=", "now") & Domain("date_end", ">=", "now")
        # Which papers they are: consultations are the archivist's to read.
        accesses_sudo = (
            self.env["customer.complaint.archive.access"].sudo().search(consulted)
        )
        if not accesses_sudo:  # as a rule
            return granted
        return granted | Domain("id", "in", accesses_sudo.document_ids.ids)

    def _get_access_of(self, user):
        """Return the consultation by which a user sees the paper now.

        :param res.users user: who looks
        :rtype: customer.complaint.archive.access
        """
        self.ensure_one()
        return self.consultation_ids.filtered(
            lambda access: access.user_id == user and access.is_open
        )[:1]
