from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_list

from odoo.addons.customer_complaint.const import AGENT, QUALITY, Missing

# What each of the three verifications covers (三核实, GSP-QUALITY 5.3): when one of
# these changes, the verification is open again.
COMPLAINANT_FIELDS = frozenset(
    {
        "partner_id",
        "representation",
        "representative_ids",
        "complainant_name",
        "phone",
        "email",
        "address",
        "other_contact",
    }
)
MATTER_FIELDS = frozenset(
    {
        "sale_order_id",
        "invoice_id",
        "purchase_date",
        "purchase_place",
        "receipt_ref",
        "line_ids",
        "event_date",
        "event_place",
    }
)
RECORD_FIELDS = frozenset(
    {
        "description",
        "demand",
        "people_involved",
        "usage",
        "channel_id",
        "received_by_id",
        "date_received",
    }
)
VERIFICATIONS = {
    "complainant": COMPLAINANT_FIELDS,
    "matter": MATTER_FIELDS,
    "record": COMPLAINANT_FIELDS | MATTER_FIELDS | RECORD_FIELDS,
}
# From the investigation on, a complaint goes on only while all three are signed.
VERIFIED_STATES = ("investigating", "remediation", "followup", "closed")


class CustomerComplaintVerified(models.AbstractModel):
    """The three verifications of a complaint before it is investigated.

    Each is signed by somebody at a time; what a later change touches is open again.
    """

    _name = "customer.complaint.verified"
    _inherit = ["mail.thread", "customer.complaint.kept"]
    _description = "Three Verifications of a Complaint"

    complainant_verified_by_id = fields.Many2one(
        "res.users",
        readonly=True,
        copy=False,
        tracking=True,
        help="Who verified identity, address and contact of the complainant.",
        system=True,
    )
    date_complainant_verified = fields.Datetime(
        string="Complainant Verified On",
        readonly=True,
        copy=False,
        system=True,
    )
    matter_verified_by_id = fields.Many2one(
        "res.users",
        readonly=True,
        copy=False,
        tracking=True,
        help="Who verified when and where it happened, and which product, "
        "specification, lot, expiry and maker it is about.",
        system=True,
    )
    date_matter_verified = fields.Datetime(
        string="Matter Verified On",
        readonly=True,
        copy=False,
        system=True,
    )
    record_verified_by_id = fields.Many2one(
        "res.users",
        readonly=True,
        copy=False,
        tracking=True,
        help="Who verified that the record says what the complainant told.",
        system=True,
    )
    date_record_verified = fields.Datetime(
        string="Record Verified On",
        readonly=True,
        copy=False,
        system=True,
    )
    is_verified = fields.Boolean(
        string="Verified",
        compute="_compute_is_verified",
        help="All three verifications are signed, or the category asks for none.",
    )
    next_verification = fields.Char(
        compute="_compute_is_verified", help="Which of them is signed next."
    )

    @api.depends(*(f"{kind}_verified_by_id" for kind in VERIFICATIONS), "category_id")
    def _compute_is_verified(self):
        for complaint in self:
            left = complaint._get_open_verifications()
            complaint.is_verified = not left
            complaint.next_verification = left[0] if left else False

    def _get_open_verifications(self):
        """Return the verifications that are asked for and not signed.

        :return: keys of ``VERIFICATIONS``
        :rtype: list[str]
        """
        self.ensure_one()
        if self.category_id and not self.category_id.needs_verification:
            return []
        return [kind for kind in VERIFICATIONS if not self[f"{kind}_verified_by_id"]]

    @api.model
    def _get_verification_labels(self, kinds):
        """Return the names of verifications in the reader's language."""
        labels = {
            "complainant": self.env._("the complainant"),
            "matter": self.env._("the matter"),
            "record": self.env._("the record"),
        }
        return format_list(self.env, [labels[kind] for kind in kinds])

    def _get_followed_fields(self, names):
        # Products tell by themselves when they change.
        watched = VERIFICATIONS["record"] - {"line_ids"} | {"category_id"}
        return super()._get_followed_fields(names) | (watched & names)

    def _after_change(self, changes):
        result = super()._after_change(changes)
        for complaint, old in changes.items():
            changed = set(old)
            # Another category may ask for more than was verified.
            if (
                "category_id" in changed
                and complaint.matter_verified_by_id
                and complaint._get_missing_matter()
            ):
                changed |= MATTER_FIELDS
            complaint._reopen_verifications(changed)
        return result

    def _reopen_verifications(self, changed):
        """Open the verifications again that cover what has changed.

        :param set changed: names of fields whose value is another one now
        """
        self.ensure_one()
        reopened = [
            kind
            for kind, covered in VERIFICATIONS.items()
            if covered & changed and self[f"{kind}_verified_by_id"]
        ]
        if not reopened:
            return
        vals = {}
        for kind in reopened:
            vals[f"{kind}_verified_by_id"] = False
            vals[f"date_{kind}_verified"] = False
        self._write_unguarded(vals)
        self._message_log(
            body=self.env._(
                "What was verified has changed; to be verified again: %(kinds)s",
                kinds=self._get_verification_labels(reopened),
            )
        )

    def _after_products_left(self):
        """What was verified of the products is to be verified again."""
        result = super()._after_products_left()
        self._reopen_verifications({"line_ids"})
        return result

    def _iter_missing(self, target):
        yield from super()._iter_missing(target)
        missing = self._get_open_verifications()
        if target in VERIFIED_STATES and missing and not self._has_ended():
            yield (
                Missing.VERIFICATION,
                self.env._(
                    "verify and sign %(kinds)s",
                    kinds=self._get_verification_labels(missing),
                ),
            )

    def action_verify_complainant(self):
        """Sign that identity, address and contact of the complainant were verified."""
        return self._sign_verification("complainant")

    def action_verify_matter(self):
        """Sign that time, place and goods of the matter were verified."""
        return self._sign_verification("matter")

    def action_verify_record(self):
        """Sign that the record says what the complainant told."""
        return self._sign_verification("record")

    def _sign_verification(self, kind):
        """Sign a verification in the user's name, now.

        :param str kind: a key of ``VERIFICATIONS``
        :raise AccessError: if the user's role verifies nothing
        :raise UserError: if there is nothing to verify yet, or it is signed already
        """
        self.check_access("write")
        self._check_may_work()
        user = self.env.user
        if not self.env.su and not (user.has_group(AGENT) or user.has_group(QUALITY)):
            raise AccessError(
                self.env._("Agents and the quality department verify complaints.")
            )
        self._check_not_closed()
        reasons = {}
        for complaint in self:
            reason = complaint._get_cannot_verify_reason(kind)
            if reason:
                reasons[complaint] = complaint._name_reason(reason)
        if reasons:
            raise UserError("\n".join(reasons.values()))
        self._write_unguarded(
            {
                f"{kind}_verified_by_id": self.env.uid,
                f"date_{kind}_verified": fields.Datetime.now(),
            }
        )

    def _get_cannot_verify_reason(self, kind):
        """Return why a verification cannot be signed now, or False.

        :rtype: str or bool
        """
        self.ensure_one()
        signed_by = self[f"{kind}_verified_by_id"]
        if signed_by:
            return self.env._(
                "this was verified by %(user)s already. Reload the page.",
                user=signed_by.name,
            )
        if kind == "complainant" and not (
            self.complainant_name
            and (self.phone or self.email or self.address or self.other_contact)
        ):
            return self.env._(
                "enter the complainant's name and a way to reach them first."
            )
        if kind == "matter" and not (
            self.line_ids or self.sale_order_id or self.event_date or self.event_place
        ):
            return self.env._(
                "enter the product, or when and where it happened, first."
            )
        missing = kind == "matter" and self._get_missing_matter()
        if missing:
            return self.env._(
                "enter what matters of this kind need: %(missing)s. Where the goods "
                "bear no lot or maker, enter “none”.",
                missing=format_list(self.env, missing),
            )
        if kind == "record" and not (self.description or "").strip():
            return self.env._("enter what happened first.")
        return False
