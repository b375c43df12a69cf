from random import randint

from odoo import fields, models


class CustomerComplaintTag(models.Model):
    _name = "customer.complaint.tag"
    _inherit = "customer.complaint.kept"
    _description = "Complaint Tag"
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    color = fields.Integer(default=lambda self: randint(1, 11))

    _name_uniq = models.UniqueIndex("(name)", "Another tag already has this name.")
