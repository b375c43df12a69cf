from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_list

from ..const import READER_GROUPS
from ..tools.history import is_own


class ResPartner(models.Model):
    _inherit = "res.partner"

    complaint_count = fields.Integer(
        compute="_compute_complaint_count",
        groups=READER_GROUPS,
        help="Complaints of the customer and, for a company, of its contacts.",
    )

    def _compute_complaint_count(self):
        counts = self._get_complaint_counts("partner_id")
        entity_counts = self._get_complaint_counts("commercial_partner_id")
        for partner in self:
            is_entity = partner.commercial_partner_id == partner
            known = entity_counts if is_entity else counts
            partner.complaint_count = known.get(partner._origin, 0)

    def _get_complaint_counts(self, field_name):
        return dict(
            self.env["customer.complaint"]._read_group(
                [(field_name, "in", self.ids)], [field_name], ["__count"]
            )
        )

    def action_view_complaints(self):
        """List the complaints of the customer and of its contacts.

        :rtype: dict
        """
        self.ensure_one()
        is_entity = self.commercial_partner_id == self
        field_name = "commercial_partner_id" if is_entity else "partner_id"
        return self.env["customer.complaint"]._action_list_for(
            [(field_name, "=", self.id)], partner_id=self.id
        )

    def _get_complaint_address(self):
        """Return the address on one line, as papers print it.

        Parts that are empty leave neither a blank nor a comma behind.

        :rtype: str
        """
        lines = (self.contact_address or "").splitlines()
        parts = [" ".join(line.split()).strip(" ,") for line in lines]
        return ", ".join(filter(None, parts))

    def _get_complaint_records(self, company):
        """Return what is kept of the person beside the cases.

        Hook: whatever keeps records of a customer adds them, and they are in the copy
        that the person gets.

        :param res.company company: whose records
        :return: records, each with the names of the fields to tell
        :rtype: list[tuple[BaseModel, tuple[str]]]
        """
        return []

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
