from collections import defaultdict

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_list

from odoo.addons.customer_complaint.const import AGENT


class CustomerComplaintAssignable(models.AbstractModel):
    """Complaints find their handler by the rule of their team, too.

    Who may do what (letters and rest of the table: the complaint of the trunk):

    ==============================  =================
    action                          A O S M Q L R U E
    ==============================  =================
    assign by rule                  A - S M - - - - -
    ==============================  =================
    """

    _inherit = "customer.complaint.assignable"
    _handler_todo = "customer_complaint_assignment.mail_act_assign"

    is_handler_asked = fields.Boolean(
        string="Handler Asked For",
        readonly=True,
        copy=False,
        help="The leader of the team has a to-do to assign a handler.",
        sealed=False,
        system=True,
    )

    @api.model_create_multi
    def create(self, vals_list):
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

    def _get_first_contact(self):
        """Nobody where the team has a rule: it says who handles the complaint."""
        if self.team_id.assignment_method == "fewest":
            return self.env["res.users"]
        return super()._get_first_contact()

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

    def _ask_for_handler(self, summary):
        unasked = self.filtered(lambda complaint: not complaint.is_handler_asked)
        asked = super(CustomerComplaintAssignable, unasked)._ask_for_handler(summary)
        if asked:
            asked._write_unguarded({"is_handler_asked": True})
        return asked

    def _after_handler_change(self, before):
        result = super()._after_handler_change(before)
        self.filtered("user_id")._settle_handler_requests()
        return result

    def _settle_handler_requests(self):
        """Take the to-do back from the leader once there is a handler."""
        # The flag is stored: complaints nobody asked about cost no query.
        settled = self.filtered("is_handler_asked")
        if settled:
            # The leader's to-do, whoever assigns the handler.
            settled.sudo().activity_unlink([self._handler_todo])
            settled._write_unguarded({"is_handler_asked": False})
