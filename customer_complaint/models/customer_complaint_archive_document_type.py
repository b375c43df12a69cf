from odoo import api, fields, models

CARD_DOCUMENT_BOXES = [
    ("identity", "Copy of identity card"),
    ("agreement", "Agreement"),
    ("receipt", "Copy of receipt"),
    ("medical", "Medical record and diagnosis"),
    ("application", "Complaint application"),
    ("photo", "Photographs and negatives"),
    ("other_written", "Other written material"),
    ("other", "Others"),
]
CONFIDENTIALITIES = [
    ("public", "Public"),
    ("internal", "Internal"),
    ("confidential", "Confidential"),
]


class CustomerComplaintArchiveDocumentType(models.Model):
    """A kind of paper that is filed with complaints."""

    _name = "customer.complaint.archive.document.type"
    _inherit = ["customer.complaint.kept", "customer.complaint.shared"]
    _description = "Archive Document Type"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    card_box = fields.Selection(
        CARD_DOCUMENT_BOXES,
        string="Box on the Archive Card",
        required=True,
        default="other",
        help="Tick box of the printed archive card that papers of this type tick.",
    )
    default_confidentiality = fields.Selection(
        CONFIDENTIALITIES,
        required=True,
        default="internal",
        help="Proposed for papers of this type. Confidential ones (identity, medical) "
        "are seen only by those who handle the case and the archivist.",
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_use(self):
        self.env["customer.complaint.archive.document"]._check_types_not_in_use(self)
