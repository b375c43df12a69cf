from datetime import timedelta

from psycopg2.errors import ReadOnlySqlTransaction

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.http import request

DOCUMENT = "customer.complaint.archive.document"
SIGHT_KINDS = [
    ("view", "Viewed"),
    ("preview", "Previewed"),
    ("download", "Downloaded"),
    ("program", "Read by a Program or Export"),
    ("bundle", "Put into a Case Bundle"),
    ("person", "Copied for the Person It Is About"),
    ("taken", "Took the Case by Themselves"),
]
SIGHT_REASONS = [
    ("handler", "Handles the case"),
    ("receiver", "Received the case"),
    ("leader", "Leads the team"),
    ("filer", "Filed the paper"),
    ("archivist", "Archivist"),
    ("consultation", "Consultation"),
    ("other", "Other"),
]
# Parts of a file that a viewer fetches after its beginning belong to one sight, for so
# long. A technical bound, not policy.
SAME_SIGHT = timedelta(minutes=10)
# What its name says of a route.
PREVIEW_ROUTES = ("/web/image", "/mail/attachment/pdf_first_page")
DOWNLOAD_ROUTES = ("/mail/attachment/zip",)


class CustomerComplaintArchiveAccessLog(models.Model):
    """That somebody saw a confidential paper (查阅登记): who, when, why, from where.

    Written by the sight itself and by nothing else: not by forms, imports, RPC, nor by
    code with all rights. Entries stay when the paper is disposed of: they refer to it
    by values. What is on a screen can be printed there, so a view counts as a print.
    """

    _name = "customer.complaint.archive.access.log"
    _inherit = ["customer.complaint.append.only", "customer.complaint.personal"]
    _description = "Access to a Confidential Paper"
    _order = "id desc"
    _rec_name = "paper"
    # One2many commands of a form or a call, even where code runs with all rights.
    _allow_sudo_commands = False

    date = fields.Datetime(required=True, readonly=True, index=True)
    user_id = fields.Many2one(
        "res.users",
        string="Who",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    kind = fields.Selection(
        SIGHT_KINDS,
        string="What",
        required=True,
        readonly=True,
        index=True,
        help="What is shown on a screen can be printed there: a view counts as a "
        "print.",
    )
    reason = fields.Selection(
        SIGHT_REASONS, string="Why", required=True, readonly=True, index=True
    )
    access_id = fields.Many2one(
        "customer.complaint.archive.access",
        string="Consultation",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    complaint_id = fields.Many2one(
        "customer.complaint",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    paper = fields.Char(readonly=True, help="The type of the paper.")
    res_model = fields.Char(string="Model of the Paper", readonly=True)
    res_id = fields.Many2oneReference(
        string="Paper No.", model_field="res_model", readonly=True, index=True
    )
    attachment_number = fields.Integer(
        string="File No.", readonly=True, index=True, aggregator=None
    )

    # Names of confidential files tell too much for those who only watch.
    file_name = fields.Char(
        string="File",
        readonly=True,
        groups="customer_complaint.group_complaint_archivist",
        personal=True,
    )
    checksum = fields.Char(
        readonly=True,
        groups="customer_complaint.group_complaint_archivist",
        help="Of the bytes that were seen.",
    )
    ip_address = fields.Char(string="From Where", readonly=True)

    def _refuse_forgery(self):
        raise AccessError(
            self.env._(
                "The log of sights is written by opening a confidential paper only, "
                "and stays as it is."
            )
        )

    @api.model
    def _record(self, vals_list):
        """Write entries; called by the sight itself.

        :param list[dict] vals_list: one for each file
        :rtype: customer.complaint.archive.access.log
        """
        if self.env.cr.readonly:
            # Core takes the request up again where it can be written.
            raise ReadOnlySqlTransaction("the log of sights is written")
        empty = dict.fromkeys(self._get_recorded_fields(), False)
        return self._create_unguarded(
            [
                {**empty, "date": fields.Datetime.now(), **self._get_origin(), **vals}
                for vals in vals_list
            ]
        )

    @api.model
    def _get_recorded_fields(self):
        return [
            name
            for name, field in self._fields.items()
            if field.store and name not in models.MAGIC_COLUMNS
        ]

    @api.model
    def _get_origin(self):
        """Return from where somebody looks: the address of the request.

        :rtype: dict
        """
        return {"ip_address": request.httprequest.remote_addr if request else False}

    @api.model
    def _record_sights(self, user, owners, kind):
        """Record that a user sees confidential files.

        :param res.users user: who
        :param dict owners: the paper or evidence, readable, of each file
        :param str kind: one of ``SIGHT_KINDS``
        """
        reasons = self._get_reasons(user, owners.values())
        self._record(
            [
                {
                    "user_id": user.id,
                    "kind": kind,
                    **reasons[owner_sudo],
                    "complaint_id": owner_sudo.complaint_id.id,
                    "company_id": owner_sudo.company_id.id,
                    "paper": owner_sudo._get_confidential_label(),
                    "res_model": owner_sudo._name,
                    "res_id": owner_sudo.id,
                    "attachment_number": file.id,
                    "file_name": file.sudo().name,
                    "checksum": file.sudo().checksum,
                }
                for file, owner_sudo in owners.items()
            ]
        )

    @api.model
    def _record_own_taking(self, complaints):
        """Record that the user made themselves the handler of these complaints.

        :param customer.complaint complaints: with confidential papers
        """
        self._record(
            [
                {
                    "user_id": self.env.uid,
                    "kind": "taken",
                    "reason": "other",
                    "complaint_id": complaint.id,
                    "company_id": complaint.company_id.id,
                }
                for complaint in complaints
            ]
        )

    @api.model
    def _get_reasons(self, user, owners):
        """Return why a user may see papers: their part in the case first.

        :param res.users user: who looks
        :param owners: papers or evidence, readable
        :return: values of the log by paper or evidence
        :rtype: dict[BaseModel, dict]
        """
        is_archivist = user.has_group("customer_complaint.group_complaint_archivist")
        reasons = {}
        for owner_sudo in owners:
            case_sudo = owner_sudo.complaint_id
            access_sudo = self.env["customer.complaint.archive.access"]
            if case_sudo.user_id == user and not case_sudo.is_handler_unconfirmed:
                reason = "handler"
            elif case_sudo.received_by_id == user:
                reason = "receiver"
            elif case_sudo.team_id._is_led_by(user):
                reason = "leader"
            elif owner_sudo.create_uid == user:
                reason = "filer"
            elif is_archivist:
                reason = "archivist"
            else:
                # Papers are consulted, evidence is not.
                if owner_sudo._name == DOCUMENT:
                    access_sudo = owner_sudo._get_access_of(user)
                reason = "consultation" if access_sudo else "other"
            reasons[owner_sudo] = {"reason": reason, "access_id": access_sudo.id}
        return reasons

    @api.model
    def _get_request_kind(self):
        """Return what a request does with a file.

        :rtype: str
        """
        path = request.httprequest.path
        if path.startswith(DOWNLOAD_ROUTES) or request.params.get("download"):
            return "download"
        return "preview" if path.startswith(PREVIEW_ROUTES) else "view"

    @api.model
    def _is_same_sight(self, user, file):
        """Return whether a request fetches a further part of what was just opened.

        :param res.users user: who looks
        :param ir.attachment file: what they look at
        :rtype: bool
        """
        wanted = request.httprequest.range
        if not wanted or not wanted.ranges or wanted.ranges[0][0] == 0:
            return False
        return bool(
            self.sudo().search_count(  # whether there is one, for who looks themselves
                [
                    ("user_id", "=", user.id),
                    ("attachment_number", "=", file.id),
                    ("date", ">=", fields.Datetime.now() - SAME_SIGHT),
                ],
                limit=1,
            )
        )
