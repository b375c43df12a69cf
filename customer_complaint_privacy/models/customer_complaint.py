from odoo import api, fields, models, tools
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_list

from odoo.addons.customer_complaint.models.customer_complaint_recusable import (
    FOLLOWING_FIELDS,
)

from .customer_complaint_hidden import ENTITLED_GROUPS


class CustomerComplaint(models.Model):
    """Restriction: a case that the law makes us keep, and that serves nothing else.

    Record rules hide it, and all that hangs on it, from everybody but managers,
    archivists and auditors; to these it is there to be read. Nobody changes it, reopens
    it, or writes to the customer. Its seal stays valid: what it says is not touched
    (个人信息保护法 art. 47).

    Who may do what (letters and rest of the table: the complaint of the trunk):

    ==============================  =================
    action                          A O S M Q L R U E
    ==============================  =================
    register a data request         - - - M - - R - -
    decide a data request           - - - M - - - - -
    lift a restriction              - - - M - - - - -
    copy the data of a person       - - - M - - R - -
    ==============================  =================
    """

    _inherit = "customer.complaint"

    date_erased = fields.Datetime(
        string="Personal Data Erased On",
        readonly=True,
        copy=False,
        sealed=False,
        system=True,
    )
    person_request_ids = fields.Many2many(
        "customer.complaint.person.request",
        "customer_complaint_person_request_rel",
        "complaint_id",
        "request_id",
        string="Requests About Personal Data",
        readonly=True,
        copy=False,
        groups=ENTITLED_GROUPS,
        sealed=False,
        system=True,
    )

    _restricted_idx = models.Index("(id) WHERE is_restricted IS TRUE")

    def _erase(self, ground):
        """Erase the data of persons from these cases and all that hangs on them.

        What remains is the stub: numbers, dates, categories, amounts, states, who of
        the company did what, and the digests of the chain. Cases that were merged into
        these, and have no card of their own, go with them.

        :param str ground: why, as plain text; noted on the cases
        """
        cases = self | self._get_merged_without_card()
        cases._get_case_files()._destroy_files()
        for dialogs_sudo in cases._get_case_dialogs(cases._get_case_records()):
            dialogs_sudo.unlink()
        for model in self.env["customer.complaint.personal"]._get_personal_models():
            # By rule: what is erased need not be seen by anybody for it.
            Model_sudo = self.env[model].sudo().with_context(active_test=False)
            Model_sudo.search(Model_sudo._get_case_domain(cases))._erase_records()
        self.env.cr.execute(
            "UPDATE customer_complaint SET is_restricted = FALSE,"
            " date_erased = %s WHERE id IN %s",
            (fields.Datetime.now(), tuple(cases.ids)),
        )
        self.env.invalidate_all()
        cases._message_log_batch(bodies={case.id: ground for case in cases})
        self.env["customer.complaint.person.request"]._finish_erased(cases)

    # ------------------------------------------------------------------
    # RESTRICTION
    # ------------------------------------------------------------------

    @api.depends("is_restricted", "date_erased")
    def _compute_can_edit(self):
        result = super()._compute_can_edit()
        for complaint in self:
            if complaint.is_restricted or complaint.date_erased:
                complaint.can_edit = False
        return result

    def _get_cannot_restrict_reason(self):
        """Return why the case cannot be restricted or erased now, or nothing.

        While the law demands that a complaint is handled, the request is refused
        (个人信息保护法 art. 13, 47). Extensions add what still runs.

        :rtype: str or bool
        """
        self.ensure_one()
        if not self._has_ended():
            return self.env._("it is still being handled")
        if part := self._get_running_part():
            return self.env._("this is not at its end: %(what)s", what=part)
        return False

    def _check_may_restrict(self):
        """Refuse to restrict cases that the law demands to be handled.

        :raise UserError: with one line per case
        """
        lines = [
            self.env._("%(name)s: %(reason)s.", name=complaint.name, reason=reason)
            for complaint in self
            if (reason := complaint._get_cannot_restrict_reason())
        ]
        if lines:
            lines.append(
                self.env._(
                    "While the law demands that a complaint is handled, its data are "
                    "neither restricted nor erased (PIPL art. 47). Finish it "
                    "first, or take it off the request."
                )
            )
            raise UserError("\n".join(lines))

    def _set_restricted(self):
        """Restrict these cases, or free them, as their requests demand.

        The rows are written even when nothing changes: of two people who decide at the
        same time, or decide while somebody reopens a case, one is played again.
        """
        if not self:
            return
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """UPDATE customer_complaint complaint SET is_restricted =
                          date_erased IS NULL AND EXISTS (
                              SELECT 1
                                FROM customer_complaint_person_request_rel rel
                                JOIN customer_complaint_person_request request
                                  ON request.id = rel.request_id
                               WHERE rel.complaint_id = complaint.id
                                 AND request.state = 'granted'
                                 AND request.kind != 'export')
                    WHERE id IN %s""",
                tuple(self.ids),
            )
        )
        self.invalidate_model(["is_restricted"])
        self.env.registry.clear_cache()
        # Again, for who looked before it was so for all.
        self.env.cr.postcommit.add(self.env.registry.clear_cache)
        self.filtered("is_restricted")._empty_inboxes()

    def _empty_inboxes(self):
        """Leave no unread message of the cases where an inbox no longer shows it."""
        for model, domain in self._get_threads(self).items():
            records_sudo = self.env[model].sudo().search(domain)  # whoever restricts
            self.env["mail.notification"].sudo().search(
                [
                    ("mail_message_id.model", "=", model),
                    ("mail_message_id.res_id", "in", records_sudo.ids),
                    ("is_read", "=", False),
                ]
            ).write({"is_read": True})

    @api.model
    def _get_threads(self, complaints, field_name="message_ids"):
        """Return the domain of what belongs to some cases, by model with messages.

        :param complaints: ended
        :param str field_name: what the models have: messages, or to-dos
        :rtype: dict[str, Domain]
        """
        names = self.env["customer.complaint.personal"]._get_personal_models()
        return {
            name: Domain(self.env[name]._get_case_domain(complaints))
            for name in names
            if field_name in self.env[name]._fields
            and name != "customer.complaint.person.request"
        }

    @api.model
    @tools.ormcache()
    def _is_any_restricted(self):
        """Return whether there is a restricted case at all: mostly there is none."""
        self.env.cr.execute(
            "SELECT EXISTS"
            " (SELECT 1 FROM customer_complaint WHERE is_restricted IS TRUE)"
        )
        return self.env.cr.fetchone()[0]

    def _check_not_restricted(self):
        """Refuse work on restricted and erased cases.

        :raise UserError: naming them
        """
        # How they stand, whoever asks.
        erased_sudo = self.sudo().filtered("date_erased")
        if erased_sudo:
            raise UserError(
                self.env._(
                    "The personal data of these complaints were erased when their "
                    "retention ended; nothing is done with them any more: %(names)s. "
                    "Register a new complaint.",
                    names=format_list(self.env, erased_sudo.mapped("name")),
                )
            )
        held_sudo = self.sudo().filtered("is_restricted")
        if held_sudo:
            raise UserError(
                self.env._(
                    "At the request of a person, these complaints are kept and not "
                    "used: %(names)s. A manager ends the restriction first.",
                    names=format_list(self.env, held_sudo.mapped("name")),
                )
            )

    def _check_is_worked_on(self):
        self._check_not_restricted()
        return super()._check_is_worked_on()

    def _check_vals(self, vals):
        if vals.keys() - FOLLOWING_FIELDS and not self.env.su:
            self._check_not_restricted()
        return super()._check_vals(vals)

    def _move_to(self, target):
        self._check_not_restricted()
        return super()._move_to(target)

    def _notify_thread(self, message, msg_vals=False, **kwargs):
        """:raise UserError: if a restricted case would write to the customer"""
        if self and not self._is_internal_message(message):
            self._check_not_restricted()
        return super()._notify_thread(message, msg_vals=msg_vals, **kwargs)

    def _message_mail_after_hook(self, mails):
        self.browse(mails.mapped("res_id"))._check_not_restricted()
        return super()._message_mail_after_hook(mails)
