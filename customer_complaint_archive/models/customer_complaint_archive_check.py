import json

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from odoo.addons.customer_complaint.const import ARCHIVIST, AUDITOR, MANAGER
from odoo.addons.customer_complaint_base.tools.fields import get_field_label
from odoo.addons.customer_complaint_base.tools.job import attempt

from ..tools.seal import GENESIS, digest_entry, digest_text
from .customer_complaint_archive_chain import HOLD_KINDS, STATE_OF_KIND

CHECK_STATES = [
    ("waiting", "Waiting"),
    ("running", "Running"),
    ("passed", "Unchanged"),
    ("failed", "Changed"),
]
# Worth knowing, but nothing was changed.
REMARK_KINDS = ("clock",)
BATCH_SIZE = 500
# As many entries are checked while the user waits; more by a job.
DIRECT_LIMIT = 2000
# In place of a card's id and number.
NO_CARD = (False, False)
# What is beyond is counted, not listed.
MAX_FINDINGS = 200
ENTRY_COLUMNS = (
    "position",
    "kind",
    "card_id",
    "card_name",
    "date",
    "user_id",
    "version",
    "content",
    "content_digest",
    "previous_digest",
    "digest",
    "company_id",
)
# How far around its place a moved entry is looked for.
SEARCHED = 200


