from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.customer_complaint.tests.common import CustomerComplaintCommon


@tagged("post_install", "-at_install")
class TestAuthorisation(CustomerComplaintCommon):
    """Who acts for a customer shows the original of the authorisation."""

    def _represented(self):
        agent = self.env["res.partner"].create({"name": "王律师"})
        return self._create_complaint(
            representation="agent", representative_ids=[Command.set(agent.ids)]
        )

    def _is_missing(self, complaint, paper="authorisation"):
        paper = self._get_paper_type(paper)
        complaint.invalidate_recordset()
        return paper in complaint.missing_paper_type_ids

    def test_an_authorisation_counts_as_an_original_with_a_file(self):
        complaint = self._represented()
        paper = self._create_document(complaint, "authorisation")
        self.assertTrue(self._is_missing(complaint))
        self.assertIn("the original, with a file", complaint.missing_papers_note)
        paper.is_original = True
        self.assertTrue(self._is_missing(complaint))
        paper.attachment_ids = [Command.create({"name": "委托书.pdf", "raw": b"x"})]
        self.assertFalse(self._is_missing(complaint))
        paper.is_original = False
        self.assertTrue(self._is_missing(complaint))
        with self._refused("the original, with a file"):
            complaint.action_accept()
        # Other papers count as copies, as before.
        self._create_document(complaint, "representative_identity")
        self.assertFalse(self._is_missing(complaint, "representative_identity"))

    def test_a_copy_of_it_does_not_seal_the_card(self):
        complaint = self._represented()
        paper = self._create_document(
            complaint,
            "authorisation",
            is_original=True,
            attachment_ids=[Command.create({"name": "委托书.pdf", "raw": b"x"})],
        )
        self._create_document(complaint, "representative_identity")
        complaint.action_accept()
        self.assertFalse(complaint.missing_sealing_note)
        paper.is_original = False
        complaint.invalidate_recordset()
        self.assertIn("original", complaint.missing_sealing_note)
