from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

RECUSAL_KINDS = [
    ("named", "The complaint is about them"),
    ("interest", "Direct interest in the matter"),
]


class CustomerComplaintRecusal(models.Model):
    """A person who must not handle a complaint (回避, CBIRC-2020).

    The complaint is about them, or they have a direct interest in it. A recusal is
    added by whoever works on the complaint, the person included, and taken back by
    somebody above: never by the person.
    """

    _name = "customer.complaint.recusal"
    _inherit = ["customer.complaint.belonging", "customer.complaint.part"]
    _description = "Complaint Recusal"
    _order = "id"
    _rec_name = "partner_id"
    _check_company_auto = True

    complaint_id = fields.Many2one(
        "customer.complaint", required=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Person",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        help="Contact of the employee or other person.",
    )
    kind = fields.Selection(RECUSAL_KINDS, required=True, default="named")
    reason = fields.Char(
        help="What the complaint says of them, or the interest.", personal=True
    )

    _person_uniq = models.UniqueIndex(
        "(complaint_id, partner_id)",
        "This person is recused from the complaint already.",
    )

    @api.model
    def _get_needed_access(self, operation):
        # Whoever recuses themselves no longer works on the case by then: whether they
        # might is asked before.
        if operation == "create":
            return "read"
        return super()._get_needed_access(operation)

    @api.model_create_multi
    def create(self, vals_list):
        recusals = super().create(
            self._prepare_new_vals_list(vals_list, left_out={"company_id"})
        )
        for recusal in recusals:
            recusal._apply()
        return recusals

    @api.model
    def _check_may_add(self, complaints):
        complaints._check_may_change()

    def write(self, vals):
        self.complaint_id._check_may_change()
        if vals.keys() & {"complaint_id", "partner_id", "company_id"}:
            raise UserError(
                self.env._(
                    "A recusal stays with its person and complaint. Take it back and "
                    "enter another one."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_by_superiors(self):
        self.complaint_id._check_not_closed()
        own = self.filtered(
            lambda recusal: recusal.partner_id == self.env.user.partner_id
        )
        if own:
            raise AccessError(
                self.env._("Nobody takes back their own recusal. Ask a supervisor.")
            )
        self.complaint_id._check_may_work()
        for recusal in self:
            recusal.complaint_id._message_log(
                body=self.env._(
                    "Recusal taken back: %(person)s", person=recusal.partner_id.name
                )
            )

    def _apply(self):
        """Note the recusal, and let follow what follows from it."""
        self.ensure_one()
        # What follows from a recusal is done by rule, not by who is recused.
        complaint = self.complaint_id.sudo()
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        complaint._message_log(
            body=self.env._(
                "Recused: %(person)s (%(ground)s) %(reason)s",
                person=self.partner_id.name,
                ground=kinds[self.kind],
                reason=self.reason or "",
            )
        )
        complaint._after_recusal(self.partner_id)
