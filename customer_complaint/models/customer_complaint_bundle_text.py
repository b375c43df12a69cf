from odoo import fields, models
from odoo.tools import format_amount, format_date, html2plaintext

from .customer_complaint import COMPLAINANT_FIELDS, MEASURE_FIELDS, get_field_label

# What the case itself says, in the order of its text.
CASE_FIELDS = (
    "name",
    "subject",
    "state",
    "company_id",
    "team_id",
    "user_id",
    "channel_id",
    "way_in",
    "category_id",
    "severity",
    "date_received",
    "received_by_id",
    *COMPLAINANT_FIELDS,
    "description",
    "demand",
    "event_date",
    "event_place",
    "people_involved",
    "usage",
    "date_accepted",
    "accepted_by_id",
    "date_decided",
    "decided_by_id",
    "conclusion",
    "conclusion_note",
    *MEASURE_FIELDS,
    "compensation_total",
    "date_notified",
    "refusal_ground_id",
    "refusal_note",
    "date_withdrawn",
    "withdrawal_reason",
    "date_closed",
    "closed_by_id",
    "reopen_reason",
)
# What is told of the records that hang on a case, by model, in this order.
SECTIONS = {
    "customer.complaint.line": (
        "product_name",
        "specification",
        "quantity",
        "product_uom_id",
        "price_unit",
        "lot_name",
        "production_date",
        "expiry_date",
        "manufacturer",
    ),
    "customer.complaint.evidence": (
        "kind",
        "name",
        "date_obtained",
        "source",
        "note",
        "visit_finding",
        "test_result",
        "is_void",
        "void_reason",
    ),
    "customer.complaint.memo": (
        "name",
        "state",
        "sender_id",
        "recipient_id",
        "question",
        "date_sent",
        "answer",
        "date_answered",
        "answered_by_id",
    ),
    "customer.complaint.remediation": (
        "name",
        "state",
        "amount_total",
        "note",
        "date_agreed",
        "signer_name",
        "signed_text",
        "signed_digest",
        "date_declined",
        "decline_reason",
        "date_done",
        "cancel_reason",
    ),
    "customer.complaint.remediation.line": (
        "remediation_id",
        "kind",
        "product_id",
        "quantity",
        "amount",
        "note",
        "state",
        "done_note",
        "date_done",
    ),
    "customer.complaint.review": (
        "state",
        "date_requested",
        "request",
        "reviewer_id",
        "outcome",
        "process_note",
        "time_note",
        "result_note",
        "opinion",
        "refusal_reason",
        "date_decided",
        "date_told",
    ),
    "customer.complaint.proceeding": (
        "kind",
        "state",
        "body",
        "reference",
        "date_started",
        "demand",
        "date_due",
        "reply",
        "date_replied",
        "date_ended",
        "outcome",
    ),
}
NOTICE_SECTIONS = {
    "customer.complaint.notice": (
        "name",
        "kind",
        "way",
        "recipient_name",
        "address",
        "content",
        "date",
        "user_id",
        "state",
        "date_told",
        "failure_reason",
        "proof_ref",
        "void_reason",
    ),
}
APPROVAL_SECTIONS = {
    "customer.complaint.approval": (
        "remediation_id",
        "round",
        "decision",
        "tier_name",
        "user_id",
        "on_behalf_of_id",
        "date",
        "amount_total",
        "reason",
        "snapshot_text",
    ),
    "customer.complaint.extension": (
        "milestone_id",
        "reason",
        "length_text",
        "date_due_before",
        "date_due_after",
        "state",
        "requested_by_id",
        "decided_by_id",
        "date_decided",
        "decision_note",
    ),
    "customer.complaint.complexity": (
        "complexity",
        "complexity_before",
        "reason",
        "date_due_before",
        "date_due_after",
        "state",
        "requested_by_id",
        "decided_by_id",
        "date_decided",
        "decision_note",
    ),
    "customer.complaint.agreed.terms": (
        "date",
        "date_due",
        "way",
        "content",
        "document_id",
        "notice_id",
        "user_id",
        "void_reason",
    ),
    "customer.complaint.pause": (
        "kind",
        "reason",
        "date_from",
        "date_to",
        "state",
        "user_id",
        "void_reason",
    ),
}
# Messages are read and dropped again in batches.
MESSAGE_BATCH = 500
RULE = "-" * 72


