import json
from collections import defaultdict
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.seal import digest_file

CARD = "customer.complaint.archive.card"
COMPLAINT = "customer.complaint"
# Their files are sealed with them, or have entries of their own.
SEALED_APART = (
    CARD,
    "customer.complaint.archive.document",
    "customer.complaint.archive.supplement",
)
REL = "customer_complaint_archive_card_file_rel"
DOCUMENT = "customer.complaint.archive.document"
SUPPLEMENT = "customer.complaint.archive.supplement"
FILE = "ir.attachment"
MESSAGE = "mail.message"
NUMBER_TYPES = ("float", "monetary")
TEXT_TYPES = ("char", "text", "selection", "html")
EMPTY_VALUES = {"boolean": False, "integer": 0}
# Columns of the card that sealing asks for; read in the same query.
READ_WITH_CONTENT = (
    "name",
    "state",
    "complaint_id",
    "company_id",
    "archive_category_id",
    "legacy_number",
)
SUPPLEMENT_FIELDS = ("name", "reason", "body", "user_id", "date")
FILE_FIELDS = (
    "name",
    "type",
    "mimetype",
    "file_size",
    "url",
    "res_model",
    "res_id",
    "res_field",
)
# Whether it is shown to the customer, or starred, is not what was said.
MESSAGE_FIELDS = (
    "model",
    "res_id",
    "date",
    "author_id",
    "email_from",
    "message_type",
    "subtype_id",
    "subject",
)
# What is told to a person about the case is no history of it, and goes again.
UNSEALED_MESSAGES = "user_notification"


class Columns(NamedTuple):
    """How the columns of a model are read: names by what is done with them."""

    plain: list
    texts: list
    numbers: list
    #: With what stands for an empty one.
    with_empty: list
    #: With the kind of their rows in the query.
    links: list


