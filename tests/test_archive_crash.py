"""The jobs of the archive lose nothing and do nothing twice, whatever happens to them.

Real servers on one database, two at once, killed at random points of their work: while
cards are printed, destroyed and checked.
"""

import random
import time

import pytest

pytestmark = pytest.mark.slow

MODULE = "customer_complaint_archive,customer_complaint_investigation"
CARDS = 60
# As many of them are destroyed.
DUE = 40
KILL_ROUNDS = 2
# Until a worker is killed after it began, in seconds.
SHORTEST, LONGEST = 0.5, 2.5

PREPARE = f"""
from freezegun import freeze_time
from odoo.fields import Command

env.ref("base.user_admin").group_ids += env.ref(
    "customer_complaint.group_complaint_manager")
company = env["res.company"].create({{"name": "归档"}})
env.ref("base.user_admin").company_ids += company
env = env(context={{"tracking_disable": True, "allowed_company_ids": company.ids}})
partner = env["res.partner"].create({{"name": "李娜"}})
with freeze_time("2015-01-05 02:00:00"):
    complaints = env["customer.complaint"].create([
        {{
            "company_id": company.id,
            "category_id": env.ref("customer_complaint.category_service_attitude").id,
            "channel_id": env.ref("customer_complaint.channel_counter").id,
            "partner_id": partner.id,
            "description": "等待超过一小时。",
            "date_received": "2015-01-05 01:00:00",
        }}
        for _n in range({CARDS})
    ])
    complaints.action_accept()
    env["customer.complaint.archive.document"].create([
        {{
            "complaint_id": complaint.id,
            "type_id": env.ref("customer_complaint.document_type_photo").id,
            "date_filed": "2015-01-05",
            "attachment_ids": [
                Command.create({{"name": "a.txt", "raw": b"%d" % complaint.id}}),
                Command.create({{"name": "b.txt", "raw": b"the same"}}),
            ],
        }}
        for complaint in complaints
    ])
    complaints.write({{
        "state": "withdrawn",
        "date_withdrawn": "2015-01-05",
        "withdrawal_reason": "已和解",
    }})
cards = complaints.archive_card_id
assert set(cards.mapped("state")) == {{"sealed"}}, cards.mapped("seal_note")
disposal = env["customer.complaint.archive.disposal"].browse(
    cards[:{DUE}].action_propose_disposal()["res_id"])
disposal.action_propose()
disposal.with_user(env.ref("base.user_admin")).action_approve()
env["customer.complaint.archive.check"]._start(company)
env.cr.commit()
"""
# Small batches, and time enough in each to be killed in the middle of it.
WORK = """
import time
from odoo.addons.customer_complaint_archive.models import (
    customer_complaint_archive_check as check,
)

check.BATCH_SIZE = 3
Card = env["customer.complaint.archive.card"]
type(Card)._render_pdf = lambda card: b"%PDF-1.4 " + card.name.encode()

def slowly(model, name):
    # What was written stands open in the transaction: here it may be killed.
    original = getattr(type(env[model]), name)

    def method(self, *args):
        result = original(self, *args)
        self.env.flush_all()
        time.sleep(0.03)
        return result

    setattr(type(env[model]), name, method)

slowly("customer.complaint.archive.entry", "_append")
slowly("ir.attachment", "_destroy_files")
slowly("customer.complaint.archive.check", "_check_live")
print("STARTED", flush=True)
for _again in range(3):
    # Whoever meets the other at the same record leaves it for the next time.
    env["customer.complaint.archive.disposal"]._cron_archive_retention()
    Card._cron_store_pdfs()
    env["customer.complaint.archive.check"]._cron_archive_check()
print("FINISHED", flush=True)
"""
OF_COMPANY = "company_id = (select max(id) from res_company)"
ENTRIES = f"select count(*) from customer_complaint_archive_entry where {OF_COMPANY}"
CARDS_OF = f"select count(*) from customer_complaint_archive_card where {OF_COMPANY}"
FILES = (
    "select count(*) from ir_attachment f"
    " join customer_complaint_archive_document d on d.id = f.res_id"
    " join customer_complaint_archive_card c on c.complaint_id = d.complaint_id"
    " where f.res_model = 'customer.complaint.archive.document'"
)
TOTALS = {
    "entries": ENTRIES,
    "last position": "select position from customer_complaint_archive_chain"
    f" where {OF_COMPANY}",
    "done twice": "select count(*) from (select 1 from customer_complaint_archive_entry"
    f" where {OF_COMPANY} group by card_id, kind having count(*) > 1) twice",
    "ends": f"{ENTRIES} and kind = 'disposal'",
    "destroyed": f"{CARDS_OF} and state = 'disposed'",
    "lines": "select count(*) from customer_complaint_archive_disposal_line"
    f" where state = 'destroyed' and {OF_COMPANY}",
    "files of destroyed": f"{FILES} and c.state = 'disposed'",
    "files of others": f"{FILES} and c.state = 'sealed' and c.{OF_COMPANY}",
    "printed": f"{CARDS_OF} and pdf_id is not null",
    "prints": f"{ENTRIES} and kind = 'print' and card_id in (select id from"
    " customer_complaint_archive_card where state = 'sealed')",
    "told": "select count(*) from mail_message where"
    " model = 'customer.complaint.archive.disposal'"
    " and body like '%%destroyed cards: %%'",
    "checked": "select coalesce(position, 0) from customer_complaint_archive_check"
    f" where {OF_COMPANY}",
}


