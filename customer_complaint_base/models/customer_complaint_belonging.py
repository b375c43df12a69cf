from collections.abc import Collection

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.access import forbid_as_rule

# Of so many complaints that a domain names each is asked whether the user sees it.
FEW = 10


def is_few_ids(condition):
    """Return whether a condition of a domain names a few records by their ids."""
    values = [condition.value] if condition.operator == "=" else condition.value
    return (
        condition.operator in ("=", "in")
        and isinstance(values, Collection)
        and 0 < len(values) <= FEW
        and all(isinstance(value, int) and value > 0 for value in values)
    )


class CustomerComplaintBelonging(models.AbstractModel):
    """What is seen and worked on by whoever sees and works on its complaint.

    The complaint is asked each time, as core asks the document of a file or a message:
    its record rules are written once, and hold for all that hangs on it.
    """

    _name = "customer.complaint.belonging"
    _description = "Seen with Its Complaint"
    # The field that leads to what is asked.
    _belongs_to = "complaint_id"
    # Whoever is recused reads how the case stands, and none of its papers.
    _is_hidden_from_recused = False

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if self.env.su or not any(self._ids):
            return result
        open_to_model = self - result[0] if result else self
        owners = open_to_model._get_owners()
        closed = owners - owners._filtered_access(self._get_needed_access(operation))
        if not closed:
            return result
        # Which complaints they hang on, and what is granted besides: no more of them.
        forbidden_sudo = open_to_model.sudo().filtered(
            lambda record: record[self._belongs_to].id in closed._ids
        )
        granted = self._get_open_domain(operation)
        forbidden_sudo -= forbidden_sudo.filtered_domain(granted)
        return forbid_as_rule(self.browse(forbidden_sudo.ids), result, operation)

    @api.model
    def _search(self, domain, *args, bypass_access=False, **kwargs):
        if not (self.env.su or bypass_access):
            domain = Domain(domain)
            if not self._is_of_seen(domain):
                domain &= self._get_seen_domain()
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)

    @api.model
    def _is_of_seen(self, domain):
        """Return whether a domain names complaints, as the lists of a form do, of which
        the user sees all that hangs on them.

        :param odoo.fields.Domain domain: what is searched for
        :rtype: bool
        """
        conditions = list(domain.iter_conditions())
        named = next((c for c in conditions if c.field_expr == self._belongs_to), None)
        # All conditions must hold; of many complaints the database is asked.
        if not named or Domain.AND(conditions) != domain or not is_few_ids(named):
            return False
        owners = self.env[self._fields[self._belongs_to].comodel_name]
        owners = owners.browse([named.value] if named.operator == "=" else named.value)
        if owners._filtered_access("read") != owners:
            return False
        person = self.env.user.partner_id
        return (
            not self._is_hidden_from_recused
            or self.env.user.share
            # Whether they are, whoever may see the case.
            or not any(owner._is_closed_to(person) for owner in owners.sudo())
        )

    @api.model
    def _get_seen_domain(self):
        """Return the domain of the records that the user may read.

        :rtype: odoo.fields.Domain
        """
        granted = self._get_open_domain("read")
        owners = self.env[self._fields[self._belongs_to].comodel_name]
        if not owners.has_access("read"):
            return granted
        if self._is_all_seen(owners):
            return Domain("company_id", "in", self.env.companies.ids)
        seen = Domain.custom(to_sql=self._get_seen_sql)
        # Mostly nothing is granted, and an OR costs as much as all that is seen.
        return seen | granted if self._is_any_granted(granted) else seen

    @api.model
    def _is_any_granted(self, granted):
        """Return whether anything is open to the user besides.

        :param odoo.fields.Domain granted: what would be
        :rtype: bool
        """
        # Whether there is any, nothing of it.
        return not granted.is_false() and bool(self.sudo().search(granted, limit=1))

    @api.model
    def _get_seen_sql(self, model, alias, query):
        """Return the condition that the user sees the complaint of a row.

        Asked of each row by key: a list of 80 looks up 80 complaints, however many
        the user sees.

        :rtype: odoo.tools.SQL
        """
        owners = self.env[self._fields[self._belongs_to].comodel_name]
        seen = owners._search(self._get_seen_owner_domain(), active_test=False)
        seen.add_where(
            SQL(
                "%s = %s",
                SQL.identifier(owners._table, "id"),
                model._field_to_sql(alias, self._belongs_to, query),
            )
        )
        return SQL("EXISTS (%s)", seen.select(SQL("1")))

    @api.model
    def _is_all_seen(self, owners):
        """Return whether the user sees all complaints of their companies.

        Then the company of the record says it, and no complaint is read.

        :param owners: the model of the complaints
        :rtype: bool
        """
        if not self._get_seen_owner_domain().is_true():
            return False
        rules = self.env["ir.rule"]._compute_domain(owners._name, "read")
        companies = Domain("company_id", "in", self.env.companies.ids)
        return rules.optimize(owners) == companies.optimize(owners)

    @api.model
    def _get_seen_owner_domain(self):
        """Return the domain of the complaints whose parts the user may see.

        Of those they see themselves. Who is recused sees that the case is there, and
        nothing of most of its parts.

        :rtype: odoo.fields.Domain
        """
        if self._is_hidden_from_recused and not self.env.user.share:
            owners = self.env[self._fields[self._belongs_to].comodel_name]
            return ~owners._get_recused_domain()
        return Domain.TRUE

    def _get_owners(self):
        """Return the complaints of these records, to be asked as the user.

        :rtype: customer.complaint
        """
        owners_sudo = self.sudo()[self._belongs_to]  # which they are
        return owners_sudo.sudo(False)

    @api.model
    def _get_needed_access(self, operation):
        """Return what the user must be allowed to do with the complaint.

        :param str operation: what is to be done with the record
        :return: ``read`` or ``write``
        :rtype: str
        """
        return "read" if operation == "read" else "write"

    @api.model
    def _get_open_domain(self, operation):
        """Return the domain of what is granted, within the companies of the user.

        :param str operation: what is to be done with the records
        :rtype: odoo.fields.Domain
        """
        companies = Domain("company_id", "in", self.env.companies.ids)
        return self._get_granted_domain(operation) & companies

    @api.model
    def _get_granted_domain(self, operation):
        """Return the domain of records open to the user whatever the complaint says.

        It is evaluated with all rights: relations are followed by ``any!``.

        :param str operation: what is to be done with the records
        :rtype: odoo.fields.Domain
        """
        return Domain.FALSE
