from odoo import api, models
from odoo.tools import SQL

from odoo.addons.customer_complaint_base.models.customer_complaint_personal import (
    LONG_TEXTS,
)

# What stands where a text was: in both languages, whoever reads what remains.
ERASED = "[已删除 erased]"


class CustomerComplaintPersonal(models.AbstractModel):
    """What records hold of persons is erased by rule."""

    _inherit = "customer.complaint.personal"

    def _erase_records(self):
        """Erase what these records hold of persons, without a trace elsewhere.

        Past the ORM: nothing is tracked, and no rule of a living case refuses it. A
        text, and what must not be empty, leaves a fixed word; everything else is
        emptied. Files go by :meth:`customer.complaint._erase`.
        """
        if not self:
            return
        self.env.flush_all()
        for records, names in self._get_copied_texts():
            self._erase_fields(records, names)
        self._erase_fields(self, self._get_personal_fields())
        if "message_ids" in self._fields:
            self._erase_messages()
        self.env.invalidate_all()

    @api.model
    def _erase_fields(self, records, names):
        """Erase what some fields of records hold.

        :param records: of any model
        :param names: names of their fields
        """
        if not records:
            return
        values = []
        for name in sorted(names):
            field = records._fields[name]
            if field.type == "many2many":
                self._erase_links(records, field)
            elif field.column_type:
                values.append(
                    SQL("%s = %s", SQL.identifier(name), self._sql_erased(field))
                )
        if values:
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s WHERE id IN %s",
                    SQL.identifier(records._table),
                    SQL(", ").join(values),
                    tuple(records.ids),
                )
            )

    @api.model
    def _sql_erased(self, field):
        """Return what a column holds afterwards.

        Where a person must be named, it is the company from then on.
        """
        if field.type == "many2one" and field.required:
            return SQL(
                "(SELECT partner_id FROM res_company WHERE id = %s)",
                SQL.identifier(self._table, "company_id"),
            )
        is_text = field.type in LONG_TEXTS or (field.type == "char" and field.required)
        if not is_text:
            return SQL("NULL")
        column = SQL.identifier(field.name)
        return SQL(
            "CASE WHEN COALESCE(%s, '') = '' THEN %s ELSE %s END",
            column,
            column,
            ERASED,
        )

    @api.model
    def _erase_links(self, records, field):
        self.env.cr.execute(
            SQL(
                "DELETE FROM %s WHERE %s IN %s",
                SQL.identifier(field.relation),
                SQL.identifier(field.column1),
                tuple(records.ids),
            )
        )

    def _erase_messages(self):
        """Erase what was written on the records; that and when it was stays.

        To-dos, mails, sent or not, notifications and followers go. Colleagues stay the
        authors of what they wrote, others do not.
        """
        # Everything of the records, whoever may read it.
        messages_sudo = (
            self.env["mail.message"]
            .sudo()
            .search([("model", "=", self._name), ("res_id", "in", self.ids)])
        )
        self.env.flush_all()
        ids = tuple(messages_sudo.ids) or (0,)
        for table in (
            "mail_tracking_value",
            "mail_mail",
            "mail_notification",
        ):
            self.env.cr.execute(
                SQL(
                    "DELETE FROM %s WHERE mail_message_id IN %s",
                    SQL.identifier(table),
                    ids,
                )
            )
        for table in (
            "mail_message_reaction",
            "mail_message_link_preview",
            # Files of other records that were sent along stay with those.
            "message_attachment_rel",
        ):
            self.env.cr.execute(
                SQL("DELETE FROM %s WHERE message_id IN %s", SQL.identifier(table), ids)
            )
        self.env.cr.execute(
            SQL(
                """UPDATE mail_message SET subject = NULL, email_from = NULL,
                          reply_to = NULL, incoming_email_to = NULL,
                          incoming_email_cc = NULL, outgoing_email_to = NULL,
                          author_guest_id = NULL,
                          body = CASE WHEN COALESCE(body, '') = '' THEN body
                                      ELSE %s END,
                          author_id = CASE WHEN EXISTS (
                              SELECT 1 FROM res_users colleague
                               WHERE colleague.partner_id = mail_message.author_id
                                 AND NOT colleague.share) THEN author_id END
                    WHERE id IN %s""",
                f"<p>{ERASED}</p>",
                ids,
            )
        )
        for table, column in (
            ("mail_activity", "res_model"),
            ("mail_followers", "res_model"),
            ("mail_scheduled_message", "model"),
        ):
            self.env.cr.execute(
                SQL(
                    "DELETE FROM %s WHERE %s = %s AND res_id IN %s",
                    SQL.identifier(table),
                    SQL.identifier(column),
                    self._name,
                    tuple(self.ids),
                )
            )