class CustomerComplaintArchiveCheck(models.Model):
    """One check of a company's archive chain, and what it found. It stays.

    The check trusts nothing stored but the entries and what they chain: it reads the
    cards and the bytes of the files again. The digest it ends with, printed and put
    aside, shows later that nothing was cut off the end.
    """

    _name = "customer.complaint.archive.check"
    _inherit = [
        "customer.complaint.archive.check.live",
        "customer.complaint.append.only",
    ]
    _description = "Check of the Archive"
    _order = "id desc"
    _rec_name = "date_start"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    user_id = fields.Many2one(
        "res.users", string="Started By", required=True, readonly=True, index=True
    )
    state = fields.Selection(
        CHECK_STATES, required=True, readonly=True, default="waiting", index=True
    )
    date_start = fields.Datetime(
        string="Checking Started", required=True, readonly=True
    )
    date_done = fields.Datetime(string="Checking Finished", readonly=True)
    position = fields.Integer(
        readonly=True, aggregator=None, help="Last entry that was checked."
    )
    last_digest = fields.Char(
        readonly=True, help="Digest of the last entry that was checked."
    )
    last_date = fields.Datetime(readonly=True)
    end_position = fields.Integer(
        string="Entries",
        readonly=True,
        aggregator=None,
        help="Entries of the chain when the check began.",
    )
    card_count = fields.Integer(string="Cards", readonly=True, aggregator=None)
    file_count = fields.Integer(string="Files", readonly=True, aggregator=None)
    finding_count = fields.Integer(string="Differences", readonly=True, aggregator=None)
    finding_ids = fields.One2many(
        "customer.complaint.archive.check.finding",
        "check_id",
        string="Differences Found",
        readonly=True,
    )
    first_card_id = fields.Many2one(
        "customer.complaint.archive.card",
        string="First Changed Card",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )

    def _refuse_forgery(self):
        raise UserError(
            self.env._(
                "A check is made by the button “Check the Archive”, and its result "
                "stays as it is."
            )
        )

    def action_start(self):
        """Check the chain of the company; a long one is checked by a job.

        :return: the form of the check
        :rtype: dict
        :raise AccessError: unless the user is archivist, auditor or manager
        """
        if not any(self.env.user.has_group(g) for g in (ARCHIVIST, AUDITOR, MANAGER)):
            raise AccessError(
                self.env._(
                    "Archivists, auditors and managers check the archive. Ask one of "
                    "them."
                )
            )
        check_sudo = self.sudo()._start(self.env.company)  # role checked right above
        if check_sudo.end_position <= DIRECT_LIMIT:
            while check_sudo._run_batch():
                pass
        else:
            # The job is the system's; the user only asks for it.
            self.sudo().env.ref(
                "customer_complaint_archive.cron_archive_check"
            )._trigger()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Check of the Archive"),
            "res_model": self._name,
            "res_id": check_sudo.id,
            "views": [(False, "form")],
        }

    @api.model
    def _start(self, company):
        """Return a new check of a company's chain.

        :param res.company company: whose chain
        """
        self.env.cr.execute(
            "SELECT GREATEST("
            " (SELECT position FROM customer_complaint_archive_chain"
            "   WHERE company_id = %(company)s),"
            " (SELECT max(position) FROM customer_complaint_archive_entry"
            "   WHERE company_id = %(company)s))",
            {"company": company.id},
        )
        [[end]] = self.env.cr.fetchall()
        return self._create_unguarded(
            [
                {
                    "company_id": company.id,
                    "user_id": self.env.uid,
                    "date_start": fields.Datetime.now(),
                    "end_position": end or 0,
                }
            ]
        )

    @api.model
    def _cron_archive_check(self):
        """Go on with checks of long chains; a killed one goes on where it was."""
        checks = self.search([("state", "in", ("waiting", "running"))], order="id")
        has_time = True
        while checks and has_time:
            check = checks[0]
            is_done, has_more = attempt(check, lambda check: check._run_next_batch())
            if not (is_done and has_more):
                # It is through, fails, or somebody else goes on with it.
                checks -= check
            has_time = self.env["ir.cron"]._commit_progress(
                BATCH_SIZE,
                remaining=sum(
                    max(left.end_position - left.position, 1) for left in checks
                ),
            )

    def _run_next_batch(self):
        """Check the next entries, unless another job does just that.

        :return: whether there are more
        :rtype: bool
        """
        check = self.try_lock_for_update()
        return check.state in ("waiting", "running") and check._run_batch()

    def _add_findings(self, findings):
        """Write down what was found.

        :param list[tuple] findings: position, card, kind and detail of each; the card
            as id and number
        """
        self.ensure_one()
        room = max(MAX_FINDINGS - self.finding_count, 0)
        Finding = self.env["customer.complaint.archive.check.finding"]
        Finding._create_unguarded(
            [
                {
                    "check_id": self.id,
                    "position": position or 0,
                    "card_id": card_id,
                    "card_name": card_name,
                    "kind": kind,
                    "detail": detail,
                }
                for position, (card_id, card_name), kind, detail in findings[:room]
            ]
        )
        changed = [
            card[0] for _p, card, kind, _d in findings if kind not in REMARK_KINDS
        ]
        vals = {"finding_count": self.finding_count + len(findings)}
        if changed and not self.first_card_id:
            vals["first_card_id"] = next(filter(None, changed), False)
        self._write_unguarded(vals)

    # ------------------------------------------------------------------
    # THE CHAIN, ENTRY BY ENTRY
    #
    # How the chain is walked: in batches, each of which can be the last.
    #
    # Three things are asked of an entry: whether it is what was chained, whether it
    # follows what came before, and whether what it sealed is still so.
    # ------------------------------------------------------------------

    def _run_batch(self):
        """Check the next entries.

        :return: whether there are more
        :rtype: bool
        """
        self.ensure_one()
        self = self.with_context(lang=self.user_id.lang)
        self.env.flush_all()  # the database is what is checked
        if self.state == "waiting":
            self._add_findings(self._check_last_time())
        rows = self._read_entries()
        walk = {"position": self.position, "digest": self.last_digest or GENESIS}
        walk["date"] = self.last_date
        findings = []
        for row in rows:
            findings += self._check_entry(row, walk)
        findings += self._check_live(rows)
        self._add_findings(sorted(findings, key=lambda found: found[0]))
        self._write_unguarded(
            {
                "state": "running",
                "position": walk["position"],
                "last_digest": walk["digest"],
                "last_date": walk["date"],
                "card_count": self.card_count
                + sum(row["kind"] == "seal" and row["is_latest"] for row in rows),
            }
        )
        if len(rows) < BATCH_SIZE:
            self._finish()
            return False
        self.env.flush_all()
        self.env.invalidate_all()  # a long chain is not kept in memory
        return True

    def _read_entries(self):
        """Return the next entries with how their cards stand."""
        columns = [SQL.identifier("entry", name) for name in ENTRY_COLUMNS]
        query = SQL(
            """SELECT %s, card.id IS NOT NULL AS has_card, card.state AS card_state,
                      card.digest AS card_digest, card.pdf_id,
                      card.legal_hold, card.hold_reason, card.hold_by_id,
                      card.previous_digest AS card_previous,
                      card.position AS card_position,
                      entry.position = (
                        SELECT max(later.position)
                          FROM customer_complaint_archive_entry later
                         WHERE later.card_id = entry.card_id
                           AND later.kind = ANY(CASE WHEN entry.kind = ANY(%s)
                               THEN %s WHEN entry.kind = ANY(%s) THEN %s
                               ELSE ARRAY[entry.kind]::varchar[] END)
                      ) AS is_latest
                 FROM customer_complaint_archive_entry entry
                 LEFT JOIN customer_complaint_archive_card card
                        ON card.id = entry.card_id
                WHERE entry.company_id = %s AND entry.position > %s
                  AND entry.position <= %s
                ORDER BY entry.position LIMIT %s""",
            SQL(", ").join(columns),
            # Of all entries of a card that say the same kind of thing, the last counts.
            *(list(STATE_OF_KIND), list(STATE_OF_KIND)),
            *(list(HOLD_KINDS), list(HOLD_KINDS)),
            self.company_id.id,
            self.position,
            self.end_position,
            BATCH_SIZE,
        )
        return self.env.execute_query_dict(query)

    def _check_entry(self, row, walk):
        """Return what is wrong with an entry and its place.

        :param dict row: the entry
        :param dict walk: position and digest of the entry before; moved on to this one
        :rtype: list[tuple]
        """
        card = (row["has_card"] and row["card_id"], row["card_name"])
        findings = []
        if row["position"] != walk["position"] + 1:
            findings.append(
                (
                    row["position"],
                    card,
                    "entry_missing",
                    self.env._(
                        "Entries %(first)s to %(last)s, before this one.",
                        first=walk["position"] + 1,
                        last=row["position"] - 1,
                    ),
                )
            )
        elif walk["date"] and row["date"] < walk["date"]:
            findings.append(
                (
                    row["position"],
                    card,
                    "clock",
                    self.env._(
                        "Entered on %(day)s, after an entry of %(before)s.",
                        day=self.company_id._complaint_format_moment(row["date"]),
                        before=self.company_id._complaint_format_moment(walk["date"]),
                    ),
                )
            )
        is_gap = bool(findings) and findings[0][2] == "entry_missing"
        findings += [
            (row["position"], card, kind, detail)
            for kind, detail in self._check_digests(row, walk["digest"], is_gap)
        ]
        if not row["has_card"]:
            findings.append(
                (
                    row["position"],
                    NO_CARD[:1] + (row["card_name"],),
                    "card_missing",
                    self.env._("The card of this entry is not there any more."),
                )
            )
        walk.update(position=row["position"], digest=row["digest"], date=row["date"])
        return findings

    def _check_digests(self, row, previous, is_gap):
        """Return what is wrong with the digests of an entry.

        :param dict row: the entry
        :param str previous: digest of the entry before, as it stands there
        :param bool is_gap: whether entries are missing before this one
        :return: kind and detail of each finding
        :rtype: list[tuple[str, str]]
        """
        Entry = self.env["customer.complaint.archive.entry"]
        header = Entry._get_header(row)
        is_whole = digest_entry(header) == row["digest"]
        follows = row["previous_digest"] == previous or is_gap
        content = row["content"]
        if content is None:
            content_digest = row["content_digest"]
        else:
            content_digest = digest_text(content)
        findings = []
        if is_whole and follows and content_digest == row["content_digest"]:
            return self._check_destroyed(row)
        belongs = self._find_place(row, header)
        if belongs and belongs != row["position"]:
            return [
                (
                    "order",
                    self.env._("The entry belongs at position %(at)s.", at=belongs),
                )
            ]
        if content_digest != row["content_digest"]:
            findings.append(self._explain_content(row, header, content_digest))
        if is_whole and not follows:
            findings.append(
                (
                    "previous",
                    self.env._(
                        "The entry before was replaced: this one follows the digest "
                        "%(sealed)s, and %(now)s stands there.",
                        sealed=row["previous_digest"],
                        now=previous,
                    ),
                )
            )
        elif (
            not follows
            and digest_entry({**header, "previous": previous}) == (row["digest"])
        ):
            findings.append(
                (
                    "previous",
                    self.env._(
                        "It names %(now)s, but the entry before has %(sealed)s.",
                        now=row["previous_digest"],
                        sealed=previous,
                    ),
                )
            )
        elif not is_whole and not findings:
            findings.append(self._explain_header(row, header))
        return findings

    def _check_destroyed(self, row):
        """Return that a content was destroyed without a disposal, if so."""
        if row["content"] is not None or row["card_state"] == "disposed":
            return []
        return [
            (
                "content",
                self.env._("The sealed content is gone, but no disposal destroyed it."),
            )
        ]

    def _find_place(self, row, header):
        """Return the position at which an entry is whole, if it was moved."""
        at = row["position"]
        for position in range(max(1, at - SEARCHED), at + SEARCHED + 1):
            if digest_entry({**header, "position": position}) == row["digest"]:
                return position
        return False

    def _explain_content(self, row, header, content_digest):
        """Return which digest a changed content does not fit."""
        if digest_entry({**header, "content": content_digest}) == row["digest"]:
            return (
                "digest",
                self.env._("The digest of the content was changed, not the content."),
            )
        return (
            "content",
            self.env._(
                "Its SHA-256 is %(now)s; sealed was %(sealed)s.",
                now=content_digest,
                sealed=row["content_digest"],
            ),
        )

    def _explain_header(self, row, header):
        """Return whether the digest of an entry was changed, or the entry."""
        digest = digest_entry(header)
        self.env.cr.execute(
            "SELECT 1 FROM customer_complaint_archive_entry WHERE company_id = %s"
            " AND position = %s AND previous_digest = %s"
            " UNION SELECT 1 FROM customer_complaint_archive_card"
            " WHERE id = %s AND digest = %s",
            (
                *(row["company_id"], row["position"] + 1, digest),
                *(row["card_id"], digest),
            ),
        )
        if self.env.cr.fetchall():
            return (
                "digest",
                self.env._(
                    "It is %(now)s; the chain goes on from %(sealed)s.",
                    now=row["digest"],
                    sealed=digest,
                ),
            )
        return ("entry", self._explain_entry(row))

    def _explain_entry(self, row):
        """Return what of an entry does not fit its own content."""
        content = json.loads(row["content"] or "{}") if row["kind"] == "seal" else {}
        card = content.get("card")
        if card:
            told = {
                "card_id": card["id"],
                "card_name": card["name"],
                "date": card["sealed_date"],
                "user_id": (card["sealed_by_id"] or {}).get("id"),
            }
            stands = {**row, "date": row["date"].isoformat()}
            Entry = self.env["customer.complaint.archive.entry"]
            for name, value in told.items():
                if stands[name] != value:
                    return self.env._(
                        "%(field)s: sealed “%(sealed)s”, now “%(now)s”.",
                        field=get_field_label(Entry, name),
                        sealed=value,
                        now=stands[name],
                    )
        return self.env._(
            "Its kind, card, number, date, person or version is not what was chained."
        )

    # ------------------------------------------------------------------
    # BOTH ENDS OF THE CHAIN
    #
    # Where the chain begins and ends: nothing is cut off, nothing stands outside.
    # ------------------------------------------------------------------

    def _check_last_time(self):
        """Return whether the end that the check before had seen is still there."""
        last = self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("id", "<", self.id),
                ("state", "in", ("passed", "failed")),
                ("position", ">", 0),
            ],
            order="id desc",
            limit=1,
        )
        if not last:
            return []
        entry = self.env["customer.complaint.archive.entry"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("position", "=", last.position),
            ]
        )
        if entry.digest == last.last_digest:
            return []
        detail = self.env._(
            "The check of %(day)s ended with the digest %(sealed)s at position "
            "%(position)s; now it is %(now)s.",
            day=self.company_id._complaint_format_moment(last.date_start),
            sealed=last.last_digest,
            position=last.position,
            now=entry.digest or "—",
        )
        kind = "digest" if entry else "entry_missing"
        return [(last.position, (entry.card_id.id, entry.card_name), kind, detail)]

    def _finish(self):
        """Look for what is in no entry, and say how the check ended."""
        self._add_findings(self._check_head() + self._check_outside())
        broken = self.finding_ids.filtered(lambda f: f.kind not in REMARK_KINDS)
        self._write_unguarded(
            {
                "state": "failed" if broken else "passed",
                "date_done": fields.Datetime.now(),
            }
        )

    def _check_head(self):
        """Return whether entries are missing at the end, or stand beyond it."""
        self.env.cr.execute(
            "SELECT position FROM customer_complaint_archive_chain"
            " WHERE company_id = %s",
            (self.company_id.id,),
        )
        head = (self.env.cr.fetchone() or (0,))[0]
        if self.position > head:
            return [
                (
                    self.position,
                    NO_CARD,
                    "entry_inserted",
                    self.env._(
                        "The chain ends at position %(head)s; entries stand behind it.",
                        head=head,
                    ),
                )
            ]
        if self.position < self.end_position:
            return [
                (
                    self.position,
                    NO_CARD,
                    "entry_missing",
                    self.env._(
                        "Entries %(first)s to %(last)s, at the end.",
                        first=self.position + 1,
                        last=self.end_position,
                    ),
                )
            ]
        return []

    def _check_outside(self):
        """Return cards and supplements that say they are sealed and are not chained."""
        self.env.cr.execute(
            "SELECT card.id, card.name FROM customer_complaint_archive_card card"
            " WHERE card.company_id = %s AND card.state != 'open' AND NOT EXISTS ("
            "  SELECT 1 FROM customer_complaint_archive_entry entry"
            "   WHERE entry.card_id = card.id AND entry.kind = 'seal')"
            " ORDER BY card.id LIMIT %s",
            (self.company_id.id, BATCH_SIZE),
        )
        findings = [
            (
                0,
                card,
                "card_inserted",
                self.env._("The card says it is sealed, and stands in no entry."),
            )
            for card in self.env.cr.fetchall()
        ]
        for kinds, kind, column, condition in (
            (["hold"], "hold", "legal_hold", "card.legal_hold"),
            (["print"], "file_added", "pdf_id", "card.pdf_id IS NOT NULL"),
        ):
            findings += self._check_never(kinds, kind, column, condition)
        self.env.cr.execute(
            "SELECT card.id, card.name, count(*), ("
            "  SELECT count(*) FROM customer_complaint_archive_entry entry"
            "   WHERE entry.card_id = card.id AND entry.kind = 'supplement') AS chained"
            " FROM customer_complaint_archive_supplement supplement"
            " JOIN customer_complaint_archive_card card ON card.id = supplement.card_id"
            " WHERE card.company_id = %s GROUP BY card.id HAVING count(*) != ("
            "  SELECT count(*) FROM customer_complaint_archive_entry entry"
            "   WHERE entry.card_id = card.id AND entry.kind = 'supplement')"
            " ORDER BY card.id LIMIT %s",
            (self.company_id.id, BATCH_SIZE),
        )
        return findings + [
            (
                0,
                (card_id, name),
                "supplement",
                self.env._(
                    "The card has %(now)s supplements; %(sealed)s were chained.",
                    now=count,
                    sealed=chained,
                ),
            )
            for card_id, name, count, chained in self.env.cr.fetchall()
        ]

    def _check_never(self, entry_kinds, kind, column, condition):
        """Return cards that have something that no entry ever gave them.

        :param list entry_kinds: kinds of the entries that give it
        :param str kind: of the finding
        :param str column: of the card
        :param str condition: in SQL, whether the card has it
        """
        self.env.cr.execute(
            SQL(
                "SELECT card.id, card.name FROM customer_complaint_archive_card card"
                " WHERE card.company_id = %s AND %s AND NOT EXISTS ("
                "  SELECT 1 FROM customer_complaint_archive_entry entry"
                "   WHERE entry.card_id = card.id AND entry.kind = ANY(%s))"
                " ORDER BY card.id LIMIT %s",
                *(self.company_id.id, SQL(condition), entry_kinds, BATCH_SIZE),
            )
        )
        label = get_field_label(self.env["customer.complaint.archive.card"], column)
        return [
            (0, card, kind, self.env._("%(field)s: in no entry.", field=label))
            for card in self.env.cr.fetchall()
        ]
