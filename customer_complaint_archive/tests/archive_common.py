import os
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from odoo import fields
from odoo.fields import Command

from odoo.addons.customer_complaint.tests.common import CustomerComplaintCommon


class ArchiveCase(CustomerComplaintCommon):
    """Cards that are sealed, with papers and files on disk."""

    kept_files = {}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Entry = cls.env["customer.complaint.archive.entry"]
        cls.Check = cls.env["customer.complaint.archive.check"]
        cls.Disposal = cls.env["customer.complaint.archive.disposal"]
        # Cards of the demo data are checked elsewhere.
        cls.company = cls.env["res.company"].create(
            {"name": "北京康美商贸有限公司", "complaint_tz": "Asia/Shanghai"}
        )
        cls.users = (
            cls.agent
            | cls.colleague
            | cls.stranger
            | cls.supervisor
            | cls.manager
            | cls.quality_user
            | cls.archivist
            | cls.auditor
            | cls.employee
        )
        cls.users.write(
            {
                "company_ids": [Command.link(cls.company.id)],
                "company_id": cls.company.id,
            }
        )
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": cls.company.ids}
        )
        cls.team = cls.env["customer.complaint.team"].create(
            {
                "name": "Haidian Shop",
                "company_id": cls.company.id,
                "leader_id": cls.supervisor.id,
                "member_ids": [Command.set((cls.agent | cls.colleague).ids)],
            }
        )
        cls.company.complaint_team_id = cls.team

    @classmethod
    def _new(cls, user=None, **values):
        return (
            cls.env["customer.complaint"]
            .with_user(user or cls.agent)
            .with_company(cls.company)
            .create(
                {
                    "company_id": cls.company.id,
                    "partner_id": cls.customer.id,
                    "category_id": cls.category_service.id,
                    "channel_id": cls.channel.id,
                    "team_id": cls.team.id,
                    "description": "收银员态度恶劣。",
                    "line_ids": [
                        Command.create({"product_name": "面霜", "quantity": 2})
                    ],
                    **values,
                }
            )
        )

    @classmethod
    def _close(cls, complaint=None, papers=True, **values):
        """Return the sealed card of a complaint with two papers."""
        complaint = complaint or cls._new(**values)
        if papers:
            cls._file(complaint, "受理单.txt")
            cls._file(complaint, "病历.txt", "medical")
        cls._take_to(complaint, "closed")
        return complaint.archive_card_id.sudo()

    @classmethod
    def _file(cls, complaint, name, paper_type="photo", **values):
        return cls._create_document(
            complaint,
            paper_type,
            attachment_ids=[
                Command.create({"name": name, "raw": f"{complaint.id} {name}".encode()})
            ],
            **values,
        )

    @classmethod
    def _keep_files(cls, cards):
        """Have the files of cards on disk in each test: a rollback brings none back."""
        files = cards.complaint_id._get_case_files() | cards.pdf_id
        cls.kept_files = {
            file._full_path(file.store_fname): file.raw
            for file in files
            if file.store_fname
        }

    def setUp(self):
        super().setUp()
        for path, content in self.kept_files.items():
            if not os.path.exists(path) or Path(path).read_bytes() != content:
                Path(path).write_bytes(content)

    def _run_check(self):
        """Run the check as auditor and return its result."""
        self.env.flush_all()
        self.env.invalidate_all()
        action = (
            self.Check.with_user(self.auditor).with_company(self.company).action_start()
        )
        return self.Check.browse(action["res_id"])

    def _sql(self, query, *params):
        """Change the database as somebody with a password for it would."""
        self.env.flush_all()
        self.env.cr.execute(query, params)
        self.env.invalidate_all()

    @contextmanager
    def _without_commits(self):
        """Run jobs within the transaction of the test."""
        cron = self.env.registry["ir.cron"]
        with patch.object(cron, "_commit_progress", lambda *a, **k: float("inf")):
            yield

    def _propose_disposal(self, cards, user=None, **values):
        """Propose to destroy cards, as the archivist by default."""
        cards = cards.with_user(user or self.archivist).with_company(self.company)
        action = cards.action_propose_disposal()
        disposal = self.Disposal.with_user(cards.env.user).browse(action["res_id"])
        disposal.write(values)
        disposal.action_propose()
        return disposal

    def _approve_disposal(self, cards):
        """Propose to destroy cards, and have the manager approve it."""
        disposal = self._propose_disposal(cards).sudo()
        disposal.with_user(self.manager).action_approve()
        return disposal

    @classmethod
    def _day(cls, day):
        return fields.Date.to_date(day)
