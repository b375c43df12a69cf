from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import clean_context, format_list

from odoo.addons.customer_complaint.const import COUNTED_REMEDIATIONS

from ..const import MONEY_KINDS


class CustomerComplaintRemediationLineDocument(models.AbstractModel):
    """How a line follows the documents of other apps that carry it out.

    Complaint users draft them; whoever works in those apps puts them into effect. A
    line is done when all of its documents that are not cancelled are in effect.
    """

    _name = "customer.complaint.remediation.line.document"
    _description = "Documents That Carry Out a Remediation"

    documents_text = fields.Char(
        string="Documents",
        compute="_compute_documents_text",
        help="What was drafted in accounting, stock or other apps to carry it out, and "
        "how far it is there.",
    )
    has_documents = fields.Boolean(compute="_compute_documents_text")
    can_open_documents = fields.Boolean(
        compute="_compute_can_open_documents",
        help="Whether you may read one of them in its app.",
    )
    can_take_back = fields.Boolean(
        compute="_compute_can_take_back",
        help="Whether its drafts can be cancelled, to carry it out in another way.",
    )

    @api.depends("state")
    @api.depends_context("lang")
    def _compute_documents_text(self):
        for line in self:
            documents = line._get_documents() if line.state != "open" else []
            line.has_documents = bool(documents)
            line.documents_text = ", ".join(
                self.env._(
                    "%(document)s (%(state)s)",
                    document=document.record.display_name,
                    state=document.state_label,
                )
                for document in documents
            )

    @api.depends("state")
    @api.depends_context("uid")
    def _compute_can_open_documents(self):
        for line in self:
            documents = line._get_documents() if line.state != "open" else []
            line.can_open_documents = any(
                self.env[name].has_access("read")
                for name in {document.record._name for document in documents}
            )

    @api.depends("state")
    def _compute_can_take_back(self):
        for line in self:
            line.can_take_back = (
                line.state == "under_way" and not line._get_documents_in_effect()
            )

    def _get_documents(self):
        """Return the documents of other apps that carry out the line.

        Hook: each app adds its own, with ``sudo()``: whoever sees the line is told
        their number and state, and opens them with their own rights.

        :rtype: list[Document]
        """
        self.ensure_one()
        return []

    def _claim_goods_back(self):
        """Link what came back before the line is carried out. Hook of the stock."""

    def _get_moves_back(self):
        """Return the moves that brought goods back before. Hook of the stock.

        :rtype: list[stock.move]
        """
        self.ensure_one()
        return []

    def _get_live_documents(self):
        """Return the documents that were not cancelled.

        :rtype: list[Document]
        """
        return [doc for doc in self._get_documents() if doc.state != "cancelled"]

    def _get_documents_in_effect(self):
        """Return the documents that are in effect in their app.

        Hook for addons with documents that are done and bind nobody.

        :rtype: list[Document]
        """
        return [doc for doc in self._get_documents() if doc.state == "done"]

    def _list_documents(self, documents):
        """Return documents as notes and errors name them.

        :param list[Document] documents: of any lines
        :rtype: str
        """
        names = dict.fromkeys(doc.record.display_name for doc in documents)
        return format_list(self.env, list(names))

    def _action_carry_out(self):
        """Carry out the line by the app that does such things, else by a signed note.

        Each app adds ``_action_carry_out_<kind>()`` for its kinds (``money`` for all
        of ``MONEY_KINDS``); it drafts the documents, calls :meth:`_start_documents`
        and returns an action, or nothing. Where nothing can be drafted it falls back
        on the note.
        """
        self.ensure_one()
        kind = "money" if self.kind in MONEY_KINDS else self.kind
        carry_out = getattr(self, f"_action_carry_out_{kind}", None)
        return (carry_out or super()._action_carry_out)()

    def _get_cannot_carry_out_reason(self):
        if self.state == "under_way":
            return self.env._(
                "it is being carried out by %(documents)s.",
                documents=self._list_documents(self._get_live_documents()),
            )
        return super()._get_cannot_carry_out_reason()

    def _start_documents(self):
        """Note that documents were drafted for these lines.

        Called by :meth:`action_carry_out` of a kind, after it made them.
        """
        self._write_unguarded({"state": "under_way"})
        self.invalidate_recordset(["documents_text", "has_documents"], flush=False)
        for line in self:
            line.remediation_id._log(
                lambda rem, line=line: rem.env._(
                    "%(line)s: drafted %(documents)s",
                    line=line._get_text(),
                    documents=line._list_documents(line._get_live_documents()),
                )
            )

    def _follow_documents(self):
        """Let these lines follow what happened to their documents.

        Called by the documents, whoever put them into effect, reset or cancelled them.
        """
        # Whoever works in the other app need not see the complaint.
        lines_sudo = self.sudo().exists()
        if not lines_sudo:
            return
        lines_sudo.remediation_id._lock_content()
        before = {line_sudo: line_sudo.amount_given for line_sudo in lines_sudo}
        for line_sudo in lines_sudo:
            line_sudo._follow_own_documents()
        lines_sudo._follow_amounts(before)

    def _follow_amounts(self, before):
        """Let what was given be what is in effect, and tell where it is another amount.

        The line stays done: what is still owed is another remediation, approved and
        carried out like any.

        :param dict before: what each line came to
        """
        self.env.add_to_compute(self._fields["amount_given"], self)
        self.modified(["amount_given"])
        for line in self:
            currency, given = line.currency_id, line.amount_given
            if line.state != "done" or not currency.compare_amounts(
                given, before[line]
            ):
                continue
            text = self.env._(
                "%(line)s: %(given)s of the %(approved)s approved are in effect by "
                "%(documents)s, and count as given. What is still owed is proposed as "
                "another remediation.",
                line=line._get_text(),
                given=currency.format(given),
                approved=currency.format(line.amount),
                documents=line._list_documents(line._get_documents_in_effect()),
            )
            line.remediation_id._log(lambda rem, text=text: text)
            line.remediation_id._ask_handlers(
                self.env._("Check what the customer received"), text
            )
        self.remediation_id.filtered_domain(COUNTED_REMEDIATIONS)._update_others()

    def _follow_own_documents(self):
        self.ensure_one()
        documents = self._get_documents()
        live = [doc for doc in documents if doc.state != "cancelled"]
        is_settled = all(doc.state == "done" for doc in live)
        is_complete = bool(live) and (
            {doc.part for doc in live} == {doc.part for doc in documents}
        )
        is_in_effect = is_settled and is_complete
        if self._is_case_sealed():
            self._tell_after_seal(is_in_effect, documents)
        elif self.remediation_id.state == "cancelled":
            self._follow_after_end(is_in_effect, live)
        elif is_in_effect and self.state == "under_way":
            self._set_done(self._list_documents(live), fields.Datetime.now())
        elif is_settled and not is_complete and self.state == "under_way":
            # What is left to do is drafted when the line is carried out again.
            self._reopen("open", self.env._("its documents were cancelled"))
        elif not is_in_effect and self.state == "done" and documents:
            self._reopen(
                "open" if is_settled else "under_way",
                self.env._("its documents are no longer in effect"),
            )

    def _follow_after_end(self, is_in_effect, documents):
        """Tell the handler that a draft left after the end was put into effect.

        Hook for addons whose documents carry lines out in another way.

        :param bool is_in_effect: whether any document of the line is in effect
        :param list[Document] documents: those that changed
        """
        if not is_in_effect or self.state != "under_way":
            return
        text = self.env._(
            "%(documents)s took effect although the remediation is cancelled",
            documents=self._list_documents(documents),
        )
        self.remediation_id._log(lambda rem: text)
        self.remediation_id._ask_handlers(self.env._("Check what was paid"), text)

    def _tell_after_seal(self, is_in_effect, documents):
        """Tell the handler that other apps took back what a sealed case says was done.

        The case stays as it was sealed; a person decides whether it is reopened.
        """
        if is_in_effect == (self.state == "done") or not documents:
            return
        text = self.env._(
            "%(line)s: %(documents)s changed after the archive card was sealed",
            line=self._get_text(),
            documents=self._list_documents(documents),
        )
        self.remediation_id._log(lambda rem: text)
        self.remediation_id._ask_handlers(self.env._("Check what was paid"), text)

    def _reopen(self, state, text):
        """Take back that the line was carried out, or is under way.

        Hook for addons that give back what they linked when it was carried out.

        :param str state: ``open`` or ``under_way``
        :param str text: why, in the reader's language
        """
        self.ensure_one()
        self._write_unguarded(
            {
                "state": state,
                "done_note": False,
                "done_by_id": False,
                "date_done": False,
            }
        )
        remediation = self.remediation_id
        if remediation.state == "done":
            remediation._write_unguarded(
                {
                    "state": "agreed" if remediation.date_agreed else "approved",
                    "date_done": False,
                }
            )
        remediation._log(
            lambda rem: rem.env._(
                "%(line)s: %(reason)s", line=self._get_text(), reason=text
            )
        )
        remediation._ask_handlers(
            self.env._("Carry out %(line)s", line=self._get_text()), text
        )

    def action_take_back(self):
        """Cancel the drafts of these lines, to carry them out in another way.

        Lines that share a document with them are taken back, too.

        :raise AccessError: if the user must not work on the complaint
        :raise UserError: if a document is in effect already
        """
        self.remediation_id._check_may_step()
        self.remediation_id._lock_content()
        self._cancel_drafts()
        return True

    def _cancel_drafts(self):
        """Cancel the drafts of these lines, all or none.

        :raise UserError: if a document is in effect already
        """
        under_way = self.filtered(lambda line: line.state == "under_way")
        under_way._check_none_in_effect()
        for line in under_way:
            for document in line._get_live_documents():
                # A draft that complaint users made, they take back as well.
                getattr(document.record.sudo(), document.cancel)()
        under_way._follow_documents()

    def _check_none_in_effect(self):
        """Refuse to go back behind what is in effect in another app.

        :raise UserError: naming the documents and who can help
        """
        reasons = [
            line._name_reason(
                self.env._(
                    "%(documents)s is in effect already. Whoever works there has to "
                    "reverse it first.",
                    documents=self._list_documents(documents),
                )
            )
            for line in self
            if (documents := line._get_documents_in_effect())
        ]
        if reasons:
            raise UserError("\n".join(reasons))

    def _check_none_under_way(self, change=None):
        under_way = self.filtered(lambda line: line.state == "under_way")
        if under_way:
            raise UserError(
                "\n".join(
                    line._name_reason(line._get_under_way_reason(change))
                    for line in under_way
                )
            )
        return super()._check_none_under_way(change)

    def _get_under_way_reason(self, change=None):
        """Return why nothing changes while the line is carried out, with the way out.

        :param str change: what else would change
        :rtype: str
        """
        self.ensure_one()
        documents = self._list_documents(self._get_live_documents())
        if change:
            return self.env._(
                "%(reason)s cannot change while %(documents)s is under way. Take that "
                "back first.",
                reason=change,
                documents=documents,
            )
        return self.env._(
            "it is being carried out by %(documents)s. Take that back first, or "
            "propose another remediation.",
            documents=documents,
        )

    def _stop_carrying_out(self, keeps_drafts=False, **choices):
        """Cancel the drafts, or leave them to those who work in the other apps.

        :param bool keeps_drafts: leave them
        """
        if keeps_drafts:
            self._check_none_in_effect()
        else:
            self._cancel_drafts()
        return super()._stop_carrying_out(**choices)

    def action_open_documents(self):
        """Open the documents that carry out the line, as far as the user may.

        :raise UserError: if the user may read none of them
        :rtype: dict
        """
        self.ensure_one()
        return self._open_documents(self._get_documents())

    @api.model
    def _open_documents(self, documents):
        """Return the action that shows documents of one app, with the user's rights.

        :param list[Document] documents: those of the first app that can be read
        :raise UserError: if the user may read none of them
        :rtype: dict
        """
        for model_name in dict.fromkeys(doc.record._name for doc in documents):
            records = self.env[model_name].browse(
                {doc.record.id for doc in documents if doc.record._name == model_name}
            )
            if not records.has_access("read"):
                continue
            return records._get_records_action(name=self.env._("Documents"))
        raise UserError(
            self.env._(
                "%(documents)s: you have no access to that app. Ask whoever works "
                "there.",
                documents=self._list_documents(documents),
            )
        )

    # ------------------------------------------------------------------
    # RECORDS THAT CARRY OUT
    # ------------------------------------------------------------------

    def _follow_carriers(self):
        """Let these lines follow what happened to the records that carry them out."""
        lines = self.exists()
        if lines:
            lines.invalidate_recordset()
            lines._follow_documents()

    def _to_other_app(self):
        """Return the line as documents of other apps are drafted for it.

        Complaint users may draft what carries out what was approved; rights on the
        complaint and the approval are checked before. They get no right to put it
        into effect.

        :return: the line as superuser, in its company, without values that dialogs
            propose for other records
        :rtype: customer.complaint.remediation.line
        """
        self.ensure_one()
        return (
            self.sudo()
            .with_context(clean_context(self.env.context), mail_create_nosubscribe=True)
            .with_company(self.company_id)
        )

    def _open_documents_of(self, model_name):
        """Return the action that shows the documents of one model, as far as allowed.

        :param str model_name: e.g. ``stock.picking``
        :raise UserError: if the user may read none of them
        :rtype: dict
        """
        return self._open_documents(
            [
                document
                for line in self
                for document in line._get_documents()
                if document.record._name == model_name
            ]
        )

    @api.model
    def _give_back_under_way(self, model_name=None):
        """Give lines back to the handlers that only one app carries out, and leaves.

        Called when a bridge is uninstalled. Its documents stay in their app; nobody is
        told any more when they are done.

        :param str model_name: of the documents of that app; all when not given
        """
        for line in self.search([("state", "=", "under_way")]):
            documents = line._get_live_documents()
            if documents and all(
                model_name in (None, document.record._name) for document in documents
            ):
                line._reopen(
                    "open",
                    self.env._(
                        "%(documents)s no longer report back, as the app that links "
                        "them was uninstalled",
                        documents=line._list_documents(documents),
                    ),
                )