class CustomerComplaint(models.Model):
    """What a case bundle says in words: the case, notices, approvals, history.

    Read with the rights of who makes the bundle: what they may not see is not in it.
    """

    _inherit = "customer.complaint"

    def _get_bundle_texts(self):
        """Return the texts of the bundle; bridges add theirs.

        :return: title and content of each
        :rtype: list[tuple[str, str]]
        """
        self.ensure_one()
        parts = [self._get_bundle_text_of(self, CASE_FIELDS)]
        parts += self._get_bundle_sections(SECTIONS)
        return [
            (self.env._("Case"), "\n".join(parts)),
            (
                self.env._("Notices"),
                "\n".join(self._get_bundle_sections(NOTICE_SECTIONS)),
            ),
            (
                self.env._("Approvals"),
                "\n".join(self._get_bundle_sections(APPROVAL_SECTIONS)),
            ),
            (self.env._("History"), "".join(self._get_bundle_history())),
        ]

    def _get_bundle_sections(self, sections):
        """Return a text for each model of which something hangs on the case.

        :param dict sections: names of fields by model
        :rtype: list[str]
        """
        texts = []
        for model, names in sections.items():
            Model = self.env[model]
            if not Model.has_access("read"):
                continue
            records = Model.search([("complaint_id", "=", self.id)], order="id")
            if not records:
                continue
            heading = self.env["ir.model"]._get(model).name
            texts.append(f"\n{RULE}\n{heading} ({len(records)})\n{RULE}\n")
            texts += [self._get_bundle_text_of(record, names) for record in records]
        return texts

    def _get_bundle_text_of(self, record, names):
        """Return one line for each field of a record that says something.

        :param record: a single record
        :param names: names of its fields
        :rtype: str
        """
        lines = []
        for name in names:
            value = self._format_bundle_value(record, name)
            if not value:
                continue
            label = get_field_label(record, name)
            # Further lines stand apart, so that nobody takes them for fields.
            lines.append(f"{label}: " + value.replace("\n", "\n    ") + "\n")
        return "".join(lines)

    def _format_bundle_value(self, record, name):
        """Return the value of a field as the reader reads it.

        :rtype: str
        """
        field, value = record._fields[name], record[name]
        if field.type == "boolean":
            return self.env._("yes") if value else ""
        if not value and field.type != "monetary":
            return ""
        if field.type == "selection":
            return dict(field._description_selection(self.env))[value]
        if field.relational:
            # What is named on a record that the reader sees.
            return ", ".join(value.sudo().mapped("display_name"))
        if field.type == "datetime":
            return self.company_id._complaint_format_moment(value)
        if field.type == "date":
            return format_date(self.env, value)
        if field.type == "monetary":
            currency = record[field.get_currency_field(record)]
            return format_amount(self.env, value, currency)
        return f"{value:g}" if field.type == "float" else str(value)

    # ------------------------------------------------------------------
    # HISTORY
    # ------------------------------------------------------------------

    def _get_bundle_history(self):
        """Yield the messages and changes of the case, the oldest first.

        :rtype: Iterator[str]
        """
        Message = self.env["mail.message"]
        domain = [
            ("model", "=", self._name),
            ("res_id", "=", self.id),
            ("message_type", "!=", "user_notification"),
        ]
        marks = self._get_seal_marks()
        last = 0
        while messages := Message.search(
            [*domain, ("id", ">", last)], order="id", limit=MESSAGE_BATCH
        ):
            last = messages[-1].id
            for message in messages:
                yield self._get_bundle_message(message, marks(message.id))
            messages.invalidate_recordset()

    def _get_seal_marks(self):
        """Return what tells how a message stands to the seal of the case.

        :return: takes the id of a message and returns a text, or nothing
        """
        card = self.archive_card_id.sudo(False)
        if not card or not card.has_access("read") or card.state != "sealed":
            return lambda _message_id: False
        # Which messages there were and are, not what they say.
        card_sudo = card.sudo()
        sealed = {
            row["id"]: row for row in card_sudo._get_seal_content().get("messages", ())
        }
        Check = self.env["customer.complaint.archive.check"].sudo()
        now = {
            row["id"]: row
            for row in card_sudo._read_snapshots()[card.id][0]["messages"]
        }
        after = self.env._("not in the seal of the archive card")
        changed = self.env._("changed since the archive card was sealed")

        def mark(message_id):
            if message_id not in sealed:
                return after
            is_changed = message_id in now and Check._is_message_changed(
                sealed[message_id], now[message_id]
            )
            return is_changed and changed

        return mark

    def _get_bundle_message(self, message, mark=False):
        """Return a message of the chatter with the changes it shows.

        :param str mark: how it stands to the seal of the case, if there is more to say
        :rtype: str
        """
        # Names only; which fields the reader may see is asked for below.
        message_sudo = message.sudo()
        author = message_sudo.author_id.name or message_sudo.email_from or ""
        kind = message_sudo.subtype_id.name or ""
        moment = self.company_id._complaint_format_moment(message_sudo.date)
        lines = [" · ".join(filter(None, (moment, author, kind)))]
        if mark:
            lines.append(f"[{mark}]")
        if message_sudo.subject:
            lines.append(message_sudo.subject)
        lines += html2plaintext(
            message_sudo.body or "", include_references=False
        ).splitlines()
        values_sudo = message_sudo.tracking_value_ids
        for value in values_sudo._filter_has_field_access(
            self.env
        )._tracking_value_format():
            info = value["fieldInfo"]
            before, after = (
                self._format_tracked(value[key], info["fieldType"])
                for key in ("oldValue", "newValue")
            )
            text = f"{info['changedField']}: {before} → {after}"
            lines += text.splitlines()
        lines += [
            f"[{file.name}]" for file in message.attachment_ids._filtered_access("read")
        ]
        return "\n    ".join(lines) + "\n\n"

    def _format_tracked(self, value, kind):
        if value in (False, None, ""):
            return "–"
        if kind == "datetime":
            moment = fields.Datetime.to_datetime(value.removesuffix("Z"))
            return self.company_id._complaint_format_moment(moment)
        return str(value)
