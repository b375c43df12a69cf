from odoo import api, models
from odoo.exceptions import AccessError
from odoo.models import parse_read_group_spec

from ..tools.fields import get_field_label

PERSONAL = "customer.complaint.personal"
LONG_TEXTS = ("text", "html")
TOLD_TYPES = ("char", *LONG_TEXTS)
# One group for each number would be a list.
UNGROUPED_TYPES = ("integer", "float", "monetary", "json")


class CustomerComplaintPersonal(models.AbstractModel):
    """What holds data of persons: complainants, witnesses, whoever is written about.

    Each such field says so (``personal=True``); what erases needs to know nothing else
    of it. What does not stays for good: numbers, dates, categories, amounts, and who of
    the company did what.
    """

    _name = "customer.complaint.personal"
    _inherit = "customer.complaint.kept"
    _description = "Holds Data of Persons"

    @api.model
    def _get_personal_fields(self):
        """Return the names of the fields that may hold data of persons.

        :rtype: frozenset[str]
        """
        return self._get_marked_fields("personal")

    @api.model
    def _get_personal_models(self):
        """Return the names of all models that hold data of persons.

        :rtype: list[str]
        """
        names = self.env.registry.descendants([PERSONAL], "_inherit")
        return sorted(name for name in names if not self.env[name]._abstract)

    @api.model
    def _is_told_personal(self, name):
        """Return whether a field holds words about persons.

        A list grouped by it is a list of what it says, whoever it is about; which
        customer or order it was is asked for by the rights on these.

        :param str name: name of a field, or something after it (``name:month``)
        :rtype: bool
        """
        field = self._fields.get(name)
        if field is None or field.type not in TOLD_TYPES:
            return False
        if field.related:
            *path, name = field.related.split(".")
            # Which field it comes from, whatever of it the user may read.
            source = self.sudo().browse().mapped(".".join(path)) if path else self
            return hasattr(source, "_is_told_personal") and source._is_told_personal(
                name
            )
        return name in self._get_personal_fields()

    def _refuse_to_group(self, name):
        """:raise AccessError: unless it is the system that counts"""
        if not self.env.su and self._is_told_personal(name):
            self.browse().check_access("read")
            raise AccessError(
                self.env._(
                    "“%(field)s” may tell of a person, so nothing is grouped or summed "
                    "up by it. Search for it, or group by something else.",
                    field=get_field_label(self, name),
                )
            )

    def _read_group_groupby(self, alias, groupby_spec, query):
        self._refuse_to_group(parse_read_group_spec(groupby_spec)[0])
        return super()._read_group_groupby(alias, groupby_spec, query)

    def _read_group_select(self, aggregate_spec, query):
        self._refuse_to_group(parse_read_group_spec(aggregate_spec)[0])
        return super()._read_group_select(aggregate_spec, query)

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        """Offer to group by what tells cases apart, and by nothing about persons.

        Counters do not, nor what is looked up in other records.
        """
        result = super().fields_get(allfields, attributes)
        for name, description in result.items():
            if description.get("groupable"):
                field = self._fields[name]
                description["groupable"] = (
                    bool(field.store or field.type == "properties")
                    and field.type not in UNGROUPED_TYPES
                    and not self._is_told_personal(name)
                )
        return result

    def _get_copied_texts(self):
        """Return where texts of these records were copied to in other apps. Hook.

        What accounting and stock need (amounts, goods, the number of the complaint)
        names nobody and stays.

        :return: records, readable, and the names of their fields
        :rtype: list[tuple[BaseModel, Iterable[str]]]
        """
        return []
