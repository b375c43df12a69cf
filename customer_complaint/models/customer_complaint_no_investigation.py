from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from .customer_complaint_investigation import FINDING_FIELDS


class CustomerComplaint(models.Model):
    """Deciding without an investigation: a decision with a reason and a precedent.

    Somebody who confirms the findings of the category stands for it by name
    (GOOD-PRACTICE, 21 CFR 820.35(a)).
    """

    _inherit = "customer.complaint"

    no_investigation_reason = fields.Text(
        string="Why It Is Not Investigated",
        readonly=True,
        copy=False,
        personal=True,
        system=True,
    )
    no_investigation_by_id = fields.Many2one(
        "res.users",
        string="Not Investigated, Decided By",
        readonly=True,
        copy=False,
        tracking=True,
        help="Who stands for not investigating the complaint.",
        system=True,
    )
    date_no_investigation = fields.Datetime(
        string="Not Investigated, Decided On",
        readonly=True,
        copy=False,
        system=True,
    )
    precedent_id = fields.Many2one(
        "customer.complaint",
        string="Earlier Similar Complaint",
        readonly=True,
        copy=False,
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        help="The decided complaint about the same matter whose investigation is "
        "relied on.",
        system=True,
    )

    # ------------------------------------------------------------------
    # STEPS
    # ------------------------------------------------------------------

    def _get_cannot_move_reason(self, target):
        # What is missing in an investigation would only mislead.
        if (
            self.state == "accepted"
            and target == "remediation"
            and not self.no_investigation_by_id
        ):
            return self.env._(
                "start the investigation first, or give the reason for having none "
                "with “Decide without Investigation”."
            )
        return super()._get_cannot_move_reason(target)

    def _prepare_undecided_vals(self):
        """Clear why there was none: now it is investigated. The chatter keeps it."""
        return {
            **super()._prepare_undecided_vals(),
            "no_investigation_reason": False,
            "no_investigation_by_id": False,
            "date_no_investigation": False,
            "precedent_id": False,
        }

    def _get_wrong_precedent_reason(self, precedent):
        """Return why these complaints cannot rely on an earlier one, or False.

        :param CustomerComplaint precedent: the earlier complaint
        :rtype: str or bool
        """
        names = {"precedent": precedent.name}
        if precedent in self:
            return self.env._(
                "%(precedent)s cannot rely on itself. Choose an earlier complaint.",
                **names,
            )
        if (
            precedent.state != "closed"
            or not precedent.conclusion
            or precedent.conclusion == "undetermined"
        ):
            return self.env._(
                "%(precedent)s was not closed with a conclusion, so nothing can rest "
                "on it. Choose a closed complaint, or investigate.",
                **names,
            )
        if precedent.no_investigation_by_id:
            return self.env._(
                "%(precedent)s was not investigated itself. Choose the complaint it "
                "relies on, %(other)s.",
                other=precedent.precedent_id.name,
                **names,
            )
        for complaint in self:
            if not complaint._is_similar_to(precedent):
                return self.env._(
                    "%(precedent)s belongs to another company, or shares neither "
                    "category nor product with %(number)s. Choose a similar "
                    "complaint, or investigate.",
                    number=complaint.name,
                    **names,
                )
        return False

    def _is_similar_to(self, other):
        """Return whether another complaint of the company is about the same matter.

        :rtype: bool
        """
        self.ensure_one()
        return self.company_id == other.company_id and bool(
            self.category_id == other.category_id
            or self.line_ids.product_id & other.line_ids.product_id
        )

    # ------------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------------

    def action_skip_investigation(self):
        """Ask why the complaints are not investigated and what is found instead.

        :rtype: dict
        """
        return self._action_ask(
            "customer.complaint.skip.investigation",
            self.env._("Decide without Investigation"),
        )

    def _skip_investigation(self, reason, precedent, findings):
        """Decide the complaints without investigating them.

        :param str reason: why no investigation is needed
        :param CustomerComplaint precedent: the earlier complaint relied on
        :param dict findings: values of ``FINDING_FIELDS``
        :raise AccessError: if the user does not confirm the findings of one of them,
            or may not read the precedent
        :raise UserError: if a condition of the step is not met
        """
        self._check_may_handle_findings()
        self._check_may_confirm()
        precedent.check_access("read")
        others = self.filtered(lambda complaint: complaint.state != "accepted")
        if others:
            raise UserError(
                self.env._(
                    "Only accepted complaints that are not being investigated yet can "
                    "be decided without investigation: %(names)s.",
                    names=format_list(self.env, others.mapped("name")),
                )
            )
        wrong = self._get_wrong_precedent_reason(precedent)
        if wrong:
            raise UserError(wrong)
        if findings.get("conclusion") == "undetermined":
            raise UserError(
                self.env._(
                    "What cannot be determined has to be investigated. Choose another "
                    "conclusion, or start the investigation."
                )
            )
        self.write({name: findings[name] for name in FINDING_FIELDS & findings.keys()})
        self._write_unguarded(
            {
                **self._prepare_confirmed_vals(),
                "no_investigation_reason": reason,
                "no_investigation_by_id": self.env.uid,
                "date_no_investigation": fields.Datetime.now(),
                "precedent_id": precedent.id,
            }
        )
        self._log_reason(
            self.env._("Not investigated; relies on %(name)s", name=precedent.name),
            reason,
        )
        self._take_step("remediation")
