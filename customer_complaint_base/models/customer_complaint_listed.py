from odoo import api, models


class CustomerComplaintListed(models.AbstractModel):
    """What buttons on customers, orders and the like count and list."""

    _name = "customer.complaint.listed"
    _description = "Listed on Records of Other Apps"
    # The XML id of the list.
    _list_action = ""

    @api.model
    def _count_by(self, field_name, records):
        """Return how many the user sees of each record.

        :param str field_name: a many2one field
        :param records: of the model it points to
        :rtype: dict
        """
        return dict(
            self._read_group(
                [(field_name, "in", records.ids)], [field_name], ["__count"]
            )
        )

    @api.model
    def _action_list_for(self, domain, **defaults):
        """Return the list.

        :param domain: what it has
        :param defaults: values proposed for a new one
        :rtype: dict
        """
        return {
            **self.env["ir.actions.actions"]._for_xml_id(self._list_action),
            "domain": domain,
            "context": {f"default_{name}": value for name, value in defaults.items()},
        }
