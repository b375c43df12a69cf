from random import randint

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import format_list


class CustomerComplaintTag(models.Model):
    _name = "customer.complaint.tag"
    _inherit = "customer.complaint.kept"
    _description = "Complaint Tag"
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    color = fields.Integer(default=lambda self: randint(1, 11))

    _name_uniq = models.UniqueIndex("(name)", "Another tag already has this name.")

    @api.ondelete(at_uninstall=False)
    def _unlink_from_all_companies(self):
        """Whoever is on a case may tag it; a tag that goes, goes from all cases."""
        if self.env.su or self.env.user._has_all_companies():
            return
        raise AccessError(
            self.env._(
                "All companies share this: %(names)s. Whoever has all companies "
                "changes it; for your company alone, make one of its own where that is "
                "possible.",
                names=format_list(self.env, self.mapped("name")),
            )
        )
