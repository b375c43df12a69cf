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
from support.results import get_growth, print_runs, write_result

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
import json
from support.clock import get_costs

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

def seal():
    for first in range(0, len(copies), BATCH):
        left = Card.browse(copies[first:first + BATCH])._do_seal()
        assert not left, left
        env.cr.commit()
        env.invalidate_all()

costs = get_costs(env, seal)
env.cr.execute("ANALYZE")
env.cr.execute(
    "SELECT avg(length(content)) FROM customer_complaint_archive_entry"
    " WHERE card_id = ANY(%s)", (copies,))
[[length]] = env.cr.fetchall()
env.cr.commit()
print("RESULT=" + json.dumps({
    "operations": {"sealing": costs},
    "sealed": len(copies),
    "characters_per_seal": round(length),
}))
"""
MEASURE = """
import json
from support.clock import get_costs

check = env["customer.complaint.archive.check"]._start(env.company)
check._run_batch()  # what is loaded once
first = check.position

def run():
    while check._run_batch():
        env.cr.commit()

costs = get_costs(env, run)
print("RESULT=" + json.dumps({
    "operations": {"check": costs},
    "checked": check.position - first,
    "entries": check.end_position,
    "files": check.file_count,
    "state": check.state,
}))
"""


def main():
    runs = []
    try:
        make_database()
        run_shell(PREPARE)
        for size in SIZES:
            sealing = run_shell(POPULATE, SIZE=size, BATCH=BATCH)
            check = run_shell(MEASURE)
            operations = sealing["operations"] | check["operations"]
            runs.append({"cards": size, **sealing, **check, "operations": operations})
    finally:
        drop_database()
    print_runs("archive_check", runs, "cards")
    write_result(
        "archive_check", {"runs": runs, "growth_exponent": get_growth(runs, "cards")}
    )


if __name__ == "__main__":
    main()
