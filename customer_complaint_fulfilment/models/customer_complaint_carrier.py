from odoo import api, fields, models
from odoo.exceptions import UserError

LINK = "complaint_remediation_line_id"


class CarriedId(int):
    """An id that code hands on to a new record; no form, import or RPC can send one."""


class CustomerComplaintCarrier(models.AbstractModel):
    """What records of other apps have in common that carry out a remediation line.

    Bridges inherit it. Only code links a record to a line: who could link one by hand
    could have a line count as carried out by something else.
    """

    _name = "customer.complaint.carrier"
    _description = "Carries Out a Remediation"

    complaint_remediation_line_id = fields.Many2one(
        "customer.complaint.remediation.line",
        string="Remediation Line",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="What a customer gets for a complaint, and this carries out.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Link new records only where code says so, e.g. those of a backorder."""
        if not self.env.su:
            vals_list = [self._without_foreign_link(vals) for vals in vals_list]
        return super().create(vals_list)

    @api.model
    def _without_foreign_link(self, vals):
        """Return the values, linked to a line only if code handed that on.

        :param dict vals: as given to ``create``, maybe by a form or RPC
        :rtype: dict
        """
        given = vals.get(LINK)
        return {**vals, LINK: int(given) if isinstance(given, CarriedId) else False}

    def write(self, vals):
        """Refuse to link records by hand.

        :raise UserError: if the link is among the values
        """
        if LINK in vals and not self.env.su:
            raise UserError(
                self.env._(
                    "Carrying out a remediation links what carries it out. Use the "
                    "button on the remediation."
                )
            )
        return super().write(vals)

    def unlink(self):
        lines_sudo = self._get_carried_lines_sudo()
        result = super().unlink()
        lines_sudo._follow_carriers()
        return result

    def _get_carried_lines_sudo(self):
        """Return the lines these records carry out.

        Whoever works in the other app need not see the complaint; the lines only
        follow what happens there.

        :rtype: customer.complaint.remediation.line
        """
        return self.sudo().complaint_remediation_line_id

    def _get_carried_id(self):
        """Return the id of the line, as code hands it on to a new record.

        :rtype: CarriedId or bool
        """
        self.ensure_one()
        line_id = self.complaint_remediation_line_id.id
        return line_id and CarriedId(line_id)
