from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.signature import check_signature
from .customer_complaint_remediation import COUNTED_STATES, GRANTED_STATES
from .customer_complaint_remediation_line import MONEY_KINDS

# From each state, where the steps lead.
TRANSITIONS = {
    "draft": {"to_approve", "cancelled"},
    "to_approve": {"draft", "approved", "refused", "cancelled"},
    "approved": {"draft", "agreed", "done", "cancelled"},
    "agreed": {"draft", "approved", "done", "cancelled"},
    # Only when accounting or stock reverses what was in effect.
    "done": set(),
    "refused": {"draft", "cancelled"},
    "cancelled": {"draft"},
}


class CustomerComplaintRemediation(models.Model):
    """The steps of a remediation but its approval: agreement, carrying out, the end."""

    _inherit = "customer.complaint.remediation"

    can_work = fields.Boolean(
        compute="_compute_can_work",
        help="Whether you may work on the complaint: the buttons of the steps show.",
    )

    # ------------------------------------------------------------------
    # STATE
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

    @api.depends("complaint_id.state", "complaint_id.recusal_count")
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

    # ------------------------------------------------------------------
    # BACK TO DRAFT, AND THE END
    # ------------------------------------------------------------------

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
        return {"date_approved": False, "tier_id": False, "terms": False}

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
        return self._ask_reason("cancel", self.env._("Cancel Remediation"))

    def _cancel(self, reason, keeps_drafts=False):
        """Cancel these remediations; what was decided on them stays readable.

        :param str reason: why
        :param bool keeps_drafts: leave what was drafted in other apps to those who
            work there; otherwise it is cancelled
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
        self._end_cancelled(reason, keeps_drafts)

    def _end_cancelled(self, reason, keeps_drafts=False):
        self._lock_content()
        if keeps_drafts:
            self.line_ids._check_none_in_effect()
        else:
            self.line_ids._cancel_drafts()
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

    def _ask_reason(self, deed, title):
        """Return the dialog that asks for a reason.

        :param str deed: one of the deeds of the dialog
        :param str title: its title, translated
        :rtype: dict
        """
        return self.env["customer.complaint"]._action_ask(
            "customer.complaint.give.reason",
            title,
            remediation_ids=self.ids,
            deed=deed,
        )

    # ------------------------------------------------------------------
    # CHANGES AFTER THE APPROVAL
    # ------------------------------------------------------------------

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

    # ------------------------------------------------------------------
    # AGREEMENT
    # ------------------------------------------------------------------

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
        return self._ask_reason("decline", self.env._("Customer Declines"))

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
        self.line_ids._cancel_drafts()
        self._back_to_draft(
            lambda rem: rem.env._("the customer declined: %(reason)s", reason=reason),
            date_declined=fields.Datetime.now(),
            decline_reason=reason,
        )
        self._ask_handlers(self.env._("The customer declined: propose anew"), reason)

    # ------------------------------------------------------------------
    # CARRYING OUT
    # ------------------------------------------------------------------

    def _finish_when_done(self):
        """End those of which every line was carried out."""
        granted = self.filtered(lambda rem: rem.state in GRANTED_STATES)
        # Drafts that were left when it was cancelled, and took effect meanwhile.
        left = granted.line_ids.filtered(lambda line: line.state == "under_way")
        if left:
            left._follow_documents()
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


class CustomerComplaintRemediationLine(models.Model):
    """Carrying out one line."""

    _inherit = "customer.complaint.remediation.line"

    def action_carry_out(self):
        """Carry out the line: by the app that does such things, else by a signed note.

        Each app adds ``_action_carry_out_<kind>()`` for its kinds (``money`` for all
        of ``MONEY_KINDS``); it drafts the documents, calls :meth:`_start_documents`
        and returns an action, or nothing. Where nothing can be drafted it falls back
        on the note.

        :raise AccessError: if the user must not work on the complaint
        :raise UserError: if it is not approved, or done already
        :return: an action, or True where nothing is asked
        :rtype: dict or None
        """
        self.ensure_one()
        self.remediation_id._lock_content()
        self._check_may_carry_out()
        kind = "money" if self.kind in MONEY_KINDS else self.kind
        carry_out = getattr(self, f"_action_carry_out_{kind}", None)
        return (carry_out or self._action_carry_out_by_note)() or True

    def _action_carry_out_by_note(self, hint=False):
        """Ask how it was done, signed by the user.

        :param str hint: why no app does it, shown in the dialog
        :rtype: dict
        """
        return self.env["customer.complaint"]._action_ask(
            "customer.complaint.carry.out",
            self.env._("Carried Out"),
            line_ids=self.ids,
            hint=hint,
        )

    def _check_may_carry_out(self):
        """Refuse to carry out what is not approved, or was done already.

        :raise AccessError: if the user must not work on the complaint
        :raise UserError: naming the lines
        """
        self.remediation_id._check_may_step()
        reasons = [
            line._name_reason(reason)
            for line in self
            if (reason := line._get_cannot_carry_out_reason())
        ]
        if reasons:
            raise UserError("\n".join(reasons))
        self.remediation_id._check_terms_kept()

    def _get_cannot_carry_out_reason(self):
        """Return why the line cannot be carried out now, or False.

        :rtype: str or bool
        """
        self.ensure_one()
        if self.state == "done":
            return self.env._("it was carried out already. Reload the page.")
        if self.state == "under_way":
            return self.env._(
                "it is being carried out by %(documents)s.",
                documents=self._list_documents(self._get_live_documents()),
            )
        if self.remediation_id.state not in GRANTED_STATES:
            return self.env._("it is not approved. Ask for approval first.")
        return False

    def _sign_done(self, note, moment=None):
        """Record that these lines were carried out, in the name of the user.

        :param str note: how, e.g. “apologised by telephone”
        :param datetime.datetime moment: when, naive UTC; now when not given
        :raise AccessError: if the user must not work on the complaint
        :raise UserError: without a note, or if one cannot be carried out
        """
        self.remediation_id._lock_content()
        self._check_may_carry_out()
        if not (note or "").strip():
            raise UserError(self.env._("Say how it was done."))
        now = fields.Datetime.now()
        if moment and moment > now:
            raise UserError(self.env._("Nothing was done in the future."))
        self._set_done(note, moment or now)

    def _set_done(self, note, moment):
        """Note what was carried out, and what follows from it. Bridges call it too.

        :param str note: how
        :param datetime.datetime moment: when, naive UTC
        """
        self._write_unguarded(
            {
                "state": "done",
                "done_note": note,
                "done_by_id": self.env.uid,
                "date_done": moment,
            }
        )
        for line in self:
            line.remediation_id._log(
                lambda rem, line=line: rem.env._(
                    "%(line)s carried out: %(note)s", line=line._get_text(), note=note
                )
            )
        self.remediation_id._finish_when_done()

    def _note_goods_returned(self, moment):
        """Note that goods came back, for the limit of the refund (LAW: 7 days).

        Called by the bridge to the stock; by hand it is entered on the complaint.
        Goods that came before the complaint count from its receipt on.

        :param datetime.datetime moment: when, naive UTC
        """
        now = fields.Datetime.now()
        for complaint in self.complaint_id:
            if not complaint.date_goods_returned:
                since = max(moment, complaint.date_received)
                complaint._write_unguarded({"date_goods_returned": min(since, now)})

    def _prepare_document_vals(self):
        """Return what documents made from the line in other apps have in common.

        Bridges add what their document needs.

        :return: customer, company, origin, currency and amount
        :rtype: dict
        """
        self.ensure_one()
        complaint = self.complaint_id
        return {
            "partner_id": complaint.partner_id.id,
            "company_id": self.company_id.id,
            "currency_id": self.currency_id.id,
            "origin": self.remediation_id.name,
            "amount": self.amount,
        }
