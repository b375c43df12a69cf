from odoo import api, models
from odoo.tools import split_every

from odoo.addons.customer_complaint_base.tools.workbook import make_workbook

# Cards are read and dropped again in batches.
BATCH_SIZE = 1000


class CustomerComplaintArchiveCard(models.Model):
    _inherit = "customer.complaint.archive.card"

    @api.model
    def _get_catalogue_columns(self):
        """Return the columns of the catalogue as XLSX; bridges may add theirs.

        :return: heading, kind of cell (text, number or date), width, value of a card
        :rtype: list[tuple]
        """
        states = dict(self._fields["state"]._description_selection(self.env))
        day = self._get_catalogue_day
        return [
            (self.env._("Archive Number"), "text", 22, lambda c: c.display_name),
            (self.env._("Year"), "number", 8, lambda c: c.archive_year or None),
            (
                self.env._("Archive Category"),
                "text",
                20,
                lambda c: c.archive_category_id.name,
            ),
            (self.env._("Complaint No."), "text", 18, lambda c: c.complaint_id.name),
            (
                self.env._("Complainant"),
                "text",
                16,
                lambda c: c.complaint_id.complainant_name,
            ),
            (self.env._("Complaint"), "text", 32, lambda c: c.complaint_id.subject),
            (
                self.env._("Channel"),
                "text",
                16,
                lambda c: c.complaint_id.channel_id.name,
            ),
            (
                self.env._("Date accepted"),
                "date",
                12,
                lambda c: day(c, "date_accepted"),
            ),
            (self.env._("Date completed"), "date", 12, lambda c: day(c, "date_closed")),
            (self.env._("Pages"), "number", 8, lambda c: c.page_count),
            (self.env._("Room"), "text", 12, lambda c: c.room),
            (self.env._("Cabinet"), "text", 12, lambda c: c.cabinet),
            (self.env._("Box"), "text", 12, lambda c: c.box),
            (self.env._("Kept until"), "date", 12, lambda c: c.retention_until),
            (self.env._("Kept"), "text", 14, self._get_catalogue_keeping),
            (self.env._("State"), "text", 12, lambda c: states[c.state]),
            (self.env._("Remarks"), "text", 40, lambda c: c.remarks),
            (self.env._("Company"), "text", 24, lambda c: c.company_id.name),
        ]

    @api.model
    def _get_catalogue_day(self, card, name):
        return card.company_id._complaint_date(card.complaint_id[name])

    @api.model
    def _get_catalogue_keeping(self, card):
        """Return what the day until which a card is kept does not tell."""
        is_plain = card.state == "sealed" and card.retention_until
        return "" if is_plain and not card.legal_hold else card._get_retention_text()

    def _make_catalogue_xlsx(self):
        """Return the catalogue of these cards, in this order, as XLSX.

        :rtype: bytes
        :raise AccessError: if the user may not read one of the cards
        """
        self.check_access("read")
        columns = self._get_catalogue_columns()
        return make_workbook(
            # Names of sheets may not have all characters: ours is fixed.
            self.env._("Archive Catalogue"),
            [column[:3] for column in columns],
            self._iter_catalogue_rows([column[3] for column in columns]),
        )

    def _iter_catalogue_rows(self, getters):
        """Yield what the catalogue says of each card, and forget it again.

        :param getters: the value of a card, by column
        :rtype: Iterator[list]
        """
        for ids in split_every(BATCH_SIZE, self.ids):
            for card in self.browse(ids):
                yield [get(card) for get in getters]
            self.env.invalidate_all()
