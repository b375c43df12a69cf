from odoo import fields, models

REQUEST_TODO = "customer_complaint.mail_act_assign"


class CustomerComplaint(models.Model):
    """Asking the leader of the team for a handler, until there is one."""

    _inherit = "customer.complaint"

    is_handler_asked = fields.Boolean(
        string="Handler Asked For",
        readonly=True,
        copy=False,
        help="The leader of the team has a to-do to assign a handler.",
        sealed=False,
        system=True,
    )

    def write(self, vals):
        result = super().write(vals)
        if vals.get("user_id"):
            self._settle_handler_requests()
        return result

    def _write_unguarded(self, vals):
        result = super()._write_unguarded(vals)
        if vals.get("user_id"):
            self._settle_handler_requests()
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
