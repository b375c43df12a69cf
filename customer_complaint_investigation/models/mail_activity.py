from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list


class MailActivity(models.Model):
    """To-dos of an emergency plan: done, they tick its task off."""

    _inherit = "mail.activity"

    complaint_task_id = fields.Many2one(
        "customer.complaint.emergency.task",
        string="Task of the Emergency Plan",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="cascade",
        groups=fields.NO_ACCESS,
    )

    def _action_done(self, feedback=False, attachment_ids=None):
        # Which task it is; whether the user may end it is checked below.
        tasks_sudo = self.sudo().complaint_task_id
        tasks = tasks_sudo.sudo(self.env.su).filtered(lambda t: t.state == "open")
        if tasks:
            if feedback:
                tasks.write({"outcome": feedback})
            tasks._end("done", keeps_todos=True)
        return super()._action_done(feedback=feedback, attachment_ids=attachment_ids)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_emergency(self):
        """The system may: with a colleague who left go their to-dos, the tasks stay."""
        if self.env.su:
            return
        # Whether it belongs to a plan that is under way, nothing else of it.
        held_sudo = self.sudo().filtered(
            lambda activity: activity.complaint_task_id.state == "open"
        )
        if held_sudo:
            raise UserError(
                self.env._(
                    "These belong to the emergency plan of a major complaint: "
                    "%(names)s. Mark them done, or strike them out in the plan with a "
                    "reason.",
                    names=format_list(
                        self.env, held_sudo.complaint_task_id.mapped("name")
                    ),
                )
            )
