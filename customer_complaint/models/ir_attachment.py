from base64 import b64decode

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_list, human_size

from ..tools.file_name import clean_file_name
from ..tools.pdf import has_active_content

DOCUMENT_MODEL = "customer.complaint.archive.document"
# Records whose files no longer change when their complaint has ended.
PAPER_MODELS = (
    DOCUMENT_MODEL,
    "customer.complaint.evidence",
)
# Records whose files stay with them and are never shared by link.
FILING_MODELS = (
    *PAPER_MODELS,
    "customer.complaint.memo",
    "customer.complaint.notice",
    "customer.complaint.review",
    "customer.complaint.proceeding",
    "customer.complaint.remediation.line",
    "customer.complaint.archive.card",
    "customer.complaint.archive.supplement",
)
# What says which record a file belongs to.
LINK_FIELDS = ("res_model", "res_id", "res_field")
# What makes the file: its content, its name, what it belongs to, who may open it.
FILE_FIELDS = frozenset(
    {
        "raw",
        "datas",
        "db_datas",
        "store_fname",
        "name",
        "mimetype",
        "type",
        "url",
        "res_model",
        "res_id",
        "res_field",
        "public",
        "access_token",
    }
)
# Core's parameter, and what core takes when it is not set.
UPLOAD_LIMIT = "web.max_file_upload_size"
DEFAULT_UPLOAD_LIMIT = 128 * 1024 * 1024
PDF = "application/pdf"
# How files of these types begin, somewhere in their first bytes.
SIGNATURES = {
    "image/jpeg": b"\xff\xd8\xff",
    "image/png": b"\x89PNG",
    "image/gif": b"GIF8",
    "image/webp": b"WEBP",
    "image/bmp": b"BM",
    PDF: b"%PDF-",
}
SIGNATURE_LENGTH = 1024
# What browsers save and never open.
NOT_SHOWN = "application/octet-stream"


