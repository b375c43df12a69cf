import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext

from odoo.addons.customer_complaint_archive.models.customer_complaint_bundled import (
    Bundle,
)
from odoo.addons.customer_complaint_base.tools.fields import get_field_label

# Version of what data.json says, for programs that read it.
EXPORT_FORMAT = "customer-complaint-person/1"
CONTACT_FIELDS = ("name", "phone", "email", "contact_address", "function", "vat")
SHOWN_MESSAGES = ("comment", "email", "email_outgoing")


class _Folder:
    """Gives out paths within a folder."""

    def __init__(self, paths, folder):
        self._paths, self._folder = paths, folder

    def take(self, *parts):
        return self._paths.take(self._folder, *parts)


class CustomerComplaintPersonCopy(models.AbstractModel):
    """The copy of all data held about a person (个人信息保护法 art. 45).

    A ZIP with the data for programs, an index for people, and the files. It is made
    while it is sent and kept nowhere.
    """

    _name = "customer.complaint.person.copy"
    _description = "Copy for a Person"

    def action_export(self):
        """Download the copy.

        :rtype: dict
        :raise AccessError: unless the user is archivist or manager, and not recused
        :raise UserError: unless a manager has granted it
        """
        self.ensure_one()
        self._check_may_export()
        return {
            "type": "ir.actions.act_url",
            "url": f"/customer_complaint/person_export/{self.id}",
            "target": "new",
        }

    def _check_may_export(self):
        self.check_access("read")
        self._check_role()
        self.complaint_ids._check_not_recused(self.env.user.partner_id)
        if self.kind != "export" or self.state != "granted":
            raise UserError(
                self.env._(
                    "%(name)s is no copy of data that a manager has granted. Have it "
                    "granted first.",
                    name=self.name,
                )
            )

    def _make_export(self):
        """Put the data of the person together and log it.

        :rtype: Bundle
        :raise AccessError: if the user may not
        :raise UserError: unless it was granted
        """
        self.ensure_one()
        self._check_may_export()
        sections = self._get_export_sections()
        bundle = Bundle(
            self._get_export_name(),
            self._get_export_facts(),
            self.env["ir.attachment"],
        )
        paths = bundle.paths
        for complaint in self.complaint_ids:
            bundle.paths = _Folder(paths, complaint.name)
            self._add_export_files(bundle, complaint)
        bundle.paths = paths
        index = self._print_export_index(bundle, sections)
        data = {**bundle.facts, "sections": sections}
        text = json.dumps(data, ensure_ascii=False, indent=2)
        bundle.add(index.encode(), "index.html", mimetype="text/html")
        bundle.add(text.encode(), "data.json", mimetype="application/json")
        self._log_export(bundle)
        return bundle

    def _stream_export(self, bundle):
        """Yield the ZIP; works after the transaction has ended.

        :param Bundle bundle: as made by :meth:`_make_export`
        :rtype: Iterator[bytes]
        """
        return self.complaint_ids[:1]._stream_bundle(bundle)

    def _get_export_name(self):
        return self.env._(
            "Personal Data %(number)s.zip", number=self.name.replace("/", "-")
        )

    def _get_export_facts(self):
        """Return what the index and the manifest say of the copy.

        :rtype: dict
        """
        return {
            "format": EXPORT_FORMAT,
            "request": self.name,
            "company": self.company_id.name,
            "person": self.partner_id.name or self.person_name or None,
            "asked_by": self.asked_by,
            "asked_on": self.date_asked.isoformat(),
            "made_on": fields.Datetime.now().isoformat() + "Z",
            "made_by": self.env.user.name,
        }

    def _log_export(self, bundle):
        """Note that the copy was made: here, on each case, in the log of sights.

        :param Bundle bundle: what is about to be sent
        """
        owners = bundle.files._get_confidential_owners()
        if owners:
            bundle.files._note_sights(owners, "person")
        self.complaint_ids._note_given_away("person")
        body = self.env._(
            "Copy of personal data made by the request %(name)s: %(count)s files, "
            "%(left)s papers left out.",
            name=self.name,
            count=len(bundle.members),
            left=len(bundle.left_out),
        )
        self._log_on_cases(body)
        # A note of the system, by whoever made it.
        self.sudo()._message_log(body=body, author_id=self.env.user.partner_id.id)

    def _get_export_sections(self):
        """Return all data of the person; bridges add theirs.

        :return: sections with their records, and these with their fields
        :rtype: list[dict]
        """
        sections = []
        if self.partner_id:
            # The person's own contact, whoever looks after it.
            sections.append(self._get_section(self.partner_id.sudo(), CONTACT_FIELDS))
        for complaint in self.complaint_ids:
            for Model in self._get_told_models():
                records = Model.search(Model._get_case_domain(complaint), order="id")
                sections.append(
                    self._get_section(records, Model._get_told_fields(), complaint)
                )
            sections.append(self._get_messages(complaint))
        # The person's own records, whatever business an archivist has with them.
        person_sudo = self.partner_id.sudo()
        for records_sudo, names in person_sudo._get_complaint_records(self.company_id):
            sections.append(self._get_section(records_sudo, names))
        return [section for section in sections if section["records"]]

    @api.model
    def _get_told_models(self):
        """Return the models of what hangs on a case and is the person's to have.

        What they gave, were told and got. What colleagues noted, asked and found among
        themselves, about others too, is not theirs.

        :rtype: list[BaseModel]
        """
        names = self.env["customer.complaint.kept"]._get_kept_models()
        models = [self.env[name] for name in names]
        return [
            Model
            for Model in models
            if Model._get_told_fields() and Model.has_access("read")
        ]

    def _get_section(self, records, names, complaint=None):
        """Return what records say, for programs and for people.

        :param records: of one model
        :param names: names of the fields
        :param customer.complaint complaint: the case on which they hang
        :rtype: dict
        """
        formatter = complaint or self.complaint_ids[:1]
        if not formatter:
            # Of whom no case is kept: dates and amounts as in those of the company.
            formatter = formatter.new({"company_id": self.company_id.id})
        title = self.env["ir.model"]._get(records._name).name
        is_own = complaint in (None, records)
        told = []
        for record in records:
            values = [
                {
                    "field": name,
                    "label": get_field_label(record, name),
                    "value": self._to_json(record, name),
                    "text": text,
                }
                for name in names
                if (text := formatter._format_bundle_value(record, name))
            ]
            told.append({"id": record.id, "fields": values})
        return {
            "model": records._name,
            "title": title if is_own else f"{complaint.name} · {title}",
            "case": None if is_own else complaint.name,
            "records": told,
        }

    def _to_json(self, record, name):
        field, value = record._fields[name], record[name]
        if field.relational:
            # What is named on a record that the reader sees.
            return value.sudo().mapped("display_name")
        if field.type in ("date", "datetime"):
            return value.isoformat()
        return value

    def _get_messages(self, complaint):
        """Return what was written to and by the person; notes among colleagues are not.

        :rtype: dict
        """
        messages = self.env["mail.message"].search(
            [
                ("model", "=", complaint._name),
                ("res_id", "=", complaint.id),
                ("message_type", "in", SHOWN_MESSAGES),
                ("is_internal", "=", False),
                ("subtype_id.internal", "=", False),
            ],
            order="id",
        )
        title = self.env["ir.model"]._get(messages._name).name
        company = complaint.company_id
        return {
            "model": messages._name,
            "title": f"{complaint.name} · {title}",
            "case": complaint.name,
            "records": [
                {
                    "id": message.id,
                    "fields": [
                        {
                            "field": name,
                            "label": get_field_label(message, name),
                            "value": value,
                            "text": text,
                        }
                        for name, value, text in (
                            (
                                "date",
                                message.date.isoformat(),
                                company._complaint_format_moment(message.date),
                            ),
                            # Names only.
                            *(
                                (name, text, text)
                                for name, text in (
                                    ("author_id", message.sudo().author_id.name),
                                    ("subject", message.subject),
                                    ("body", html2plaintext(message.body or "")),
                                )
                                if text
                            ),
                        )
                    ],
                }
                for message in messages
            ],
        }

    def _add_export_files(self, bundle, complaint):
        card = complaint.archive_card_id
        if card.has_access("read") and card.pdf_id:
            # As it was printed when it was sealed.
            complaint._add_bundle_file(bundle, card, card.sudo().pdf_id)
        for Model in self._get_told_models():
            if Model._gives_person_files:
                complaint._add_bundle_files_of(bundle, Model._name)

    def _print_export_index(self, bundle, sections):
        """Return the index as a page that every browser shows.

        :rtype: str
        """
        body = self.env["ir.qweb"]._render(
            "customer_complaint_privacy.person_export_index",
            {
                "facts": bundle.facts,
                "sections": sections,
                "members": bundle.members,
                "left_out": bundle.left_out,
                "made_on": self.company_id._complaint_format_moment(
                    fields.Datetime.now()
                ),
            },
        )
        return f"<!DOCTYPE html>{body}"
