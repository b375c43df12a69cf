import hashlib

from odoo import api, models
from odoo.exceptions import AccessError, UserError

from .customer_complaint_remediation_line import IDLE_DIFFERENCE


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

    # ------------------------------------------------------------------
    # SIGNING
    #
    # What the customer decides, without any right on complaints.
    # ------------------------------------------------------------------

    @api.model
    def _get_own_of_customer(self, complaint_id, remediation_id):
        """Return a remediation of the user's own complaint.

        :param int complaint_id: the complaint it is of
        :param int remediation_id: its id
        :rtype: customer.complaint.remediation
        :raise AccessError: if there is none; of others it is not said whether there is
        """
        remediation = self.browse(remediation_id)
        # Looked up to see whether it is theirs, before anything of it is told.
        found_sudo = remediation.sudo().exists()
        complaint_sudo = found_sudo.complaint_id
        if (
            not complaint_sudo
            or complaint_sudo.id != complaint_id
            or not found_sudo._is_of_customer()
        ):
            raise AccessError(
                self.env._(
                    "You have no such complaint. Sign in as the customer it is of."
                )
            )
        return remediation

    def _is_of_customer(self):
        """Return whether the user is the customer of the complaint.

        Colleagues of the customer's company are not: they may not know of it.

        :rtype: bool
        """
        self.ensure_one()
        return self.env.user.partner_id == self.complaint_id.partner_id

    def _get_agreement_to_sign(self):
        """Return the agreement as the customer is shown it before they sign.

        :return: the text, and the version and total that go with the signature
        :rtype: dict
        :raise AccessError: if it is not the user's own complaint
        :raise UserError: if it is not approved
        """
        self.ensure_one()
        self._check_is_of_customer()
        own_sudo = self.sudo()  # they read what they are asked to sign
        own_sudo._raise_reasons(
            lambda rem: (
                rem.state != "approved"
                and rem.env._("there is nothing to sign now. Reload the page.")
            )
        )
        return {
            "text": own_sudo._get_agreement_text(),
            "version": own_sudo._get_agreement_version(),
            "total": own_sudo.amount_total,
        }

    def _agree_as_customer(self, signer, signature, version, total):
        """Record that the customer accepts, signed on the screen.

        :param str signer: who signs
        :param str signature: the picture, base64
        :param str version: of the agreement they were shown
        :param float total: the total they were shown
        :raise AccessError: if it is not the user's own complaint
        :raise UserError: if it cannot be accepted now, nothing was drawn, or it is not
            what they were shown
        """
        self.ensure_one()
        self._check_is_of_customer()
        # They decide on their own complaint and need no other right on it.
        own_sudo = self.sudo()
        is_shown = isinstance(total, int | float) and (
            abs(total - own_sudo.amount_total) < IDLE_DIFFERENCE
        )
        if own_sudo.state == "approved" and not is_shown:
            raise UserError(own_sudo._name_reason(own_sudo._get_other_version_reason()))
        own_sudo._agree(signer, version, signature=signature)

    def _decline_as_customer(self, reason):
        """Record that the customer declines.

        :param str reason: why, in the customer's words
        :raise AccessError: if it is not the user's own complaint
        :raise UserError: without a reason, or if it cannot be declined now
        """
        self._check_is_of_customer()
        # They decide on their own complaint and need no other right on it.
        self.sudo()._decline(reason)

    def _check_is_of_customer(self):
        for remediation_sudo in self.sudo():  # only whether it is theirs
            self._get_own_of_customer(
                remediation_sudo.complaint_id.id, remediation_sudo.id
            )
