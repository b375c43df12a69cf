from odoo.tests import tagged

from odoo.addons.customer_complaint_history.tests.history_common import HistoryCase

FORGED = "顾客当场表示完全满意。"


@tagged("post_install", "-at_install")
class TestHistoryOfParts(HistoryCase):
    """What was said on the parts of a case is kept like what was said on the case."""

    def test_history_of_other_records_of_a_case_is_kept_too(self):
        complaint = self._create_complaint()
        evidence = (
            self.env["customer.complaint.evidence"]
            .with_user(self.agent)
            .create({"complaint_id": complaint.id, "kind": "photo", "name": "现场照片"})
        )
        note = self._post(evidence)
        with self._stays(note):
            note.with_user(self.manager).sudo().unlink()
        with self._stays(note):
            note.with_user(self.manager).sudo().write({"body": FORGED})

    def test_what_was_said_on_a_deleted_draft_stays_with_the_case(self):
        complaint = self._create_complaint()
        memo = (
            self.env["customer.complaint.memo"]
            .with_user(self.agent)
            .create(
                {
                    "complaint_id": complaint.id,
                    "name": "核对库存",
                    "question": "同批次还有多少？",
                    "recipient_id": self.colleague.id,
                    "date_due": "2099-01-01 00:00:00",
                }
            )
        )
        note = self._post(memo, text="仓库说批次登记有误。")
        memo.unlink()
        self.assertEqual((note.model, note.res_id), (complaint._name, complaint.id))
        self.assertIn("批次登记有误", note.body)
