from odoo import fields, models


class CustomerComplaint(models.Model):
    """A complaint that goes into another one, or from which one is split off.

    Who may do what (letters and rest of the table: the complaint of the trunk):

    ==============================  =================
    action                          A O S M Q L R U E
    ==============================  =================
    merge                           - - S M - - - - -
    split                           A - S M - - - - -
    ==============================  =================
    """

    _name = "customer.complaint"
    _inherit = ["customer.complaint.mergeable", "customer.complaint"]

    # Whoever merges enters it: see :meth:`_check_vals`.
    merged_into_id = fields.Many2one(system=False, frozen=True)
