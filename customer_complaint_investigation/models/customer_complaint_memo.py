import logging

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_list

from odoo.addons.customer_complaint.const import MAX_NAME_LENGTH, READER_GROUPS

_logger = logging.getLogger(__name__)
MEMO_STATES = [
    ("draft", "Draft"),
    ("sent", "Waiting for Answer"),
    ("answered", "Answered"),
    ("cancelled", "Cancelled"),
]
# What the memo asks; it does not change once it is sent.
QUESTION_FIELDS = frozenset(
    {
        "name",
        "complaint_id",
        "team_id",
        "recipient_id",
        "question",
        "date_due",
        "attachment_ids",
    }
)
# What whoever is asked may write.
ANSWER_FIELDS = frozenset({"answer", "answer_attachment_ids"})


class CustomerComplaintMemo(models.Model):
    """A question or demand to another department (内联单, OPINION-FORM).

    Whoever is asked needs no role in complaint handling: they see this memo and the
    files attached to it, nothing else of the complaint, and may only answer.
    """

    _name = "customer.complaint.memo"
    _inherit = [
        "customer.complaint.belonging",
        "customer.complaint.part",
        "customer.complaint.clocked",
        "customer.complaint.due",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "Internal Memo"
    _order = "date_due, id"
    _check_company_auto = True
    _mail_post_access = "read"
    _file_fields = ("attachment_ids", "answer_attachment_ids")

    name = fields.Char(
        string="Matter",
        required=True,
        index="trigram",
        personal=True,
        longest=MAX_NAME_LENGTH,
    )
    complaint_id = fields.Many2one(
        "customer.complaint",
        required=True,
        index=True,
        ondelete="restrict",
        groups=READER_GROUPS,
    )
    complaint_name = fields.Char(
        related="complaint_id.name",
        string="Complaint Number",
        store=True,
        precompute=True,
        help="The number is all that whoever is asked sees of the complaint itself.",
        sealed=False,
        system=True,
    )
    state = fields.Selection(
        MEMO_STATES,
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
        system=True,
    )
    sender_id = fields.Many2one(
        "res.users",
        string="Asked By",
        required=True,
        readonly=True,
        index=True,
        copy=False,
        default=lambda self: self.env.user,
        system=True,
    )
    team_id = fields.Many2one(
        "customer.complaint.team",
        string="Department",
        index="btree_not_null",
        check_company=True,
        help="Department that is asked; the memo goes to its leader.",
    )
    recipient_id = fields.Many2one(
        "res.users",
        string="To",
        required=True,
        compute="_compute_recipient_id",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        check_company=True,
        domain="[('share', '=', False)]",
        tracking=True,
        help="Who is to answer. No role in complaint handling is needed.",
    )
    question = fields.Text(
        string="Question or Demand",
        required=True,
        help="What you want to know or to be done, and what it is about.",
        personal=True,
    )
    date_due = fields.Datetime(
        string="Answer Until",
        required=True,
        index=True,
        tracking=True,
        help="When the answer is needed.",
    )
    attachment_ids = fields.Many2many(
        "ir.attachment",
        "customer_complaint_memo_attachment_rel",
        "memo_id",
        "attachment_id",
        string="Evidence",
        bypass_search_access=True,
        help="Files whoever is asked may see.",
    )
    date_sent = fields.Datetime(
        string="Sent On", readonly=True, copy=False, system=True
    )
    date_reminded = fields.Datetime(
        string="Last Reminder",
        readonly=True,
        copy=False,
        help="When whoever is asked was last reminded.",
        sealed=False,
        system=True,
    )
    answer = fields.Text(copy=False, personal=True)
    answer_attachment_ids = fields.Many2many(
        "ir.attachment",
        "customer_complaint_memo_answer_attachment_rel",
        "memo_id",
        "attachment_id",
        string="Files of the Answer",
        copy=False,
        bypass_search_access=True,
    )
    date_answered = fields.Datetime(
        string="Answered On", readonly=True, copy=False, system=True
    )
    answered_by_id = fields.Many2one(
        "res.users",
        string="Signed By",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Who signed the answer.",
        system=True,
    )
    is_late = fields.Boolean(
        help="The time to answer has passed and there is no answer."
    )
    can_answer = fields.Boolean(compute="_compute_can_answer")
    can_edit = fields.Boolean(compute="_compute_can_answer")

    @api.model
    def _get_granted_domain(self, operation):
        # Who is asked need have no role.
        asked = Domain("recipient_id", "=", self.env.uid)
        return asked & Domain("state", "!=", "draft")

    @api.depends("team_id")
    def _compute_recipient_id(self):
        for memo in self:
            memo.recipient_id = memo.team_id.leader_id or memo.recipient_id

    @api.depends("state", "date_due")
    def _compute_is_late(self):
        return super()._compute_is_late()

    @api.model
    def _get_late_domain(self):
        now = fields.Datetime.now()
        return Domain("state", "=", "sent") & Domain("date_due", "<", now)

    @api.depends("recipient_id", "state")
    @api.depends_context("uid")
    def _compute_can_answer(self):
        for memo in self:
            memo.can_answer = (
                memo.state == "sent" and memo.recipient_id == self.env.user
            )
            memo.can_edit = memo._is_complaint_user()

    def _is_complaint_user(self):
        """Return whether the user works on the complaints of these memos.

        Whoever is merely asked does not, even with a role in other cases.

        :rtype: bool
        """
        # Which complaints they are, not what is in them: the field is hidden from
        # whoever is asked.
        complaint_ids = self.sudo().complaint_id.ids
        complaints = self.env["customer.complaint"].browse(complaint_ids)
        return self.env.su or all(
            # Who is recused is told so by what is checked next.
            complaint.has_access("write")
            or (complaint.has_access("read") and complaint.is_recused)
            for complaint in complaints
        )

    @api.constrains("recipient_id", "company_id")
    def _check_recipient_id(self):
        for memo in self:
            reason = memo._get_wrong_recipient_reason()
            if reason:
                raise ValidationError(reason)

    def _get_wrong_recipient_reason(self):
        """Return why the memo cannot go to its recipient, or False.

        :rtype: str or bool
        """
        self.ensure_one()
        recipient = self.recipient_id
        if recipient.share or not recipient.active:
            return self.env._(
                "%(user)s is no active employee and cannot answer a memo. Choose "
                "somebody of the company.",
                user=recipient.name,
            )
        if self.company_id not in recipient.company_ids:
            return self.env._(
                "%(user)s does not belong to %(company)s and must not see its "
                "complaints. Choose somebody of the company.",
                user=recipient.name,
                company=self.company_id.name,
            )
        return False

    @api.model
    def _get_reserved_fields(self):
        # Nobody puts an answer into the mouth of whoever is asked.
        return super()._get_reserved_fields() | ANSWER_FIELDS

    @api.model_create_multi
    def create(self, vals_list):
        # Whoever writes a memo is at work on the case; it speaks for it.
        return super().create(self._prepare_new_vals_list(vals_list))

    def write(self, vals):
        self._check_may_write(vals.keys())
        self._check_keeps_complaint(vals)
        return super().write(vals)

    def _check_may_write(self, names):
        """Refuse values that the state of the memo or the user's part forbids.

        :param names: names of the fields somebody wants to write
        :raise UserError: if the memo no longer changes
        :raise AccessError: if only the person asked may write them, or only the others
        """
        forbidden = self._get_marked_fields("system").intersection(names)
        sent = self.filtered(lambda memo: memo.state != "draft")
        if forbidden or (sent and QUESTION_FIELDS.intersection(names)):
            raise UserError(
                self.env._(
                    "A memo that was sent keeps what it asks, and its steps are taken "
                    "by its buttons: %(fields)s. Cancel it and write a new one.",
                    fields=self._list_labels(
                        forbidden or QUESTION_FIELDS.intersection(names)
                    ),
                )
            )
        if ANSWER_FIELDS.intersection(names):
            self._check_may_answer()
        elif QUESTION_FIELDS.intersection(names):
            if not self._is_complaint_user():
                raise AccessError(
                    self.env._("You are asked to answer this memo, not to change it.")
                )
            self.complaint_id._check_may_change()

    def _check_keeps_complaint(self, vals):
        """:raise UserError: if a memo would go to another complaint"""
        if self._leaves_complaint(vals):
            raise UserError(
                self.env._(
                    "A memo stays with its complaint. Write a new one in the other "
                    "complaint."
                )
            )

    def _check_may_answer(self):
        """Only the person asked answers, and only while an answer is awaited.

        :raise AccessError: if the user is not asked
        :raise UserError: if the memo waits for no answer
        """
        others = self.filtered(lambda memo: memo.recipient_id != self.env.user)
        if others:
            raise AccessError(
                self.env._(
                    "The answer is signed by the person asked: %(names)s.",
                    names=format_list(self.env, others.recipient_id.mapped("name")),
                )
            )
        waiting = self.filtered(lambda memo: memo.state == "sent")
        if waiting != self:
            raise UserError(
                self.env._(
                    "These memos wait for no answer: %(names)s.",
                    names=format_list(self.env, (self - waiting).mapped("name")),
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        if any(memo.state != "draft" for memo in self):
            raise UserError(
                self.env._("A memo that was sent is kept. Cancel it instead.")
            )
        self.complaint_id._check_may_work()

    @api.model
    def _may_take_files_late(self):
        return True

    def _takes_files_late(self):
        """An answer may come when the case has ended."""
        return self.state == "sent"

    def _get_kept_files(self):
        """What was asked stays once it is sent, the answer once it is signed."""
        sent = self.filtered(lambda memo: memo.state != "draft")
        ended = sent.filtered(lambda memo: memo.state != "sent")
        return sent.attachment_ids | ended.answer_attachment_ids

    def action_send(self):
        """Send the memos: each recipient gets a to-do and a message.

        :raise UserError: if a memo cannot be sent, with the way out
        """
        for memo in self:
            reason = memo._get_cannot_send_reason()
            if reason:
                raise UserError(reason)
        self.complaint_id._check_may_change()
        for memo in self:
            memo._write_unguarded({"state": "sent", "date_sent": fields.Datetime.now()})
            memo.message_subscribe(partner_ids=memo.recipient_id.partner_id.ids)
            memo.activity_schedule(
                "customer_complaint_investigation.mail_act_memo",
                date_deadline=memo.company_id._complaint_date(memo.date_due),
                summary=memo.name,
                user_id=memo.recipient_id.id,
            )
            memo.complaint_id._message_log(
                body=self.env._(
                    "Memo “%(memo)s” sent to %(user)s, to be answered until %(due)s",
                    memo=memo.name,
                    user=memo.recipient_id.name,
                    due=memo._format_due(),
                )
            )
        return True

    def _get_cannot_send_reason(self):
        """Return why the memo cannot be sent now, or False.

        :rtype: str or bool
        """
        self.ensure_one()
        if not self._is_complaint_user():
            return self.env._("Only those who handle complaints send memos.")
        if self.state != "draft":
            return self.env._(
                "“%(memo)s” was sent already. Reload the page.", memo=self.name
            )
        if not self.recipient_id.email:
            return self.env._(
                "%(user)s has no e-mail address and would not learn of the memo. Ask "
                "an administrator to enter one, or choose somebody else.",
                user=self.recipient_id.name,
            )
        if self.date_due <= fields.Datetime.now():
            return self.env._(
                "The time to answer “%(memo)s” has already passed. Enter a later one.",
                memo=self.name,
            )
        return self._get_wrong_recipient_reason()

    def action_answer(self):
        """Sign the answer; only the person asked can.

        :raise AccessError: if the user is not asked
        :raise UserError: if there is no answer to sign
        """
        self._check_may_answer()
        for memo in self:
            if not (memo.answer or "").strip():
                raise UserError(
                    self.env._("Write your answer to “%(memo)s” first.", memo=memo.name)
                )
        for memo in self:
            memo._write_unguarded(
                {
                    "state": "answered",
                    "date_answered": fields.Datetime.now(),
                    "answered_by_id": self.env.uid,
                }
            )
            # Answering is the person's own deed; the complaint is closed to them.
            memo_sudo = memo.sudo()
            memo_sudo.activity_feedback(
                ["customer_complaint_investigation.mail_act_memo"]
            )
            memo_sudo.message_notify(
                partner_ids=memo_sudo.sender_id.partner_id.ids,
                subject=memo.name,
                body=self.env._(
                    "%(user)s answered the memo “%(memo)s”.",
                    user=self.env.user.name,
                    memo=memo.name,
                ),
            )
            memo_sudo.complaint_id._message_log(
                body=self.env._(
                    "Memo “%(memo)s” answered and signed by %(user)s",
                    memo=memo.name,
                    user=self.env.user.name,
                )
            )
        return True

    def action_cancel(self):
        """Cancel memos that no longer need an answer.

        :raise UserError: if one was answered
        """
        if not self._is_complaint_user():
            raise AccessError(
                self.env._("Only those who handle complaints cancel memos.")
            )
        self.complaint_id._check_may_work()
        answered = self.filtered(lambda memo: memo.state == "answered")
        if answered:
            raise UserError(
                self.env._(
                    "An answered memo is kept as it is: %(names)s.",
                    names=format_list(self.env, answered.mapped("name")),
                )
            )
        self._write_unguarded({"state": "cancelled"})
        self.activity_unlink(["customer_complaint_investigation.mail_act_memo"])
        return True

    def action_remind(self):
        """Remind those asked; they get a message.

        :raise UserError: if a memo waits for no answer
        """
        if not self._is_complaint_user():
            raise AccessError(
                self.env._("You are asked to answer this memo, not to change it.")
            )
        self.complaint_id._check_may_work()
        waiting = self.filtered(lambda memo: memo.state == "sent")
        if waiting != self:
            raise UserError(
                self.env._(
                    "These memos wait for no answer: %(names)s.",
                    names=format_list(self.env, (self - waiting).mapped("name")),
                )
            )
        for memo in self:
            memo._remind()
        return True

    def _remind(self):
        """Tell the person asked that the answer is awaited, and note when."""
        self.ensure_one()
        recipient = self.recipient_id
        memo = self.with_context(lang=recipient.lang)
        memo.message_notify(
            partner_ids=recipient.partner_id.ids,
            subject=self.name,
            body=memo.env._(
                "The memo “%(memo)s” on complaint %(number)s is to be answered until "
                "%(due)s.",
                memo=self.name,
                number=self.complaint_name,
                due=memo._format_due(),
            ),
        )
        self._write_unguarded({"date_reminded": fields.Datetime.now()})

    def _format_due(self):
        """Return the time to answer in the company's time zone.

        :rtype: str
        """
        self.ensure_one()
        # The format of the company's time zone; nothing of the complaint is read.
        return self.complaint_id.sudo()._format_moment(self.date_due)

    @api.model
    def _get_clock_triggers(self):
        return {"date_sent", "date_answered", "date_due", "state"}

    def _get_clock_moments(self):
        return {
            "memo_written": self.create_date,
            "memo_sent": self.date_sent,
            "memo_answered": self.date_answered,
        }

    def _get_date_demanded(self):
        return self.date_due

    def _is_clock_stopped(self):
        return self.state == "cancelled"

    @api.model
    def _cron_remind(self):
        """Remind of memos whose time to answer has passed, each once.

        A memo that fails is noted in the log and does not stop the others.
        """
        domain = [
            ("state", "=", "sent"),
            ("date_due", "<=", fields.Datetime.now()),
            ("date_reminded", "=", False),
        ]
        todo = self.search(domain, order="date_due, id")
        self.env["ir.cron"]._commit_progress(remaining=len(todo))
        for memo in todo:
            # Another server may be at it, or it was answered meanwhile.
            memo = memo.try_lock_for_update().filtered_domain(domain)
            if memo:
                try:
                    with self.env.cr.savepoint():
                        memo.with_company(memo.company_id)._remind()
                except OperationalError:
                    raise  # somebody else wrote it: the job is tried again
                except Exception:
                    _logger.exception("Memo %s could not be reminded of", memo.id)
                    memo.invalidate_recordset()
            if not self.env["ir.cron"]._commit_progress(1):
                break

    # ------------------------------------------------------------------
    # RECUSAL
    #
    # Who is complained of is heard: they answer what they are asked (CBIRC-2020).
    # ------------------------------------------------------------------

    def _is_closed_to(self, person):
        return self.recipient_id.partner_id != person and super()._is_closed_to(person)

    @api.model
    def _get_recused_domain(self):
        asked = Domain("recipient_id", "=", self.env.uid)
        return super()._get_recused_domain() & ~asked
