from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.customer_complaint.const import CLOSED_STATES, COMPLAINT_STATES
from odoo.addons.customer_complaint.models.customer_complaint_life import TRANSITIONS
from odoo.addons.customer_complaint.tests.common import CustomerComplaintCommon
from odoo.addons.customer_complaint_review.tests.test_review import NEW_DECISION, NOTES

SCRIPT = "<script>alert('张三')</script>"
# What the guards ask for, so that only the order of the steps is wrong.
COMPLETE = {
    "conclusion": "established",
    "conclusion_note": "留样检查确认有异物。",
    "cause": "product",
    "responsible_party": "supplier",
    "reportability": "no_report",
    "reportability_reason": "未造成人身伤害。",
    "decision_grounds": "《消费者权益保护法》第二十四条。",
    "decision_measures": "退货退款。",
    "decision_ways_open": "可书面申请核查。",
    "refusal_note": "该商品并非我店出售。",
    "withdrawal_reason": "已和解。",
    "reopen_reason": "新的检测报告。",
}
# From where the main road leads to a state.
ORIGINS = {
    "registered": "refused",
    "accepted": "registered",
    "investigating": "accepted",
    "remediation": "investigating",
    "followup": "remediation",
    "closed": "followup",
    "refused": "registered",
    "withdrawn": "accepted",
    "merged": "accepted",
}
BUTTONS = {
    "accepted": "accept",
    "investigating": "investigate",
    "remediation": "remediate",
    "followup": "follow_up",
    "closed": "close",
}


class CaseInputCase(CustomerComplaintCommon):
    def _new(self, user=None, **values):
        return self._create_complaint(
            user,
            **{
                "sale_order_id": False,
                "line_ids": [],
                "event_place": "顾客家中",
                **values,
            },
        )

    def _at(self, state, user=None):
        """Put a complaint that lacks nothing into a state, without the steps."""
        complaint = self._new(user)
        if state not in ("registered", "refused"):
            complaint.action_accept()
            self._verify(complaint)
        complaint._write_unguarded(
            {
                **COMPLETE,
                "state": state,
                "date_decided": fields.Datetime.now(),
                "decided_by_id": self.env.uid,
                "date_notified": fields.Datetime.now(),
                "conclusion_confirmed_by_id": self.env.uid,
                "no_investigation_by_id": self.env.uid,
                "refusal_ground_id": self.quick_ref(
                    "customer_complaint.refusal_ground_not_ours"
                ).id,
                "date_withdrawn": self.company._complaint_today(),
                "merged_into_id": self.main.id,
                "merge_reason": "同一事项。",
            }
        )
        return complaint

    def _import(self, model, names, *rows, user=None):
        """Import rows as the web client does; return the texts of the errors."""
        result = self.env[model].with_user(user or self.agent).load(names, rows)
        if result["messages"]:
            self.assertFalse(result["ids"])
        return " ".join(message["message"] for message in result["messages"])


# How the names of all our addons begin.
ADDONS = "customer_complaint"


