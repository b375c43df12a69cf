from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from odoo.addons.customer_complaint_confidential.tests.archive_access_common import (
    ArchiveAccessCase,
)

ACTION = "/odoo/action-{}.customer_complaint_{}/{}"
ARCHIVE = "customer_complaint_archive"
CONFIDENTIAL = "customer_complaint_confidential"


@tagged("post_install", "-at_install", "slow")
class TestArchiveUi(HttpCase, ArchiveAccessCase):
    """The life of a card after its complaint ended, as people click through it."""

    def _tour(self, name, action, user, res_id="", addon="customer_complaint"):
        self.start_tour(
            ACTION.format(addon, action, res_id).rstrip("/"),
            f"customer_complaint_archive_{name}",
            login=user.login,
            timeout=180,
        )
        self.env.invalidate_all()

    def test_card_from_papers_to_destruction(self):
        complaint, card = self.complaint, self.card.sudo()
        complaint._write_unguarded({"has_compensation": True, "compensation_total": 80})
        self._take_to(complaint, "closed")
        self.assertEqual(card.state, "open")

        self._tour("seal", "archive_card_action", self.archivist, card.id)
        self.assertRecordValues(
            card,
            [
                {
                    "state": "sealed",
                    "sealed_by_id": self.archivist.id,
                    "legal_hold": True,
                }
            ],
        )
        self.assertEqual(len(card.document_ids), 4)
        self.assertEqual(card.supplement_ids.user_id, self.archivist)

        self._tour("ask", "action", self.auditor, complaint.id)
        self._tour(
            "grant", "archive_access_action", self.second_archivist, addon=CONFIDENTIAL
        )
        self._tour("read", "archive_access_action", self.auditor, addon=CONFIDENTIAL)
        sight = self._sights()[0]
        self.assertEqual(
            (sight.user_id, sight.complaint_id, sight.reason),
            (self.auditor, complaint, "consultation"),
        )
        # Nothing but time passes: no job marks it as ended.
        access = self.env["customer.complaint.archive.access"].search(
            [("complaint_id", "=", complaint.id)]
        )
        self._let_period_end(access)
        sights = len(self._sights())
        self._tour(
            "too_late", "archive_access_action", self.auditor, addon=CONFIDENTIAL
        )
        self.assertEqual(len(self._sights()), sights)

        self._tour("release", "archive_card_action", self.manager, card.id)
        self.assertFalse(card.legal_hold)
        # Years pass; the date itself is sealed.
        self.env.cr.execute(
            "UPDATE customer_complaint_archive_card SET retention_until = %s"
            " WHERE id = %s",
            [self.today - timedelta(days=1), card.id],
        )
        card.invalidate_recordset(["retention_until"])
        attachments = card.document_ids.attachment_ids
        self._tour("propose", "archive_card_action_due", self.archivist, addon=ARCHIVE)
        self._tour("destroy", "archive_disposal_action", self.manager, addon=ARCHIVE)
        with self.enter_registry_test_mode():
            self.env.ref(
                "customer_complaint_archive.cron_archive_retention"
            ).method_direct_trigger()
        self.env.invalidate_all()
        notes = card.env["customer.complaint.archive.disposal.line"].search(
            [("card_id", "=", card.id)]
        )
        self.assertEqual(card.state, "disposed", notes.mapped("note"))
        self.assertFalse(attachments.exists())
        self._tour("stub", "archive_card_action", self.manager, card.id)

    def _let_period_end(self, access):
        self.env.cr.execute(
            "UPDATE customer_complaint_archive_access SET date_end = %s WHERE id = %s",
            [fields.Datetime.now() - timedelta(seconds=1), access.id],
        )
        self.env.invalidate_all()
