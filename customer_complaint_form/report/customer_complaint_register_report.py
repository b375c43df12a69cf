from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools.misc import formatLang

from odoo.addons.customer_complaint_base.tools.catalogue import paginate

# Beyond this a printed list serves nobody, and printing takes minutes.
MAX_PRINTED = 2000
# Narrow letters that fit into a line of each column, as wide as the template says.
ROOMS = (None, 17, 20, 22, 15, 16, 28, 18, 13, 15)
# Lines of text under the head of a page, and how many of them the margins of a row
# take.
LINES_PER_PAGE = 47
MARGIN_LINES = 0.6
# A story of a page or two would push all else away; the XLSX has it in full.
MAX_STORY = 120


def get_too_many_reason(env):
    """Say why so many complaints are not printed.

    :rtype: str
    """
    return env._(
        "These are too many complaints for print; at most %(max)s are. Choose a "
        "shorter period, or take the XLSX.",
        max=MAX_PRINTED,
    )


class ReportRegister(models.AbstractModel):
    """Prints the register of complaints (投诉台账), for those who may export it."""

    _name = "report.customer_complaint_form.register"
    _inherit = "customer.complaint.print"
    _description = "Complaint Register Report"

    @api.model
    def _get_docs(self, records):
        records._check_may_export_register()
        if len(records) > MAX_PRINTED:
            raise UserError(get_too_many_reason(self.env))
        return records.sorted(lambda c: (c.company_id.id, c.date_received, c.id))

    @api.model
    def _get_report_values(self, docids, data=None):
        values = super()._get_report_values(docids, data)
        pages = []
        for company, complaints in values["docs"].grouped("company_id").items():
            own = self._get_pages(complaints)
            summary = self._get_summary(complaints)
            for number, rows in enumerate(own, start=1):
                text = self.env._(
                    "Page %(number)s of %(count)s", number=number, count=len(own)
                )
                pages.append(
                    {"company": company, "summary": summary, "rows": rows, "text": text}
                )
        return {**values, "pages": pages}

    @api.model
    def _get_summary(self, complaints):
        """Return from when to when, how many, and what they were given.

        :param customer.complaint complaints: of one company, in order
        :rtype: str
        """
        company = complaints.company_id
        total = sum(complaints.mapped("compensation_total"))
        days = (c._get_day("date_received") for c in (complaints[0], complaints[-1]))
        return self.env._(
            "%(period)s. Complaints: %(count)s. Total compensation: %(total)s",
            period=" – ".join(dict.fromkeys(map(company._complaint_format_day, days))),
            count=len(complaints),
            total=self._format_amount(total, company),
        )

    @api.model
    def _get_pages(self, complaints):
        """Return the rows of each page.

        :param customer.complaint complaints: of one company, in order
        :rtype: list[list[tuple]]
        """
        rows = [
            self._get_row(number, complaint)
            for number, complaint in enumerate(complaints, start=1)
        ]
        return paginate(rows, ROOMS, LINES_PER_PAGE, MARGIN_LINES)

    @api.model
    def _get_row(self, number, complaint):
        """Return what the register says of a complaint, column by column.

        :rtype: tuple
        """
        format_day = complaint.company_id._complaint_format_day
        story = " ".join((complaint.description or "").split())
        return (
            str(number),
            self._stack(
                complaint.name, format_day(complaint._get_day("date_received"))
            ),
            self._stack(complaint.complainant_name, complaint.phone),
            complaint.product_names,
            complaint.lot_names,
            complaint.category_id.display_name or "",
            story[:MAX_STORY] + ("…" if len(story) > MAX_STORY else ""),
            self._stack(
                self._get_label(complaint, "conclusion"), complaint.measure_names
            ),
            self._format_amount(complaint.compensation_total, complaint.company_id),
            self._stack(
                complaint.user_id.name,
                self._get_label(complaint, "state"),
                format_day(complaint._get_day("date_closed")),
            ),
        )

    @api.model
    def _stack(self, *texts):
        """Return those that say something under each other.

        :rtype: str
        """
        return "\n".join(filter(None, texts))

    @api.model
    def _get_label(self, complaint, name):
        """Return the label of what was chosen in a selection, or an empty text.

        :rtype: str
        """
        labels = complaint._fields[name]._description_selection(self.env)
        return dict(labels).get(complaint[name], "")

    @api.model
    def _format_amount(self, amount, company):
        """Return an amount in the currency of the company.

        :rtype: str
        """
        return formatLang(self.env, amount, currency_obj=company.currency_id)
