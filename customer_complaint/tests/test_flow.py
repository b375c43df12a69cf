from datetime import datetime
from itertools import product

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from ..const import CLOSED_STATES, COMPLAINT_STATES
from ..models.customer_complaint_life import TRANSITIONS
from .common import CustomerComplaintCommon

STATES = [state for state, _label in COMPLAINT_STATES]
DECISION = {
    "conclusion": "established",
    "conclusion_note": "留样检查确认有异物,同意退货并赔偿。",
}


class FlowCase(CustomerComplaintCommon):
    """Complaints with chatter and tracking, as in real life."""

    @classmethod
    def default_env_context(cls):
        return {"no_reset_password": True, "lang": "en_US"}

    def flush_tracking(self):
        """Post the messages about what changed."""
        self.env.flush_all()
        self.cr.flush()

    def _let_it_be_told(self, complaint):
        """Record that the decision was told, where that is recorded."""
        if "notice_ids" in complaint._fields:
            self._write_decision(complaint)
            self._record_notice(complaint)

    def _new(self, user=None, **values):
        """Create a complaint without order."""
        return (
            self.env["customer.complaint"]
            .with_user(user or self.agent)
            .create(
                {
                    "partner_id": self.customer.id,
                    "category_id": self.category.id,
                    "channel_id": self.channel.id,
                    "team_id": self.team.id,
                    "description": "打开后发现面霜里有头发。",
                    "event_place": "顾客家中",
                    **values,
                }
            )
        )


