from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from ..tools.reason import has_reason_step


class CustomerComplaintGiveReason(models.TransientModel):
    """Asks for the reason of a step, of whatever record.

    ``_action_ask_reason`` opens it and says what it shows; the step is a method that
    takes the reason (``takes_reason``).
    """

    _name = "customer.complaint.give.reason"
    _inherit = "customer.complaint.dialog"
    _description = "Reason of a Step"

    # What the step is taken on, and the name of its method.
    asked_model = fields.Char(required=True)
    asked_ids = fields.Json()
    step = fields.Char(required=True)
    names = fields.Char(compute="_compute_names")
    # What the button that opened it says of the step.
    hint = fields.Text()
    example = fields.Char()
    button = fields.Char()
    reason = fields.Text(required=True, help="It stays in the history.")

    @api.depends("asked_model", "asked_ids", "step")
    def _compute_names(self):
        for dialog in self:
            # What somebody else read may be in the cache.
            records = dialog._get_asked()._filtered_access("read")
            dialog.names = format_list(self.env, records.mapped("display_name"))

    def _get_asked(self):
        """Return the records that the step is taken on; none if it is no such step."""
        self.ensure_one()
        model, ids = self.env.get(self.asked_model), self.asked_ids
        if (
            model is None
            or not has_reason_step(model, self.step)
            or not isinstance(ids, list)
            or not all(type(record_id) is int for record_id in ids)
        ):
            return self.browse()
        return model.browse(ids)

    def _get_choices(self):
        """Return what was asked besides the reason, as the step takes it. Hook.

        :rtype: dict
        """
        self.ensure_one()
        return {}

    def action_confirm(self):
        """Take the step.

        :raise AccessError: if the user may not take it on one of the records
        :raise UserError: if it is not possible now
        """
        self.ensure_one()
        records = self._get_asked()
        if not records:
            raise UserError(
                self.env._("Nothing asks for this reason. Open the dialog by a button.")
            )
        action = getattr(records, self.step)(self.reason, **self._get_choices())
        if isinstance(action, dict):
            return action
        return {"type": "ir.actions.client", "tag": "soft_reload"}
