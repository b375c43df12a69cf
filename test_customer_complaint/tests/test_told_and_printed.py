from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.customer_complaint.tests.common import CustomerComplaintCommon
from odoo.addons.customer_complaint.tests.pdf_tools import read_text
from odoo.addons.customer_complaint_base.tools import glyphs
from odoo.addons.customer_complaint_history.tests.history_common import MailServerCase

# A character of a name that Unicode has had for long and fonts still lack.
UNDRAWN = "\ue0f1"


@tagged("post_install", "-at_install", "slow")
class TestNoticeOnItsWay(MailServerCase):
    """A notice goes out once the mail server is back."""

    def test_notice_is_on_its_way_while_the_server_is_down(self):
        complaint = self._take_to(self._create_complaint(), "accepted")
        message = complaint.with_user(self.agent).message_post(
            body="您的投诉已受理。",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.customer.ids,
            force_send=False,
        )
        notice = complaint.notice_ids.filtered(lambda n: n.message_id == message)
        self.assertEqual(notice.state, "pending")
        self._run_queue(is_down=True)
        self.assertEqual(notice.state, "pending")
        self._run_queue(is_down=False)
        self.assertEqual(notice.state, "succeeded")


@tagged("post_install", "-at_install")
class TestContactsOfCases(CustomerComplaintCommon):
    """Who stands in a case is not deleted, and whoever tries is told why."""

    def test_a_sentence_instead_of_an_error_of_the_database(self):
        complaint = self._create_complaint(
            sale_order_id=False, line_ids=[], event_place="店内"
        )
        person = self.env["res.partner"].create({"name": "王大明"})
        wrote, witness, unknown = self.env["res.partner"].create(
            [{"name": "张三"}, {"name": "赵六"}, {"name": "无关"}]
        )
        complaint.write({"partner_id": person.id, "representation": "agent"})
        complaint.representative_ids = witness
        complaint.sudo().with_user(self.env.ref("base.user_root")).message_post(
            body="补充", author_id=wrote.id
        )
        for partner in (person, wrote, witness):
            with self._refused(f"Complaints name these contacts.*{partner.name}"):
                partner.unlink()
            self.assertTrue(partner.exists())
        self.assertEqual(complaint.representative_ids, witness)
        unknown.unlink()
        self.assertFalse(unknown.exists())

    def test_costs_one_query(self):
        partners = self.env["res.partner"].create([{"name": "甲"}, {"name": "乙"}])
        self.env.flush_all()
        with self.assertQueryCount(1):
            partners._unlink_except_in_cases()


@tagged("post_install", "-at_install")
class TestEscalationFailed(CustomerComplaintCommon):
    """What could not be escalated is a to-do of a person, once."""

    def test_a_person_is_asked_to_look(self):
        complaint = self._take_to(self._create_complaint(), "accepted")
        # As the job does it.
        deadline = complaint.deadline_ids[:1].sudo()
        deadline._note_error(UserError("资料不完整。"), fields.Datetime.now())
        todo = complaint.activity_ids.filtered(lambda t: "escalated" in t.summary)
        self.assertEqual(todo.user_id, self.supervisor)
        deadline._note_error(UserError("资料不完整。"), fields.Datetime.now())
        self.assertEqual(len(complaint.activity_ids & todo), 1)
        self.assertEqual(
            len(complaint.activity_ids.filtered(lambda t: "escalated" in t.summary)), 1
        )


@tagged("post_install", "-at_install")
class TestUndrawnCharacters(CustomerComplaintCommon):
    """No character of a name vanishes from a paper without a trace."""

    def test_missing_is_seen_with_its_number(self):
        with patch.object(glyphs, "has_glyph", lambda char: char != UNDRAWN):
            self.assertEqual(
                glyphs.show_missing(f"李{UNDRAWN}娜 𠮷"), "李〓[U+E0F1]娜 𠮷"
            )

    def test_printed_receipt_shows_it(self):
        complaint = self._create_complaint()
        complaint.complainant_name = f"李{UNDRAWN}娜"
        complaint.action_accept()
        with self.allow_pdf_render():
            content, _kind = (
                self.env["ir.actions.report"]
                .with_context(force_report_rendering=True)
                ._render_qweb_pdf(
                    "customer_complaint_notice.report_acceptance_receipt", complaint.ids
                )
            )
        self.assertIn("U+E0F1", read_text(content))
