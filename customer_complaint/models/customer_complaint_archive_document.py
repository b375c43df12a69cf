from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_list

from ..const import MAX_NAME_LENGTH
from .customer_complaint_archive_document_type import CONFIDENTIALITIES


class CustomerComplaintArchiveDocument(models.Model):
    """A paper filed with a complaint: what it is, where it stands, its files.

    Papers may be filed from the first day; they join the archive card when the
    complaint is accepted. Files are linked to the paper, so that whoever may not
    read the paper may not read them either.
    """

    _name = "customer.complaint.archive.document"
    _inherit = ["customer.complaint.belonging", "customer.complaint.part"]
    _is_hidden_from_recused = True
    _is_kept_by_archivists = True
    _description = "Archive Document"
    _gives_person_files = True
    _may_be_confidential = True
    _order = "sequence, id"
    _check_company_auto = True
    _file_fields = ("attachment_ids",)

    card_id = fields.Many2one(
        "customer.complaint.archive.card",
        string="Archive Card",
        compute="_compute_card_id",
        store=True,
        precompute=True,
        index="btree_not_null",
        sealed=False,
        system=True,
    )
    sequence = fields.Integer(default=10, sealed=False)
    type_id = fields.Many2one(
        "customer.complaint.archive.document.type",
        required=True,
        index=True,
        ondelete="restrict",
        told_to_person=True,
    )
    name = fields.Char(
        string="Description",
        required=True,
        compute="_compute_from_type",
        store=True,
        readonly=False,
        precompute=True,
        help="What the paper is, e.g. “Diagnosis of 3 May”.",
        personal=True,
        longest=MAX_NAME_LENGTH,
        told_to_person=True,
    )
    confidentiality = fields.Selection(
        CONFIDENTIALITIES,
        required=True,
        compute="_compute_from_type",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        help="Confidential papers are seen only by those who handle the case and the "
        "archivist.",
    )
    is_original = fields.Boolean(
        string="Original",
        help="The original is filed; otherwise a copy.",
        told_to_person=True,
    )
    copies = fields.Integer(
        default=1, help="How many copies are filed.", told_to_person=True
    )
    pages = fields.Integer(default=1, help="Pages of one copy.", told_to_person=True)
    date_filed = fields.Date(
        string="Filed On",
        required=True,
        compute="_compute_date_filed",
        store=True,
        readonly=False,
        precompute=True,
        told_to_person=True,
    )
    attachment_ids = fields.Many2many(
        "ir.attachment",
        "customer_complaint_archive_document_attachment_rel",
        "document_id",
        "attachment_id",
        string="Files",
        bypass_search_access=True,
    )
    note = fields.Char(personal=True)

    @api.depends("complaint_id.archive_card_id")
    def _compute_card_id(self):
        for document in self:
            document.card_id = document.complaint_id.archive_card_id

    @api.depends("complaint_id")
    def _compute_date_filed(self):
        self._propose_today("date_filed")

    @api.depends("type_id")
    def _compute_from_type(self):
        for document in self:
            paper_type = document.type_id
            if not paper_type:
                continue
            document.name = document.name or paper_type.name
            document.confidentiality = paper_type.default_confidentiality

    @api.constrains("copies", "pages")
    def _check_counts(self):
        for document in self:
            if document.copies < 1 or document.pages < 1:
                raise ValidationError(
                    self.env._(
                        "%(paper)s: a filed paper has at least one copy and one page.",
                        paper=document.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        return super().create(self._prepare_new_vals_list(vals_list))

    @api.model
    def _check_may_add(self, complaints):
        # Whoever files a paper may see it afterwards: papers of cases one sees only.
        complaints.check_access("read")
        late = complaints.filtered(lambda complaint: complaint._takes_late_papers())
        late._check_may_work()
        (complaints - late)._check_may_change()

    def _check_may_change(self):
        """Refuse to change papers of cases that have ended, or of others.

        :raise AccessError: if the user must not work on one of the complaints
        :raise UserError: if one of the complaints has ended
        """
        self.complaint_id._check_may_change()

    def write(self, vals):
        self._check_may_change()
        if self._leaves_complaint(vals):
            raise UserError(
                self.env._("A filed paper stays with its complaint. File it again.")
            )
        marks = {"confidentiality", "type_id"} & vals.keys()
        before = {document: document.confidentiality for document in self if marks}
        result = super().write(self._without_reserved(vals))
        self._note_confidentiality(before)
        return result

    def _note_confidentiality(self, before):
        """Note in the chatter when papers became less, or more, confidential.

        :param dict before: how confidential each paper was
        """
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

    def _move_to_complaint(self, complaint):
        """Move the papers to a complaint split off theirs, past write().

        Their files stay linked to them.

        :param customer.complaint complaint: of the same customer and sale
        """
        self._write_unguarded({"complaint_id": complaint.id})

    def _takes_files_late(self):
        """Archivists complete the papers of a card that is not sealed yet."""
        return super()._takes_files_late() or self.complaint_id._takes_late_papers()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_closed(self):
        """Delete papers of a running case only, and leave a note."""
        self._check_may_change()
        for complaint, documents in self.grouped("complaint_id").items():
            complaint._message_log(
                body=self.env._(
                    "Papers deleted: %(names)s",
                    names=format_list(self.env, documents._get_shown_names()),
                )
            )

    @api.depends("name", "type_id", "confidentiality")
    def _compute_display_name(self):
        """Name confidential papers by type: who points to them may not see them."""
        for document in self:
            document.display_name = document._get_shown_names()[0]

    def _get_shown_names(self):
        """Return how the chatter, which all who see the case read, names the papers.

        A type tells nothing confidential.

        :rtype: list[str]
        """
        return [
            document.type_id.name if document._is_confidential() else document.name
            for document in self
        ]

    @api.model
    def _check_types_not_in_use(self, types):
        """Refuse to delete types of which papers are filed.

        :raise UserError: naming the types
        """
        # Papers the user may not see count as well: only the type is named.
        counts = self.sudo()._read_group(
            [("type_id", "in", types.ids)], ["type_id"], ["__count"]
        )
        if counts:
            raise UserError(
                self.env._(
                    "Papers of these types are filed: %(types)s. Archive the type "
                    "instead: it will no longer be proposed.",
                    types=format_list(
                        self.env,
                        [
                            f"{paper_type.name} ({count})"
                            for paper_type, count in counts
                        ],
                    ),
                )
            )
