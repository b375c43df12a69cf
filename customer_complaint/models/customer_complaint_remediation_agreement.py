import hashlib

from odoo import models


class CustomerComplaintRemediationAgreement(models.AbstractModel):
    """What the papers of a remediation print."""

    _name = "customer.complaint.remediation.agreement"
    _description = "Agreement on a Remediation"

    def _get_amount_in_words(self):
        """Return the total in Chinese capital numerals, on Chinese papers only.

        :return: with the currency before it, as on bills; empty on other papers
        :rtype: str
        """
        total = sum(self.mapped("amount_total"))
        currency = self.currency_id or self.env.company.currency_id
        return currency._get_complaint_amount_in_words(total)

    def _get_total_text(self):
        """Return the total of these remediations of one complaint.

        :rtype: str
        """
        currency = self.currency_id or self.env.company.currency_id
        return currency.format(sum(self.mapped("amount_total")))

    def _get_promised_day(self):
        """Return until when the customer receives all of it; empty if none is named.

        :rtype: str
        """
        days = [day for day in self.mapped("date_promised") if day]
        return self.company_id._complaint_format_day(max(days)) if days else ""

    def _get_agreement_terms(self):
        """Return what both sides agree on besides the lines, in the reader's language.

        :rtype: list[str]
        """
        return [
            self.env._("The company carries out what is listed above."),
            self.env._(
                "With it, this matter is settled between both sides; rights that the "
                "law does not allow to be given up remain."
            ),
            self.env._(
                "The agreement holds once both sides have signed; each side keeps one "
                "copy."
            ),
        ]

    def _get_agreement_text(self):
        """Return the agreement word by word, as the customer is shown and signs it.

        In the customer's language, else the company's, whoever reads it: what is signed
        must not depend on who looks at it.

        :rtype: str
        """
        self.ensure_one()
        # What the agreement names is told to the customer.
        own_sudo = self.sudo()
        installed = [code for code, _name in self.env["res.lang"].get_installed()]
        wanted = (
            own_sudo.complaint_id.partner_id.lang,
            own_sudo.company_id.partner_id.lang,
            *installed,
        )
        lang = next(code for code in wanted if code in installed)
        return own_sudo.with_context(lang=lang)._write_agreement_text()

    def _write_agreement_text(self):
        """Return the agreement in the reader's language.

        :rtype: str
        """
        self.ensure_one()
        complaint, company = self.complaint_id, self.company_id
        lines = [
            self.env._("Settlement Agreement %(number)s", number=self.name),
            self.env._("The company: %(company)s", company=company.name),
            self.env._(
                "The customer: %(customer)s",
                customer=complaint.complainant_name or complaint.partner_id.name or "",
            ),
            self.env._(
                "Complaint %(number)s of %(received)s",
                number=complaint.name,
                received=complaint._format_day(complaint.date_received),
            ),
            "",
            *self._get_remedy_texts(),
            "",
            *(
                f"{number}. {text}"
                for number, text in enumerate(self._get_agreement_terms(), 1)
            ),
        ]
        return "\n".join(lines)

    def _get_remedy_texts(self):
        """Return what the customer receives, line by line, the total and until when.

        :rtype: list[str]
        """
        texts = [
            line._get_remedy_text(number)
            for number, line in enumerate(self.line_ids, 1)
        ]
        total = f"{self._get_total_text()} {self._get_amount_in_words()}".strip()
        texts.append(self.env._("Total: %(total)s", total=total))
        if day := self._get_promised_day():
            texts.append(self.env._("Until: %(day)s", day=day))
        return texts

    def _get_agreement_version(self):
        """Return the digest of the agreement: who signs says by it what they saw.

        :return: SHA-256 of the text in UTF-8, in hexadecimal
        :rtype: str
        """
        return hashlib.sha256(self._get_agreement_text().encode()).hexdigest()
