from odoo import api, models


class CustomerComplaintCached(models.AbstractModel):
    """Configuration that is kept in memory between requests (``ormcache``).

    Whatever changes it empties the cache, in all servers.
    """

    _name = "customer.complaint.cached"
    _inherit = "customer.complaint.kept"
    _description = "Cached Configuration"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self.env.registry.clear_cache()
        return records

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result
