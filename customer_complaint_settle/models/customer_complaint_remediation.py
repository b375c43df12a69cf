import base64

from odoo import fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.customer_complaint.const import AGENT
from odoo.addons.customer_complaint_base.tools.signature import check_signature

# The role of the ladder that is an assistant's own limit.
OWN_LIMIT = "agent"


class CustomerComplaintRemediation(models.Model):
    """What is granted at the counter, within one's limit or as a supervisor approves.

    The customer signs what they are shown; approved as it was shown, it goes on by
    itself, in the name of who proposed it.
    """

    _inherit = "customer.complaint.remediation"

    is_on_the_spot = fields.Boolean(
        string="On the Spot",
        readonly=True,
        copy=False,
        help="Settled at the counter: approved, it is carried out by itself.",
        system=True,
    )
    spot_signer_name = fields.Char(
        string="Signed at the Counter By",
        readonly=True,
        copy=False,
        personal=True,
        system=True,
    )
    spot_signature = fields.Image(
        string="Signature at the Counter",
        max_width=1024,
        max_height=1024,
        readonly=True,
        copy=False,
        system=True,
    )
    spot_version = fields.Char(
        string="Signed Version",
        readonly=True,
        copy=False,
        help="Digest of the agreement that the customer was shown.",
        system=True,
    )
    is_received_on_the_spot = fields.Boolean(
        string="Received at the Counter",
        readonly=True,
        copy=False,
        help="The customer signed as well that they have it: the receipt is filed.",
        system=True,
    )

    def _is_proposed_by(self, user):
        """Within their own limit assistants grant by themselves what they propose."""
        return super()._is_proposed_by(user) and not self._is_within_own_limit(user)

    def _is_within_own_limit(self, user):
        """Return whether it is the tier of assistants that has to approve it.

        :param res.users user: who proposed it
        :rtype: bool
        """
        self.ensure_one()
        # What the ladder asks for, whoever may see it.
        own_sudo = self.sudo()
        if not own_sudo.is_on_the_spot or user != own_sudo.create_uid:
            return False
        if user.sudo().has_group(AGENT) and own_sudo.state in ("draft", "to_approve"):
            figures = own_sudo._read_figures().get(self.id, {})
            return own_sudo._get_step_to_decide(figures).role == OWN_LIMIT
        return False

    def action_approve(self):
        result = super().action_approve()
        self._go_on_by_itself()
        return result

    def _sign_on_the_spot(self, signer, version, signature, is_received):
        """Keep what the customer signed at the counter, and go on if it is approved.

        :param str signer: who signed
        :param str version: of the text they were shown
        :param signature: the picture, base64
        :param bool is_received: they signed that they have it, too
        :raise AccessError: if the user must not work on the complaint
        :raise UserError: if it is no longer what they were shown, or nothing was drawn
        """
        self.ensure_one()
        self._check_may_step()
        if not self.is_on_the_spot or self.state not in ("to_approve", "approved"):
            raise UserError(
                self._name_reason(
                    self.env._(
                        "this is not to be signed at the counter, or no longer. Reload "
                        "the page."
                    )
                )
            )
        if version != self._get_agreement_version():
            raise UserError(self._name_reason(self._get_other_version_reason()))
        if not (signer or "").strip() or not signature:
            raise UserError(
                self._name_reason(
                    self.env._("have the customer sign, with their name.")
                )
            )
        self._write_unguarded(
            {
                "spot_signer_name": signer,
                "spot_signature": check_signature(self.env, signature),
                "spot_version": version,
                "is_received_on_the_spot": is_received,
            }
        )
        self._go_on_by_itself()

    def _go_on_by_itself(self):
        """Carry out what was approved and signed; what cannot go on is a to-do."""
        for remediation in self:
            # Who approves, or does the last of it, need not work on the case.
            own_sudo = remediation.sudo()
            if (
                not own_sudo.is_on_the_spot
                or own_sudo.state != "approved"
                or not own_sudo.spot_signature
            ):
                continue
            own = remediation.with_user(own_sudo.requested_by_id)
            try:
                with self.env.cr.savepoint():
                    own._settle()
            except (UserError, AccessError, ValidationError) as error:
                own.complaint_id.sudo()._ask_to_finish(str(error))

    def _settle(self):
        """Record the agreement, carry out, tell the customer; close if all is done."""
        self.ensure_one()
        complaint = self.complaint_id
        # What the customer drew, as it was kept.
        own_sudo = self.sudo()
        signer, drawn = own_sudo.spot_signer_name, own_sudo.spot_signature
        self._agree(signer, own_sudo.spot_version, signature=drawn)
        if own_sudo.is_received_on_the_spot:
            self._file_receipt(self._make_receipt(drawn))
        for line in self.line_ids.filtered(lambda line: line.state == "open"):
            line._carry_out_on_the_spot()
        complaint._tell_in_person(signer)
        if complaint.state == "remediation":
            complaint.action_follow_up()
        complaint._close_when_settled()

    def _make_receipt(self, drawn):
        """Return the file of the receipt that was signed at the counter.

        :param drawn: the signature, base64
        :rtype: ir.attachment
        """
        self.ensure_one()
        return self.env["ir.attachment"].create(
            {
                "name": self.env._(
                    "Receipt %(number)s.png", number=self.name.replace("/", "-")
                ),
                "raw": base64.b64decode(drawn),
            }
        )

    def _finish_when_done(self):
        result = super()._finish_when_done()
        done = self.filtered(lambda rem: rem.is_on_the_spot and rem.state == "done")
        done.complaint_id._close_when_settled()
        return result
