import re
from datetime import timedelta
from pathlib import Path

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.modules import get_module_path
from odoo.tests import tagged

from odoo.addons.customer_complaint.tests.common import CustomerComplaintCommon
from odoo.addons.customer_complaint_review.tests.test_review import NOTES
from odoo.addons.customer_complaint_undo.tests.common import LaterMixin

# A row of a table in a docstring: what is done, and a mark for each role.
ROW = re.compile(r"^    (\S.*?)  +((?:[A-Z-](?: |$))+)$", re.MULTILINE)
# The columns of the table: letter and who it is.
ROLES = {
    "A": "agent of the team",
    "O": "agent of another team",
    "S": "supervisor of the team",
    "M": "manager",
    "Q": "quality",
    "L": "auditor who signs for legal",
    "R": "archivist",
    "U": "auditor",
    "E": "employee without role",
}
# Who may do what on a quality matter of the team, and the deed that proves it: the
# method _do_<action>. The docstrings of the addons say the same, each of its own.
TABLE = {
    "read": "ASMQLRU",
    "register": "AOSM",
    "change what it says": "ASMQ",
    "accept": "ASM",
    "refuse": "ASM",
    "refuse after acceptance": "SM",
    "waive papers": "ASMQ",
    "verify": "ASMQ",
    "take, hand over": "ASMQ",
    "assign by rule": "ASM",
    "recuse somebody": "ASMQ",
    "recuse oneself": "ASMQ",
    "take back a recusal": "SM",
    "lower severity": "SM",
    "lower severity from major": "M",
    "investigate": "ASMQ",
    "undo a step": "ASMQ",
    "enter evidence": "ASMQ",
    "strike out evidence": "ASMQ",
    "ask by memo": "ASMQ",
    "decide on reporting": "ASMQ",
    "confirm findings (quality)": "Q",
    "confirm findings (service)": "SM",
    "confirm findings (other)": "ASM",
    "end an emergency task": "ASMQ",
    "decide": "ASMQ",
    "skip investigation (quality)": "Q",
    "skip investigation (service)": "SM",
    "skip investigation (other)": "ASM",
    "apply a template": "ASMQ",
    "sign off (quality)": "Q",
    "sign off (legal)": "L",
    "tell": "ASMQ",
    "record how it was told": "ASMQ",
    "void a notice": "SM",
    "pass to quality": "ASMQ",
    "choose another policy": "SM",
    "pause the clock": "ASMQ",
    "void a pause": "SM",
    "ask for more time": "ASMQ",
    "approve more time": "SM",
    "ask for complexity": "ASMQ",
    "approve complexity": "SM",
    "restart the clock": "SM",
    "enter agreed terms": "ASMQ",
    "void agreed terms": "SM",
    "follow up": "ASMQ",
    "close": "ASM",
    "withdraw": "ASM",
    "reopen": "SM",
    "merge": "SM",
    "split": "ASM",
    "ask for a review": "ASMQ",
    "admit a late review": "M",
    "name the reviewer": "SM",
    "decide the review": "S",
    "propose a remediation": "ASMQ",
    "ask for approval": "ASMQ",
    "approve up to 1,000": "SM",
    "approve above": "M",
    "refuse a remediation": "SM",
    "record an agreement": "ASMQ",
    "carry out a remediation": "ASMQ",
    "cancel a remediation": "ASMQ",
    "read an enquiry": "ASMLU",
    "record an enquiry": "AOSM",
    "answer an enquiry": "ASM",
    "turn one into a complaint": "ASM",
    "register a return": "AOSM",
    "carry out a return": "ASM",
    "accept a late return": "SM",
    "record a proceeding": "ASMQ",
    "end a proceeding": "ASMQ",
    "make a case bundle": "SMLRU",
    "download the register": "ASMLU",
    "confirm the handler": "SM",
    "waive papers of the card": "SMR",
    "approve a consultation": "MR",
    "revoke a consultation": "MR",
    "add a supplement": "SMR",
    "hold a card": "MR",
    "end a hold": "M",
    "propose a disposal": "R",
    "approve a disposal": "M",
    "check the archive": "MLRU",
    "undo an import": "MR",
    "take an inventory": "R",
    "read an inventory": "MLRU",
    "register a data request": "MR",
    "decide a data request": "M",
    "lift a restriction": "M",
    "copy the data of a person": "MR",
    "edit configuration": "M",
}
# What has nothing to do with the matter at hand.
ANY_MATTER = (
    "register",
    "check the archive",
    "undo an import",
    "take an inventory",
    "read an inventory",
    "register a data request",
    "edit configuration",
    "read an enquiry",
    "record an enquiry",
    "answer an enquiry",
    "turn one into a complaint",
    "register a return",
    "carry out a return",
    "accept a late return",
)


class _Undone(Exception):
    """Ends a deed that went well, so that it leaves no trace."""


