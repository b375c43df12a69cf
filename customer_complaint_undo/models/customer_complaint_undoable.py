from contextlib import ExitStack
from datetime import date, datetime, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.customer_complaint.const import CLOSED_STATES
from odoo.addons.customer_complaint.models.customer_complaint_life import (
    REQUIRED_FIELDS,
)

# What is brought along with an end, and goes with it.
BROUGHT_FIELDS = {state: REQUIRED_FIELDS[state] for state in ("refused", "withdrawn")}


class CustomerComplaintUndoable(models.AbstractModel):
    """A step taken by mistake goes back, where nothing has left the house.

    By whoever took it, within the minutes of the settings, and as long as nothing was
    added to the case. The dates and people that the step wrote are again what they
    were before, and all that follows from them does; that it was taken, and taken back,
    stays in the history.

    The archive card that an acceptance made stays, without a number: the next
    acceptance goes on with it.
    """

    _name = "customer.complaint.undoable"
    _inherit = "customer.complaint.sealed"
    _description = "Taking Back a Step of a Complaint"

    last_step = fields.Json(
        readonly=True,
        copy=False,
        help="Who took the last step and when, and what it changed; empty once it was "
        "taken back.",
        sealed=False,
        personal=True,
        system=True,
    )
    can_undo = fields.Boolean(
        compute="_compute_can_undo",
        help="The user may take back the last step.",
    )
    undo_note = fields.Char(
        compute="_compute_can_undo",
        help="Which step the user may take back, and until when.",
    )

    # Depends on the clock and on all that hangs on the case, so it is never kept.
    @api.depends("state")
    @api.depends_context("uid", "lang", "tz")
    def _compute_can_undo(self):
        for complaint in self:
            case = complaint._origin
            complaint.can_undo = bool(case) and not case._get_cannot_undo_reason()
            complaint.undo_note = complaint.can_undo and case._get_undo_note()

    def _get_undo_note(self):
        """Return which step may be taken back, and until when.

        :rtype: str
        """
        step = self._get_last_step()
        return self.env._(
            "By mistake? Your step from “%(origin)s” to “%(target)s” can be taken back "
            "until %(time)s.",
            origin=self._get_state_label(step["origin"]),
            target=self._get_state_label(step["target"]),
            time=self.company_id._complaint_format_moment(self._get_undo_limit(step)),
        )

    def _get_last_step(self):
        """Return what is kept of the last step, or nothing.

        :return: who took it and when, from where and where to, and for each field that
            it wrote the value before and after
        :rtype: dict or bool
        """
        self.ensure_one()
        return self.last_step

    def _get_undo_limit(self, step):
        """Return until when a step may be taken back, in naive UTC.

        :param dict step: of :meth:`_get_last_step`
        :rtype: datetime.datetime
        """
        minutes = self.company_id.sudo().complaint_undo_minutes  # no secret
        return datetime.fromisoformat(step["date"]) + timedelta(minutes=minutes)

    # ------------------------------------------------------------------
    # KEEPING WHAT A STEP CHANGED
    # ------------------------------------------------------------------

    def _prepare_step_vals(self, target):
        vals = super()._prepare_step_vals(target)
        return {**vals, "last_step": self._prepare_last_step(target, vals)}

    def _prepare_last_step(self, target, vals):
        """Return what is kept of a step, before it is taken.

        Reopening and merging are decisions of their own, and not taken back.

        :param str target: the state to go to
        :param dict vals: what the step writes
        :rtype: dict or bool
        """
        if self._has_ended() or target == "merged":
            return False
        return {
            "user_id": self.env.uid,
            "date": fields.Datetime.now().isoformat(),
            "transaction": self.env.cr.now().isoformat(),
            "origin": self.state,
            "target": target,
            "old": {name: self._read_for_undo(name) for name in vals},
            "new": {
                name: self._make_plain(value)
                for name, value in vals.items()
                if self._fields[name].type not in ("one2many", "many2many")
            },
        }

    def _read_for_undo(self, name):
        """Return the value of a field as it can be kept, and written again."""
        return self._make_plain(self._fields[name].convert_to_write(self[name], self))

    @api.model
    def _make_plain(self, value):
        """Return a value as it is kept: a day and a time as text."""
        if isinstance(value, datetime):
            return fields.Datetime.to_string(value)
        return fields.Date.to_string(value) if isinstance(value, date) else value

    # ------------------------------------------------------------------
    # TAKING IT BACK
    # ------------------------------------------------------------------

    def action_undo_step(self):
        """Take back the step that the user took last, by mistake.

        :raise AccessError: if the user must not work on the complaint
        :raise UserError: if the step is not taken back any more, saying why
        """
        self.ensure_one()
        self.check_access("write")
        self._check_may_work()
        reason = self._get_cannot_undo_reason()
        if reason:
            raise UserError(self._name_reason(reason))
        step = self._get_last_step()
        vals = {
            **step["old"],
            **dict.fromkeys(BROUGHT_FIELDS.get(step["target"], ()), False),
            "state": step["origin"],
            "last_step": False,
        }
        with ExitStack() as stack:
            self._enter_change(vals, stack)
            self._write_unguarded(vals)
        self._take_back_todos(step)
        self._message_log(
            body=self.env._(
                "%(user)s took back the step from “%(origin)s” to “%(target)s” of "
                "%(time)s: it was taken by mistake.",
                user=self.env.user.name,
                origin=self._get_state_label(step["origin"]),
                target=self._get_state_label(step["target"]),
                time=self.company_id._complaint_format_moment(
                    datetime.fromisoformat(step["date"])
                ),
            )
        )
        return True

    def _take_back_todos(self, step):
        """Take back the to-dos that the step gave to people.

        :param dict step: of :meth:`_get_last_step`
        """
        # What the system asked others for, whoever they are.
        self.sudo().activity_ids.filtered(
            lambda todo: (
                todo.automated
                and todo.create_date >= datetime.fromisoformat(step["transaction"])
            )
        ).unlink()

    def _get_cannot_undo_reason(self):
        """Return why the user does not take back the last step, or False.

        Hook: what has left the house by a way of its own, or cannot be undone, says so.

        :return: a sentence without the number of the complaint
        :rtype: str or bool
        """
        self.ensure_one()
        step = self._get_last_step()
        if not step or step["target"] != self.state:
            return self.env._(
                "there is no step to take back: it was taken back already, or it is "
                "one that is not, as reopening and merging. Go on from here."
            )
        if step["user_id"] != self.env.uid:
            return self.env._(
                "only whoever took the step takes it back. Ask %(user)s, or go on from "
                "here.",
                # A name, shown in the history too.
                user=self.env["res.users"].sudo().browse(step["user_id"]).name,
            )
        if fields.Datetime.now() > self._get_undo_limit(step):
            return self.env._(
                "the step can be taken back for %(minutes)s minutes only. Go on from "
                "here; the history shows what happened.",
                minutes=self.company_id.sudo().complaint_undo_minutes,  # no secret
            )
        if self._has_ended() and self._is_card_sealed():
            return self.env._(
                "its archive card has its number and is sealed. If there are new "
                "facts, a supervisor reopens it."
            )
        return self._get_undo_hindrance(step)

    def _is_card_sealed(self):
        """Return whether the archive card is sealed, whoever may see the card."""
        card_sudo = self.sudo().archive_card_id
        return bool(card_sudo) and card_sudo.state != "open"

    def _get_undo_hindrance(self, step):
        """Return what has happened since the step, or with it, or False.

        :param dict step: of :meth:`_get_last_step`
        :rtype: str or bool
        """
        changed = [
            name
            for name, value in step["new"].items()
            if self.sudo()._read_for_undo(name) != value  # only whether it is the same
        ]
        if changed:
            return self.env._(
                "“%(field)s” was changed since. Go on from here.",
                field=self._get_field_label(sorted(changed)[0]),
            )
        model = self._get_added_since(step)
        if model:
            return self.env._(
                "something was added or changed since: %(what)s. Go on from here.",
                what=self.env["ir.model"]._get(model).name,
            )
        return self._has_talked_since(step) and self.env._(
            "a message went out or came in since. What others know is not taken back; "
            "go on from here."
        )

    def _has_talked_since(self, step):
        """Return whether a message went out or came in since the step, or with it.

        Notes and what is tracked stay in the house.

        :param dict step: of :meth:`_get_last_step`
        :rtype: bool
        """
        # Whether there are any, nothing of them.
        messages_sudo = (
            self.env["mail.message"]
            .sudo()
            .search(
                [
                    ("model", "=", self._name),
                    ("res_id", "=", self.id),
                    ("create_date", ">=", step["transaction"]),
                ]
            )
        )
        return any(
            message_sudo.message_type == "email"
            or not self._is_internal_message(message_sudo)
            for message_sudo in messages_sudo
        )

    def _get_added_since(self, step):
        """Return a kind of record that was added to the case, or changed, since.

        Whatever hangs on a complaint, of any addon. What a step makes by itself, such
        as the archive card, counts when it was changed later; what people add counts
        also when it was added with the step, as by a dialog that tells the decision.
        An end may change what people added, so that counts, too.

        :param dict step: of :meth:`_get_last_step`
        :return: the name of a model, or False
        :rtype: str or bool
        """
        moment = step["transaction"]
        later = Domain("write_date", ">", moment)
        with_it = Domain(
            "write_date" if step["target"] in CLOSED_STATES else "create_date",
            ">=",
            moment,
        )
        parts = []
        for name in self._get_models_of_case():
            # Whether there is anything, whoever may see it.
            Model = self.env[name].sudo().with_context(active_test=False)
            domain = Model._get_case_domain(self)
            if domain.is_false():
                continue
            is_added = getattr(Model, "_excludes_sealing", False)
            query = Model._search(domain & (later | with_it if is_added else later))
            parts.append(
                SQL("SELECT %s WHERE EXISTS (%s)", name, query.select(SQL("1")))
            )
        rows = self.env.execute_query(SQL(" UNION ALL ").join(parts))
        return rows[0][0] if rows else False

    @api.model
    def _get_models_of_case(self):
        """Return the names of the models whose records hang on a complaint.

        :rtype: list[str]
        """
        names = self.env["customer.complaint.kept"]._get_kept_models()
        return [
            name for name in names if name != self._name and self.env[name]._log_access
        ]
