from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.seal import VERSION, digest_entry, digest_text, to_canonical_json

ENTRY_KINDS = [
    ("seal", "Sealed"),
    ("print", "Printed Card Stored"),
    ("supplement", "Supplement"),
    ("reopen", "Reopened"),
    ("hold", "Legal Hold"),
    ("release", "Legal Hold Ended"),
    ("disposal", "Destroyed"),
]


class CustomerComplaintArchiveEntry(models.Model):
    """One link of the archive's chain: what was sealed, when, by whom, after what.

    The digest of an entry covers the digest of the one before, its position, what it
    is about and the digest of its content. Nobody creates, changes or deletes one,
    whatever their rights; the check finds what was changed past Odoo.
    """

    _name = "customer.complaint.archive.entry"
    _inherit = "customer.complaint.append.only"
    _description = "Archive Chain Entry"
    _order = "company_id, position desc"
    _rec_name = "card_name"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    position = fields.Integer(
        required=True, readonly=True, help="Place in the chain; there is no gap."
    )
    kind = fields.Selection(
        ENTRY_KINDS, string="Event", required=True, readonly=True, index=True
    )
    card_id = fields.Many2one(
        "customer.complaint.archive.card",
        string="Archive Card",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    card_name = fields.Char(string="Archive Number", required=True, readonly=True)
    date = fields.Datetime(required=True, readonly=True)
    user_id = fields.Many2one("res.users", required=True, readonly=True, index=True)
    version = fields.Integer(
        required=True, readonly=True, help="How the digest is made."
    )
    content = fields.Text(
        readonly=True,
        groups="customer_complaint.group_complaint_archivist",
        help="What was sealed, as canonical JSON. Destroyed with the card, when its "
        "retention has ended; the digest of it stays.",
    )
    content_digest = fields.Char(
        required=True, readonly=True, help="SHA-256 of the content."
    )
    previous_digest = fields.Char(
        required=True, readonly=True, help="Digest of the entry before."
    )
    digest = fields.Char(
        required=True,
        readonly=True,
        index=True,
        help="SHA-256 over this entry and the digest of the one before.",
    )

    _position_uniq = models.UniqueIndex(
        "(company_id, position)", "The chain has an entry at this position already."
    )

    def _refuse_forgery(self):
        raise UserError(
            self.env._(
                "The entries of the archive's chain are made by sealing and never "
                "change. Add a supplement to the card instead."
            )
        )

    @api.model
    def _append(self, kind, contents):
        """Append one entry per card, all of one company, to its chain.

        :param str kind: one of ``ENTRY_KINDS``
        :param dict contents: what is sealed, by card
        :return: the entries in the order of the cards
        :rtype: customer.complaint.archive.entry
        """
        [company] = {card.company_id for card in contents}
        chain = self.env["customer.complaint.archive.chain"]
        position, previous, _serials = chain._take_positions(company, len(contents))
        return self._append_at(position, previous, kind, contents)

    @api.model
    def _append_at(self, position, previous, kind, contents, numbers=None):
        """Append entries behind a position that this transaction holds.

        :param int position: last position so far
        :param str previous: digest of the entry there
        :param str kind: one of ``ENTRY_KINDS``
        :param dict contents: what is sealed, by card
        :param dict numbers: archive numbers of cards that get theirs just now
        :rtype: customer.complaint.archive.entry
        """
        now = fields.Datetime.now()
        vals_list = []
        for offset, (card, content) in enumerate(contents.items(), start=1):
            text = to_canonical_json(content)
            vals = {
                "version": VERSION,
                "company_id": card.company_id.id,
                "position": position + offset,
                "previous_digest": previous,
                "kind": kind,
                "card_id": card.id,
                "card_name": numbers[card] if numbers else card.display_name,
                "date": now,
                "user_id": self.env.uid,
                "content": text,
                "content_digest": digest_text(text),
            }
            previous = vals["digest"] = digest_entry(self._get_header(vals))
            vals_list.append(vals)
        return self._create_unguarded(vals_list)

    @api.model
    def _get_header(self, vals):
        """Return what the digest of an entry covers.

        :param dict vals: the values of the entry
        :rtype: dict
        """
        return {
            "version": vals["version"],
            "company": vals["company_id"],
            "position": vals["position"],
            "previous": vals["previous_digest"],
            "kind": vals["kind"],
            "card": vals["card_id"],
            "number": vals["card_name"],
            "date": vals["date"].isoformat(),
            "user": vals["user_id"],
            "content": vals["content_digest"],
        }

    def _destroy_contents(self):
        """Destroy what the entries hold, by rule; their digests stay."""
        self._write_unguarded({"content": False})
