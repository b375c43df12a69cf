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

    @api.depends("name", "type_id", "confidentiality")
    def _compute_display_name(self):
        """Name confidential papers by type: who points to them may not see them."""
        for document in self:
            document.display_name = document._get_shown_names()[0]

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

    def write(self, vals):
        """Note in the chatter when papers become less, or more, confidential."""
        if vals.keys().isdisjoint({"confidentiality", "type_id"}):
            return super().write(vals)
        before = {document: document.confidentiality for document in self}
        result = super().write(vals)
        labels = dict(self._fields["confidentiality"]._description_selection(self.env))
        for document, confidentiality in before.items():
            if confidentiality == document.confidentiality:
                continue
            document.complaint_id._message_log(
                body=self.env._(
                    "Paper “%(paper)s”: %(before)s, now %(after)s",
                    paper=document.type_id.name,
                    before=labels[confidentiality],
                    after=labels[document.confidentiality],
                )
            )
            if document._is_confidential():
                document.attachment_ids._close_other_ways()
        return result

    def _is_confidential(self):
        """Return whether the paper opens only to those who handle it.

        :rtype: bool
        """
        self.ensure_one()
        return self.confidentiality == "confidential"

    def _get_confidential_label(self):
        """Return how the log of sights names the paper.

        :rtype: str
        """
        self.ensure_one()
        return self.type_id.name

    def _get_access_of(self, user):
        """Return the consultation by which a user sees the paper now.

        :param res.users user: who looks
        :rtype: customer.complaint.archive.access
        """
        self.ensure_one()
        return self.consultation_ids.filtered(
            lambda access: access.user_id == user and access.is_open
        )[:1]
