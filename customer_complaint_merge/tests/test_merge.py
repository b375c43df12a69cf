from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.customer_complaint.models.customer_complaint_life import TRANSITIONS
from odoo.addons.customer_complaint.tests.common import CustomerComplaintCommon

REASON = "同一顾客就同一瓶面霜再次投诉。"
SCRIPT = "<script>alert(1)</script>"

MAIL = """\
Message-Id: <{number}@customer.example.com>
From: 李娜 <lina@example.com>
To: 客服 <complaints@shop.example.com>
In-Reply-To: {parent}
References: {parent}
Subject: Re: {subject}
Date: Mon, 12 May 2031 10:00:00 +0800
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="part"

--part
Content-Type: text/plain; charset=utf-8

还是没有人联系我。
--part
Content-Type: text/plain; charset=utf-8; name="receipt.txt"
Content-Disposition: attachment; filename="receipt.txt"

小票
--part--
"""


@tagged("post_install", "-at_install")
class TestMerge(CustomerComplaintCommon):
    """A repeated complaint is merged into the first: it keeps all and points there."""

    @classmethod
    def default_env_context(cls):
        # With chatter and tracking, as for everybody.
        return {"lang": "en_US"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_customer = cls.env["res.partner"].create({"name": "张伟"})

    def _new(self, user=None, **values):
        return self._create_complaint(
            user, **{"sale_order_id": False, "line_ids": [], **values}
        )

    def _merge(self, sources, main, user=None, **values):
        """Merge complaints by the dialog, as a supervisor by default."""
        values = {"target_id": main.with_user(user or self.supervisor), **values}
        values.setdefault("reason", REASON)
        return self._ask(
            "merge", sources, user or self.supervisor, **values
        ).action_merge()

    # ------------------------------------------------------------------
    # WHAT MERGING DOES
    # ------------------------------------------------------------------

    def test_source_ends_keeps_all_and_points_to_the_target(self):
        main, source = self._new(), self._new()
        self._create_document(source)
        source.action_accept()
        action = self._merge(source, main)
        self.assertEqual(action["res_id"], main.id)
        self.assertRecordValues(
            source,
            [
                {
                    "state": "merged",
                    "merged_into_id": main.id,
                    "merge_reason": REASON,
                    "closed_by_id": self.supervisor.id,
                    "description": "打开后发现面霜里有头发。",
                }
            ],
        )
        self.assertTrue(source.date_merged)
        self.assertEqual(source.archive_card_id.state, "sealed")
        self.assertEqual(len(source.document_ids), 1)
        self.assertRecordValues(main, [{"state": "registered", "merged_count": 1}])
        self.assertEqual(main.merged_ids, source)
        self.assertIn(source.name, main.message_ids[0].body)
        self.assertIn(REASON, main.message_ids[0].body)
        self.assertTrue(
            any(
                main.name in body and REASON in body
                for body in source.message_ids.mapped("body")
            )
        )
        with self._refused("cannot become"):
            source.with_user(self.manager).write(
                {"state": "registered", "reopen_reason": "新证据"}
            )

    def test_from_each_state_that_the_map_names(self):
        for origin, targets in TRANSITIONS.items():
            if "merged" in targets:
                main, source = self._new(), self._new()
                source._write_unguarded({"state": origin})
                self._write_merge(source, main)
                self.assertEqual(source.state, "merged")

    def test_several_at_once_and_one_of_the_selected_goes_on(self):
        complaints = self._new() | self._new() | self._new()
        main = complaints[1]
        main._write_unguarded({"date_received": "2020-05-01 08:00:00"})
        dialog = self._ask("merge", complaints, self.supervisor, reason=REASON)
        self.assertEqual(dialog.target_id, main, "the first received is proposed")
        self.assertEqual(dialog.source_ids, complaints - main)
        dialog.action_merge()
        self.assertEqual((complaints - main).mapped("merged_into_id"), main)
        self.assertEqual(main.merged_count, 2)

    def test_dialog_says_whose_clock_counts(self):
        main, source = self._new(), self._new()
        source._write_unguarded({"date_received": "2020-05-01 08:00:00"})
        dialog = self._ask(
            "merge",
            source,
            self.supervisor,
            target_id=main.with_user(self.supervisor),
            reason=REASON,
        )
        self.assertIn("received later", dialog.note)
        received = source.date_received
        dialog.action_merge()
        self.assertEqual(source.date_received, received)

    def test_handlers_and_followers_are_told(self):
        main = self._new(user_id=self.colleague.id)
        source = self._new(user_id=self.agent.id)
        helper = self._new_user("complaint_helper", "quality")
        source.message_subscribe(partner_ids=(helper.partner_id | self.customer).ids)
        self._merge(source, main)
        told = self.env(su=True)["mail.message"].search(
            [
                ("model", "=", main._name),
                ("res_id", "=", main.id),
                ("message_type", "=", "user_notification"),
                ("subject", "ilike", "merged into"),
            ]
        )
        people = (self.agent | self.colleague | helper).partner_id
        self.assertLessEqual(people, told.partner_ids)
        self.assertNotIn(self.customer, told.partner_ids)
        self.assertLessEqual(people, main.sudo().message_partner_ids)
        self.assertNotIn(self.customer, main.sudo().message_partner_ids)

    def test_text_stays_text(self):
        main, source = self._new(), self._new()
        self._merge(source, main, reason=f"同一事由{SCRIPT}")
        for complaint in (main, source):
            bodies = "".join(complaint.message_ids.mapped("body"))
            self.assertNotIn("<script>", bodies)
            self.assertIn("alert(1)", bodies)

    def test_goods_of_the_source_are_no_longer_used_up(self):
        source = self._create_complaint()
        main = self._new()
        self._merge(source, main)
        again = self._create_complaint()
        self.assertEqual(again.line_ids.quantity, 2)

    def test_group_takes_in_other_customers(self):
        main = self._new(representation="group", complainant_count=12)
        others = self._new(
            partner_id=self.other_customer.id,
            representation="group",
            complainant_count=8,
        )
        own = self._new()
        self._merge(others | own, main)
        self.assertEqual(main.complainant_count, 20, "own people are in it already")
        self.assertIn("8 more", "".join(main.message_ids.mapped("body")))

    # ------------------------------------------------------------------
    # WHAT IS REFUSED
    # ------------------------------------------------------------------

    def _write_merge(self, source, main, user=None):
        """Merge as RPC and imports do it."""
        source.with_user(user or self.supervisor).write(
            {"state": "merged", "merged_into_id": main.id, "merge_reason": REASON}
        )

    def test_itself_rings_and_merged_targets(self):
        first, second, third = self._new(), self._new(), self._new()
        with self._refused("into itself"):
            self._write_merge(first, first)
        with self._refused("into itself"):
            self._write_merge(first | second, first)
        self._merge(first, second)
        with self._refused(f"{first.name} was merged into it"):
            self._write_merge(second, first)
        with self._refused(f"Choose {second.name}"):
            self._write_merge(third, first)
        self._merge(second, third)
        self.assertEqual(first._get_final_complaint(), third)

    def test_ended_complaints(self):
        running, ended = self._new(), self._new()
        self._withdraw(ended)
        with self._refused("has ended"):
            self._write_merge(running, ended)
        with self._refused("ended|cannot become"):
            self._write_merge(ended, running)
        closed = self._take_to(self._create_complaint(), "closed")
        with self._refused("has ended"):
            self._write_merge(running, closed)

    def test_other_customers(self):
        main = self._new()
        other = self._new(partner_id=self.other_customer.id)
        unknown = self._new(partner_id=False)
        for source in (other, unknown):
            with self._refused("not a complaint of the same customer"):
                self._write_merge(source, main)
        contact = self.env["res.partner"].create(
            {"name": "李先生", "parent_id": self.customer.id}
        )
        self._merge(self._new(partner_id=contact.id), main)

    def test_other_companies(self):
        company = self.env["res.company"].create({"name": "上海分公司"})
        users = self.supervisor | self.agent
        users.sudo().company_ids = [Command.link(company.id)]
        main = (
            self.env["customer.complaint"]
            .sudo()
            .create(
                {
                    "company_id": company.id,
                    "partner_id": self.customer.id,
                    "description": "无",
                    "received_by_id": self.supervisor.id,
                }
            )
        )
        source = self._new()
        with self._refused("belongs to another company"):
            source.with_user(self.supervisor).with_context(
                allowed_company_ids=(self.company | company).ids
            ).write(
                {"state": "merged", "merged_into_id": main.id, "merge_reason": REASON}
            )

    def test_reason_comes_with_the_merging_only(self):
        complaint = self._create_complaint(line_ids=[])
        with self._refused("Use “Merge”"):
            complaint.write({"merge_reason": "同一事件"})
        with self._refused("then merge it"):
            self._create_complaint(line_ids=[], merge_reason="同一事件")

    def test_only_together_with_the_step(self):
        main, source = self._new(), self._new()
        supervised = source.with_user(self.supervisor)
        for vals in (
            {"merged_into_id": main.id},
            {"merged_into_id": main.id, "merge_reason": "无", "state": "registered"},
        ):
            with self._refused("Use “Merge”"):
                supervised.write(vals)
        with self._refused("first fill in"):
            supervised.write({"state": "merged"})
        with self._refused("first fill in"):
            supervised.write({"state": "merged", "merged_into_id": main.id})
        with self._refused("Register the complaint first"):
            self._new(merged_into_id=main.id)
        for vals in ({"merged_count": 3}, {"date_merged": "2031-01-01"}):
            with self._refused("sets these by itself"):
                source.write(vals)
        self._merge(source, main)
        with self._refused("has ended|and stay"):
            supervised.write({"merge_reason": "改写"})

    def test_import_keeps_to_the_same_conditions(self):
        main, source = self._new(), self._new(partner_id=self.other_customer.id)
        result = (
            self.env["customer.complaint"]
            .with_user(self.supervisor)
            .load(
                [".id", "state", "merged_into_id/.id", "merge_reason"],
                [[str(source.id), "Merged", str(main.id), "同一件事"]],
            )
        )
        self.assertIn("same customer", result["messages"][0]["message"])
        self.assertEqual(source.state, "registered")

    def test_rights(self):
        main, source = self._new(), self._new()
        for user in (self.agent, self.stranger, self.auditor, self.employee):
            with self._refused("", AccessError):
                self._write_merge(source, main, user)
        with self._refused("", AccessError):
            self._merge(source, main, self.agent)
        elsewhere = self._new(
            self.stranger,
            team_id=self.other_team.id,
            category_id=self.category_service.id,
        )
        with self._refused("", AccessError):
            self._write_merge(source, elsewhere)
        with self._refused("", AccessError):
            self._write_merge(elsewhere, main)
        # A manager sees both.
        self._merge(source, elsewhere, self.manager)

    def test_recused_from_either(self):
        main, source = self._new(), self._new()
        for complaint in (main, source):
            self._recuse(complaint, self.supervisor)
            with self._refused("recused", AccessError):
                self._write_merge(source, main)
            complaint.with_user(self.manager).recusal_ids.unlink()
        self._write_merge(source, main)

    def test_no_target_that_cannot_be(self):
        main, source = self._new(), self._new()
        with Form(
            self.env["customer.complaint.merge"]
            .with_user(self.supervisor)
            .with_context(default_complaint_ids=source.ids)
        ) as form:
            form.reason = REASON
            form.target_id = main.with_user(self.supervisor)
            found = self.env["customer.complaint"].search(form.target_domain)
        self.assertIn(main, found)
        self.assertNotIn(source, found)
        # A group takes in complaints of other customers as well.
        others = found.filtered(lambda complaint: complaint.representation != "group")
        self.assertEqual(others.commercial_partner_id, self.customer)

    # ------------------------------------------------------------------
    # WHAT ARRIVES LATER
    # ------------------------------------------------------------------

    def _receive(self, complaint):
        """Let the customer answer by mail to a message of the complaint."""
        parent = complaint.sudo().message_post(
            body="请提供小票。",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.customer.ids,
        )
        return lambda: (
            self.env["mail.thread"]
            .sudo()
            .message_process(
                "customer.complaint",
                MAIL.format(
                    number=parent.id, parent=parent.message_id, subject=complaint.name
                ),
            )
        )

    @mute_logger(
        "odoo.addons.mail.models.mail_thread", "odoo.addons.mail.models.mail_mail"
    )
    def test_mail_to_the_source_lands_on_the_final_target(self):
        source, middle, main = self._new(), self._new(), self._new()
        answer = self._receive(source)
        self._merge(source, middle)
        self._merge(middle, main)
        before = source.message_ids
        answer()
        [mail] = main.message_ids.filtered(lambda m: m.message_type == "email")
        self.assertIn("还是没有人联系我", mail.body)
        self.assertEqual(mail.author_id, self.customer)
        self.assertRecordValues(
            mail.attachment_ids.sudo(),
            [{"name": "receipt.txt", "res_id": main.id, "res_model": main._name}],
        )
        self.assertIn(source.name, main.message_ids[0].body)
        [pointer] = source.message_ids - before
        self.assertIn(main.name, pointer.body)
        self.assertNotIn("还是没有人联系我", pointer.body)
        self.assertFalse(
            middle.message_ids.filtered(lambda m: m.message_type == "email")
        )

    @mute_logger(
        "odoo.addons.mail.models.mail_thread", "odoo.addons.mail.models.mail_mail"
    )
    def test_mail_to_a_running_complaint_stays(self):
        complaint = self._new()
        self._receive(complaint)()
        self.assertTrue(
            complaint.message_ids.filtered(lambda m: m.message_type == "email")
        )

    def test_comment_lands_on_the_target_in_the_name_of_its_author(self):
        source, main = self._new(), self._new(team_id=self.other_team.id)
        self._merge(source, main, self.manager)
        file = (
            self.env["ir.attachment"]
            .sudo()
            .create(
                {
                    "name": "照片.jpg",
                    "raw": b"x",
                    "res_model": source._name,
                    "res_id": source.id,
                }
            )
        )
        message = source.with_user(self.agent).message_post(
            body="顾客又来电。",
            message_type="comment",
            author_id=self.manager.partner_id.id,
            attachment_ids=file.ids,
        )
        message = message.sudo()
        self.assertEqual(message.res_id, main.id)
        self.assertEqual(message.author_id, self.agent.partner_id)
        self.assertEqual(message.attachment_ids.res_id, main.id)
        self.assertEqual(file.res_id, source.id, "the source keeps what it holds")
        # Their own notes of the system stay.
        source.sudo().message_post(body="系统记录")
        self.assertIn("系统记录", source.message_ids[0].body)

    def test_strangers_do_not_reach_the_target_through_the_source(self):
        source, main = self._new(), self._new()
        self._merge(source, main)
        secret = self._upload("机密.pdf", self.manager)
        for user in (self.stranger, self.employee):
            with self._refused("", AccessError):
                source.with_user(user).message_post(body="无", message_type="comment")
        with self._refused("", AccessError):
            source.with_user(self.agent).message_post(
                body="无", message_type="comment", attachment_ids=secret.ids
            )
