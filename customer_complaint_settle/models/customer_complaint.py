from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

SETTLE_TODO = "customer_complaint_settle.mail_act_settle"
# From which a case can still be settled at the counter.
SPOT_STATES = ("registered", "accepted")
# Who saw the customer sign is the proof that they were told.
TOLD_BY_HAND = "hand"


class CustomerComplaint(models.Model):
    """What is settled at the counter (当场办结), in one dialog.

    All that a longer case holds is on record as such: conclusion, approval, agreement,
    receipt, and that the customer was told. Accounting and warehouse do their part as
    ever; what they do last closes the case.
    Each step asks for the right that it has in any other case.
    """

    _inherit = "customer.complaint"

    is_settled_on_the_spot = fields.Boolean(
        string="Settled on the Spot",
        readonly=True,
        copy=False,
        help="Found, granted, told and signed in one go with the customer.",
        system=True,
    )
    can_settle = fields.Boolean(
        compute="_compute_can_settle",
        help="Whether you may settle it at the counter, or finish what began there.",
    )

    @api.depends("state", "remediation_ids.state", "is_settled_on_the_spot")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_can_settle(self):
        for complaint in self:
            complaint.can_settle = complaint.can_edit and (
                complaint.state in SPOT_STATES
                or bool(complaint._get_unsigned_settlement())
            )

    def _get_unsigned_settlement(self):
        """Return what was settled at the counter and the customer has yet to sign.

        :rtype: customer.complaint.remediation
        """
        self.ensure_one()
        return self.is_settled_on_the_spot and self.remediation_ids.filtered(
            lambda rem: (
                rem.is_on_the_spot
                and not rem.spot_signature
                and rem.state in ("to_approve", "approved")
            )
        )

    def action_settle(self):
        """Settle the case at the counter, or finish what was begun there.

        :rtype: dict
        :raise UserError: if it is no longer at its beginning
        """
        self.ensure_one()
        unsigned = self._get_unsigned_settlement()
        if unsigned:
            return self._action_ask(
                "customer.complaint.settle",
                self.env._("Settle on the Spot"),
                remediation_id=unsigned[:1].id,
                complaint_id=self.id,
                page="sign",
            )
        self._check_is_at_its_beginning()
        return self._action_ask(
            "customer.complaint.settle",
            self.env._("Settle on the Spot"),
            complaint_id=self.id,
            sale_order_id=self.sale_order_id.id,
            partner_id=self.partner_id.id,
        )

    def _check_is_at_its_beginning(self):
        """:raise UserError: if it is too late to settle the case at the counter"""
        if self.state not in SPOT_STATES:
            raise UserError(
                self._name_reason(
                    self.env._(
                        "it is “%(state)s” already. What is settled at the counter has "
                        "just begun; go on step by step here.",
                        state=self._get_state_label(self.state),
                    )
                )
            )

    def _decide_on_the_spot(self, vals):
        """Take the case to what the customer receives, as found at the counter.

        :param dict vals: what was found
        :raise UserError: naming what the case needs besides
        """
        self.ensure_one()
        self._check_is_at_its_beginning()
        if self.state == "registered":
            self.action_accept()
        self._write_spot_findings(vals)
        self._write_unguarded({"is_settled_on_the_spot": True})
        reason = self._get_cannot_move_reason("remediation")
        if reason:
            raise UserError(
                self.env._(
                    "This is more than the counter can settle: %(reason)s\nPress "
                    "“Complaint” instead, and go on step by step.",
                    reason=reason,
                )
            )
        self.action_remediate()

    def _write_spot_findings(self, vals):
        """Enter what was found at the counter. Hook: for what else goes with it.

        :param dict vals: what was found
        """
        self.write(vals)

    def _tell_in_person(self, signer):
        """Record that the customer was told the decision, and saw it.

        :param str signer: who signed
        """
        self.ensure_one()
        if self._is_decision_told() or self._get_cannot_tell_reason("decision"):
            return
        told = self._in_letter_lang()
        self.env["customer.complaint.notice"].create(
            {
                "complaint_id": self.id,
                "kind": "decision",
                "way": TOLD_BY_HAND,
                "name": told._get_notice_kind_label("decision"),
                "partner_id": (self.representative_ids[:1] or self.partner_id).id,
                "content": told._get_notice_content("decision"),
                "proof_ref": self.env._(
                    "Told in person, signed by %(signer)s on the screen", signer=signer
                ),
            }
        )

    def _close_when_settled(self):
        """Close what was settled at the counter, once nothing is left to be done.

        Whoever did the last of it, accounting or warehouse, need not know the case:
        it is closed in the name of who settled it.
        """
        for complaint in self:
            settler = (
                complaint.sudo()
                .remediation_ids.filtered("is_on_the_spot")[:1]
                .requested_by_id
            )
            own = complaint.with_user(settler) if settler else complaint
            # Who posts or receives the goods must not be held up by the case.
            try:
                with self.env.cr.savepoint():
                    if own.state == "followup" and not own._get_cannot_move_reason(
                        "closed"
                    ):
                        own.action_close()
            except (UserError, AccessError, ValidationError) as error:
                complaint.sudo()._ask_to_finish(str(error))

    def _ask_to_finish(self, reason):
        """Give a to-do to who settles: what could not go on by itself, and why.

        :param str reason: as the refusal said it
        """
        self.ensure_one()
        self.activity_schedule(
            SETTLE_TODO,
            date_deadline=self.company_id._complaint_today(),
            note=reason,
            user_id=self.user_id.id or self.env.uid,
        )
