from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class IrSequence(models.Model):
    _inherit = "ir.sequence"

    def _draw_numbers(self, count, company, code):
        """Draw consecutive numbers of a yearly sequence in one statement.

        Core draws numbers one by one, two queries each; a batch of complaints
        takes its whole block at once. The row of the year stays locked until the
        transaction ends: a number that is rolled back is given to the next one,
        so that there is neither gap nor reuse, and of two people who draw in the
        same instant the later one is replayed by the server.

        :param int count: how many numbers
        :param res.company company: whose day decides the year
        :param str code: code asked for, named in the error
        :return: the formatted numbers in order
        :rtype: list[str]
        :raise UserError: if there is no sequence
        """
        if not self:
            raise UserError(
                self.env._(
                    "%(company)s has no number sequence with the code %(code)s. "
                    "Ask an administrator to update the Complaints app, which "
                    "creates it again, or to activate the archived one.",
                    company=company.display_name,
                    code=code,
                )
            )
        self.ensure_one()
        year_range = self._get_year_range(company._complaint_today())
        [(first,)] = self.env.execute_query(
            SQL(
                """UPDATE ir_sequence_date_range
                      SET number_next = number_next + %(count)s
                    WHERE id = %(id)s
                RETURNING number_next - %(count)s""",
                count=count,
                id=year_range.id,
            )
        )
        year_range.invalidate_recordset(["number_next"])
        sequence = self.with_context(
            ir_sequence_date=fields.Date.to_string(company._complaint_today()),
            ir_sequence_date_range=fields.Date.to_string(year_range.date_from),
        )
        prefix, suffix = sequence._get_prefix_suffix()
        return [
            f"{prefix}{number:0{self.padding}d}{suffix}"
            for number in range(first, first + count)
        ]

    def _get_year_range(self, day):
        """Return the date range of ``day``, made now if the year is new.

        :param datetime.date day: in the company's time zone
        :rtype: ir.sequence.date_range
        """
        year_range = self.env["ir.sequence.date_range"].search_fetch(
            [
                ("sequence_id", "=", self.id),
                ("date_from", "<=", day),
                ("date_to", ">=", day),
            ],
            ["date_from"],
            limit=1,
        )
        if year_range:
            return year_range
        # The first number of a year: whoever comes second waits for this row,
        # then is replayed and finds the range (a second insert would be refused
        # by core's unique constraint, which is not replayed).
        self.env.execute_query(
            SQL("UPDATE ir_sequence SET id = id WHERE id = %s RETURNING id", self.id)
        )
        return self._create_date_range_seq(fields.Date.to_string(day))
