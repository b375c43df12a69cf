from contextlib import contextmanager

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form

from odoo.addons.uom.tests.common import UomCommon

from ..const import APPROVE_TODO
from ..models.customer_complaint_category import NEEDS


class CustomerComplaintCommon(UomCommon):
    """Two teams, a user for each role, and a confirmed order to complain about."""

    @classmethod
    def default_env_context(cls):
        # The tests look for English words, whatever language the database speaks.
        return {**super().default_env_context(), "lang": "en_US"}

    @classmethod
    def get_default_groups(cls):
        # Where a class has a user of its own, they sell.
        return (
            super().get_default_groups()
            | cls.quick_ref("sales_team.group_sale_manager")
            | cls.quick_ref("product.group_product_manager")
        )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.env["res.lang"]._activate_lang("en_US")
        cls.company.complaint_tz = "Asia/Shanghai"
        # Accounting is not set up for compensation, whatever the database has.
        names = ("product_id", "account_id", "journal_id")
        compensation = {f"complaint_compensation_{name}" for name in names}
        cls.company.write(
            dict.fromkeys(compensation.intersection(cls.company._fields), False)
        )
        cls._set_up_users()
        cls._set_up_teams()
        cls._set_up_classification()
        cls._set_up_sale()

    @classmethod
    def _new_user(cls, login, *roles, **values):
        """Create a user with complaint roles (e.g. ``"agent"``) only."""
        return cls.env["res.users"].create(cls._prepare_user_vals(login, roles, values))

    @classmethod
    def _prepare_user_vals(cls, login, roles, values=None):
        groups = ["base.group_user"]
        groups += [f"customer_complaint.group_complaint_{role}" for role in roles]
        values = values or {}
        if "company_id" in values:
            values.setdefault("company_ids", [Command.link(values["company_id"])])
        return {
            "login": login,
            "password": login,
            "name": login.replace("_", " ").title(),
            "email": "c.c@example.com",
            # English, whatever language the database gives to new users: the tests
            # look for words in the messages.
            "lang": "en_US",
            "group_ids": [Command.set([cls.env.ref(group).id for group in groups])],
            **values,
        }

    @classmethod
    def _new_outsider(cls, *roles, **values):
        """Create a user of another company, which comes with them."""
        company = cls.env["res.company"].create({"name": "上海分公司"})
        return cls._new_user(
            "complaint_outsider", *roles, company_id=company.id, **values
        )

    @classmethod
    def _recuse(cls, complaint, users):
        """Recuse users from a complaint, by records of the addon of the recusals.

        ``./dev test ADDON`` brings it along where tests call this.
        """
        cls.env["customer.complaint.recusal"].create(
            [
                {"complaint_id": complaint.id, "partner_id": partner.id}
                for partner in users.partner_id
            ]
        )

    @classmethod
    def _set_up_users(cls):
        """Create a user per role, all at once: one by one takes half of the set-up."""
        roles = {
            "agent": ["agent"],
            "colleague": ["agent"],
            "stranger": ["agent"],
            "supervisor": ["supervisor"],
            "manager": ["manager"],
            "quality": ["quality"],
            "archivist": ["archivist"],
            "auditor": ["auditor"],
            "nobody": [],
        }
        (
            cls.agent,
            cls.colleague,
            cls.stranger,
            cls.supervisor,
            cls.manager,
            cls.quality_user,
            cls.archivist,
            cls.auditor,
            cls.employee,
        ) = cls.env["res.users"].create(
            [
                cls._prepare_user_vals(f"complaint_{name}", user_roles)
                for name, user_roles in roles.items()
            ]
        )

    @classmethod
    def _give_all_companies(cls, user):
        """Let a user answer for all companies: what these share is theirs to change."""
        companies = cls.env["res.company"].sudo().search([])
        companies.user_ids = [Command.link(user.id)]

    @classmethod
    def _set_up_teams(cls):
        cls.team, cls.other_team = cls.env["customer.complaint.team"].create(
            [
                {
                    "name": "Chaoyang Shop",
                    "company_id": cls.company.id,
                    "leader_id": cls.supervisor.id,
                    "member_ids": [Command.set((cls.agent | cls.colleague).ids)],
                },
                {
                    "name": "Pudong Shop",
                    "company_id": cls.company.id,
                    "member_ids": [Command.set(cls.stranger.ids)],
                },
            ]
        )
        cls.company.complaint_team_id = cls.team

    @classmethod
    def _set_up_classification(cls):
        # What the shipped categories ask to know of a matter is test_matter's affair.
        categories = (
            cls.env["customer.complaint.category"]
            .with_context(active_test=False)
            .search([])
        )
        cls.shipped_needs = {
            category: {name: category[name] for name in NEEDS}
            for category in categories
        }
        # All companies share them, whoever the class works as.
        categories.sudo().write(dict.fromkeys(NEEDS, False))
        cls.category = cls.quick_ref("customer_complaint.category_quality_foreign")
        cls.category_service = cls.quick_ref(
            "customer_complaint.category_service_attitude"
        )
        cls.channel = cls.quick_ref("customer_complaint.channel_counter")
        cls.company.complaint_channel_id = cls.channel
        if "complaint_policy_id" in cls.company._fields:
            cls.company.complaint_policy_id = cls.quick_ref(
                "customer_complaint_deadline.policy_retail"
            )

    @classmethod
    def _set_up_sale(cls):
        cls.customer = cls.env["res.partner"].create(
            {
                "name": "李娜",
                "phone": "+86 10 8888 0000",
                "email": "lina@example.com",
                "function": "教师",
                "street": "朝阳区建国路1号",
                "city": "北京",
            }
        )
        cls.cream, cls.syrup = cls.env["product.product"].create(
            [
                {
                    "name": "保湿面霜",
                    "list_price": 128.5,
                    "taxes_id": [Command.clear()],
                },
                {"name": "止咳糖浆", "list_price": 36.0, "taxes_id": [Command.clear()]},
            ]
        )
        cls.order = cls._create_confirmed_order()
        cls.cream_line, cls.syrup_line = cls.order.order_line

    @classmethod
    def _create_confirmed_order(cls, **values):
        """Create a confirmed order of 3 creams and 5 syrups."""
        order = cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "order_line": [
                    Command.create(
                        {"product_id": cls.cream.id, "product_uom_qty": 3.0}
                    ),
                    Command.create(
                        {"product_id": cls.syrup.id, "product_uom_qty": 5.0}
                    ),
                ],
                **values,
            }
        )
        order.action_confirm()
        return order

    @classmethod
    def _prepare_complaint_vals(cls, **values):
        """Return the values of a complaint about two of the three creams."""
        return {
            "partner_id": cls.customer.id,
            "sale_order_id": cls.order.id,
            "category_id": cls.category.id,
            "channel_id": cls.channel.id,
            "team_id": cls.team.id,
            "description": "打开后发现面霜里有头发。",
            "line_ids": [
                Command.create({"sale_order_line_id": cls.cream_line.id, "quantity": 2})
            ],
            **values,
        }

    @classmethod
    def _create_complaint(cls, user=None, **values):
        """Create a complaint as ``user`` (by default the agent of the team).

        One that is complex from the start comes from the system: it is decided else.
        """
        is_complex = values.get("complexity", "general") != "general"
        model = cls.env["customer.complaint"].with_user(user or cls.agent)
        complaint = model.sudo(is_complex).create(cls._prepare_complaint_vals(**values))
        return complaint.sudo(False)

    @classmethod
    def _get_paper_type(cls, name):
        """Return a shipped type of papers, whichever addon has it."""
        data = cls.env["ir.model.data"].search(
            [
                ("model", "=", "customer.complaint.archive.document.type"),
                ("module", "=like", "customer_complaint%"),
                ("name", "=", f"document_type_{name}"),
            ]
        )
        return cls.env[data.model].browse(data.res_id)

    @classmethod
    def _create_document(cls, complaint, paper_type="photo", user=None, **values):
        """File a paper of the shipped type ``paper_type`` as ``user``."""
        return (
            cls.env["customer.complaint.archive.document"]
            .with_user(user or cls.agent)
            .create(
                {
                    "complaint_id": complaint.id,
                    "type_id": cls._get_paper_type(paper_type).id,
                    **values,
                }
            )
        )

    @classmethod
    def _upload(cls, name="收据.jpg", user=None, **values):
        """Create a file as the upload of a form does: it belongs to nothing yet."""
        return (
            cls.env["ir.attachment"]
            .with_user(user or cls.agent)
            .create(
                {
                    "name": name,
                    "raw": name.encode(),
                    "res_model": "customer.complaint.archive.document",
                    "res_id": 0,
                    **values,
                }
            )
        )

    @classmethod
    def _follow(cls, action, user=None):
        """Return the model that a button opens, with what the button passes on."""
        model = cls.env[action["res_model"]].with_user(user or cls.agent)
        return model.with_context(**action["context"])

    @classmethod
    def _ask(cls, verb, complaints, user=None, **values):
        """Fill in the dialog that the button ``action_<verb>`` opens."""
        complaints = complaints.with_user(user or cls.agent)
        action = getattr(complaints, f"action_{verb}")()
        model = complaints.env[action["res_model"]].with_context(**action["context"])
        return cls._save_form(model, **values)

    @staticmethod
    def _save_form(model, **values):
        """Fill in the form of a model, or of a record, and save it."""
        form = Form(model)
        for name, value in values.items():
            form[name] = value
        return form.save()

    @classmethod
    def _refuse(cls, complaints, user=None, **values):
        """Refuse complaints by the dialog."""
        values = {
            "refusal_ground_id": cls.quick_ref(
                "customer_complaint.refusal_ground_not_ours"
            ),
            "refusal_note": "该商品并非我店出售。",
            **values,
        }
        cls._ask("refuse", complaints, user, **values).action_refuse()

    @classmethod
    def _withdraw(cls, complaints, user=None, **values):
        """Record by the dialog that the customer withdrew complaints."""
        values = {"withdrawal_reason": "顾客来电撤诉。", **values}
        cls._ask("withdraw", complaints, user, **values).action_withdraw()

    @classmethod
    def _reopen(cls, complaints, user=None, **values):
        """Reopen complaints by the dialog, as a supervisor by default."""
        values = {"reopen_reason": "顾客提交了新的检测报告。", **values}
        cls._ask("reopen", complaints, user or cls.supervisor, **values).action_reopen()

    @staticmethod
    def _verify(complaints):
        """Sign the verifications of the complaints that are still open, if any."""
        if "is_verified" not in complaints._fields:
            return complaints  # the addon of the investigation is not there
        for complaint in complaints:
            for kind in complaint._get_open_verifications():
                getattr(complaint, f"action_verify_{kind}")()
        return complaints

    @classmethod
    def _take_to(cls, complaint, state):
        """Take a complaint along the main road until ``state``."""
        if complaint.state == state:
            return complaint
        steps = {
            "accepted": complaint.action_accept,
            "investigating": complaint.action_investigate,
            "remediation": complaint.action_remediate,
            "followup": complaint.action_follow_up,
            "closed": complaint.action_close,
        }
        states = list(steps)
        if complaint.state in states:
            # What is behind it is not done again.
            states = states[states.index(complaint.state) + 1 :]
        for target in states:
            if target == "remediation":
                complaint.write(
                    {
                        "conclusion": "established",
                        "conclusion_note": "留样检查确认有异物,同意退货并赔偿。",
                    }
                )
                cls._confirm(complaint)
            if target != "accepted":
                cls._verify(complaint)
            if target == "followup":
                # The dialog goes on to the follow-up by itself.
                cls._tell_decision(complaint)
            if complaint.state != target:
                steps[target]()
            if target == state:
                break
        return complaint

    @staticmethod
    def _confirm(complaints):
        """Complete the findings of the complaints and have them confirmed.

        As superuser: whoever works on the case need not be who confirms it.
        """
        if "cause" not in complaints._fields:
            return complaints  # the addon of the investigation is not there
        for complaint in complaints:
            if complaint.reportability == "to_decide":
                complaint.write(
                    {
                        "reportability": "no_report",
                        "reportability_reason": "未造成人身伤害。",
                    }
                )
            if not complaint.cause:
                complaint.write({"cause": "product", "responsible_party": "supplier"})
            if not complaint.conclusion_confirmed_by_id:
                complaint.sudo().action_confirm_findings()
        return complaints

    @staticmethod
    def _write_decision(complaint):
        """Fill in what a decision must say before it can be told."""
        if "decision_grounds" not in complaint._fields:
            return  # the addon of the notices is not there
        texts = {
            "decision_grounds": "《消费者权益保护法》第二十四条。",
            "decision_measures": "七日内退货退款，并赔偿误工费。",
            "decision_ways_open": "可在三十日内书面申请核查，或向人民法院起诉。",
        }
        complaint.write(
            {name: text for name, text in texts.items() if not complaint[name]}
        )

    @classmethod
    def _tell(cls, complaint, kind="decision", user=None, **values):
        """Record by the dialog that the complainant was told, by a call by default.

        :param values: of the dialog
        """
        complaint = complaint.with_user(user) if user else complaint
        action = complaint.with_context(default_kind=kind).action_tell()
        model = complaint.env[action["res_model"]].with_context(**action["context"])
        call = {"way": "phone", "proof_ref": "2026-01-17 10:05 致电 010-8888 0000"}
        cls._save_form(model, **(call | values)).action_tell()
        return complaint.notice_ids[:1]

    @classmethod
    def _grant(cls, complaint, *lines, user=None):
        """Have a remediation approved by whoever is asked, and carried out.

        :param lines: values of its lines
        :return: the remediation
        """
        remediation = (
            cls.env["customer.complaint.remediation"]
            .with_user(user or cls.agent)
            .create(
                {
                    "complaint_id": complaint.id,
                    "note": "核查属实，单据齐全。",
                    "line_ids": [Command.create(line) for line in lines],
                }
            )
        )
        remediation.action_ask()
        had = cls.env["res.users"]
        while remediation.state == "to_approve":
            todos = cls.env["mail.activity"].search(
                [
                    ("res_model", "=", remediation._name),
                    ("res_id", "=", remediation.id),
                    ("activity_type_id", "=", cls.quick_ref(APPROVE_TODO).id),
                ]
            )
            approvers = todos.user_id
            # One person takes one step, as long as there are others.
            approver = (approvers - had or approvers)[:1]
            had |= approver
            remediation.with_user(approver.id).action_approve()
        remediation.line_ids._sign_done("已办理。")
        return remediation

    @classmethod
    def _tell_decision(cls, complaint, user=None, **values):
        """Write the decision and record by the dialog that it was told."""
        if "notice_ids" not in complaint._fields:
            # Without the addon of the notices nobody notes that it was told.
            complaint.with_user(user or complaint.env.user).action_follow_up()
            return None
        cls._write_decision(complaint)
        return cls._tell(complaint, "decision", user, **values)

    @staticmethod
    def _record_notice(complaint, kind="decision", user=None, **values):
        """Create a notice as a call by RPC would, without the dialog."""
        complaint = complaint.with_user(user) if user else complaint
        return complaint.env["customer.complaint.notice"].create(
            {
                "complaint_id": complaint.id,
                "kind": kind,
                "way": "phone",
                "partner_id": complaint.partner_id.id,
                "proof_ref": "2026-01-17 10:05 致电 010-8888 0000",
                **values,
            }
        )

    @contextmanager
    def _refused(self, text, error=UserError):
        """Expect an error with the text, and go on as if nothing had happened."""
        with self.assertRaisesRegex(error, text), self.env.cr.savepoint():
            yield

    def _today(self):
        return self.company._complaint_today()