class CustomerComplaintArchiveCardContent(models.AbstractModel):
    """What is sealed of a card, read as it stands in the database.

    Two queries read whole batches: the cards, and all that hangs on their complaints.
    Sealing costs the same for one card and for many, and the check of the chain walks
    through 100,000 cards.

    The content of a seal, as JSON: ``card`` and ``complaint`` with their fields,
    ``parts`` with the records of the case by model, ``messages`` (the history: the
    digest stands for body and changes), ``files`` with the digests of their bytes, and
    ``last_ids``, the highest ids given so far: what has a lower one and is not in the
    seal was put there behind it. Texts stand as they are, amounts as texts without
    trailing zeros, records as id and name.
    """

    _name = "customer.complaint.archive.card.content"
    _inherit = "customer.complaint.sealed"
    _description = "Content of a Sealed Card"

    # Archive files
    sealed_file_ids = fields.Many2many(
        "ir.attachment",
        REL,
        "card_id",
        "attachment_id",
        string="Sealed Files",
        readonly=True,
        copy=False,
        bypass_search_access=True,
        groups="customer_complaint.group_complaint_archivist",
        help="All files of the case, as they were when it was sealed.",
        sealed=False,
        system=True,
    )

    @api.model
    def _get_file_models(self):
        """Return the models whose records hang on a complaint and may hold files.

        The complaint itself is one of them; what has entries of its own is none.

        :rtype: list[str]
        """
        return [COMPLAINT] + sorted(
            name
            for name, model in self.env.registry.items()
            if name.startswith(f"{COMPLAINT}.")
            and name not in SEALED_APART
            and model._auto
            and not model._abstract
            and not model._transient
            and _belongs_to_complaint(model)
            and _may_hold_files(model)
        )

    @api.model
    def _mark_sealed_files(self, contents):
        """Mark the files that stand in a seal: they stay as they are.

        :param dict contents: content and facts by card
        """
        rows = [
            SQL("(%s, %s)", card.id, file["id"])
            for card, (content, _facts) in contents.items()
            for file in content["files"]
        ]
        if rows:
            # Past the field: reading what is there already costs queries.
            self.env.cr.execute(
                SQL(
                    "INSERT INTO %s (card_id, attachment_id) VALUES %s"
                    " ON CONFLICT DO NOTHING",
                    SQL.identifier(REL),
                    SQL(", ").join(rows),
                )
            )
            self.invalidate_model(["sealed_file_ids"], flush=False)

    # ------------------------------------------------------------------
    # WHAT A SEAL COVERS
    # ------------------------------------------------------------------

    def _read_snapshots(self):
        """Return what these cards hold now, and what sealing has to know of them.

        Records are ids only; :meth:`_name_records` names them.

        :return: content and facts by id of the card; facts are the language and time
            zone of the company, the prefix of its numbers and the department to print
        :rtype: dict[int, tuple[dict, dict]]
        """
        self.env.flush_all()  # the database is what is sealed
        contents, facts = {}, {}
        ids = {}
        columns = sort_columns(CARD, self._get_seal_fields())
        for row in self.env.execute_query(self._get_cards_query()):
            card_id, text, last_ids, lang, tz, prefix, department, team, *values = row
            self._remember(card_id, values)
            card = self._read_row(columns, json.loads(text, parse_float=str))
            contents[card_id] = {"card": card, "last_ids": last_ids}
            ids[card["complaint_id"]] = card_id
            facts[card_id] = {
                "lang": lang,
                "tz": tz,
                "prefix": prefix,
                "department": _in_language(department, lang)
                or _in_language(team, lang),
            }
        for complaint_id, case in self._read_cases(list(ids)).items():
            contents[ids[complaint_id]].update(case)
        return {card_id: (contents[card_id], facts[card_id]) for card_id in contents}

    @api.model
    def _remember(self, card_id, values):
        """Put what was read of a card into the cache: sealing needs no other query."""
        card = self.browse(card_id)
        for name, value in zip(READ_WITH_CONTENT, values, strict=True):
            self._fields[name]._insert_cache(card, [value])

    def _get_cards_query(self):
        """Return the query of the cards themselves and what belongs to their company.

        :rtype: SQL
        """
        counted = [MESSAGE, FILE] + [
            name
            for name in self._get_seal_models()
            if self.env[name]._outlives_complaint
        ]
        last_ids = SQL(", ").join(
            # Sequences count on whatever is taken back: nothing added later is below.
            # One that gave no number yet already shows the first that it will give.
            SQL(
                "%s, (SELECT last_value - (NOT is_called)::int FROM %s)",
                name,
                SQL.identifier(f"{self.env[name]._table}_id_seq"),
            )
            for name in counted
        )
        return SQL(
            """SELECT card.id, row_to_json(card)::text, json_build_object(%s),
                      partner.lang, company.complaint_tz,
                      company.complaint_archive_prefix,
                      company.complaint_issuing_department, team.name, %s
                 FROM customer_complaint_archive_card card
                 JOIN customer_complaint complaint ON complaint.id = card.complaint_id
                 JOIN res_company company ON company.id = card.company_id
                 JOIN res_partner partner ON partner.id = company.partner_id
                 LEFT JOIN customer_complaint_team team ON team.id = complaint.team_id
                WHERE card.id = ANY(%s)""",
            last_ids,
            SQL(", ").join(SQL.identifier("card", name) for name in READ_WITH_CONTENT),
            self.ids,
        )

    @api.model
    def _get_case_models(self):
        """Return the models of which records of a case are sealed, the case first.

        :rtype: list[str]
        """
        others = set(self._get_seal_models()) - {CARD, COMPLAINT}
        return [COMPLAINT, *sorted(others)]

    @api.model
    def _read_cases(self, complaint_ids):
        """Return all that is sealed of cases besides the card.

        :param list[int] complaint_ids: whose
        :return: a part of the content by id of the complaint
        :rtype: dict[int, dict]
        """
        read = {case_id: defaultdict(list) for case_id in complaint_ids}
        links = defaultdict(lambda: defaultdict(list))
        for case_id, kind, text in self.env.execute_query(
            self._get_cases_query(complaint_ids)
        ):
            rows = json.loads(text, parse_float=str)
            if "/" in kind:
                for part_id, linked_id in rows:
                    links[kind][part_id].append(linked_id)
            else:
                read[case_id][kind] = rows
        columns = {
            name: sort_columns(name, self.env[name]._get_seal_fields())
            for name in self._get_case_models()
        }
        cases = {}
        for case_id, rows in read.items():
            parts = {
                name: [
                    self._read_row(columns[name], row, links)
                    for row in sorted(rows[name], key=lambda row: row["id"])
                ]
                for name in columns
                if name in rows
            }
            [complaint] = parts.pop(COMPLAINT)
            cases[case_id] = {
                "complaint": complaint,
                "parts": parts,
                "messages": _sort_unique(rows[MESSAGE]),
                "files": _sort_unique(rows[FILE]),
            }
        self._add_file_digests(file for c in cases.values() for file in c["files"])
        return cases

    @api.model
    def _get_cases_query(self, complaint_ids):
        """Return the query of all that hangs on complaints, by kind.

        :param list[int] complaint_ids: whose
        :rtype: SQL
        """
        tables = {name: self.env[name]._table for name in self._get_case_models()}
        parts, links = [], []
        for name, table in tables.items():
            case_id = SQL.identifier(
                "part", "id" if name == COMPLAINT else "complaint_id"
            )
            parts.append(
                SQL(
                    "SELECT %s AS case_id, %s AS model, part.id, row_to_json(part)"
                    " AS row FROM %s part WHERE %s = ANY(%s)",
                    *(case_id, name, SQL.identifier(table), case_id, complaint_ids),
                )
            )
            for link in self.env[name]._get_seal_fields():
                if link.type == "many2many":
                    linked = SQL.identifier("rel", link.column2)
                    own = SQL.identifier("rel", link.column1)
                    links.append(
                        SQL(
                            "SELECT part.case_id, %s AS kind, %s AS own, %s AS linked"
                            " FROM part JOIN %s rel ON %s = part.id"
                            " WHERE part.model = %s",
                            *(f"{name}/{link.name}", own, linked),
                            *(SQL.identifier(link.relation), own, name),
                        )
                    )
        return SQL(
            """WITH part AS MATERIALIZED (%(parts)s),
                    message AS MATERIALIZED (
                        SELECT part.case_id, message.*
                          FROM part
                    CROSS JOIN LATERAL (
                        SELECT * FROM mail_message message
                         WHERE message.model = part.model
                           AND message.res_id = part.id
                           AND message.message_type != %(unsealed)s
                        OFFSET 0) message
                         WHERE part.model IN %(threads)s),
                    file AS MATERIALIZED (
                        SELECT part.case_id, file.*
                          FROM part
                    CROSS JOIN LATERAL (
                        SELECT * FROM ir_attachment file
                         WHERE file.res_model = part.model AND file.res_id = part.id
                        OFFSET 0) file
                     UNION ALL
                        SELECT message.case_id, file.*
                          FROM message
                          JOIN message_attachment_rel rel ON rel.message_id = message.id
                          JOIN ir_attachment file ON file.id = rel.attachment_id
                         WHERE file.res_model IS DISTINCT FROM message.model
                            OR file.res_id IS DISTINCT FROM message.res_id)
               SELECT case_id, model, json_agg(row)::text FROM part
             GROUP BY case_id, model
            UNION ALL
               SELECT case_id, %(message_kind)s, json_agg(%(message)s)::text
                 FROM message GROUP BY case_id
            UNION ALL
               SELECT case_id, %(file_kind)s, json_agg(%(file)s)::text
                 FROM file GROUP BY case_id
            UNION ALL
               SELECT case_id, kind,
                      json_agg(json_build_array(own, linked) ORDER BY linked)::text
                 FROM (%(links)s) link GROUP BY case_id, kind""",
            parts=SQL(" UNION ALL ").join(parts),
            unsealed=UNSEALED_MESSAGES,
            threads=tuple(
                name for name in tables if "message_ids" in self.env[name]._fields
            ),
            message_kind=MESSAGE,
            message=self._sql_message(),
            file_kind=FILE,
            file=self._sql_file(),
            links=SQL(" UNION ALL ").join(links),
        )

    @api.model
    def _sql_message(self):
        """Return the JSON of a row of messages, called ``message``.

        The digest is that of the body, a line break, and the changes that the message
        shows: name of the field, values before and after, one JSON array each.

        :rtype: SQL
        """
        return SQL(
            """json_build_object(
                'id', message.id, %(columns)s,
                'attachment_ids', (SELECT COALESCE(json_agg(rel.attachment_id
                        ORDER BY rel.attachment_id), '[]')
                    FROM message_attachment_rel rel WHERE rel.message_id = message.id),
                'sha256', encode(sha256(convert_to(concat(message.body, E'\\n', (
                    SELECT string_agg(jsonb_build_array(
                            COALESCE(field.name, tracked.field_info->>'name'),
                            tracked.old_value_integer, tracked.old_value_float,
                            tracked.old_value_char, tracked.old_value_text,
                            tracked.old_value_datetime, tracked.new_value_integer,
                            tracked.new_value_float, tracked.new_value_char,
                            tracked.new_value_text, tracked.new_value_datetime
                        )::text, E'\\n' ORDER BY tracked.id)
                      FROM mail_tracking_value tracked
                 LEFT JOIN ir_model_fields field ON field.id = tracked.field_id
                     WHERE tracked.mail_message_id = message.id)), 'UTF8')), 'hex'))""",
            columns=_sql_columns("message", MESSAGE_FIELDS),
        )

    @api.model
    def _sql_file(self):
        """Return the JSON of a row of files, called ``file``.

        What is kept in the database is digested there, since it may be large; else it
        says where the bytes are.

        :rtype: SQL
        """
        return SQL(
            "json_build_object('id', file.id, %s, 'store_fname', file.store_fname,"
            " 'sha256', CASE WHEN file.store_fname IS NULL THEN"
            " encode(sha256(COALESCE(file.db_datas, '')), 'hex') END)",
            _sql_columns("file", FILE_FIELDS),
        )

    @api.model
    def _read_row(self, columns, row, links=None):
        """Return what is sealed of a row, the same on every machine.

        What is empty is the same however the column is empty.

        :param Columns columns: as :func:`sort_columns` makes them
        :param dict row: its columns
        :param dict links: ids linked by other tables, by model and field and id
        :rtype: dict
        """
        result = {name: row[name] for name in columns.plain}
        for name in columns.texts:
            result[name] = row[name] or None
        for name in columns.numbers:
            result[name] = _format_number(row[name])
        for name, empty in columns.with_empty:
            result[name] = row[name] or empty
        for name, kind in columns.links:
            result[name] = links[kind].get(row["id"], [])
        return result

    @api.model
    def _read_supplements(self, ids):
        """Return what supplements hold now.

        :param ids: of supplements
        :rtype: dict[int, dict]
        """
        self.env.flush_all()
        Supplement = self.env[SUPPLEMENT]
        query = SQL(
            """SELECT row_to_json(supplement)::text,
                      (SELECT COALESCE(json_agg(%s ORDER BY file.id), '[]')::text
                         FROM ir_attachment file
                        WHERE (file.res_model = %s AND file.res_id = supplement.id)
                           OR file.id IN (
                             SELECT rel.attachment_id FROM %s rel
                              WHERE rel.supplement_id = supplement.id))
                 FROM customer_complaint_archive_supplement supplement
                WHERE supplement.id = ANY(%s)""",
            *(self._sql_file(), SUPPLEMENT),
            SQL.identifier(Supplement._fields["attachment_ids"].relation),
            list(ids),
        )
        columns = sort_columns(
            SUPPLEMENT, [Supplement._fields[name] for name in SUPPLEMENT_FIELDS]
        )
        contents = {}
        for text, files in self.env.execute_query(query):
            row = self._read_row(columns, json.loads(text))
            contents[row["id"]] = {**row, "files": json.loads(files)}
        self._add_file_digests(
            file for content in contents.values() for file in content["files"]
        )
        return contents

    @api.model
    def _add_file_digests(self, files):
        """Put the digest of each file's bytes, as they are on disk, in place of where
        they are; those in the database have theirs.

        :param files: rows as :meth:`_sql_file` makes them
        """
        Attachment = self.env[FILE]
        for file in files:
            if path := file.pop("store_fname"):
                file["sha256"] = digest_file(Attachment._full_path(path))

    @api.model
    def _get_unreadable_files(self, content):
        """Return the names of files whose bytes are not there any more.

        :param dict content: as made by :meth:`_read_snapshots`
        :rtype: list[str]
        """
        return [file["name"] for file in content["files"] if not file["sha256"]]

    @api.model
    def _name_records(self, contents):
        """Put id and name in place of the ids of records, in the company's language.

        So the seal says who and what was meant, whatever becomes of those records.

        :param list[tuple] contents: content and language of each; changed in place
        """
        places = defaultdict(list)
        for content, lang in contents:
            for model, row in _get_rows(content):
                for name, value in row.items():
                    field = model and self.env[model]._fields.get(name)
                    if not value or not field or not field.relational:
                        continue
                    if field.type == "many2one" or field.comodel_name != FILE:
                        places[field.comodel_name].append((row, name, lang))
        names = self._read_names(
            {
                comodel: {
                    record_id
                    for row, name, _lang in rows
                    for record_id in _as_list(row[name])
                }
                for comodel, rows in places.items()
            }
        )
        for comodel, rows in places.items():
            for row, name, lang in rows:
                named = [
                    {"id": key, "name": _in_language(names.get((comodel, key)), lang)}
                    for key in _as_list(row[name])
                ]
                row[name] = named if isinstance(row[name], list) else named[0]

    @api.model
    def _read_names(self, ids_by_model):
        """Return what records are called, in all their languages.

        :param dict ids_by_model: ids by model
        :return: by model and id; those of models that store no name are left out
        :rtype: dict[tuple[str, int], object]
        """
        queries = [
            SQL(
                "SELECT %s AS model, named.id, %s FROM %s WHERE named.id = ANY(%s)",
                *(model, *self._sql_name(model), list(ids)),
            )
            for model, ids in ids_by_model.items()
            if self._sql_name(model)
        ]
        if not queries:
            return {}
        rows = self.env.execute_query(SQL(" UNION ALL ").join(queries))
        return {(model, key): name for model, key, name in rows}

    @api.model
    def _sql_name(self, comodel_name):
        """Return the expression of what a record is called, and where it stands.

        :rtype: tuple[SQL, SQL] or None
        """
        comodel = self.env[comodel_name]
        field = comodel._fields.get(comodel._rec_name)
        table = SQL("%s named", SQL.identifier(comodel._table))
        if not field:
            return None
        if field.store and field.column_type and not field.inherited:
            return SQL("to_jsonb(%s)", SQL.identifier("named", field.name)), table
        if not field.inherited:
            return None
        link, name = field.related.split(".")
        parent = self.env[comodel._fields[link].comodel_name]
        return SQL("to_jsonb(%s)", SQL.identifier("parent", name)), SQL(
            "%s JOIN %s parent ON parent.id = %s",
            table,
            SQL.identifier(parent._table),
            SQL.identifier("named", link),
        )


