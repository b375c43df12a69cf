from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tools import SQL, format_list

from odoo.addons.customer_complaint_base.tools.reason import takes_reason
from odoo.addons.customer_complaint_base.tools.signature import check_signature

from ..const import COUNTED_STATES, EDITABLE_STATES, GRANTED_STATES, REMEDIATION_STATES

# From each state, where the steps lead.
TRANSITIONS = {
    "draft": {"to_approve", "cancelled"},
    "to_approve": {"draft", "approved", "refused", "cancelled"},
    "approved": {"draft", "agreed", "done", "cancelled"},
    "agreed": {"draft", "approved", "done", "cancelled"},
    # Only when another app reverses what was in effect.
    "done": set(),
    "refused": {"draft", "cancelled"},
    "cancelled": {"draft"},
}


class CustomerComplaintRemediation(models.Model):
    """What a customer receives for one complaint (处理情况).

    Proposed by whoever handles the case, approved by a supervisor, or by whom others
    ask besides, agreed to by the customer, and carried out line by line. The approval
    is in ``customer_complaint_remediation_approver.py``, the other steps are below.
    """

    _name = "customer.complaint.remediation"
    _inherit = [
        "customer.complaint.remediation.approver",
        "customer.complaint.remediation.terms",
        "customer.complaint.remediation.agreement",
        "customer.complaint.stepped",
        "customer.complaint.belonging",
        "customer.complaint.part",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "Remediation of a Complaint"
    _order = "number, id"
    _check_company_auto = True

    name = fields.Char(
        string="Remediation No.",
        required=True,
        readonly=True,
        copy=False,
        default="/",
        index="trigram",
        help="The number of the complaint and a running number.",
        system=True,
        told_to_person=True,
    )
    number = fields.Integer(readonly=True, copy=False, aggregator=None, system=True)
    state = fields.Selection(
        REMEDIATION_STATES,
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
        system=True,
        told_to_person=True,
    )
    line_ids = fields.One2many(
        "customer.complaint.remediation.line", "remediation_id", string="Lines"
    )
    note = fields.Text(
        string="Reasons",
        help="Why the customer should receive this; read by those who approve it.",
        personal=True,
    )
    currency_id = fields.Many2one(
        related="company_id.currency_id", store=True, precompute=True, system=True
    )
    amount_total = fields.Monetary(
        string="Total",
        compute="_compute_amount_total",
        store=True,
        help="In the company's currency, at the rate of the day of the request; once "
        "accounting posted it, what was posted.",
        system=True,
        told_to_person=True,
    )
    worth_total = fields.Monetary(
        string="Worth",
        compute="_compute_amount_total",
        store=True,
        help="What the approval counts: money, goods at their value and work at its "
        "estimated cost.",
        system=True,
    )
    date_promised = fields.Date(
        string="Promised Until",
        copy=False,
        help="Until when the customer receives it, as the decision says. Left empty, "
        "so many days after the approval as the settings say.",
    )
    author_ids = fields.Many2many(
        "res.users",
        "customer_complaint_remediation_author_rel",
        "remediation_id",
        "user_id",
        string="Also Proposed By",
        readonly=True,
        copy=False,
        help="Who entered or changed what it says, or who receives it, besides who "
        "created it: none of them approves it.",
        system=True,
    )
    date_rate = fields.Date(
        string="Rates Of",
        readonly=True,
        copy=False,
        default=lambda self: self.env.company._complaint_today(),
        help="The day whose currency rates are used: that of the request.",
        system=True,
    )
    is_partly_done = fields.Boolean(
        compute="_compute_is_partly_done",
        store=True,
        help="A line has been carried out.",
        system=True,
    )

    # Shown from the complaint
    partner_id = fields.Many2one(related="complaint_id.partner_id", string="Customer")
    category_id = fields.Many2one(related="complaint_id.category_id")
    team_id = fields.Many2one(related="complaint_id.team_id")

    # What who approves has to know of the case, whoever they are
    case_description = fields.Text(
        related="complaint_id.description", string="What Happened"
    )
    case_demand = fields.Text(related="complaint_id.demand", string="Demand")
    case_conclusion = fields.Selection(
        related="complaint_id.conclusion", string="Conclusion"
    )
    case_conclusion_note = fields.Text(
        related="complaint_id.conclusion_note", string="Findings and Opinion"
    )

    # Agreement
    date_agreed = fields.Datetime(
        string="Agreed On",
        readonly=True,
        copy=False,
        system=True,
        told_to_person=True,
    )
    signer_name = fields.Char(
        string="Signed By",
        readonly=True,
        copy=False,
        help="Who accepted the agreement.",
        personal=True,
        system=True,
        told_to_person=True,
    )
    signature = fields.Image(
        readonly=True,
        copy=False,
        attachment=True,
        max_width=1024,
        max_height=1024,
        personal=True,
        system=True,
    )
    signed_text = fields.Text(
        string="What Was Signed",
        readonly=True,
        copy=False,
        help="The agreement word by word, as the customer was shown it and signed it.",
        personal=True,
        system=True,
    )
    signed_digest = fields.Char(
        string="Digest of What Was Signed",
        readonly=True,
        copy=False,
        help="SHA-256 of the text that was signed, in hexadecimal.",
        system=True,
    )
    agreement_document_id = fields.Many2one(
        "customer.complaint.archive.document",
        string="Signed Agreement",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        system=True,
    )
    date_declined = fields.Datetime(
        string="Declined On",
        readonly=True,
        copy=False,
        system=True,
        told_to_person=True,
    )
    decline_reason = fields.Text(
        readonly=True,
        copy=False,
        help="Why the customer did not accept.",
        personal=True,
        system=True,
        told_to_person=True,
    )

    # Carried out
    date_done = fields.Datetime(
        string="Carried Out On",
        readonly=True,
        copy=False,
        system=True,
        told_to_person=True,
    )
    receipt_document_id = fields.Many2one(
        "customer.complaint.archive.document",
        string="Receipt",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        system=True,
    )
    cancel_reason = fields.Text(readonly=True, copy=False, personal=True, system=True)
    content_version = fields.Integer(
        readonly=True,
        copy=False,
        aggregator=None,
        help="Counts the changes of the content: who changes it and who decides on it "
        "at the same moment write the same row, and the later one starts anew.",
        sealed=False,
        system=True,
    )

    # Steps
    can_work = fields.Boolean(
        compute="_compute_can_work",
        help="Whether you may work on the complaint: the buttons of the steps show.",
    )

    _number_uniq = models.UniqueIndex(
        "(complaint_id, number)",
        "Somebody proposed another remediation at the same moment. Try again.",
    )

    @api.depends("line_ids.amount_company", "line_ids.worth")
    def _compute_amount_total(self):
        for remediation in self:
            lines = remediation.line_ids
            remediation.amount_total = sum(lines.mapped("amount_company"))
            remediation.worth_total = sum(lines.mapped("worth"))

    @api.depends("line_ids.state")
    def _compute_is_partly_done(self):
        for remediation in self:
            remediation.is_partly_done = "done" in remediation.line_ids.mapped("state")

    @api.constrains("date_promised")
    def _check_date_promised(self):
        for remediation in self:
            company = remediation.company_id
            received = company._complaint_date(remediation.complaint_id.date_received)
            day = remediation.date_promised
            if day and received and day < received:
                raise ValidationError(
                    remediation._name_reason(
                        self.env._(
                            "nothing is promised for a day before the complaint was "
                            "received, %(received)s. Correct the day.",
                            received=company._complaint_format_day(received),
                        )
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Propose remediations, as drafts.

        :raise AccessError: if the user must not work on one of the complaints
        :raise UserError: if one of the complaints has ended
        """
        vals_list = self._prepare_new_vals_list(vals_list)
        complaints = self.env["customer.complaint"].browse(
            [vals["complaint_id"] for vals in vals_list if vals.get("complaint_id")]
        )
        numbers = complaints._get_last_remediation_numbers()
        for vals, complaint in zip(vals_list, complaints, strict=False):
            numbers[complaint] += 1
            vals["number"] = numbers[complaint]
            vals["name"] = f"{complaint.name}-{vals['number']}"
            vals["date_rate"] = complaint.company_id._complaint_today()
        return super().create(vals_list)

    def _check_vals(self, vals):
        """:raise UserError: if it no longer changes, or would leave its complaint"""
        if self._leaves_complaint(vals):
            raise UserError(
                self.env._(
                    "A remediation stays with its complaint. Cancel it and propose "
                    "it there."
                )
            )
        if vals.keys() & {"line_ids", "note", "complaint_id", "date_promised"}:
            self._check_may_edit()
        return super()._check_vals(vals)

    def write(self, vals):
        result = super().write(vals)
        if "date_promised" in vals:
            self._follow_agreement()
        return result

    def _write_unguarded(self, vals):
        """Write what the steps decide; the complaint follows another state."""
        result = super()._write_unguarded(vals)
        if "state" in vals:
            # What was granted is the same for every reader.
            self.sudo().complaint_id._follow_remediations()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_asked(self):
        self._check_may_edit()
        asked = self.filtered(lambda remediation: remediation.date_requested)
        if asked:
            raise UserError(
                self.env._(
                    "What was asked and decided stays on record: %(names)s. Cancel it "
                    "instead.",
                    names=format_list(self.env, asked.mapped("name")),
                )
            )

    def _check_may_edit(self):
        """Refuse changes of remediations that do not change now.

        :raise AccessError: if the user must not work on one of the complaints
        :raise UserError: naming the remediations, and the way out
        """
        self.complaint_id._check_may_change()
        fixed = self.filtered(lambda rem: rem.state not in EDITABLE_STATES)
        if fixed:
            raise UserError(
                "\n".join(
                    remediation._name_reason(remediation._get_cannot_edit_reason())
                    for remediation in fixed
                )
            )

    def _get_cannot_edit_reason(self):
        """Return why nothing of the remediation changes now, with the way out.

        :rtype: str
        """
        self.ensure_one()
        texts = {
            "to_approve": self.env._(
                "it waits for approval. Take it back first to change it."
            ),
            "done": self.env._(
                "it was carried out and stays as it is. Propose another one."
            ),
            "refused": self.env._(
                "it was refused. Press “Start Again” to change it and ask anew."
            ),
            "cancelled": self.env._(
                "it was cancelled. Press “Start Again”, or propose another one."
            ),
        }
        return texts[self.state]

    def _add_author(self):
        """Note that the user had a part in what these remediations say.

        Who created one is known.
        """
        user = self.env.user
        # Who had a part in it counts, whoever may see those people.
        self.sudo().filtered(
            lambda rem: user != rem.create_uid and user not in rem.author_ids
        )._write_unguarded({"author_ids": [Command.link(user.id)]})

    def _lock_content(self):
        """Keep others from changing or deciding on these remediations meanwhile.

        Writes the rows, so that a transaction that began before fails and starts
        anew; a lock alone would let it go on with what it read.
        """
        if self.ids:
            self.env.execute_query(
                SQL(
                    "UPDATE customer_complaint_remediation"
                    " SET content_version = COALESCE(content_version, 0) + 1"
                    " WHERE id IN (SELECT id FROM customer_complaint_remediation"
                    " WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE)"
                    " RETURNING id",
                    self.ids,
                )
            )
            self.invalidate_recordset(["content_version"], flush=False)

    # ------------------------------------------------------------------
    # STEPS
    #
    # The steps of a remediation but its approval: agreement, carrying out, the end.
    # ------------------------------------------------------------------

    def _move(self, target, text, **vals):
        """Take these remediations to a state, and tell it in the chatter of the cases.

        :param str target: one of ``REMEDIATION_STATES``
        :param text: function of a remediation; what the chatter says
        :param vals: what is written besides
        :raise UserError: if one of them cannot go there
        """
        self._raise_reasons(lambda rem: rem._get_cannot_move_reason(target))
        is_counted = target in COUNTED_STATES
        recounted = self.filtered(
            lambda rem: (rem.state in COUNTED_STATES) != is_counted
        )
        self._write_unguarded({**vals, "state": target})
        self._log(text)
        if recounted:
            # What waits besides them counts less, whoever may see it.
            recounted.sudo()._update_others()

    def _get_cannot_move_reason(self, target):
        self.ensure_one()
        if target in TRANSITIONS[self.state]:
            return False
        return self.env._(
            "it is “%(state)s” now. Somebody may have taken this step already: reload "
            "the page.",
            state=self._get_state_label(),
        )

    def _log(self, text):
        """Say in the chatter of the cases what happened.

        :param text: function of a remediation; plain text or Markup
        """
        bodies = {}
        for remediation in self:
            body = Markup("<p>%s</p>") % remediation._name_reason(text(remediation))
            complaint_id = remediation.complaint_id.id
            bodies[complaint_id] = bodies.get(complaint_id, Markup()) + body
        self.complaint_id._message_log_batch(bodies=bodies)

    @api.depends("complaint_id.state", "complaint_id.is_recused")
    @api.depends_context("uid")
    def _compute_can_work(self):
        for remediation in self:
            complaint = remediation.complaint_id
            # How the case stands decides it; nothing of it is shown.
            complaint_sudo = complaint.sudo()
            remediation.can_work = (
                bool(complaint)
                and complaint.has_access("write")
                and not complaint_sudo._has_ended()
                and not complaint_sudo._is_recused_from(self.env.user.partner_id)
            )

    def _check_may_step(self):
        """Refuse those who must not work on the cases.

        :raise AccessError: if the user must not work on one of the complaints
        :raise UserError: if one of them has ended
        """
        self.check_access("write")
        self.complaint_id.check_access("write")
        self.complaint_id._check_may_change()

    def _get_amount_text(self):
        """Return the total as notes name it.

        :rtype: str
        """
        self.ensure_one()
        return self.currency_id.format(self.amount_total)

    def action_take_back(self):
        """Take back what waits or was approved, to change it or to ask anew.

        :raise UserError: if one neither waits for approval nor is approved, or is
            being carried out
        """
        self._check_may_step()
        self._raise_reasons(
            lambda rem: (
                rem.state not in ("to_approve", *GRANTED_STATES)
                and rem.env._(
                    "it neither waits for approval nor is approved. Reload the page."
                )
            )
        )
        self.line_ids._check_none_under_way()
        self._back_to_draft(lambda rem: rem.env._("taken back to change it"))
        return True

    def action_start_again(self):
        """Take up a refused or cancelled remediation again; its history stays.

        :raise UserError: if one is neither refused nor cancelled
        """
        self._check_may_step()
        self._raise_reasons(
            lambda rem: (
                rem.state not in ("refused", "cancelled")
                and rem.env._(
                    "it is neither refused nor cancelled; there is nothing to start "
                    "again."
                )
            )
        )
        self._back_to_draft(lambda rem: rem.env._("taken up again"))
        return True

    def _back_to_draft(self, text, **vals):
        """Make these remediations drafts again; an approval no longer holds.

        :param text: function of a remediation; what the chatter says
        :param vals: what is written besides
        """
        self._lock_content()
        self._move(
            "draft",
            text,
            **{**self._prepare_unapproved_vals(), **self._prepare_not_agreed_vals()},
            **vals,
        )
        self._sync_todos({})

    def _prepare_unapproved_vals(self):
        return {"date_approved": False, "terms": False}

    def _prepare_not_agreed_vals(self):
        return {
            "date_agreed": False,
            "signer_name": False,
            "signature": False,
            "signed_text": False,
            "signed_digest": False,
        }

    def action_cancel(self):
        """Ask why the customer does not get it.

        :rtype: dict
        """
        return self._action_ask_reason("_cancel", self.env._("Cancel Remediation"))

    @takes_reason
    def _cancel(self, reason, **choices):
        """Cancel these remediations; what was decided on them stays readable.

        :param str reason: why
        :param choices: see :meth:`_stop_carrying_out` of the lines
        :raise UserError: without a reason, or if something was carried out already
        """
        self._check_may_step()
        self._check_reason(reason)
        self._raise_reasons(
            lambda rem: (
                rem.is_partly_done
                and rem.env._(
                    "some of it was carried out already. Drop the lines that are "
                    "not, instead."
                )
            )
        )
        self._end_cancelled(reason, **choices)

    def _end_cancelled(self, reason, **choices):
        self._lock_content()
        self.line_ids._stop_carrying_out(**choices)
        self._move(
            "cancelled",
            lambda rem: rem.env._("cancelled: %(reason)s", reason=reason),
            cancel_reason=reason,
            **{**self._prepare_unapproved_vals(), **self._prepare_not_agreed_vals()},
        )
        self._sync_todos({})

    def _check_reason(self, reason):
        if not (reason or "").strip():
            raise UserError(self.env._("Say why."))

    def _after_change(self, raised, lowered=None, owners=None):
        """Let follow what a change of the lines asks for.

        What raises or changes what is paid needs approval anew; what only lowers it is
        noted, and agreed to anew. The approved version stays with the approval.

        :param dict raised: what each line changed, as text
        :param dict lowered: likewise, of lines that only became less
        :param dict owners: the remediation of lines that are no longer there
        """
        for remediation in self.filtered(lambda rem: rem.state in GRANTED_STATES):
            raises, lowers = (
                [
                    text
                    for line, text in (changes or {}).items()
                    if (owners[line] if owners else line.remediation_id) == remediation
                ]
                for changes in (raised, lowered)
            )
            if raises:
                remediation._need_approval_anew(raises + lowers)
            elif lowers:
                remediation._note_lowered(lowers)
        self.filtered(
            lambda rem: rem.state != "draft" or rem.is_partly_done
        ).sudo()._update_others()

    def _need_approval_anew(self, changes):
        self.ensure_one()
        self.line_ids._check_none_under_way()
        text = self._join_changes(
            self.env._("changed after the approval, which has to be asked for anew"),
            changes,
        )
        self._back_to_draft(lambda rem: text)

    def _note_lowered(self, changes):
        """Note what became less; a customer who agreed has to agree anew."""
        self.ensure_one()
        title = self.env._("lowered after the approval")
        if self.state == "agreed":
            title = self.env._("lowered; the customer has to agree anew")
            self._write_unguarded(
                {"state": "approved", **self._prepare_not_agreed_vals()}
            )
        text = self._join_changes(title, changes)
        self._log(lambda rem: text)
        self._finish_when_done()

    def _follow_agreement(self):
        """Have the customer agree anew to what is no longer what they signed.

        E.g. another day is promised, or a note says something else.
        """
        changed = self.filtered(
            lambda rem: (
                rem.state == "agreed"
                and rem.signed_digest
                and rem.signed_digest != rem._get_agreement_version()
            )
        )
        if changed:
            changed._write_unguarded(
                {"state": "approved", **self._prepare_not_agreed_vals()}
            )
            changed._log(
                lambda rem: rem.env._(
                    "the agreement was changed; the customer has to agree anew"
                )
            )

    def _join_changes(self, title, changes):
        return Markup("<br/>").join([title, *changes])

    def action_agree(self):
        """Ask for the signed agreement.

        :rtype: dict
        """
        self.ensure_one()
        return self.env["customer.complaint"]._action_ask(
            "customer.complaint.agree",
            self.env._("Customer Agrees"),
            remediation_id=self.id,
        )

    def _agree(self, signer, version, moment=None, signature=None, files=None):
        """Record that the customer accepts, by a signed copy or a signature.

        Whoever calls it has checked that the user may: the dialog does, and so has the
        portal to. What is kept is the text they signed, word by word.

        :param str signer: who signed
        :param str version: of the text they were shown, see
            :meth:`_get_agreement_version`
        :param datetime.datetime moment: when, naive UTC; now when not given
        :param signature: the picture, base64
        :param ir.attachment files: the signed copy
        :raise UserError: if it is not approved, nothing proves it, or it is no longer
            what they were shown
        """
        self.ensure_one()
        now = fields.Datetime.now()
        moment = moment or now
        self._raise_reasons(
            lambda rem: rem._get_cannot_agree_reason(signer, moment, signature or files)
        )
        # Whoever changes it at this moment writes the same row: what is read from here
        # on is what is signed.
        self._lock_content()
        text = self._get_agreement_text()
        digest = self._get_agreement_version()
        if version != digest:
            raise UserError(self._name_reason(self._get_other_version_reason()))
        vals = {
            "date_agreed": moment,
            "signer_name": signer,
            "signed_text": text,
            "signed_digest": digest,
        }
        if signature:
            vals["signature"] = check_signature(self.env, signature)
        if files:
            document = self._file_paper("agreement", files)
            vals["agreement_document_id"] = document.id
        self._move(
            "agreed",
            lambda rem: rem.env._("%(signer)s agreed", signer=signer),
            **vals,
        )

    def _get_other_version_reason(self):
        """Say that what was shown is not what would be signed.

        :rtype: str
        """
        self.ensure_one()
        return self.env._(
            "it is not what was shown: by now it comes to %(amount)s. Nothing was "
            "signed. Reload the page, read it and sign anew.",
            amount=self._get_amount_text(),
        )

    def _get_cannot_agree_reason(self, signer, moment, proof):
        self.ensure_one()
        if self.state != "approved":
            return self._get_cannot_move_reason("agreed") or self.env._(
                "it is not approved."
            )
        if not (signer or "").strip():
            return self.env._("say who signed.")
        if not proof:
            return self.env._(
                "add the signed copy, or have the customer sign on the screen."
            )
        if moment > fields.Datetime.now():
            return self.env._("nobody agreed in the future. Correct the date.")
        if moment < self.complaint_id.date_received:
            return self.env._(
                "nobody agreed before the complaint was received. Correct the date."
            )
        return False

    def _file_paper(self, paper_type, files):
        """File a signed paper with the complaint, where the archive card counts it.

        :param str paper_type: last part of the shipped type's id
        :param ir.attachment files: its files
        :return: the paper
        :rtype: customer.complaint.archive.document
        """
        self.ensure_one()
        paper_type = self.env.ref(
            f"customer_complaint.document_type_{paper_type}", raise_if_not_found=False
        ) or self.env.ref("customer_complaint.document_type_other")
        return self.env["customer.complaint.archive.document"].create(
            {
                "complaint_id": self.complaint_id.id,
                "type_id": paper_type.id,
                "name": f"{paper_type.name} {self.name}",
                "attachment_ids": [fields.Command.link(file.id) for file in files],
            }
        )

    def action_decline(self):
        """Ask why the customer does not accept.

        :rtype: dict
        """
        return self._action_ask_reason(
            "_decline_for_customer",
            self.env._("Customer Declines"),
            self.env._("The handler proposes anew; what was approved stays readable."),
        )

    @takes_reason
    def _decline_for_customer(self, reason):
        """Record what the customer said to whoever works on the case.

        :raise AccessError: if the user must not work on one of the complaints
        """
        self._check_may_step()
        self._decline(reason)

    def _decline(self, reason):
        """Record that the customer declines: it is the handler's turn again.

        :param str reason: why, in the customer's words
        :raise UserError: without a reason, or if it is not approved
        """
        self._check_reason(reason)
        self._raise_reasons(
            lambda rem: (
                (
                    rem.state not in GRANTED_STATES
                    and rem.env._("only what is approved can be declined.")
                )
                or (
                    rem.is_partly_done
                    and rem.env._(
                        "some of it was carried out already. Drop the lines that are "
                        "not, instead."
                    )
                )
            )
        )
        self.line_ids._stop_carrying_out()
        self._back_to_draft(
            lambda rem: rem.env._("the customer declined: %(reason)s", reason=reason),
            date_declined=fields.Datetime.now(),
            decline_reason=reason,
        )
        self._ask_handlers(self.env._("The customer declined: propose anew"), reason)

    def _finish_when_done(self):
        """End those of which every line was carried out."""
        done = self.filtered(
            lambda rem: (
                rem.state in GRANTED_STATES
                and rem.line_ids
                and all(line.state == "done" for line in rem.line_ids)
            )
        )
        if done:
            done._move(
                "done",
                lambda rem: rem.env._(
                    "carried out, %(amount)s in all", amount=rem._get_amount_text()
                ),
                date_done=fields.Datetime.now(),
            )

    def action_file_receipt(self):
        """Ask for the receipt the customer signed (收条).

        :rtype: dict
        """
        self.ensure_one()
        return self.env["customer.complaint"]._action_ask(
            "customer.complaint.agree",
            self.env._("File the Receipt"),
            remediation_id=self.id,
            is_receipt=True,
        )

    def _file_receipt(self, files):
        """File the signed receipt with the complaint.

        :param ir.attachment files: its files
        :raise UserError: without files, or before the remediation is approved
        """
        self.ensure_one()
        self._check_may_step()
        if self.state not in (*GRANTED_STATES, "done"):
            raise UserError(
                self._name_reason(
                    self.env._("nothing was paid yet; there is no receipt.")
                )
            )
        if not files:
            raise UserError(self._name_reason(self.env._("add the signed receipt.")))
        document = self._file_paper("receipt", files)
        self._write_unguarded({"receipt_document_id": document.id})
        self._log(lambda rem: rem.env._("receipt filed"))
