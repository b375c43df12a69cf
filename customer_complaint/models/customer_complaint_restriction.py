from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_list

from .customer_complaint_recusal import FOLLOWING_FIELDS

# Remediations, reviews and proceedings that are not at their end.
RUNNING_PARTS = {
    "customer.complaint.remediation": ("to_approve", "approved", "agreed"),
    "customer.complaint.review": ("requested", "decided"),
    "customer.complaint.proceeding": ("open", "answered"),
}


class CustomerComplaint(models.Model):
    """Restriction: a case that the law makes us keep, and that serves nothing else.

    Record rules hide it, and all that hangs on it, from everybody but managers,
    archivists and auditors; to these it is there to be read. Nobody changes it, reopens
    it, or writes to the customer. Its seal stays valid: what it says is not touched
    (个人信息保护法 art. 47).
    """

    _inherit = "customer.complaint"

    is_restricted = fields.Boolean(
        string="Restricted",
        readonly=True,
        copy=False,
        help="Kept because the law demands it, but no longer used, at the request of "
        "a person. Managers, archivists and auditors see it, nobody else.",
    )
    date_erased = fields.Datetime(
        string="Personal Data Erased On", readonly=True, copy=False
    )
    person_request_ids = fields.Many2many(
        "customer.complaint.person.request",
        "customer_complaint_person_request_rel",
        "complaint_id",
        "request_id",
        string="Requests About Personal Data",
        readonly=True,
        copy=False,
        groups="customer_complaint.group_complaint_manager,"
        "customer_complaint.group_complaint_archivist,"
        "customer_complaint.group_complaint_auditor",
    )

    _restricted_idx = models.Index("(id) WHERE is_restricted")

    @api.model
    def _get_system_fields(self):
        return super()._get_system_fields() | {
            "is_restricted",
            "date_erased",
            "person_request_ids",
        }

    # ------------------------------------------------------------------
    # RESTRICTING
    # ------------------------------------------------------------------

    def _get_cannot_restrict_reason(self):
        """Return why the case cannot be restricted or erased now, or nothing.

        While the law demands that a complaint is handled, the request is refused
        (个人信息保护法 art. 13, 47). Extensions add what still runs.

        :rtype: str or bool
        """
        self.ensure_one()
        if not self._has_ended():
            return self.env._("it is still being handled")
        for model, states in RUNNING_PARTS.items():
            domain = [("complaint_id", "=", self.id), ("state", "in", states)]
            if self.env[model].search_count(domain, limit=1):
                return self.env._(
                    "this is not at its end: %(what)s",
                    what=self.env["ir.model"]._get(model).name,
                )
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
                    "neither restricted nor erased (个人信息保护法 art. 47). Finish it "
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
        self.filtered("is_restricted")._forget_notifications()

    def _forget_notifications(self):
        """Take the messages of these cases out of the inboxes that hold them.

        Who was notified of a message may read it, whatever becomes of its record.
        """
        for model in self.env["customer.complaint.personal"]._get_personal_models():
            Model_sudo = self.env[model].sudo()  # whoever restricts the case
            if "message_ids" not in Model_sudo._fields:
                continue
            records_sudo = Model_sudo.search(Model_sudo._get_case_domain(self))
            self.env["mail.notification"].sudo().search(
                [
                    ("mail_message_id.model", "=", model),
                    ("mail_message_id.res_id", "in", records_sudo.ids),
                ]
            ).unlink()

    # ------------------------------------------------------------------
    # GUARDS
    # ------------------------------------------------------------------

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

    def write(self, vals):
        if vals.keys() - FOLLOWING_FIELDS and not self.env.su:
            self._check_not_restricted()
        return super().write(vals)

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

    @api.model
    def _get_same_matter_domain(self, *args, **kwargs):
        """What is kept only is no history of the customer, whoever asks."""
        domain = super()._get_same_matter_domain(*args, **kwargs)
        return domain and domain & Domain("is_restricted", "=", False)


class CustomerComplaintPart(models.AbstractModel):
    _inherit = "customer.complaint.part"

    @api.model
    def _check_may_add(self, complaints):
        complaints._check_not_restricted()
        return super()._check_may_add(complaints)


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _get_complaint_counts(self, field_name):
        counts = self.env["customer.complaint"]._read_group(
            [(field_name, "in", self.ids), ("is_restricted", "=", False)],
            [field_name],
            ["__count"],
        )
        return dict(counts)
