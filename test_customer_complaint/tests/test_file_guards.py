import base64

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.customer_complaint_approval.tests.approval_common import ApprovalCase
from odoo.addons.customer_complaint_archive.tests.archive_common import ArchiveCase
from odoo.addons.customer_complaint_history.tests.history_common import draw

OWN = "customer.complaint"


@tagged("post_install", "-at_install", "slow")
class TestFileLinks(ArchiveCase):
    """Where a file belongs in the end counts, not what was said of it."""

    def setUp(self):
        super().setUp()
        complaint = self._new()
        self.evidence = (
            self.env["customer.complaint.evidence"]
            .with_user(self.agent)
            .create({"complaint_id": complaint.id, "name": "监控录像截图"})
        )
        self.memo = (
            self.env["customer.complaint.memo"]
            .with_user(self.agent)
            .create(
                {
                    "complaint_id": complaint.id,
                    "name": "核实货架",
                    "question": "货架多高?",
                    "recipient_id": self.colleague.id,
                    "date_due": "2030-01-20",
                }
            )
        )
        self.memo.action_send()
        answered = self.memo.with_user(self.colleague)
        answered.write({"answer": "一米八。"})
        answered.action_answer()
        self.card = self._close(complaint)
        self.complaint = self.card.complaint_id
        self.supplement = (
            self.env["customer.complaint.archive.supplement"]
            .with_user(self.archivist)
            .create({"card_id": self.card.id, "reason": "来信", "body": "补充。"})
        )
        self.closed = {
            "card": self.card,
            "supplement": self.supplement,
            "paper": self.card.document_ids[0],
            "evidence": self.evidence,
            "memo": self.memo,
            "entry": self.card.entry_ids[0],
            "product": self.complaint.line_ids[0],
        }
        self.env.flush_all()

    def _attempts(self, record, env):
        File = env["ir.attachment"]
        link = {"res_model": record._name, "res_id": record.id}
        defaults = {f"default_{name}": value for name, value in link.items()}
        content = {"name": "伪证.txt", "raw": b"forged"}
        loose = File.create(content)
        half = File.create({**content, "res_model": record._name})

        def keep_default():
            for name, value in link.items():
                self.env["ir.default"].set("ir.attachment", name, value)
            self.env.registry.clear_cache()
            File.create(content)

        return {
            "given": lambda: File.create({**content, **link}),
            "context": lambda: File.with_context(**defaults).create(content),
            "half of each": lambda: File.with_context(default_res_id=record.id).create(
                {**content, "res_model": record._name}
            ),
            "text": lambda: File.create({**content, **link, "res_id": str(record.id)}),
            "own default": keep_default,
            "moved": lambda: loose.write(link),
            "moved half": lambda: half.write({"res_id": record.id}),
            "copied": lambda: loose.copy(link),
            "with a product": lambda: (
                self.env["product.document"].with_env(env).create({**content, **link})
            ),
        }

    def test_nothing_is_put_behind_the_seal(self):
        before = self._count()
        for env in (self.env(user=self.archivist.id), self.env(su=True)):
            for name, record in self.closed.items():
                for way, attempt in self._attempts(record, env).items():
                    with (
                        self.subTest(record=name, way=way, su=env.su),
                        self.assertRaises(UserError),
                        self.env.cr.savepoint(),
                    ):
                        attempt()
                    self.env.registry.clear_cache()
        self.assertEqual(self._count(), before)
        self.assertEqual(self._run_check().state, "passed")

    def _count(self):
        """Return how many files belong to records of the addon, past the ORM."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT count(*) FROM ir_attachment"
            " WHERE res_model LIKE 'customer.complaint%' AND res_id > 0"
        )
        return self.env.cr.fetchone()

    def test_the_card_says_the_way_out(self):
        with self._refused("File them as a paper, or as a supplement"):
            self.env["ir.attachment"].with_user(self.archivist).with_context(
                default_res_model=self.card._name, default_res_id=self.card.id
            ).create({"name": "x", "raw": b"x"})

    def test_by_a_message(self):
        for record in (self.evidence, self.memo):
            with self.subTest(model=record._name), self._refused("has ended"):
                record.with_user(self.agent).message_post(
                    body="见附件", attachments=[("x.txt", b"x")]
                )
        upload = (
            self.env["ir.attachment"]
            .with_user(self.agent)
            .create(
                {
                    "name": "x.txt",
                    "raw": b"x",
                    "res_model": "mail.compose.message",
                    "res_id": 0,
                }
            )
        )
        with self._refused("has ended"):
            self.evidence.with_user(self.agent).message_post(
                body="见附件", attachment_ids=upload.ids
            )

    def test_by_commands_of_another_record(self):
        """A file sent along with a paper of a running case."""
        running = self._new()
        for record in (self.card, self.evidence):
            with (
                self.subTest(model=record._name),
                self.assertRaises(UserError),
                self.env.cr.savepoint(),
            ):
                self._create_document(
                    running,
                    attachment_ids=[
                        Command.create(
                            {
                                "name": "x",
                                "raw": b"x",
                                "res_model": record._name,
                                "res_id": record.id,
                            }
                        )
                    ],
                )

    def test_moved_onto_a_paper_it_opens_by_no_link_any_more(self):
        paper = self._create_document(self._new(), "identity")
        file = (
            self.env["ir.attachment"]
            .with_user(self.agent)
            .create({"name": "证件.txt", "raw": b"secret words", "public": True})
        )
        file.sudo().generate_access_token()
        self.assertTrue(file.sudo().index_content)
        file.write({"res_model": paper._name, "res_id": paper.id})
        self.assertFalse(file.public or file.sudo().access_token)
        self.assertFalse(file.sudo().index_content)

    def test_letters_to_the_case_still_come(self):
        message = self.complaint.with_user(self.agent).message_post(
            body="法院来函", attachments=[("来函.txt", b"letter")]
        )
        self.assertEqual(message.attachment_ids.res_id, self.complaint.id)
        self.assertEqual(self._run_check().state, "passed")

    def test_stranger_learns_nothing(self):
        for record in (self.evidence, self.complaint):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                self.env["ir.attachment"].with_user(self.stranger).with_context(
                    default_res_model=record._name, default_res_id=record.id
                ).create({"name": "x", "raw": b"x"})

    # ------------------------------------------------------------------
    # NO CONTEXT SKIPS A GUARD
    # ------------------------------------------------------------------

    def test_all_models_of_the_addon_are_kept(self):
        kept = set(self.env["customer.complaint.kept"]._get_kept_models())
        others = {
            name
            for name, model in self.env.registry.items()
            if name.startswith(OWN)
            and model._auto
            and not (model._abstract or model._transient)
        }
        self.assertFalse(others - kept, "inherit customer.complaint.kept")

    def test_a_forged_uninstallation_deletes_nothing(self):
        notice = self.complaint.notice_ids[0]
        for record in (
            *self.closed.values(),
            notice,
            self.complaint,
            self.complaint.deadline_ids[:1],
            self.category_service,
            self.team,
        ):
            for user in (self.manager, self.env.ref("base.user_root")):
                with (
                    self.subTest(model=record._name, user=user.login),
                    self.assertRaises(UserError),
                    self.env.cr.savepoint(),
                ):
                    record.with_user(user).with_context(_force_unlink=True).unlink()


@tagged("post_install", "-at_install", "slow")
class TestFileStorage(ArchiveCase):
    """Storage is moved as ever: what changes nothing is no change."""

    def setUp(self):
        super().setUp()
        complaint = self._new()
        # Wider than what core makes smaller, and kept as it is all the same.
        wide = base64.b64decode(draw(size=(2400, 10)))
        evidence = (
            self.env["customer.complaint.evidence"]
            .with_user(self.agent)
            .with_context(image_no_postprocess=True)
            .create(
                {
                    "complaint_id": complaint.id,
                    "name": "货架照片",
                    "attachment_ids": [
                        Command.create({"name": "货架.png", "raw": wide}),
                        Command.create({"name": "网页.html", "raw": b"<html>1</html>"}),
                    ],
                }
            )
        )
        letter = complaint.with_user(self.agent).message_post(
            body="见附件", attachments=[("来信.txt", b"letter")]
        )
        self.card = self._close(complaint)
        self.files = (
            evidence.attachment_ids
            | letter.attachment_ids
            | self.card.document_ids.attachment_ids
        ).sudo()
        self.bytes = {file: file.raw for file in self.files}
        self.facts = self._read_facts()

    def _read_facts(self):
        self.env.flush_all()
        self.env.invalidate_all()
        names = ["name", "mimetype", "file_size", "checksum", "index_content", "raw"]
        return self.files.read([*names, "res_model", "res_id", "public"])

    def _move_to(self, place):
        self.env["ir.config_parameter"].set_param("ir_attachment.location", place)
        # Nothing but the files of the case: a test does not move the whole database.
        with_files = self.files.search(
            [
                ("id", "in", self.files.ids),
                *self.files._get_storage_domain(),
            ]
        )
        self.assertEqual(with_files, self.files)
        with_files._migrate()

    def test_storage_is_moved_both_ways(self):
        self._move_to("db")
        self.assertTrue(all(self.files.mapped("db_datas")))
        self.assertEqual(self._read_facts(), self.facts)
        check = self._run_check()
        self.assertEqual(check.state, "passed", check.finding_ids.mapped("detail"))
        self._move_to("file")
        self.assertTrue(all(self.files.mapped("store_fname")))
        self.assertEqual(self._read_facts(), self.facts)
        self.assertEqual(self._run_check().state, "passed")

    def test_core_moves_all_that_is_there(self):
        """The administrator's button; files of a sealed case are among them."""
        everything = self.env.registry["ir.attachment"]._search
        ids = self.files.ids

        def search(files, domain, *args, **kwargs):
            return everything(files, [*domain, ("id", "in", ids)], *args, **kwargs)

        self.env["ir.config_parameter"].set_param("ir_attachment.location", "db")
        self.patch(self.env.registry["ir.attachment"], "_search", search)
        self.env["ir.attachment"].force_storage()
        self.assertTrue(all(self.files.mapped("db_datas")))

    def test_the_same_bytes_pass_and_others_do_not(self):
        for user in (self.env.user, self.agent):
            for file in self.files.with_user(user):
                file.write({"raw": self.bytes[file]})
                file.write({"datas": base64.b64encode(self.bytes[file])})
                with self.assertRaises(UserError), self.env.cr.savepoint():
                    file.write({"raw": self.bytes[file] + b" "})
        self.assertEqual(self._read_facts(), self.facts)

    def test_the_system_says_where_the_bytes_are(self):
        """As modules do that move them to a storage of objects and read them there."""
        for file in self.files:
            file.write({"store_fname": file.store_fname, "type": "binary"})
            file.write({"url": f"s3://bucket/{file.checksum}"})
        for file in self.files.with_user(self.manager):
            for vals in (
                {"type": "url", "url": "https://example.com/x"},
                {"store_fname": "00/other"},
                {"db_datas": base64.b64encode(b"x")},
                {"checksum": "0" * 40},
            ):
                with (
                    self.subTest(vals=vals),
                    self.assertRaises(UserError),
                    self.env.cr.savepoint(),
                ):
                    file.write(vals)

    def test_bytes_do_not_get_lost_on_the_way(self):
        for file in self.files:
            with self.assertRaises(UserError), self.env.cr.savepoint():
                file.write(
                    {"type": "url", "url": "https://example.com/x", "raw": False}
                )

    def test_what_says_nothing_of_the_file_is_free(self):
        for file in self.files:
            file.write({"description": "x"})
            file.write({"index_content": False})


