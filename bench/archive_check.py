"""What sealing costs, and what the check of the chain costs with 100,000 cards.

The check must walk a long chain in bounded memory: what it adds is to be the same for
10,000 and for 100,000 cards, and its time per card, too. Each card has a paper with a
file, whose bytes are read again.

Cards are copies of one, each with a product, a paper, its history and its clocks.

Run by ``./dev bench``; scripts/test.sh says what the environment holds. Prints a table
and writes bench/results/archive_check.json; bench/baseline holds a run to compare with.
"""

import os

from support.database import drop_database, make_database, run_shell
from support.results import write_result

SIZES = tuple(
    int(size) for size in os.environ.get("CC_SIZES", "10000,100000").split(",")
)
BATCH = 500

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
complaint.message_post(body="顾客来电，要求道歉。", message_type="comment")
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
# What was said and which clocks ran, as on the prototype.
for table, column, ids in (
    ("mail_message", "res_id", prototype.message_ids.ids),
    ("customer_complaint_deadline", "complaint_id", prototype.deadline_ids.ids),
):
    for source in ids:
        copy(table, source, {column: "n.complaint"})
env.cr.execute("SELECT card FROM bench_new ORDER BY no")
copies = [card_id for (card_id,) in env.cr.fetchall()]
env.cr.commit()
env.cr.execute("ANALYZE")
env.cr.commit()

# As the steps of complaints do it, in batches of a legacy import.
Card = env["customer.complaint.archive.card"]
start, before = time.perf_counter(), env.cr.sql_log_count
for first in range(0, len(copies), BATCH):
    left = Card.browse(copies[first:first + BATCH])._do_seal()
    assert not left, left
    env.cr.commit()
    env.invalidate_all()
seconds = time.perf_counter() - start
queries = env.cr.sql_log_count - before
env.cr.execute("ANALYZE")
env.cr.execute(
    "SELECT avg(length(content)) FROM customer_complaint_archive_entry"
    " WHERE card_id = ANY(%s)", (copies,))
[[length]] = env.cr.fetchall()
env.cr.commit()
print("RESULT=" + json.dumps({
    "sealing_seconds": round(seconds, 1),
    "sealed_per_second": round(len(copies) / seconds),
    "queries_per_card": round(queries / len(copies), 3),
    "characters_per_seal": round(length),
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
            sealing = run_shell(POPULATE, SIZE=size, BATCH=BATCH)
            runs.append({"cards": size, **sealing, **run_shell(MEASURE)})
            print(runs[-1], flush=True)
    finally:
        drop_database()
    write_result("archive_check", {"runs": runs})


if __name__ == "__main__":
    main()
