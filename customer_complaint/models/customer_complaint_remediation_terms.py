from odoo import api, fields, models
from odoo.tools import format_list

from ..const import GRANTED_STATES


class CustomerComplaintRemediationTerms(models.AbstractModel):
    """Who receives it, and what else an approval rests on besides the lines.

    Customer, order and order lines are noted when approval is asked for, and are part
    of what is approved. They are compared when it is decided and carried out: a contact
    that was merged with another, archived or renamed meanwhile, past all guards, is
    noticed there.
    """

    _name = "customer.complaint.remediation.terms"
    _inherit = "customer.complaint.kept"
    _description = "Terms of a Remediation"

    terms = fields.Json(
        readonly=True,
        copy=False,
        help="Who receives it and what it is about, as it was when approval was asked "
        "for.",
        personal=True,
        system=True,
    )
    changed_terms_note = fields.Text(
        string="Changed Since",
        compute="_compute_changed_terms_note",
        help="What the approval rests on and is no longer so.",
    )

    @api.depends("state", "terms", "complaint_id.partner_id")
    @api.depends_context("lang")
    def _compute_changed_terms_note(self):
        asked = self.filtered(lambda rem: rem.state in ("to_approve", *GRANTED_STATES))
        for remediation in self:
            own = remediation._origin if remediation in asked else None
            changes = own._get_changed_terms() if own else []
            remediation.changed_terms_note = "\n".join(changes) or False

    def _prepare_terms(self):
        """Return what an approval of the remediation rests on, as it is now. Hook.

        :rtype: dict
        """
        self.ensure_one()
        complaint = self.complaint_id
        partner, order = complaint.partner_id, complaint.sale_order_id
        sold = {
            str(line.id): line.complaint_line_id.sale_order_line_id.id or 0
            for line in self.line_ids
        }
        return {
            "partner_id": partner.id or None,
            "partner": partner.name or None,
            "is_active": partner.active if partner else True,
            "commercial_partner_id": partner.commercial_partner_id.id or None,
            "order_id": order.id or None,
            "order": order.name or None,
            "category_id": complaint.category_id.id or None,
            "sold": sold or None,
        }

    @api.model
    def _get_term_labels(self):
        """Return which terms are compared, and what they are called. Hook.

        :return: label and names of each; the first name is what is told
        :rtype: list[tuple[str, tuple[str]]]
        """
        return [
            (self.env._("customer"), ("partner", "partner_id")),
            (self.env._("order"), ("order", "order_id")),
        ]

    def _get_changed_terms(self):
        """Return what the approval rests on that is another now.

        :return: one text for each change
        :rtype: list[str]
        """
        self.ensure_one()
        asked = self.terms
        if not asked:
            return []
        terms = self.sudo()._prepare_terms()  # compared, whoever may see them
        none = self.env._("(none)")
        changes = []
        for label, names in self._get_term_labels():
            if any(asked.get(name) != terms[name] for name in names):
                changes.append(
                    self.env._(
                        "%(what)s: %(before)s → %(after)s",
                        what=label,
                        before=asked.get(names[0]) or none,
                        after=terms[names[0]] or none,
                    )
                )
        if asked.get("is_active") and not terms["is_active"]:
            changes.append(
                self.env._("%(customer)s was archived", customer=terms["partner"])
            )
        sold, before = terms["sold"] or {}, asked.get("sold") or {}
        if any(before.get(line_id) != sold[line_id] for line_id in sold):
            changes.append(self.env._("a product belongs to another order line"))
        return changes

    def _get_changed_terms_reason(self):
        """Say what the approval rests on and is another now, or return False.

        :rtype: str or bool
        """
        changes = self._get_changed_terms()
        return bool(changes) and self.env._(
            "it rests on what was changed since approval was asked for: %(changes)s. "
            "Take it back and ask for approval anew, or put it right.",
            changes=format_list(self.env, changes),
        )

    def _check_terms_kept(self):
        """Refuse to carry out what was approved for somebody or something else.

        :raise UserError: naming what was changed, and the way out
        """
        self._raise_reasons(lambda rem: rem._get_changed_terms_reason())

    def _ask_anew(self, text, reason):
        """Make what waits or was approved a draft again, as it rests on other facts.

        :param str text: what was changed
        :param str reason: what cannot be changed while money is under way
        :raise UserError: if one of them is being carried out
        """
        self.line_ids._check_none_under_way(reason)
        asked = self.filtered(lambda rem: rem.state != "draft")
        if asked:
            asked._back_to_draft(
                lambda rem: rem.env._(
                    "%(change)s: approval has to be asked for anew", change=text
                )
            )
            asked._ask_handlers(self.env._("Ask for approval anew"), text)
