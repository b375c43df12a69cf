from odoo import api, fields, models
from odoo.exceptions import UserError


class CustomerComplaintEscalation(models.Model):
    """That a rule was carried out for a limit, and who was told.

    Written by the job that escalates, in the same transaction as all it does; never
    changed and never deleted. The unique index makes sure that nothing is done twice,
    however often and on however many servers the job runs.
    """

    _name = "customer.complaint.escalation"
    _inherit = [
        "customer.complaint.belonging",
        "customer.complaint.sealed",
        "customer.complaint.personal",
    ]
    _description = "Complaint Escalation"
    _order = "date desc, id desc"
    _rec_name = "rule_id"
    _outlives_complaint = True

    complaint_id = fields.Many2one(
        "customer.complaint", required=True, index=True, ondelete="restrict"
    )
    # That of the complaint, which keeps it.
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    deadline_id = fields.Many2one(
        "customer.complaint.deadline", required=True, index=True, ondelete="restrict"
    )
    milestone_id = fields.Many2one(
        "customer.complaint.policy.milestone",
        required=True,
        index=True,
        ondelete="restrict",
    )
    rule_id = fields.Many2one(
        "customer.complaint.escalation.rule",
        required=True,
        index=True,
        ondelete="restrict",
    )
    level = fields.Integer(aggregator="max", help="Of the rule when it was done.")
    round = fields.Integer(
        default=1, help="Counts the restarts of the clock on new facts."
    )
    turn = fields.Integer(
        default=1, help="Counts how often a recurring milestone has begun again."
    )
    res_id = fields.Integer(
        string="Record",
        default=0,
        help="The memo, visit or the like whose limit it was.",
    )
    extended_by = fields.Float(
        string="Time Added",
        digits=(16, 2),
        default=0,
        help="By extensions when it was done: a new limit is reminded of again.",
    )
    date_due = fields.Datetime(string="Due On", help="The limit when it was done.")
    date = fields.Datetime(string="Done On", required=True, index=True)
    user_ids = fields.Many2many(
        "res.users",
        "customer_complaint_escalation_user_rel",
        "escalation_id",
        "user_id",
        string="Told",
    )
    did_todo = fields.Boolean(string="To-Do Made")
    did_message = fields.Boolean(string="Note Written")
    did_mail = fields.Boolean(string="E-mail Queued")
    did_priority = fields.Boolean(string="Priority Raised")
    did_reassign = fields.Boolean(string="Handler Changed")
    note = fields.Text(help="What could not be done, and why.", personal=True)
    team_id = fields.Many2one(related="complaint_id.team_id")
    handler_id = fields.Many2one(related="complaint_id.user_id")

    _once_uniq = models.UniqueIndex(
        "(complaint_id, milestone_id, rule_id, round, turn, res_id, extended_by)",
        "This was escalated already.",
    )

    @api.depends("rule_id", "complaint_id")
    def _compute_display_name(self):
        for escalation in self:
            escalation.display_name = (
                f"{escalation.complaint_id.name}: {escalation.rule_id.name}"
            )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise UserError(
                self.env._(
                    "Escalations are recorded when they are carried out. Use a rule to "
                    "say when."
                )
            )
        return super().create(vals_list)

    def write(self, vals):
        if vals:
            raise UserError(
                self.env._("What was escalated stays on record as it was done.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("Escalations are kept: they show who was told, and when.")
        )

    def _get_key(self):
        """Return what says for which limit it was done.

        :rtype: tuple
        """
        self.ensure_one()
        return (
            self.milestone_id.id,
            self.round,
            self.turn,
            self.res_id,
            self.extended_by,
        )