@tagged("post_install", "-at_install", "slow")
class TestOtherApps(ArchiveCase):
    """Who has nothing to do with complaints never notices that they are there."""

    SECRET = "机密病历"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Whatever other apps have, none of it a role of ours.
        groups = (
            cls.env["res.groups"]
            .search([])
            .filtered(
                lambda group: (
                    not (group.get_external_id()[group.id] or "").startswith(
                        "customer_complaint"
                    )
                    and cls.env.ref("base.group_user") in group.all_implied_ids
                )
            )
        )
        ours = (
            cls.env["res.groups"]
            .search([])
            .filtered(
                lambda group: (group.get_external_id()[group.id] or "").startswith(
                    "customer_complaint"
                )
            )
        )
        groups = groups.filtered(lambda group: not (group.all_implied_ids & ours))
        cls.employee.group_ids = [Command.set(groups.ids)]

    def setUp(self):
        super().setUp()
        complaint = self._new()
        paper = self._file(complaint, f"{self.SECRET}.txt", "medical")
        photo = self._file(complaint, f"{self.SECRET}照片.txt")
        self.ours = (paper | photo).attachment_ids.sudo()
        self.theirs = self.env["ir.attachment"].create(
            {
                "name": "采购合同.txt",
                "raw": b"contract",
                "res_model": "res.partner",
                "res_id": self.customer.id,
            }
        )
        self.assertFalse(
            self.env["customer.complaint.archive.document"]
            .with_user(self.employee)
            .has_access("read")
        )

    def _get_pointers(self):
        """Return all fields of other apps that lead to files, by model."""
        for name, model in sorted(self.env.registry.items()):
            if name.startswith(OWN) or model._abstract or not model._auto:
                continue
            if not self.env[name].with_user(self.employee).has_access("read"):
                continue
            for field in model._fields.values():
                if (
                    field.relational
                    and field.comodel_name == "ir.attachment"
                    and field._description_searchable
                    and self.env[name]
                    .with_user(self.employee)
                    ._has_field_access(field, "read")
                ):
                    yield self.env[name].with_user(self.employee), field.name

    def test_every_way_to_files_is_open_and_shows_nothing_of_ours(self):
        models = set()
        for Model, name in self._get_pointers():
            models.add(Model._name)
            with self.subTest(model=Model._name, field=name):
                for term in (self.SECRET, "采购合同", "a"):
                    domain = [(f"{name}.name", "ilike", term)]
                    Model.search(domain, limit=5)
                    Model.search_count([(name, "ilike", term)], limit=5)
                    Model._read_group(domain, [], ["__count"])
                    Model.name_search(term, domain, limit=5)
                found = Model.search([(f"{name}.name", "ilike", self.SECRET)])
                self.assertFalse(found)
        self.assertLessEqual(
            {"mail.message", "mail.template", "mail.activity", "product.document"},
            models,
        )

    def test_records_are_found_by_their_own_files_and_not_by_ours(self):
        """Whatever somebody hung on them."""
        todo = self.env["mail.activity"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id("res.partner"),
                "res_id": self.customer.id,
                "user_id": self.employee.id,
                "attachment_ids": [Command.set((self.ours | self.theirs).ids)],
            }
        )
        contract = self.theirs.copy()
        template = self.env["mail.template"].create(
            {
                "name": "合同",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "attachment_ids": [Command.set(contract.ids)],
            }
        )
        # As whoever has a password for the database would.
        relation = template._fields["attachment_ids"]
        for file in self.ours:
            self._sql(
                f"INSERT INTO {relation.relation} ({relation.column1},"
                f" {relation.column2}) VALUES (%s, %s)",
                template.id,
                file.id,
            )
        message = self.customer.message_post(
            body="合同", attachment_ids=self.theirs.ids, subtype_xmlid="mail.mt_comment"
        )
        for record, files in (
            (todo, self.theirs),
            (template, contract),
            (message, self.theirs),
        ):
            with self.subTest(model=record._name):
                Model = self.env[record._name].with_user(self.employee)
                own = [("id", "=", record.id)]
                name = "attachment_ids.name"
                self.assertEqual(
                    Model.search([*own, (name, "ilike", "采购合同")]).ids, record.ids
                )
                self.assertFalse(Model.search([*own, (name, "ilike", self.SECRET)]))
                self.assertEqual(
                    record.with_user(self.employee).attachment_ids.ids, files.ids
                )

    def test_files_themselves(self):
        File = self.env["ir.attachment"].with_user(self.employee)
        for domain in (
            [("name", "ilike", self.SECRET)],
            [("checksum", "in", self.ours.mapped("checksum"))],
            [("res_model", "=like", f"{OWN}%")],
            [("id", "in", self.ours.ids)],
        ):
            with self.subTest(domain=domain):
                self.assertFalse(File.search(domain) & self.ours)
                self.assertFalse(File.search_count(domain))
                self.assertFalse(File.formatted_read_group(domain, ["name"], []))
        found = File.search([("name", "=", "采购合同.txt")])
        self.assertEqual(found.ids, self.theirs.ids)
        exported = File.browse(self.theirs.ids).export_data(["name", "datas"])
        self.assertEqual(exported["datas"][0][0], "采购合同.txt")
        self.assertEqual(File.name_search("采购合同")[0][0], self.theirs.id)

    def test_files_of_others_cost_no_more(self):
        """A file of another app is written by no query more for us being there."""
        File = self.env["ir.attachment"].with_user(self.employee)
        vals = {"name": "x.txt", "raw": b"x", "res_model": "res.partner"}
        vals["res_id"] = self.customer.id
        File.create(vals).unlink()
        self.env.flush_all()
        seen = []
        self.patch(
            self.env.registry["ir.attachment"],
            "_get_refusals",
            lambda files, change: seen.append(change) or {},
        )
        file = File.create(vals)
        file.write({"raw": b"y"})
        file.unlink()
        self.assertFalse(seen)


@tagged("post_install", "-at_install")
class TestRemediationFiles(ApprovalCase):
    """Evidence of what waits for approval stays as the approver sees it."""

    def test_evidence_stays_as_it_was_approved(self):
        remediation = self._propose()
        line = remediation.line_ids
        file = self._upload("发票.jpg", res_model=line._name)
        line.attachment_ids = [Command.link(file.id)]
        self.assertEqual((file.res_model, file.res_id), (line._name, line.id))
        remediation.action_ask()
        with self._refused("waits for approval"):
            file.write({"raw": b"forged"})
        with self._refused("waits for approval"):
            file.unlink()
