from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html


class CustomerComplaintRemediationLine(models.Model):
    """Repair, by a repair order that whoever repairs goods takes up."""

    _inherit = "customer.complaint.remediation.line"

    repair_ids = fields.One2many(
        "repair.order",
        "complaint_remediation_line_id",
        string="Repair Orders",
        readonly=True,
        groups="stock.group_stock_user",
    )

    def _action_carry_out_repair(self):
        """Draft the repair order, or ask how it is done where there are no goods."""
        line_sudo = self._to_other_app()
        if line_sudo.product_id.type != "consu":
            return self._action_carry_out_by_note()
        line_sudo._claim_goods_back()
        line_sudo.env["repair.order"].create(line_sudo._prepare_repair_vals())
        self._start_documents()
        return None

    def _prepare_repair_vals(self):
        """Return the values of the repair order.

        A free repair is bound to the order the goods came with, where its parts cost
        nothing; for a paid one whoever repairs makes a quotation.

        :rtype: dict
        :raise UserError: if the company has no operation type for repairs
        """
        self.ensure_one()
        is_free = self._is_repair_free()
        complaint = self.complaint_id
        return {
            "company_id": self.company_id.id,
            "picking_type_id": self._get_repair_operation().id,
            "partner_id": complaint.partner_id.id,
            "user_id": False,
            "product_id": self.product_id.id,
            "product_qty": self.quantity,
            "product_uom": (self.product_uom_id or self.product_id.uom_id).id,
            "lot_id": self._get_repaired_lot().id,
            "under_warranty": is_free,
            "sale_order_id": is_free and complaint.sale_order_id.id,
            "internal_notes": self._get_repair_note(),
            "complaint_remediation_line_id": self.id,
            **self._prepare_goods_back_vals(),
        }

    def _prepare_goods_back_vals(self):
        """Return where the goods are that the warehouse has taken back already.

        :rtype: dict
        """
        self.ensure_one()
        moves = self.env["stock.move"].union(*self._get_moves_back())
        if not moves:
            return {}
        vals = {"picking_id": moves.picking_id[:1].id}
        if len(moves.location_dest_id) == 1:
            vals["product_location_src_id"] = moves.location_dest_id.id
        lots = moves.lot_ids.filtered(lambda lot: lot.product_id == self.product_id)
        if len(lots) == 1:
            vals["lot_id"] = lots.id
        return vals

    def _is_repair_free(self):
        """Return whether the return windows advise a free repair (STORE).

        Without a day of purchase what was granted counts: a repair that costs nothing.

        :rtype: bool
        """
        self.ensure_one()
        complaint, company = self.complaint_id, self.company_id
        bought = complaint.purchase_date
        if not bought or not complaint.date_received:
            return True
        received = company._complaint_date(complaint.date_received)
        return (received - bought).days <= company.complaint_repair_days

    def _get_repair_operation(self):
        """Return the operation type of repairs in the company.

        :rtype: stock.picking.type
        :raise UserError: if there is none
        """
        self.ensure_one()
        operation = self.env["stock.picking.type"].search(
            [
                ("code", "=", "repair_operation"),
                ("company_id", "=", self.company_id.id),
            ],
            limit=1,
        )
        if not operation:
            raise UserError(
                self._name_reason(
                    self.env._(
                        "%(company)s has no operation type for repairs. Have the "
                        "stock set one up.",
                        company=self.company_id.name,
                    )
                )
            )
        return operation

    def _get_repaired_lot(self):
        """Return the lot complained of, as far as the stock knows it.

        :rtype: stock.lot
        """
        self.ensure_one()
        lot_name = self.complaint_line_id.lot_name
        if not lot_name:
            return self.env["stock.lot"]
        return self.env["stock.lot"].search(
            [
                ("name", "=", lot_name),
                ("product_id", "=", self.product_id.id),
                ("company_id", "in", (False, self.company_id.id)),
            ],
            limit=1,
        )

    def _get_repair_note(self):
        """Return what whoever repairs needs to know of the complaint: no more.

        :return: what was entered as text, shown as text
        :rtype: markupsafe.Markup
        """
        self.ensure_one()
        lines = [self.env._("Complaint %(number)s", number=self.remediation_id.name)]
        if self.complaint_line_id.lot_name:
            lines.append(
                self.env._(
                    "Lot or serial number as told: %(lot)s",
                    lot=self.complaint_line_id.lot_name,
                )
            )
        if self.note:
            lines.append(self.note)
        return plaintext2html("\n".join(lines))

    def _get_copied_texts(self):
        """What was noted for whoever repairs goes when the case is erased."""
        repairs_sudo = self.sudo().repair_ids  # by rule, whoever asked for it
        return [*super()._get_copied_texts(), (repairs_sudo, ["internal_notes"])]

    # ------------------------------------------------------------------
    # DOCUMENTS
    # ------------------------------------------------------------------

    def _get_documents(self):
        # Whoever sees the line is told the number and state of its repair orders.
        repairs_sudo = self.sudo().repair_ids.sorted("id")
        return super()._get_documents() + [
            repair._to_complaint_document() for repair in repairs_sudo
        ]
