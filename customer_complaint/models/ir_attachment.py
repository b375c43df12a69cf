from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_list

# Records whose files no longer change when their complaint has ended.
PAPER_MODELS = (
    "customer.complaint.archive.document",
    "customer.complaint.evidence",
)
# Records whose files stay with them and are never shared by link.
FILING_MODELS = (
    *PAPER_MODELS,
    "customer.complaint.memo",
    "customer.complaint.notice",
    "customer.complaint.review",
    "customer.complaint.proceeding",
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


class IrAttachment(models.Model):
    """Files of filed papers keep to the rules of the paper."""

    _inherit = "ir.attachment"

    @api.model_create_multi
    def create(self, vals_list):
        self._check_papers_open(
            {
                (vals["res_model"], vals["res_id"])
                for vals in vals_list
                if vals.get("res_model") in PAPER_MODELS and vals.get("res_id")
            }
        )
        return super().create(vals_list)

    def write(self, vals):
        self._check_stays_filed(vals)
        if FILE_FIELDS & vals.keys():
            self._check_papers_open(self._get_papers())
            if vals.get("res_model") in PAPER_MODELS and vals.get("res_id"):
                self._check_papers_open({(vals["res_model"], vals["res_id"])})
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sealed_paper(self):
        self._check_papers_open(self._get_papers())

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
            if attachment.res_model in PAPER_MODELS and attachment.res_id
        }

    @api.model
    def _check_papers_open(self, papers):
        """Refuse to touch files of papers whose complaint has ended.

        :param set papers: the model and id of each paper
        :raise UserError: naming the complaints
        """
        for model in PAPER_MODELS:
            ids = [res_id for res_model, res_id in papers if res_model == model]
            if ids:
                # Whether the complaint ended counts, not whether the user may see it.
                papers_sudo = self.env[model].sudo().browse(ids).exists()
                papers_sudo.complaint_id._check_not_closed()

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
            attachment_sudo.write(
                {
                    "res_model": record._name,
                    "res_id": record.id,
                    "public": False,
                    "access_token": False,
                }
            )
