import base64
import io

from PIL import Image, ImageDraw

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
    """A decided complaint, and a director above the manager."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.director = cls._new_user("complaint_director", "manager")

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
