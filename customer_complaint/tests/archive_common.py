from contextlib import contextmanager
from unittest.mock import patch

from odoo import fields
from odoo.fields import Command

from .common import CustomerComplaintCommon

CLOSED_ON = "2026-01-17"


class ArchiveCase(CustomerComplaintCommon):
    """Cards that are sealed, with papers and files on disk."""

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

    def _new(self, user=None, **values):
        return (
            self.env["customer.complaint"]
            .with_user(user or self.agent)
            .with_company(self.company)
            .create(
                {
                    "company_id": self.company.id,
                    "partner_id": self.customer.id,
                    "category_id": self.category_service.id,
                    "channel_id": self.channel.id,
                    "team_id": self.team.id,
                    "description": "收银员态度恶劣。",
                    "line_ids": [
                        Command.create({"product_name": "面霜", "quantity": 2})
                    ],
                    **values,
                }
            )
        )

    def _close(self, complaint=None, papers=True, **values):
        """Return the sealed card of a complaint with two papers."""
        complaint = complaint or self._new(**values)
        if papers:
            self._file(complaint, "受理单.txt")
            self._file(complaint, "病历.txt", "medical")
        self._take_to(complaint, "closed")
        return complaint.archive_card_id.sudo()

    def _file(self, complaint, name, paper_type="photo", **values):
        return self._create_document(
            complaint,
            paper_type,
            attachment_ids=[
                Command.create({"name": name, "raw": f"{complaint.id} {name}".encode()})
            ],
            **values,
        )

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

    def _day(self, day):
        return fields.Date.to_date(day)
