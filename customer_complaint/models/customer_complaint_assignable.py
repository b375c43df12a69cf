from collections import defaultdict

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_list

from ..const import AGENT, HANDLER_GROUPS

REQUEST_TODO = "customer_complaint.mail_act_assign"


class CustomerComplaintAssignable(models.AbstractModel):
    """Complaints find their handler by hand or by the rule of their team."""

    _name = "customer.complaint.assignable"
    _inherit = ["mail.thread", "customer.complaint.sealed"]
    _description = "Assignment of a Complaint"

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

    # Asking for a handler
    is_handler_asked = fields.Boolean(
        string="Handler Asked For",
        readonly=True,
        copy=False,
        help="The leader of the team has a to-do to assign a handler.",
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
        # Nobody chosen is no choice: the rule of the team decides, or who takes it in.
        if not self.env.su:
            vals_list = [
                {
                    name: value
                    for name, value in vals.items()
                    if name != "user_id" or value
                }
                for vals in vals_list
            ]
        complaints = super().create(vals_list)
        todo = complaints.filtered(
            lambda complaint: (
                not complaint.user_id
                and complaint.team_id.assignment_method == "fewest"
            )
        )
        if todo:
            # Part of the registration: neither a change to track, nor, for an import,
            # a message to the leader for each complaint.
            todo.with_context(
                mail_notrack=True, mail_activity_quick_update=len(todo) > 1
            )._assign_by_rule()
        return complaints

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
        """Do what follows from another handler, whoever or whatever chose them.

        :param dict before: the handler of each complaint until now
        """
        self.filtered("user_id")._settle_handler_requests()

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
        handler until somebody else has taken it over. Not where the team has a rule,
        nor who has no role in complaint handling here, or is recused.

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
        if not may_handle or self.team_id.assignment_method == "fewest":
            return self.env["res.users"]
        return self.received_by_id

    def action_assign_by_rule(self):
        """Give the complaints that have no handler to the members with the fewest.

        :return: a message when nobody is there for some of them
        :rtype: dict or bool
        :raise UserError: if all have a handler, or one has no team
        """
        self.check_access("write")
        self._check_may_change()
        if not self.env.su and not self.env.user.has_group(AGENT):
            raise AccessError(self.env._("Agents and supervisors assign complaints."))
        todo = self.filtered(lambda complaint: not complaint.user_id)
        if not todo:
            raise UserError(
                self.env._(
                    "These complaints have a handler: %(names)s. Enter another one by "
                    "hand.",
                    names=format_list(self.env, self.mapped("name")),
                )
            )
        homeless = todo.filtered(lambda complaint: not complaint.team_id)
        if homeless:
            raise UserError(
                self.env._(
                    "A complaint is assigned among the members of its team. Choose a "
                    "team first: %(names)s.",
                    names=format_list(self.env, homeless.mapped("name")),
                )
            )
        left = todo._assign_by_rule()
        return not left or {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "message": self.env._(
                    "Nobody is available for %(names)s; the leader of the team is "
                    "asked to assign a handler.",
                    names=format_list(self.env, left.mapped("name")),
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _assign_by_rule(self):
        """Give each of these complaints to whose turn it is in its team.

        The leaders are asked for those that nobody is there for.

        :return: the complaints that stay without handler
        :rtype: customer.complaint
        """
        # The rule decides, not the rights of whoever registers or gives back a case.
        complaints_sudo = self.sudo()
        drawn = defaultdict(self.env["customer.complaint"].sudo().browse)
        for team_sudo, of_team_sudo in complaints_sudo.grouped("team_id").items():
            rotation = team_sudo._get_rotation() if team_sudo else None
            for complaint_sudo in of_team_sudo:
                handler_sudo = rotation and rotation.draw(complaint_sudo)
                drawn[handler_sudo or self.env["res.users"]] += complaint_sudo
        left_sudo = drawn.pop(self.env["res.users"], complaints_sudo.browse())
        for handler_sudo, given_sudo in drawn.items():
            given_sudo._give_to(handler_sudo)
        left_sudo._ask_for_handler(self.env._("Assign a handler: nobody is available"))
        return self.browse(left_sudo.ids)

    def _give_to(self, handler):
        """Make a user the handler of these complaints, and tell them once.

        :param res.users handler: whose turn it is
        """
        self.with_context(mail_auto_subscribe_no_notify=True)._write_unguarded(
            {"user_id": handler.id}
        )
        # As core: no messages while installing, none to oneself.
        if handler == self.env.user or not self.env.registry.ready:
            return
        thread = self if len(self) == 1 else self.env["mail.thread"]
        thread.message_notify(
            subject=self.env._(
                "Complaints assigned to you: %(count)s", count=len(self)
            ),
            body=Markup("<p>%s</p>%s")
            % (
                self.env._("By the rule of the team, you handle:"),
                Markup("<br/>").join(
                    complaint._get_html_link(title=complaint.display_name)
                    for complaint in self
                ),
            ),
            partner_ids=handler.partner_id.ids,
            email_layout_xmlid="mail.mail_notification_layout",
            force_send=False,
        )

    def _take_from_handler(self):
        """Where the team assigns by its rule, the next member gets the complaint."""
        if self.team_id.assignment_method != "fewest":
            return super()._take_from_handler()
        self._write_unguarded({"user_id": False})
        self._assign_by_rule()

    # ------------------------------------------------------------------
    # ASKING FOR A HANDLER
    #
    # Asking the leader of the team for a handler, until there is one.
    # ------------------------------------------------------------------

    def _write_unguarded(self, vals):
        if "user_id" not in vals:
            return super()._write_unguarded(vals)
        before = {complaint: complaint.user_id for complaint in self}
        result = super()._write_unguarded(vals)
        handed_over = self.filtered(lambda c: c.user_id != before[c])
        handed_over._after_handler_change(before)
        return result

    def _ask_for_handler(self, summary):
        """Ask the leaders of the teams to assign a handler to these complaints.

        :param str summary: what the to-do of the leader says
        """
        for leader, complaints in self.grouped(lambda c: c.team_id.leader_id).items():
            asked = complaints.filtered(
                lambda complaint, leader=leader: (
                    not complaint.is_handler_asked
                    and not complaint._is_recused_from(leader.partner_id)
                )
            )
            if leader and asked:
                asked.activity_schedule(
                    REQUEST_TODO, summary=summary, user_id=leader.id
                )
                asked._write_unguarded({"is_handler_asked": True})

    def _settle_handler_requests(self):
        """Take the to-do back from the leader once there is a handler."""
        # The flag is stored: complaints nobody asked about cost no query.
        settled = self.filtered("is_handler_asked")
        if settled:
            # The leader's to-do, whoever assigns the handler.
            settled.sudo().activity_unlink([REQUEST_TODO])
            settled._write_unguarded({"is_handler_asked": False})
