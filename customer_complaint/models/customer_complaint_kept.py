from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import format_list, ormcache

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

from ..tools.access import refuse_no_record
from ..tools.archive_right import has_archive_right
from ..tools.fields import get_field_label

# What a field says of itself: only the steps write it; it stays as it is once the case
# has ended; it may hold data of persons; how many characters it takes at most.
FIELD_MARKS = ("system", "frozen", "personal", "told_to_person", "longest")
COMPLAINT = "customer.complaint"
CARD = "customer.complaint.archive.card"
FIELD_KEY = "customer_complaint_field_right"
# What happens to a file, as ``_get_file_refusal`` is asked about it.
ADD = "add"
CHANGE = "change"
MOVE = "move"
SHARE = "share"
REMOVE = "remove"


class FieldRight(dict):
    """The fields that are just being written, by model; no call from outside can put
    one into a context.
    """


class CustomerComplaintKept(models.AbstractModel):
    """What all records of the addon have in common: they keep what is theirs.

    Guards against deleting hold whatever the context says, and files belong to the
    record: whoever adds, changes, moves, shares or removes one asks it first.
    """

    _name = "customer.complaint.kept"
    _inherit = "customer.complaint.numbers"
    _description = "Keeps What Is Filed With It"
    # The fields that hold files: what is filed in them belongs to the record.
    _file_fields = ()
    # Whether such a record, and its files, may be confidential.
    _may_be_confidential = False
    # Whether the files go with the copy of a person's data.
    _gives_person_files = False
    # Whether such records are added and changed after the complaint has ended, too.
    _outlives_complaint = False

    def _valid_field_parameter(self, field, name):
        return name in FIELD_MARKS or super()._valid_field_parameter(field, name)

    @api.model
    @ormcache("mark")
    def _get_marked_fields(self, mark):
        """Return the names of the fields that say something of themselves.

        What only shows the field of another record says nothing of its own.

        :param str mark: of ``FIELD_MARKS``
        :rtype: frozenset[str]
        """
        return frozenset(
            name
            for name, field in self._fields.items()
            if getattr(field, mark, False) and (field.store or not field.related)
        )

    @api.constrains(lambda self: self._get_marked_fields("longest"))
    def _check_lengths(self):
        """Refuse texts that would not fit on the card and the papers."""
        for name in sorted(self._get_marked_fields("longest")):
            longest = self._fields[name].longest
            for record in self:
                length = len(record[name] or "")
                if length > longest:
                    raise ValidationError(
                        self.env._(
                            "%(field)s has %(length)s characters; at most %(max)s "
                            "characters fit. Shorten it, and put the rest into the "
                            "description or a note.",
                            field=get_field_label(self, name),
                            length=length,
                            max=longest,
                        )
                    )

    def ensure_one(self):
        refuse_no_record(self)
        return super().ensure_one()

    def _check_access(self, operation):
        refuse_no_record(self)
        return super()._check_access(operation)

    @api.model
    def default_get(self, fields_list):
        """Propose values, but only those of the model for what the system sets.

        The context and what users keep as their defaults (``ir.default``) may propose
        anything.
        """
        values = super().default_get(fields_list)
        if not values:  # as a rule: a new record asks for each of its fields
            return values
        for name in values.keys() & self._get_reserved_fields():
            del values[name]
            default = self._fields[name].default
            if default:
                value = default(self)
                values[name] = (
                    value.id if isinstance(value, models.BaseModel) else value
                )
        return values

    @api.model_create_multi
    def create(self, vals_list):
        fillable = self._get_stored_file_fields() - self._get_reserved_fields()
        return super(CustomerComplaintKept, self._with_field_right(fillable)).create(
            vals_list
        )

    def write(self, vals):
        names = self._get_stored_file_fields(vals.keys())
        return super(CustomerComplaintKept, self._with_field_right(names)).write(vals)

    def unlink(self):
        """Delete by the guards (``ondelete``), whatever the context says.

        Core leaves them out for records that go with their module, and knows that by
        the context alone, which a call from outside may forge. Modules are removed
        before the registry is ready. Who may not delete learns nothing else.
        """
        self.check_access("unlink")
        if has_archive_right(self):
            self = self.with_context(**{MODULE_UNINSTALL_FLAG: True})
        elif self.env.context.get(MODULE_UNINSTALL_FLAG) and self.env.registry.ready:
            self = self.with_context(**{MODULE_UNINSTALL_FLAG: False})
        return super().unlink()

    def _action_ask_reason(self, step, title, hint=False, example=False, button=False):
        """Return the dialog that asks why a step is taken on these records.

        :param str step: name of a method that takes the reason (``takes_reason``)
        :param str title: of the dialog, translated as what follows
        :param str hint: what follows from the step
        :param str example: what to write, or who reads it
        :param str button: what the step is called
        :rtype: dict
        """
        return self.env[COMPLAINT]._action_ask(
            "customer.complaint.give.reason",
            title,
            asked_model=self._name,
            asked_ids=self.ids,
            step=step,
            hint=hint,
            example=example,
            button=button or self.env._("Confirm"),
        )

    @api.model
    def _get_stored_file_fields(self, names=None):
        """Return the names of the fields whose bytes are kept as files.

        :param names: those to look at; all when not given
        :rtype: set[str]
        """
        known = self._fields
        return {
            name
            for name in (known if names is None else known.keys() & names)
            if isinstance(known[name], fields.Binary)
            and known[name].store
            and known[name].attachment
        }

    @api.model
    def _get_reserved_fields(self):
        """Return the names of the fields that nobody fills in when a record is made.

        The system sets them; extensions add what somebody else fills in later.

        :rtype: frozenset[str]
        """
        return self._get_marked_fields("system")

    @api.model
    def _without_reserved(self, vals):
        """Return the values, but for what nobody fills in.

        :param dict vals: as given to ``create``
        :rtype: dict
        """
        reserved = self._get_reserved_fields()
        return {name: value for name, value in vals.items() if name not in reserved}

    def _with_field_right(self, names):
        """Return the records, with the right to write what these fields hold.

        :param names: names of fields, which the guards of the record let through
        """
        if not names:
            return self
        right = FieldRight({self._name: frozenset(names)})
        return self.with_context(**{FIELD_KEY: right})

    @api.model
    def _is_filing(self):
        """Return whether what is filed here stays here and opens by no mere link.

        :rtype: bool
        """
        return bool(self._file_fields)

    def _get_file_refusal(self, change, files):
        """Return why something does not happen to files of this record now, or False.

        The one place where files are guarded: ``ir.attachment`` asks, whoever adds or
        changes one, by whatever way. Extensions add their grounds, and the way out.

        :param str change: ``add``, ``change`` (content, name, type), ``move`` (to
            another record), ``share`` (by a link) or ``remove``
        :param ir.attachment files: which ones, as superuser
        :return: a whole sentence
        :rtype: str or bool
        """
        self.ensure_one()
        if change in (MOVE, SHARE) and self._is_filing():
            return self.env._(
                "A filed file stays with its record and never opens by a mere link: "
                "%(files)s. Upload it again where you need it.",
                files=format_list(self.env, files.mapped("name")),
            )
        if change == SHARE:
            return False  # who may open it is another matter than what it is
        if not self._takes_files_late():
            reason = self._get_file_cases()._get_closed_reason()
            if reason:
                return reason
        if change != ADD and files & self._get_kept_files():
            return files._get_kept_refusal()
        return False

    def _get_file_cases(self):
        """Return the complaints that these records, and their files, belong to.

        :rtype: customer.complaint
        """
        if "complaint_id" in self._fields:
            return self.complaint_id
        return self.env[COMPLAINT]

    @api.model
    def _may_take_files_late(self):
        """Return whether such records may get files after the complaint has ended.

        :rtype: bool
        """
        return self._outlives_complaint

    def _takes_files_late(self):
        """Return whether files of this record come and go after the end, too.

        :rtype: bool
        """
        self.ensure_one()
        return self._may_take_files_late()

    def _get_kept_files(self):
        """Return the files of these records that no longer change.

        :rtype: ir.attachment
        """
        return self.env["ir.attachment"]

    def _is_confidential(self):
        """Return whether the record opens only to those who handle the case.

        :rtype: bool
        """
        self.ensure_one()
        return False

    def _get_confidential_label(self):
        """Return how the record is named to who may not see it.

        :rtype: str
        """
        self.ensure_one()
        return self.display_name

    @api.model
    def _get_confidential_models(self):
        """Return the names of the models whose records may be confidential.

        :rtype: list[str]
        """
        names = self._get_kept_models()
        return [name for name in names if self.env[name]._may_be_confidential]

    @api.model
    def _get_told_fields(self):
        """Return the names of the fields that the copy of a person's data tells.

        :rtype: list[str]
        """
        return [
            name
            for name, field in self._fields.items()
            if getattr(field, "told_to_person", False)
        ]

    @api.model
    def _get_case_domain(self, complaints):
        """Return the domain of the records that belong to some complaints.

        None for what belongs to no case, as configuration.

        :param customer.complaint complaints: ended
        :rtype: odoo.fields.Domain
        """
        for name, comodel, path in (
            ("complaint_id", COMPLAINT, "complaint_id"),
            ("card_id", CARD, "card_id.complaint_id"),
        ):
            field = self._fields.get(name)
            if field and field.store and field.comodel_name == comodel:
                return Domain(path, "in", complaints.ids)
        return Domain.FALSE

    @api.model
    def _get_kept_models(self):
        """Return the names of all models of the addon that are stored.

        :rtype: list[str]
        """
        names = self.env.registry.descendants([self._name], "_inherit")
        return sorted(name for name in names if not self.env[name]._abstract)