@tagged("post_install", "-at_install")
class TestStepsOutOfOrder(CaseInputCase):
    """No way around the map: button, RPC, list edit of many, import."""

    def setUp(self):
        super().setUp()
        self.main = self._new(self.manager)

    def _press(self, complaint, target):
        """Press the button that leads to a state."""
        if target in BUTTONS:
            getattr(complaint, f"action_{BUTTONS[target]}")()
        elif target == "refused":
            self._refuse(complaint, self.manager)
        elif target == "withdrawn":
            self._withdraw(complaint, self.manager)
        elif target == "merged":
            self._ask(
                "merge",
                complaint,
                self.manager,
                target_id=self.main,
                reason="同一事项。",
            ).action_merge()
        else:
            self._reopen(complaint, self.manager)

    def test_every_step(self):
        states = dict(COMPLAINT_STATES)
        good = {
            target: self._at(origin, self.manager) for target, origin in ORIGINS.items()
        }
        for origin in states:
            bad = self._at(origin, self.manager)
            for target in states.keys() - TRANSITIONS[origin] - {origin}:
                both = bad | good[target]
                ways = {
                    "button": lambda t=target, c=bad: self._press(c, t),
                    "RPC": lambda t=target, c=bad: c.write({"state": t}),
                    "list edit": lambda t=target, c=both: c.write({"state": t}),
                }
                if (origin, target) == ("closed", "registered"):
                    del ways["button"]  # it reopens, to where it may go
                for way, deed in ways.items():
                    with self.subTest(origin=origin, target=target, way=way):
                        with self._refused(""):
                            deed()
                        self.assertEqual(bad.state, origin)
                        self.assertEqual(good[target].state, ORIGINS[target])

    def test_the_other_of_both_could_have_gone(self):
        """The counter-check: alone, the good one of each list edit goes its way."""
        for target, origin in ORIGINS.items():
            with self.subTest(target=target):
                complaint = self._at(origin, self.manager)
                complaint.write({"state": target})
                self.assertEqual(complaint.state, target)

    def test_import_moves_nothing_out_of_order(self):
        good, bad = self._at("registered"), self._at("investigating")
        for target in ("accepted", "followup", "closed", "registered", "refused"):
            with self.subTest(target=target):
                label = dict(COMPLAINT_STATES)[target]
                errors = self._import(
                    "customer.complaint",
                    [".id", "state"],
                    [str(good.id), "Accepted"],
                    [str(bad.id), label],
                )
                # Accepted cases are refused by supervisors only.
                self.assertRegex(errors, "cannot become|role does not allow")
                self.env.invalidate_all()
                self.assertEqual(good.state, "registered")
                self.assertEqual(bad.state, "investigating")

    def test_import_creates_no_advanced_case(self):
        names = ["complainant_name", "description", "state"]
        for state, label in COMPLAINT_STATES[1:]:
            with self.subTest(state=state):
                before = self.env["customer.complaint"].search_count([])
                self._import(
                    "customer.complaint", names, ["王芳", "面霜里有头发。", label]
                )
                new = self.env["customer.complaint"].search(
                    [("complainant_name", "=", "王芳")]
                )
                # Refused, or registered like any other: never further on.
                self.assertFalse(new.filtered(lambda c: c.state != "registered"))
                self.assertLessEqual(
                    self.env["customer.complaint"].search_count([]), before + 1
                )

    def test_ended_case_is_not_edited_in_a_list(self):
        running = self._new()
        for state in CLOSED_STATES:
            ended = self._at(state)
            with self.subTest(state=state), self._refused("has ended"):
                (running | ended).write({"event_place": "店内"})
        self.assertEqual(running.event_place, "顾客家中")


