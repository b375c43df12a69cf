from odoo import fields, models


class CustomerComplaint(models.Model):
    """A complaint beside others of its matter: earlier, merged into it or split off.

    Who may do what (letters and rest of the table: the complaint of the trunk):

    ==============================  =================
    action                          A O S M Q L R U E
    ==============================  =================
    merge                           - - S M - - - - -
    split                           A - S M - - - - -
    ==============================  =================
    """

    _name = "customer.complaint"
    _inherit = [
        "customer.complaint.mergeable",
        "customer.complaint.related",
        "customer.complaint",
    ]

    # Whoever merges enters it: see :meth:`_check_vals`.
    merged_into_id = fields.Many2one(system=False, frozen=True)
