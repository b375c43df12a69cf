from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.customer_complaint_base.tools.reason import takes_reason


class CustomerComplaintRecusable(models.AbstractModel):
    """Who is recused from the complaint by a record does not work on it, either.

    Who may do what (letters and rest of the table: the complaint of the trunk):

    ==============================  =================
    action                          A O S M Q L R U E
    ==============================  =================
    recuse somebody                 A - S M Q - - - -
    recuse oneself                  A - S M Q - - - -
    take back a recusal             - - S M - - - - -
    ==============================  =================
    """

    _inherit = "customer.complaint.recusable"

    recusal_ids = fields.One2many(
        "customer.complaint.recusal",
        "complaint_id",
        string="Recused Persons",
        frozen=True,
    )
    recusal_count = fields.Integer(
        string="Recusals",
        compute="_compute_recusal_count",
        store=True,
        precompute=True,
        sealed=False,
        system=True,
    )

    @api.depends("recusal_ids")
    def _compute_recusal_count(self):
        for complaint in self:
            complaint.recusal_count = len(complaint.recusal_ids)

    @api.depends("recusal_ids.partner_id")
    def _compute_is_recused(self):
        return super()._compute_is_recused()

    def _is_recused_from(self, person):
        if super()._is_recused_from(person):
            return True
        # The count is stored: complaints without recusals cost no query.
        return bool(self.recusal_count) and person in self.recusal_ids.partner_id

    @api.model
    def _get_recused_domain(self):
        person = self.env.user.partner_id
        return super()._get_recused_domain() | Domain(
            "recusal_ids", "any!", [("partner_id", "=", person.id)]
        )

    def _after_recusal(self, person):
        """Take the complaint from a handler, who hands on their to-dos."""
        result = super()._after_recusal(person)
        handler = self.user_id
        if handler and handler.partner_id == person:
            self._take_from_handler()
            self._pass_on_todos(handler)
        return result

    def _pass_on_todos(self, handler):
        """Give what a recused handler had still to do to whoever takes over.

        :param res.users handler: who handled the complaint until now
        """
        self.ensure_one()
        heir = self._get_first_to_act(self.user_id, self.team_id.leader_id)
        if heir:
            # To-dos of the one who hands them over, or is made to.
            todos_sudo = self.activity_ids.sudo()
            todos_sudo.filtered(lambda todo: todo.user_id == handler).user_id = heir

    def _take_over_recusals(self, sources):
        result = super()._take_over_recusals(sources)
        # What holds for the matter does not depend on who merges or splits.
        held_sudo = self.sudo().recusal_ids.partner_id
        for recusal_sudo in sources.sudo().recusal_ids:
            person_sudo = recusal_sudo.partner_id
            if person_sudo not in held_sudo:
                held_sudo |= person_sudo
                recusal_sudo.create(
                    {
                        "complaint_id": self.id,
                        "partner_id": person_sudo.id,
                        "kind": recusal_sudo.kind,
                        "reason": recusal_sudo.reason,
                    }
                )
        return result

    def action_recuse_myself(self):
        """Ask for the interest that the user declares.

        :rtype: dict
        """
        self._check_may_work()
        return self._action_ask_reason(
            "_recuse_myself",
            self.env._("Recuse Myself"),
            self.env._(
                "You will no longer be able to work on the complaint. If you handle "
                "it, the leader of the team is asked to assign somebody else."
            ),
            self.env._("Your interest in the matter, or your part in it."),
            self.env._("Recuse Myself"),
        )

    @takes_reason
    def _recuse_myself(self, reason):
        """Recuse the user from the complaints.

        A handler gives the complaint back; the leader of the team is asked for
        another one.

        :param str reason: the interest that the user declares
        """
        person = self.env.user.partner_id
        self.env["customer.complaint.recusal"].create(
            [
                {
                    "complaint_id": complaint.id,
                    "partner_id": person.id,
                    "kind": "interest",
                    "reason": " ".join(reason.split()),
                }
                for complaint in self
                if person not in complaint.recusal_ids.partner_id
            ]
        )
