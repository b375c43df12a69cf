from odoo import api, fields, models
from odoo.fields import Domain


class CustomerComplaintDue(models.AbstractModel):
    """What has to be done on a complaint until some day, or moment."""

    _name = "customer.complaint.due"
    _description = "Due Part of a Complaint"

    is_late = fields.Boolean(compute="_compute_is_late", search="_search_is_late")

    def _compute_is_late(self):
        late = self.filtered_domain(self._get_late_domain())
        for record in self:
            record.is_late = record in late

    @api.model
    def _search_is_late(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        return self._get_late_domain()

    @api.model
    def _get_late_domain(self):
        """Return the domain of the records that should have been done by now.

        :rtype: odoo.fields.Domain
        """
        raise NotImplementedError

    def _get_day_passed_domain(self, name):
        """Return the domain of the records on which a day lies in the past.

        Today is another day in each company's time zone.

        :param str name: name of a date field
        :rtype: odoo.fields.Domain
        """
        return Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain(name, "<", company._complaint_today())
            for company in self.env.companies | self.company_id
        )
