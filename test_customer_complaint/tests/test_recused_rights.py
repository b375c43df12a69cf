from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.customer_complaint_confidential.tests.archive_access_common import (
    ArchiveAccessCase,
)


@tagged("post_install", "-at_install")
class TestRecusedRights(ArchiveAccessCase):
    """Whoever is recused reads how a case stands, and that is all."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.evidence = (
            cls.env["customer.complaint.evidence"]
            .with_user(cls.agent)
            .create(
                {"complaint_id": cls.complaint.id, "kind": "photo", "name": "现场照片"}
            )
        )
        cls.loose_file = cls.env["ir.attachment"].create(
            {
                "name": "来信.txt",
                "raw": b"letter",
                "res_model": "customer.complaint",
                "res_id": cls.complaint.id,
            }
        )
        cls.todo = cls.complaint.with_user(cls.agent).activity_schedule(
            "mail.mail_activity_data_todo", summary="取样", user_id=cls.agent.id
        )
        cls.recused = cls.agent, cls.supervisor, cls.manager
        for user in cls.recused:
            cls.env["customer.complaint.recusal"].create(
                {
                    "complaint_id": cls.complaint.id,
                    "partner_id": user.partner_id.id,
                    "reason": "投诉涉及本人",
                }
            )
        cls.env.flush_all()

    def setUp(self):
        super().setUp()
        self.env.invalidate_all()

    def test_how_the_case_stands_is_read(self):
        for user in self.recused:
            case = self.complaint.with_user(user)
            self.assertEqual(case.state, "accepted")
            self.assertTrue(case.is_recused)
            self.assertFalse(case.can_edit)
            self.assertIn(case, case.search([("name", "=", case.name)]))

    def test_papers_and_evidence_are_closed(self):
        for user in self.recused:
            for paper in (self.medical, self.identity, self.photo, self.evidence):
                theirs = paper.with_user(user)
                self.assertFalse(theirs.search([("id", "=", paper.id)]), user.login)
                with self.assertRaises(AccessError):
                    theirs.read(["name"])
        # Others see what they saw before.
        self.assertTrue(self.photo.with_user(self.colleague).read(["name"]))
        self.assertTrue(self.medical.with_user(self.archivist).read(["name"]))

    def test_files_are_closed_wherever_they_hang(self):
        files = (self.file | self.photo.sudo().attachment_ids | self.loose_file).sudo()
        for user in self.recused:
            File = self.env["ir.attachment"].with_user(user)
            for file in files:
                with self.assertRaises(AccessError, msg=file.name):
                    file.with_user(user).read(["raw"])
            for domain in (
                [("res_model", "=", "customer.complaint")],
                [("res_model", "in", ["customer.complaint", "res.partner"])],
                [("id", "in", files.ids)],
                [("res_model", "=", "customer.complaint.archive.document")],
            ):
                found = File.search_fetch(domain, ["name"])
                self.assertFalse(found & files.with_user(user), domain)
            with self.assertRaises(AccessError):
                File.create(
                    {
                        "name": "x",
                        "raw": b"x",
                        "res_model": "customer.complaint",
                        "res_id": self.complaint.id,
                    }
                )
        self.assertTrue(self.loose_file.with_user(self.colleague).read(["raw"]))

    def test_nothing_is_posted(self):
        for user in self.recused:
            case = self.complaint.with_user(user)
            for deed in (
                lambda case=case: case.message_post(body="并无此事"),
                lambda case=case: case.sudo().message_post(
                    body="并无此事", message_type="comment"
                ),
                lambda case=case: case.env["mail.message"].create(
                    {
                        "model": case._name,
                        "res_id": case.id,
                        "body": "并无此事",
                        "parent_id": case.sudo().message_ids[:1].id,
                    }
                ),
            ):
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    deed()
        self.assertNotIn("并无此事", str(self.complaint.message_ids.mapped("body")))
        self.complaint.with_user(self.colleague).message_post(body="继续处理")

    def test_no_to_dos(self):
        own = self.complaint.activity_schedule(
            "mail.mail_activity_data_todo",
            summary="误派",
            user_id=self.manager.id,
        )
        for user in self.recused:
            case = self.complaint.with_user(user)
            for deed in (
                lambda case=case: case.activity_schedule(
                    "mail.mail_activity_data_todo", summary="x", user_id=case.env.uid
                ),
                lambda user=user: self.todo.with_user(user).action_feedback("完成"),
                lambda user=user: self.todo.with_user(user).unlink(),
                lambda user=user: own.with_user(user).write({"summary": "改"}),
                lambda user=user: own.with_user(user).action_done(),
            ):
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    deed()
        self.assertEqual(own.summary, "误派")
        self.todo.with_user(self.colleague).action_feedback("完成")

    def test_no_dialog_opens_and_nothing_is_printed(self):
        reports = self.env["ir.actions.report"]
        for user in self.recused:
            case = self.complaint.with_user(user)
            for action in ("action_tell", "action_withdraw", "action_make_bundle"):
                with self.assertRaises(AccessError, msg=action):
                    getattr(case, action)()
            for report, record in (
                ("customer_complaint_notice.report_acceptance_receipt", self.complaint),
                ("customer_complaint.report_archive_card", self.card),
            ):
                with self.assertRaisesRegex(AccessError, "recused"):
                    reports.with_user(user)._render_qweb_html(report, record.ids)
        reports.with_user(self.colleague)._render_qweb_html(
            "customer_complaint_notice.report_acceptance_receipt", self.complaint.ids
        )

    def test_right_to_write_is_gone_for_whatever_asks_for_it(self):
        for user in self.recused:
            case = self.complaint.with_user(user)
            self.assertFalse(case.has_access("write"))
            self.assertTrue(case.has_access("read"))
            for record in (self.evidence, self.medical):
                self.assertFalse(record.with_user(user).has_access("write"))
            with self.assertRaisesRegex(AccessError, "recused"):
                case.check_access("write")
        self.assertTrue(self.complaint.with_user(self.colleague).has_access("write"))

    def test_own_complaint_is_closed_like_any_other(self):
        case = self._create_complaint(
            self.supervisor,
            partner_id=self.colleague.partner_id.id,
            sale_order_id=False,
            line_ids=[],
        )
        photo = self._create_document(case, user=self.stranger.browse(self.agent.id))
        with self.assertRaises(AccessError):
            photo.with_user(self.colleague).read(["name"])
        with self.assertRaises(AccessError):
            case.with_user(self.colleague).message_post(body="请退款")

    def test_recusing_oneself_hands_the_case_over(self):
        case = self._take_to(
            self._create_complaint(line_ids=[], event_place="店内"), "investigating"
        )
        self._ask("recuse_myself", case, reason="顾客是我的表姐").action_confirm()
        self.assertFalse(case.user_id)
        todos = case.with_user(self.supervisor).activity_ids
        self.assertEqual(todos.user_id, self.supervisor)
        with self.assertRaises(UserError):
            case.with_user(self.agent).write({"description": "改写"})