@tagged("post_install", "-at_install")
class TestFlow(FlowCase):
    # ------------------------------------------------------------------
    # THE MAIN ROAD
    # ------------------------------------------------------------------

    def test_agent_takes_complaint_from_registration_to_sealed_card(self):
        with freeze_time("2031-05-06 01:00:00"):
            complaint = self._create_complaint(
                date_received="2031-05-06 00:30:00", purchase_date="2031-05-01"
            )
        self.assertRecordValues(
            complaint,
            [
                {
                    "state": "registered",
                    "name": "TS/2031/00001",
                    "received_by_id": self.agent.id,
                    "team_id": self.team.id,
                    # Whoever takes it in handles it.
                    "user_id": self.agent.id,
                    "archive_card_id": False,
                    "date_accepted": False,
                    "is_closed": False,
                }
            ],
        )
        with freeze_time("2031-05-06 02:00:00"):
            complaint.with_user(self.colleague).action_accept()
        card = complaint.archive_card_id
        self.assertRecordValues(
            complaint,
            [
                {
                    "state": "accepted",
                    "date_accepted": datetime(2031, 5, 6, 2),
                    "accepted_by_id": self.colleague.id,
                    "user_id": self.agent.id,
                    "date_decided": False,
                }
            ],
        )
        self.assertRecordValues(
            card,
            [
                {
                    "state": "open",
                    "name": "/",
                    "display_name": "TS/2031/00001",
                    "complaint_id": complaint.id,
                    "company_id": self.company.id,
                    "issuing_department": False,
                    "sealed_date": False,
                }
            ],
        )
        with freeze_time("2031-05-07 02:00:00"):
            self._verify(complaint).action_investigate()
        self.assertRecordValues(
            complaint,
            [
                {
                    "state": "investigating",
                    "user_id": self.agent.id,
                    "date_decided": False,
                }
            ],
        )
        with freeze_time("2031-05-09 02:00:00"):
            complaint.write(DECISION)
            self._confirm(complaint).action_remediate()
        self.assertRecordValues(
            complaint,
            [
                {
                    "state": "remediation",
                    "date_decided": datetime(2031, 5, 9, 2),
                    "decided_by_id": self.agent.id,
                    "date_notified": False,
                }
            ],
        )
        with freeze_time("2031-05-10 02:00:00"):
            self._grant(complaint, {"kind": "refund", "amount": 257})
            self._tell_decision(complaint)
        self.assertRecordValues(
            complaint,
            [
                {
                    "state": "followup",
                    "date_decided": datetime(2031, 5, 9, 2),
                    "is_closed": False,
                }
            ],
        )
        self.assertEqual(card.state, "open")
        self._create_document(complaint, "receipt")
        with freeze_time("2031-05-20 02:00:00"):
            complaint.action_close()
        self.assertRecordValues(
            complaint,
            [
                {
                    "state": "closed",
                    "is_closed": True,
                    "date_closed": datetime(2031, 5, 20, 2),
                    "date_first_closed": datetime(2031, 5, 20, 2),
                    "closed_by_id": self.agent.id,
                    "date_accepted": datetime(2031, 5, 6, 2),
                    "date_decided": datetime(2031, 5, 9, 2),
                    "reopen_count": 0,
                }
            ],
        )
        self.assertRecordValues(
            card,
            [
                {
                    "state": "sealed",
                    "sealed_date": datetime(2031, 5, 20, 2),
                    "sealed_by_id": self.agent.id,
                    "compensation_total": 257,
                }
            ],
        )
        # The addon of the archive puts the category into it.
        self.assertRegex(card.name, "^DA/2031/(YB/)?00001$")

    def test_nothing_to_remedy(self):
        complaint = self._take_to(self._new(), "investigating")
        complaint.write(DECISION)
        with freeze_time("2031-05-09 02:00:00"):
            self._confirm(complaint).action_remediate()
            self._tell_decision(complaint)
        self.assertRecordValues(
            complaint,
            [
                {
                    "state": "followup",
                    "date_decided": datetime(2031, 5, 9, 2),
                    "decided_by_id": self.agent.id,
                }
            ],
        )

    def test_given_handler_keeps_the_complaint(self):
        complaint = self._take_to(self._new(user_id=self.colleague.id), "accepted")
        self._verify(complaint).action_investigate()
        self.assertEqual(complaint.user_id, self.colleague)

    def test_one_card_only(self):
        complaint = self._take_to(self._new(), "closed")
        card = complaint.archive_card_id
        self._reopen(complaint)
        complaint.write(DECISION)
        self._confirm(complaint).action_remediate()
        self._tell_decision(complaint)
        complaint.action_close()
        self.assertEqual(complaint.archive_card_id, card)
        cards = card.search([("complaint_id", "=", complaint.id)])
        self.assertEqual(cards, card)

    def test_papers_join_the_card(self):
        complaint = self._new()
        paper = self._create_document(complaint)
        self.assertFalse(paper.card_id)
        complaint.action_accept()
        later = self._create_document(complaint, "receipt")
        self.env.invalidate_all()
        self.assertEqual(complaint.archive_card_id.document_ids, paper | later)

    # ------------------------------------------------------------------
    # BACK STEPS
    # ------------------------------------------------------------------

    def test_back_to_investigation_decides_anew(self):
        complaint = self._take_to(self._new(), "accepted")
        self._verify(complaint).action_investigate()
        complaint.write(DECISION)
        with freeze_time("2031-05-09 02:00:00"):
            self._confirm(complaint).action_remediate()
        self._verify(complaint).action_investigate()
        self.assertEqual(complaint.state, "investigating")
        with freeze_time("2031-05-12 02:00:00"):
            self._confirm(complaint).action_remediate()
        self.assertEqual(complaint.date_decided, datetime(2031, 5, 12, 2))

    def test_back_to_remediation_keeps_the_decision(self):
        complaint = self._take_to(self._new(), "followup")
        decided = complaint.date_decided
        complaint.action_remediate()
        self.assertRecordValues(
            complaint, [{"state": "remediation", "date_decided": decided}]
        )

    # ------------------------------------------------------------------
    # CONDITIONS
    # ------------------------------------------------------------------

    def test_acceptance_asks_for_what_it_needs(self):
        for name, label in (
            ("partner_id", "Customer"),
            ("category_id", "Category"),
            ("channel_id", "Channel"),
            ("description", "What Happened"),
        ):
            complaint = self._new(**{name: False})
            with self.subTest(field=name):
                with self.assertRaisesRegex(
                    UserError, f"^{complaint.name}: first fill in “{label}”.$"
                ):
                    complaint.action_accept()
                self.assertRecordValues(
                    complaint, [{"state": "registered", "archive_card_id": False}]
                )
        bare = (
            self.env["customer.complaint"]
            .with_user(self.agent)
            .create({"phone": "010-8888 0000"})
        )
        with self.assertRaisesRegex(
            UserError,
            "first fill in “Customer”, “Category”, “Channel”, and “What Happened”",
        ):
            bare.action_accept()

    def test_decision_asks_for_conclusion_and_findings(self):
        complaint = self._take_to(self._new(), "investigating")
        with self.assertRaisesRegex(
            UserError, "first fill in “Conclusion”(,| and) “Findings and Opinion”"
        ):
            complaint.action_remediate()
        complaint.write({"conclusion": "partly"})
        with self.assertRaisesRegex(UserError, "first fill in “Findings and Opinion”"):
            complaint.action_remediate()
        self.assertFalse(complaint.date_decided)

    def test_write_needs_what_the_dialogs_ask_for(self):
        complaint = self._new()
        with self.assertRaisesRegex(UserError, "first fill in “Refusal Ground”"):
            complaint.write({"state": "refused"})
        with self.assertRaisesRegex(UserError, "first fill in “Withdrawn On”"):
            complaint.write({"state": "withdrawn"})
        closed = self._take_to(self._new(), "closed").with_user(self.supervisor)
        for reason in (False, "  "):
            with self.assertRaisesRegex(UserError, "say which new facts reopen it"):
                closed.write({"state": "investigating", "reopen_reason": reason})
        self.assertEqual(closed.state, "closed")

    def test_one_write_brings_what_the_step_asks_for(self):
        complaint = self._take_to(self._new(), "investigating")
        complaint.write(DECISION)
        self._confirm(complaint)
        complaint.write({**DECISION, "state": "remediation"})
        self.assertRecordValues(complaint, [{**DECISION, "state": "remediation"}])

    # ------------------------------------------------------------------
    # THE MAP
    # ------------------------------------------------------------------

    def test_map_covers_all_states(self):
        self.assertEqual(set(TRANSITIONS), set(STATES))
        for targets in TRANSITIONS.values():
            self.assertLessEqual(targets, set(STATES))
        self.assertFalse([s for s, targets in TRANSITIONS.items() if s in targets])

    def test_no_way_beside_the_map(self):
        """Whoever asks, whatever is filled in, by write or by the state alone."""
        complaint = self._take_to(self._new(), "accepted")
        filled_in = {
            **DECISION,
            "refusal_ground_id": self.quick_ref(
                "customer_complaint.refusal_ground_other"
            ).id,
            "refusal_note": "无",
            "date_withdrawn": self.company._complaint_today(),
            "withdrawal_reason": "无",
            "reopen_reason": "新证据",
            "date_notified": complaint.date_received,
        }
        for origin, target in product(STATES, STATES):
            if target == origin or target in TRANSITIONS[origin]:
                continue
            complaint._write_unguarded({**filled_in, "state": origin})
            for user in (self.manager, self.env.user):
                with self.subTest(origin=origin, target=target, user=user.login):
                    with self.assertRaisesRegex(UserError, "cannot become"):
                        complaint.with_user(user).write({"state": target})
                    self.assertEqual(complaint.state, origin)

    def test_every_way_on_the_map_can_be_taken(self):
        for origin, targets in TRANSITIONS.items():
            # Merging is an addon of its own.
            for target in targets - {"merged"}:
                with self.subTest(origin=origin, target=target):
                    complaint = self._new(self.supervisor)
                    early = origin == "registered" or target == "registered"
                    if not early:
                        complaint.action_accept()
                        self._verify(complaint)
                    vals = {
                        **DECISION,
                        "state": origin,
                        "cause": "product",
                        "responsible_party": "supplier",
                        "conclusion_confirmed_by_id": self.env.uid,
                        "no_investigation_by_id": self.env.uid,
                        "reopen_reason": "新证据",
                        "date_notified": target != "refused"
                        and complaint.date_received,
                        "refusal_ground_id": self.quick_ref(
                            "customer_complaint.refusal_ground_not_entitled"
                        ).id,
                        "refusal_note": "无",
                        "date_withdrawn": self.company._complaint_today(),
                        "withdrawal_reason": "无",
                    }
                    # What an addon that is not there adds is not asked for.
                    complaint._write_unguarded(
                        {
                            name: value
                            for name, value in vals.items()
                            if name in complaint._fields
                        }
                    )
                    complaint.write({"state": target})
                    self.assertEqual(complaint.state, target)

    def test_withdrawn_complaint_reopens_where_it_stood(self):
        early, accepted = self._new(), self._take_to(self._new(), "accepted")
        self._withdraw(early | accepted)
        for complaint, wrong in ((early, "investigating"), (accepted, "registered")):
            with self.assertRaisesRegex(UserError, "it reopens as"):
                complaint.with_user(self.supervisor).write(
                    {"state": wrong, "reopen_reason": "新证据"}
                )

    def test_rpc_cannot_jump_over_steps(self):
        complaint = self._create_complaint()
        with self.assertRaisesRegex(UserError, "cannot become “Closed”"):
            complaint.write({"state": "closed"})
        self.assertEqual(complaint.state, "registered")

    # ------------------------------------------------------------------
    # TWO PEOPLE, SEVERAL COMPLAINTS
    # ------------------------------------------------------------------

    def test_second_press_says_who_was_first(self):
        complaint = self._new()
        steps = {
            "accepted": "action_accept",
            "investigating": "action_investigate",
            "remediation": "action_remediate",
            "followup": "action_follow_up",
            "closed": "action_close",
        }
        for state, step in steps.items():
            complaint.with_user(self.colleague).write(
                DECISION if state == "remediation" else {}
            )
            if state == "investigating":
                self._verify(complaint.with_user(self.colleague))
            if state == "followup":
                self._let_it_be_told(complaint)
            if state == "remediation":
                self._confirm(complaint.with_user(self.colleague))
            getattr(complaint.with_user(self.colleague), step)()
            with self.subTest(step=step):
                with self.assertRaisesRegex(
                    UserError, "already; Complaint Colleague changed it last"
                ):
                    getattr(complaint, step)()
                self.assertEqual(complaint.state, state)

    def test_same_state_written_again_changes_nothing(self):
        complaint = self._take_to(self._new(), "accepted")
        accepted = complaint.date_accepted
        with freeze_time("2031-05-12 02:00:00"):
            complaint.write({"state": "accepted"})
        self.assertEqual(complaint.date_accepted, accepted)

    def test_steps_are_taken_by_all_or_none(self):
        good, bad, worse = self._new(), self._new(channel_id=False), self._new()
        self._take_to(worse, "investigating")
        with self.assertRaises(UserError) as caught:
            (good | bad | worse).action_accept()
        message = str(caught.exception)
        self.assertIn(f"{bad.name}: first fill in “Channel”", message)
        self.assertIn(f"{worse.name}: it is “Investigating” now", message)
        self.assertNotIn(good.name, message)
        self.assertRecordValues(
            good | bad | worse,
            [
                {"state": "registered", "archive_card_id": False},
                {"state": "registered", "archive_card_id": False},
                {
                    "state": "investigating",
                    "archive_card_id": worse.archive_card_id.id,
                },
            ],
        )

    def test_several_complaints_take_a_step_at_once(self):
        complaints = self._new() | self._new() | self._new()
        complaints.action_accept()
        self.assertEqual(complaints.mapped("state"), ["accepted"] * 3)
        self.assertEqual(complaints.archive_card_id.mapped("complaint_id"), complaints)
        for complaint in complaints:
            self.assertEqual(complaint.archive_card_id.complaint_id, complaint)

    def test_one_without_rights_stops_all(self):
        own, foreign = (
            self._new(),
            self._new(self.stranger, team_id=self.other_team.id),
        )
        self.flush_tracking()
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            (own | foreign).with_user(self.agent).action_accept()
        self.assertEqual(own.state, "registered")

    # ------------------------------------------------------------------
    # REFUSED, WITHDRAWN, REOPENED
    # ------------------------------------------------------------------

    def test_refusal(self):
        complaints = self._new() | self._new()
        ground = self.quick_ref("customer_complaint.refusal_ground_settled")
        with freeze_time("2031-05-12 02:00:00"):
            self._refuse(
                complaints,
                refusal_ground_id=ground,
                refusal_note="双方已签署和解协议。",
            )
        self.assertRecordValues(
            complaints,
            [
                {
                    "state": "refused",
                    "refusal_ground_id": ground.id,
                    "refusal_note": "双方已签署和解协议。",
                    "date_closed": datetime(2031, 5, 12, 2),
                    "date_decided": datetime(2031, 5, 12, 2),
                    "closed_by_id": self.agent.id,
                    "date_accepted": False,
                    "archive_card_id": False,
                    "is_closed": True,
                }
            ]
            * 2,
        )

    def test_refusal_comes_before_acceptance(self):
        """After it by supervisors and on few grounds only, see test_refuse_accepted."""
        complaint = self._take_to(self._new(), "accepted")
        with self.assertRaisesRegex(AccessError, "Ask a supervisor"):
            self._refuse(
                complaint,
                refusal_ground_id=self.quick_ref(
                    "customer_complaint.refusal_ground_not_entitled"
                ),
            )
        with self.assertRaisesRegex(UserError, "no ground to refuse it after that"):
            complaint.with_user(self.supervisor).write(
                {
                    "state": "refused",
                    "refusal_ground_id": self.quick_ref(
                        "customer_complaint.refusal_ground_not_ours"
                    ).id,
                    "refusal_note": "无",
                }
            )
        self.env.invalidate_all()
        self.assertRecordValues(
            complaint, [{"state": "accepted", "date_closed": False}]
        )

    def test_refusal_of_several_is_all_or_none(self):
        registered, accepted = self._new(), self._take_to(self._new(), "accepted")
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self._refuse(
                registered | accepted,
                refusal_ground_id=self.quick_ref(
                    "customer_complaint.refusal_ground_not_entitled"
                ),
            )
        self.env.invalidate_all()
        self.assertRecordValues(
            registered, [{"state": "registered", "refusal_note": False}]
        )

    def test_withdrawal_ends_the_procedure_on_its_day(self):
        for state in ("accepted", "investigating", "remediation", "followup"):
            with freeze_time("2031-05-10 02:00:00"):
                complaint = self._take_to(self._new(), state)
            with self.subTest(state=state), freeze_time("2031-05-12 17:00:00"):
                # In Shanghai it is the 13th already.
                self._withdraw(complaint)
                self.assertRecordValues(
                    complaint,
                    [
                        {
                            "state": "withdrawn",
                            "date_withdrawn": datetime(2031, 5, 13).date(),
                            "withdrawal_reason": "顾客来电撤诉。",
                            "date_closed": datetime(2031, 5, 12, 17),
                            "closed_by_id": self.agent.id,
                        }
                    ],
                )
                self.assertEqual(complaint.archive_card_id.state, "sealed")

    def test_ended_complaint_is_not_withdrawn_again(self):
        complaint = self._new()
        self._withdraw(complaint)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self._withdraw(complaint, withdrawal_reason="再次撤诉")
        self.env.invalidate_all()
        self.assertEqual(complaint.withdrawal_reason, "顾客来电撤诉。")

    def test_reopening_keeps_the_first_closing_and_unseals(self):
        with freeze_time("2031-05-12 02:00:00"):
            complaint = self._take_to(self._new(), "closed")
        card = complaint.archive_card_id
        with freeze_time("2031-06-01 02:00:00"):
            self._reopen(complaint)
        self.assertRecordValues(
            complaint,
            [
                {
                    "state": "investigating",
                    "date_closed": False,
                    "closed_by_id": False,
                    "date_decided": False,
                    "decided_by_id": False,
                    "date_notified": False,
                    "date_first_closed": datetime(2031, 5, 12, 2),
                    "date_accepted": datetime(2031, 5, 12, 2),
                    "reopen_count": 1,
                    "reopen_reason": "顾客提交了新的检测报告。",
                    "user_id": self.agent.id,
                }
            ],
        )
        self.assertRecordValues(
            card, [{"state": "open", "sealed_date": False, "sealed_by_id": False}]
        )
        complaint.write({"description": "补充:顾客已就医。"})
        card.write({"remarks": "重新调查。"})
        self._verify(complaint)
        with freeze_time("2031-06-20 02:00:00"):
            self._confirm(complaint).action_remediate()
            self._tell_decision(complaint)
            complaint.action_close()
        self.assertRecordValues(
            complaint,
            [
                {
                    "state": "closed",
                    "date_closed": datetime(2031, 6, 20, 2),
                    "date_first_closed": datetime(2031, 5, 12, 2),
                    "reopen_count": 1,
                }
            ],
        )
        self.assertEqual(card.sealed_date, datetime(2031, 6, 20, 2))

    def test_each_reopening_needs_facts_of_its_own(self):
        complaint = self._take_to(self._new(), "closed")
        self._reopen(complaint)
        self._confirm(complaint).action_remediate()
        self._tell_decision(complaint)
        complaint.action_close()
        with self.assertRaisesRegex(UserError, "say which new facts"):
            complaint.with_user(self.supervisor).write({"state": "investigating"})

    def test_several_reopen_where_they_stood(self):
        with freeze_time("2031-05-12 02:00:00"):
            refused, early, late, closed = (self._new() for _n in range(4))
            self._take_to(late, "investigating")
            self._take_to(closed, "closed")
            self._refuse(refused)
            self._withdraw(early | late)
        complaints = refused | early | late | closed
        with freeze_time("2031-05-13 02:00:00"):
            self._reopen(complaints)
        cleared = {
            "refusal_ground_id": False,
            "refusal_note": False,
            "date_withdrawn": False,
            "withdrawal_reason": False,
            "date_closed": False,
            "reopen_count": 1,
            "date_first_closed": datetime(2031, 5, 12, 2),
        }
        self.assertRecordValues(
            complaints,
            [
                {"state": "registered", **cleared},
                {"state": "registered", **cleared},
                {"state": "investigating", **cleared},
                {"state": "investigating", **cleared},
            ],
        )
        self.assertEqual(
            (late | closed).archive_card_id.mapped("state"), ["open", "open"]
        )

    def test_reopening_needs_a_supervisor(self):
        complaint = self._take_to(self._new(), "closed")
        with self.assertRaises(AccessError):
            complaint.write({"state": "investigating", "reopen_reason": "新证据"})
        with self.assertRaises(AccessError):
            self._reopen(complaint, self.agent)
        self.assertEqual(complaint.state, "closed")

    def test_running_complaint_is_not_reopened(self):
        complaint = self._take_to(self._new(), "investigating")
        closed = self._take_to(self._new(), "closed")
        with self.assertRaisesRegex(UserError, complaint.name):
            self._reopen(complaint | closed)
        self.assertFalse(complaint.reopen_reason)
        self.assertEqual(closed.state, "closed")

    # ------------------------------------------------------------------
    # CHATTER
    # ------------------------------------------------------------------

    def _get_tracked(self, complaint):
        """Return the fields of the last message of the chatter."""
        self.flush_tracking()
        message = complaint.sudo().message_ids[:1]
        return message, message.tracking_value_ids.field_id.mapped("name")

    def test_changes_are_tracked(self):
        complaint = self._new(self.supervisor)
        self.flush_tracking()
        changes = {
            "user_id": self.colleague.id,
            "received_by_id": self.agent.id,
            "team_id": self.other_team.id,
            "category_id": self.category_service.id,
            "severity": "major",
            "partner_id": self.partner.id,
            "channel_id": self.quick_ref("customer_complaint.channel_other").id,
        }
        for name, value in changes.items():
            with self.subTest(field=name):
                complaint.with_user(self.manager).write({name: value})
                message, tracked = self._get_tracked(complaint)
                self.assertIn(name, tracked)
                self.assertEqual(message.author_id, self.manager.partner_id)

    def test_steps_are_tracked_with_their_author(self):
        complaint = self._new()
        self.flush_tracking()
        complaint.with_user(self.colleague).action_accept()
        message, tracked = self._get_tracked(complaint)
        self.assertIn("state", tracked)
        self.assertEqual(message.author_id, self.colleague.partner_id)
        value = message.tracking_value_ids.filtered(
            lambda tracking: tracking.field_id.name == "state"
        )
        self.assertRecordValues(
            value, [{"old_value_char": "Registered", "new_value_char": "Accepted"}]
        )
        self.assertEqual(
            message.subtype_id, self.env.ref("customer_complaint.mt_complaint_state")
        )

    def test_reasons_stand_in_the_chatter_as_text(self):
        script = "<script>alert('张三')</script>"
        first, second = self._new(), self._new()
        self.flush_tracking()
        self._refuse(first, refusal_note=script)
        self._withdraw(second, withdrawal_reason=script)
        self.flush_tracking()
        ended = self.env.ref("customer_complaint.mt_complaint_ended")
        for complaint in (first, second):
            message = complaint.message_ids[0]
            self.assertIn("&lt;script&gt;alert", message.body)
            self.assertNotIn("<script>", message.body)
            self.assertEqual(message.subtype_id, ended)
        self._reopen(first, reopen_reason=script)
        message, tracked = self._get_tracked(first)
        self.assertIn("&lt;script&gt;alert", message.body)
        self.assertIn("state", tracked)

    def test_registration_stands_in_the_chatter(self):
        complaint = self._new()
        self.flush_tracking()
        self.assertIn(
            f"Complaint {complaint.name} registered", complaint.message_ids[-1].body
        )

    def test_customer_is_not_told_by_following(self):
        """Nothing of the internal work goes to the customer by itself."""
        complaint = self._take_to(self._new(), "closed")
        self.flush_tracking()
        self.assertNotIn(self.customer, complaint.message_partner_ids)
        messages = complaint.sudo().message_ids
        self.assertNotIn(self.customer, messages.notified_partner_ids)

    def test_new_handler_is_notified(self):
        complaint = self._new()
        self.flush_tracking()
        complaint.with_user(self.supervisor).user_id = self.colleague
        self.flush_tracking()
        partner = self.colleague.partner_id
        self.assertIn(partner, complaint.message_partner_ids)
        notified = self.env["mail.message"].search(
            [
                ("model", "=", "customer.complaint"),
                ("res_id", "=", complaint.id),
                ("partner_ids", "in", partner.ids),
            ]
        )
        self.assertTrue(notified)

    def test_taking_a_complaint_oneself(self):
        complaint = self._new()
        complaint.with_user(self.colleague).action_assign_to_me()
        self.assertEqual(complaint.user_id, self.colleague)

    # ------------------------------------------------------------------
    # WHAT IS TAKEN OVER, AND WHEN
    # ------------------------------------------------------------------

    def test_severity_is_raised_but_never_lowered_by_the_category(self):
        complaint = self._new(category_id=self.category_service.id)
        self.assertEqual(complaint.severity, "general")
        complaint.category_id = self.category
        self.assertEqual(complaint.severity, "serious")
        complaint.category_id = self.category_service
        self.assertEqual(complaint.severity, "serious")
        complaint.severity = "major"
        complaint.category_id = self.category
        self.assertEqual(complaint.severity, "major")
        self.assertEqual(self._new(severity="major").severity, "major")

    def test_complainant_is_kept_as_told(self):
        complaint = self._new()
        told = {
            "complainant_name": "李娜",
            "phone": "+86 10 8888 0000",
            "email": "lina@example.com",
            "occupation": "教师",
        }
        self.assertRecordValues(complaint, [told])
        self.assertIn("朝阳区建国路1号", complaint.address)
        self.customer.write(
            {
                "name": "李娜(已改名)",
                "phone": "+86 21 1111 2222",
                "email": "new@example.com",
                "function": "退休",
                "street": "别处",
            }
        )
        complaint.write({"category_id": self.category_service.id})
        self._take_to(complaint, "closed")
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertRecordValues(complaint, [told])
        self.assertIn("朝阳区建国路1号", complaint.address)

    def test_complainant_typed_with_the_complaint_wins(self):
        complaint = self._new(complainant_name="李女士", phone="13800000000")
        self.assertRecordValues(
            complaint,
            [
                {
                    "complainant_name": "李女士",
                    "phone": "13800000000",
                    "email": "lina@example.com",
                }
            ],
        )

    def test_another_customer_brings_other_data(self):
        complaint = self._new()
        complaint.partner_id = self.env["res.partner"].create(
            {"name": "王五", "phone": "13900000000"}
        )
        self.assertRecordValues(
            complaint,
            [{"complainant_name": "王五", "phone": "13900000000", "email": False}],
        )

    def test_product_is_kept_as_sold(self):
        complaint = self._create_complaint()
        line = complaint.line_ids
        self.assertRecordValues(
            line,
            [
                {
                    "product_id": self.cream.id,
                    "product_name": "保湿面霜",
                    "price_unit": 128.5,
                    "product_uom_id": self.uom_unit.id,
                    "currency_id": self.order.currency_id.id,
                }
            ],
        )
        self.cream.write({"name": "新款面霜", "list_price": 1})
        complaint.action_accept()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertRecordValues(
            line, [{"product_name": "保湿面霜", "price_unit": 128.5}]
        )

    def test_subject_is_proposed_and_kept(self):
        complaint = self._create_complaint()
        self.assertEqual(complaint.subject, f"{self.category.name}: 保湿面霜")
        complaint.category_id = self.category_service
        self.assertEqual(complaint.subject, f"{self.category.name}: 保湿面霜")
        self.assertEqual(self._new(subject="面霜有异物").subject, "面霜有异物")

    def test_way_in_follows_the_channel_until_it_is_chosen(self):
        hotline = self.quick_ref("customer_complaint.channel_hotline")
        self.assertEqual(self._new(channel_id=hotline.id).way_in, "phone")
        complaint = self._new(channel_id=hotline.id, way_in="message")
        self.assertEqual(complaint.way_in, "message")

    def test_team_comes_from_category_then_person_then_company(self):
        vals = {"category_id": self.category.id}
        Complaint = self.env["customer.complaint"]
        self.assertEqual(
            Complaint.with_user(self.stranger).create(vals).team_id, self.other_team
        )
        teamless = self._new_user("complaint_teamless", "agent")
        self.assertEqual(Complaint.with_user(teamless).create(vals).team_id, self.team)
        self.category.team_id = self.other_team
        self.assertEqual(
            Complaint.with_user(self.agent).create(vals).team_id, self.other_team
        )

    def test_walk_in_customer_without_order(self):
        complaint = self._new(
            line_ids=[
                Command.create({"product_name": "散装饼干", "quantity": 0.5}),
                Command.create({"product_id": self.syrup.id, "quantity": 2}),
            ]
        )
        self.assertRecordValues(
            complaint.line_ids,
            [
                {
                    "product_name": "散装饼干",
                    "sale_order_line_id": False,
                    "quantity": 0.5,
                },
                {
                    "product_name": "止咳糖浆",
                    "sale_order_line_id": False,
                    "quantity": 2,
                },
            ],
        )
        self.assertEqual(complaint.line_ids[1].price_unit, 36.0)

    def test_unknown_customer_is_identified_later(self):
        complaint = self._new(partner_id=False, complainant_name="匿名顾客")
        self.assertEqual(complaint.complainant_name, "匿名顾客")
        with self.assertRaisesRegex(UserError, "first fill in “Customer”"):
            complaint.action_accept()
        complaint.partner_id = self.customer
        complaint.action_accept()
        self.assertEqual(complaint.state, "accepted")

    def test_closed_states_are_found(self):
        running, ended = self._new(), self._new()
        self._withdraw(ended)
        Complaint = self.env["customer.complaint"]
        both = [("id", "in", (running | ended).ids)]
        for domain, expected in (
            ([("is_closed", "=", True)], ended),
            ([("is_closed", "=", False)], running),
            ([("is_closed", "!=", True)], running),
            ([("is_closed", "in", [True, False])], running | ended),
            ([("is_closed", "not in", [True])], running),
        ):
            with self.subTest(domain=domain):
                self.assertEqual(Complaint.search(both + domain), expected)
        self.assertIn("withdrawn", CLOSED_STATES)

    def test_group_has_five_representatives_at_most(self):
        people = self.env["res.partner"].create(
            [{"name": f"业主{number}"} for number in range(6)]
        )
        values = {"representation": "group", "complainant_count": 12}
        self._new(**values, representative_ids=[Command.set(people[:5].ids)])
        with self.assertRaises(ValidationError):
            self._new(**values, representative_ids=[Command.set(people.ids)])
        with self.assertRaises(ValidationError):
            self._new(representative_ids=[Command.set(people[:1].ids)])
