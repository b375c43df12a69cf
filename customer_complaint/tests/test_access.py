from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged, users

from .common import CustomerComplaintCommon

AGENTS = ("agent", "stranger", "supervisor", "manager")
READERS = (*AGENTS, "quality", "archivist", "auditor")
# Who sees a complaint of the agent's team about a quality matter, and what belongs
# to it. The stranger is an agent of another team.
CASE_READERS = ("agent", "supervisor", "manager", "quality", "archivist", "auditor")


class AccessCase(CustomerComplaintCommon):
    """A complaint with line, card and paper, which none of the users opened."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.complaint = cls.env["customer.complaint"].create(
            cls._prepare_complaint_vals()
        )
        cls.complaint.action_accept()
        cls.line = cls.complaint.line_ids
        cls.card = cls.complaint.archive_card_id
        cls.portal = new_test_user(
            cls.env,
            login="complaint_portal",
            groups="base.group_portal",
            partner_id=cls.customer.id,
            lang="en_US",
        )
        cls.users_by_role = {
            "agent": cls.agent,
            "stranger": cls.stranger,
            "supervisor": cls.supervisor,
            "manager": cls.manager,
            "quality": cls.quality_user,
            "archivist": cls.archivist,
            "auditor": cls.auditor,
            "employee": cls.employee,
            "portal": cls.portal,
        }

    def _get_outcome(self, user, operation, records, vals=None):
        """Return what comes of an attempt of ``user``, and undo it.

        :return: ``"done"``, or the type of the error
        """
        records = records.with_user(user)
        self.env.invalidate_all()
        savepoint = self.env.cr.savepoint()
        try:
            if operation == "read":
                records.read(["display_name"])
            elif operation == "create":
                records.create(vals)
            elif operation == "write":
                records.write(vals)
            else:
                records.unlink()
            self.env.flush_all()
        except UserError as error:
            return type(error)
        finally:
            savepoint.close(rollback=True)
        return "done"

    def assertRights(self, rights, records, create_vals, write_vals):
        """Check what each role may do, and that the rest is refused as a right.

        :param dict rights: for each operation the roles that may do it
        """
        for operation, allowed in rights.items():
            vals = {"create": create_vals, "write": write_vals}.get(operation)
            for role, user in self.users_by_role.items():
                with self.subTest(model=records._name, does=operation, role=role):
                    self.assertEqual(
                        self._get_outcome(user, operation, records, vals),
                        "done" if role in allowed else AccessError,
                    )


@tagged("post_install", "-at_install")
class TestAccess(AccessCase):
    # ------------------------------------------------------------------
    # WHO MAY DO WHAT
    # ------------------------------------------------------------------

    def test_rights_on_complaint(self):
        self.assertRights(
            {
                "read": CASE_READERS,
                "write": ("agent", "supervisor", "manager", "quality"),
                "create": AGENTS,
            },
            self.complaint,
            {"description": "面霜里有头发。", "team_id": self.team.id},
            {"description": "面霜里有两根头发。"},
        )

    def test_parts_of_complaints_that_are_named(self):
        """However a search names complaints, it finds parts of those one sees."""
        other = self._create_complaint(
            user=self.stranger,
            team_id=self.other_team.id,
            sale_order_id=False,
            line_ids=[Command.create({"product_id": self.cream.id})],
        )
        both = self.complaint | other
        ids = both.line_ids.ids
        for user, seen in ((self.agent, self.complaint), (self.stranger, other)):
            Line = self.env["customer.complaint.line"].with_user(user)
            mine = ("complaint_id", "=", seen.id)
            self.env.invalidate_all()
            for domain, found in (
                ([mine], seen.line_ids),
                ([("complaint_id", "=", (both - seen).id)], Line),
                ([("complaint_id", "in", both.ids)], seen.line_ids),
                ([mine, ("complaint_id", "in", both.ids)], seen.line_ids),
                (["|", mine, ("id", "in", ids)], seen.line_ids),
                (["!", mine, ("id", "in", ids)], Line),
                ([("complaint_id", "=", seen.name)], seen.line_ids),
            ):
                with self.subTest(user=user.login, domain=domain):
                    self.assertEqual(Line.search(domain), found)

    def test_nobody_deletes_a_complaint(self):
        """The manager is told why; to all others it is no right of theirs."""
        for role, user in self.users_by_role.items():
            with self.subTest(role=role):
                self.assertEqual(
                    self._get_outcome(user, "unlink", self.complaint),
                    UserError if role == "manager" else AccessError,
                )

    def test_rights_on_line(self):
        workers = ("agent", "supervisor", "manager", "quality")
        self.assertRights(
            {
                "read": CASE_READERS,
                "write": workers,
                "create": workers,
                "unlink": workers,
            },
            self.line,
            {
                "complaint_id": self.complaint.id,
                "sale_order_line_id": self.syrup_line.id,
            },
            {"lot_name": "20260311A"},
        )

    def test_rights_on_archive_card(self):
        self.assertRights(
            {
                "read": CASE_READERS,
                "write": ("agent", "supervisor", "manager", "archivist"),
                "create": (),
                "unlink": (),
            },
            self.card,
            {"complaint_id": self.complaint.id},
            {"remarks": "原件存放于档案室三号柜。"},
        )

    def test_rights_on_paper(self):
        workers = ("agent", "supervisor", "manager", "quality", "archivist")
        self.assertRights(
            {
                "read": CASE_READERS,
                "write": workers,
                "create": workers,
                "unlink": workers,
            },
            self._create_document(self.complaint, user=self.env.user),
            {
                "complaint_id": self.complaint.id,
                "type_id": self.quick_ref(
                    "customer_complaint.document_type_receipt"
                ).id,
            },
            {"note": "顾客自行拍摄"},
        )

    def test_rights_on_configuration(self):
        self._give_all_companies(self.manager)
        for model in (
            "customer.complaint.team",
            "customer.complaint.category",
            "customer.complaint.channel",
            "customer.complaint.refusal.ground",
            "customer.complaint.archive.document.type",
        ):
            self.assertRights(
                {
                    "read": READERS,
                    "write": ("manager",),
                    "create": ("manager",),
                    "unlink": ("manager",),
                },
                self.env[model].create({"name": "西城分店"}),
                {"name": "东城分店"},
                {"name": "南城分店"},
            )

    def test_rights_on_tag(self):
        # All companies share them: whoever has all deletes one.
        self._give_all_companies(self.manager)
        self.assertRights(
            {
                "read": READERS,
                "write": (*AGENTS, "quality"),
                "create": (*AGENTS, "quality"),
                "unlink": ("manager",),
            },
            self.env["customer.complaint.tag"].create({"name": "老顾客"}),
            {"name": "媒体关注"},
            {"name": "会员"},
        )

    def test_rights_on_dialogs(self):
        ground = self.quick_ref("customer_complaint.refusal_ground_other")
        dialogs = {
            "open": (AGENTS, {"sale_order_id": self.order.id, "description": "有异物"}),
            "refuse": (AGENTS, {"refusal_ground_id": ground.id, "refusal_note": "无"}),
            "withdraw": (AGENTS, {"withdrawal_reason": "顾客撤诉"}),
            "reopen": (("supervisor", "manager"), {"reopen_reason": "新证据"}),
        }
        for verb, (allowed, vals) in dialogs.items():
            if verb == "open":
                vals = {
                    **vals,
                    "partner_id": self.customer.id,
                    "category_id": self.category.id,
                    "channel_id": self.channel.id,
                }
            self.assertRights(
                {"create": allowed},
                self.env[f"customer.complaint.{verb}"],
                vals,
                {},
            )

    def test_dialog_of_somebody_else_stays_closed(self):
        dialog = self._ask("withdraw", self.complaint, withdrawal_reason="顾客撤诉")
        for user in (self.colleague, self.manager):
            self.assertEqual(self._get_outcome(user, "read", dialog), AccessError)
            self.assertFalse(dialog.with_user(user).search([("id", "=", dialog.id)]))
        self.assertEqual(dialog.search([("id", "=", dialog.id)]), dialog)

    # ------------------------------------------------------------------
    # WHO SEES WHICH COMPLAINTS
    # ------------------------------------------------------------------

    def test_search_finds_what_the_role_may_see(self):
        elsewhere, without_team = self.env["customer.complaint"].create(
            [
                self._prepare_complaint_vals(
                    team_id=self.other_team.id,
                    category_id=self.category_service.id,
                    line_ids=[],
                ),
                self._prepare_complaint_vals(
                    category_id=self.category_service.id, line_ids=[]
                ),
            ]
        )
        without_team.team_id = False
        everything = self.complaint | elsewhere | without_team
        visible = {
            "agent": self.complaint,
            "stranger": elsewhere,
            "supervisor": self.complaint | without_team,
            "manager": everything,
            "quality": self.complaint,
            "archivist": everything,
            "auditor": everything,
        }
        domain = [("id", "in", everything.ids)]
        for role, expected in visible.items():
            with self.subTest(role=role):
                Complaint = self.env["customer.complaint"].with_user(
                    self.users_by_role[role]
                )
                self.assertEqual(Complaint.search(domain), expected)
                self.assertEqual(
                    Complaint._read_group(domain, [], ["__count"]), [(len(expected),)]
                )
                found = [id_ for id_, _name in Complaint.name_search("", domain)]
                self.assertCountEqual(found, expected.ids)

    def test_lines_cards_and_papers_follow_the_complaint(self):
        paper = self._create_document(self.complaint, user=self.env.user)
        readers = {"agent", "supervisor", "manager", "quality", "archivist", "auditor"}
        for role in READERS:
            user = self.users_by_role[role]
            for record in (self.line, self.card, paper):
                with self.subTest(role=role, model=record._name):
                    found = record.with_user(user).search([("id", "=", record.id)])
                    self.assertEqual(bool(found), role in readers)

    def test_own_cases_are_seen_whatever_the_team(self):
        complaint = self._create_complaint(
            self.env.user, team_id=self.other_team.id, line_ids=[]
        )
        Complaint = self.env["customer.complaint"].with_user(self.agent)
        self.assertFalse(Complaint.search([("id", "=", complaint.id)]))
        for field_name in ("user_id", "received_by_id"):
            complaint.received_by_id = self.env.user
            complaint.user_id = False
            complaint[field_name] = self.agent
            with self.subTest(field=field_name):
                self.assertTrue(Complaint.search([("id", "=", complaint.id)]))
        opened = self._create_complaint(
            self.agent,
            team_id=self.other_team.id,
            received_by_id=self.stranger.id,
            line_ids=[],
        )
        self.assertTrue(Complaint.search([("id", "=", opened.id)]))

    def test_agent_who_leaves_the_team_sees_it_no_more(self):
        Complaint = self.env["customer.complaint"].with_user(self.colleague)
        self.assertTrue(Complaint.search([("id", "=", self.complaint.id)]))
        self.team.member_ids = [Command.unlink(self.colleague.id)]
        self.assertFalse(Complaint.search([("id", "=", self.complaint.id)]))

    def test_leader_is_member_of_the_team(self):
        self.other_team.leader_id = self.supervisor
        self.assertIn(self.supervisor, self.other_team.member_ids)
        self.other_team.member_ids = [Command.set(self.stranger.ids)]
        self.assertIn(self.supervisor, self.other_team.member_ids)

    # ------------------------------------------------------------------
    # STRANGERS AT PUBLIC METHODS
    # ------------------------------------------------------------------

    def test_steps_refuse_strangers(self):
        steps = (
            "action_accept",
            "action_investigate",
            "action_remediate",
            "action_follow_up",
            "action_close",
            "action_assign_to_me",
        )
        fresh = self._create_complaint(line_ids=[])
        for role in ("stranger", "archivist", "auditor", "employee", "portal"):
            for step in steps:
                with self.subTest(role=role, step=step):
                    self.env.invalidate_all()
                    with self.assertRaises(AccessError):
                        getattr(fresh.with_user(self.users_by_role[role]), step)()
        self.assertRecordValues(
            fresh, [{"state": "registered", "user_id": self.agent.id}]
        )

    def test_dialogs_refuse_complaints_of_strangers(self):
        fresh = self._create_complaint(line_ids=[])
        for ask in (self._refuse, self._withdraw):
            self.env.invalidate_all()
            with self.assertRaises(AccessError):
                ask(fresh, self.stranger)
        self._refuse(fresh)
        lead = self._new_user("complaint_supervisor_b", "supervisor")
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            self._reopen(fresh, lead)
        self.assertEqual(fresh.state, "refused")

    def test_quality_investigates_but_does_not_accept_or_close(self):
        complaint = self.complaint.with_user(self.quality_user)
        fresh = self._create_complaint(line_ids=[]).with_user(self.quality_user)
        with self.assertRaisesRegex(AccessError, "Accepted"):
            fresh.action_accept()
        self._verify(complaint).action_investigate()
        self.assertEqual(complaint.user_id, self.quality_user)
        complaint.write({"conclusion": "established", "conclusion_note": "属实"})
        self._confirm(complaint).action_remediate()
        self._tell_decision(complaint)
        with self.assertRaisesRegex(AccessError, "Closed"):
            complaint.action_close()
        self.assertEqual(complaint.state, "followup")

    def test_quality_leaves_service_matters_alone(self):
        service = self._create_complaint(
            category_id=self.category_service.id, line_ids=[]
        )
        for operation, vals in (("read", None), ("write", {"priority": "1"})):
            outcome = self._get_outcome(self.quality_user, operation, service, vals)
            self.assertEqual(outcome, AccessError)
        service.sudo().user_id = self.quality_user
        outcome = self._get_outcome(self.quality_user, "write", service, {"age": 30})
        self.assertEqual(outcome, "done")

    def test_no_paper_is_filed_with_a_complaint_one_may_not_see(self):
        service = self._create_complaint(
            category_id=self.category_service.id, line_ids=[]
        )
        for user, complaint in (
            (self.stranger, self.complaint),
            (self.quality_user, service),
        ):
            vals = {
                "complaint_id": complaint.id,
                "type_id": self.quick_ref("customer_complaint.document_type_photo").id,
            }
            Document = self.env["customer.complaint.archive.document"]
            outcome = self._get_outcome(user, "create", Document, vals)
            self.assertEqual(outcome, AccessError)

    def test_readers_do_not_write_in_the_chatter(self):
        for role in ("stranger", "archivist", "auditor", "employee", "portal"):
            complaint = self.complaint.with_user(self.users_by_role[role])
            with self.subTest(role=role):
                self.env.invalidate_all()
                with self.assertRaises(AccessError):
                    complaint.message_post(body="请尽快处理")
                with self.assertRaises(AccessError):
                    complaint.activity_schedule("mail.mail_activity_data_todo")

    def test_messages_follow_the_complaint(self):
        message = self.complaint.message_post(body="顾客情绪激动,已安抚。")
        for role, user in self.users_by_role.items():
            expected = "done" if role in CASE_READERS else AccessError
            with self.subTest(role=role):
                self.assertEqual(self._get_outcome(user, "read", message), expected)

    def test_openers_tell_strangers_nothing(self):
        for user in (self.employee, self.portal):
            with self.assertRaises(AccessError):
                self.complaint.with_user(user).action_open_sale_order()
            with self.assertRaises(AccessError):
                self.complaint.with_user(user).action_open_archive_card()
        with self.assertRaises(AccessError):
            self.order.with_user(self.employee).action_open_complaint()

    def test_archive_card_prints_for_its_readers_only(self):
        Report = self.env["ir.actions.report"]
        for record, report in (
            (self.card, "customer_complaint.report_archive_card"),
            (self.complaint, "customer_complaint.report_archive_card_complaint"),
        ):
            for role, user in self.users_by_role.items():
                with self.subTest(report=report, role=role):
                    self.env.invalidate_all()
                    report_as_user = Report.with_user(user)
                    if role in CASE_READERS:
                        html, _type = report_as_user._render_qweb_html(
                            report, record.ids
                        )
                        self.assertIn(self.card.name, html.decode())
                    else:
                        with self.assertRaises(AccessError):
                            report_as_user._render_qweb_html(report, record.ids)

    # ------------------------------------------------------------------
    # OTHER APPS
    # ------------------------------------------------------------------

    def test_complaint_fields_of_other_apps_are_hidden(self):
        hidden = {
            self.order: ("complaint_count", "complaint_ids"),
            self.customer: ("complaint_count",),
            self.cream: ("complaint_count",),
            self.cream.product_tmpl_id: ("complaint_count",),
            self.env["account.move"]: ("complaint_count",),
        }
        seller = new_test_user(
            self.env,
            "complaint_seller",
            groups="sales_team.group_sale_salesman_all_leads,"
            "account.group_account_invoice",
            lang="en_US",
        )
        for records, names in hidden.items():
            for name in names:
                with self.subTest(model=records._name, field=name):
                    for user in (seller, self.employee, self.portal):
                        field = records._fields[name]
                        self.assertFalse(
                            records.with_user(user)._has_field_access(field, "read")
                        )
                    if records:
                        with self.assertRaises(AccessError):
                            records.with_user(seller).read([name])
                    self.assertNotIn(name, records.with_user(seller).fields_get())
                    self.assertIn(name, records.with_user(self.agent).fields_get())
        with self.assertRaises(AccessError):
            self.order.with_user(self.portal).read(["complaint_count"])
        with self.assertRaises(AccessError):
            self.env["sale.order"].with_user(seller).search(
                [("complaint_ids.name", "ilike", "TS")]
            )

    def test_forms_of_other_apps_open_without_complaint_role(self):
        seller = new_test_user(
            self.env,
            "complaint_seller",
            groups="sales_team.group_sale_manager,account.group_account_invoice,"
            "product.group_product_manager,base.group_partner_manager",
            lang="en_US",
        )
        invoice = self.env["account.move"].create(
            {"move_type": "out_invoice", "partner_id": self.customer.id}
        )
        for record in (
            self.order,
            self.customer,
            self.cream,
            self.cream.product_tmpl_id,
            invoice,
        ):
            with self.subTest(model=record._name):
                form = Form(record.with_user(seller))
                self.assertNotIn("complaint_count", form._view["fields"])
                self.assertNotIn("complaint", form._view["tree"].xpath("//@name"))
                buttons = form._view["tree"].xpath(
                    "//button[@name='action_open_complaint' "
                    "or @name='action_view_complaints']"
                )
                self.assertFalse(buttons)

    def test_forms_of_the_app_open_for_every_role(self):
        paper = self._create_document(self.complaint, user=self.env.user)
        for role in CASE_READERS:
            user = self.users_by_role[role]
            for record in (self.complaint, self.card, paper, self.team, self.category):
                with self.subTest(role=role, model=record._name):
                    self.env.invalidate_all()
                    Form(record.with_user(user))

    def test_agent_without_sales_role_uses_any_order_of_the_company(self):
        order = self._create_confirmed_order(user_id=self.colleague.id)
        complaint = self._create_complaint(
            sale_order_id=order.id,
            line_ids=[Command.create({"sale_order_line_id": order.order_line[0].id})],
        )
        self.assertEqual(complaint.line_ids.price_unit, 128.5)

    def _set_up_seller(self):
        """Return an agent who sells and sees only orders of their own."""
        seller = new_test_user(
            self.env,
            "complaint_seller",
            groups="customer_complaint.group_complaint_agent,"
            "sales_team.group_sale_salesman",
            lang="en_US",
        )
        self.team.member_ids += seller
        self.order.user_id = self.colleague
        self.env.flush_all()
        self.env.invalidate_all()
        return seller

    def test_salesperson_complains_of_own_orders_only(self):
        seller = self._set_up_seller()
        own = self._create_confirmed_order(user_id=seller.id)
        Complaint = self.env["customer.complaint"].with_user(seller)
        with self.assertRaises(AccessError):
            Complaint.create(self._prepare_complaint_vals(line_ids=[]))
        complaint = Complaint.create(
            self._prepare_complaint_vals(sale_order_id=own.id, line_ids=[])
        )
        self.assertEqual(complaint.sale_order_id, own)
        with self.assertRaises(AccessError):
            complaint.sale_order_id = self.order

    def test_dialog_shows_no_order_the_salesperson_may_not_see(self):
        seller = self._set_up_seller()
        with self.assertRaises(AccessError):
            self.order.with_user(seller).action_open_complaint()
        with self.assertRaises(AccessError):
            Form(
                self.env["customer.complaint.open"]
                .with_user(seller)
                .with_context(default_sale_order_id=self.order.id)
            )

    def test_invoice_is_given_by_who_may_read_it(self):
        invoice = self.env["account.move"].create(
            {"move_type": "out_invoice", "partner_id": self.customer.id}
        )
        vals = {"partner_id": self.customer.id, "invoice_id": invoice.id}
        Complaint = self.env["customer.complaint"].with_user(self.agent)
        with self.assertRaises(AccessError):
            Complaint.create(vals)
        complaint = Complaint.create({"partner_id": self.customer.id})
        with self.assertRaises(AccessError):
            complaint.invoice_id = invoice
        # Once it is there, others go on working without a right on it.
        complaint.sudo().invoice_id = invoice
        self.env.invalidate_all()
        complaint.partner_id = self.env["res.partner"].create(
            {"name": "李娜的丈夫", "parent_id": self.customer.id}
        )
        self.assertEqual(complaint.complainant_name, "李娜的丈夫")

    @users("complaint_agent")
    def test_agent_reads_orders_but_does_not_change_them(self):
        order = self.order.with_env(self.env)
        self.assertEqual(order.name, self.order.name)
        with self.assertRaises(AccessError):
            order.client_order_ref = "TS"
        with self.assertRaises(AccessError):
            order.order_line.product_uom_qty = 9
        with self.assertRaises(AccessError):
            order.copy()


@tagged("post_install", "-at_install")
class TestConfidentialPapers(AccessCase):
    """Identity and medical papers, and their files."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.handler = cls._new_user("complaint_handler", "agent")
        cls.complaint.write({"user_id": cls.handler.id, "received_by_id": cls.agent.id})

    def _get_readers(self, record):
        """Return who reads a record and finds it, of all the users."""
        readers = []
        everybody = {
            **self.users_by_role,
            "handler": self.handler,
            "colleague": self.colleague,
        }
        for role, user in everybody.items():
            outcome = self._get_outcome(user, "read", record)
            self.assertIn(outcome, ("done", AccessError))
            if outcome == "done":
                readers.append(role)
            try:
                found = record.with_user(user).search([("id", "=", record.id)])
            except AccessError:
                found = record.browse()
            self.assertEqual(bool(found), outcome == "done", (role, record._name))
        return set(readers)

    def test_confidential_papers_for_who_handles_the_case(self):
        for paper_type in ("identity", "medical"):
            with self.subTest(paper=paper_type):
                paper = self._create_document(
                    self.complaint, paper_type, user=self.env.user
                )
                self.assertEqual(paper.confidentiality, "confidential")
                self.assertEqual(
                    self._get_readers(paper),
                    {"handler", "agent", "supervisor", "archivist"},
                )

    def test_filer_keeps_seeing_the_confidential_paper(self):
        paper = self._create_document(self.complaint, "medical", user=self.colleague)
        self.assertIn("colleague", self._get_readers(paper))

    def test_new_handler_takes_over_the_papers(self):
        paper = self._create_document(self.complaint, "medical", user=self.env.user)
        self.complaint.user_id = self.colleague
        self.assertEqual(
            self._get_readers(paper), {"colleague", "agent", "supervisor", "archivist"}
        )

    def test_files_follow_their_paper(self):
        for paper_type in ("photo", "medical"):
            with self.subTest(paper=paper_type):
                file = self._upload("诊断证明.pdf", self.handler)
                paper = self._create_document(
                    self.complaint,
                    paper_type,
                    user=self.handler,
                    attachment_ids=[Command.link(file.id)],
                )
                self.assertRecordValues(
                    file, [{"res_model": paper._name, "res_id": paper.id}]
                )
                self.assertEqual(self._get_readers(file), self._get_readers(paper))

    def test_filed_file_does_not_open_by_a_link(self):
        """A file that was shared before it was filed is not shared any more."""
        file = self._upload("身份证.jpg", public=True)
        token = file.generate_access_token()[0]
        self._create_document(
            self.complaint, "identity", attachment_ids=[Command.link(file.id)]
        )
        self.assertFalse(file.public)
        self.assertNotEqual(file.access_token, token)
        self.assertEqual(self._get_outcome(self.employee, "read", file), AccessError)

    def test_confidential_paper_is_ticked_but_not_shown_on_the_form(self):
        paper = self._create_document(self.complaint, "identity", user=self.handler)
        self.env.invalidate_all()
        seen = self.complaint.with_user(self.auditor).document_ids
        self.assertNotIn(paper, seen)
        boxes = self.card.with_user(self.auditor)._get_document_boxes()
        self.assertEqual(dict(boxes)["Copy of identity card"], True)

    def test_reader_cannot_lower_the_confidentiality(self):
        paper = self._create_document(self.complaint, "identity", user=self.handler)
        for role in ("stranger", "manager", "quality", "auditor"):
            outcome = self._get_outcome(
                self.users_by_role[role], "write", paper, {"confidentiality": "public"}
            )
            self.assertEqual(outcome, AccessError, role)

    def test_receiver_does_not_change_without_a_trace(self):
        """Who received the complaint reads its papers, so that it leaves a trace."""
        tracked = self.env["customer.complaint"]._track_get_fields()
        for name in ("received_by_id", "user_id", "team_id"):
            self.assertIn(name, tracked)
