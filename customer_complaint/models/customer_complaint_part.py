from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_list

from odoo.addons.customer_complaint_base.tools.access import refuse_recused
from odoo.addons.customer_complaint_base.tools.fields import get_field_label

from ..tools.history import with_history_right


class CustomerComplaintPart(models.AbstractModel):
    """What all records that hang on a complaint have in common.

    Values come from a form, an import, RPC, the defaults in the context and those a
    user keeps for themselves (``ir.default``): guards have to see all of them.
    """

    _name = "customer.complaint.part"
    _inherit = ["customer.complaint.sealed", "customer.complaint.personal"]
    _description = "Part of a Complaint"
    _excludes_sealing = True

    complaint_id = fields.Many2one(
        "customer.complaint", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="complaint_id.company_id",
        store=True,
        index=True,
        precompute=True,
        system=True,
    )

    def _propose_today(self, name):
        """Propose today for an empty day: that of the complaint's company.

        Which need not be the company the user works in, nor its time zone.

        :param str name: of a date field
        """
        for record in self:
            company = record.complaint_id.company_id or self.env.company
            record[name] = record[name] or company._complaint_today()

    @api.model
    def _with_complaint(self, vals_list):
        """Return the values with the complaint that they belong to by default.

        :param list[dict] vals_list: as given to ``create``
        :rtype: list[dict]
        """
        if all("complaint_id" in vals for vals in vals_list):
            return vals_list
        default = self.default_get(["complaint_id"]).get("complaint_id")
        return [{"complaint_id": default, **vals} for vals in vals_list]

    @api.model
    def _prepare_new_vals_list(self, vals_list, left_out=None):
        """Return the values of new records, once their complaints allow them.

        :param list[dict] vals_list: as given to ``create``
        :param left_out: names of fields whose values are dropped; the reserved ones
            when not given
        :rtype: list[dict]
        :raise AccessError: if the user must not work on one of the complaints
        :raise UserError: if one of the complaints takes no such record now
        """
        left_out = self._get_reserved_fields() if left_out is None else left_out
        vals_list = [
            {name: value for name, value in vals.items() if name not in left_out}
            for vals in self._with_complaint(vals_list)
        ]
        self._check_may_add(
            self.env["customer.complaint"].browse(
                {vals["complaint_id"] for vals in vals_list if vals.get("complaint_id")}
            )
        )
        return vals_list

    @api.model
    def _check_may_add(self, complaints):
        """Refuse records on complaints that the user, or their state, does not allow.

        Readers of a case add nothing to it.

        :param customer.complaint complaints: what new records are to hang on
        """
        complaints.check_access("write")
        if self._outlives_complaint:
            complaints._check_may_work()
        else:
            complaints._check_may_change()

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._link_attachments()
        records._get_all_files()._check_fit_for_filing()
        return records

    def write(self, vals):
        """Write; files that are kept stay, and new ones belong to the record.

        :raise UserError: if a file would be taken away that is kept
        """
        if vals.keys().isdisjoint(self._file_fields):
            return super().write(vals)
        kept, before = self._get_kept_files(), self._get_all_files()
        result = super().write(vals)
        files = self._get_all_files()
        (kept - files)._refuse_to_change_kept()
        self._link_attachments()
        (files - before)._check_fit_for_filing()
        return result

    def unlink(self):
        """Delete drafts; what was said on them stays with the complaint."""
        if "message_ids" in self._fields:
            messages_sudo = (
                self.env["mail.message"]
                .sudo()  # all of it, whoever deletes
                .search([("model", "=", self._name), ("res_id", "in", self.ids)])
            )
            for complaint, records in self.grouped("complaint_id").items():
                with_history_right(
                    messages_sudo.filtered(
                        lambda message, ids=records.ids: message.res_id in ids
                    )
                ).write({"model": complaint._name, "res_id": complaint.id})
        return super().unlink()

    def _write_unguarded(self, vals):
        """Write what the steps decide, past the guards of the models' write()."""
        return super().write(vals)

    def _leaves_complaint(self, vals):
        """Return whether values would move one of these records to another complaint.

        :param dict vals: as given to ``write``
        :rtype: bool
        """
        complaint_id = vals.get("complaint_id")
        # Which complaint it is; to whoever is merely asked it is hidden.
        return bool(complaint_id) and self.sudo().complaint_id.ids != [complaint_id]

    def _list_labels(self, names):
        """Return the labels of fields as an error message lists them.

        :param names: names of fields
        :rtype: str
        """
        labels = [get_field_label(self, name) for name in sorted(names)]
        return format_list(self.env, labels)

    def _get_files(self):
        """Return the files filed with the record.

        :rtype: ir.attachment
        """
        self.ensure_one()
        return self.env["ir.attachment"].union(
            *(self[name] for name in self._file_fields)
        )

    def _get_all_files(self):
        """Return the files filed with any of these records.

        :rtype: ir.attachment
        """
        files = self.env["ir.attachment"]
        if not self._file_fields:
            return files
        return files.union(*(record._get_files() for record in self))

    def _link_attachments(self):
        """Make the files belong to the record, and to nothing else."""
        if self._file_fields:
            for record in self:
                record._get_files()._link_upload_to(record)

    # ------------------------------------------------------------------
    # RECUSAL
    # ------------------------------------------------------------------

    def _check_access(self, operation):
        result = super()._check_access(operation)
        return refuse_recused(self, result, operation)

    def _is_closed_to(self, person):
        """Return whether a person must not work on the record: recused from its case.

        :param res.partner person: the contact of a user
        :rtype: bool
        """
        self.ensure_one()
        return self.complaint_id._is_recused_from(person)

    @api.model
    def _get_recused_domain(self):
        """Return the domain of the records that are closed to the user.

        :rtype: odoo.fields.Domain
        """
        recused = self.env["customer.complaint"]._get_recused_domain()
        return Domain("complaint_id", "any", recused)

    def _make_recused_error(self):
        return self.complaint_id._make_recused_error()
