from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import clean_context, plaintext2html

from odoo.addons.customer_complaint_base.tools.fields import get_field_label

from ..models.customer_complaint_notice import NOTICE_KINDS, NOTICE_WAYS
from ..models.customer_complaint_told import MAIL_TEMPLATES

OUTCOMES = [
    ("succeeded", "Told"),
    ("pending", "On Its Way"),
    ("failed", "Not Reached"),
]


class CustomerComplaintTell(models.TransientModel):
    """Asks what is told to whom, how, and with which proof."""

    _name = "customer.complaint.tell"
    _inherit = "customer.complaint.dialog"
    _description = "Tell the Complainant"

    complaint_id = fields.Many2one("customer.complaint", required=True, readonly=True)
    company_id = fields.Many2one(related="complaint_id.company_id", related_sudo=False)
    kind = fields.Selection(NOTICE_KINDS, required=True, default="other")
    way = fields.Selection(
        NOTICE_WAYS,
        required=True,
        compute="_compute_way",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
    )
    person_ids = fields.Many2many("res.partner", compute="_compute_person_ids")
    partner_id = fields.Many2one(
        "res.partner",
        string="Told To",
        compute="_compute_partner_id",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
        help="The complainant, or who represents them.",
    )
    address = fields.Char(
        string="Number or Address",
        compute="_compute_address",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
    )
    name = fields.Char(
        string="Subject",
        compute="_compute_name",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
    )
    content = fields.Text(
        string="What Is Told",
        compute="_compute_content",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
        help="Kept with the notice as it was told.",
    )
    date = fields.Datetime(
        string="Sent or Told On", required=True, default=fields.Datetime.now
    )
    date_due = fields.Date(
        string="Papers Until",
        compute="_compute_date_due",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
        help="Last day to bring the papers. The handler is reminded on it.",
    )
    outcome = fields.Selection(OUTCOMES, required=True, default="succeeded")
    failure_reason = fields.Text(
        string="Why Not Reached", help="E.g. no answer, number not in use."
    )
    proof_ref = fields.Char(
        string="Proof Reference",
        help="Number of the posting slip, time and number of the call, message id, "
        "who signed.",
    )
    attachment_ids = fields.Many2many(
        "ir.attachment",
        "customer_complaint_tell_attachment_rel",
        "tell_id",
        "attachment_id",
        string="Proof",
        bypass_search_access=True,
    )
    language_warning = fields.Char(compute="_compute_language_warning")
    cannot_tell_reason = fields.Char(compute="_compute_cannot_tell_reason")
    has_letter = fields.Boolean(compute="_compute_cannot_tell_reason")
    notice_id = fields.Many2one("customer.complaint.notice", readonly=True)

    # ------------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------------

    @api.depends("complaint_id")
    def _compute_person_ids(self):
        for dialog in self:
            dialog.person_ids = dialog.complaint_id._get_told_persons()

    @api.depends("complaint_id", "kind")
    def _compute_partner_id(self):
        """Whoever acts for the customer is told first."""
        for dialog in self:
            complaint = dialog.complaint_id
            if dialog.partner_id not in complaint._get_told_persons():
                dialog.partner_id = (
                    complaint.representative_ids[:1] or complaint.partner_id
                )

    @api.depends("complaint_id", "kind", "partner_id")
    def _compute_way(self):
        for dialog in self:
            known = [
                way for way in ("email", "phone", "post") if dialog._get_address(way)
            ]
            agreed = dialog._get_agreed_way()
            dialog.way = dialog.way or agreed or (known[0] if known else "hand")

    def _get_agreed_way(self):
        """Return the way that the complainant and we agreed on, if we did. Hook.

        :rtype: str or bool
        """
        self.ensure_one()
        return False

    @api.depends("complaint_id", "kind", "partner_id", "way")
    def _compute_address(self):
        for dialog in self:
            dialog.address = dialog._get_address(dialog.way)

    def _get_address(self, way):
        """Return where the person is told.

        :param str way: one of ``NOTICE_WAYS``
        :rtype: str or bool
        """
        self.ensure_one()
        return self.complaint_id._get_told_address(way, self.partner_id)

    @api.depends("complaint_id", "kind")
    def _compute_name(self):
        for dialog in self:
            dialog.name = dialog._with_due()._get_notice_kind_label(dialog.kind)

    @api.depends("complaint_id", "kind", "content")
    @api.depends_context("lang")
    def _compute_language_warning(self):
        label = get_field_label(self, "content")
        for dialog in self:
            dialog.language_warning = (
                dialog.complaint_id
                and dialog._is_to_complainant()
                and dialog.complaint_id._get_language_warning(
                    {f"“{label}”": dialog.content}
                )
            )

    @api.depends("complaint_id", "kind", "date_due")
    def _compute_content(self):
        for dialog in self:
            complaint = dialog._with_due()
            reason = complaint._get_cannot_tell_reason(dialog.kind)
            dialog.content = not reason and complaint._get_notice_content(dialog.kind)

    @api.depends("complaint_id", "kind")
    def _compute_date_due(self):
        for dialog in self:
            dialog.date_due = (
                dialog.kind == "papers" and dialog.complaint_id._get_papers_due()
            )

    @api.depends("complaint_id", "kind")
    def _compute_cannot_tell_reason(self):
        for dialog in self:
            complaint = dialog.complaint_id
            dialog.cannot_tell_reason = complaint._get_cannot_tell_reason(dialog.kind)
            dialog.has_letter = bool(complaint._get_notice_report(dialog.kind))

    def _with_due(self):
        """Return the complaint, knowing what this dialog says of the papers.

        It speaks the language of the customer; in that of the user to anybody else.
        """
        complaint, due = self.complaint_id, fields.Date.to_string(self.date_due)
        if complaint and self._is_to_complainant():
            complaint = complaint._in_letter_lang()
        return complaint.with_context(complaint_papers_due=self.date_due and due)

    def _is_to_complainant(self):
        """Return whether the complainant is told, or who represents them.

        Hook: see the notice's.

        :rtype: bool
        """
        return True

    def _tells_decision(self):
        """Return whether the complainant then knows the decision.

        Hook: other kinds of notice may tell it, too.

        :rtype: bool
        """
        self.ensure_one()
        return self.kind == "decision"

    # ------------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------------

    def action_tell(self):
        """Record the notice, and go on to the follow-up when nothing else is missing.

        :raise UserError: if it cannot be told now
        :raise ValidationError: if its date is impossible or its proof missing
        """
        self.ensure_one()
        if self.notice_id:
            raise UserError(
                self.env._("This notice was recorded already. Reload the page.")
            )
        self.attachment_ids._release_from_dialog(self)
        self.notice_id = (
            self.env["customer.complaint.notice"]
            .with_context(clean_context(self.env.context))
            .create(self._prepare_notice_vals())
        )
        complaint = self.complaint_id
        if (
            self._tells_decision()
            and self.outcome == "succeeded"
            and complaint.state == "remediation"
            and not complaint._get_cannot_move_reason("followup")
        ):
            complaint.action_follow_up()
        return {"type": "ir.actions.act_window_close"}

    def _prepare_notice_vals(self):
        """Return the values of the notice.

        :rtype: dict
        """
        self.ensure_one()
        failed = self.outcome == "failed"
        return {
            "complaint_id": self.complaint_id.id,
            "kind": self.kind,
            "way": self.way,
            "name": self.name,
            "partner_id": self.partner_id.id,
            "address": self.address,
            "content": self.content,
            "date": self.date,
            "date_due": self.date_due,
            "state": self.outcome,
            "failure_reason": failed and self.failure_reason,
            "proof_ref": self.proof_ref,
            "attachment_ids": [fields.Command.set(self.attachment_ids.ids)],
        }

    def action_write_email(self):
        """Open the e-mail, with its letter; sent, it records the notice by itself.

        :rtype: dict
        """
        self.ensure_one()
        complaint = self.complaint_id
        reason = complaint._get_cannot_tell_reason(self.kind)
        if reason:
            raise UserError(complaint._name_reason(reason))
        if not self._get_address("email"):
            raise UserError(
                self.env._(
                    "No e-mail address is known. Enter one on the complaint, or choose "
                    "another way."
                )
            )
        context = {
            "default_model": complaint._name,
            "default_res_ids": complaint.ids,
            "default_composition_mode": "comment",
            "default_email_layout_xmlid": "mail.mail_notification_light",
            "complaint_notice_kind": self.kind,
            "complaint_partner_id": self.partner_id.id,
            "complaint_papers_due": fields.Date.to_string(self.date_due),
            "default_partner_ids": self.partner_id.ids,
        }
        template = self.env.ref(
            MAIL_TEMPLATES.get(self.kind, ""), raise_if_not_found=False
        )
        if template:
            # It says all there is to say, in the language of the customer.
            context["default_template_id"] = template.id
        else:
            told = self._with_due()
            context.update(
                default_subject=told.env._(
                    "%(kind)s on your complaint %(number)s",
                    kind=self.name,
                    number=complaint.name,
                ),
                default_body=plaintext2html(self.content or ""),
                default_lang=told.env.lang,
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Tell the Complainant"),
            "res_model": "mail.compose.message",
            "views": [(False, "form")],
            "target": "new",
            "context": context,
        }

    def action_print_letter(self):
        """Print the letter that goes with the notice.

        :rtype: dict
        """
        self.ensure_one()
        complaint = self._with_due()
        report = self.env.ref(complaint._get_notice_report(self.kind))
        return report.with_context(
            complaint_papers_due=complaint.env.context["complaint_papers_due"]
        ).report_action(complaint, config=False)
