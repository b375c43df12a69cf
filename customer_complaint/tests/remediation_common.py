import base64
import io
from datetime import timedelta

from PIL import Image, ImageDraw

from odoo.exceptions import AccessError
from odoo.fields import Command

from .common import CustomerComplaintCommon


def draw_signature(kind="PNG", size=(120, 40), ink="navy"):
    """Return a picture with a line drawn across it, base64."""
    picture = Image.new("RGB", size, "white")
    ImageDraw.Draw(picture).line([(5, 5), (size[0] - 5, size[1] - 5)], ink, 3)
    content = io.BytesIO()
    picture.save(content, kind)
    return base64.b64encode(content.getvalue()).decode()


SIGNATURE = draw_signature()


class RemediationCase(CustomerComplaintCommon):
    """A decided complaint, the shipped ladder, and a director."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.director = cls._new_user("complaint_director", "manager")
        cls.tiers = {
            role: cls.quick_ref(f"customer_complaint.approval_tier_{role}")
            for role in ("agent", "supervisor", "manager", "director")
        }
        cls.tiers["director"].user_ids = cls.director
        # No other manager is asked than the one of the tests.
        group = cls.quick_ref("customer_complaint.group_complaint_manager")
        cls.other_managers = group.user_ids - cls.manager - cls.director

    @classmethod
    def _decided(cls, **values):
        """Return a complaint without order, as far as its decision."""
        return cls._take_to(
            cls._create_complaint(
                **{
                    "sale_order_id": False,
                    "category_id": cls.category_service.id,
                    "line_ids": [Command.create({"product_id": cls.cream.id})],
                    **values,
                }
            ),
            "remediation",
        )

    @classmethod
    def _propose(cls, amount=300.0, complaint=None, user=None, lines=None, **values):
        """Propose a remediation as the agent: compensation money by default."""
        if complaint is None:
            complaint = cls._decided()
        lines = lines or [{"kind": "compensation", "amount": amount}]
        return (
            cls.env["customer.complaint.remediation"]
            .with_user(user or cls.agent)
            .create(
                {
                    "complaint_id": complaint.id,
                    "note": "顾客过敏就医，单据齐全。",
                    "line_ids": [Command.create(line) for line in lines],
                    **values,
                }
            )
        )

    @classmethod
    def _asked(cls, *args, **values):
        remediation = cls._propose(*args, **values)
        remediation.action_ask()
        return remediation

    @classmethod
    def _approved(cls, amount=300.0, **values):
        """Return a remediation that all tiers approved."""
        remediation = cls._asked(amount, **values)
        for user in (cls.supervisor, cls.manager, cls.director):
            if remediation.state == "to_approve":
                remediation.with_user(user).action_approve()
        assert remediation.state == "approved", remediation.state
        return remediation

    @classmethod
    def _give_reason(cls, remediations, verb, user, reason="单据不全。"):
        """Fill in the dialog of a step against remediations."""
        cls._ask(verb, remediations, user, reason=reason).action_confirm()

    @classmethod
    def _carry_out(cls, lines, user=None, note="已转账，流水号20260117。"):
        for line in lines:
            cls._ask("carry_out", line, user, note=note).action_confirm()

    def _get_todo_users(self, remediation):
        todos = self.env["mail.activity"].search(
            [("res_model", "=", remediation._name), ("res_id", "=", remediation.id)]
        )
        return todos.user_id


class ApprovalCase(RemediationCase):
    def _approve(self, remediations, user):
        remediations.with_user(user).action_approve()

    def _assert_refused(self, remediations, user, text, error=AccessError):
        """No button, call or list lets the user decide."""
        for verb in ("action_approve", "_refuse", "_send_back"):
            method = getattr(remediations.with_user(user), verb)
            with self._refused(text, error):
                method() if verb == "action_approve" else method("x")

    def _delegate(self, user, delegate, days=(0, 7), **values):
        today = self.company._complaint_today()
        return (
            self.env["customer.complaint.approval.delegation"]
            .with_user(user)
            .create(
                {
                    "delegate_id": delegate.id,
                    "date_from": today + timedelta(days=days[0]),
                    "date_to": today + timedelta(days=days[1]),
                    **values,
                }
            )
        )

    def _remind(self):
        with self.enter_registry_test_mode():
            self.env.ref(
                "customer_complaint.cron_remind_approvals"
            ).method_direct_trigger()
