from odoo import fields, models


class CustomerComplaintMakeBundle(models.TransientModel):
    """Asks for whom a case is put together, and why.

    The answer is kept in the chatter of the complaint; the address of the ZIP is that
    of the dialog, which is its user's alone and gone after a while.
    """

    _name = "customer.complaint.make.bundle"
    _inherit = "customer.complaint.dialog"
    _description = "Make a Case Bundle"

    complaint_id = fields.Many2one(
        "customer.complaint", required=True, readonly=True, ondelete="cascade"
    )
    recipient = fields.Char(
        string="For Whom",
        required=True,
        help="The court, regulator or other body that gets the case.",
    )
    purpose = fields.Text(
        required=True, help="What it asked for, with its file number and date."
    )

    def action_make_bundle(self):
        """Download the ZIP.

        :rtype: dict
        :raise AccessError: if the user hands no cases over
        """
        self.ensure_one()
        self.complaint_id._check_may_make_bundle()
        return {
            "type": "ir.actions.act_url",
            "url": f"/customer_complaint/bundle/{self.id}",
            "target": "new",
            "close": True,
        }
