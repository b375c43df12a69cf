import hashlib
import json
import zipfile
from io import BytesIO

from odoo.exceptions import AccessError
from odoo.tests import Form, HttpCase, new_test_user, tagged

from odoo.addons.customer_complaint_archive.models.ir_module_module import CONFIRMED_KEY

from .archive_common import ArchiveCase

ADDON = "customer_complaint"


@tagged("post_install", "-at_install")
class TestArchiveLoss(ArchiveCase):
    """Sealed cards go with the addon only when somebody says how many."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._close()
        cls.admin = cls.env.ref("base.user_admin")
        cls.admin.company_ids += cls.company
        cls.Module = cls.env["ir.module.module"].with_user(cls.admin)
        cls.count = cls.Module._count_sealed_cards()

    def _get_module(self, name=ADDON):
        return self.Module.search([("name", "=", name)])

    def test_refused_by_every_way(self):
        for module in (self._get_module(), self._get_module("sale")):
            for way in (
                module.button_uninstall,
                lambda module=module: (module + module.downstream_dependencies()).write(
                    {"state": "to remove"}
                ),
            ):
                with self._refused(f"{self.count} sealed cards"):
                    way()
        self.assertEqual(self._get_module().state, "installed")

    def test_refused_to_who_removes_it_at_once(self):
        """Without a mark, by a call that core leaves to the loading of modules."""
        with self._refused(f"{self.count} sealed cards"):
            self._get_module().module_uninstall()
        self.assertEqual(self._get_module().state, "installed")

    def test_confirmed_with_the_number_of_cards(self):
        parameters = self.env["ir.config_parameter"]
        for wrong in ("0", str(self.count - 1), str(self.count + 1), "yes"):
            parameters.set_param(CONFIRMED_KEY, wrong)
            with self._refused("would destroy the archive"):
                self._get_module().button_uninstall()
        parameters.set_param(CONFIRMED_KEY, str(self.count))
        self._get_module().button_uninstall()
        self.assertEqual(self._get_module().state, "to remove")

    def test_one_more_card_is_confirmed_anew(self):
        self.env["ir.config_parameter"].set_param(CONFIRMED_KEY, str(self.count))
        self._close()
        with self._refused(f"{self.count + 1} sealed cards"):
            self._get_module().button_uninstall()

    def test_other_apps_come_and_go(self):
        other = next(
            module
            for module in self.Module.search([("state", "=", "installed")])
            if not module.downstream_dependencies()
            and not module.name.startswith(f"{ADDON}_archive")
        )
        other.button_uninstall()
        self.assertEqual(other.state, "to remove")

    def test_the_dialog_of_apps(self):
        dialog = Form(
            self.env(user=self.admin)["base.module.uninstall"].with_context(
                default_module_ids=self._get_module().ids
            )
        )
        self.assertEqual(dialog.complaint_card_count, self.count)
        dialog.complaint_confirmed_count = self.count - 1
        record = dialog.save()
        with self._refused("would destroy the archive"):
            record.action_uninstall()
        record.complaint_confirmed_count = self.count
        # Tests cannot uninstall: core says so once it is allowed.
        with self.assertRaisesRegex(RuntimeError, "not transactional"):
            record.action_uninstall()
        other = self.env["base.module.uninstall"].create(
            {"module_ids": self._get_module("sale_management").ids}
        )
        self.assertEqual(other.complaint_card_count, 0)

    def test_who_downloads_the_archive(self):
        """An administrator who is neither asks one of them."""
        system = new_test_user(
            self.env,
            "system",
            "base.group_system",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )
        dialog = (
            self.env["base.module.uninstall"]
            .with_user(system)
            .create({"module_ids": self._get_module().ids})
        )
        with self.assertRaises(AccessError):
            dialog.action_download_complaint_archive()
        system.group_ids += self.env.ref("customer_complaint.group_complaint_archivist")
        action = dialog.action_download_complaint_archive()
        self.assertEqual(action["url"], "/customer_complaint/archive")
        Card = self.env["customer.complaint.archive.card"]
        for user in (self.agent, self.supervisor, self.auditor, self.employee):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                Card.with_user(user)._check_may_export()

    def test_without_sealed_cards_nobody_is_asked(self):
        self._sql("SET session_replication_role = replica")
        self._sql("DELETE FROM customer_complaint_archive_entry")
        self._sql("SET session_replication_role = DEFAULT")
        self._get_module().button_uninstall()
        self.assertEqual(self._get_module().state, "to remove")


@tagged("post_install", "-at_install")
class TestArchiveDownload(ArchiveCase, HttpCase):
    """The archive as a ZIP: chains, cards, cases, files."""

    def test_the_whole_archive(self):
        complaint = self._new()
        complaint.with_user(self.agent).message_post(
            body="顾客来电。", message_type="comment"
        )
        card = self._close(complaint)
        card._store_pdf(b"%PDF-1.4 as sealed")
        self.archivist.password = "archivist-of-the-shop"
        self.env.flush_all()
        self.authenticate(self.archivist.login, "archivist-of-the-shop")
        response = self.url_open("/customer_complaint/archive")
        self.assertEqual(response.headers["Content-Type"], "application/zip")
        archive = zipfile.ZipFile(BytesIO(response.content))
        self.assertIsNone(archive.testzip())
        folder = card.name.replace("/", "-")
        names = archive.namelist()
        for name in ("Case.txt", "History.txt", f"{folder}.pdf"):
            self.assertIn(f"{folder}/{name}", names)
        [receipt] = [name for name in names if name.endswith("受理单.txt")]
        self.assertTrue(receipt.startswith(f"{folder}/"))
        self.assertEqual(archive.read(f"{folder}/{folder}.pdf"), b"%PDF-1.4 as sealed")
        self.assertIn("顾客来电", archive.read(f"{folder}/History.txt").decode())
        [chain] = [
            name for name in names if name.startswith(f"Chain/{self.company.id} ")
        ]
        entries = [json.loads(line) for line in archive.read(chain).splitlines()]
        self.assertEqual([row["kind"] for row in entries], ["seal", "print"])
        self.assertEqual(entries[0]["digest"], card.digest)
        self.assertEqual(entries[1]["previous_digest"], card.digest)
        content = entries[0]["content"]
        self.assertEqual(
            hashlib.sha256(content.encode()).hexdigest(), entries[0]["content_digest"]
        )
        for line in archive.read("manifest.txt").decode().splitlines():
            digest, name = line.split("  ", 1)
            self.assertEqual(hashlib.sha256(archive.read(name)).hexdigest(), digest)

    def test_strangers_find_nothing(self):
        self.agent.password = "agent-of-the-shop"
        self.authenticate(self.agent.login, "agent-of-the-shop")
        response = self.url_open("/customer_complaint/archive")
        self.assertEqual(response.status_code, 404)
