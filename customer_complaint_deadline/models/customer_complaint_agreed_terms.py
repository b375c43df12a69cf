from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import clean_context

from odoo.addons.customer_complaint_base.tools.reason import takes_reason
from odoo.addons.customer_complaint_notice.models.customer_complaint_notice import (
    NOTICE_WAYS,
)


class CustomerComplaintAgreedTerms(models.Model):
    """What was agreed with the complainant about how their complaint is handled.

    Limit, way of telling and content that the parties agreed on go before those of the
    rules (CBIRC-2020 art. 21(5)), and are on file with the paper or notice that proves
    them. The record is append-only: the latest holds, and a supervisor voids an
    erroneous one with a reason.
    """

    _name = "customer.complaint.agreed.terms"
    _inherit = [
        "customer.complaint.voidable",
        "customer.complaint.belonging",
        "customer.complaint.part",
    ]
    _description = "Terms Agreed With the Complainant"
    _order = "date desc, id desc"
    _rec_name = "date"
    _check_company_auto = True

    date = fields.Date(
        string="Agreed On",
        required=True,
        default=lambda self: self.env.company._complaint_today(),
    )
    date_due = fields.Date(
        string="Answer Until",
        help="Day by which the complainant has our decision, as agreed. It goes before "
        "the limit of the policy; what was late before stays late.",
    )
    way = fields.Selection(
        NOTICE_WAYS,
        string="Told By",
        help="How the complainant wants to be told; proposed for each notice.",
    )
    content = fields.Text(
        string="What Else Was Agreed",
        help="E.g. what the answer contains, in which language, to whom it goes.",
        personal=True,
    )
    document_id = fields.Many2one(
        "customer.complaint.archive.document",
        string="Paper That Proves It",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('complaint_id', '=', complaint_id)]",
        help="The signed agreement or the letter, as filed with the complaint.",
    )
    notice_id = fields.Many2one(
        "customer.complaint.notice",
        string="Notice That Proves It",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('complaint_id', '=', complaint_id), ('state', '!=', 'void')]",
        help="The notice with which we confirmed it, with its own proof.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Entered By",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        default=lambda self: self.env.user,
        system=True,
    )

    @api.constrains("date", "date_due", "way", "content", "document_id", "notice_id")
    def _check_terms(self):
        for terms in self:
            reason = terms._get_wrong_terms_reason()
            if reason:
                raise ValidationError(terms.complaint_id._name_reason(reason))

    def _get_wrong_terms_reason(self):
        """Return what is wrong with the terms, or False.

        :rtype: str or bool
        """
        self.ensure_one()
        complaint, company = self.complaint_id, self.company_id
        if not (self.date_due or self.way or (self.content or "").strip()):
            return self.env._(
                "say what was agreed: the day of the answer, the way of telling, or "
                "something else."
            )
        # Where the proof lies counts, not whether the user may see it.
        proofs_sudo = (self.document_id.sudo(), self.notice_id.sudo())
        if not any(proofs_sudo):
            return self.env._(
                "what was agreed needs its proof: choose the paper that was filed, or "
                "the notice that confirmed it."
            )
        if any(proof and proof.complaint_id != complaint for proof in proofs_sudo):
            return self.env._("choose a paper or notice of this complaint.")
        if self.notice_id.sudo().state in ("void", "failed"):
            return self.env._("the notice did not reach the complainant.")
        received = company._complaint_date(complaint.date_received)
        if not received <= self.date <= company._complaint_today():
            return self.env._(
                "it was agreed between the day the complaint was received and today. "
                "Correct the date."
            )
        if self.date_due and self.date_due < self.date:
            return self.env._(
                "the answer cannot be due before the day it was agreed on. Correct one "
                "of the two dates."
            )
        return False

    @api.model_create_multi
    def create(self, vals_list):
        """Enter what was agreed, in the name of the user.

        :raise AccessError: if the user must not work on one of the complaints
        :raise ValidationError: if the proof is missing or a date is impossible
        """
        vals_list = self._prepare_new_vals_list(vals_list)
        # No defaults of the context for what the system sets.
        self = self.with_context(clean_context(self.env.context))
        complaints = self.env["customer.complaint"].browse(
            {vals["complaint_id"] for vals in vals_list if vals.get("complaint_id")}
        )
        with complaints._limits_stay_passed():
            records = super().create(vals_list)
            for terms in records:
                terms.complaint_id._message_log(body=terms._get_log_text())
            complaints._follow_agreed_terms()
        return records

    def write(self, vals):
        """:raise UserError: always, unless there is nothing to write"""
        if vals:
            raise UserError(
                self.env._(
                    "What was agreed stays as it was entered: %(fields)s. Enter what "
                    "was agreed since, or have a supervisor void what is wrong.",
                    fields=self._list_labels(vals),
                )
            )
        return super().write(vals)

    def action_void(self):
        """Ask why what was entered is void.

        :rtype: dict
        """
        self.ensure_one()
        self.complaint_id._check_may_work()
        return self._action_ask_reason(
            "_void",
            self.env._("Void the Agreed Terms"),
            self.env._("The limit of the policy holds again."),
            self.env._("What was wrong. It stays in the history."),
            self.env._("Void"),
        )

    @takes_reason
    def _void(self, reason):
        """Take out what was entered in error: the rules hold again.

        :param str reason: what was wrong
        :raise AccessError: if the user is no supervisor, or must not work on the case
        :raise UserError: without a reason, or if it is void already
        """
        self.ensure_one()
        self._check_may_void(reason)
        complaint = self.complaint_id
        complaint._keep_lateness()
        self._write_unguarded(self._prepare_void_vals(reason))
        complaint._message_log(
            body=self.env._(
                "Terms agreed on %(date)s voided: %(reason)s",
                date=complaint.company_id._complaint_format_day(self.date),
                reason=reason,
            )
        )
        complaint._follow_agreed_terms()

    def _get_log_text(self):
        """Return the line of the chatter that says what was agreed.

        :rtype: str
        """
        self.ensure_one()
        company = self.company_id
        ways = dict(self._fields["way"]._description_selection(self.env))
        parts = [
            self.date_due
            and self.env._(
                "answer until %(date)s",
                date=company._complaint_format_day(self.date_due),
            ),
            self.way and self.env._("told by: %(way)s", way=ways[self.way]),
            self.content,
        ]
        return self.env._(
            "Agreed with the complainant on %(date)s: %(terms)s",
            date=company._complaint_format_day(self.date),
            terms="; ".join(filter(None, parts)),
        )
