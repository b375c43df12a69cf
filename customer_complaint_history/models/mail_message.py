from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import email_normalize, html2plaintext

from odoo.addons.customer_complaint.tools.history import has_history_right, is_own

COMPLAINT = "customer.complaint"
# What a message says, who said it, when, to whom, and where.
HISTORY_FIELDS = frozenset(
    {
        "attachment_ids",
        "author_guest_id",
        "author_id",
        "body",
        "date",
        "email_from",
        "incoming_email_cc",
        "incoming_email_to",
        "is_internal",
        "message_type",
        "model",
        "outgoing_email_to",
        "parent_id",
        "partner_ids",
        "res_id",
        "subject",
        "subtype_id",
        "tracking_value_ids",
    }
)
# What authors may still change of a comment that nobody relied on.
EDITED_FIELDS = frozenset({"attachment_ids", "body", "partner_ids"})
# Whoever posts does not choose these.
STAMPED_FIELDS = ("create_date", "create_uid", "write_date", "write_uid")


class MailMessage(models.Model):
    """The history of a case is added to, and neither changed nor deleted.

    Not by managers and administrators, not by code that runs with all rights. The one
    exception: who wrote a comment may correct it while the case is open and nobody
    relied on it; what it said before stays readable. Whoever posts is who they are,
    now. What other apps do with their messages is not touched.
    """

    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        """Create; on cases people post as themselves, now, and only if they may work.

        :raise AccessError: if changes of fields are told that nobody made, or the user
            is recused from the case
        :raise UserError: if the case is restricted, or a confidential file would go out
            with a message
        """
        of_cases = [
            not has_history_right(self) and is_own(self._get_given_model(vals))
            for vals in vals_list
        ]
        messages = super().create(
            [
                self._prepare_posted_vals(vals) if of_case else vals
                for vals, of_case in zip(vals_list, of_cases, strict=True)
            ]
        )
        if any(of_cases):
            messages._check_may_post()
        if any(vals.get("attachment_ids") for vals in vals_list):
            messages._check_no_confidential_file()
        return messages

    @api.model
    def _get_given_model(self, vals):
        """Return of which model a new message will be, the defaults included.

        :param dict vals: as given to ``create``
        """
        if "model" in vals:
            return vals["model"]
        return self.default_get(["model"]).get("model")

    @api.model
    def _prepare_posted_vals(self, vals):
        """Return the values of a message on a case, as whoever posts it is.

        :param dict vals: as given to ``create``
        :rtype: dict
        """
        vals = {name: vals[name] for name in vals if name not in STAMPED_FIELDS}
        if vals.get("tracking_value_ids"):
            raise AccessError(
                self.env._(
                    "Changes of a case are recorded by the system when they are made, "
                    "never by hand. Write what you want to say as a note."
                )
            )
        vals["tracking_value_ids"] = False
        if self._posts_for_others():
            return vals
        person = self.env.user.partner_id
        vals.update(
            author_id=person.id,
            author_guest_id=False,
            date=fields.Datetime.now(),
        )
        if not self._is_sender(email_normalize(vals.get("email_from") or "")):
            vals["email_from"] = person.email_formatted
        return vals

    @api.model
    def _posts_for_others(self):
        """Return whether the author is somebody else than the user, by rule.

        The system itself posts what arrives by e-mail; a customer with a link to the
        portal is the one the link was made for.

        :rtype: bool
        """
        return self.env.uid == SUPERUSER_ID or (
            self.env.su and self.env.user._is_public()
        )

    @api.model
    def _is_sender(self, email):
        """Return whether the user may write on cases from an address.

        From their own, and from those of the company that templates name.

        :param str email: normalized, or nothing
        :rtype: bool
        """
        if not email or email == self.env.user.email_normalized:
            return bool(email)
        companies_sudo = self.env.companies.sudo()  # addresses that every mail shows
        return email in (
            *companies_sudo.partner_id.mapped("email_normalized"),
            *companies_sudo.alias_domain_id.mapped("default_from_email"),
        )

    def _check_may_post(self):
        """Refuse posts of people who must not work on the case, or on restricted cases.

        Mail that arrives is kept whatever the case is, and to be asked something as a
        person (``user_notification``) is no part of the history.

        :raise AccessError: naming the cases the user is recused from
        :raise UserError: naming the restricted cases
        """
        if self.env.uid == SUPERUSER_ID:
            return
        posted_sudo = self.sudo().filtered(
            lambda message: (
                is_own(message.model) and message.message_type != "user_notification"
            )
        )
        # How the cases stand, nothing of them is told.
        cases_sudo = posted_sudo._get_cases()
        cases_sudo._check_is_worked_on()

    def _get_cases(self):
        """Return the complaints whose history these messages are, whoever asks.

        :rtype: customer.complaint
        """
        return get_cases_sudo(self, "model")

    def write(self, vals):
        """:raise UserError: if it would change the history of a case, or a confidential
        file would go out with it
        """
        changed = {name: vals[name] for name in HISTORY_FIELDS & vals.keys()}
        if changed and not has_history_right(self):
            self._check_may_edit(changed)
        result = super().write(vals)
        if vals.get("attachment_ids"):
            self._check_no_confidential_file()
        return result

    def _check_may_edit(self, vals):
        """Refuse changes of the history; note what a comment said before.

        :param dict vals: of the ``HISTORY_FIELDS``
        :raise UserError: saying why
        """
        # Which of them are of cases, and how they are now, whoever asks.
        own_sudo = self.sudo().filtered(lambda message: is_own(message.model))
        if is_own(vals.get("model")) and own_sudo != self:
            raise UserError(
                self.env._(
                    "Nothing is moved into the history of a case. Post it there."
                )
            )
        for message_sudo in own_sudo:
            names = message_sudo._get_changing(vals)
            if not names:
                continue
            reason = message_sudo._get_cannot_edit_reason(names)
            if reason:
                message_sudo._refuse_change(reason)
            if "body" in names:
                message_sudo._note_earlier_text()

    def _get_changing(self, vals):
        """Return the names of those fields whose value would become another one.

        :param dict vals: as given to ``write``
        :rtype: set[str]
        """
        self.ensure_one()
        names = set()
        for name, value in vals.items():
            field = self._fields[name]
            after = field.convert_to_record(field.convert_to_cache(value, self), self)
            if self[name] != after:
                names.add(name)
        return names

    def _get_cannot_edit_reason(self, names):
        """Return why the user may not change a message of a case, or nothing.

        :param set names: of the fields that change
        :rtype: str or bool
        """
        self.ensure_one()
        person = self.env.user.partner_id
        if self.author_id != person or self.env.user.share:
            return self.env._("only who wrote a comment corrects it")
        if self.message_type != "comment" or self.tracking_value_ids:
            return self.env._("the system noted it")
        if names - EDITED_FIELDS:
            return self.env._("author, date and place of a message stay as they are")
        cases = self._get_cases()
        if any(case._has_ended() for case in cases):
            return self.env._("the case has ended")
        if any(case.is_restricted or case._is_recused_from(person) for case in cases):
            return self.env._("you do not work on the case")
        if self._is_relied_on(cases):
            return self.env._("others have read it, or the case went on since")
        return False

    def _is_relied_on(self, cases):
        """Return whether a comment was sent outside, or the case went on after it.

        :param customer.complaint cases: to which it belongs
        :rtype: bool
        """
        self.ensure_one()
        if self.sudo().notification_ids.res_partner_id.filtered("partner_share"):
            return True
        places = Domain("model", "=", self.model) & Domain("res_id", "=", self.res_id)
        if cases:
            places |= Domain("model", "=", COMPLAINT) & Domain(
                "res_id", "in", cases.ids
            )
        went_on = Domain("author_id", "!=", self.author_id.id) | Domain(
            "tracking_value_ids", "!=", False
        )
        later = [("id", ">", self.id), ("message_type", "!=", "user_notification")]
        # That there is something, nothing of it.
        return bool(
            self.env["mail.message"]
            .sudo()
            .search_count(places & went_on & Domain(later), limit=1)
        )

    def _note_earlier_text(self):
        """Keep what a comment said before it is corrected."""
        self.ensure_one()
        record = self.env[self.model].browse(self.res_id)
        company = self._get_cases().company_id[:1] or self.env.company
        record._message_log(
            body=self.env._(
                "A comment of %(date)s was corrected. It said before: %(text)s",
                date=company._complaint_format_moment(self.date),
                text=html2plaintext(self.body or "", include_references=False),
            )
        )

    def _refuse_change(self, reason):
        """:raise UserError: saying that a message stays, and why"""
        raise UserError(
            self.env._(
                "The history of a case stays as it was written: %(reason)s. Add a note "
                "that says what is right.",
                reason=reason,
            )
        )

    def unlink(self):
        """:raise UserError: if it would take something out of the history of a case"""
        if not has_history_right(self) and self.env.registry.ready:
            # Of which model they are, whoever asks.
            for message_sudo in self.sudo():
                if is_own(message_sudo.model):
                    message_sudo._refuse_change(self.env._("nothing is deleted of it"))
        return super().unlink()

    # ------------------------------------------------------------------
    # FILES
    # ------------------------------------------------------------------

    def _check_no_confidential_file(self):
        # What hangs on the message, whoever posts it.
        self.sudo().attachment_ids._refuse_confidential(
            self.env._("Confidential files go out with no message.")
        )


def get_cases_sudo(records, model_field):
    """Return the complaints on which messages or to-dos hang, as superuser.

    :param records: of a model that names a record by model and ``res_id``
    :param str model_field: which of its fields names the model
    :rtype: customer.complaint
    """
    env = records.env(su=True)
    cases_sudo = env[COMPLAINT]
    for model, own in records.sudo().grouped(model_field).items():
        # A module whose records they are may be gone by now.
        if is_own(model) and hasattr(env.get(model), "_get_history_cases"):
            found_sudo = env[model].browse(own.mapped("res_id")).exists()
            cases_sudo |= found_sudo._get_history_cases()
    return cases_sudo
