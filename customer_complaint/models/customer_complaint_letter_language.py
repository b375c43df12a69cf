from odoo import api, fields, models
from odoo.tools import format_list
from odoo.tools.misc import get_lang

from ..tools.language import seems_foreign
from .customer_complaint_decision_template import TEMPLATE_TEXTS

# What somebody writes and the customer reads.
TOLD_TEXTS = ("conclusion_note", *TEMPLATE_TEXTS, "refusal_note")


class CustomerComplaint(models.Model):
    """Everything that goes to the customer is in the customer's language.

    Letters, mails, receipts and what templates propose are made in it; whoever writes
    a text in another one is warned.
    """

    _inherit = "customer.complaint"

    language_warning = fields.Char(
        compute="_compute_language_warning",
        help="Which language the customer reads, where it is not yours or where a text "
        "seems to be in another one.",
    )

    @api.depends("partner_id", *TOLD_TEXTS)
    @api.depends_context("lang")
    def _compute_language_warning(self):
        for complaint in self:
            complaint.language_warning = complaint._get_language_warning(
                {
                    f"“{complaint._get_field_label(name)}”": complaint[name]
                    for name in TOLD_TEXTS
                }
            )

    def _get_language_warning(self, texts):
        """Return what to tell whoever writes to the customer, or False.

        :param dict texts: what was written so far, by its name for the reader
        :rtype: str or bool
        """
        self.ensure_one()
        if not self.partner_id:
            return False
        lang = self._get_letter_lang()
        language = get_lang(self.env, lang).name
        foreign = [name for name, text in texts.items() if seems_foreign(text, lang)]
        if foreign:
            return self.env._(
                "The customer reads %(language)s. This goes to them and seems to be in "
                "another language: %(texts)s.",
                language=language,
                texts=format_list(self.env, foreign),
            )
        written = any((text or "").strip() for text in texts.values())
        return (
            lang != self.env.lang
            and not written
            and self.env._(
                "The customer reads %(language)s: write what goes to them in it.",
                language=language,
            )
        )

    def _get_letter_lang(self):
        """Return the language of everything that goes to the complainant.

        :return: theirs, else that of the company, else the reader's
        :rtype: str
        """
        self.ensure_one()
        # The language only, whoever may see the contact.
        company_sudo = self.company_id.sudo()
        wanted = self.partner_id.sudo().lang or company_sudo.partner_id.lang
        return get_lang(self.env, wanted).code

    def _in_letter_lang(self):
        """Return the complaint as it speaks to the complainant.

        :rtype: customer.complaint
        """
        self.ensure_one()
        return self.with_context(lang=self._get_letter_lang())
