from odoo import api, fields, models, tools
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_list

from .customer_complaint_recusal import FOLLOWING_FIELDS
from .mail_message import get_cases_sudo

# Remediations, reviews and proceedings that are not at their end.
RUNNING_PARTS = {
    "customer.complaint.remediation": ("to_approve", "approved", "agreed"),
    "customer.complaint.review": ("requested", "decided"),
    "customer.complaint.proceeding": ("open", "answered"),
}

# Who sees restricted cases; the record rules say the same.
ENTITLED_GROUPS = ",".join(
    f"customer_complaint.group_complaint_{role}"
    for role in ("manager", "archivist", "auditor")
)


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
        sealed=False,
        system=True,
    )
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

    @api.depends("is_restricted", "date_erased")
    def _compute_can_edit(self):
        result = super()._compute_can_edit()
        for complaint in self:
            if complaint.is_restricted or complaint.date_erased:
                complaint.can_edit = False
        return result

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


class CustomerComplaintBelonging(models.AbstractModel):
    """What is granted past a restricted case hides with it all the same."""

    _inherit = "customer.complaint.belonging"

    @api.model
    def _get_open_domain(self, operation):
        granted = super()._get_open_domain(operation)
        if (
            granted.is_false()
            or not self.env["customer.complaint"]._is_any_restricted()
            or self.env.user.has_groups(ENTITLED_GROUPS)
        ):
            return granted
        # Which cases they are, whatever of them the user may read.
        restricted = Domain(self._belongs_to, "any", [("is_restricted", "=", True)])
        return granted & ~Domain("id", "in", self.sudo()._search(restricted))


class CustomerComplaintArchiveSupplement(models.Model):
    _inherit = "customer.complaint.archive.supplement"

    @api.model
    def _check_may_add(self, cards):
        result = super()._check_may_add(cards)
        cards.complaint_id._check_not_restricted()
        return result


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _get_complaint_counts(self, field_name):
        counts = self.env["customer.complaint"]._read_group(
            [(field_name, "in", self.ids), ("is_restricted", "=", False)],
            [field_name],
            ["__count"],
        )
        return dict(counts)


class CustomerComplaintHidden(models.AbstractModel):
    """What is kept on cases by other apps (messages, to-dos) hides with the case."""

    _name = "customer.complaint.hidden"
    _description = "Hidden With Its Case"

    # Which field of the models of a case shows it, and which of its own names them.
    _kept_by = "message_ids"
    _kept_model = "model"

    @api.model
    def _is_kept_from_user(self):
        return (
            not self.env.su
            and self.env["customer.complaint"]._is_any_restricted()
            and not self.env.user.has_groups(ENTITLED_GROUPS)
        )

    @api.model
    def _get_restricted_domain(self):
        """Return the domain of what hangs on restricted cases.

        :rtype: odoo.fields.Domain
        """
        # Which cases they are, nothing of them.
        Complaint_sudo = self.env["customer.complaint"].sudo()
        restricted_sudo = Complaint_sudo.search([("is_restricted", "=", True)])
        threads = Complaint_sudo._get_threads(restricted_sudo, self._kept_by)
        return Domain.OR(
            Domain(self._kept_model, "=", model)
            & Domain("res_id", "in", self.env[model].sudo()._search(domain))
            for model, domain in threads.items()
        )

    @api.model
    def _search(self, domain, *args, bypass_access=False, **kwargs):
        if not bypass_access and self._is_kept_from_user():
            domain = Domain(domain) & ~self._get_restricted_domain()
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if operation == "create" or not self or not self._is_kept_from_user():
            return result
        kept_sudo = self.sudo().filtered_domain(self._get_restricted_domain())
        kept = self.browse(kept_sudo.ids)
        if not kept:
            return result
        if result:
            return (result[0] | kept, result[1])
        return (kept, lambda: kept._make_access_error(operation))


class MailMessage(models.Model):
    """Messages of restricted cases, also to those who wrote or received them."""

    _name = "mail.message"
    _inherit = ["customer.complaint.hidden", "mail.message"]


class MailActivity(models.Model):
    """To-dos on restricted cases, also to those whose they are; nobody touches them."""

    _name = "mail.activity"
    _inherit = ["customer.complaint.hidden", "mail.activity"]

    _kept_by = "activity_ids"
    _kept_model = "res_model"

    @api.model_create_multi
    def create(self, vals_list):
        activities = super().create(vals_list)
        activities._check_case_is_worked_on()
        return activities

    def write(self, vals):
        self._check_case_is_worked_on()
        result = super().write(vals)
        if {"res_id", "res_model", "res_model_id"} & vals.keys():
            self._check_case_is_worked_on()
        return result

    def unlink(self):
        if self.env.registry.ready:
            self._check_case_is_worked_on()
        return super().unlink()

    def _check_case_is_worked_on(self):
        """Refuse to-dos on restricted cases, and those of people who are recused.

        :raise AccessError: naming the cases the user is recused from
        :raise UserError: naming the restricted cases
        """
        if self.env.su:
            return
        # How the cases stand, whoever may see them.
        cases_sudo = get_cases_sudo(self, "res_model")
        cases_sudo._check_not_restricted()
        cases_sudo._check_not_recused(self.env.user.partner_id)
