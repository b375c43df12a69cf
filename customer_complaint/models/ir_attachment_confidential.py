from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.http import Stream, request
from odoo.tools import format_list

# Whose files may be confidential.
CONFIDENTIAL_MODELS = (
    "customer.complaint.archive.document",
    "customer.complaint.evidence",
)
# What a browser shows by itself; all else is saved, not opened.
SHOWN_TYPES = ("image/", "audio/", "video/", "text/plain", "application/pdf")
SCRIPTED_TYPES = ("image/svg+xml",)
# What says which record a file belongs to; to be looked for by these tells nothing.
LINK_FIELDS = frozenset({"id", "res_model", "res_id", "res_field"})


class ConfidentialStream(Stream):
    """A confidential file on its way: kept by no cache, never run as a page."""

    def get_response(self, as_attachment=None, immutable=None, **kwargs):
        self.public = False
        kwargs["max_age"] = None
        mimetype = self.mimetype or ""
        if not mimetype.startswith(SHOWN_TYPES) or mimetype in SCRIPTED_TYPES:
            as_attachment = True
        kwargs["content_security_policy"] = "default-src 'none'"
        response = super().get_response(as_attachment, immutable=False, **kwargs)
        response.cache_control.no_store = True
        return response


class IrAttachment(models.Model):
    """Confidential files open by the rules of their paper only, and leave a trace.

    A link, a token, a message, code that runs with all rights: whatever leads to the
    file, the user who asks must be allowed to read the paper at that moment, and the
    sight is recorded.
    """

    _inherit = "ir.attachment"

    # ------------------------------------------------------------------
    # WHICH FILES
    # ------------------------------------------------------------------

    def _get_confidential_owners(self):
        """Return the confidential paper or evidence that each file belongs to.

        The small picture of a file belongs to what the file belongs to.

        :return: readable owners, of the confidential files only
        :rtype: dict[IrAttachment, BaseModel]
        """
        files_sudo = self.sudo()  # what they belong to, whoever asks
        links = {
            file_sudo: (file_sudo.res_model, file_sudo.res_id)
            for file_sudo in files_sudo
            if file_sudo.res_id
            and file_sudo.res_model in (*CONFIDENTIAL_MODELS, self._name)
        }
        for picture_sudo, (model, res_id) in list(links.items()):
            if model == self._name:
                file_sudo = files_sudo.browse(res_id).exists()
                links[picture_sudo] = (file_sudo.res_model, file_sudo.res_id)
        owners = {}
        for model in CONFIDENTIAL_MODELS:
            ids = {res_id for name, res_id in links.values() if name == model}
            records_sudo = self.env[model].sudo().browse(ids - {0}).exists()
            by_id = {
                record_sudo.id: record_sudo
                for record_sudo in records_sudo
                if record_sudo._is_confidential()
            }
            for file_sudo, (name, res_id) in links.items():
                if name == model and res_id in by_id:
                    owners[self.browse(file_sudo.id)] = by_id[res_id]
        return owners

    # ------------------------------------------------------------------
    # SIGHT
    # ------------------------------------------------------------------

    def _to_http_stream(self):
        self.ensure_one()
        if not self._note_request():
            return super()._to_http_stream()
        # Checked and recorded just now: where the bytes are kept makes no other sight.
        stream = super(IrAttachment, self.sudo())._to_http_stream()
        return ConfidentialStream(
            **{
                name: value
                for name, value in vars(stream).items()
                if not name.startswith("from_")
            }
            | {"etag": False, "last_modified": None}
        )

    def _note_request(self):
        """Check and record that the user of the request gets a file's content.

        :return: whether it is confidential
        :rtype: bool
        :raise AccessError: if the user may not read the paper now
        """
        owners = self._get_confidential_owners()
        if not owners:
            return False
        # Neither tokens nor code that runs with all rights count, but who is logged
        # in.
        uid = request.session.uid or request.env.uid
        if not uid or (uid == SUPERUSER_ID and not request.session.uid):
            raise AccessError(
                self.env._("Confidential papers open to users who are logged in only.")
            )
        user = self.env["res.users"].sudo().browse(uid)
        reader = self.with_user(uid)
        for owner_sudo in owners.values():
            owner_sudo.with_user(uid).check_access("read")
        Log = self.env["customer.complaint.archive.access.log"]
        if not Log._is_same_sight(user, self):
            Log._record_sights(user, owners, Log._get_request_kind())
        reader.check_access("read")
        return True

    def _compute_raw(self):
        self._note_program()
        return super()._compute_raw()

    def _read_format(self, fnames, load="_classic_read"):
        # Where files are kept in the database, this is the content as well.
        if "db_datas" in fnames:
            self._note_program()
        return super()._read_format(fnames, load)

    def _note_program(self):
        """Record that a user gets contents by RPC or an export.

        What code does with all rights (sealing, e-mail) is nobody's sight.
        """
        if self.env.su:
            return
        owners = self._get_confidential_owners()
        if owners:
            self.browse([file.id for file in owners]).check_access("read")
            self.env["customer.complaint.archive.access.log"]._record_sights(
                self.env.user, owners, "program"
            )

    @api.depends("name")
    @api.depends_context("uid")
    def _compute_display_name(self):
        """Hide the names of confidential files where records merely point to them."""
        result = super()._compute_display_name()
        for file in self._get_confidential_owners():
            file.display_name = self.env._("Confidential file")
        return result

    # ------------------------------------------------------------------
    # WAYS AROUND
    # ------------------------------------------------------------------

    def copy_data(self, default=None):
        """:raise UserError: for confidential files, whoever copies"""
        self._refuse_confidential(
            self.env._(
                "Confidential files are not copied: a copy would escape the log of "
                "sights."
            )
        )
        return super().copy_data(default)

    def _refuse_confidential(self, reason):
        """Refuse something for confidential files.

        :param str reason: what does not happen to them, and why; a whole sentence
        :raise UserError: naming the papers, not the files
        """
        owners = self._get_confidential_owners()
        if owners:
            raise UserError(
                self.env._(
                    "%(reason)s They stay with their papers: %(papers)s.",
                    reason=reason,
                    papers=format_list(
                        self.env,
                        [
                            f"{owner_sudo.complaint_id.name} "
                            f"{owner_sudo._get_confidential_label()}"
                            for owner_sudo in owners.values()
                        ],
                    ),
                )
            )

    @api.model
    def _search(self, domain, *args, bypass_access=False, **kwargs):
        """Find no confidential file by way of a record that merely points to it.

        Some fields of other apps search the files they hold without looking at rights.
        """
        domain = Domain(domain)
        if bypass_access and not self.env.su:
            names = {cond.field_expr for cond in domain.iter_conditions()}
            if names - LINK_FIELDS:
                domain &= self._get_open_domain()
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)

    @api.model
    def _get_open_domain(self):
        """Return the domain of the files that are open to the user, or to anybody.

        :rtype: odoo.fields.Domain
        """
        open_files = Domain("res_model", "not in", CONFIDENTIAL_MODELS)
        for model in CONFIDENTIAL_MODELS:
            open_files |= Domain("res_model", "=", model) & Domain(
                "res_id", "in", self.env[model]._search(Domain.TRUE)
            )
        return open_files

    @api.model
    def _index(self, bin_data, file_type, checksum=None):
        """Papers are not made searchable by what stands in them."""
        if self.env.context.get("complaint_paper"):
            return None
        return super()._index(bin_data, file_type, checksum=checksum)

    def _close_other_ways(self):
        """Take away what opens these files to others, or makes them be found."""
        files_sudo = self.sudo()  # what is taken away opens them to anybody
        files_sudo.filtered("index_content").write({"index_content": False})
        shared_sudo = files_sudo.filtered(lambda file: file.access_token or file.public)
        shared_sudo.write({"access_token": False, "public": False})


class MailMessage(models.Model):
    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        """:raise UserError: if a confidential file would go out with a message"""
        messages = super().create(vals_list)
        if any(vals.get("attachment_ids") for vals in vals_list):
            messages._check_no_confidential_file()
        return messages

    def write(self, vals):
        result = super().write(vals)
        if vals.get("attachment_ids"):
            self._check_no_confidential_file()
        return result

    def _check_no_confidential_file(self):
        # What hangs on the message, whoever posts it.
        self.sudo().attachment_ids._refuse_confidential(
            self.env._("Confidential files go out with no message.")
        )
