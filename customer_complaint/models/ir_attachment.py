from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list, human_size

from odoo.addons.customer_complaint_base.tools.file_name import clean_file_name

# Of the names of all models of the addon.
OWN = "customer.complaint"
# Core's parameter, and what core takes when it is not set.
UPLOAD_LIMIT = "web.max_file_upload_size"
DEFAULT_UPLOAD_LIMIT = 128 * 1024 * 1024
# Files that were uploaded for a record that was never saved are thrown away then.
LOST_AFTER_DAYS = 1


class IrAttachment(models.Model):
    """Files as they are filed: from the upload to the record that they belong to."""

    _inherit = "ir.attachment"

    def _link_upload_to(self, record):
        """Make these files belong to the record, and to nothing else.

        A file fresh from the upload belongs to who uploaded it. Ids come from the
        client: a file of another record is refused, so that nobody can read it
        through a record of theirs.

        :param record: a single record that holds the files
        :raise UserError: if a file belongs to another record or person
        """
        # The links are what is being checked; contents are not read.
        for attachment_sudo in self.sudo():
            if (
                attachment_sudo.res_model == record._name
                and attachment_sudo.res_id == record.id
            ):
                continue
            is_fresh = not attachment_sudo.res_id and not attachment_sudo.res_field
            is_own = attachment_sudo.create_uid == self.env.user or self.env.su
            if not is_fresh or not is_own:
                raise UserError(
                    self.env._(
                        "The file %(file)s belongs to another record. Upload it again "
                        "to file it here.",
                        file=attachment_sudo.name,
                    )
                )
            attachment_sudo.write(attachment_sudo._prepare_link_vals(record))

    def _prepare_link_vals(self, record):
        """Return the values that make a file belong to a record.

        Neither public nor a token: such files never open by a mere link.

        :param record: a single record that holds the file
        :rtype: dict
        """
        self.ensure_one()
        return {
            "res_model": record._name,
            "res_id": record.id,
            "public": False,
            "access_token": False,
            "name": clean_file_name(self.name),
        }

    def _check_fit_for_filing(self):
        """Refuse what is no file: links, empty ones, those beyond the limit.

        :raise UserError: naming the files
        """
        reasons = [
            self.env._(
                "The file %(file)s cannot be filed: %(reason)s",
                file=file_sudo.name,
                reason=reason,
            )
            for file_sudo in self.sudo()  # what was just filed, not what is in it
            if (reason := file_sudo._get_unfit_reason())
        ]
        if reasons:
            raise UserError("\n".join(reasons))

    def _get_unfit_reason(self):
        """Return why this is no file to be filed, or False.

        :rtype: str or bool
        """
        self.ensure_one()
        if self.type == "url":
            return self.env._("it is a link, which may show something else tomorrow.")
        if not self.file_size:
            return self.env._("it is empty. Check the file and upload it again.")
        limit = self.env["ir.config_parameter"].sudo().get_param(UPLOAD_LIMIT)  # shown
        limit = int(limit) if (limit or "").isdigit() else DEFAULT_UPLOAD_LIMIT
        if self.file_size > limit:
            return self.env._(
                "it is larger than %(limit)s. Make it smaller, or file it in parts.",
                limit=human_size(limit),
            )
        return False

    def _close_other_ways(self):
        """Take away what opens these files to others, or makes them be found."""
        files_sudo = self.sudo()  # what is taken away opens them to anybody
        files_sudo.filtered("index_content").write({"index_content": False})
        shared_sudo = files_sudo.filtered(lambda file: file.access_token or file.public)
        shared_sudo.write({"access_token": False, "public": False})

    def _refuse_to_change_kept(self):
        """:raise UserError: naming these files, if there are any"""
        if self:
            raise UserError(self._get_kept_refusal())

    def _get_kept_refusal(self):
        """Return why files stay that their record keeps.

        :rtype: str
        """
        return self.env._(
            "These files belong to what was sent, decided, struck out or has "
            "ended, and stay as they are: %(files)s. Add what is new as a "
            "file of its own.",
            files=format_list(self.env, self.sudo().mapped("name")),
        )

    def _release_from_dialog(self, dialog):
        """Free files uploaded to a dialog, to be filed with what it records.

        :param dialog: the user's own dialog, after its first save
        """
        # Only files of the user's own dialog, of which the record is thrown away.
        own_sudo = self.sudo().filtered(
            lambda file: (
                file.res_model == dialog._name
                and file.res_id == dialog.id
                and file.create_uid == self.env.user
            )
        )
        own_sudo.write({"res_id": 0})

    @api.autovacuum
    def _gc_lost_uploads(self):
        """Throw away what was uploaded for records that were never saved.

        Papers of a person must not lie about where no retention and no erasure finds
        them.
        """
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=LOST_AFTER_DAYS)
        self.search(
            [
                ("res_model", "=like", f"{OWN}%"),
                ("res_id", "in", [False, 0]),
                ("create_date", "<", limit),
                ("write_date", "<", limit),
            ]
        ).unlink()
