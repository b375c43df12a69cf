from odoo import fields, models
from odoo.exceptions import AccessError

DEEDS = [("create", "Entered"), ("write", "Changed"), ("unlink", "Deleted")]


class CustomerComplaintConfigurationLog(models.Model):
    """Who changed the rules of complaint handling, when, and what they were before.

    Written by the change itself, kept when the rule is deleted, and never changed:
    whoever asks why an amount was approved, or a limit is on that day, must find the
    ladder and the policy as they were.
    """

    _name = "customer.complaint.configuration.log"
    _inherit = "customer.complaint.append.only"
    _description = "Change of Configuration"
    _order = "id desc"
    _rec_name = "record_name"

    date = fields.Datetime(required=True, readonly=True, index=True)
    user_id = fields.Many2one(
        "res.users",
        string="Who",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company",
        readonly=True,
        index="btree_not_null",
        help="Whose rule it is; empty for rules that all companies share.",
    )
    res_model = fields.Char(string="Model", required=True, readonly=True, index=True)
    model_name = fields.Char(string="Kind", readonly=True)
    res_id = fields.Many2oneReference(
        string="Record No.", model_field="res_model", readonly=True
    )
    record_name = fields.Char(string="Record", readonly=True)
    deed = fields.Selection(DEEDS, string="What", required=True, readonly=True)
    field_name = fields.Char(string="Field", readonly=True)
    old_value = fields.Text(readonly=True)
    new_value = fields.Text(readonly=True)

    def _refuse_forgery(self):
        raise AccessError(
            self.env._(
                "The log of changes is written by changing the configuration only, and "
                "stays as it is."
            )
        )
