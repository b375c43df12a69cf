from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_list

from odoo.addons.customer_complaint.const import ARCHIVIST, MANAGER
from odoo.addons.customer_complaint_base.tools.reason import takes_reason


class CustomerComplaintArchiveCardRetention(models.AbstractModel):
    """Retention: how long a card is kept, and what keeps it longer."""

    _name = "customer.complaint.archive.card.retention"
    _inherit = "customer.complaint.sealed"
    _description = "Retention of an Archive Card"

    retention_until = fields.Date(
        string="Kept Until",
        readonly=True,
        copy=False,
        index=True,
        help="Counted from the day the complaint was closed by the years of the "
        "archive category; the card is due the day after. Empty: kept for good.",
        system=True,
        told_to_person=True,
    )
    legal_hold = fields.Boolean(
        readonly=True,
        copy=False,
        help="A dispute or an authority needs the card: it is not destroyed, whatever "
        "its retention.",
        sealed=False,
        system=True,
    )
    hold_reason = fields.Text(
        readonly=True, copy=False, sealed=False, personal=True, system=True
    )
    hold_by_id = fields.Many2one(
        "res.users",
        string="Held By",
        readonly=True,
        copy=False,
        index="btree_not_null",
        sealed=False,
        system=True,
    )
    hold_date = fields.Datetime(
        string="Held Since",
        readonly=True,
        copy=False,
        sealed=False,
        system=True,
    )
    is_due = fields.Boolean(
        compute="_compute_is_due",
        search="_search_is_due",
        help="The retention has ended and nothing holds the card.",
    )
    disposal_id = fields.Many2one(
        "customer.complaint.archive.disposal",
        string="Destroyed By",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        sealed=False,
        system=True,
    )
    date_disposed = fields.Datetime(
        string="Destroyed On",
        readonly=True,
        copy=False,
        sealed=False,
        system=True,
    )

    @api.depends("state", "retention_until", "legal_hold")
    def _compute_is_due(self):
        due = self.filtered_domain(self._get_due_domain())
        for card in self:
            card.is_due = card in due

    @api.model
    def _search_is_due(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        return self._get_due_domain()

    @api.model
    def _get_due_domain(self):
        """Return the domain of the cards that may be destroyed.

        :rtype: odoo.fields.Domain
        """
        return Domain([("state", "=", "sealed"), ("legal_hold", "=", False)]) & (
            Domain.OR(
                Domain("company_id", "=", company.id)
                & Domain("retention_until", "<", company._complaint_today())
                for company in self.env.companies | self.company_id
            )
        )

    def action_hold(self):
        """Ask why these cards are held.

        :rtype: dict
        """
        return self._action_ask_reason(
            "_hold",
            self.env._("Legal Hold"),
            self.env._(
                "Held cards are not destroyed, whatever their retention, until a "
                "manager ends the hold."
            ),
            self._get_hold_example(),
        )

    def action_release(self):
        """Ask why these cards are no longer held.

        :rtype: dict
        """
        return self._action_ask_reason(
            "_release",
            self.env._("End Legal Hold"),
            self.env._(
                "The cards are due again when their retention ends. The hold stays in "
                "the chain."
            ),
            self._get_hold_example(),
        )

    def _get_hold_example(self):
        return self.env._(
            "E.g. the court and the number of the case. It stays in the chain."
        )

    @takes_reason
    def _hold(self, reason):
        """Hold the cards; an entry of the chain says who did it, when and why.

        :param str reason: plain text
        :raise AccessError: unless the user is archivist or manager
        :raise UserError: naming cards that are held or destroyed already
        """
        self._check_groups(ARCHIVIST, MANAGER)
        self._check_none(
            lambda card: card.legal_hold or card.state == "disposed",
            self.env._("These cards are held already, or destroyed: %(names)s."),
        )
        self._chain_hold("hold", reason)
        self.sudo()._write_unguarded(  # checked right above
            {
                "legal_hold": True,
                "hold_reason": reason,
                "hold_by_id": self.env.uid,
                "hold_date": fields.Datetime.now(),
            }
        )

    @takes_reason
    def _release(self, reason):
        """End the hold; the chain keeps that there was one.

        :param str reason: plain text
        :raise AccessError: unless the user is manager
        :raise UserError: naming cards that are not held
        """
        self._check_groups(MANAGER)
        self._check_none(
            lambda card: not card.legal_hold,
            self.env._("These cards are not held: %(names)s."),
        )
        self._chain_hold("release", reason)
        self.sudo()._write_unguarded(  # checked right above
            {
                "legal_hold": False,
                "hold_reason": False,
                "hold_by_id": False,
                "hold_date": False,
            }
        )

    def _chain_hold(self, kind, reason):
        self.check_access("read")
        self.complaint_id._check_may_work()
        for cards in self.sudo().grouped("company_id").values():
            self.env["customer.complaint.archive.entry"]._append(
                kind,
                {card: {"reason": reason, "by": self.env.user.name} for card in cards},
            )

    def _check_groups(self, *groups):
        """Refuse users in none of the groups.

        :raise AccessError: saying whom to ask
        """
        if not self.env.su and not any(self.env.user.has_group(g) for g in groups):
            raise AccessError(
                self.env._(
                    "Your role does not allow this on archive cards. Ask the archivist "
                    "or a manager."
                )
            )

    def _check_none(self, condition, message):
        """Refuse a step for the cards that meet a condition.

        :param condition: takes a card
        :param str message: translated, with a place for the names
        :raise UserError: naming the cards
        """
        met = self.filtered(condition)
        if met:
            names = format_list(self.env, met.mapped("display_name"))
            raise UserError(message % {"names": names})

    def _get_cannot_dispose_reason(self):
        """Return why the card may not be destroyed now, or nothing.

        :rtype: str or bool
        """
        self.ensure_one()
        if self.state != "sealed":
            return self.env._("it is not sealed, or destroyed already")
        if self.legal_hold:
            return self.env._("a legal hold keeps it")
        if not self.retention_until:
            return self.env._("it is kept for good")
        if self.retention_until >= self.company_id._complaint_today():
            return self.env._(
                "it is kept until %(day)s",
                day=self.company_id._complaint_format_day(self.retention_until),
            )
        return self._get_clock_reason()

    def _get_clock_reason(self):
        """Return that the clock of the server cannot be right, if so.

        A clock that was turned can make cards look due; the chain tells how late it
        was already.

        :rtype: str or bool
        """
        last = (
            self.env["customer.complaint.archive.entry"]
            .sudo()  # a date, nothing of what was sealed
            .search([("company_id", "=", self.company_id.id)], limit=1)
        )
        if last.date and last.date > fields.Datetime.now():
            return self.env._(
                "the server's clock is behind the last entry of the archive's chain, "
                "%(moment)s; an administrator sets it right first",
                moment=self.company_id._complaint_format_moment(last.date),
            )
        return False

    def action_propose_disposal(self):
        """Make a disposal of these cards and show it.

        :rtype: dict
        :raise UserError: with one line per card that may not be destroyed
        """
        disposals = self.env["customer.complaint.archive.disposal"]
        for company, cards in self.grouped("company_id").items():
            disposals += disposals.create(
                {
                    "company_id": company.id,
                    "line_ids": [
                        fields.Command.create({"card_id": card.id}) for card in cards
                    ],
                }
            )
        action = self.env["ir.actions.actions"]._for_xml_id(
            "customer_complaint_archive.customer_complaint_archive_disposal_action"
        )
        if len(disposals) == 1:
            return {**action, "res_id": disposals.id, "views": [(False, "form")]}
        return {**action, "domain": [("id", "in", disposals.ids)]}
