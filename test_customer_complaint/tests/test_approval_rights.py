from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.customer_complaint_approval.tests.approval_common import ApprovalCase

REMEDIATION = "customer.complaint.remediation"
LINE = "customer.complaint.remediation.line"
APPROVAL = "customer.complaint.approval"
TIER = "customer.complaint.approval.tier"
DELEGATION = "customer.complaint.approval.delegation"
# Of the team, and above.
WORKERS = {"proposer", "agent", "supervisor", "manager"}
READERS = {"archivist", "auditor"}
APPROVERS = {"supervisor", "manager"}
NOBODY = frozenset()


@tagged("post_install", "-at_install", "slow")
class TestApprovalRights(ApprovalCase):
    """Each role by each way: button, RPC, import, commands of a form, list edit."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        branch = cls.env["res.company"].create({"name": "上海分公司"})
        other = {"company_id": branch.id, "company_ids": [Command.set(branch.ids)]}
        cls.recused = cls._new_user("complaint_recused", "supervisor")
        cls.accused = cls._new_user("complaint_accused", "manager")
        cls.complainant = cls._new_user("complaint_complainant", "supervisor")
        cls.complainant.partner_id.phone = "010-8888 0000"
        cls.team.member_ids += cls.recused | cls.accused | cls.complainant
        cls.portal = new_test_user(
            cls.env, "complaint_portal", "base.group_portal", lang="en_US"
        )
        cls.roles = {
            "proposer": cls.agent,
            "agent": cls.colleague,
            "supervisor": cls.supervisor,
            "manager": cls.manager,
            "quality": cls.quality_user,
            "archivist": cls.archivist,
            "auditor": cls.auditor,
            "employee": cls.employee,
            "other_team": cls.stranger,
            "other_leader": cls._new_user("complaint_other_leader", "supervisor"),
            "other_company": cls._new_user("branch_boss", "manager", **other),
            "portal": cls.portal,
            "recused": cls.recused,
            "accused": cls.accused,
            "complainant": cls.complainant,
        }
        # The complaint is of one supervisor, about a manager, and one has an interest.
        cls.complaint = cls._decided(partner_id=cls.complainant.partner_id.id)
        cls.complaint.sudo().recusal_ids.create(
            [
                {
                    "complaint_id": cls.complaint.id,
                    "partner_id": user.partner_id.id,
                    "kind": kind,
                }
                for user, kind in ((cls.recused, "interest"), (cls.accused, "named"))
            ]
        )

    def _call(self, user, model, method, *args, **kwargs):
        """Call a method as a client does; what it may not call is refused."""
        # The client sends no language of the tests.
        return call_kw(self.env[model].with_user(user), method, args, kwargs)

    def _get_done(self, deed):
        """Return who can do a deed; whatever they do is undone.

        :param deed: function of a user
        :rtype: set[str]
        """
        done = set()
        for role, user in self.roles.items():
            self.env.flush_all()
            self.env.invalidate_all()
            savepoint = self.env.cr.savepoint()
            try:
                # A deed that reports its errors says whether it was done.
                if deed(user) is not False:
                    done.add(role)
                self.env.flush_all()
            except UserError:
                done.discard(role)
            finally:
                savepoint.close(rollback=True)
                self.env.invalidate_all(flush=False)
                self.env.registry.clear_cache()
        return done

    def _assert_only(self, allowed, *deeds):
        """Check who can do each of some deeds, and that nobody else can."""
        for number, deed in enumerate(deeds):
            with self.subTest(deed=number):
                self.assertEqual(self._get_done(deed), set(allowed))

    def _prepare_line(self, **values):
        return {"kind": "compensation", "amount": 1, **values}

    # ------------------------------------------------------------------
    # STEPS, BY THEIR BUTTONS
    # ------------------------------------------------------------------

    def test_buttons(self):
        draft = self._propose(complaint=self.complaint)
        asked = self._asked(complaint=self.complaint)
        dialog = "customer.complaint.give.reason"

        def press(remediation, name):
            # What a button returns says where to go, not whether it worked.
            return lambda user: (
                self._call(user, REMEDIATION, name, remediation.ids) or True
            )

        def give_reason(remediation, deed):
            def fill_in(user):
                dialog_id = self._call(
                    user,
                    dialog,
                    "create",
                    {
                        "asked_model": REMEDIATION,
                        "asked_ids": remediation.ids,
                        "step": f"_{deed}",
                        "reason": "单据不全。",
                    },
                )
                self._call(user, dialog, "action_confirm", [dialog_id])

            return fill_in

        self._assert_only(WORKERS, press(draft, "action_ask"))
        self._assert_only(
            APPROVERS,
            press(asked, "action_approve"),
            give_reason(asked, "refuse"),
            give_reason(asked, "send_back"),
        )
        self._assert_only(
            WORKERS, press(asked, "action_take_back"), give_reason(asked, "cancel")
        )
        asked.with_user(self.supervisor).action_approve()
        self._assert_only(WORKERS, give_reason(asked, "decline_for_customer"))
        seen = {
            role
            for role, user in self.roles.items()
            if asked.with_user(user).has_access("read")
        }
        self.assertEqual(
            seen, WORKERS | READERS | {"recused", "accused", "complainant"}
        )

    def test_shown_buttons_are_those_that_work(self):
        """The form shows Approve to whoever can press it, and to nobody else."""
        asked = self._asked(complaint=self.complaint)
        shown = self._get_done(lambda user: asked.with_user(user).can_approve)
        self.assertEqual(shown, APPROVERS)

    def test_what_buttons_do_inside_is_not_called_from_outside(self):
        asked = self._asked(complaint=self.complaint)
        approval = asked.approval_ids
        for method, args in (
            ("_refuse", ["x"]),
            ("_send_back", ["x"]),
            ("_cancel", ["x"]),
            ("_agree", ["x"]),
            ("_move", ["approved", None]),
            ("_write_unguarded", [{"state": "approved"}]),
            ("_update_turns", []),
            ("_record", ["approved", {}]),
            ("_finish_when_done", []),
        ):
            self._assert_only(
                NOBODY,
                lambda user, m=method, a=args: self._call(
                    user, REMEDIATION, m, asked.ids, *a
                ),
            )
        self._assert_only(
            NOBODY,
            lambda user: self._call(user, APPROVAL, "_record", [[]]),
            lambda user: self._call(user, LINE, "_set_done", [1], "x", "2026-01-01"),
        )
        self.assertFalse(approval)

    # ------------------------------------------------------------------
    # REMEDIATION AND LINE
    # ------------------------------------------------------------------

    @mute_logger("odoo.sql_db")
    def test_remediation(self):
        """Who works on the case proposes and changes; nobody sets a state."""
        draft = self._propose(complaint=self.complaint)
        vals = {
            "complaint_id": self.complaint.id,
            "line_ids": [Command.create(self._prepare_line())],
        }
        self._assert_only(
            WORKERS,
            lambda user: self._call(user, REMEDIATION, "create", dict(vals)),
            lambda user: self._call(
                user, REMEDIATION, "write", draft.ids, {"note": "补充说明"}
            ),
            lambda user: self._call(
                user, REMEDIATION, "web_save", draft.ids, {"note": "补充说明"}, {}
            ),
            lambda user: self._call(user, REMEDIATION, "unlink", draft.ids),
            lambda user: bool(
                self._call(
                    user,
                    REMEDIATION,
                    "load",
                    ["complaint_id/.id", "note"],
                    [[str(self.complaint.id), "导入"]],
                )["ids"]
            ),
            # A form of the complaint saves it with its own values.
            lambda user: self._call(
                user,
                "customer.complaint",
                "write",
                self.complaint.ids,
                {"remediation_ids": [Command.update(draft.id, {"note": "x"})]},
            ),
            lambda user: self._call(
                user,
                "customer.complaint",
                "write",
                self.complaint.ids,
                {"remediation_ids": [Command.create({"note": "x"})]},
            ),
        )
        forged = {"state": "approved"}
        asked = self._asked(complaint=self.complaint)
        self._assert_only(
            NOBODY,
            lambda user: self._call(user, REMEDIATION, "write", asked.ids, forged),
            lambda user: self._call(
                user, REMEDIATION, "web_save", asked.ids, forged, {}
            ),
            lambda user: self._call(user, REMEDIATION, "unlink", asked.ids),
            lambda user: self._call(
                user,
                "customer.complaint",
                "write",
                self.complaint.ids,
                {"remediation_ids": [Command.update(asked.id, forged)]},
            ),
            lambda user: self._call(
                user,
                "customer.complaint",
                "write",
                self.complaint.ids,
                {"remediation_ids": [Command.delete(asked.id)]},
            ),
            lambda user: bool(
                self._call(
                    user,
                    REMEDIATION,
                    "load",
                    [".id", "state"],
                    [[str(asked.id), "Approved"]],
                )["ids"]
            ),
        )

    def test_no_default_approves(self):
        """Neither the context of a call nor the defaults a user keeps."""
        forged = {
            "state": "approved",
            "round": 1,
            "date_approved": "2026-01-01 00:00:00",
            "requested_by_id": self.manager.id,
        }
        context = {f"default_{name}": value for name, value in forged.items()}
        for name in ("state", "round"):
            self.env["ir.default"].with_user(self.agent).set(
                REMEDIATION, name, forged[name], user_id=self.agent.id
            )
        remediation_id = self._call(
            self.agent,
            REMEDIATION,
            "create",
            {"complaint_id": self.complaint.id},
            context=context,
        )
        self.assertRecordValues(
            self.env[REMEDIATION].browse(remediation_id),
            [
                {
                    "state": "draft",
                    "round": 0,
                    "date_approved": False,
                    "requested_by_id": False,
                }
            ],
        )

    def test_line(self):
        draft = self._propose(complaint=self.complaint)
        line = draft.line_ids
        vals = self._prepare_line(remediation_id=draft.id)
        self._assert_only(
            WORKERS,
            lambda user: self._call(user, LINE, "create", dict(vals)),
            lambda user: self._call(user, LINE, "write", line.ids, {"amount": 2}),
            lambda user: self._call(
                user, LINE, "web_save", line.ids, {"amount": 2}, {}
            ),
            lambda user: self._call(user, LINE, "unlink", line.ids),
            lambda user: bool(
                self._call(
                    user,
                    LINE,
                    "load",
                    ["remediation_id/.id", "kind", "amount"],
                    [[str(draft.id), "Compensation Money", "5"]],
                )["ids"]
            ),
        )
        asked = self._asked(complaint=self.complaint)
        waiting = asked.line_ids
        self._assert_only(
            NOBODY,
            lambda user: self._call(user, LINE, "write", waiting.ids, {"amount": 1}),
            lambda user: self._call(user, LINE, "write", line.ids, {"state": "done"}),
            lambda user: self._call(
                user, LINE, "write", line.ids, {"remediation_id": asked.id}
            ),
            lambda user: self._call(user, LINE, "unlink", waiting.ids),
            lambda user: self._call(
                user, LINE, "create", self._prepare_line(remediation_id=asked.id)
            ),
            lambda user: self._call(
                user,
                REMEDIATION,
                "write",
                asked.ids,
                {"line_ids": [Command.create(self._prepare_line())]},
            ),
        )
        asked.with_user(self.supervisor).action_approve()
        self._assert_only(
            WORKERS,
            lambda user: self._call(user, LINE, "action_carry_out", waiting.ids),
            # A raise: it goes back to be approved.
            lambda user: self._call(user, LINE, "write", waiting.ids, {"amount": 999}),
        )
        waiting.with_user(self.manager).amount = 999
        self.assertEqual(asked.state, "draft")

    # ------------------------------------------------------------------
    # APPROVAL
    # ------------------------------------------------------------------

    def test_approval(self):
        asked = self._asked(5000, complaint=self.complaint)
        asked.with_user(self.supervisor).action_approve()
        approval = asked.approval_ids
        forged = {
            "remediation_id": asked.id,
            "complaint_id": self.complaint.id,
            "company_id": self.company.id,
            "round": 1,
            "decision": "approved",
            "step_key": self.tiers["manager"].id,
            "user_id": self.manager.id,
            "date": fields.Datetime.now(),
            "currency_id": self.company.currency_id.id,
        }
        vals = {"round": 2}
        admin = self.env.ref("base.user_admin")
        self.roles = {**self.roles, "administrator": admin}
        self._assert_only(
            NOBODY,
            lambda user: self._call(user, APPROVAL, "create", dict(forged)),
            lambda user: self._call(user, APPROVAL, "write", approval.ids, vals),
            lambda user: self._call(
                user, APPROVAL, "web_save", approval.ids, dict(vals), {}
            ),
            lambda user: self._call(user, APPROVAL, "web_save", [], dict(forged), {}),
            lambda user: self._call(user, APPROVAL, "unlink", approval.ids),
            lambda user: self._call(user, APPROVAL, "copy", approval.ids),
            lambda user: bool(
                self._call(
                    user,
                    APPROVAL,
                    "load",
                    ["remediation_id/.id", "decision", "round"],
                    [[str(asked.id), "Approved", "1"]],
                )["ids"]
            ),
            lambda user: self._call(
                user,
                REMEDIATION,
                "write",
                asked.ids,
                {"approval_ids": [Command.create(dict(forged))]},
            ),
            lambda user: self._call(
                user,
                REMEDIATION,
                "write",
                asked.ids,
                {"approval_ids": [Command.delete(approval.id)]},
            ),
            lambda user: self._call(
                user,
                "customer.complaint",
                "write",
                self.complaint.ids,
                {
                    "remediation_ids": [
                        Command.update(
                            asked.id, {"approval_ids": [Command.create(dict(forged))]}
                        )
                    ]
                },
            ),
        )
        self.assertEqual(asked.approval_ids, approval)

    # ------------------------------------------------------------------
    # TIER
    # ------------------------------------------------------------------

    def test_tier(self):
        """Managers configure the ladder: those of a case they are recused from, too."""
        tier = self.tiers["supervisor"]
        allowed = {"manager", "accused"}
        self._give_all_companies(self.manager)
        vals = {"name": "Regional", "amount_from": 7, "role": "manager"}
        # Of the own company, for whoever does not have all of them.
        self._assert_only(
            allowed | {"other_company"},
            lambda user: self._call(user, TIER, "create", dict(vals)),
            lambda user: bool(
                self._call(
                    user, TIER, "load", ["name", "role"], [["Regional", "Manager"]]
                )["ids"]
            ),
        )
        # All companies share it: whoever has all of them changes it.
        self._assert_only(
            {"manager"},
            lambda user: self._call(user, TIER, "write", tier.ids, {"amount_from": 2}),
            lambda user: self._call(
                user, TIER, "web_save", tier.ids, {"amount_from": 2}, {}
            ),
            lambda user: self._call(user, TIER, "unlink", tier.ids),
        )
        tier.company_id = self.company
        self._assert_only(
            allowed,
            lambda user: self._call(user, TIER, "write", tier.ids, {"amount_from": 2}),
            lambda user: self._call(user, TIER, "unlink", tier.ids),
        )
        self._assert_only(
            set(self.roles) - {"employee", "portal", "other_company"},
            lambda user: self._call(user, TIER, "read", tier.ids, ["name"]),
        )

    # ------------------------------------------------------------------
    # DELEGATION
    # ------------------------------------------------------------------

    def _prepare_delegation(self, **values):
        today = self.company._complaint_today()
        return {
            "delegate_id": self.director.id,
            "date_from": str(today),
            "date_to": str(today + timedelta(days=7)),
            **values,
        }

    def test_delegation(self):
        """Everybody delegates their own approvals, and nobody those of others."""
        delegation = (
            self.env[DELEGATION]
            .with_user(self.supervisor)
            .create(self._prepare_delegation())
        )
        unable = {"archivist", "auditor", "employee", "portal", "other_company"}
        self._assert_only(
            set(self.roles) - unable,
            lambda user: self._call(
                user, DELEGATION, "create", self._prepare_delegation()
            ),
        )
        self._assert_only(
            {"supervisor"},
            lambda user: self._call(
                user,
                DELEGATION,
                "create",
                self._prepare_delegation(user_id=self.supervisor.id),
            ),
            lambda user: self._call(
                user, DELEGATION, "write", delegation.ids, {"note": "x"}
            ),
            lambda user: self._call(
                user, DELEGATION, "web_save", delegation.ids, {"note": "x"}, {}
            ),
            lambda user: self._call(user, DELEGATION, "unlink", delegation.ids),
            lambda user: bool(
                self._call(
                    user,
                    DELEGATION,
                    "load",
                    ["user_id/.id", "delegate_id/.id", "date_to"],
                    [
                        [
                            str(self.supervisor.id),
                            str(self.director.id),
                            str(self.company._complaint_today()),
                        ]
                    ],
                )["ids"]
            ),
        )
        self._assert_only(
            NOBODY,
            lambda user: self._call(
                user, DELEGATION, "write", delegation.ids, {"user_id": user.id}
            ),
            lambda user: (
                self._call(
                    user, DELEGATION, "write", delegation.ids, {"delegate_id": user.id}
                )
                if user != self.supervisor
                else False
            ),
        )
        self._assert_only(
            {"supervisor", "manager", "accused", "auditor"},
            lambda user: self._call(user, DELEGATION, "read", delegation.ids, ["note"]),
        )

    def test_default_of_a_delegation_is_ones_own(self):
        delegation_id = self._call(
            self.colleague,
            DELEGATION,
            "create",
            self._prepare_delegation(),
            context={"default_user_id": self.manager.id},
        )
        delegation = self.env[DELEGATION].browse(delegation_id)
        self.assertEqual(delegation.user_id, self.colleague)

    # ------------------------------------------------------------------
    # RECUSED AND FOUR EYES
    # ------------------------------------------------------------------

    def test_the_reasons_name_the_person(self):
        asked = self._asked(complaint=self.complaint)
        for role, text in (
            ("proposer", "you proposed it yourself"),
            ("recused", "recused"),
            ("accused", "recused"),
            ("complainant", "recused"),
            ("auditor", "above your limit"),
        ):
            with self.subTest(role=role), self._refused(text, AccessError):
                asked.with_user(self.roles[role]).action_approve()
