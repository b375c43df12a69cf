from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.customer_complaint.tests.common import CustomerComplaintCommon


class HostileCase(CustomerComplaintCommon):
    """A decided case of the agent, a stranger's eyes on it, a recused colleague."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.complaint = cls._create_complaint()

    def _decide(self):
        self._take_to(self.complaint, "remediation")
        self._write_decision(self.complaint)
        return self.complaint

    def _forget(self):
        """Empty the cache, which knows what others read in this transaction."""
        self.env.flush_all()
        self.env.invalidate_all()

    def _model(self, name, user, **context):
        return (
            self.env[f"customer.complaint.{name}"]
            .with_user(user)
            .with_context(**context)
        )

    def _prepare_memo_vals(self, **values):
        return {
            "name": "货架高度",
            "recipient_id": self.employee.id,
            "question": "请说明货架高度。",
            "date_due": fields.Datetime.add(fields.Datetime.now(), days=1),
            **values,
        }

    def _prepare_parts(self):
        """Return the values of a record of each model, without its complaint."""
        return {
            "evidence": {"name": "现场照片"},
            "memo": self._prepare_memo_vals(),
            "proceeding": {"body": "消费者协会"},
            "archive.document": {
                "type_id": self.quick_ref("customer_complaint.document_type_photo").id
            },
            "recusal": {"partner_id": self.manager.partner_id.id},
            "line": {"sale_order_line_id": self.syrup_line.id},
        }

    def _file_with(self, record, name="录音.mp3", field="attachment_ids"):
        file = self._upload(name, user=record.env.user, res_model=record._name)
        record.write({field: [Command.link(file.id)]})
        return file


@tagged("post_install", "-at_install")
class TestForgedDefaults(HostileCase):
    """What is proposed by the context or kept as a default passes the guards too."""

    def test_complaint_by_default_is_checked_like_a_given_one(self):
        context = {"default_complaint_id": self.complaint.id}
        self._recuse(self.complaint, self.colleague)
        for user in (self.stranger, self.colleague):
            for name, vals in self._prepare_parts().items():
                with self.subTest(model=name, user=user.login):
                    with self._refused("", AccessError):
                        self._model(name, user, **context).create(vals)
        for name, vals in self._prepare_parts().items():
            part = self._model(name, self.supervisor, **context).create(vals)
            self.assertEqual(part.sudo().complaint_id, self.complaint)

    def test_context_forges_nothing_the_system_sets(self):
        self._decide()
        memo = self._model(
            "memo",
            self.agent,
            default_state="answered",
            default_answer="没有问题。",
            default_answered_by_id=self.employee.id,
            default_sender_id=self.manager.id,
        ).create(self._prepare_memo_vals(complaint_id=self.complaint.id, answer="无"))
        self.assertEqual(memo.state, "draft")
        self.assertEqual(memo.sender_id, self.agent)
        self.assertFalse(memo.answer or memo.answered_by_id)
        evidence = self._model(
            "evidence", self.agent, default_is_void=True, default_voided_by_id=1
        ).create({"complaint_id": self.complaint.id, "name": "照片"})
        self.assertFalse(evidence.is_void or evidence.voided_by_id)
        proceeding = self._model(
            "proceeding", self.agent, default_state="ended", default_replied_by_id=1
        ).create({"complaint_id": self.complaint.id, "body": "消费者协会"})
        self.assertEqual(proceeding.state, "open")
        self.assertFalse(proceeding.replied_by_id)
        self._tell_decision(self.complaint)
        review = self._model(
            "review",
            self.agent,
            default_state="told",
            default_reviewer_id=self.manager.id,
            default_opinion="维持原决定。",
        ).create(
            {
                "complaint_id": self.complaint.id,
                "request": "不服。",
                "outcome": "upheld",
            }
        )
        self.assertEqual(review.state, "requested")
        self.assertFalse(review.outcome or review.opinion or review.reviewer_id)

    def test_own_defaults_forge_nothing_the_system_sets(self):
        Default = self.env["ir.default"].with_user(self.agent)
        Default.set("customer.complaint", "state", "closed", user_id=True)
        Default.set(
            "customer.complaint.notice", "user_id", self.manager.id, user_id=True
        )
        complaint = self._create_complaint(line_ids=[])
        self.assertEqual(complaint.state, "registered")
        notice = self._record_notice(complaint, "other")
        self.assertEqual(notice.user_id, self.agent)


@tagged("post_install", "-at_install")
class TestDialogsLeakNothing(HostileCase):
    """A dialog shows nothing of a complaint that its user may not read."""

    def test_stranger_reads_nothing_through_a_dialog(self):
        self._decide()
        vals = {"complaint_id": self.complaint.id}
        self._forget()
        dialogs = {
            "tell": ({**vals, "kind": "decision"}, ["content", "address"]),
            "split": ({**vals, "description": "x"}, ["category_id", "company_id"]),
        }
        for name, (values, names) in dialogs.items():
            with self.subTest(dialog=name), self._refused("", AccessError):
                self._model(name, self.stranger).create(values).read(names)
        leader = self._new_user("complaint_other_leader", "supervisor")
        self._forget()
        for name in ("target_description", "target_customer_id", "target_state"):
            with self.subTest(field=name), self._refused("", AccessError):
                self._model("merge", leader).create(
                    {"target_id": self.complaint.id, "reason": "x"}
                ).read([name])

    def test_a_reason_is_given_for_steps_that_take_one(self):
        """The dialog names no record one may not read, and calls no other method."""
        step = {"asked_model": self.complaint._name, "asked_ids": self.complaint.ids}
        Dialog = self._model("give.reason", self.stranger)
        dialog = Dialog.create({**step, "step": "_waive_papers", "reason": "x"})
        self._forget()
        self.assertFalse(dialog.names)
        with self._refused("", AccessError):
            dialog.action_confirm()
        Dialog = self._model("give.reason", self.agent)
        for values in (
            {"step": "unlink"},
            {"step": "_write_unguarded"},
            {"step": "nothing"},
            {"step": "_waive_papers", "asked_model": "res.users"},
            {"step": "_waive_papers", "asked_model": "nothing"},
            {"step": "_waive_papers", "asked_ids": {"id": self.complaint.id}},
            {"step": "_waive_papers", "asked_ids": [str(self.complaint.id)]},
            {"step": "_waive_papers", "asked_ids": []},
        ):
            with self.subTest(values), self._refused("asks for this reason|required"):
                dialog = Dialog.create({**step, "reason": "x", **values})
                self.assertFalse(dialog.names)
                dialog.action_confirm()

    def test_stranger_learns_nothing_by_onchange(self):
        self._forget()
        with self._refused("", AccessError):
            self._model("tell", self.stranger).onchange(
                {"complaint_id": self.complaint.id},
                [],
                {"complaint_id": {}, "kind": {}, "content": {}, "address": {}},
            )


@tagged("post_install", "-at_install")
class TestHostileFiles(HostileCase):
    """Files change by the rules of their record, also when written directly."""

    def test_recused_person_touches_no_file(self):
        evidence = self._model("evidence", self.agent).create(
            {"complaint_id": self.complaint.id, "name": "现场录音"}
        )
        file = self._file_with(evidence)
        self._recuse(self.complaint, self.colleague)
        file = file.with_user(self.colleague)
        for attempt in (
            lambda: file.write({"raw": b"x"}),
            file.unlink,
            lambda: self._upload(
                user=self.colleague, res_model=evidence._name, res_id=evidence.id
            ),
        ):
            with self._refused("You are recused|not allowed", AccessError):
                attempt()

    def test_files_of_decided_evidence_stay(self):
        evidence = self._model("evidence", self.agent).create(
            {"complaint_id": self.complaint.id, "name": "现场录音"}
        )
        file = self._file_with(evidence)
        file.write({"name": "录音（门店）.mp3"})
        self._decide()
        for attempt in (
            lambda: file.write({"raw": b"x"}),
            file.unlink,
            lambda: evidence.write({"attachment_ids": [Command.clear()]}),
        ):
            with self._refused("stay as they are"):
                attempt()
        self._file_with(evidence, "补充.mp3")
        self.assertEqual(evidence.file_count, 2)

    def test_files_of_a_signed_answer_stay(self):
        memo = self._model("memo", self.agent).create(
            self._prepare_memo_vals(complaint_id=self.complaint.id)
        )
        question = self._file_with(memo)
        memo.action_send()
        memo = memo.with_user(self.employee)
        answer = self._file_with(memo, "答复.pdf", "answer_attachment_ids")
        memo.answer = "货架高一米八。"
        memo.action_answer()
        for file in (question, answer):
            for user in (self.agent, self.employee):
                with self._refused("stay as they are"):
                    file.with_user(user).write({"raw": b"x"})
                with self._refused("stay as they are"):
                    file.with_user(user).unlink()


@tagged("post_install", "-at_install")
class TestHostileSteps(HostileCase):
    """Ways around recusal, confidentiality and the place of a memo."""

    def test_recused_person_does_nothing_with_memos(self):
        memo = self._model("memo", self.agent).create(
            self._prepare_memo_vals(complaint_id=self.complaint.id)
        )
        self._recuse(self.complaint, self.colleague)
        memo = memo.with_user(self.colleague)
        for attempt in (
            lambda: memo.write({"question": "?"}),
            memo.action_send,
            memo.action_cancel,
            memo.unlink,
        ):
            with self._refused("You are recused", AccessError):
                attempt()

    def test_memo_stays_with_its_complaint(self):
        memo = self._model("memo", self.agent).create(
            self._prepare_memo_vals(complaint_id=self.complaint.id)
        )
        other = self._create_complaint(
            self.stranger, team_id=self.other_team.id, line_ids=[]
        )
        with self._refused("A memo stays with its complaint"):
            memo.write({"complaint_id": other.id})

    def test_recused_person_writes_nothing_on_the_complaint(self):
        self._recuse(self.complaint, self.colleague)
        complaint = self.complaint.with_user(self.colleague)
        with self._refused("You are recused", AccessError):
            complaint.write({"tag_ids": [Command.create({"name": "多次投诉"})]})
        complaint.message_subscribe(self.colleague.partner_id.ids)

    def test_striking_out_does_not_name_confidential_evidence(self):
        evidence = self._model("evidence", self.agent).create(
            {
                "complaint_id": self.complaint.id,
                "name": "李娜的诊断证明",
                "is_confidential": True,
                "void_reason": "重复录入。",
            }
        )
        evidence.action_strike_out()
        bodies = "".join(self.complaint.message_ids.mapped("body"))
        self.assertIn("struck out", bodies)
        self.assertNotIn("李娜的诊断证明", bodies)

    def test_context_adds_nothing_to_a_complaint_split_off(self):
        self.complaint.write(
            {"line_ids": [Command.create({"sale_order_line_id": self.syrup_line.id})]}
        )
        memo = self._model("memo", self.stranger).create(
            self._prepare_memo_vals(
                complaint_id=self._create_complaint(
                    self.stranger, team_id=self.other_team.id, line_ids=[]
                ).id
            )
        )
        dialog = self._model(
            "split",
            self.agent,
            default_memo_ids=[Command.link(memo.id)],
            default_user_id=self.manager.id,
        ).create(
            {
                "complaint_id": self.complaint.id,
                "description": "止咳糖浆有异物。",
                "line_ids": [Command.set(self.complaint.line_ids[1:].ids)],
            }
        )
        new = self.env["customer.complaint"].browse(dialog.action_split()["res_id"])
        self.assertFalse(new.memo_ids)
        self.assertNotEqual(new.user_id, self.manager)
