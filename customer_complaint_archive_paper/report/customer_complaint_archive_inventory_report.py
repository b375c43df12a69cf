from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_list

from ..models.customer_complaint_archive_inventory_line import (
    WRONG_RESULTS,
)

# Beyond this a printed list serves nobody; the list on screen has all.
MAX_PRINTED = 1000


class ReportArchiveInventory(models.AbstractModel):
    """Prints what inventories found, for those who may read them."""

    _name = "report.customer_complaint_archive_paper.archive_inventory"
    _inherit = "customer.complaint.print"
    _description = "Archive Inventory Report"

    _printed_model = "customer.complaint.archive.inventory"

    @api.model
    def _get_docs(self, records):
        drafts = records.filtered(lambda inventory: inventory.state == "draft")
        if drafts:
            raise UserError(
                self.env._(
                    "Nothing was counted yet: %(names)s. Start the inventory first.",
                    names=format_list(self.env, drafts.mapped("name")),
                )
            )
        return records

    @api.model
    def _get_report_values(self, docids, data=None):
        values = super()._get_report_values(docids, data)
        return {
            **values,
            "sections": {
                inventory.id: self._get_sections(inventory)
                for inventory in values["docs"]
            },
        }

    @api.model
    def _get_sections(self, inventory):
        """Return the lists of an inventory that are not empty.

        :return: name, title and lines of each, and how many lines are left out
        :rtype: list[dict]
        """
        Line = self.env["customer.complaint.archive.inventory.line"]
        labels = dict(Line._fields["result"]._description_selection(self.env))
        wanted = [
            (result, labels[result], Domain("result", "=", result))
            for result in (*WRONG_RESULTS, "open")
        ]
        wanted.append(
            (
                "differs",
                self.env._("Papers in the system differ from what was sealed"),
                Domain("check_state", "=", "differs"),
            )
        )
        sections = []
        for name, title, domain in wanted:
            domain &= Domain("inventory_id", "=", inventory.id)
            lines = Line.search(domain, limit=MAX_PRINTED)
            if lines:
                left_out = Line.search_count(domain) - len(lines)
                sections.append(
                    {"name": name, "title": title, "lines": lines, "left": left_out}
                )
        return sections
