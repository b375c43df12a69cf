from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from odoo.addons.customer_complaint_archive.tests.archive_common import ArchiveCase

SCRIPT = "<script>alert(1)</script>"


class PersonRequestCase(ArchiveCase):
    """A customer with a closed case and one that is still handled."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second_manager = cls._new_user("second_manager", "manager")
        cls.second_manager.write(
            {
                "company_ids": [Command.set(cls.company.ids)],
                "company_id": cls.company.id,
            }
        )
        cls.portal = new_test_user(
            cls.env, login="complaint_portal", groups="base.group_portal"
        )
        cls.card = cls._close()
        cls.case = cls.card.complaint_id
        cls.Request = cls.env["customer.complaint.person.request"]
        cls._keep_files(cls.card)

    def _register(self, kind="restriction", user=None, find=True, **values):
        """Register a request of the customer as the archivist would."""
        request = (
            self.Request.with_user(user or self.archivist)
            .with_company(self.company)
            .create(
                {
                    "kind": kind,
                    "company_id": self.company.id,
                    "partner_id": self.customer.id,
                    "asked_by": "李娜本人",
                    "identity_proof": "document",
                    "identity_note": "王芳于柜台核验",
                    **values,
                }
            )
        )
        if find:
            request.action_find_cases()
        return request

    def _grant(self, kind="restriction", **values):
        request = self._register(kind, **values)
        request.with_user(self.manager).action_grant()
        self.env.flush_all()
        self.env.invalidate_all()
        return request

    def _lift(self, request, user=None):
        dialog_user = user or self.manager
        action = request.with_user(dialog_user).action_lift()
        self.env[action["res_model"]].with_user(dialog_user).with_context(
            **action["context"]
        ).create({"reason": "本人撤回申请"}).action_confirm()
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestPersonRequest(PersonRequestCase):
    # ------------------------------------------------------------------
    # THE REQUEST
    # ------------------------------------------------------------------

    def test_cases_are_found_by_what_is_known(self):
        by_phone = self._new(
            partner_id=False, complainant_name="李娜", phone="139 1234 5678"
        )
        by_mail = self._new(partner_id=False, email="LiNa@Example.com")
        namesake = self._new(partner_id=False, complainant_name="李娜", phone="1")
        request = self._register(phone="139 1234 5678", email="lina@example.com")
        self.assertEqual(request.complaint_ids, self.case | by_phone | by_mail)
        # A name alone only when nothing else is known.
        by_name = self._register(partner_id=False, person_name="李娜")
        self.assertLessEqual(namesake, by_name.complaint_ids)
        wild = self._register(partner_id=False, email="%")
        self.assertFalse(wild.complaint_ids)

    def test_number_and_who_registered(self):
        request = self._register(find=False)
        self.assertRegex(request.name, r"^GR/\d{4}/00001$")
        self.assertEqual(request.registered_by_id, self.archivist)

    def test_what_it_must_say(self):
        for values in (
            {"partner_id": False},
            {"partner_id": False, "person_name": "  "},
            {"date_asked": "2999-01-01"},
            {"asked_by": "长" * 200},
        ):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                self._register(find=False, **values)

    def test_strangers(self):
        request = self._register()
        for user in (
            self.agent,
            self.stranger,
            self.supervisor,
            self.quality_user,
            self.employee,
            self.portal,
        ):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    self._register(user=user, find=False)
                with self.assertRaises(AccessError):
                    request.with_user(user).read(["person_name"])
                with self.assertRaises(AccessError):
                    request.with_user(user).action_grant()
        watched = request.with_user(self.auditor)
        self.assertEqual(watched.asked_by, "李娜本人")
        for step in (
            lambda: watched.write({"reason": "x"}),
            lambda: watched.write({"complaint_ids": [Command.clear()]}),
            watched.action_grant,
            watched.action_cancel,
            watched.action_find_cases,
            watched.action_export,
        ):
            with self.assertRaises(AccessError):
                step()

    def test_other_company(self):
        other = self.env["res.company"].create({"name": "上海康美"})
        foreigner = self._new_user(
            "foreign_manager",
            "manager",
            company_id=other.id,
        )
        request = self._register()
        with self.assertRaises(AccessError):
            request.with_user(foreigner).action_grant()
        with self.assertRaises(AccessError):
            self.Request.with_user(foreigner).create(
                {
                    "kind": "export",
                    "partner_id": self.customer.id,
                    "asked_by": "x",
                    "identity_proof": "other",
                    "complaint_ids": [Command.set(self.case.ids)],
                }
            )

    def test_four_eyes(self):
        request = self._register(user=self.manager)
        self.assertFalse(request.with_user(self.manager).can_decide)
        with self._refused("four eyes", AccessError):
            request.with_user(self.manager).action_grant()
        with self._refused("a manager decides", AccessError):
            request.with_user(self.archivist).action_grant()
        request.with_user(self.second_manager).action_grant()
        self.assertEqual(request.decided_by_id, self.second_manager)

    def test_own_data_and_recused(self):
        own = self._register(
            find=False, partner_id=self.manager.partner_id.id, kind="export"
        )
        with self._refused("own data", AccessError):
            own.with_user(self.manager).action_grant()
        request = self._register()
        # As if the case were their own.
        self._sql(
            "UPDATE customer_complaint SET partner_id = %s WHERE id = %s",
            self.manager.partner_id.id,
            self.case.id,
        )
        with self._refused("recused", AccessError):
            request.with_user(self.manager).action_grant()

    def test_steps_are_not_forged(self):
        forged = (
            self.Request.with_user(self.archivist)
            .with_context(
                default_state="granted", default_registered_by_id=self.agent.id
            )
            .create(
                {
                    "kind": "restriction",
                    "company_id": self.company.id,
                    "partner_id": self.customer.id,
                    "asked_by": "x",
                    "identity_proof": "other",
                    "state": "granted",
                    "decided_by_id": self.manager.id,
                    "complaint_ids": [Command.set(self.case.ids)],
                }
            )
        )
        self.assertRecordValues(
            forged,
            [
                {
                    "state": "registered",
                    "registered_by_id": self.archivist.id,
                    "decided_by_id": False,
                }
            ],
        )
        self.assertFalse(self.case.is_restricted)
        for vals in (
            {"state": "granted"},
            {"registered_by_id": self.agent.id},
            {"name": "GR/1"},
            {"company_id": self.env.ref("base.main_company").id},
        ):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                forged.with_user(self.manager).write(vals)
        for vals in ({"is_restricted": True}, {"date_erased": fields.Datetime.now()}):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                self.case.with_user(self.manager).write(vals)
        with self.assertRaises(UserError):
            self.case.with_user(self.manager).write(
                {"person_request_ids": [Command.link(forged.id)]}
            )
        with self.assertRaises(UserError):
            forged.sudo().unlink()

    def test_what_is_decided_no_longer_changes(self):
        request = self._grant()
        other = self._new()
        for vals in (
            {"complaint_ids": [Command.link(other.id)]},
            {"kind": "erasure"},
            {"partner_id": False},
        ):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                request.with_user(self.archivist).write(vals)
        with self.assertRaises(UserError):
            request.with_user(self.second_manager).action_grant()
        with self.assertRaises(UserError):
            request.with_user(self.archivist).action_cancel()

    def test_refusal_needs_a_reason(self):
        request = self._register()
        action = request.with_user(self.manager).action_refuse()
        dialog = self._follow(action, self.manager).create({"reason": "无法核实身份"})
        dialog.action_confirm()
        self.assertRecordValues(
            request, [{"state": "refused", "decision_note": "无法核实身份"}]
        )
        self.assertFalse(self.case.is_restricted)
        with self.assertRaises(AccessError):
            dialog.with_user(self.second_manager).read(["reason"])

    # ------------------------------------------------------------------
    # RESTRICTION
    # ------------------------------------------------------------------

    def test_running_case_is_not_restricted(self):
        running = self._new()
        request = self._register()
        self.assertIn(running, request.complaint_ids)
        with self._refused(rf"{running.name}: it is still being handled.*\n.*art\. 47"):
            request.with_user(self.manager).action_grant()
        self.assertEqual(request.state, "registered")

    def test_hidden_from_those_who_handled_it(self):
        exporters = self.env.ref("base.group_allow_export")
        self.users.write({"group_ids": [Command.link(exporters.id)]})
        paper = self.case.document_ids[:1]
        self._grant()
        self.assertTrue(self.case.is_restricted)
        for user in (self.agent, self.colleague, self.supervisor, self.quality_user):
            env = self.env(user=user.id)
            with self.subTest(user=user.login):
                for record in (self.case, self.case.line_ids, self.card, paper):
                    seen = record.with_env(env)
                    self.assertTrue(record)
                    self.assertFalse(seen.has_access("read"), record._name)
                    self.assertNotIn(record, seen.search([]), record._name)
                    with self.assertRaises(AccessError):
                        seen.read([])
                with self.assertRaises(AccessError):
                    env["ir.attachment"].browse(paper.attachment_ids.ids).read(["raw"])
                with self.assertRaises(AccessError):
                    self.case.with_env(env).export_data(["complainant_name"])
                self.assertNotIn(
                    self.case,
                    env["customer.complaint"].search(
                        [("complainant_name", "=", "李娜")]
                    ),
                )
                self.assertFalse(env["customer.complaint"].name_search(self.case.name))
                self.assertFalse(
                    env["mail.message"].search(
                        [("model", "=", self.case._name), ("res_id", "=", self.case.id)]
                    )
                )
        for user in (self.manager, self.archivist, self.auditor):
            with self.subTest(sees=user.login):
                self.assertEqual(
                    self.case.with_user(user).complainant_name, self.customer.name
                )

    def test_every_model_of_a_case_is_hidden(self):
        """A new model that hangs on a case needs its rule as well."""
        lacking = []
        for name in self.env["customer.complaint.personal"]._get_personal_models():
            if name == self.Request._name or hasattr(self.env[name], "_belongs_to"):
                continue
            rule = self.env["ir.rule"].search(
                [("model_id.model", "=", name), ("name", "like", "not restricted")]
            )
            if not rule or rule.groups:
                lacking.append(name)
        self.assertFalse(lacking)
        hanging = {
            name
            for name, model in self.env.registry.items()
            if name.startswith("customer.complaint.")
            and not (model._abstract or model._transient)
            and "complaint_id" in model._fields
            and model._fields["complaint_id"].store
        }
        self.assertLessEqual(
            hanging,
            set(self.env["customer.complaint.personal"]._get_personal_models()),
        )

    def test_notified_colleagues_forget(self):
        message = self.case.sudo().message_post(
            body="请看李娜的病历",
            partner_ids=self.stranger.partner_id.ids,
            subtype_xmlid="mail.mt_note",
        )
        mine = message.with_user(self.stranger)
        self.assertTrue(mine.has_access("read"))
        request = self._grant()
        self.assertFalse(mine.has_access("read"))
        self.assertFalse(mine.search([("id", "=", mine.id)]))
        self.assertTrue(message.with_user(self.auditor).has_access("read"))
        own = self.case.message_ids.sudo().filtered(
            lambda message: message.author_id == self.agent.partner_id
        )
        self.assertTrue(own)
        self.assertFalse(own.with_user(self.agent)._filtered_access("read"))
        self._lift(request)
        self.assertTrue(mine.has_access("read"))

    def test_nothing_is_done_with_it(self):
        self._grant()
        case = self.case.with_user(self.manager)
        self.assertFalse(case.can_edit)
        Supplement = self.env["customer.complaint.archive.supplement"]
        deeds = {
            "write": lambda: case.write({"priority": "2"}),
            "reopen": lambda: self._reopen(self.case, self.manager),
            "mail": lambda: case.message_post(
                body="您好",
                partner_ids=self.customer.ids,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            ),
            "supplement": lambda: Supplement.with_user(self.archivist).create(
                {"card_id": self.card.id, "reason": "x", "body": "y"}
            ),
            "as the system": lambda: self.case.sudo()._move_to("investigating"),
        }
        for name, deed in deeds.items():
            with (
                self.subTest(deed=name),
                self.assertRaises(UserError),
                self.env.cr.savepoint(),
            ):
                deed()
        self.assertEqual(self.case.state, "closed")

    def test_no_history_of_the_customer(self):
        new = self._new()
        self.assertEqual(self.customer.with_user(self.manager).complaint_count, 2)
        self._take_to(new, "closed")
        self._grant(find=False, complaint_ids=[Command.set(self.case.ids)])
        self.assertEqual(self.customer.with_user(self.manager).complaint_count, 1)

    def test_seal_stays_valid(self):
        self._grant()
        check = self._run_check()
        self.assertEqual(check.state, "passed")

    def test_held_and_released_while_restricted(self):
        self._grant()
        self.card.with_user(self.archivist)._hold("诉讼")
        self.card.with_user(self.manager)._release("撤诉")
        self.assertFalse(self.card.legal_hold)

    def test_lifting(self):
        first = self._grant()
        second = self._grant("erasure")
        with self.assertRaises(AccessError):
            first.with_user(self.archivist)._lift("x")
        self._lift(first)
        self.assertEqual(first.state, "lifted")
        self.assertTrue(self.case.is_restricted, "the other request restricts it")
        self._lift(second)
        self.assertFalse(self.case.is_restricted)
        self.assertTrue(self.case.with_user(self.agent).has_access("read"))
        bodies = " ".join(self.case.message_ids.mapped("body"))
        self.assertIn(first.name, bodies)
        self.assertIn("本人撤回申请", bodies)

    def test_script_shows_as_text(self):
        request = self._register(
            reason=SCRIPT, asked_by=SCRIPT, identity_note=SCRIPT, person_name=SCRIPT
        )
        request.with_user(self.manager).action_grant()
        request.with_user(self.manager)._lift(SCRIPT)
        for message in (*request.sudo().message_ids, *self.case.sudo().message_ids):
            self.assertNotIn("<script", message.body)
