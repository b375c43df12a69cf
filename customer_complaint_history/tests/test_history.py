from contextlib import nullcontext
from unittest.mock import patch

from markupsafe import Markup

from odoo import SUPERUSER_ID, fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.mail.tests.common import MailCommon

from .history_common import HistoryCase

FORGED = "顾客当场表示完全满意。"


@tagged("post_install", "-at_install", "slow")
class TestHistoryIsKept(HistoryCase, MailCommon):
    """The history of a case is added to, and neither changed nor deleted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.administrator = cls._new_user("complaint_administrator", "manager")
        cls.administrator.group_ids += cls.env.ref("base.group_system")

    def test_nobody_edits_or_deletes_what_was_written(self):
        complaint = self._take_to(self._create_complaint(), "closed")
        note = self._post(complaint, self.colleague)
        for user in (
            self.agent,
            self.colleague,
            self.supervisor,
            self.manager,
            self.administrator,
            self.env.ref("base.user_root"),
        ):
            for message in self._get_messages(complaint):
                theirs = message.with_user(user)
                for sudo in (theirs, theirs.sudo()):
                    with self._stays(message):
                        sudo.write({"body": FORGED})
                    with self._stays(message):
                        sudo.unlink()
        self.assertIn("约定周五", note.body)

    def test_author_place_and_time_of_a_message_stay(self):
        complaint, other = (
            self._create_complaint(line_ids=[], event_place="店内") for _i in range(2)
        )
        note = self._post(complaint)
        for vals in (
            {"author_id": self.manager.partner_id.id},
            {"author_id": False},
            {"email_from": "lina@example.com"},
            {"date": "2020-01-01 08:00:00"},
            {"res_id": other.id},
            {"res_id": False},
            {"model": "res.partner", "res_id": self.customer.id},
            {"message_type": "user_notification"},
            {"subtype_id": self.env.ref("mail.mt_comment").id},
            {"is_internal": not note.is_internal},
            {"subject": FORGED},
        ):
            before = self._get_messages(complaint)
            with self._stays(note):
                note.with_user(self.administrator).write(vals)
            with self._stays(note):
                note.with_user(self.agent).sudo().write(vals)
            self.assertEqual(self._get_messages(complaint), before)

    def test_nothing_is_moved_into_a_case(self):
        complaint = self._create_complaint()
        foreign = self.customer.with_user(self.administrator).message_post(body=FORGED)
        with self._stays(foreign):
            foreign.write({"model": complaint._name, "res_id": complaint.id})
        self.assertNotIn(foreign, self._get_messages(complaint))

    def test_writing_what_is_there_changes_nothing(self):
        complaint = self._create_complaint()
        note = self._post(complaint)
        count = len(self._get_messages(complaint))
        note.with_user(self.administrator).write(
            {
                "body": note.body,
                "author_id": note.author_id.id,
                "res_id": complaint.id,
                "date": note.date,
            }
        )
        self.assertEqual(len(self._get_messages(complaint)), count)

    def test_changes_that_are_told_stay(self):
        complaint = self._take_to(self._track(self._create_complaint()), "accepted")
        messages = self._get_messages(complaint)
        values = messages.tracking_value_ids
        self.assertTrue(values)
        for user in (self.administrator, self.env.ref("base.user_root")):
            theirs = values.with_user(user).sudo()
            for deed in (
                theirs.unlink,
                lambda theirs=theirs: theirs[0].write({"new_value_char": "已拒绝"}),
                lambda theirs=theirs: theirs.copy(),
                lambda theirs=theirs: theirs.create(
                    {
                        "mail_message_id": messages[0].id,
                        "field_id": values[0].field_id.id,
                        "new_value_char": "已办结",
                    }
                ),
            ):
                with self._refused("history of a case"):
                    deed()
        self.assertEqual(self._get_messages(complaint).tracking_value_ids, values)

    def test_nobody_tells_of_changes_that_nobody_made(self):
        complaint = self._create_complaint()
        field = self.env["ir.model.fields"]._get(complaint._name, "state")
        forged = [
            Command.create(
                {
                    "field_id": field.id,
                    "old_value_char": "已登记",
                    "new_value_char": "已办结",
                }
            )
        ]
        for user in (self.agent, self.administrator):
            work = complaint.with_user(user)
            with self._refused("recorded by the system", AccessError):
                work.message_post(body="办结", tracking_value_ids=forged)
            with self._refused("recorded by the system", AccessError):
                work.env["mail.message"].create(
                    {
                        "model": complaint._name,
                        "res_id": complaint.id,
                        "tracking_value_ids": forged,
                    }
                )

    # ------------------------------------------------------------------
    # CORRECTING A COMMENT
    # ------------------------------------------------------------------

    def _edit(self, message, user, text):
        """Edit a message as the chatter does: by code that runs with all rights."""
        record = self.env[message.model].with_user(user).browse(message.res_id)
        record._message_update_content(
            message.with_user(user).sudo(), body=Markup("<p>%s</p>") % text
        )

    def test_author_corrects_a_comment_and_what_it_said_stays_readable(self):
        complaint = self._create_complaint()
        note = self._post(complaint, text="顾客要求退款 100 元。")
        self._edit(note, self.agent, "顾客要求退款 1000 元。")
        self.assertIn("1000", note.body)
        last = self._get_messages(complaint)[-1]
        self.assertIn("100 元", last.body)
        self.assertEqual(last.author_id, self.agent.partner_id)
        # Once more: all of it stays.
        self._edit(note, self.agent, "")
        self.assertIn("1000 元", self._get_messages(complaint)[-1].body)

    def test_others_do_not_correct_it(self):
        complaint = self._create_complaint()
        note = self._post(complaint)
        for user in (self.colleague, self.manager, self.administrator):
            with self._stays(note):
                self._edit(note, user, FORGED)

    def test_no_correction_once_the_case_went_on(self):
        complaint = self._create_complaint()
        note = self._post(complaint)
        self._post(complaint, self.colleague, "收到。")
        with self._stays(note):
            self._edit(note, self.agent, FORGED)
        note = self._post(complaint)
        self._track(complaint).with_user(self.agent).action_accept()
        self.flush_tracking()
        with self._stays(note):
            self._edit(note, self.agent, FORGED)

    def test_no_correction_once_it_was_sent_to_the_customer(self):
        complaint = self._create_complaint()
        sent = complaint.with_user(self.agent).message_post(
            body="您好，已为您登记。",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.customer.ids,
        )
        with self._stays(sent):
            self._edit(sent, self.agent, FORGED)

    def test_no_correction_once_the_case_has_ended(self):
        complaint = self._take_to(self._create_complaint(), "closed")
        self.flush_tracking()
        note = self._post(complaint)
        with self._stays(note):
            self._edit(note, self.agent, FORGED)

    def test_files_of_a_comment_stay_when_its_text_goes(self):
        complaint = self._create_complaint()
        file = self.env["ir.attachment"].create(
            {
                "name": "收据.jpg",
                "raw": b"x",
                "res_model": complaint._name,
                "res_id": complaint.id,
            }
        )
        note = self._post(complaint, attachment_ids=file.ids)
        complaint.with_user(self.agent)._message_update_content(
            note.with_user(self.agent).sudo(), body="", attachment_ids=[]
        )
        self.assertEqual(note.attachment_ids, file)
        with self._stays(note):
            note.with_user(self.colleague).write({"attachment_ids": [Command.clear()]})
        self.assertEqual(note.attachment_ids, file)

    # ------------------------------------------------------------------
    # WHO POSTS
    # ------------------------------------------------------------------

    def test_whoever_posts_is_who_they_are_now(self):
        complaint = self._create_complaint()
        forged = {
            "author_id": self.manager.partner_id.id,
            "email_from": "lina@example.com",
            "date": "2020-01-01 08:00:00",
        }
        for user in (self.agent, self.administrator):
            work = complaint.with_user(user)
            place = {"model": complaint._name, "res_id": complaint.id, "body": FORGED}
            Message = work.env["mail.message"]
            defaults = {f"default_{name}": value for name, value in forged.items()}
            posted = [
                work.message_post(body=FORGED, **forged),
                work.sudo().message_post(body=FORGED, **forged),
                Message.create({**place, **forged}),
                Message.with_context(**defaults).create(place),
                Message.with_context(
                    **defaults,
                    default_model=complaint._name,
                    default_res_id=complaint.id,
                ).create({"body": FORGED}),
                Message.browse(
                    Message.load(
                        ["model", "res_id", "body", "author_id/.id", "date"],
                        [
                            [
                                complaint._name,
                                str(complaint.id),
                                FORGED,
                                str(self.manager.partner_id.id),
                                "2020-01-01 08:00:00",
                            ]
                        ],
                    )["ids"]
                ),
            ]
            for message in posted:
                self.assertEqual(message.model, complaint._name)
                self.assertEqual(message.author_id, user.partner_id)
                self.assertEqual(message.email_from, user.partner_id.email_formatted)
                self.assertEqual(message.date.date(), fields.Datetime.now().date())

    def test_composer_posts_as_the_user(self):
        complaint = self._create_complaint()
        for mode in ("comment", "mass_mail"):
            composer = (
                self.env["mail.compose.message"]
                .with_user(self.agent)
                .create(
                    {
                        "model": complaint._name,
                        "res_ids": str(complaint.ids),
                        "composition_mode": mode,
                        "body": "<p>您好</p>",
                        "subject": "答复",
                        "author_id": self.manager.partner_id.id,
                        "email_from": "boss@example.com",
                        "partner_ids": [Command.set(self.colleague.partner_id.ids)],
                    }
                )
            )
            composer._action_send_mail()
            last = self._get_messages(complaint)[-1]
            self.assertEqual(last.subject, "答复", mode)
            self.assertEqual(last.author_id, self.agent.partner_id, mode)
            self.assertNotIn("boss@", last.email_from or "", mode)

    def test_mail_of_the_customer_arrives_as_theirs(self):
        complaint = self._create_complaint()
        reply_to = self._post(complaint)
        with self.mock_mail_gateway():
            self.env["mail.thread"].with_user(SUPERUSER_ID).message_process(
                complaint._name,
                "\n".join(
                    (
                        "From: 李娜 <lina@example.com>",
                        "To: service@example.com",
                        "Subject: Re: 投诉",
                        f"In-Reply-To: {reply_to.message_id}",
                        "Message-Id: <of-the-customer@example.com>",
                        "Date: Mon, 05 Jan 2026 10:00:00 +0800",
                        "",
                        "Please answer.",
                    )
                ),
            )
        arrived = self._get_messages(complaint)[-1]
        self.assertEqual(arrived.message_type, "email")
        self.assertEqual(arrived.author_id, self.customer)
        self.assertEqual(fields.Datetime.to_string(arrived.date), "2026-01-05 02:00:00")

    def test_a_contact_that_stands_in_a_case_stays(self):
        walk_in = self.env["res.partner"].create({"name": "王五"})
        self._create_complaint(partner_id=walk_in.id, sale_order_id=False, line_ids=[])
        with self._refused("Complaints name these contacts.*王五"):
            walk_in.unlink()
        self.assertTrue(walk_in.exists())

    def test_mail_that_went_out_stays_when_the_queue_is_cleared(self):
        complaint = self._create_complaint()
        mail = self.env["mail.mail"].create(
            {
                "model": complaint._name,
                "res_id": complaint.id,
                "subject": "答复",
                "body_html": "<p>您好</p>",
                "auto_delete": True,
            }
        )
        message = mail.mail_message_id
        mail.unlink()
        self.assertTrue(message.exists())
        reminder = self.env["mail.mail"].create(
            {
                "model": complaint._name,
                "res_id": complaint.id,
                "message_type": "user_notification",
                "auto_delete": True,
            }
        )
        message = reminder.mail_message_id
        reminder.unlink()
        self.assertFalse(message.exists())


@tagged("post_install", "-at_install")
class TestOtherAppsNeverNotice(HistoryCase):
    """Messages of other records are written, edited and deleted as ever."""

    def test_messages_elsewhere_are_edited_and_deleted(self):
        partner = self.customer.with_user(self.agent)
        note = partner.message_post(body="回访", message_type="comment")
        partner._message_update_content(note.sudo(), body=Markup("<p>改过</p>"))
        self.assertIn("改过", note.body)
        note.sudo().write({"author_id": self.manager.partner_id.id, "res_id": 0})
        note.sudo().unlink()
        self.assertFalse(note.exists())

    def test_what_code_posts_elsewhere_for_others_is_theirs(self):
        posted = self.customer.sudo().message_post(
            body="订单确认",
            author_id=self.customer.id,
            email_from="lina@example.com",
        )
        self.assertEqual(posted.author_id, self.customer)
        value = self.env["mail.tracking.value"].create(
            {"mail_message_id": posted.id, "new_value_char": "x"}
        )
        value.new_value_char = "y"
        value.unlink()

    def test_a_person_without_role_works_with_messages(self):
        user = self.employee
        Message = self.env["mail.message"].with_user(user)
        Message.search([("body", "ilike", "a")], limit=5).read(["body"])
        self.env["mail.activity"].with_user(user).search([("summary", "ilike", "a")])

    def _count(self, deed):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        deed()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_guards_cost_other_apps_at_most_one_query(self):
        Guard = next(
            cls
            for cls in type(self.env["mail.message"]).__mro__
            if cls.__module__.endswith("customer_complaint_history.models.mail_message")
        )
        deeds = {
            "write": lambda note: note.write({"body": "<p>改</p>"}),
            "star": lambda note: note.write({"starred_partner_ids": [Command.clear()]}),
            "unlink": lambda note: note.unlink(),
            "post": lambda note: self.customer.message_post(body="又"),
        }
        for name, deed in deeds.items():
            # Whatever is looked up once only is looked up by the first of three.
            counts = []
            for is_guarded in (True, True, False):
                note = self.customer.message_post(body=name, message_type="comment")
                passing = {
                    method: self._make_passing(Guard, method)
                    for method in ("create", "write", "unlink")
                }
                with nullcontext() if is_guarded else patch.multiple(Guard, **passing):
                    counts.append(self._count(lambda d=deed, n=note: d(n)))
            self.assertLessEqual(counts[1] - counts[2], 1, f"{name}: {counts}")

    @staticmethod
    def _make_passing(cls, name):
        def passing(self, *args):
            return getattr(super(cls, self), name)(*args)

        return passing
