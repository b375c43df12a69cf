from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.customer_complaint.const import ARCHIVIST, SUPERVISOR

TYPE = "customer.complaint.archive.document.type"


class CustomerComplaintPaperWaiver(models.Model):
    """Leave to seal a card without a paper: which, why, by whom and when."""

    _name = "customer.complaint.paper.waiver"
    _inherit = ["customer.complaint.belonging", "customer.complaint.part"]
    _is_kept_by_archivists = True
    _description = "Waiver of a Paper"
    _order = "id"
    _rec_name = "type_id"
    _check_company_auto = True
    _outlives_complaint = True

    type_id = fields.Many2one(
        "customer.complaint.archive.document.type",
        string="Paper",
        required=True,
        index=True,
        ondelete="restrict",
    )
    reason = fields.Text(
        required=True, help="Why the card is complete without it.", personal=True
    )
    waived_by_id = fields.Many2one(
        "res.users",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
        system=True,
    )
    date_waived = fields.Datetime(
        string="Waived On",
        required=True,
        readonly=True,
        default=fields.Datetime.now,
        system=True,
    )

    _once_uniq = models.UniqueIndex(
        "(complaint_id, type_id)", "This paper is waived already. Reload the page."
    )

    @api.constrains("reason")
    def _check_reason(self):
        for waiver in self:
            if not (waiver.reason or "").strip():
                raise ValidationError(
                    waiver.complaint_id._name_reason(
                        self.env._("say why the card is complete without the paper.")
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Waive papers, in the name of the user.

        :raise AccessError: if the user is neither archivist nor supervisor of the case
        :raise UserError: if a paper is not missing, or the card is sealed
        """
        vals_list = self._prepare_new_vals_list(vals_list)
        wanted = {(vals.get("complaint_id"), vals.get("type_id")) for vals in vals_list}
        complaints = self.env["customer.complaint"].browse(
            {complaint_id for complaint_id, _type_id in wanted}
        )
        missing = complaints._get_missing_sealing_papers()
        for complaint_id, type_id in wanted:
            complaint = complaints.browse(complaint_id)
            if type_id not in missing.get(complaint, self.env[TYPE]).ids:
                raise UserError(
                    complaint._name_reason(
                        self.env._("this paper is not missing. Reload the page.")
                    )
                )
        waivers = super().create(vals_list)
        for waiver in waivers:
            waiver.complaint_id._message_log(
                body=self.env._(
                    "Archive card complete without “%(paper)s”: %(reason)s",
                    paper=waiver.type_id.name,
                    reason=waiver.reason,
                )
            )
        return waivers

    @api.model
    def _check_may_add(self, complaints):
        complaints.check_access("read")
        complaints._check_may_work()
        complaints._check_not_complained_of()
        user = self.env.user
        if not self.env.su and not user.has_group(ARCHIVIST):
            if not user.has_group(SUPERVISOR):
                raise AccessError(
                    self.env._(
                        "The archivist or a supervisor of the team waives papers."
                    )
                )
            complaints.check_access("write")
        complaints.archive_card_id._check_not_sealed()

    def write(self, vals):
        """:raise UserError: always, if there is anything to write"""
        if self and vals:
            self._refuse_change()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        self._refuse_change()

    def _refuse_change(self):
        raise UserError(
            self.env._(
                "A waiver stays as it was given, with who gave it. File the paper when "
                "it comes after all."
            )
        )
