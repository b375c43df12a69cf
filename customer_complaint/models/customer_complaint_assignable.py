from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from ..const import HANDLER_GROUPS


class CustomerComplaintAssignable(models.AbstractModel):
    """Whoever takes a complaint in handles it, until somebody takes it over."""

    _name = "customer.complaint.assignable"
    _inherit = ["mail.thread", "customer.complaint.sealed"]
    _description = "Assignment of a Complaint"
    # The kind of to-do by which a leader is asked for a handler.
    _handler_todo = "mail.mail_activity_data_todo"

    user_id = fields.Many2one(
        "res.users",
        string="Handler",
        compute="_compute_user_id",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
        check_company=True,
        tracking=True,
        frozen=True,
        domain=lambda self: self._get_handler_domain(),
        help="Who investigates and answers the complaint (处理人). Whoever takes it in "
        "is its handler until somebody else has taken it over.",
    )
    date_assigned = fields.Datetime(
        string="Handler Since",
        compute="_compute_date_assigned",
        store=True,
        precompute=True,
        copy=False,
        help="When the complaint was given to its handler.",
        sealed=False,
        system=True,
    )

    _handler_idx = models.Index("(user_id, date_assigned)")

    @api.depends("user_id")
    def _compute_date_assigned(self):
        now = fields.Datetime.now()
        for complaint in self:
            complaint.date_assigned = complaint.user_id and now

    @api.model_create_multi
    def create(self, vals_list):
        # Nobody chosen is no choice: whoever takes it in handles it.
        if not self.env.su:
            vals_list = [
                {
                    name: value
                    for name, value in vals.items()
                    if name != "user_id" or value
                }
                for vals in vals_list
            ]
        return super().create(vals_list)

    def _check_vals(self, vals):
        if "user_id" in vals and not vals["user_id"]:
            self._check_somebody_answers()
        return super()._check_vals(vals)

    def _get_followed_fields(self, names):
        return super()._get_followed_fields(names) | ({"user_id"} & names)

    def _after_change(self, changes):
        result = super()._after_change(changes)
        handed_over = self._changed(changes, {"user_id"})
        if handed_over:
            handed_over._after_handler_change(
                {complaint: changes[complaint]["user_id"] for complaint in handed_over}
            )
        return result

    def _after_handler_change(self, before):
        """Do what follows from another handler, whoever or whatever chose them. Hook.

        :param dict before: the handler of each complaint until now
        """

    def _check_somebody_answers(self):
        """Refuse to take complaints from their handlers without giving them on.

        :raise UserError: naming the complaints
        """
        handled = self.filtered("user_id")
        if handled and not self.env.su:
            raise UserError(
                self.env._(
                    "Whoever handles a complaint answers for it until somebody else "
                    "has taken it over: %(names)s. Choose who does.",
                    names=format_list(self.env, handled.mapped("name")),
                )
            )

    # Depends on nothing: it is asked for when a complaint is created. The handler
    # changes by people and rules only.
    def _compute_user_id(self):
        for complaint in self:
            complaint.user_id = complaint.user_id or complaint._get_first_contact()

    @api.onchange("team_id", "received_by_id", "partner_id")
    def _onchange_first_contact(self):
        """Follow the team and who took it in, while the complaint is registered."""
        if not self._origin and self.user_id in (self.received_by_id, self.env.user):
            self.user_id = self._get_first_contact()

    def _get_first_contact(self):
        """Return who takes the complaint in and is answerable for it, if they may.

        First contact (首问负责, GSP-QUALITY, CBRC-2012): whoever takes it in is its
        handler until somebody else has taken it over. Not who has no role in complaint
        handling here, or is recused. Hook.

        :rtype: res.users
        """
        self.ensure_one()
        # Which role they have is asked for, nothing else of them.
        user_sudo = self.received_by_id.sudo()
        may_handle = (
            user_sudo.active
            and any(
                user_sudo.has_group(f"customer_complaint.{name}")
                for name in HANDLER_GROUPS
            )
            and self.company_id in user_sudo.company_ids
            and not self._is_recused_from(user_sudo.partner_id)
        )
        return self.received_by_id if may_handle else self.env["res.users"]

    def _write_unguarded(self, vals):
        if "user_id" not in vals:
            return super()._write_unguarded(vals)
        before = {complaint: complaint.user_id for complaint in self}
        result = super()._write_unguarded(vals)
        handed_over = self.filtered(lambda c: c.user_id != before[c])
        handed_over._after_handler_change(before)
        return result

    def _take_from_handler(self):
        """Leave the complaint without handler and ask the leader for another one. Hook.

        Called when its handler must no longer work on it.
        """
        self.ensure_one()
        self._write_unguarded({"user_id": False})
        self._ask_for_handler(self.env._("Assign another handler"))

    def _ask_for_handler(self, summary):
        """Ask the leaders of the teams to assign a handler to these complaints. Hook.

        :param str summary: what the to-do of the leader says
        :return: the complaints whose leader was asked
        :rtype: customer.complaint
        """
        asked = self.browse()
        for leader, complaints in self.grouped(lambda c: c.team_id.leader_id).items():
            theirs = complaints.filtered(
                lambda complaint, leader=leader: (
                    not complaint._is_recused_from(leader.partner_id)
                )
            )
            if leader and theirs:
                theirs.activity_schedule(
                    self._handler_todo, summary=summary, user_id=leader.id
                )
                asked += theirs
        return asked