class RightsCase(LaterMixin, CustomerComplaintCommon):
    """One case for each state, on which a deed is tried out and undone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.storekeeper = cls._new_user("storekeeper", email="store@example.com")
        cls.lawyer = cls._new_user("complaint_lawyer", "auditor")
        cls.asker = cls._new_user("complaint_asker", "auditor")
        cls.second_archivist = cls._new_user("second_archivist", "archivist")
        cls.company.complaint_legal_user_ids = cls.lawyer
        cls.people = {
            "A": cls.colleague,
            "O": cls.stranger,
            "S": cls.supervisor,
            "M": cls.manager,
            "Q": cls.quality_user,
            "L": cls.lawyer,
            "R": cls.archivist,
            "U": cls.auditor,
            "E": cls.employee,
        }

    def _walk_in(self, **values):
        return self._create_complaint(
            sale_order_id=False, line_ids=[], event_place="顾客家中", **values
        )

    def _at(self, state, **values):
        return self._take_to(self._walk_in(**values), state)

    def _prepare_cases(self, category):
        """Prepare a case for each deed, all done by the agent of the team."""
        values = {"category_id": category.id}
        today = self.company._complaint_today()
        long_ago = fields.Datetime.now() - timedelta(days=60)
        order = self._create_confirmed_order()
        self.cases = cases = {
            "registered": self._walk_in(**values),
            "other": self._walk_in(**values),
            "serious": self._walk_in(severity="serious", **values),
            "major": self._walk_in(severity="major", **values),
            "papers": self._walk_in(
                representation="agent",
                representative_ids=[Command.set(self.storekeeper.partner_id.ids)],
                **values,
            ),
            "double": self._create_complaint(
                sale_order_id=order.id,
                line_ids=[
                    Command.create({"sale_order_line_id": line.id, "quantity": 1})
                    for line in order.order_line
                ],
                **values,
            ),
            "accepted": self._verify(self._at("accepted", **values)),
            "investigating": self._at("investigating", **values),
            "found": self._at("investigating", **values),
            "confirmed": self._at("investigating", **values),
            "remediation": self._at("remediation", **values),
            "told": self._at("remediation", **values),
            "followup": self._at("followup", **values),
            "late": self._at("followup", date_received=long_ago, **values),
            "reviewed": self._at("followup", **values),
            "closed": self._at("closed", **values),
            "precedent": self._at("closed", **values),
        }
        # Neither quality nor service: what an agent at work on the case confirms.
        delivery = {
            "category_id": self.quick_ref("customer_complaint.category_delivery").id
        }
        cases["delivery accepted"] = self._verify(self._at("accepted", **delivery))
        cases["delivery found"] = self._at("investigating", **delivery)
        cases["delivery precedent"] = self._at("closed", **delivery)
        cases["task"] = cases["major"].emergency_task_ids[:1]
        cases["papers"]._write_unguarded({"date_papers_due": today - timedelta(days=1)})
        for name in ("found", "confirmed", "delivery found"):
            cases[name].write(
                {
                    "conclusion": "established",
                    "conclusion_note": "留样检查确认有异物。",
                    "cause": "product",
                    "responsible_party": "own",
                }
            )
        self._confirm(cases["confirmed"])
        for name in ("remediation", "told"):
            self._write_decision(cases[name])
        cases["notice"] = self._record_notice(cases["told"])
        cases["pending"] = self._record_notice(
            cases["accepted"], "progress", way="post", state="pending"
        )
        cases["late"]._write_unguarded(
            {"date_decided": long_ago, "date_notified": long_ago}
        )
        cases["review"] = self._request_review(cases["reviewed"])
        cases["review"].with_user(self.supervisor).reviewer_id = self.supervisor
        cases["unnamed"] = self._request_review(self._at("followup", **values))
        cases["recusal"] = self._recuse(cases["other"], self.archivist)
        cases["evidence"] = (
            cases["investigating"]
            .env["customer.complaint.evidence"]
            .create(
                {
                    "complaint_id": cases["investigating"].id,
                    "name": "监控录像",
                    "kind": "photo",
                }
            )
        )
        self._prepare_consultation_cases(values)
        proposed = self._at("remediation", **values)
        cases["drafted"] = self._propose(proposed)
        cases["asked"] = self._propose(proposed)
        cases["asked"].action_ask()
        cases["granted"] = self._propose(proposed)
        cases["granted"].action_ask()
        cases["granted"].with_user(self.supervisor).action_approve()
        # Apart, so that it counts for nothing else. The lower tier is behind.
        cases["large"] = self._propose(self._at("remediation", **values), 5000)
        cases["large"].action_ask()
        cases["large"].with_user(self.supervisor).action_approve()
        cases["enquiry"] = self._record_enquiry()
        cases["return"] = self._return(order)
        order.date_order = long_ago
        cases["late_return"] = self._return(
            order, date_delivered=today - timedelta(days=30)
        )
        cases["proceeding"] = self._record_proceeding(cases["accepted"])
        cases["complex"], asked = (
            self._walk_in(complexity="complex", **values) for _i in range(2)
        )
        cases["paused"] = self._pause(cases["other"])
        self._prepare_archive_cases(values)
        cases["more_time"] = self._ask_for_time(asked)
        cases["complexity"] = self._ask_for_complexity(cases["serious"])
        cases["material"] = self._create_document(cases["accepted"], name="检测报告")
        cases["terms"] = self._agree_on_terms(cases["material"])

    def _prepare_archive_cases(self, values, recused=None):
        """Prepare sealed cards: held, due, proposed for disposal.

        :param res.users recused: kept away from the cases before they end
        """
        cards = []
        for _n in range(4):
            complaint = self._at("followup", **values)
            if recused:
                self._recuse(complaint.sudo(), recused, self.supervisor)
            complaint.action_close()
            cards.append(complaint.archive_card_id.sudo())
        held, due, proposed, restricted = cards
        held._hold("诉讼未决")
        # Years pass; the date itself is sealed.
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE customer_complaint_archive_card SET retention_until = '2020-01-01'"
            " WHERE id = ANY(%s)",
            [(due | proposed).ids],
        )
        self.env.invalidate_all()
        action = proposed.with_user(self.archivist).action_propose_disposal()
        disposal = self.env["customer.complaint.archive.disposal"].browse(
            action["res_id"]
        )
        disposal.with_user(self.archivist).action_propose()
        self.cases.update(held=held, due=due, disposal=disposal)
        self.cases["data_request"] = self._ask_about_data("restriction", held)
        self.cases["copy"] = self._ask_about_data("export", due)
        # What was decided meanwhile is not decided here: who may is another matter.
        self.cases["copy"]._decide("granted")
        self.cases["restriction"] = self._ask_about_data("restriction", restricted)
        self.cases["restriction"]._decide("granted")
        restricted.complaint_id._set_restricted()

    def _ask_about_data(self, kind, card, user=None):
        """Register a request of the customer about a case, as the archivist."""
        return (
            self.env["customer.complaint.person.request"]
            .with_user(user or self.second_archivist)
            .create(
                {
                    "kind": kind,
                    "partner_id": self.customer.id,
                    "asked_by": "顾客本人",
                    "identity_proof": "document",
                    "complaint_ids": [Command.set(card.sudo().complaint_id.ids)],
                }
            )
        )

    def _return(self, order, user=None, **values):
        return (
            self.env["customer.complaint.return"]
            .with_user(user or self.agent)
            .create(
                {
                    "sale_order_id": order.id,
                    "date_delivered": self.company._complaint_today(),
                    "line_ids": [
                        Command.create(
                            {
                                "sale_order_line_id": order.order_line[0].id,
                                "quantity": 1,
                            }
                        )
                    ],
                    **values,
                }
            )
        )

    def _pause(self, complaint, user=None):
        return (
            self.env["customer.complaint.pause"]
            .with_user(user or self.agent)
            .create(
                {
                    "complaint_id": complaint.id,
                    "kind": "testing",
                    "reason": "留样送市质检院检测。",
                }
            )
        )

    def _ask_for_time(self, complaint, user=None):
        """Ask for more time for the answer to a complex complaint."""
        answer = complaint.sudo().deadline_ids.filtered(
            lambda deadline: deadline.extending_role == "supervisor"
        )
        return (
            self.env["customer.complaint.extension"]
            .with_user(user or self.agent)
            .create(
                {
                    "deadline_id": answer.id,
                    "length": 1,
                    "reason": "供应商检验报告下周才到。",
                }
            )
        )

    def _ask_for_complexity(self, complaint, user=None):
        return (
            self.env["customer.complaint.complexity"]
            .with_user(user or self.agent)
            .create(
                {
                    "complaint_id": complaint.id,
                    "complexity": "complex",
                    "reason": "涉及三家供应商。",
                }
            )
        )

    def _agree_on_terms(self, paper, user=None):
        return (
            self.env["customer.complaint.agreed.terms"]
            .with_user(user or self.agent)
            .create(
                {
                    "complaint_id": paper.complaint_id.id,
                    "way": "post",
                    "document_id": paper.id,
                }
            )
        )

    def _propose(self, complaint, amount=100, user=None):
        return (
            self.env["customer.complaint.remediation"]
            .with_user(user or self.agent)
            .create(
                {
                    "complaint_id": complaint.id,
                    "note": "单据齐全。",
                    "line_ids": [
                        Command.create({"kind": "compensation", "amount": amount})
                    ],
                }
            )
        )

    def _recuse(self, complaint, person, user=None):
        return (
            self.env["customer.complaint.recusal"]
            .with_user(user or self.agent)
            .create(
                {
                    "complaint_id": complaint.id,
                    "partner_id": person.partner_id.id,
                    "reason": "与顾客有亲属关系",
                }
            )
        )

    def _request_review(self, complaint, user=None, **values):
        return (
            self.env["customer.complaint.review"]
            .with_user(user or self.agent)
            .create(
                {
                    "complaint_id": complaint.id,
                    "request": "我不同意，复检结果没有给我看。",
                    **values,
                }
            )
        )

    def _record_proceeding(self, complaint, user=None):
        return (
            self.env["customer.complaint.proceeding"]
            .with_user(user or self.agent)
            .create(
                {
                    "complaint_id": complaint.id,
                    "kind": "transfer",
                    "body": "朝阳区市场监督管理局",
                    "reference": "朝市监转〔2026〕118号",
                    "demand": "请于十日内书面答复。",
                }
            )
        )

    def _as(self, name, user):
        return self.cases[name].with_user(user)

    def _dialog(self, name, verb, user, **values):
        """Fill in the dialog of a button by a program, as a call by RPC does."""
        return self._fill_in(self._as(name, user), verb, **values)

    @staticmethod
    def _fill_in(record, verb, **values):
        action = getattr(record, f"action_{verb}")()
        return (
            record.env[action["res_model"]]
            .with_context(**action["context"])
            .create(values)
        )

    def _try(self, action, user):
        """Do something as a user, and undo it.

        :return: the error, or None when it went well
        """
        name = re.sub(r"\W+", "_", action).strip("_")
        return self._try_deed(lambda: getattr(self, f"_do_{name}")(user))

    def _try_deed(self, deed):
        try:
            with self.env.cr.savepoint():
                deed()
                self.env.flush_all()
                raise _Undone
        except _Undone:
            return None
        except Exception as error:  # what it is, the caller says
            return error

    # ------------------------------------------------------------------
    # DEEDS
    # ------------------------------------------------------------------

    def _do_read(self, user):
        self._as("registered", user).read(["description"])

    def _do_register(self, user):
        self._create_complaint(user, sale_order_id=False, line_ids=[])

    def _do_change_what_it_says(self, user):
        self._as("registered", user).write({"event_place": "店内"})

    def _do_accept(self, user):
        self._as("registered", user).action_accept()

    def _do_refuse(self, user):
        ground = self.quick_ref("customer_complaint.refusal_ground_not_ours")
        self._dialog(
            "registered",
            "refuse",
            user,
            refusal_ground_id=ground.id,
            refusal_note="该商品并非我店出售。",
        ).action_refuse()

    def _do_refuse_after_acceptance(self, user):
        ground = self.quick_ref("customer_complaint.refusal_ground_not_entitled")
        self._dialog(
            "accepted",
            "refuse",
            user,
            refusal_ground_id=ground.id,
            refusal_note="投诉人未受委托。",
        ).action_refuse()

    def _do_waive_papers(self, user):
        self._dialog(
            "papers", "waive_papers", user, reason="逾期未交。"
        ).action_confirm()

    def _do_verify(self, user):
        self._as("registered", user).action_verify_record()

    def _do_take_hand_over(self, user):
        self._as("investigating", user).write({"user_id": self.supervisor.id})

    def _do_assign_by_rule(self, user):
        # Whoever took it in handles it, until they are recused, say.
        self.cases["registered"]._write_unguarded({"user_id": False})
        self._as("registered", user).action_assign_by_rule()

    def _do_recuse_somebody(self, user):
        self._recuse(self.cases["registered"], self.storekeeper, user)

    def _do_recuse_oneself(self, user):
        self._dialog(
            "registered", "recuse_myself", user, reason="亲属"
        ).action_confirm()

    def _do_take_back_a_recusal(self, user):
        self._as("recusal", user).unlink()

    def _do_lower_severity(self, user):
        self._dialog(
            "serious", "lower_severity", user, severity="general", reason="无伤害。"
        ).action_lower()

    def _do_lower_severity_from_major(self, user):
        self._dialog(
            "major", "lower_severity", user, severity="general", reason="无伤害。"
        ).action_lower()

    def _do_investigate(self, user):
        self._as("accepted", user).action_investigate()

    def _do_undo_a_step(self, user):
        case = self._as("accepted", user)
        with self._later():
            case.action_investigate()
            case.action_undo_step()

    def _do_pass_to_quality(self, user):
        self._as("registered", user).action_pass_to_quality()

    def _do_choose_another_policy(self, user):
        policy = self.quick_ref("customer_complaint_deadline.policy_cbirc")
        self._as("registered", user).write({"policy_id": policy.id})

    def _do_pause_the_clock(self, user):
        self._pause(self.cases["registered"], user)

    def _do_void_a_pause(self, user):
        self.cases["paused"].with_user(user)._void("录入错误。")

    def _do_ask_for_more_time(self, user):
        self._ask_for_time(self.cases["complex"], user)

    def _do_approve_more_time(self, user):
        self.cases["more_time"].with_user(user).action_approve()

    def _do_ask_for_complexity(self, user):
        self._ask_for_complexity(self.cases["registered"], user)

    def _do_approve_complexity(self, user):
        self.cases["complexity"].with_user(user).action_approve()

    def _do_restart_the_clock(self, user):
        paper = self.cases["material"]
        paper.complaint_id.with_user(user)._restart_clock(
            "新的检测报告。", fields.Datetime.now(), paper
        )

    def _do_enter_agreed_terms(self, user):
        self._agree_on_terms(self.cases["material"], user)

    def _do_void_agreed_terms(self, user):
        self.cases["terms"].with_user(user)._void("录入错误。")

    def _do_enter_evidence(self, user):
        self.cases["evidence"].with_user(user).create(
            {"complaint_id": self.cases["investigating"].id, "name": "照片"}
        )

    def _do_strike_out_evidence(self, user):
        evidence = self._as("evidence", user)
        evidence.write({"void_reason": "录入有误。"})
        evidence.action_strike_out()

    def _do_ask_by_memo(self, user):
        self.env["customer.complaint.memo"].with_user(user).create(
            {
                "complaint_id": self.cases["investigating"].id,
                "name": "核对留样",
                "question": "留样是否有异物？",
                "recipient_id": self.storekeeper.id,
                "date_due": fields.Datetime.now() + timedelta(days=1),
            }
        ).action_send()

    def _do_decide_on_reporting(self, user):
        self._as("investigating", user).write(
            {"reportability": "no_report", "reportability_reason": "未造成伤害。"}
        )

    def _do_confirm_findings_quality(self, user):
        self._as("found", user).action_confirm_findings()

    def _do_confirm_findings_service(self, user):
        self._as("service found", user).action_confirm_findings()

    def _do_confirm_findings_other(self, user):
        self._as("delivery found", user).action_confirm_findings()

    def _do_end_an_emergency_task(self, user):
        self.cases["task"].with_user(user).action_done()

    def _do_decide(self, user):
        self._as("confirmed", user).action_remediate()

    def _do_skip_investigation_quality(self, user):
        self._skip("accepted", "precedent", user)

    def _do_skip_investigation_other(self, user):
        self._skip("delivery accepted", "delivery precedent", user)

    def _do_skip_investigation_service(self, user):
        self._skip("service accepted", "service precedent", user)

    def _skip(self, name, precedent, user):
        self._dialog(
            name,
            "skip_investigation",
            user,
            reason="同批号已在前案送检。",
            precedent_id=self.cases.get(
                f"{precedent} before", self.cases[precedent]
            ).id,
            conclusion_note="与前案同批，同意退货。",
            conclusion="established",
            cause="product",
            responsible_party="supplier",
        ).action_skip_investigation()

    def _do_apply_a_template(self, user):
        template = self.env["customer.complaint.decision.template"].search(
            [("outcome", "!=", "refused")], limit=1
        )
        self._dialog(
            "remediation", "apply_template", user, template_id=template.id
        ).action_apply()

    def _do_sign_off_quality(self, user):
        self._as("remediation", user).action_sign_quality()

    def _do_sign_off_legal(self, user):
        self._as("remediation", user).action_sign_legal()

    def _do_tell(self, user):
        complaint = self._as("remediation", user).with_context(default_kind="decision")
        self._fill_in(
            complaint, "tell", way="phone", proof_ref="10:05 致电顾客"
        ).action_tell()

    def _do_record_how_it_was_told(self, user):
        self._dialog("pending", "settle", user, proof_ref="EMS 1234").action_settle()

    def _do_void_a_notice(self, user):
        self._dialog("notice", "void", user, reason="记错了案件。").action_settle()

    def _do_follow_up(self, user):
        self._as("told", user).action_follow_up()

    def _do_close(self, user):
        self._as("followup", user).action_close()

    def _do_withdraw(self, user):
        self._dialog(
            "accepted", "withdraw", user, withdrawal_reason="已和解。"
        ).action_withdraw()

    def _do_reopen(self, user):
        self._dialog(
            "closed", "reopen", user, reopen_reason="新的检测报告。"
        ).action_reopen()

    def _do_make_a_case_bundle(self, user):
        self._as("closed", user).action_make_bundle()

    def _do_download_the_register(self, user):
        self._as("closed", user).action_download_register()

    def _do_merge(self, user):
        self._dialog(
            "registered",
            "merge",
            user,
            target_id=self.cases["accepted"].id,
            reason="同一事项。",
        ).action_merge()

    def _do_split(self, user):
        self._dialog(
            "double",
            "split",
            user,
            line_ids=[Command.set(self.cases["double"].line_ids[-1:].ids)],
            description="止咳糖浆瓶口破损。",
        ).action_split()

    def _do_ask_for_a_review(self, user):
        self._request_review(self.cases["followup"], user)

    def _do_admit_a_late_review(self, user):
        self._request_review(self.cases["late"], user, late_admission_reason="住院")

    def _do_name_the_reviewer(self, user):
        self._as("unnamed", user).write({"reviewer_id": self.manager.id})

    def _do_decide_the_review(self, user):
        review = self._as("review", user)
        review.write({"outcome": "upheld", **NOTES})
        review.action_decide()

    def _do_propose_a_remediation(self, user):
        self._propose(self.cases["remediation"].with_user(user), user=user)

    def _do_ask_for_approval(self, user):
        self._as("drafted", user).action_ask()

    def _do_approve_up_to_1_000(self, user):
        self._as("asked", user).action_approve()

    def _do_approve_above(self, user):
        self._as("large", user).action_approve()

    def _do_refuse_a_remediation(self, user):
        self._as("asked", user)._refuse("单据不全。")

    def _do_record_an_agreement(self, user):
        file = self._upload("协议.pdf", user, res_model="customer.complaint.agree")
        self._dialog(
            "granted",
            "agree",
            user,
            signer_name="李娜",
            attachment_ids=[Command.link(file.id)],
        ).action_confirm()

    def _do_carry_out_a_remediation(self, user):
        line = self._as("granted", user).line_ids
        self._fill_in(line, "carry_out", note="已付。").action_confirm()

    def _do_cancel_a_remediation(self, user):
        self._dialog("granted", "cancel", user, reason="不要了。").action_confirm()

    def _do_record_a_proceeding(self, user):
        self._record_proceeding(self.cases["accepted"], user)

    def _do_end_a_proceeding(self, user):
        proceeding = self._as("proceeding", user)
        proceeding.write({"reply": "已按要求处理。", "outcome": "调解成功。"})
        proceeding.action_answer()
        proceeding.action_end()

    def _record_enquiry(self, user=None):
        return (
            self.env["customer.complaint.enquiry"]
            .with_user(user or self.agent)
            .create(
                {
                    "team_id": self.team.id,
                    "description": "面霜孕妇能用吗?",
                    "answer": "可以。",
                }
            )
        )

    def _do_read_an_enquiry(self, user):
        self._as("enquiry", user).read(["description"])

    def _do_record_an_enquiry(self, user):
        self._record_enquiry(user)

    def _do_answer_an_enquiry(self, user):
        self._as("enquiry", user).action_answer()

    def _do_turn_one_into_a_complaint(self, user):
        self._as("enquiry", user).action_turn_into_complaint()

    def _do_register_a_return(self, user):
        self._return(self.order, user)

    def _do_carry_out_a_return(self, user):
        self._dialog("return", "goods_back", user).action_confirm()

    def _do_accept_a_late_return(self, user):
        self._as("late_return", user).action_accept_late()

    def _prepare_consultation_cases(self, values):
        """Prepare what is done about confidential and missing papers."""
        cases = self.cases
        cases["taken"] = self._at("accepted", **values)
        cases["taken"]._write_unguarded(
            {"user_id": self.agent.id, "is_handler_unconfirmed": True}
        )
        cases["paid"] = self._at("accepted", **values)
        cases["paid"]._write_unguarded(
            {"has_compensation": True, "compensation_total": 80}
        )
        paper = self._create_document(cases["paid"], "identity")
        for name in ("consulting", "consulted"):
            cases[name] = (
                self.env["customer.complaint.archive.access"]
                .with_user(self.asker)
                .create(
                    {
                        "complaint_id": cases["paid"].id,
                        "purpose": "内部审计。",
                        "date_to": self.company._complaint_today(),
                        "document_ids": [Command.link(paper.id)],
                    }
                )
            )
        cases["consulted"].with_user(self.second_archivist).action_approve()

    def _do_confirm_the_handler(self, user):
        self._as("taken", user).action_confirm_handler()

    def _do_waive_papers_of_the_card(self, user):
        self._dialog(
            "paid", "waive_sealing_papers", user, reason="顾客已出国。"
        ).action_waive()

    def _do_approve_a_consultation(self, user):
        self._as("consulting", user).action_approve()

    def _do_revoke_a_consultation(self, user):
        self._dialog("consulted", "revoke", user, reason="不再需要。").action_confirm()

    def _do_add_a_supplement(self, user):
        self.env["customer.complaint.archive.supplement"].with_user(user).create(
            {
                "card_id": self.cases["closed"].archive_card_id.id,
                "reason": "顾客来信",
                "body": "顾客来信表示感谢。",
            }
        )

    def _do_hold_a_card(self, user):
        self.cases["closed"].archive_card_id.with_user(user)._hold("诉讼未决")

    def _do_end_a_hold(self, user):
        self._as("held", user)._release("已结案")

    def _do_propose_a_disposal(self, user):
        action = self._as("due", user).action_propose_disposal()
        self.env["customer.complaint.archive.disposal"].with_user(user).browse(
            action["res_id"]
        ).action_propose()

    def _do_approve_a_disposal(self, user):
        self._as("disposal", user).action_approve()

    def _do_check_the_archive(self, user):
        self.env["customer.complaint.archive.check"].with_user(user).action_start()

    def _do_undo_an_import(self, user):
        Legacy = self.env["customer.complaint.archive.legacy"]
        result = Legacy.with_user(self.archivist).load(
            ["number", "date_completed", "phone"], [["误-1", "1998-06-20", "1"]]
        )
        Legacy.with_user(user).browse(result["ids"]).action_undo_import()

    def _do_take_an_inventory(self, user):
        inventories = self.env["customer.complaint.archive.inventory"].with_user(user)
        inventory = inventories.create({})
        inventory.action_start()
        inventory.line_ids[0].action_found()
        inventory._finish("", open_is_missing=True)

    def _do_read_an_inventory(self, user):
        inventory = self.env["customer.complaint.archive.inventory"].create({})
        inventory.action_start()
        inventory.with_user(user).read(["name", "open_count"])
        inventory.line_ids.with_user(user).read(["card_name", "result", "check_note"])

    def _do_register_a_data_request(self, user):
        self._ask_about_data(
            "restriction", self.cases["closed"].sudo().archive_card_id, user
        )

    def _do_decide_a_data_request(self, user):
        self._as("data_request", user).action_grant()

    def _do_lift_a_restriction(self, user):
        self._as("restriction", user)._lift("本人撤回申请")

    def _do_copy_the_data_of_a_person(self, user):
        self._as("copy", user)._make_export()

    def _do_edit_configuration(self, user):
        self._give_all_companies(user)
        for model in self._get_configuration():
            self.env[model].search([], limit=1).with_user(user).write({"active": True})

    @staticmethod
    def _get_configuration():
        return [
            f"customer.complaint.{name}"
            for name in (
                "category",
                "channel",
                "team",
                "refusal.ground",
                "archive.document.type",
                "archive.category",
                "decision.template",
                "return.exception",
            )
        ]


@tagged("post_install", "-at_install", "slow")
class TestRightsTable(RightsCase):
    """Who may do what: each cell of the table is tried out."""

    def test_each_cell(self):
        self._prepare_cases(self.category_service)
        service = {f"service {name}": case for name, case in self.cases.items()}
        self._prepare_cases(self.category)
        self.cases.update(service)
        for action, allowed in TABLE.items():
            for letter, user in self.people.items():
                with self.subTest(action=action, role=ROLES[letter]):
                    error = self._try(action, user)
                    if letter in allowed:
                        self.assertIsNone(error)
                    else:
                        self.assertIsInstance(error, AccessError)

    def test_same_rights_without_the_dialogs(self):
        """Who has no dialog has no way by RPC either."""
        self._prepare_cases(self.category)
        ground = self.quick_ref("customer_complaint.refusal_ground_not_ours")
        for action, name, values in (
            (
                "refuse",
                "registered",
                {
                    "state": "refused",
                    "refusal_ground_id": ground.id,
                    "refusal_note": "该商品并非我店出售。",
                },
            ),
            (
                "withdraw",
                "accepted",
                {
                    "state": "withdrawn",
                    "date_withdrawn": self.company._complaint_today(),
                    "withdrawal_reason": "已和解。",
                },
            ),
            (
                "reopen",
                "closed",
                {"state": "investigating", "reopen_reason": "新的检测报告。"},
            ),
            (
                "merge",
                "registered",
                {
                    "state": "merged",
                    "merged_into_id": self.cases["accepted"].id,
                    "merge_reason": "同一事项。",
                },
            ),
        ):
            for letter, user in self.people.items():
                with self.subTest(action=action, role=ROLES[letter]):
                    work = self._as(name, user)
                    error = self._try_deed(lambda w=work, v=values: w.write(v))
                    if letter in TABLE[action]:
                        self.assertIsNone(error)
                    else:
                        self.assertIsInstance(error, AccessError)

    def test_quality_does_nothing_on_other_matters(self):
        self._prepare_cases(self.category_service)
        self.cases.update({f"service {n}": c for n, c in self.cases.items()})
        for action in TABLE.keys() - ANY_MATTER:
            with self.subTest(action=action):
                error = self._try(action, self.quality_user)
                self.assertIsInstance(error, AccessError)

    def test_docstrings_say_the_same(self):
        said = {}
        for addon in self.env.registry._init_modules:
            if not addon.startswith("customer_complaint"):
                continue
            for path in Path(get_module_path(addon), "models").glob("*.py"):
                for action, marks in ROW.findall(path.read_text()):
                    if action == "action":
                        self.assertEqual(marks, " ".join(ROLES), path)
                        continue
                    self.assertNotIn(action, said, f"{path} says it again")
                    said[action] = marks.replace(" ", "")
        self.assertEqual(
            said,
            {
                action: "".join(x if x in allowed else "-" for x in ROLES)
                for action, allowed in TABLE.items()
            },
        )

    def test_managers_only_edit_each_configuration(self):
        for model in self._get_configuration():
            record = self.env[model].search([], limit=1)
            for letter, user in self.people.items():
                if letter == "M":
                    continue
                own = record.with_user(user)
                for deed in (
                    lambda own=own: own.write({"active": True}),
                    lambda own=own: own.copy({"name": "副本"}),
                    lambda own=own: own.unlink(),
                ):
                    with self.subTest(model=model, role=ROLES[letter]):
                        with self._refused("", AccessError):
                            deed()


@tagged("post_install", "-at_install", "slow")
class TestFourEyes(RightsCase):
    """Managers and the administrator are held by four eyes and recusal too."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls.env.ref("base.user_admin")
        cls.admin.lang = "en_US"
        cls.chief = cls._new_user("complaint_chief", "manager")
        # With every role there is: nothing but recusal and four eyes holds them up.
        roles = ("manager", "quality", "archivist", "auditor")
        for user in cls.manager | cls.admin:
            user.group_ids = [
                Command.link(
                    cls.quick_ref(f"customer_complaint.group_complaint_{r}").id
                )
                for r in roles
            ]
        cls.company.complaint_legal_user_ids = cls.manager | cls.admin

    def _prepare_recused_cases(self, user, category):
        """Prepare a case for each deed, all of which the user is recused from."""
        self._prepare_cases(category)
        self.cases["review"].with_user(self.supervisor).reviewer_id = user
        self.cases["unnamed"].complaint_id.user_id = self.agent
        # A recusal is entered before the case ends.
        self.cases["closed"] = self._at("followup", category_id=category.id)
        for name in (
            *("held", "due", "disposal"),
            *("data_request", "copy", "restriction"),
        ):
            del self.cases[name]
        complaints = self.env["customer.complaint"].union(
            *(
                case if case._name == "customer.complaint" else case.complaint_id
                for case in self.cases.values()
                if case._name != "customer.complaint.return"
            )
        )
        precedents = self.cases["precedent"] | self.cases["delivery precedent"]
        for complaint in complaints - precedents:
            self._recuse(complaint.sudo(), user, self.supervisor)
        self.cases["closed"].action_close()
        self._prepare_archive_cases({"category_id": category.id}, user)

    def test_recused_managers_and_administrators_do_nothing(self):
        deeds = TABLE.keys() - {*ANY_MATTER, "read", "recuse oneself"}
        for user in self.manager | self.admin:
            self._prepare_recused_cases(user, self.category_service)
            service = {f"service {name}": case for name, case in self.cases.items()}
            self._prepare_recused_cases(user, self.category)
            self.cases.update(service)
            for action in sorted(deeds):
                with self.subTest(action=action, user=user.login):
                    error = self._try(action, user)
                    self.assertIsInstance(error, AccessError)
                    # Of papers and evidence they are not even told why.
                    self.assertRegex(str(error), "recused|doesn't have 'read' access")
            self.assertIsNone(self._try("read", user))

    def test_managers_and_administrators_else_do_everything(self):
        """The recusal alone held them up."""
        self._prepare_cases(self.category_service)
        service = {f"service {name}": case for name, case in self.cases.items()}
        self._prepare_cases(self.category)
        self.cases.update(service)
        for user in self.manager | self.admin:
            self.cases["review"].with_user(self.supervisor).reviewer_id = user
            for action in TABLE:
                with self.subTest(action=action, user=user.login):
                    self.assertIsNone(self._try(action, user))

    def test_recused_manager_or_administrator_is_made_nothing(self):
        complaint = self._at("followup")
        review = self._request_review(complaint)
        for user in self.manager | self.admin:
            self._recuse(complaint, user, self.supervisor)
            with self._refused("is recused", ValidationError):
                complaint.with_user(self.chief).write({"user_id": user.id})
            with self._refused("is recused", ValidationError):
                review.with_user(self.chief).write({"reviewer_id": user.id})

    def test_recused_person_lifts_no_recusal(self):
        complaint = self._walk_in()
        own = self._recuse(complaint, self.manager, self.supervisor)
        other = self._recuse(complaint, self.admin, self.supervisor)
        for user in self.manager | self.admin:
            for recusal in own | other:
                with self._refused("", AccessError):
                    recusal.with_user(user).unlink()
                with self._refused("recused", AccessError):
                    recusal.with_user(user).write({"reason": "改写"})
        (own | other).with_user(self.chief).unlink()

    def test_who_decided_neither_signs_nor_reviews(self):
        for user in self.manager | self.admin:
            complaint = self._at("investigating")
            complaint.write({"conclusion": "established", "conclusion_note": "属实。"})
            self._confirm(complaint)
            own = complaint.with_user(user)
            own.action_remediate()
            self._write_decision(complaint)
            for sign in (own.action_sign_quality, own.action_sign_legal):
                with self._refused("four eyes", AccessError):
                    sign()
            # Somebody else decides anew: who took part before still does not sign.
            complaint.action_investigate()
            self._confirm(complaint)
            complaint.action_remediate()
            for sign in (own.action_sign_quality, own.action_sign_legal):
                with self._refused("four eyes", AccessError):
                    sign()
            self._tell_decision(complaint)
            review = self._request_review(complaint)
            with self._refused("took part in the decision", ValidationError):
                review.with_user(self.chief).write({"reviewer_id": user.id})
            with self._refused("Only the reviewer", AccessError):
                review.with_user(user).action_decide()

    def test_who_rewrote_the_decision_neither_signs_nor_reviews(self):
        for user in self.manager | self.admin:
            complaint = self._at("remediation")
            self._write_decision(complaint)
            own = complaint.with_user(user)
            own.write({"decision_measures": "只换货,不赔偿。"})
            for sign in (own.action_sign_quality, own.action_sign_legal):
                with self._refused("four eyes", AccessError):
                    sign()
            self._tell_decision(complaint)
            review = self._request_review(complaint)
            with self._refused("took part in the decision", ValidationError):
                review.with_user(self.chief).write({"reviewer_id": user.id})

    def test_reviewer_who_became_handler_decides_no_more(self):
        for user in self.manager | self.admin:
            complaint = self._at("followup")
            review = self._request_review(complaint)
            review.with_user(self.supervisor).reviewer_id = user
            review.with_user(user).write({"outcome": "upheld", **NOTES})
            complaint.with_user(self.supervisor).user_id = user
            for deed in ("action_decide", "action_refuse"):
                with self._refused("handles or handled", AccessError):
                    getattr(review.with_user(user), deed)()
