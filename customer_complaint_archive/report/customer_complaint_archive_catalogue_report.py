from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.customer_complaint_base.tools.catalogue import paginate

# Beyond this a printed list serves nobody, and printing takes minutes.
MAX_PRINTED = 2000
# Narrow letters that fit into a line of each column, as wide as the template says.
ROOMS = (None, 22, 12, 16, 24, 18, None, 24, 12, 20)
# Lines of text under the head of a page, and how many of them the margins of a row
# take.
LINES_PER_PAGE = 36
MARGIN_LINES = 0.6
# Remarks of a page or two would push all else away; the card has them in full.
MAX_REMARK = 120


class ReportArchiveCatalogue(models.AbstractModel):
    """Prints the catalogue of archive cards (档案目录), for those who may read them."""

    _name = "report.customer_complaint_archive.archive_catalogue"
    _inherit = "customer.complaint.print"
    _description = "Archive Catalogue Report"

    _printed_model = "customer.complaint.archive.card"
    _prints_lists = True

    @api.model
    def _get_docs(self, records):
        if len(records) > MAX_PRINTED:
            raise UserError(
                self.env._(
                    "%(count)s cards are too many for print; at most %(max)s are. "
                    "Choose a year or an archive category, or take the XLSX.",
                    count=len(records),
                    max=MAX_PRINTED,
                )
            )
        return records._sorted_for_catalogue()

    @api.model
    def _get_report_values(self, docids, data=None):
        values = super()._get_report_values(docids, data)
        pages = []
        for company, cards in values["docs"].grouped("company_id").items():
            own = self._get_pages(cards)
            for number, rows in enumerate(own, start=1):
                text = self.env._(
                    "Page %(number)s of %(count)s", number=number, count=len(own)
                )
                pages.append({"company": company, "rows": rows, "text": text})
        return {**values, "pages": pages}

    @api.model
    def _get_pages(self, cards):
        """Return the rows of each page.

        :param customer.complaint.archive.card cards: of one company, in order
        :rtype: list[list[tuple]]
        """
        rows = [
            self._get_row(number, card) for number, card in enumerate(cards, start=1)
        ]
        return paginate(rows, ROOMS, LINES_PER_PAGE, MARGIN_LINES)

    @api.model
    def _get_row(self, number, card):
        """Return what the catalogue says of a card, column by column.

        :rtype: tuple
        """
        company = card.company_id
        remarks = " ".join((card.remarks or "").split())
        closed = company._complaint_date(card.date_closed)
        return (
            str(number),
            card.display_name,
            company._complaint_format_day(closed or card.date_filled),
            card.complainant_name or "",
            card.complaint_id.subject or "",
            card.archive_category_id.name or "",
            str(card.page_count or ""),
            card.place or "",
            card._get_retention_text(),
            remarks[:MAX_REMARK] + ("…" if len(remarks) > MAX_REMARK else ""),
        )


class ReportArchiveLabel(models.AbstractModel):
    """Prints labels for the paper originals of archive cards."""

    _name = "report.customer_complaint_archive.archive_label"
    _inherit = "customer.complaint.print"
    _description = "Archive Label Report"

    _printed_model = "customer.complaint.archive.card"
    _prints_lists = True

    @api.model
    def _get_docs(self, records):
        return records._sorted_for_catalogue()


class ReportArchiveBoxLabel(models.AbstractModel):
    """Prints labels for the boxes that hold paper originals."""

    _name = "report.customer_complaint_archive.archive_box_label"
    _inherit = "customer.complaint.print"
    _description = "Archive Box Label Report"

    _printed_model = "customer.complaint.archive.card"
    _prints_lists = True

    @api.model
    def _get_docs(self, records):
        placed = records.filtered("box")
        if not placed:
            raise UserError(
                self.env._(
                    "None of these cards stands in a box. Enter room, cabinet and box "
                    "on the cards first."
                )
            )
        return placed._sorted_for_catalogue()

    @api.model
    def _get_report_values(self, docids, data=None):
        values = super()._get_report_values(docids, data)
        boxes = values["docs"].grouped(
            lambda card: (card.company_id, card.room, card.cabinet, card.box)
        )
        return {**values, "boxes": [self._get_box(cards) for cards in boxes.values()]}

    @api.model
    def _get_box(self, cards):
        """Return what the label of a box says.

        :param customer.complaint.archive.card cards: that stand in it, in order
        :rtype: dict
        """
        years = sorted({card.archive_year for card in cards} - {0})
        return {
            "company": cards.company_id,
            "place": cards[0].place,
            "years": "–".join(dict.fromkeys(map(str, years[:1] + years[-1:]))),
            "categories": ", ".join(cards.archive_category_id.mapped("name")),
            "first": cards[0].display_name,
            "last": cards[-1].display_name,
            "count": len(cards),
            "url": cards[0]._get_label_url(),
        }
