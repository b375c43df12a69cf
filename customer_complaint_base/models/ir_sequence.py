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
        today = company._complaint_today()
        date_from, first = self._take_block(count, today)
        sequence = self.with_context(
            ir_sequence_date=fields.Date.to_string(today),
            ir_sequence_date_range=fields.Date.to_string(date_from),
        )
        prefix, suffix = sequence._get_prefix_suffix()
        return [
            f"{prefix}{number:0{self.padding}d}{suffix}"
            for number in range(first, first + count)
        ]

    def _take_block(self, count, day):
        """Take ``count`` numbers out of the date range of ``day``.

        :param int count: how many numbers
        :param datetime.date day: in the company's time zone
        :return: first day of the range and first number taken
        :rtype: tuple[datetime.date, int]
        """
        query = SQL(
            """UPDATE ir_sequence_date_range
                  SET number_next = number_next + %(count)s
                WHERE sequence_id = %(sequence_id)s
                  AND date_from <= %(day)s AND date_to >= %(day)s
            RETURNING date_from, number_next - %(count)s""",
            count=count,
            sequence_id=self.id,
            day=day,
        )
        ranges = self.env["ir.sequence.date_range"]
        ranges.flush_model(["sequence_id", "date_from", "date_to", "number_next"])
        rows = self.env.execute_query(query)
        if not rows:
            self._create_year_range(day)
            rows = self.env.execute_query(query)
        ranges.invalidate_model(["number_next"], flush=False)
        return rows[0]

    def _create_year_range(self, day):
        """Create the date range of a new year.

        Whoever comes second waits for the row of the sequence, then is replayed and
        finds the range (a second insert would be refused by core's unique
        constraint, which is not replayed).

        :param datetime.date day: a day of the year
        """
        self.env.execute_query(
            SQL("UPDATE ir_sequence SET id = id WHERE id = %s RETURNING id", self.id)
        )
        self._create_date_range_seq(fields.Date.to_string(day)).flush_recordset()