class IrAttachment(models.Model):
    """Files of filed papers keep to the rules of the paper."""

    _inherit = "ir.attachment"

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._prepare_filed_vals(vals) for vals in vals_list]
        self._check_papers_open(
            {
                (vals["res_model"], vals["res_id"])
                for vals in vals_list
                if vals.get("res_model") in FILING_MODELS and vals.get("res_id")
            }
        )
        if any(vals.get("res_model") in FILING_MODELS for vals in vals_list):
            # What stands in papers is not to be found by searching.
            self = self.with_context(complaint_paper=True)
        return super().create(vals_list)

    @api.model
    def _prepare_filed_vals(self, vals):
        """Return the values of a new file, fit to be filed if it is to be.

        The context may propose what it belongs to as well.

        :param dict vals: as given to ``create``
        :rtype: dict
        """
        link = {
            name: self.env.context[f"default_{name}"]
            for name in LINK_FIELDS
            if name not in vals and self.env.context.get(f"default_{name}")
        }
        if {**link, **vals}.get("res_model") not in FILING_MODELS:
            return vals
        vals = {**link, **vals, "public": False, "access_token": False}
        if vals.get("name"):
            vals["name"] = clean_file_name(vals["name"])
        return vals

    def write(self, vals):
        self._check_stays_filed(vals)
        if {"raw", "datas", "mimetype"} & vals.keys() and self._get_papers():
            self = self.with_context(complaint_paper=True)
            if not self.env.su and {"raw", "datas"}.isdisjoint(vals):
                # What a file is follows from what is in it.
                vals = {name: vals[name] for name in vals if name != "mimetype"}
        if FILE_FIELDS & vals.keys():
            self._check_papers_open(self._get_papers())
            self._check_not_kept()
            if vals.get("res_model") in FILING_MODELS and vals.get("res_id"):
                self._check_papers_open({(vals["res_model"], vals["res_id"])})
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sealed_paper(self):
        self._check_papers_open(self._get_papers())
        self._check_not_kept()

    def _check_stays_filed(self, vals):
        """Refuse to move a filed file away from its record, or to share it by link.

        :raise UserError: naming the files
        """
        is_shared = vals.get("public") or vals.get("access_token")
        link = {name: vals[name] for name in LINK_FIELDS if name in vals}
        if not is_shared and not link:
            return
        refused_sudo = self.sudo().filtered(  # the link only, whoever asks
            lambda file: (
                file.res_model in FILING_MODELS
                and file.res_id
                and (
                    is_shared
                    or any(file[name] != value for name, value in link.items())
                )
            )
        )
        if refused_sudo:
            raise UserError(
                self.env._(
                    "A filed file stays with its record and never opens by a mere "
                    "link: %(files)s. Upload it again where you need it.",
                    files=format_list(self.env, refused_sudo.mapped("name")),
                )
            )

    def _get_papers(self):
        """Return the model and id of the filed papers these files belong to.

        :rtype: set[tuple[str, int]]
        """
        return {
            (attachment.res_model, attachment.res_id)
            for attachment in self.sudo()  # the link only, whoever asks
            if attachment.res_model in FILING_MODELS and attachment.res_id
        }

    def _check_not_kept(self):
        """Refuse to change or delete files that their records keep as they are.

        :raise UserError: naming the files
        """
        for model, ids in self._group_papers(self._get_papers()).items():
            # Whether they are kept, not what is in them.
            kept_sudo = self.env[model].sudo().browse(ids).exists()._get_kept_files()
            self.filtered(
                lambda file, kept=kept_sudo: file in kept
            )._refuse_to_change_kept()

    def _refuse_to_change_kept(self):
        """:raise UserError: naming these files, if there are any"""
        if self:
            raise UserError(
                self.env._(
                    "These files belong to what was sent, decided, struck out or has "
                    "ended, and stay as they are: %(files)s. Add what is new as a "
                    "file of its own.",
                    files=format_list(self.env, self.sudo().mapped("name")),
                )
            )

    @api.model
    def _group_papers(self, papers):
        """Return the ids of the filed records by model.

        :param set papers: the model and id of each record
        :rtype: dict[str, list[int]]
        """
        return {
            model: ids
            for model in FILING_MODELS
            if (ids := [res_id for res_model, res_id in papers if res_model == model])
        }

    @api.model
    def _check_papers_open(self, papers):
        """Refuse to touch files of papers whose complaint has ended, or if recused.

        :param set papers: the model and id of each paper
        :raise AccessError: if the user is recused from one of the complaints
        :raise UserError: naming the complaints
        """
        for model, ids in self._group_papers(papers).items():
            # How the complaint stands counts, not whether the user may see it.
            complaints_sudo = self.env[model].sudo().browse(ids).exists().complaint_id
            if not self.env.su:
                complaints_sudo._check_not_recused(self.env.user.partner_id)
            if model == DOCUMENT_MODEL:
                complaints_sudo = complaints_sudo.filtered(
                    lambda complaint: not complaint._takes_late_papers()
                )
            if model in PAPER_MODELS:
                complaints_sudo._check_not_closed()

    @api.model
    def _compute_mimetype(self, values):
        """Tell what claims to be a picture or a PDF, and is not, from what is.

        A PDF that does something by itself (scripts, programs) may be evidence and is
        filed as it is, but never shown: it can only be saved.
        """
        mimetype = super()._compute_mimetype(values)
        if values.get("res_model") not in FILING_MODELS:
            return mimetype
        content = values.get("raw") or b64decode(values.get("datas") or b"")
        signature = SIGNATURES.get(mimetype)
        if not content or not signature:
            return mimetype
        content = content.encode() if isinstance(content, str) else content
        if signature not in content[:SIGNATURE_LENGTH]:
            return "text/plain"  # no guess takes this one up again
        if mimetype == PDF and has_active_content(content):
            return NOT_SHOWN
        return mimetype

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
            # Neither public nor a token: such files never open by a mere link.
            vals = {
                "res_model": record._name,
                "res_id": record.id,
                "public": False,
                "access_token": False,
                "name": clean_file_name(attachment_sudo.name),
            }
            if (
                attachment_sudo.res_model not in FILING_MODELS
                and attachment_sudo.mimetype in SIGNATURES
            ):
                # Came in by another way: what it is was not looked at yet.
                vals["mimetype"] = attachment_sudo._compute_mimetype(
                    {
                        "res_model": record._name,
                        "mimetype": attachment_sudo.mimetype,
                        "raw": attachment_sudo.raw,
                    }
                )
            attachment_sudo.write(vals)
            attachment_sudo._close_other_ways()
