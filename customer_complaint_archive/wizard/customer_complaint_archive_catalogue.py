from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.customer_complaint.models.customer_complaint_archive_card import (
    CARD_STATES,
)

# As the catalogue lists them.
ORDER = "company_id, archive_year, archive_category_id, name, id"


class CustomerComplaintArchiveCatalogue(models.TransientModel):
    """Asks of which cards the catalogue (档案目录) is made: chosen ones or by rule."""

    _name = "customer.complaint.archive.catalogue"
    _inherit = "customer.complaint.dialog"
    _description = "Make the Archive Catalogue"

    card_ids = fields.Many2many(
        "customer.complaint.archive.card",
        "customer_complaint_archive_catalogue_card_rel",
        string="Cards Chosen",
        readonly=True,
    )
    chosen_count = fields.Integer(
        string="Number of Cards Chosen", compute="_compute_chosen_count"
    )
    company_id = fields.Many2one("res.company", default=lambda self: self.env.company)
    archive_year = fields.Char(
        string="Year", size=4, help="Year of the archive number; empty: all years."
    )
    archive_category_id = fields.Many2one(
        "customer.complaint.archive.category", help="Empty: all."
    )
    state = fields.Selection(CARD_STATES, default="sealed", help="Empty: all.")
    room = fields.Char(help="Empty: all rooms.")
    box = fields.Char(help="Empty: all boxes.")

    @api.depends("card_ids")
    def _compute_chosen_count(self):
        for dialog in self:
            dialog.chosen_count = len(dialog.card_ids)

    def _get_domain(self):
        """Return the domain of the cards that the catalogue lists.

        :rtype: odoo.fields.Domain
        """
        self.ensure_one()
        if self.card_ids:
            return Domain("id", "in", self.card_ids.ids)
        domain = Domain.TRUE
        for name in ("company_id", "archive_category_id"):
            if self[name]:
                domain &= Domain(name, "=", self[name].id)
        for name in ("state", "room", "box"):
            if self[name]:
                domain &= Domain(name, "=", self[name])
        if self.archive_year:
            domain &= Domain("archive_year", "=", self._get_year())
        return domain

    def _get_year(self):
        if not self.archive_year.isdecimal():
            raise UserError(
                self.env._(
                    "“%(year)s” is no year. Enter it like 2026.", year=self.archive_year
                )
            )
        return int(self.archive_year)

    def _get_cards(self):
        """Return the cards of the catalogue that the user may read, in its order.

        :rtype: customer.complaint.archive.card
        :raise UserError: if there are none
        """
        cards = self.env["customer.complaint.archive.card"].search(
            self._get_domain(), order=ORDER
        )
        if not cards:
            raise UserError(
                self.env._("There is no such card. Choose another year or category.")
            )
        return cards

    def action_print(self):
        """Print the catalogue.

        :rtype: dict
        """
        report = self.env.ref("customer_complaint_archive.report_archive_catalogue")
        return report.report_action(self._get_cards(), config=False)

    def action_download(self):
        """Download the catalogue as XLSX.

        :rtype: dict
        """
        self.ensure_one()
        self._get_cards()  # says at once when there are none
        return {
            "type": "ir.actions.act_url",
            "url": f"/customer_complaint/catalogue/{self.id}",
            "target": "download",
        }