def test_killed_servers_lose_nothing_and_double_nothing(
    scratch_db, run_odoo, run_odoo_shell, start_workers, sql
):
    db = scratch_db()
    run_odoo(db, "-i", MODULE)
    run_odoo_shell(db, PREPARE)
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    moments = random.Random(seed)
    done = [0]
    for _round in range(KILL_ROUNDS):
        workers = start_workers(db, WORK, 2)
        for worker in workers:
            worker.wait_for("STARTED")
        waited = 0
        for worker in workers:
            # At a random point of its work, which is what is tried here.
            moment = moments.uniform(waited or SHORTEST, LONGEST)
            time.sleep(moment - waited)
            waited = moment
            assert worker.kill(), "it was done before it was killed: make it slower"
        totals = read_totals(db, sql)
        check_nothing_by_halves(totals)
        done.append(totals["entries"] - CARDS)
    assert 0 < done[-1] < DUE + CARDS, done

    for worker in start_workers(db, WORK, 2):
        worker.finish()
    totals = read_totals(db, sql)
    check_nothing_by_halves(totals)
    assert totals["destroyed"] == DUE, totals
    assert totals["printed"] == CARDS - DUE, totals
    assert totals["told"] == 1, totals
    states = sql(
        db, f"select state from customer_complaint_archive_check where {OF_COMPANY}"
    )
    assert states == [("passed",)]
    output = run_odoo_shell(db, CHECK)
    assert "RESULT passed" in output, output


# All of it once more, with the files of the cards that remain.
CHECK = """
company = env["res.company"].search([], order="id desc", limit=1)
check = env["customer.complaint.archive.check"]._start(company)
while check._run_batch():
    pass
print("RESULT", check.state, check.finding_ids.mapped("detail"))
"""


def read_totals(db, sql):
    return {name: int(sql(db, query)[0][0]) for name, query in TOTALS.items()}


def check_nothing_by_halves(totals):
    """What is recorded as done is done, once, and nothing else."""
    assert not totals["done twice"], totals
    assert totals["entries"] == totals["last position"], totals
    assert totals["ends"] == totals["destroyed"] == totals["lines"], totals
    assert not totals["files of destroyed"], totals
    assert totals["files of others"] == 2 * (CARDS - totals["destroyed"]), totals
    assert totals["prints"] == totals["printed"], totals
    assert totals["told"] <= 1, totals
