from markupsafe import Markup

from odoo import api, fields, models

from odoo.addons.customer_complaint.const import READER_GROUPS
from odoo.addons.customer_complaint_base.tools.document import Document


class StockPicking(models.Model):
    """Transfers that carry out what a customer gets for a complaint."""

    _name = "stock.picking"
    _inherit = ["stock.picking", "customer.complaint.behind"]

    complaint_remediation_line_ids = fields.Many2many(
        "customer.complaint.remediation.line",
        string="Remediation Lines",
        compute="_compute_complaint_remediation_line_ids",
        search="_search_complaint_remediation_line_ids",
        compute_sudo=True,
        groups=READER_GROUPS,
        help="What customers get for complaints, and this transfer carries out.",
    )

    @api.depends(
        "move_ids.complaint_remediation_line_id",
        "move_ids.complaint_returned_ids.line_id",
    )
    def _compute_complaint_remediation_line_ids(self):
        for picking in self:
            picking.complaint_remediation_line_ids = (
                picking._get_remediation_lines_sudo()
            )

    @api.model
    def _search_complaint_remediation_line_ids(self, operator, value):
        if operator not in ("in", "any"):
            return NotImplemented
        return [
            "|",
            ("move_ids.complaint_remediation_line_id", operator, value),
            ("move_ids.complaint_returned_ids.line_id", operator, value),
        ]

    def _get_remediation_lines_sudo(self):
        moves_sudo = self.sudo().move_ids
        return (
            moves_sudo._get_carried_lines_sudo()
            | moves_sudo.complaint_returned_ids.line_id
        )

    def _refer_to(self, others):
        """Say in the chatter of both which transfers belong together.

        :param stock.picking others: the other ones
        """
        for pickings, targets in ((self, others), (others, self)):
            links = targets._get_html_links()
            for picking in pickings:
                picking._message_log(
                    body=self.env._(
                        "Exchange, together with %(transfers)s.", transfers=links
                    )
                )

    def _to_complaint_document(self):
        """Return the transfer as the lines it carries out follow it.

        :rtype: Document
        """
        self.ensure_one()
        labels = dict(self._fields["state"]._description_selection(self.env))
        return Document(
            record=self,
            state={"done": "done", "cancel": "cancelled"}.get(self.state, "draft"),
            state_label=labels[self.state],
            cancel="_cancel_complaint_moves",
            part="return" if self._is_complaint_return() else "replacement",
        )

    def _is_complaint_return(self):
        """Return whether the transfer brings goods of a complaint back."""
        self.ensure_one()
        return bool(self.move_ids.complaint_returned_ids) or any(
            move._is_complaint_return() for move in self.move_ids
        )

    def _get_html_links(self):
        """Return links to these transfers, as notes show them.

        :rtype: markupsafe.Markup
        """
        return Markup(", ").join(picking._get_html_link() for picking in self)

    def _cancel_complaint_moves(self):
        """Cancel what was planned for complaints, and nothing else in the transfer."""
        self.move_ids.filtered(
            lambda move: move.complaint_remediation_line_id and move.state != "done"
        )._action_cancel()
