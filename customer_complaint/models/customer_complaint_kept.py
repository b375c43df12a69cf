from odoo import api, models
from odoo.fields import Domain
from odoo.tools import format_list

COMPLAINT = "customer.complaint"
CARD = "customer.complaint.archive.card"
# What happens to a file, as ``_get_file_refusal`` is asked about it.
ADD = "add"
CHANGE = "change"
MOVE = "move"
SHARE = "share"
REMOVE = "remove"


class CustomerComplaintKept(models.AbstractModel):
    """Files belong to the record of a case: whoever adds, changes, moves, shares or
    removes one asks it first.
    """

    _inherit = "customer.complaint.kept"
    # The fields that hold files: what is filed in them belongs to the record.
    _file_fields = ()
    # Whether such a record, and its files, may be confidential.
    _may_be_confidential = False
    # Whether the files go with the copy of a person's data.
    _gives_person_files = False
    # Whether such records are added and changed after the complaint has ended, too.
    _outlives_complaint = False

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