@tagged("post_install", "-at_install")
class TestBadCaseInput(CaseInputCase):
    """What else nobody gets in, by no way."""

    def _people(self, number):
        return self.env["res.partner"].create(
            [{"name": f"代表{i}", "phone": f"+86 138 {i:08}"} for i in range(number)]
        )

    def test_sixth_representative(self):
        people = self._people(6)
        group = self._new(
            representation="group",
            complainant_count=8,
            representative_ids=[Command.set(people[:5].ids)],
        )
        with self._refused("", ValidationError):
            group.write({"representative_ids": [Command.link(people[5].id)]})
        with self._refused("", ValidationError):
            group.with_user(self.manager).write(
                {"representative_ids": [Command.create({"name": "代表七"})]}
            )
        errors = self._import(
            "customer.complaint",
            [".id", "representative_ids/.id"],
            [str(group.id), ",".join(map(str, people.ids))],
        )
        self.assertTrue(errors)
        self.env.invalidate_all()
        self.assertEqual(group.representative_ids, people[:5])

    def test_decision_without_grounds_by_import(self):
        complaint = self._take_to(self._new(), "remediation")
        self._write_decision(complaint)
        complaint.write({"decision_grounds": False})
        errors = self._import(
            "customer.complaint", [".id", "state"], [str(complaint.id), "To Close"]
        )
        self.assertIn("Grounds", errors)
        errors = self._import(
            "customer.complaint",
            [".id", "date_decided"],
            [str(complaint.id), "2026-01-01 00:00:00"],
        )
        self.assertIn("sets these", errors)

    def test_notice_before_the_decision_by_import(self):
        complaint = self._take_to(self._new(), "remediation")
        self._write_decision(complaint)
        yesterday = complaint.date_decided - timedelta(seconds=1)
        errors = self._import(
            "customer.complaint.notice",
            ["complaint_id/.id", "kind", "way", "date", "proof_ref"],
            [
                str(complaint.id),
                "Decision",
                "Phone",
                fields.Datetime.to_string(yesterday),
                "10:05 致电",
            ],
        )
        self.assertTrue(errors)
        self.assertFalse(complaint.notice_ids)
        self.assertFalse(complaint.date_notified)

    def test_review_after_the_limit_by_import(self):
        long_ago = fields.Datetime.now() - timedelta(days=60)
        complaint = self._take_to(self._new(date_received=long_ago), "followup")
        complaint._write_unguarded(
            {"date_decided": long_ago, "date_notified": long_ago}
        )
        errors = self._import(
            "customer.complaint.review",
            ["complaint_id/.id", "request", "late_admission_reason"],
            [str(complaint.id), "我不同意。", "住院"],
        )
        self.assertIn("A manager may admit it", errors)
        self.assertFalse(complaint.review_ids)

    def test_memo_that_reaches_nobody(self):
        complaint = self._new()
        outsider = self._new_outsider(email="out@example.com")
        clerk = self._new_user("clerk", email="clerk@example.com")
        memo = (
            self.env["customer.complaint.memo"]
            .with_user(self.agent)
            .create(
                {
                    "complaint_id": complaint.id,
                    "name": "核对留样",
                    "question": "留样是否有异物？",
                    "recipient_id": clerk.id,
                    "date_due": fields.Datetime.now() + timedelta(days=1),
                }
            )
        )
        with self._refused("", UserError):
            memo.write({"recipient_id": outsider.id})
        clerk.partner_id.email = False
        with self._refused("no e-mail address"):
            memo.action_send()
        self.assertEqual(memo.state, "draft")
        with self._refused("", UserError):
            memo.write({"state": "sent"})

    def test_ring_of_mergers_in_one_call(self):
        first, second, third = (self._new(self.supervisor) for _i in range(3))
        values = {"state": "merged", "merge_reason": "同一事项。"}
        with self._refused("into itself"):
            (first | second | third).write({**values, "merged_into_id": third.id})
        errors = self._import(
            "customer.complaint",
            [".id", "state", "merged_into_id/.id", "merge_reason"],
            [str(first.id), "Merged", str(second.id), "同一事项。"],
            [str(second.id), "Merged", str(third.id), "同一事项。"],
            [str(third.id), "Merged", str(first.id), "同一事项。"],
            user=self.supervisor,
        )
        self.assertIn("was merged into it", errors)
        self.env.invalidate_all()
        self.assertEqual((first | second | third).mapped("state"), ["registered"] * 3)

    def test_reviewer_who_decided_by_import(self):
        complaint = self._take_to(self._new(self.supervisor), "followup")
        errors = self._import(
            "customer.complaint.review",
            ["complaint_id/.id", "request", "reviewer_id/.id"],
            [str(complaint.id), "我不同意。", str(self.supervisor.id)],
            user=self.supervisor,
        )
        self.assertIn("took part in the decision", errors)


