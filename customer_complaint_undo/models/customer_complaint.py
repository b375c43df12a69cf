from odoo import models


class CustomerComplaint(models.Model):
    """A complaint whose last step may be taken back.

    Who may do what (letters and rest of the table: the complaint of the trunk); each
    only the step they took themselves:

    ==============================  =================
    action                          A O S M Q L R U E
    ==============================  =================
    undo a step                     A - S M Q - - - -
    ==============================  =================
    """

    _name = "customer.complaint"
    _inherit = ["customer.complaint.undoable", "customer.complaint"]
