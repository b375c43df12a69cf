from collections import defaultdict

from odoo import api, fields, models


class CustomerComplaintArchiveCard(models.Model):
    """What the catalogue (档案目录) and the labels say of a card.

    Nothing confidential: neither how the complainant is reached nor what the papers
    are called.
    """

    _inherit = "customer.complaint.archive.card"

    page_count = fields.Integer(
        string="Pages",
        compute="_compute_page_count",
        aggregator=None,
        help="Pages of all papers filed, all copies counted.",
    )
    place = fields.Char(
        string="Place of the Original",
        compute="_compute_place",
        help="Room, cabinet and box of the paper original.",
    )

    _place_idx = models.Index("(room, cabinet, box) WHERE box IS NOT NULL")

    @api.depends("document_ids.copies", "document_ids.pages")
    def _compute_page_count(self):
        pages = defaultdict(int)
        # How many pages there are, not what is on them.
        groups = (
            self.env["customer.complaint.archive.document"]
            .sudo()
            ._read_group(
                [("card_id", "in", self.ids)],
                ["card_id", "copies", "pages"],
                ["__count"],
            )
        )
        for card, copies, count, papers in groups:
            pages[card.id] += copies * count * papers
        for card in self:
            card.page_count = pages[card.id]

    @api.depends("room", "cabinet", "box")
    def _compute_place(self):
        for card in self:
            card.place = " / ".join(filter(None, (card.room, card.cabinet, card.box)))

    def _sorted_for_catalogue(self):
        """Return the cards by company, year, archive category and number.

        :rtype: customer.complaint.archive.card
        """
        return self.sorted(
            lambda card: (
                card.company_id.name,
                card.archive_year,
                card.archive_category_id.code or "",
                card.display_name or "",
                card.id,
            )
        )

    def _get_kept_text(self):
        """Return until when the card is kept, as the catalogue says it.

        :rtype: str
        """
        self.ensure_one()
        if self.state == "disposed":
            return self.env._("Destroyed")
        if self.legal_hold:
            return self.env._("Legal hold")
        if self.retention_until:
            return self.company_id._complaint_format_day(self.retention_until)
        return self.env._("For good") if self.state == "sealed" else ""

    def action_open_catalogue(self):
        """Ask how the catalogue of these cards is made.

        :rtype: dict
        :raise AccessError: if the user may not read one of the cards
        """
        self.check_access("read")
        return self.env["customer.complaint"]._action_ask(
            "customer.complaint.archive.catalogue",
            self.env._("Archive Catalogue"),
            card_ids=self.ids,
        )

    def _get_label_url(self):
        """Return the address that the code on the label opens.

        :rtype: str
        """
        self.ensure_one()
        return f"{self.get_base_url()}/odoo/complaint-archive/{self.id}"