@tagged("post_install", "-at_install")
class TestScriptEverywhere(CaseInputCase):
    """Script in any text field shows as text: in each paper and in the chatter."""

    @classmethod
    def default_env_context(cls):
        # With chatter and tracking, as for everybody.
        return {"lang": "en_US"}

    def _fill(self, record, *left_out):
        """Write the script into each text field that a user may write.

        :return: the names of the fields
        """
        system = record._get_marked_fields("system")
        names = {
            name
            for name, field in record._fields.items()
            if field.type in ("char", "text")
            and field.store
            and not (field.readonly or field.related or field.inherited)
            and field.model_name == record._name
            and (field._module or "").startswith(ADDONS)
            and name not in system | set(left_out)
        }
        record.write(dict.fromkeys(names, SCRIPT))
        for name in names:
            self.assertEqual(record[name], SCRIPT)  # kept as it was typed
        return names

    def _get_report(self, name):
        """Return the report of this name, whatever the addon."""
        data = self.env["ir.model.data"].search(
            [("module", "=like", f"{ADDONS}%"), ("name", "=", name)]
        )
        return data.complete_name

    def _assert_text(self, record, *reports):
        for report in reports:
            with self.subTest(report=report):
                html, _kind = (
                    self.env["ir.actions.report"]
                    .with_user(self.agent)
                    ._render_qweb_html(self._get_report(report), record.ids)
                )
                html = html.decode()
                self.assertNotIn("<script>alert", html)
                self.assertIn("&lt;script&gt;alert", html)

    def test_papers_and_chatter(self):
        self.customer.name = SCRIPT
        self.team.name = SCRIPT
        papers = self._new(
            representation="agent",
            representative_ids=[Command.create({"name": SCRIPT, "phone": SCRIPT})],
        )
        self._assert_text(papers, "report_papers_request")
        refused = self._new()
        self._fill(refused)
        self._refuse(refused, refusal_note=SCRIPT)
        self._assert_text(refused, "report_refusal_letter")

        complaint = self._create_complaint()
        self.assertGreater(len(self._fill(complaint)), 15)
        self._fill(complaint.line_ids)
        self._take_to(complaint, "investigating")
        self._assert_text(
            complaint,
            "report_acceptance_receipt",
            "report_acceptance_card",
            "report_application",
            "report_registration",
            "report_quality",
            "report_feedback",
            "report_register",
        )
        evidence = self.env["customer.complaint.evidence"].create(
            {"complaint_id": complaint.id, "name": SCRIPT}
        )
        self._fill(evidence)
        evidence.action_strike_out()
        memo = (
            self.env["customer.complaint.memo"]
            .with_user(self.agent)
            .create(
                {
                    "complaint_id": complaint.id,
                    "name": SCRIPT,
                    "question": SCRIPT,
                    "recipient_id": self.colleague.id,
                    "date_due": fields.Datetime.now() + timedelta(days=1),
                }
            )
        )
        self.colleague.email = "colleague@example.com"
        memo.action_send()
        memo.with_user(self.colleague).write({"answer": SCRIPT})
        memo.with_user(self.colleague).action_answer()
        self._assert_text(memo, "report_memo")

        complaint.write({**COMPLETE, "conclusion_note": SCRIPT})
        complaint.write({n: SCRIPT for n in COMPLETE if n.startswith("decision_")})
        self._confirm(complaint)
        self._verify(complaint)
        complaint.action_remediate()
        self._assert_text(complaint, "report_decision")
        remediation = self._promise(complaint)
        returned = self._return_without_reason(complaint.sale_order_id)
        access = self._consult(complaint)
        self._tell_decision(complaint, name=SCRIPT, content=SCRIPT, proof_ref=SCRIPT)
        self._fill(complaint.archive_card_id)
        self._assert_text(
            complaint.archive_card_id,
            "report_archive_card",
            "report_archive_catalogue",
            "report_archive_label",
            "report_archive_box_label",
        )
        self._assert_text(complaint, "report_archive_card_complaint")
        proceeding = self.env["customer.complaint.proceeding"].create(
            {"complaint_id": complaint.id, "kind": "court", "body": SCRIPT}
        )
        self._fill(proceeding, "proof_ref")  # once the reply went out
        proceeding.action_end()

        review = self.env["customer.complaint.review"].create(
            {"complaint_id": complaint.id, "request": SCRIPT}
        )
        review.reviewer_id = self.manager
        own = review.with_user(self.manager)
        texts = {**NOTES, **NEW_DECISION}
        texts = {
            name: text if name == "new_conclusion" else SCRIPT
            for name, text in texts.items()
        }
        own.write({"outcome": "changed", **texts})
        own.action_decide()
        self._assert_text(review, "report_review_outcome")
        self._assert_text(complaint, "report_review_outcome_complaint")
        self.env.flush_all()
        self.cr.flush()
        records = [complaint, refused, papers, memo, evidence, proceeding, review]
        records += [remediation, returned, access]
        for record in records:
            for message in record.sudo().message_ids:
                self.assertNotIn("<script", message.body or "", record._name)

    def _promise(self, complaint):
        """Propose, have approved, print and carry out what the customer gets."""
        remediation = (
            self.env["customer.complaint.remediation"]
            .with_user(self.agent)
            .create(
                {
                    "complaint_id": complaint.id,
                    "note": SCRIPT,
                    "line_ids": [
                        Command.create({"kind": "travel", "amount": 9, "note": SCRIPT})
                    ],
                }
            )
        )
        remediation.action_ask()
        remediation.with_user(self.supervisor)._send_back(SCRIPT)
        remediation.action_ask()
        remediation.with_user(self.supervisor).action_approve()
        self._assert_text(
            remediation, "report_settlement_agreement", "report_compensation_receipt"
        )
        remediation.with_user(self.agent).line_ids._sign_done(SCRIPT)
        return remediation

    def _return_without_reason(self, order):
        """Register, print and refuse a no-reason return."""
        record = (
            self.env["customer.complaint.return"]
            .with_user(self.agent)
            .create(
                {
                    "sale_order_id": order.id,
                    "note": SCRIPT,
                    "line_ids": [
                        Command.create(
                            {
                                "sale_order_line_id": order.order_line[1].id,
                                "quantity": 1,
                            }
                        )
                    ],
                }
            )
        )
        self._assert_text(record, "report_return_acknowledgement")
        record._refuse(self.env["customer.complaint.return.exception"], SCRIPT)
        self._assert_text(record, "report_return_refusal")
        return record

    def _consult(self, complaint):
        """Ask to consult a paper, revoke it, and waive another paper."""
        paper = self._create_document(complaint, "identity", name=SCRIPT, note=SCRIPT)
        access = (
            self.env["customer.complaint.archive.access"]
            .with_user(self.auditor)
            .create(
                {
                    "complaint_id": complaint.id,
                    "purpose": SCRIPT,
                    "date_to": self.company._complaint_today(),
                    "document_ids": [Command.link(paper.id)],
                }
            )
        )
        access.with_user(self.archivist).action_approve()
        access.with_user(self.archivist)._revoke(SCRIPT)
        self.assertEqual((access.purpose, access.decision_note), (SCRIPT, SCRIPT))
        for paper_type in complaint._get_missing_sealing_papers().get(complaint, ()):
            self.env["customer.complaint.paper.waiver"].with_user(
                self.archivist
            ).create(
                {
                    "complaint_id": complaint.id,
                    "type_id": paper_type.id,
                    "reason": SCRIPT,
                }
            )
        return access

    def test_all_reports_are_tried(self):
        reports = self.env["ir.actions.report"].search(
            [("report_name", "=like", f"{ADDONS}%.%")]
        )
        self.assertEqual(
            {report.get_external_id()[report.id].split(".")[1] for report in reports},
            {
                "report_papers_request",
                "report_settlement_agreement",
                "report_compensation_receipt",
                "report_return_acknowledgement",
                "report_return_refusal",
                "report_refusal_letter",
                "report_acceptance_receipt",
                "report_acceptance_card",
                "report_application",
                "report_registration",
                "report_quality",
                "report_feedback",
                "report_register",
                "report_memo",
                "report_decision",
                "report_archive_card",
                "report_archive_catalogue",
                "report_archive_label",
                "report_archive_box_label",
                "report_archive_card_complaint",
                # Tried in tests of their own, not by agents.
                "report_archive_check",
                "report_archive_inventory",
                "report_disposal_certificate",
                "report_review_outcome",
                "report_review_outcome_complaint",
            },
            "a new paper: try it with script above",
        )

    def test_no_field_holds_markup(self):
        for model in self.env.registry.values():
            if model._name.startswith("customer.complaint"):
                for name, field in model._fields.items():
                    # What is worked out and not stored holds no words of people.
                    if field.store and (field._module or "").startswith(ADDONS):
                        with self.subTest(model=model._name, field=name):
                            self.assertNotEqual(field.type, "html")
