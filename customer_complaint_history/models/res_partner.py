from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_list

from odoo.addons.customer_complaint.tools.history import is_own


class ResPartner(models.Model):
    """Who stands in a case, or wrote in its history, stays."""

    _inherit = "res.partner"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_cases(self):
        """Keep who stands in a case, or wrote in its history.

        :raise UserError: naming them and the way out
        """
        if not self.ids:
            return
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT person FROM (%s) AS named WHERE person IN %s",
                SQL(" UNION ALL ").join(self._sql_persons_of_cases()),
                tuple(self.ids),
            )
        )
        if rows:
            kept = self.browse(row[0] for row in rows)
            raise UserError(
                self.env._(
                    "Complaints name these contacts, so they cannot be deleted: "
                    "%(names)s. Archive them; if they ask to be forgotten, register a "
                    "request about personal data.",
                    names=format_list(self.env, kept.sudo().mapped("display_name")),
                )
            )

    @api.model
    def _sql_persons_of_cases(self):
        """Yield a query of the contacts that each field of a case names.

        :rtype: Iterator[SQL]
        """
        for name, model in self.env.registry.items():
            if not is_own(name) or model._abstract or model._transient:
                continue
            if not model._auto:
                continue  # a view of others
            for field in model._fields.values():
                if field.comodel_name != self._name or not field.store:
                    continue
                if field.type == "many2one":
                    yield SQL(
                        "SELECT %s AS person FROM %s",
                        SQL.identifier(field.name),
                        SQL.identifier(model._table),
                    )
                elif field.type == "many2many":
                    yield SQL(
                        "SELECT %s AS person FROM %s",
                        SQL.identifier(field.column2),
                        SQL.identifier(field.relation),
                    )
        yield SQL(
            "SELECT author_id AS person FROM mail_message WHERE model LIKE %s",
            "customer.complaint%",
        )
