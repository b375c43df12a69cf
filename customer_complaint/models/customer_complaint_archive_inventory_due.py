from datetime import datetime, time

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.job import work_off
from .customer_complaint_archive_inventory import INVENTORY_SEQUENCE
from .customer_complaint_archive_inventory_line import RESULTS
from .customer_complaint_archive_seal import ARCHIVIST

DEFAULT_MONTHS = 12
# An inventory that was proposed and cancelled is not proposed again for so long.
CANCELLED_DAYS = 30


class ResCompany(models.Model):
    _inherit = "res.company"

    complaint_inventory_months = fields.Integer(
        string="Months Between Inventories",
        default=DEFAULT_MONTHS,
        help="When cards of an archive category have not been checked for so long, an "
        "inventory is drafted and the archivists get a to-do. 0: no reminder.",
    )

    _complaint_inventory_months_positive = models.Constraint(
        "CHECK (complaint_inventory_months >= 0)",
        "The months between inventories cannot be negative; 0 is no reminder.",
    )

    @api.model
    def _get_complaint_numberings(self):
        return {
            **super()._get_complaint_numberings(),
            INVENTORY_SEQUENCE: (
                self.env._("Archive Inventories"),
                "PD/%(range_year)s/",
            ),
        }


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    complaint_inventory_months = fields.Integer(
        related="company_id.complaint_inventory_months", readonly=False
    )


class CustomerComplaintArchiveCard(models.Model):
    """When the papers of a card were last checked, and with what result."""

    _inherit = "customer.complaint.archive.card"

    inventory_id = fields.Many2one(
        "customer.complaint.archive.inventory",
        string="Last Inventory",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        sealed=False,
        system=True,
    )
    inventory_date = fields.Date(
        string="Last Checked On",
        readonly=True,
        copy=False,
        index=True,
        help="Day on which the last inventory that listed the card was finished.",
        sealed=False,
        system=True,
    )
    inventory_result = fields.Selection(
        RESULTS,
        readonly=True,
        copy=False,
        index="btree_not_null",
        sealed=False,
        system=True,
    )

    def _get_state_label(self):
        self.ensure_one()
        return dict(self._fields["state"]._description_selection(self.env))[self.state]


class CustomerComplaintArchiveDisposal(models.Model):
    _inherit = "customer.complaint.archive.disposal"

    @api.model
    def _cron_archive_retention(self):
        """The daily job of the archive also goes on with inventories, and reminds."""
        result = super()._cron_archive_retention()
        Inventory = self.env["customer.complaint.archive.inventory"]
        Inventory._cron_compare()
        work_off(
            self.env["res.company"].search([("complaint_inventory_months", ">", 0)]),
            lambda company: Inventory._propose_due(company),
        )
        return result


class CustomerComplaintArchiveInventory(models.Model):
    """Reminders: inventories that are due are drafted, once."""

    _inherit = "customer.complaint.archive.inventory"

    @api.model
    def _propose_due(self, companies=None):
        """Draft an inventory for each archive category that nobody checked in time.

        The archivists of the company get a to-do. A draft or a running inventory of
        the category, or of all, is reminder enough.

        :param res.company companies: whose archives; all that have a period if not
            given
        """
        if companies is None:
            companies = self.env["res.company"].search(
                [("complaint_inventory_months", ">", 0)]
            )
        for company in companies:
            categories = self._get_due_categories(company)
            archivists_sudo = company._get_complaint_users(ARCHIVIST).sudo()
            inventories = self.with_context(lang=company.partner_id.lang)
            for category, count in categories.items():
                inventory = inventories.create(
                    {
                        "company_id": company.id,
                        "archive_category_id": category.id,
                    }
                )
                inventory._create_todos(
                    archivists_sudo,
                    inventories.env._(
                        "Inventory due: %(count)s cards of %(category)s were not "
                        "checked for %(months)s months",
                        count=count,
                        category=category.with_env(inventories.env).display_name,
                        months=company.complaint_inventory_months,
                    ),
                )

    @api.model
    def _get_due_categories(self, company):
        """Return the archive categories of which cards were not checked in time.

        :param res.company company: whose cards
        :return: how many cards, by archive category
        :rtype: dict
        """
        since = company._complaint_today() - relativedelta(
            months=company.complaint_inventory_months
        )
        never = Domain("inventory_date", "=", False) & Domain(
            "sealed_date", "<", datetime.combine(since, time.min)
        )
        groups = self.env["customer.complaint.archive.card"]._read_group(
            Domain("company_id", "=", company.id)
            & Domain("state", "=", "sealed")
            & Domain("archive_category_id", "!=", False)
            & (Domain("inventory_date", "<", since) | never),
            ["archive_category_id"],
            ["__count"],
        )
        if not groups:
            return {}
        reminded = self._get_reminded(company)
        if False in reminded:
            return {}
        return {
            category: count for category, count in groups if category.id not in reminded
        }

    @api.model
    def _get_reminded(self, company):
        """Return the archive categories of which an inventory is under way.

        :return: ids; False when one of all categories is
        :rtype: set
        """
        recently = fields.Datetime.now() - relativedelta(days=CANCELLED_DAYS)
        inventories = self.search(
            Domain("company_id", "=", company.id)
            & Domain([(name, "=", False) for name in ("room", "cabinet", "box")])
            & (
                Domain("state", "in", ("draft", "running"))
                | Domain("state", "=", "cancelled")
                & Domain("date_done", ">=", recently)
            )
        )
        return {inventory.archive_category_id.id for inventory in inventories}
