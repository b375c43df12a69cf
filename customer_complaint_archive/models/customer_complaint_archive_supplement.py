from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.customer_complaint.const import ARCHIVIST, SUPERVISOR
from odoo.addons.customer_complaint_base.tools.archive_right import with_archive_right


class CustomerComplaintArchiveSupplement(models.Model):
    """What is added to a sealed card: numbered, signed, chained, never changed.

    Creating it is signing it.
    """

    _name = "customer.complaint.archive.supplement"
    _inherit = [
        "customer.complaint.stepped",
        "customer.complaint.belonging",
        "customer.complaint.personal",
    ]
    _is_kept_by_archivists = True
    _description = "Supplement to an Archive Card"
    _order = "number, id"
    _rec_names_search = ["name", "reason"]
    _check_company_auto = True
    _file_fields = ("attachment_ids",)

    card_id = fields.Many2one(
        "customer.complaint.archive.card",
        string="Archive Card",
        required=True,
        index=True,
        ondelete="restrict",
    )
    complaint_id = fields.Many2one(related="card_id.complaint_id", store=True)
    company_id = fields.Many2one(
        related="card_id.company_id",
        store=True,
        index=True,
        precompute=True,
        system=True,
    )
    number = fields.Integer(
        readonly=True, aggregator=None, help="Counted for each card.", system=True
    )
    name = fields.Char(
        string="Supplement",
        readonly=True,
        help="Archive number and number of the supplement.",
        system=True,
    )
    reason = fields.Char(
        required=True, help="Why the sealed card is added to.", personal=True
    )
    body = fields.Text(
        string="Text", required=True, help="What is added.", personal=True
    )
    attachment_ids = fields.Many2many(
        "ir.attachment",
        "customer_complaint_archive_supplement_attachment_rel",
        "supplement_id",
        "attachment_id",
        string="Files",
        bypass_search_access=True,
    )
    user_id = fields.Many2one(
        "res.users", string="Signed By", readonly=True, index=True, system=True
    )
    date = fields.Datetime(string="Signed On", readonly=True, system=True)

    _number_uniq = models.UniqueIndex(
        "(card_id, number)", "The card has a supplement with this number already."
    )

    @api.model_create_multi
    def create(self, vals_list):
        cards = self.env["customer.complaint.archive.card"].browse(
            [
                vals.get("card_id") or self.default_get(["card_id"]).get("card_id")
                for vals in vals_list
            ]
        )
        self._check_may_add(cards)
        signed = []
        counts = cards._count_supplements()
        for card, vals in zip(cards, vals_list, strict=True):
            counts[card] = number = counts.get(card, 0) + 1
            kept = self._without_reserved(vals)
            signed.append(
                {
                    **kept,
                    "card_id": card.id,
                    "number": number,
                    "name": f"{card.name}-{number}",
                    "user_id": self.env.uid,
                    "date": fields.Datetime.now(),
                }
            )
        supplements = super().create(signed)
        for supplement in supplements:
            # Signing files them; afterwards nobody does.
            with_archive_right(supplement.attachment_ids)._link_upload_to(supplement)
        supplements._append_to_chain()
        return supplements

    @api.model
    def _check_may_add(self, cards):
        """Refuse supplements to cards that take none, or to users who may not.

        :raise AccessError: if the user may not see a card, or has not the role
        :raise UserError: naming cards that are not sealed
        """
        cards._check_groups(ARCHIVIST, SUPERVISOR)
        cards.check_access("read")
        cards.complaint_id._check_may_work()
        cards._check_none(
            lambda card: card.state != "sealed",
            self.env._("Only sealed cards take a supplement: %(names)s."),
        )

    def _check_vals(self, vals):
        """:raise UserError: always, if there is anything to write"""
        if self and vals:
            self._refuse()
        return super()._check_vals(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        self._refuse()

    def _refuse(self):
        raise UserError(self._get_refusal())

    @api.model
    def _get_refusal(self):
        return self.env._(
            "A supplement is signed and sealed and never changes. Add another one."
        )

    def copy_data(self, default=None):
        self._refuse()

    def _append_to_chain(self):
        """Chain the supplements, card by card in their order."""
        for supplement, content in self._read_contents().items():
            self.env["customer.complaint.archive.entry"]._append(
                "supplement", {supplement.card_id.sudo(): content}
            )

    def _read_contents(self):
        """Return what is sealed of supplements, as it stands in the database.

        :rtype: dict
        """
        Card = self.env["customer.complaint.archive.card"]
        contents = Card._read_supplements(self.ids)
        return {supplement: contents[supplement.id] for supplement in self}

    def _get_file_refusal(self, change, files):
        return self._get_refusal()
