from datetime import timedelta

from odoo import fields, models
from odoo.tools import format_list

# External ids of the letters by kind of notice.
LETTERS = {
    "receipt": "customer_complaint.report_acceptance_receipt",
    "papers": "customer_complaint.report_papers_request",
    "refusal": "customer_complaint.report_refusal_letter",
}


class CustomerComplaint(models.Model):
    """The texts that notices propose, and what the letters say."""

    _inherit = "customer.complaint"

    def _get_notice_content(self, kind):
        write = {
            "receipt": self._get_receipt_text,
            "papers": self._get_papers_text,
            "refusal": self._get_refusal_text,
        }.get(kind)
        return write() if write else super()._get_notice_content(kind)

    def _get_notice_report(self, kind):
        return LETTERS.get(kind) or super()._get_notice_report(kind)

    def _get_receipt_text(self):
        limit = self._get_limit_text()
        return "\n".join(
            filter(
                None,
                [
                    self.env._(
                        "Your complaint of %(received)s (“%(subject)s”) was accepted "
                        "on %(accepted)s under the number %(number)s.",
                        received=self._format_day(self.date_received),
                        subject=self.subject or "",
                        accepted=self._format_day(self.date_accepted),
                        number=self.name,
                    ),
                    limit
                    and self.env._(
                        "You will have our decision: %(limit)s.", limit=limit
                    ),
                    self.env._(
                        "If you have a question, name this number: %(contact)s.",
                        contact=self._get_contact_text(),
                    ),
                ],
            )
        )

    def _get_papers_text(self):
        papers = self._get_missing_paper_types().get(self)
        due = self.company_id._complaint_format_day(self._get_papers_due())
        lines = [
            self.env._(
                "To accept your complaint %(number)s we need these papers: %(papers)s.",
                number=self.name,
                papers=format_list(self.env, papers._get_wanted_names()),
            )
            if papers
            else self.env._(
                "To handle your complaint %(number)s we need more papers from you.",
                number=self.name,
            ),
            self.env._(
                "Please bring or send them until %(due)s to: %(place)s.",
                due=due,
                place=self._get_place_text(),
            ),
            self.env._(
                "Papers we already have need not be handed in again. If you cannot get "
                "a paper in time, tell us why: %(contact)s.",
                contact=self._get_contact_text(),
            ),
        ]
        return "\n".join(lines)

    def _get_refusal_text(self):
        ground = self.refusal_ground_id
        values = {
            "number": self.name,
            "received": self._format_day(self.date_received),
            "ground": ground.name or "",
        }
        lines = [
            self.env._(
                "We had accepted your complaint %(number)s of %(received)s, and cannot "
                "go on with it. Ground: %(ground)s.",
                **values,
            )
            if self.date_accepted
            else self.env._(
                "We cannot accept your complaint %(number)s of %(received)s. "
                "Ground: %(ground)s.",
                **values,
            ),
            ground.legal_basis
            and self.env._("Legal basis: %(basis)s.", basis=ground.legal_basis),
            self.refusal_note,
            self._get_refusal_ways(),
        ]
        return "\n".join(filter(None, lines))

    # ------------------------------------------------------------------
    # HELPERS
    # ------------------------------------------------------------------

    def _get_limit_text(self):
        """Return until when the complainant has an answer, as the receipt says it.

        A receipt always names the day. Extensions that know the time limit of the case
        return its date.

        :rtype: str
        """
        self.ensure_one()
        company = self.company_id
        accepted = company._complaint_date(self.date_accepted or fields.Datetime.now())
        day = accepted + timedelta(days=company.complaint_answer_days)
        return self.env._("until %(date)s", date=company._complaint_format_day(day))

    def _get_contact_text(self):
        """Return whom the complainant asks: handler, team, telephone and e-mail.

        :rtype: str
        """
        self.ensure_one()
        company = self.company_id
        known = [
            self.user_id.name,
            self.team_id.name or company.name,
            company.phone,
            company.email,
        ]
        return ", ".join(filter(None, known))

    def _get_place_text(self):
        """Return where papers are brought or sent.

        :rtype: str
        """
        self.ensure_one()
        # The address of the company, which every letterhead shows.
        address = self.company_id.sudo().partner_id._get_complaint_address()
        return address or self.company_id.name

    def _get_refusal_ways(self):
        """Return the ways still open to who was refused.

        :rtype: str
        """
        self.ensure_one()
        return self.decision_ways_open or self.env._(
            "If you do not agree you can hand in new facts, or turn to the consumer "
            "association, the market regulator, an arbitration body or the court."
        )
