import json

from odoo import api, models
from odoo.tools import SQL

from ..tools.seal import digest_file
from .ir_attachment import LINK_FIELDS

CARD = "customer.complaint.archive.card"
NUMBER_TYPES = ("float", "monetary")
# Columns of the card that sealing asks for; read in the same query.
READ_WITH_CONTENT = (
    "name",
    "state",
    "complaint_id",
    "company_id",
    "archive_category_id",
    "legacy_number",
)


class CustomerComplaintArchiveCard(models.Model):
    """What is sealed of a card, read as it stands in the database.

    One query reads whole batches: sealing costs the same for one card and for many,
    and the check of the chain walks through 100,000 cards.
    """

    _inherit = "customer.complaint.archive.card"

    @api.model
    def _get_sealed_fields(self):
        """Return what is frozen by sealing, by model. This is the one place.

        Entries keep the fields they were sealed with; a longer list holds for cards
        sealed from then on. Bridges may extend the lists.

        :rtype: dict[str, list[str]]
        """
        complaint = self.env["customer.complaint"]
        told = {
            name
            for name in complaint._get_frozen_fields()
            if complaint._fields[name].column_type
        }
        return {
            "customer.complaint.archive.card": [
                "name",
                "company_id",
                "complaint_id",
                "archive_category_id",
                "date_filled",
                "issuing_department",
                "remarks",
                "sealed_date",
                "sealed_by_id",
                "retention_until",
            ],
            "customer.complaint": [
                *sorted(told),
                "name",
                "state",
                "currency_id",
                "date_accepted",
                "accepted_by_id",
                "date_decided",
                "decided_by_id",
                "date_closed",
                "closed_by_id",
            ],
            "customer.complaint.line": [
                "product_id",
                "product_name",
                "specification",
                "packaging",
                "quantity",
                "product_uom_id",
                "currency_id",
                "price_unit",
                "lot_name",
                "production_date",
                "expiry_date",
                "manufacturer",
                "supplier_id",
            ],
            "customer.complaint.archive.document": [
                "type_id",
                "name",
                "confidentiality",
                "is_original",
                "copies",
                "pages",
                "date_filed",
                "note",
            ],
            "customer.complaint.archive.supplement": [
                "name",
                "reason",
                "body",
                "user_id",
                "date",
            ],
            "ir.attachment": ["name", "mimetype", "file_size", "url"],
        }

    def _read_snapshots(self):
        """Return what these cards hold now, and what sealing has to know of them.

        :return: content and facts by id of the card; facts are the language and time
            zone of the company, the prefix of its numbers and the department to print
        :rtype: dict[int, tuple[dict, dict]]
        """
        sealed = self._get_sealed_fields()
        self._flush_sealed(sealed)
        card, complaint = SQL.identifier("card"), SQL.identifier("complaint")
        query = SQL(
            """SELECT %(columns)s, card.id, %(card)s::text, %(complaint)s::text,
                      %(people)s::text, %(lines)s::text, %(papers)s::text,
                      %(files)s::text,
                      partner.lang, company.complaint_tz,
                      company.complaint_archive_prefix,
                      company.complaint_issuing_department, team.name
                 FROM customer_complaint_archive_card card
                 JOIN customer_complaint complaint ON complaint.id = card.complaint_id
                 JOIN res_company company ON company.id = card.company_id
                 JOIN res_partner partner ON partner.id = company.partner_id
                 LEFT JOIN customer_complaint_team team ON team.id = complaint.team_id
                WHERE card.id IN %(ids)s""",
            columns=SQL(", ").join(
                SQL.identifier("card", name) for name in READ_WITH_CONTENT
            ),
            card=self._sql_object(self, card, sealed[CARD], SQL("card.id")),
            complaint=self._sql_object(
                self.env["customer.complaint"], complaint, sealed["customer.complaint"]
            ),
            people=self._sql_people(),
            lines=self._sql_lines(sealed),
            papers=self._sql_papers(sealed),
            files=self._sql_files(sealed),
            ids=tuple(self.ids) or (0,),
        )
        result = {}
        width = len(READ_WITH_CONTENT)
        for row in self.env.execute_query(query):
            card_id, *texts, lang, tz, prefix, department, team = row[width:]
            self._remember(card_id, row[:width])
            card, complaint, people, lines, papers, files = map(json.loads, texts)
            content = {
                "card": card,
                "complaint": complaint,
                "representatives": people,
                "lines": lines,
                "papers": papers,
                "files": files,
            }
            self._add_file_digests([*papers, content])
            _name_in(content, lang)
            facts = {
                "lang": lang,
                "tz": tz,
                "prefix": prefix,
                "department": _in_language(department, lang)
                or _in_language(team, lang),
            }
            result[card_id] = content, facts
        return result

    @api.model
    def _remember(self, card_id, values):
        """Put what was read of a card into the cache: sealing needs no other query."""
        card = self.browse(card_id)
        for name, value in zip(READ_WITH_CONTENT, values, strict=True):
            self._fields[name]._insert_cache(card, [value])

    def _flush_sealed(self, sealed):
        self.flush_model(READ_WITH_CONTENT)
        for model, names in sealed.items():
            self.env[model].flush_model(names)
        self.env["customer.complaint"].flush_model(["representative_ids"])
        self.env["customer.complaint.archive.document"].flush_model(
            ["complaint_id", "attachment_ids"]
        )
        self.env["customer.complaint.line"].flush_model(["complaint_id"])
        self.env["ir.attachment"].flush_model(["store_fname", "db_datas", *LINK_FIELDS])

    @api.model
    def _read_supplements(self, ids):
        """Return what supplements hold now.

        :param ids: of supplements
        :rtype: dict[int, dict]
        """
        sealed = self._get_sealed_fields()
        Supplement = self.env["customer.complaint.archive.supplement"]
        Supplement.flush_model()
        self.env["ir.attachment"].flush_model()
        files = SQL(
            "(SELECT COALESCE(jsonb_agg(%s ORDER BY file.id), '[]') FROM"
            " customer_complaint_archive_supplement_attachment_rel rel"
            " JOIN ir_attachment file ON file.id = rel.attachment_id"
            " WHERE rel.supplement_id = supplement.id) AS files",
            self._sql_file(sealed),
        )
        query = SQL(
            "SELECT supplement.id, %s::text"
            " FROM customer_complaint_archive_supplement supplement"
            " WHERE supplement.id IN %s",
            self._sql_object(
                Supplement,
                SQL.identifier("supplement"),
                sealed[Supplement._name],
                SQL("supplement.id"),
                files,
            ),
            tuple(ids) or (0,),
        )
        contents = {
            key: json.loads(text) for key, text in self.env.execute_query(query)
        }
        self._add_file_digests(contents.values())
        return contents

    # ------------------------------------------------------------------
    # SQL
    # ------------------------------------------------------------------

    @api.model
    def _sql_object(self, model, alias, names, *extra):
        """Return the JSON object of some stored fields of a row.

        :param model: the model of the row
        :param SQL alias: of its table
        :param names: names of the fields
        :param SQL extra: further named columns
        :rtype: SQL
        """
        columns = [
            SQL(
                "%s AS %s",
                self._sql_value(model._fields[name], alias),
                SQL.identifier(name),
            )
            for name in names
        ]
        return SQL(
            "(SELECT to_jsonb(row) FROM (SELECT %s) row)",
            SQL(", ").join([*columns, *extra]),
        )

    @api.model
    def _sql_value(self, field, alias):
        """Return the expression of a field as its JSON, the same on every machine.

        Amounts are texts without trailing zeros; records their id and name.
        """
        column = SQL("%s.%s", alias, SQL.identifier(field.name))
        if field.type == "many2one":
            return SQL(
                "CASE WHEN %s IS NOT NULL THEN"
                " jsonb_build_object('id', %s, 'name', %s) END",
                column,
                column,
                self._sql_name(field.comodel_name, column),
            )
        if field.type in NUMBER_TYPES:
            return SQL("trim_scale(COALESCE(%s, 0)::numeric)::text", column)
        if field.type == "boolean":
            return SQL("COALESCE(%s, false)", column)
        if field.type == "integer":
            return SQL("COALESCE(%s, 0)", column)
        if field.type in ("char", "text", "selection"):
            return SQL("NULLIF(%s, '')", column)
        return SQL("to_jsonb(%s)", column)

    @api.model
    def _sql_name(self, comodel_name, column):
        """Return the expression of what a record is called; in all its languages."""
        comodel = self.env[comodel_name]
        field = comodel._fields[comodel._rec_name]
        if field.store and not field.inherited:
            return SQL(
                "(SELECT to_jsonb(named.%s) FROM %s named WHERE named.id = %s)",
                SQL.identifier(field.name),
                SQL.identifier(comodel._table),
                column,
            )
        link, name = field.related.split(".")
        parent = self.env[comodel._fields[link].comodel_name]
        return SQL(
            "(SELECT to_jsonb(parent.%s) FROM %s named JOIN %s parent"
            " ON parent.id = named.%s WHERE named.id = %s)",
            SQL.identifier(name),
            SQL.identifier(comodel._table),
            SQL.identifier(parent._table),
            SQL.identifier(link),
            column,
        )

    @api.model
    def _sql_people(self):
        return SQL(
            """(SELECT COALESCE(jsonb_agg(jsonb_build_object(
                    'id', partner.id, 'name', partner.name) ORDER BY partner.id), '[]')
                 FROM customer_complaint_representative_rel rel
                 JOIN res_partner partner ON partner.id = rel.partner_id
                WHERE rel.complaint_id = complaint.id)"""
        )

    @api.model
    def _sql_lines(self, sealed):
        line = SQL.identifier("line")
        return SQL(
            "(SELECT COALESCE(jsonb_agg(%s ORDER BY line.id), '[]')"
            " FROM customer_complaint_line line"
            " WHERE line.complaint_id = complaint.id)",
            self._sql_object(
                self.env["customer.complaint.line"],
                line,
                sealed["customer.complaint.line"],
                SQL("line.id"),
            ),
        )

    @api.model
    def _sql_papers(self, sealed):
        rel = SQL(
            "customer_complaint_archive_document_attachment_rel rel"
            " JOIN ir_attachment file ON file.id = rel.attachment_id"
        )
        files = SQL(
            "(SELECT COALESCE(jsonb_agg(%s ORDER BY file.id), '[]') FROM %s"
            " WHERE rel.document_id = paper.id)",
            self._sql_file(sealed),
            rel,
        )
        return SQL(
            "(SELECT COALESCE(jsonb_agg(%s ORDER BY paper.id), '[]')"
            " FROM customer_complaint_archive_document paper"
            " WHERE paper.complaint_id = complaint.id)",
            self._sql_object(
                self.env["customer.complaint.archive.document"],
                SQL.identifier("paper"),
                sealed["customer.complaint.archive.document"],
                SQL("paper.id"),
                SQL("%s AS files", files),
            ),
        )

    @api.model
    def _sql_file(self, sealed, *extra):
        """Return the JSON object of a row of files, called ``file``.

        :param dict sealed: as made by :meth:`_get_sealed_fields`
        :param SQL extra: further columns
        """
        return self._sql_object(
            self.env["ir.attachment"],
            SQL.identifier("file"),
            sealed["ir.attachment"],
            SQL("file.id"),
            SQL("file.store_fname"),
            # Kept in the database: digested there, since they may be large.
            SQL(
                "CASE WHEN file.store_fname IS NULL THEN"
                " encode(sha256(COALESCE(file.db_datas, '')), 'hex') END AS sha256"
            ),
            *extra,
        )

    # ------------------------------------------------------------------
    # FILES
    # ------------------------------------------------------------------

    @api.model
    def _add_file_digests(self, holders):
        """Put the digest of each file's bytes, as they are on disk, in place of where
        they are; those in the database have theirs.

        :param list[dict] holders: papers, supplements or cards, each with its files
        """
        Attachment = self.env["ir.attachment"]
        for holder in holders:
            for file in holder["files"]:
                if path := file.pop("store_fname"):
                    file["sha256"] = digest_file(Attachment._full_path(path))

    @api.model
    def _get_unreadable_files(self, content):
        """Return the names of files whose bytes are not there any more.

        :param dict content: as made by :meth:`_read_snapshots`
        :rtype: list[str]
        """
        return [
            file["name"]
            for holder in (*content["papers"], content)
            for file in holder["files"]
            if not file["sha256"]
        ]


def _in_language(value, lang):
    """Return a translated value in a language, as it is shown in it."""
    if not isinstance(value, dict):
        return value
    return value.get(lang) or value.get("en_US") or next(iter(value.values()), None)


def _name_in(content, lang):
    """Put names in one language in place of those in all languages.

    :param content: dicts and lists; changed in place
    """
    if isinstance(content, list):
        for part in content:
            _name_in(part, lang)
    elif isinstance(content, dict):
        if content.keys() == {"id", "name"}:
            content["name"] = _in_language(content["name"], lang)
            return
        for part in content.values():
            _name_in(part, lang)
