import json
import os
from collections import Counter, defaultdict

from odoo import api, models
from odoo.tools import SQL, format_list

from .customer_complaint_archive_inventory_steps import BATCH_SIZE
from .customer_complaint_archive_snapshot import DOCUMENT


class CustomerComplaintArchiveInventory(models.Model):
    """What the system compares by itself: papers and files, in batches."""

    _inherit = "customer.complaint.archive.inventory"

    def _compare_batch(self):
        """Compare the papers of the next cards.

        :return: whether there are more
        :rtype: bool
        """
        self.ensure_one()
        lines = self.env["customer.complaint.archive.inventory.line"].search(
            [("inventory_id", "=", self.id), ("check_state", "=", "waiting")],
            order="id",
            limit=BATCH_SIZE,
        )
        lines._compare()
        self.env.flush_all()
        lines.invalidate_recordset()
        self.invalidate_recordset(["unchecked_count", "differing_count"])
        return len(lines) == BATCH_SIZE

    @api.model
    def _cron_compare(self):
        """Go on comparing long lists; a killed comparison goes on where it was."""
        cron = self.env["ir.cron"]
        for inventory in self.search([("state", "=", "running")]):
            # In the language of whoever reads it.
            lang = inventory.started_by_id.lang
            while inventory.with_context(lang=lang)._compare_batch():
                inventory.invalidate_recordset()
                left = inventory.unchecked_count
                if not cron._commit_progress(BATCH_SIZE, remaining=max(left, 1)):
                    return
            cron._commit_progress(remaining=0)


class CustomerComplaintArchiveInventoryLine(models.Model):
    _inherit = "customer.complaint.archive.inventory.line"

    def _compare(self):
        """Compare what is filed now with what was sealed, for all of these cards."""
        sealed = self._read_sealed_papers()
        filed = self._read_filed_papers()
        files = self._read_files()
        for line in self:
            # Cards that were never sealed, or are destroyed, have nothing to compare.
            was_sealed = sealed.get(line.card_id.id)
            is_now = filed.get(line.card_id.id, set())
            count, unreadable = files.get(line.card_id.id, (0, Counter()))
            notes = line._explain(was_sealed, is_now, unreadable)
            line._write_unguarded(
                {
                    "paper_count": len(is_now),
                    "sealed_paper_count": len(was_sealed or ()),
                    "file_count": count,
                    "unreadable_count": unreadable.total(),
                    "check_state": "differs" if notes else "agrees",
                    "check_note": "\n".join(notes),
                }
            )

    def _explain(self, was_sealed, is_now, unreadable):
        """Return what differs; types of papers are named, not the papers.

        :param set was_sealed: ids of the papers in the latest seal; None when nothing
            was sealed, False when the seal cannot be read
        :param set is_now: ids of the papers filed
        :param Counter unreadable: files that cannot be read, by type of their paper
        :rtype: list[str]
        """
        notes = []
        if was_sealed is False:
            notes.append(self.env._("What was sealed cannot be read."))
        elif was_sealed is not None:
            if gone := len(was_sealed - is_now):
                notes.append(
                    self.env._("Papers sealed, not filed any more: %(n)s.", n=gone)
                )
            if new := len(is_now - was_sealed):
                notes.append(
                    self.env._("Papers filed that were not sealed: %(n)s.", n=new)
                )
        if unreadable:
            types = self.env["customer.complaint.archive.document.type"].browse(
                filter(None, unreadable)
            )
            names = [f"{type_.name} ({unreadable[type_.id]})" for type_ in types]
            if printed := unreadable[None]:
                names.append(self.env._("card as sealed (%(n)s)", n=printed))
            notes.append(
                self.env._(
                    "Files that cannot be read: %(names)s.",
                    names=format_list(self.env, names),
                )
            )
        return notes

    def _read_sealed_papers(self):
        """Return the ids of the papers in the latest seal of each card.

        :return: by id of the card; False when the content is no JSON any more
        :rtype: dict[int, set]
        """
        # Only the ids are kept of what was sealed.
        self.env["customer.complaint.archive.entry"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT card.id, entry.content
                     FROM customer_complaint_archive_card card
                     JOIN customer_complaint_archive_entry entry
                       ON entry.company_id = card.company_id
                      AND entry.position = card.position
                    WHERE card.id IN %s AND card.state = 'sealed'""",
                tuple(self.card_id.ids) or (0,),
            )
        )
        return {card_id: _get_paper_ids(content) for card_id, content in rows}

    def _read_filed_papers(self):
        """Return the ids of the papers filed now.

        :rtype: dict[int, set]
        """
        filed = defaultdict(set)
        # How many there are, not what they say.
        groups = (
            self.env["customer.complaint.archive.document"]
            .sudo()
            ._read_group(
                [("card_id", "in", self.card_id.ids)], ["card_id"], ["id:array_agg"]
            )
        )
        for card, ids in groups:
            filed[card.id].update(ids)
        return filed

    def _read_files(self):
        """Return how many files the cards have, and which cannot be read.

        :return: number of files, and a counter of the unreadable ones by the id of
            the type of their paper (None: the printed card), by id of the card
        :rtype: dict[int, tuple[int, Counter]]
        """
        Attachment = self.env["ir.attachment"]
        self.env["customer.complaint.archive.document"].flush_model()
        Attachment.flush_model()
        ids = tuple(self.card_id.ids) or (0,)
        rows = self.env.execute_query(
            SQL(
                """SELECT paper.card_id, paper.type_id, file.store_fname,
                          file.file_size, octet_length(file.db_datas)
                     FROM customer_complaint_archive_document paper
                     JOIN customer_complaint_archive_document_attachment_rel rel
                       ON rel.document_id = paper.id
                     JOIN ir_attachment file ON file.id = rel.attachment_id
                    WHERE paper.card_id IN %(ids)s
                    UNION ALL
                   SELECT card.id, NULL, file.store_fname, file.file_size,
                          octet_length(file.db_datas)
                     FROM customer_complaint_archive_card card
                     JOIN ir_attachment file ON file.id = card.pdf_id
                    WHERE card.id IN %(ids)s""",
                ids=ids,
            )
        )
        counts, unreadable = Counter(), defaultdict(Counter)
        for card_id, type_id, name, size, stored in rows:
            counts[card_id] += 1
            found = _get_size(Attachment._full_path(name)) if name else stored or 0
            if found != (size or 0):
                unreadable[card_id][type_id] += 1
        return {
            card_id: (count, unreadable[card_id]) for card_id, count in counts.items()
        }


def _get_paper_ids(content):
    """Return the ids of the papers in a sealed content, or False."""
    try:
        papers = json.loads(content)["parts"].get(DOCUMENT, ())
        return {paper["id"] for paper in papers}
    except (AttributeError, TypeError, ValueError, KeyError):
        return False


def _get_size(path):
    """Return the size of a file that can be read, in bytes; -1 of others."""
    try:
        with open(path, "rb") as stream:
            return os.fstat(stream.fileno()).st_size
    except OSError:
        return -1
