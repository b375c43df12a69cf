from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_list

from odoo.addons.customer_complaint.const import SUPERVISOR


class CustomerComplaintVoidable(models.AbstractModel):
    """What stays as it was entered: an error is voided by a supervisor, with a reason.

    For parts of a complaint.
    """

    _name = "customer.complaint.voidable"
    _inherit = "customer.complaint.kept"
    _description = "Voided, Never Deleted"

    date_void = fields.Datetime(
        string="Voided On", readonly=True, copy=False, system=True
    )
    void_by_id = fields.Many2one(
        "res.users",
        string="Voided By",
        readonly=True,
        copy=False,
        index="btree_not_null",
        system=True,
    )
    void_reason = fields.Text(readonly=True, copy=False, personal=True, system=True)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._(
                "This is never deleted: %(names)s. If it is wrong, a supervisor voids "
                "it with a reason.",
                names=format_list(self.env, self.mapped("display_name")),
            )
        )

    def _check_may_void(self, reason):
        """Refuse those who may not void these records, and void ones.

        :param str reason: what was wrong
        :raise AccessError: if the user is no supervisor, or must not work on the case
        :raise UserError: without a reason, or if one is void already
        """
        self._check_may_add(self.complaint_id)
        if not self.env.su and not self.env.user.has_group(SUPERVISOR):
            raise AccessError(
                self.env._("A supervisor voids what is wrong. Ask one of the team.")
            )
        if not (reason or "").strip():
            raise UserError(self.env._("Say what was wrong."))
        void = self.filtered("date_void")
        if void:
            raise UserError(
                self.env._(
                    "This is void already: %(names)s. Reload the page.",
                    names=format_list(self.env, void.mapped("display_name")),
                )
            )

    def _prepare_void_vals(self, reason):
        """Return what is noted of those who void something.

        :rtype: dict
        """
        return {
            "date_void": fields.Datetime.now(),
            "void_by_id": self.env.uid,
            "void_reason": reason,
        }
