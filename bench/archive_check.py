"""What sealing costs, and what the check of the chain costs with 100,000 cards.

The check must walk a long chain in bounded memory: what it adds is to be the same for
10,000 and for 100,000 cards, and its time per card, too. Each card has a paper with a
file, whose bytes are read again.

Cards are copies of one, most of them sealed in bulk by the functions that seal.

Run by ``./dev bench``; scripts/test.sh says what the environment holds. Prints a table
and writes bench/results/archive_check.json; bench/baseline holds a run to compare with.
"""

import json
import os

from escalation import ROOT, drop_database, make_database, run_shell

SIZES = tuple(
    int(size) for size in os.environ.get("CC_SIZES", "10000,100000").split(",")
)
BATCH = 500
# So many are sealed as in daily work; the rest is written in bulk, which is quicker.
SEALED = 2000

PREPARE = """
from odoo.fields import Command

complaint = env["customer.complaint"].create({
    "subject": "prototype",
    "partner_id": env["res.partner"].create({"name": "李娜"}).id,
    "category_id": env.ref("customer_complaint.category_service_attitude").id,
    "channel_id": env.ref("customer_complaint.channel_counter").id,
    "description": "等待超过一小时。",
    "line_ids": [Command.create({"product_name": "面霜"})],
})
complaint.action_accept()
env["customer.complaint.archive.document"].create({
    "complaint_id": complaint.id,
    "type_id": env.ref("customer_complaint.document_type_photo").id,
    "attachment_ids": [Command.create({"name": "照片.txt", "raw": b"photo" * 10000})],
})
complaint.write({
    "state": "withdrawn",
    "date_withdrawn": env.company._complaint_today(),
    "withdrawal_reason": "已和解",
})
env.cr.commit()
"""
# Copies of the prototype and of all that hangs on it; the cards are still to be sealed.
POPULATE = """
import json, time

def copy(table, source, changed=None):
    env.cr.execute(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_name = %s AND table_schema = 'public'", (table,))
    names = [n for (n,) in env.cr.fetchall() if n != "id" and n not in (changed or {})]
    values = ", ".join([*("p." + n for n in names), *(changed or {}).values()])
    env.cr.execute(
        f"INSERT INTO {table} ({', '.join([*names, *(changed or {})])})"
        f" SELECT {values} FROM {table} p, bench_new n WHERE p.id = %s ORDER BY n.no",
        (source,))

prototype = env["customer.complaint"].search([("subject", "=", "prototype")], limit=1)
card = prototype.archive_card_id
paper = card.document_ids
file = paper.attachment_ids
env.cr.execute("SELECT count(*) FROM customer_complaint WHERE name LIKE 'BENCH/%%'")
[[known]] = env.cr.fetchall()
env.cr.execute(
    "CREATE TEMP TABLE bench_new AS SELECT no, 'BENCH/' || no AS name,"
    " NULL::int AS complaint, NULL::int AS card, NULL::int AS paper"
    " FROM generate_series(%s, %s) no", (known + 1, SIZE))
copy("customer_complaint", prototype.id,
     {"name": "n.name", "subject": "'copy'", "archive_card_id": "NULL"})
env.cr.execute(
    "UPDATE bench_new n SET complaint = c.id FROM customer_complaint c"
    " WHERE c.name = n.name")
copy("customer_complaint_archive_card", card.id, {
    "complaint_id": "n.complaint", "name": "'/'", "state": "'open'",
    "archive_serial": "0", "digest": "NULL", "previous_digest": "NULL",
    "sealed_date": "NULL", "sealed_by_id": "NULL", "position": "NULL",
    "pdf_id": "NULL"})
env.cr.execute(
    "UPDATE bench_new n SET card = c.id FROM customer_complaint_archive_card c"
    " WHERE c.complaint_id = n.complaint")
env.cr.execute(
    "UPDATE customer_complaint c SET archive_card_id = n.card FROM bench_new n"
    " WHERE n.complaint = c.id")
copy("customer_complaint_line", prototype.line_ids.id,
     {"complaint_id": "n.complaint"})
copy("customer_complaint_archive_document", paper.id,
     {"complaint_id": "n.complaint", "card_id": "n.card"})
env.cr.execute(
    "UPDATE bench_new n SET paper = d.id FROM customer_complaint_archive_document d"
    " WHERE d.complaint_id = n.complaint")
copy("ir_attachment", file.id, {"res_id": "n.paper"})
env.cr.execute(
    "INSERT INTO customer_complaint_archive_document_attachment_rel"
    " (document_id, attachment_id) SELECT n.paper, f.id FROM bench_new n"
    " JOIN ir_attachment f ON f.res_id = n.paper"
    " AND f.res_model = 'customer.complaint.archive.document'")
env.cr.execute(
    "SELECT n.card, n.complaint, n.name, n.paper, l.id, f.id FROM bench_new n"
    " JOIN customer_complaint_line l ON l.complaint_id = n.complaint"
    " JOIN ir_attachment f ON f.res_id = n.paper"
    " AND f.res_model = 'customer.complaint.archive.document' ORDER BY n.no")
copies = env.cr.fetchall()
env.cr.commit()
env.cr.execute("ANALYZE")
env.cr.commit()

# As the steps of complaints do it, in batches of a legacy import.
Card = env["customer.complaint.archive.card"]
sealed, rest = copies[:SEALED], copies[SEALED:]
start, before = time.perf_counter(), env.cr.sql_log_count
for first in range(0, len(sealed), BATCH):
    left = Card.browse(row[0] for row in sealed[first:first + BATCH])._do_seal()
    assert not left, left
    env.cr.commit()
    env.invalidate_all()
seconds = time.perf_counter() - start
queries = env.cr.sql_log_count - before

# The others are written as they would be sealed, with the functions that do it: the
# check then finds whether each is.
from odoo.addons.customer_complaint.tools.seal import (
    digest_entry, digest_text, to_canonical_json)
Entry = env["customer.complaint.archive.entry"]
model = Card.browse(sealed[0][0])
seal = model.entry_ids.filtered(lambda entry: entry.kind == "seal")
content = json.loads(seal.content)
vals = {"archive_category_id": model.archive_category_id.id,
        "archive_year": model.archive_year}
env.cr.execute(
    "SELECT position FROM customer_complaint_archive_chain WHERE company_id = %s",
    (model.company_id.id,))
[[position]] = env.cr.fetchall()
[last] = Entry.search(
    [("company_id", "=", model.company_id.id), ("position", "=", position)])
previous = last.digest
env.cr.execute(
    "SELECT max(archive_serial) FROM customer_complaint_archive_card"
    " WHERE archive_category_id = %s", (model.archive_category_id.id,))
[[serial]] = env.cr.fetchall()
header = {
    "version": seal.version, "company_id": seal.company_id.id, "kind": seal.kind,
    "date": seal.date, "user_id": seal.user_id.id}
rows = []
bulk_start = time.perf_counter()
for card_id, complaint_id, name, paper_id, line_id, file_id in rest:
    position, serial = position + 1, serial + 1
    number = Card._format_number(
        {**vals, "archive_serial": serial}, model.company_id.complaint_archive_prefix)
    content["card"].update(
        id=card_id, name=number, complaint_id={"id": complaint_id, "name": name})
    content["complaint"].update(id=complaint_id, name=name)
    content["lines"][0]["id"] = line_id
    content["papers"][0]["id"] = paper_id
    content["papers"][0]["files"][0]["id"] = file_id
    text = to_canonical_json(content)
    row = {**header, "position": position, "previous_digest": previous,
           "card_id": card_id, "card_name": number, "content": text,
           "content_digest": digest_text(text)}
    row["digest"] = digest_entry(Entry._get_header(row))
    rows.append({**row, "serial": serial})
    previous = row["digest"]

from psycopg2.extras import execute_values
names = [*header, "position", "previous_digest", "card_id", "card_name", "content",
         "content_digest", "digest"]
if rows:
    execute_values(
        env.cr._obj,
        f"INSERT INTO customer_complaint_archive_entry ({', '.join(names)}) VALUES %s",
        [[row[n] for n in names] for row in rows], page_size=1000)
    execute_values(
        env.cr._obj,
        "UPDATE customer_complaint_archive_card c SET state = 'sealed',"
        " name = v.number, archive_serial = v.serial, position = v.position,"
        " digest = v.digest, previous_digest = v.previous,"
        " archive_year = m.archive_year,"
        " archive_category_id = m.archive_category_id, sealed_date = m.sealed_date,"
        " sealed_by_id = m.sealed_by_id, retention_until = m.retention_until,"
        " issuing_department = m.issuing_department"
        " FROM customer_complaint_archive_card m, (VALUES %s) v"
        " (id, number, serial, position, digest, previous)"
        f" WHERE c.id = v.id AND m.id = {model.id}",
        [[row["card_id"], row["card_name"], row["serial"], row["position"],
          row["digest"], row["previous_digest"]] for row in rows], page_size=1000)
    env.cr.execute(
        "UPDATE customer_complaint_archive_chain SET position = %s"
        " WHERE company_id = %s", (position, model.company_id.id))
    env.cr.execute(
        "UPDATE customer_complaint_archive_document d SET is_sealed = true"
        " FROM bench_new n WHERE d.id = n.paper")
env.cr.commit()
env.cr.execute("ANALYZE")
env.cr.commit()
print("RESULT=" + json.dumps({
    "sealed": len(sealed),
    "sealing_seconds": round(seconds, 1),
    "sealed_per_second": round(len(sealed) / seconds),
    "queries_per_card": round(queries / len(sealed), 3),
    "written_in_bulk": len(rows),
    "bulk_seconds": round(time.perf_counter() - bulk_start, 1),
}))
"""
MEASURE = """
import json, resource, time

check = env["customer.complaint.archive.check"]._start(env.company)
check._run_batch()  # what is loaded once
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
before, start, first = env.cr.sql_log_count, time.perf_counter(), check.position
while check._run_batch():
    env.cr.commit()
seconds = time.perf_counter() - start
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
cards = check.position - first
print("RESULT=" + json.dumps({
    "entries": check.end_position,
    "files": check.file_count,
    "state": check.state,
    "seconds": round(seconds, 1),
    "cards_per_second": round(cards / seconds),
    "queries_per_1000_cards": round((env.cr.sql_log_count - before) * 1000 / cards, 1),
    "peak_memory_mib": round(peak / 1024),
    "memory_added_mib": round((peak - memory) / 1024),
}))
"""


def main():
    runs = []
    try:
        make_database()
        run_shell(PREPARE)
        for size in SIZES:
            sealing = run_shell(
                POPULATE, SIZE=size, BATCH=BATCH, SEALED=min(SEALED, size)
            )
            runs.append({"cards": size, **sealing, **run_shell(MEASURE)})
            print(runs[-1], flush=True)
    finally:
        drop_database()
    target = ROOT / "bench" / "results" / "archive_check.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps({"runs": runs}, indent=2) + "\n")


if __name__ == "__main__":
    main()