def _belongs_to_complaint(model):
    field = model._fields.get("complaint_id")
    return bool(field and field.store and field.comodel_name == COMPLAINT)


def _may_hold_files(model):
    return (
        bool(getattr(model, "_file_fields", ()))
        or "message_ids" in model._fields
        or any(field.type in ("binary", "image") for field in model._fields.values())
    )


def sort_columns(model, sealed_fields):
    """Return how the columns of some fields are read.

    :param str model: whose they are
    :param list sealed_fields: fields
    :rtype: Columns
    """
    columns = Columns(["id"], [], [], [], [])
    for sealed in sealed_fields:
        if sealed.type == "many2many":
            columns.links.append((sealed.name, f"{model}/{sealed.name}"))
        elif sealed.type in NUMBER_TYPES:
            columns.numbers.append(sealed.name)
        elif sealed.type in TEXT_TYPES:
            columns.texts.append(sealed.name)
        elif sealed.type in EMPTY_VALUES:
            columns.with_empty.append((sealed.name, EMPTY_VALUES[sealed.type]))
        else:
            columns.plain.append(sealed.name)
    return columns


def _sql_columns(alias, names):
    """Return the columns of a row as arguments of ``json_build_object``."""
    return SQL(", ").join(
        SQL("%s, %s", name, SQL.identifier(alias, name)) for name in names
    )


def _get_rows(content):
    """Yield the model of each row of a content, and the row."""
    yield CARD, content["card"]
    yield COMPLAINT, content["complaint"]
    for model, rows in content["parts"].items():
        for row in rows:
            yield model, row
    for row in content["messages"]:
        yield MESSAGE, row


def _sort_unique(rows):
    """Return rows by their ids, each once."""
    by_id = {row["id"]: row for row in rows}
    return [by_id[key] for key in sorted(by_id)]


def _as_list(value):
    return value if isinstance(value, list) else [value]


def _format_number(value):
    """Return a number of PostgreSQL as a text without trailing zeros."""
    text = str(value or 0)
    if "." in text and "e" not in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _in_language(value, lang):
    """Return a translated value in a language, as it is shown in it."""
    if not isinstance(value, dict):
        return value
    return value.get(lang) or value.get("en_US") or next(iter(value.values()), None)
