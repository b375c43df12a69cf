from odoo import fields, models

FINDING_KINDS = [
    ("content", "Sealed content changed"),
    ("digest", "Digest changed"),
    ("previous", "Digest of the entry before changed"),
    ("entry", "Entry changed"),
    ("entry_missing", "Entry missing"),
    ("entry_inserted", "Entry inserted"),
    ("order", "Entries in another order"),
    ("card_missing", "Card missing"),
    ("card_inserted", "Card inserted"),
    ("state", "State of the card differs"),
    ("field", "Field differs"),
    ("line_changed", "Product line added or missing"),
    ("paper_missing", "Paper missing"),
    ("paper_added", "Paper added"),
    ("file", "File differs"),
    ("file_missing", "File missing"),
    ("file_added", "File added"),
    ("record_missing", "Record of the case missing"),
    ("record_added", "Record of the case added"),
    ("message", "Message changed"),
    ("message_missing", "Message missing"),
    ("message_added", "Message added"),
    ("hold", "Legal hold differs"),
    ("disposal", "Destroyed without a disposal"),
    ("supplement", "Supplement differs"),
    ("clock", "Clock set back"),
]


class CustomerComplaintArchiveCheckFinding(models.Model):
    """What a check found: where in the chain, on which card, what differs."""

    _name = "customer.complaint.archive.check.finding"
    _inherit = ["customer.complaint.append.only", "customer.complaint.personal"]
    _description = "Finding of an Archive Check"
    _order = "id"
    _rec_name = "card_name"

    check_id = fields.Many2one(
        "customer.complaint.archive.check",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(related="check_id.company_id", store=True)
    position = fields.Integer(readonly=True, aggregator=None)
    card_id = fields.Many2one(
        "customer.complaint.archive.card",
        string="Archive Card",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    card_name = fields.Char(string="Archive Number", readonly=True)
    kind = fields.Selection(
        FINDING_KINDS, string="Finding", required=True, readonly=True
    )
    detail = fields.Text(
        readonly=True, help="What was sealed, and what is there now.", personal=True
    )

    def _refuse_forgery(self):
        return self.env["customer.complaint.archive.check"]._refuse_forgery()
