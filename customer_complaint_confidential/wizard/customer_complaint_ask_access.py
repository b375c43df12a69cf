from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

# Proposed; whoever asks may choose another period.
PROPOSED_DAYS = 7


class CustomerComplaintAskAccess(models.TransientModel):
    """Asks for leave to consult confidential papers.

    The papers are listed by type: what they are called is seen once they are open.
    """

    _name = "customer.complaint.ask.access"
    _inherit = "customer.complaint.dialog"
    _description = "Consult Confidential Papers"

    complaint_id = fields.Many2one("customer.complaint", required=True, readonly=True)
    purpose = fields.Text(required=True, help="What the papers are needed for.")
    date_from = fields.Date(
        string="From",
        required=True,
        compute="_compute_period",
        store=True,
        readonly=False,
        precompute=True,
    )
    date_to = fields.Date(
        string="Until",
        required=True,
        compute="_compute_period",
        store=True,
        readonly=False,
        precompute=True,
        help="Last day on which the papers are open, to its end.",
    )
    line_ids = fields.One2many(
        "customer.complaint.ask.access.line",
        "dialog_id",
        string="Papers",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
        precompute=True,
    )
    access_id = fields.Many2one("customer.complaint.archive.access", readonly=True)

    @api.depends("complaint_id")
    def _compute_period(self):
        """Days of the company whose papers they are."""
        for dialog in self:
            company = dialog.complaint_id.company_id or self.env.company
            today = company._complaint_today()
            dialog.date_from = dialog.date_from or today
            dialog.date_to = dialog.date_to or today + timedelta(PROPOSED_DAYS - 1)

    @api.depends("complaint_id")
    def _compute_line_ids(self):
        for dialog in self:
            dialog.line_ids = [
                Command.clear(),
                *(
                    Command.create(
                        {
                            "paper_number": document_sudo.id,
                            "paper": document_sudo.type_id.name,
                            "date_filed": document_sudo.date_filed,
                        }
                    )
                    for document_sudo in dialog._get_hidden_papers()
                ),
            ]

    def _get_hidden_papers(self):
        """Return the confidential papers that the user does not see.

        :return: readable; only type and day are shown
        :rtype: customer.complaint.archive.document
        """
        self.ensure_one()
        complaint = self.complaint_id._filtered_access("read")
        papers_sudo = (
            self.env["customer.complaint.archive.document"]
            .sudo()
            .search(
                [
                    ("complaint_id", "in", complaint.ids),
                    ("confidentiality", "=", "confidential"),
                ]
            )
        )
        seen = papers_sudo.sudo(False)._filtered_access("read")
        return papers_sudo - seen.sudo()

    def action_ask(self):
        """Ask to consult the papers that are ticked.

        :raise UserError: if none is ticked
        :raise ValidationError: if the period is wrong
        """
        self.ensure_one()
        if self.access_id:
            raise UserError(
                self.env._("The papers were asked for already. Reload the page.")
            )
        chosen = self.line_ids.filtered("is_wanted")
        self.access_id = self.env["customer.complaint.archive.access"].create(
            {
                "complaint_id": self.complaint_id.id,
                "purpose": self.purpose,
                "date_from": self.date_from,
                "date_to": self.date_to,
                "document_ids": [Command.set(chosen.mapped("paper_number"))],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": "customer.complaint.archive.access",
            "res_id": self.access_id.id,
            "views": [(False, "form")],
        }


class CustomerComplaintAskAccessLine(models.TransientModel):
    """A paper to ask for."""

    _name = "customer.complaint.ask.access.line"
    _inherit = "customer.complaint.dialog"
    _description = "Paper to Consult"

    dialog_id = fields.Many2one(
        "customer.complaint.ask.access", required=True, index=True, ondelete="cascade"
    )
    paper_number = fields.Integer(string="Paper No.", aggregator=None)
    paper = fields.Char(string="Type")
    date_filed = fields.Date(string="Filed On")
    is_wanted = fields.Boolean(string="Consult", default=True)
