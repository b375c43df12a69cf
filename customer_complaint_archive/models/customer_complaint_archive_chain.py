from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.seal import GENESIS

# What says how a card stands, in the order in which it was entered.
STATE_OF_KIND = {"seal": "sealed", "reopen": "open", "disposal": "disposed"}
# What says whether it is held.
HOLD_KINDS = ("hold", "release")


class CustomerComplaintArchiveChain(models.Model):
    """The head of a company's chain: how many entries it has.

    One row per company. Whoever appends locks and writes it first, so that of many
    who seal at once each gets the next position; the server replays the late ones.
    """

    _name = "customer.complaint.archive.chain"
    _inherit = "customer.complaint.append.only"
    _description = "Archive Chain"
    _rec_name = "company_id"

    company_id = fields.Many2one("res.company", required=True, ondelete="restrict")
    position = fields.Integer(
        readonly=True, help="Number of entries; the last one has this position."
    )

    _company_uniq = models.UniqueIndex(
        "(company_id)", "A company has one archive chain only."
    )

    def _refuse_forgery(self):
        raise UserError(
            self.env._("The archive keeps its chain by itself; nobody changes it.")
        )

    @api.model
    def _take_positions(self, company, count, series=()):
        """Lock the company's chain until the end of the transaction and extend it.

        One statement also reads what depends on nobody else appending meanwhile: the
        last digest, and the last serial number of each number series.

        :param res.company company: whose chain
        :param int count: how many entries follow
        :param series: archive category and year of each series, as ids and years
        :return: last position and digest so far, and the last serial by series
        :rtype: tuple[int, str, dict]
        """
        row = self._extend(company, count, series)
        if row is None:
            # A second one who comes at the same time is replayed by the server.
            self.env.cr.execute(
                SQL(
                    "INSERT INTO customer_complaint_archive_chain"
                    " (company_id, position) VALUES (%s, 0) ON CONFLICT DO NOTHING",
                    company.id,
                )
            )
            row = self._extend(company, count, series)
        position, digest, serials = row
        self.env[self._name].invalidate_model(["position"], flush=False)
        return position, digest or GENESIS, dict(zip(series, serials, strict=True))

    @api.model
    def _extend(self, company, count, series):
        serials = [
            SQL(
                "(SELECT max(archive_serial) FROM customer_complaint_archive_card"
                " WHERE company_id = %s AND archive_category_id = %s"
                " AND archive_year = %s AND archive_serial > 0)",  # as the index says
                *(company.id, category_id, year),
            )
            for category_id, year in series
        ]
        rows = self.env.execute_query(
            SQL(
                """WITH head AS (
                    UPDATE customer_complaint_archive_chain
                       SET position = position + %(count)s
                     WHERE company_id = %(company)s
                 RETURNING position - %(count)s AS position)
                SELECT head.position,
                       (SELECT digest FROM customer_complaint_archive_entry
                         WHERE company_id = %(company)s
                           AND position = head.position),
                       ARRAY[%(serials)s]::integer[]
                  FROM head""",
                count=count,
                company=company.id,
                serials=SQL(", ").join(serials),
            )
        )
        return rows[0] if rows else None
