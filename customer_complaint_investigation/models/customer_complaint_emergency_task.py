from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_list

TASK_STATES = [("open", "To Do"), ("done", "Done"), ("struck", "Struck Out")]


class CustomerComplaintEmergencyTask(models.Model):
    """One task of the emergency plan that a major complaint started.

    The plan writes them down, and none is ever deleted: a task is done, or struck out
    with a reason, by somebody at a time. A to-do reminds whoever sees to it; marked
    done, it ticks the task off.
    """

    _name = "customer.complaint.emergency.task"
    _inherit = [
        "customer.complaint.belonging",
        "customer.complaint.part",
        "customer.complaint.due",
    ]
    _description = "Task of the Emergency Plan"
    _order = "date_due, id"
    _check_company_auto = True
    _outlives_complaint = True

    name = fields.Char(string="Task", required=True, readonly=True)
    plan_name = fields.Char(
        string="Plan", readonly=True, help="The emergency plan that asked for it."
    )
    activity_ids = fields.One2many(
        "mail.activity",
        "complaint_task_id",
        string="To-dos",
        readonly=True,
        groups=fields.NO_ACCESS,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        compute="_compute_user_id",
        compute_sudo=True,
        help="Who has the to-do, or whoever did it or struck it out.",
    )
    date_due = fields.Date(string="Due", required=True, readonly=True)
    state = fields.Selection(
        TASK_STATES, required=True, readonly=True, default="open", index=True
    )
    outcome = fields.Text(
        string="What Was Done, or Why Not",
        help="What was done; needed to strike a task out: why it is not to be done.",
        personal=True,
    )
    ended_by_id = fields.Many2one(
        "res.users",
        string="Done or Struck Out By",
        readonly=True,
        index="btree_not_null",
    )
    date_ended = fields.Datetime(string="Done or Struck Out On", readonly=True)
    is_late = fields.Boolean(help="The day has passed and the task is open.")
    can_edit = fields.Boolean(related="complaint_id.can_edit")

    @api.depends("activity_ids.user_id", "ended_by_id")
    def _compute_user_id(self):
        for task in self:
            task.user_id = task.ended_by_id or task.activity_ids[:1].user_id

    @api.depends("state", "date_due")
    def _compute_is_late(self):
        return super()._compute_is_late()

    @api.model
    def _get_late_domain(self):
        return Domain("state", "=", "open") & self._get_day_passed_domain("date_due")

    @api.model_create_multi
    def create(self, vals_list):
        """:raise UserError: unless the system starts a plan"""
        if not self.env.su:
            raise UserError(
                self.env._(
                    "The emergency plan writes its tasks down when the complaint "
                    "becomes major. Schedule a to-do for anything else."
                )
            )
        return super().create(vals_list)

    def write(self, vals):
        """Note what was done, until the task is ended.

        :raise UserError: for anything else
        """
        if vals:
            self._check_may_add(self.complaint_id)
            if vals.keys() - {"outcome"}:
                raise UserError(
                    self.env._(
                        "A task of the emergency plan stays as the plan asked for it. "
                        "Mark it done, or strike it out with a reason."
                    )
                )
            self._check_open()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._(
                "Tasks of an emergency plan are kept: %(names)s. Mark them done, or "
                "strike them out with a reason.",
                names=format_list(self.env, self.mapped("name")),
            )
        )

    def _check_open(self):
        """:raise UserError: naming the tasks that are ended"""
        ended = self.filtered(lambda task: task.state != "open")
        if ended:
            raise UserError(
                self.env._(
                    "These tasks were done or struck out already: %(names)s. Reload "
                    "the page.",
                    names=format_list(self.env, ended.mapped("name")),
                )
            )

    def action_done(self):
        """Mark the tasks done, in the user's name, now.

        :raise AccessError: if the user must not work on one of the complaints
        :raise UserError: if one of them is ended already
        """
        self._end("done")
        return True

    def action_strike_out(self):
        """Strike the tasks out: they are not to be done.

        :raise AccessError: if the user must not work on one of the complaints
        :raise UserError: if the reason is missing, or one of them is ended already
        """
        for task in self:
            if not (task.outcome or "").strip():
                raise UserError(
                    self.env._(
                        "“%(task)s”: first say why it is not to be done.",
                        task=task.name,
                    )
                )
        self._end("struck")
        return True

    def _end(self, state, keeps_todos=False):
        """End tasks, with a line in the history of their complaints.

        :param str state: ``"done"`` or ``"struck"``
        :param bool keeps_todos: whether the to-dos are being ended by themselves
        """
        self._check_may_add(self.complaint_id)
        self._check_open()
        self._write_unguarded(
            {
                "state": state,
                "ended_by_id": self.env.uid,
                "date_ended": fields.Datetime.now(),
            }
        )
        for task in self:
            values = {"task": task.name, "note": task.outcome or ""}
            task.complaint_id._message_log(
                body=self.env._("Emergency plan, done: %(task)s. %(note)s", **values)
                if state == "done"
                else self.env._(
                    "Emergency plan, struck out: %(task)s. Reason: %(note)s", **values
                )
            )
        if not keeps_todos:
            # The reminders have served, whoever has them.
            self.sudo().activity_ids.unlink()
