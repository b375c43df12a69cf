from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_list

from ..const import ARCHIVIST, MAX_NAME_LENGTH, MEASURE_FIELDS
from .customer_complaint_archive_document_type import CARD_DOCUMENT_BOXES
from .customer_complaint_category import CARD_CATEGORY_BOXES
from .customer_complaint_channel import CARD_CHANNEL_BOXES
from .res_company import CARD_SEQUENCE

CARD_STATES = [("open", "Not Sealed"), ("sealed", "Sealed"), ("disposed", "Disposed")]


class CustomerComplaintArchiveCard(models.Model):
    """The consumer service archive card (消费者服务档案卡, ARCHIVE-CARD).

    One card per complaint, made when the complaint is accepted, open while it
    lives, sealed when it ends. What the card says has its source on the complaint,
    which keeps it as it was told at the time.
    """

    _name = "customer.complaint.archive.card"
    _inherit = [
        "customer.complaint.stepped",
        "customer.complaint.belonging",
        "customer.complaint.sealed",
        "customer.complaint.personal",
    ]
    _is_kept_by_archivists = True
    _description = "Complaint Archive Card"
    _order = "id desc"
    _rec_names_search = ["name", "complaint_id"]
    _check_company_auto = True

    name = fields.Char(
        string="Archive Number",
        required=True,
        readonly=True,
        copy=False,
        default="/",
        index="trigram",
        system=True,
        told_to_person=True,
    )
    complaint_id = fields.Many2one(
        "customer.complaint",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        system=True,
    )
    company_id = fields.Many2one(
        related="complaint_id.company_id", store=True, index=True, precompute=True
    )
    state = fields.Selection(
        CARD_STATES,
        required=True,
        readonly=True,
        default="open",
        index=True,
        sealed=False,
        system=True,
        told_to_person=True,
    )
    date_filled = fields.Date(
        string="Filled In On",
        required=True,
        default=lambda self: self.env.company._complaint_today(),
        told_to_person=True,
    )
    issuing_department = fields.Char(
        help="Printed at the head of the card. Left empty, the department of the "
        "settings or the team of the complaint is printed.",
        longest=MAX_NAME_LENGTH,
        told_to_person=True,
    )
    remarks = fields.Text(
        help="Printed at the foot of the card.", personal=True, told_to_person=True
    )
    document_ids = fields.One2many(
        "customer.complaint.archive.document", "card_id", string="Papers Filed"
    )
    sealed_date = fields.Datetime(
        readonly=True, copy=False, system=True, told_to_person=True
    )
    sealed_by_id = fields.Many2one(
        "res.users",
        readonly=True,
        copy=False,
        index="btree_not_null",
        system=True,
    )

    # Shown from the complaint
    partner_id = fields.Many2one(related="complaint_id.partner_id", string="Customer")
    complainant_name = fields.Char(related="complaint_id.complainant_name")
    category_id = fields.Many2one(related="complaint_id.category_id")
    channel_id = fields.Many2one(related="complaint_id.channel_id")
    team_id = fields.Many2one(related="complaint_id.team_id")
    user_id = fields.Many2one(related="complaint_id.user_id")
    date_accepted = fields.Datetime(related="complaint_id.date_accepted")
    date_closed = fields.Datetime(related="complaint_id.date_closed")
    currency_id = fields.Many2one(related="complaint_id.currency_id")
    compensation_total = fields.Monetary(related="complaint_id.compensation_total")

    _complaint_uniq = models.UniqueIndex(
        "(complaint_id)", "A complaint has one archive card only."
    )
    _name_uniq = models.UniqueIndex(
        "(company_id, name) WHERE name != '/'",
        "Another archive card of the company already has this number.",
    )

    @api.depends("name", "complaint_id.name")
    def _compute_display_name(self):
        """Until a card has its number, it goes by that of its complaint."""
        for card in self:
            card.display_name = (
                card.name if card.name != "/" else card.complaint_id.name
            )

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [dict(vals) for vals in vals_list]
        complaint_ids = [vals["complaint_id"] for vals in vals_list]
        complaints = self.env["customer.complaint"].browse(complaint_ids)
        for complaint, vals in zip(complaints, vals_list, strict=True):
            vals.update(date_filled=complaint.company_id._complaint_today())
        return super().create(vals_list)

    def _check_vals(self, vals):
        result = super()._check_vals(vals)
        if vals.keys() - self._get_free_fields():
            self._check_not_sealed()
        return result

    @api.model
    def _get_free_fields(self):
        """Return the names of the fields that change on a sealed card, too. Hook.

        :rtype: frozenset[str]
        """
        return frozenset()

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._(
                "An archive card keeps its number and is never deleted: %(names)s.",
                names=format_list(self.env, self.mapped("name")),
            )
        )

    def _check_not_sealed(self):
        """Refuse to change a card that is sealed.

        :raise UserError: naming the cards
        """
        sealed = self.filtered(lambda card: card.state != "open")
        if sealed:
            raise UserError(
                self.env._(
                    "A sealed archive card no longer changes: %(names)s.",
                    names=format_list(self.env, sealed.mapped("name")),
                )
            )

    @api.model
    def _is_filing(self):
        return True

    def _get_file_refusal(self, change, files):
        """Only the archive itself files the printed card, and destroys it by rule."""
        return self.env._(
            "Files are not put on an archive card itself, nor taken from it. File them "
            "as a paper, or as a supplement when the card is sealed."
        )

    def _get_issuing_department(self):
        """Return the department to print at the head of the card.

        :rtype: str
        """
        self.ensure_one()
        return (
            self.issuing_department
            or self.company_id.complaint_issuing_department
            or self.team_id.name
            or ""
        )

    def _get_handler_name(self):
        """Return who handled the complaint, as the printed card says it.

        :rtype: str
        """
        self.ensure_one()
        return self.user_id.name or ""

    def _get_channel_boxes(self):
        """Return the channel boxes of the printed card.

        :return: label and whether it is ticked, in the order of the card
        :rtype: list[tuple[str, bool]]
        """
        return self._get_boxes(
            "customer.complaint.channel", CARD_CHANNEL_BOXES, self.channel_id
        )

    def _get_category_boxes(self):
        """Return the category boxes of the printed card, as for the channel."""
        return self._get_boxes(
            "customer.complaint.category", CARD_CATEGORY_BOXES, self.category_id
        )

    def _get_document_boxes(self):
        """Return the boxes of papers filed, as for the channel.

        Which kinds of paper are filed stands on the card; their contents do not, so
        papers the reader may not open are ticked as well.
        """
        return self._get_boxes(
            "customer.complaint.archive.document.type",
            CARD_DOCUMENT_BOXES,
            self.sudo().document_ids.type_id,
        )

    def _get_boxes(self, model, boxes, records):
        self.ensure_one()
        labels = dict(
            self.env[model]._fields["card_box"]._description_selection(self.env)
        )
        ticked = set(records.mapped("card_box"))
        return [(labels[box], box in ticked) for box, _label in boxes]

    def _get_measure_boxes(self):
        """Return the boxes of what was done, as for the channel."""
        self.ensure_one()
        complaint = self.complaint_id
        return [
            (complaint._get_field_label(name), complaint[name])
            for name in MEASURE_FIELDS
        ]

    def _get_cannot_seal_reasons(self):
        """Return why the card cannot be sealed now; extensions add theirs.

        :return: one text per reason, empty when it can be sealed
        :rtype: list[str]
        """
        self.ensure_one()
        if self.state != "open":
            return [self.env._("it is sealed already")]
        if not self.complaint_id._has_ended():
            return [self.env._("its complaint has not ended yet")]
        return []

    # ------------------------------------------------------------------
    # SEALING
    #
    # The card ends with its case: it has its number, and says from then on what it
    # says. What is in a seal, and how it is proved, others add.
    # ------------------------------------------------------------------

    def _seal(self):
        """Seal the cards whose complaints have just ended.

        What cannot be sealed stays open, and says why.
        """
        # The complaint's step decides, whoever takes it: sealing is no right of theirs.
        left_sudo = self.sudo()._do_seal()
        for card_sudo, reasons in left_sudo.items():
            card_sudo.complaint_id._message_log(
                body=self.env._(
                    "The archive card could not be sealed yet: %(reasons)s.",
                    reasons=format_list(self.env, reasons),
                )
            )

    def action_seal(self):
        """Seal cards that could not be sealed when their complaints ended.

        :raise AccessError: unless the user is archivist
        :raise UserError: with one line per card that cannot be sealed
        """
        self._check_archivist()
        self.check_access("write")
        self.complaint_id._check_may_work()
        left = self.sudo()._do_seal()  # checked right above
        if left:
            raise UserError(
                "\n".join(
                    self.env._(
                        "%(card)s cannot be sealed: %(reasons)s.",
                        card=card.display_name,
                        reasons=format_list(self.env, reasons),
                    )
                    for card, reasons in left.items()
                )
            )
        return True

    def _check_archivist(self):
        """:raise AccessError: unless the user is archivist, or the system"""
        if not self.env.su and not self.env.user.has_group(ARCHIVIST):
            raise AccessError(
                self.env._("Only an archivist does this. Ask one of them.")
            )

    def _do_seal(self):
        """Seal these cards. Hook: others say more of what a seal is.

        :return: why cards were left out, by card
        :rtype: dict
        """
        # What follows from the case is worked out before it is fixed.
        self.env.flush_all()
        left = {}
        for card in self:
            if reasons := card._get_cannot_seal_reasons():
                left[card] = reasons
                continue
            company = card.company_id
            name = card.name
            if name == "/":
                [name] = company._complaint_next_numbers(CARD_SEQUENCE, 1)
            card._write_unguarded(
                {
                    "name": name,
                    "state": "sealed",
                    "sealed_date": fields.Datetime.now(),
                    "sealed_by_id": self.env.uid,
                }
            )
        return left

    def _unseal(self):
        """Open the cards again; called when their complaints are reopened."""
        # As in _seal: only the reopening of the complaint leads here.
        self.sudo()._write_unguarded(
            {"state": "open", "sealed_date": False, "sealed_by_id": False}
        )
