from odoo.tests import freeze_time

from .test_person_request import PersonRequestCase

# Said in some text of the case: none of it may be found anywhere afterwards.
SECRETS = ("李娜", "8888 0000", "lina@example.com", "朝阳区建国路", "绝密")


class ErasureCase(PersonRequestCase):
    """An old case with a secret wherever one can be, and another one."""

    def setUp(self):
        super().setUp()
        with freeze_time("2020-01-17 02:00:00"):
            self.old = self._make_old()
            self.other = self._close(self._new(date_received="2020-01-17 01:00:00"))

    def _make_old(self):
        """Return the sealed card of a case with a secret wherever one can be."""
        complaint = self._new(
            date_received="2020-01-17 01:00:00",
            gender="female",
            age=34,
            people_involved="绝密:店员张某",
            other_contact="微信 lina@example.com",
            demand="李娜要求赔偿",
        )
        complaint.message_post(body="李娜来电 8888 0000", subject="李娜")
        complaint.activity_schedule(
            "mail.mail_activity_data_todo", summary="回访李娜", user_id=self.agent.id
        )
        complaint.message_subscribe(self.customer.ids)
        self._add_secrets(complaint)
        card = self._close(complaint)
        self.env["customer.complaint.archive.supplement"].with_user(
            self.archivist
        ).create({"card_id": card.id, "reason": "李娜来信", "body": "绝密"})
        return card

    def _add_secrets(self, complaint):
        """Put a secret into what else hangs on the case. Hook."""

    def _run_job(self):
        """Run the job as the scheduler does, within the test's transaction."""
        with self._without_commits():
            self.patch(
                self.env.registry["ir.attachment"],
                "_gc_file_store",
                lambda files: None,
            )
            self.Disposal._cron_archive_retention()
        self.env.flush_all()
        self.env.invalidate_all()

    def _dispose(self, cards):
        disposal = self._approve_disposal(cards)
        self._run_job()
        return disposal

    def _find_secrets(self, complaint):
        """Return where anything of the person is left, past the ORM."""
        self.env.flush_all()
        found = []
        for model in self.env["customer.complaint.personal"]._get_personal_models():
            Model = self.env[model].sudo().with_context(active_test=False)
            if model == self.Request._name:
                continue
            records = Model.search(Model._get_case_domain(complaint))
            found += self._grep(Model._table, "id", records.ids)
            if "message_ids" in Model._fields:
                messages = self.env["mail.message"].search(
                    [("model", "=", model), ("res_id", "in", records.ids)]
                )
                found += self._grep("mail_message", "id", messages.ids)
                for table in ("mail_mail", "mail_tracking_value", "mail_notification"):
                    found += self._grep(table, "mail_message_id", messages.ids)
                self.env.cr.execute(
                    "SELECT 1 FROM mail_activity WHERE res_model = %s AND res_id IN %s"
                    " UNION ALL SELECT 1 FROM mail_followers"
                    " WHERE res_model = %s AND res_id IN %s",
                    (model, tuple(records.ids) or (0,)) * 2,
                )
                found += self.env.cr.fetchall()
        entries = complaint.archive_card_id.entry_ids
        return found + self._grep("customer_complaint_archive_entry", "id", entries.ids)

    def _grep(self, table, column, ids):
        self.env.cr.execute(
            f"SELECT row_to_json(line)::text FROM {table} line WHERE {column} IN %s",
            (tuple(ids) or (0,),),
        )
        return [
            (table, secret, text)
            for [text] in self.env.cr.fetchall()
            for secret in SECRETS
            if secret in text
        ]
