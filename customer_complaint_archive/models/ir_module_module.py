from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

# With these go the cards, or what proves them.
ADDONS = frozenset({"customer_complaint", "customer_complaint_archive"})
# How many sealed cards somebody agreed to lose; worth nothing when there are others.
CONFIRMED_KEY = "customer_complaint.uninstall_sealed_cards"


class IrModuleModule(models.Model):
    """Sealed cards go with the addon only when somebody says how many.

    All ways of uninstalling mark the module: the dialog, the command line, an app that
    this one depends on. A call that removes it at once, unmarked, is asked as well.
    """

    _inherit = "ir.module.module"

    def write(self, vals):
        """:raise UserError: if sealed cards would go unknown to whoever does it"""
        if vals.get("state") == "to remove" and ADDONS.intersection(
            self.mapped("name")
        ):
            self._check_sealed_cards_may_go()
        return super().write(vals)

    def module_uninstall(self):
        """:raise UserError: if sealed cards would go with an addon nobody marked"""
        unmarked = self.filtered(lambda module: module.state != "to remove")
        if self.env.is_admin() and ADDONS.intersection(unmarked.mapped("name")):
            self._check_sealed_cards_may_go()
        return super().module_uninstall()

    @api.model
    def _check_sealed_cards_may_go(self):
        count = self._count_sealed_cards()
        confirmed = self.env["ir.config_parameter"].sudo().get_param(CONFIRMED_KEY)
        if count and confirmed != str(count):
            raise UserError(
                self.env._(
                    "Uninstalling would destroy the archive: %(count)s sealed cards "
                    "with their papers, their history and the chain, for good and in "
                    "all companies. Download the archive first and confirm the number "
                    "in the dialog of Apps; or set the system parameter %(key)s to "
                    "this number.",
                    count=count,
                    key=CONFIRMED_KEY,
                )
            )

    @api.model
    def _count_sealed_cards(self):
        """Return of how many cards the chains tell, whatever became of them.

        :rtype: int
        """
        [[count]] = self.env.execute_query(
            SQL("SELECT count(DISTINCT card_id) FROM customer_complaint_archive_entry")
        )
        return count
