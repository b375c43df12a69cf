from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools import clean_context

from .customer_complaint import COMPLAINANT_FIELDS
from .customer_complaint_life import AGENT

# What the new complaint takes over: who complains, of which sale, and how it arrived.
TAKEN_OVER_FIELDS = (
    "company_id",
    *COMPLAINANT_FIELDS,
    "channel_id",
    "way_in",
    "received_by_id",
    "date_received",
    "complexity",
)


class CustomerComplaint(models.Model):
    """Splitting: chosen products and papers go to a new complaint of their own.

    Both are linked; the clocks of the new one run from the original receipt.
    """

    _inherit = "customer.complaint"

    split_from_id = fields.Many2one(
        "customer.complaint",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The complaint that this one was split off.",
        system=True,
    )
    split_ids = fields.One2many(
        "customer.complaint",
        "split_from_id",
        string="Complaints Split Off",
        system=True,
    )
    split_count = fields.Integer(
        string="Split Off",
        readonly=True,
        copy=False,
        help="How many complaints were split off this one.",
        sealed=False,
        system=True,
    )

    # ------------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------------

    def action_split(self):
        """Ask what goes to a complaint of its own.

        :rtype: dict
        """
        self.ensure_one()
        return self._action_ask(
            "customer.complaint.split", self.env._("Split"), complaint_id=self.id
        )

    def action_open_split(self):
        """List the complaints that were split off this one.

        :rtype: dict
        """
        self.ensure_one()
        action = self._action_list_for([("split_from_id", "=", self.id)])
        action["context"] = {"create": False}
        return action

    # ------------------------------------------------------------------
    # SPLITTING
    # ------------------------------------------------------------------

    def _split_off(self, lines, documents, vals):
        """Move products and papers to a new complaint of the same customer.

        :param customer.complaint.line lines: what moves
        :param customer.complaint.archive.document documents: what moves; the user
            must be able to change them
        :param dict vals: subject, description, category and team of the new complaint
        :return: the new complaint, registered
        :rtype: customer.complaint
        :raise AccessError: if the user may not work on the complaint or a paper
        :raise UserError: if the complaint has ended, or nothing moves or stays
        """
        self.ensure_one()
        self._check_may_split(lines, documents)
        # Checked above. Of the sale it says what this one says, which the user who
        # splits may not be able to choose anew.
        clean_sudo = self.sudo().with_context(clean_context(self.env.context))
        new_sudo = clean_sudo.create([{**self._prepare_split_vals(), **vals}])
        new_sudo._write_unguarded({"split_from_id": self.id})
        self._write_unguarded({"split_count": self.split_count + 1})
        self._move_content(lines, documents, new_sudo)
        new_sudo._take_over_recusals(self)
        new = self.browse(new_sudo.id)
        self._log_split(new, lines, documents)
        return new

    def _check_may_split(self, lines, documents):
        """Check rights and what is to move.

        :raise AccessError: if the user may not work on the complaint or a paper
        :raise UserError: if the complaint has ended, or nothing moves or stays
        """
        self.check_access("write")
        self._check_may_change()
        if not self.env.su and not self.env.user.has_group(AGENT):
            raise AccessError(self.env._("Agents and supervisors split complaints."))
        for records in (lines, documents):
            if records:
                records.check_access("write")
            if records.complaint_id - self:
                raise UserError(
                    self.env._(
                        "%(number)s: choose only its own products and papers.",
                        number=self.name,
                    )
                )
        moving = len(lines) + len(documents)
        if not moving:
            raise UserError(
                self.env._(
                    "%(number)s: choose a product or paper that goes to a complaint of "
                    "its own.",
                    number=self.name,
                )
            )
        # Papers the user may not see stay, and count.
        complaint_sudo = self.sudo()
        if moving == len(complaint_sudo.line_ids) + len(complaint_sudo.document_ids):
            raise UserError(
                self.env._(
                    "%(number)s would keep neither product nor paper. Leave something "
                    "with it, or change the complaint itself.",
                    number=self.name,
                )
            )

    def _prepare_split_vals(self):
        """Return what a complaint split off takes over. Bridges may add values.

        :rtype: dict
        """
        self.ensure_one()
        vals = {}
        for name in TAKEN_OVER_FIELDS:
            value = self[name]
            kind = self._fields[name].type
            if kind == "many2many":
                value = [Command.set(value.ids)]
            elif kind == "many2one":
                value = value.id
            vals[name] = value
        if self.is_policy_forced:
            vals["policy_id"] = self.policy_id.id
        return vals

    def _move_content(self, lines, documents, new):
        """Move products and papers, with their files, to the new complaint.

        What was verified of the products is to be verified again. Bridges move what
        hangs on the lines.
        """
        if lines:
            lines._move_to_complaint(new)
            self._reopen_verifications({"line_ids"})
        if documents:
            documents._move_to_complaint(new)

    def _log_split(self, new, lines, documents):
        """Say in both chatters what went where."""
        names = [*lines.mapped("product_name"), *documents._get_shown_names()]
        moved = Markup("<br/>").join(names)
        # The new one may belong to a team the user is not in.
        complaint_sudo, new_sudo = self.sudo(), new.sudo()
        complaint_sudo._message_log(
            body=Markup("<p>%s<br/>%s</p>")
            % (
                self.env._("Split off to %(link)s:", link=new_sudo._get_html_links()),
                moved,
            )
        )
        new_sudo._message_log(
            body=Markup("<p>%s<br/>%s</p>")
            % (
                self.env._(
                    "Split off from %(link)s:", link=complaint_sudo._get_html_links()
                ),
                moved,
            )
        )
