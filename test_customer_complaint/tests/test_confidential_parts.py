import json

from odoo.tests import tagged

from odoo.addons.customer_complaint_archive.tests.test_bundle import BundleCase
from odoo.addons.customer_complaint_confidential.tests.archive_access_common import (
    ArchiveAccessCase,
)
from odoo.addons.customer_complaint_confidential.tests.test_identity import IdentityCase


@tagged("post_install", "-at_install")
class TestConfidentialEvidence(ArchiveAccessCase):
    """Confidential evidence opens to whom confidential papers open."""

    def test_confidential_evidence_keeps_to_the_same_rule(self):
        evidence = (
            self.env["customer.complaint.evidence"]
            .with_user(self.agent)
            .create(
                {
                    "complaint_id": self.complaint.id,
                    "name": "病历摘录",
                    "is_confidential": True,
                }
            )
        )
        self.complaint.with_user(self.colleague).action_assign_to_me()
        self.assertFalse(self._may_read(evidence, self.colleague))


@tagged("post_install", "-at_install", "slow")
class TestConfidentialBundle(BundleCase):
    """Confidential papers that go into a bundle are in the log."""

    def test_each_confidential_file_is_logged(self):
        complaint = self._prepare_case()
        Log = self.env["customer.complaint.archive.access.log"]
        domain = [("complaint_id", "=", complaint.id), ("kind", "=", "bundle")]
        self._make(complaint, self.auditor)
        self.assertFalse(Log.search(domain))
        self._make(complaint, self.archivist)
        self.assertRecordValues(
            Log.search(domain),
            [{"user_id": self.archivist.id, "reason": "archivist"}],
        )


@tagged("post_install", "-at_install")
class TestSealedIdentity(IdentityCase):
    """The number of an identity card stands in no history and no seal."""

    def test_it_stays_out_of_chatter_and_seal_and_is_frozen_at_the_end(self):
        complaint = self._new()
        complaint.action_accept()
        complaint.identity_number = "310101199003074210"
        self._withdraw(complaint)
        with self._refused("has ended"):
            complaint.identity_number = "1"
        for body in complaint.message_ids.mapped("body"):
            self.assertNotIn("310101", body)
        for entry in self.env["customer.complaint.archive.entry"].search(
            [("card_id", "=", complaint.archive_card_id.id)]
        ):
            self.assertNotIn("310101", json.dumps(entry.read()[0], default=str))

    def test_personal_data_is_copied_and_erased(self):
        complaint = self._new()
        self.assertIn("identity_data", complaint._get_personal_fields())
        self._withdraw(complaint)
        complaint.sudo()._erase_records()
        self.assertFalse(complaint.sudo().identity_data)
        self.assertFalse(complaint.identity_number)
