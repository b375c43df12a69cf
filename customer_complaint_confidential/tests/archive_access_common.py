from datetime import timedelta

from odoo.fields import Command
from odoo.tests import new_test_user

from odoo.addons.customer_complaint.tests.common import CustomerComplaintCommon

# What a PDF is made of, as far as Odoo is concerned.
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
SECRET = "HIV抗体检测报告"


class ArchiveAccessCase(CustomerComplaintCommon):
    """A case with two confidential papers and an internal one, filed by its handler."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second_archivist = cls._new_user("second_archivist", "archivist")
        cls.portal = new_test_user(
            cls.env, login="complaint_portal", groups="base.group_portal"
        )
        cls.complaint = cls.env["customer.complaint"].create(
            cls._prepare_complaint_vals(
                received_by_id=cls.agent.id, user_id=cls.agent.id
            )
        )
        cls.complaint.with_user(cls.agent).action_accept()
        cls.card = cls.complaint.archive_card_id
        cls.medical = cls._file("medical", SECRET, f"{SECRET}.pdf", PDF)
        cls.identity = cls._file(
            "identity", "李娜身份证", "identity.txt", b"patient zero identity"
        )
        cls.photo = cls._file("photo", "面霜照片", "photo.txt", b"photograph of cream")
        cls.file = cls.medical.attachment_ids
        cls.other_file = cls.identity.attachment_ids
        cls.today = cls.company._complaint_today()
        cls.env.flush_all()

    @classmethod
    def _file(cls, paper_type, name, file_name, content, user=None):
        """File a paper with one file."""
        user = user or cls.agent
        upload = (
            cls.env["ir.attachment"]
            .with_user(user)
            .create(
                {
                    "name": file_name,
                    "raw": content,
                    "res_model": "customer.complaint.archive.document",
                    "res_id": 0,
                }
            )
        )
        return (
            cls.env["customer.complaint.archive.document"]
            .with_user(user)
            .create(
                {
                    "complaint_id": cls.complaint.id,
                    "type_id": cls._get_paper_type(paper_type).id,
                    "name": name,
                    "attachment_ids": [Command.set(upload.ids)],
                }
            )
        )

    def _ask_access(self, user=None, documents=None, days=7, **values):
        """Ask to consult papers as a call by RPC would."""
        documents = documents or self.medical
        return (
            self.env["customer.complaint.archive.access"]
            .with_user(user or self.colleague)
            .create(
                {
                    "complaint_id": self.complaint.id,
                    "purpose": "配合法院取证。",
                    "date_from": self.today,
                    "date_to": self.today + timedelta(days=days - 1),
                    "document_ids": [Command.set(documents.ids)],
                    **values,
                }
            )
        )

    def _grant(self, user=None, documents=None, approver=None, **values):
        """Ask, and approve as the archivist."""
        access = self._ask_access(user, documents, **values)
        access.with_user(approver or self.archivist).action_approve()
        self.env.flush_all()
        return access

    def _sights(self, *fields):
        """Return the entries of the log, the latest first."""
        self.env.flush_all()
        return self.env["customer.complaint.archive.access.log"].search([])

    @staticmethod
    def _may_read(record, user):
        record.env.invalidate_all()
        return record.with_user(user).has_access("read")
