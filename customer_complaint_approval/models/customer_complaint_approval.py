from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

DECISIONS = [
    ("approved", "Approved"),
    ("refused", "Not Approved"),
    ("sent_back", "Sent Back"),
]


class CustomerComplaintApproval(models.Model):
    """What one person decided on a remediation, and on what exactly.

    Written by the decision itself and by nothing else: not by forms, imports, RPC, nor
    by code with all rights. It stays when the remediation is changed, cancelled or
    started again.
    """

    _name = "customer.complaint.approval"
    _inherit = [
        "customer.complaint.belonging",
        "customer.complaint.append.only",
        "customer.complaint.sealed",
        "customer.complaint.personal",
    ]
    _description = "Approval of a Remediation"
    _order = "id desc"
    _rec_name = "remediation_id"
    # One2many commands of a form or a call, even where code runs with all rights.
    _allow_sudo_commands = False

    remediation_id = fields.Many2one(
        "customer.complaint.remediation",
        string="Remediation No.",
        required=True,
        readonly=True,
        index=True,
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
    round = fields.Integer(
        required=True,
        readonly=True,
        aggregator=None,
        help="How often approval was asked for, this time included.",
    )
    decision = fields.Selection(DECISIONS, required=True, readonly=True, index=True)
    tier_id = fields.Many2one(
        "customer.complaint.approval.tier",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    tier_name = fields.Char(readonly=True, help="What the tier was called then.")
    step_key = fields.Integer(
        readonly=True, aggregator=None, help="The tier, also when it was deleted since."
    )
    user_id = fields.Many2one(
        "res.users",
        string="Decided By",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    on_behalf_of_id = fields.Many2one(
        "res.users",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The absent approver who delegated it.",
    )
    date = fields.Datetime(string="Decided On", required=True, readonly=True)
    reason = fields.Text(readonly=True, personal=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    amount_total = fields.Monetary(
        string="Total", readonly=True, help="Of the remediation as it was decided on."
    )
    amount = fields.Monetary(
        string="Amount That Counted",
        readonly=True,
        help="All that was granted on the complaint then, this remediation included; "
        "with what the customer received before where the settings say so.",
    )
    snapshot = fields.Json(readonly=True, personal=True)
    snapshot_text = fields.Text(
        string="Decided On What",
        compute="_compute_snapshot_text",
        help="The lines as they were when it was decided.",
    )

    _once_uniq = models.UniqueIndex(
        "(remediation_id, round, step_key) WHERE decision = 'approved'",
        "This step was approved already. Reload the page.",
    )

    @api.model
    def _get_granted_domain(self, operation):
        # What they decided themselves, and what was decided before they are asked.
        if operation == "read":
            asked = Domain("guest_approver_ids", "in", self.env.uid)
            own = Domain("user_id", "=", self.env.uid)
            return own | Domain("remediation_id", "any!", asked)
        return super()._get_granted_domain(operation)

    @api.depends("snapshot")
    @api.depends_context("lang")
    def _compute_snapshot_text(self):
        kinds = dict(
            self.env["customer.complaint.remediation.line"]
            ._fields["kind"]
            ._description_selection(self.env)
        )
        for approval in self:
            snapshot = approval.snapshot or {}
            terms = snapshot.get("terms") or {}
            recipient = [
                *(terms.get(name) for name in ("partner", "bank", "order")),
                snapshot.get("category"),
            ]
            lines = [" · ".join(filter(None, recipient))]
            lines += [
                " · ".join(
                    filter(
                        None,
                        [
                            kinds.get(line["kind"], line["kind"]),
                            line["product"],
                            f"{line['quantity']:g} {line['unit']}".strip(),
                            f"{line['amount']:.2f} {line['currency']}",
                            line["note"],
                        ],
                    )
                )
                for line in snapshot.get("lines", [])
            ]
            approval.snapshot_text = "\n".join(filter(None, lines))

    def _refuse_forgery(self):
        raise AccessError(
            self.env._(
                "Approvals are written by approving, refusing or sending back only, "
                "and stay as they are. Use the buttons of the remediation."
            )
        )

    @api.model
    def _record(self, vals_list):
        """Write what was decided; called by the decision, once the user was checked.

        :param list[dict] vals_list: one for each decision
        :rtype: customer.complaint.approval
        """
        return self._create_unguarded(vals_list)
