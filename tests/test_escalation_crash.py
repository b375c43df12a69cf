"""The job that escalates loses nothing and does nothing twice, whatever happens to it.

Real servers on one database, two at once, killed at random points of their work.
"""

import random
import time

import pytest

pytestmark = pytest.mark.slow

MODULE = "customer_complaint"
COMPLAINTS = 150
# Remind, at the limit, after the limit: the limits passed long ago.
LEVELS = 3
KILL_ROUNDS = 2
# Until a worker is killed after it began, in seconds.
SHORTEST, LONGEST = 0.1, 1.2

PREPARE = f"""
from datetime import timedelta
from odoo import fields

# At any hour of the day.
env["customer.complaint.escalation.rule"].search([]).only_working_hours = False
# The stories of the demo data are left out.
env["customer.complaint.deadline"].search([]).date_next_escalation = False
env["customer.complaint"].with_context(tracking_disable=True).create([
    {{
        "category_id": env.ref("customer_complaint.category_service_attitude").id,
        "channel_id": env.ref("customer_complaint.channel_counter").id,
        "description": "等待超过一小时。",
        "user_id": env.ref("base.user_admin").id,
        "date_received": fields.Datetime.now() - timedelta(days=60),
    }}
    for _n in range({COMPLAINTS})
])
env.cr.commit()
"""
# Small batches, and time enough in each to be killed in the middle of it.
WORK = """
import time
from odoo.addons.customer_complaint_deadline.models import (
    customer_complaint_deadline_escalated as run,
)

run.BATCH_SIZE = 3
original = run.CustomerComplaintDeadlineEscalated._write_notes

def write_notes(self, steps, now):
    self.env.flush_all()
    # What was written stands open in the transaction: here it may be killed.
    time.sleep(0.04)
    return original(self, steps, now)

type(env["customer.complaint.deadline"])._write_notes = write_notes
print("STARTED", flush=True)
env["customer.complaint.deadline"]._cron_escalate_deadlines()
print("FINISHED", flush=True)
"""
LEFT = (
    "select count(*) from customer_complaint_deadline"
    " where date_next_escalation <= now() at time zone 'utc'"
)
TOTALS = {
    "escalations": "select count(*) from customer_complaint_escalation",
    "done twice": "select count(*) from (select 1 from customer_complaint_escalation"
    " group by deadline_id, rule_id having count(*) > 1) twice",
    "counted": "select coalesce(sum(escalation_count), 0) from customer_complaint",
    "to-dos due": "select count(*) from customer_complaint_escalation e"
    " join customer_complaint_escalation_user_rel u on u.escalation_id = e.id"
    " where e.did_todo",
    "to-dos": "select count(*) from mail_activity"
    " where res_model = 'customer.complaint'"
    " and summary like 'Late: %%'",
    "mails due": "select count(*) from customer_complaint_escalation e"
    " join customer_complaint_escalation_user_rel u on u.escalation_id = e.id"
    " where e.did_mail",
    "mails": "select count(*) from mail_mail mail"
    " join mail_message m on m.id = mail.mail_message_id"
    " where m.subject like 'Late: %%' and mail.state = 'outgoing'",
    "notes": "select coalesce(sum("
    " (length(body) - length(replace(body, 'Escalated to level', ''))) / 18), 0)"
    " from mail_message where model = 'customer.complaint'",
}


def test_killed_servers_lose_nothing_and_double_nothing(
    scratch_db, run_odoo, run_odoo_shell, start_workers, sql
):
    db = scratch_db()
    run_odoo(db, "-i", MODULE)
    run_odoo_shell(db, PREPARE)
    assert sql(db, LEFT) == [(COMPLAINTS,)]
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    moments = random.Random(seed)
    done = [0]
    for _round in range(KILL_ROUNDS):
        workers = start_workers(db, WORK, 2)
        for worker in workers:
            worker.wait_for("STARTED")
        for worker in workers:
            # At a random point of its work, which is what is tried here.
            time.sleep(moments.uniform(SHORTEST, LONGEST))
            assert worker.kill(), "it was done before it was killed: make it slower"
        totals = read_totals(db, sql)
        check_nothing_by_halves(totals)
        done.append(totals["escalations"])
    assert 0 < done[-1] < COMPLAINTS * LEVELS, done

    for worker in start_workers(db, WORK, 2):
        worker.finish()
    totals = read_totals(db, sql)
    check_nothing_by_halves(totals)
    assert totals["escalations"] == COMPLAINTS * LEVELS
    assert sql(db, LEFT) == [(0,)]


def read_totals(db, sql):
    return {name: int(sql(db, query)[0][0]) for name, query in TOTALS.items()}


def check_nothing_by_halves(totals):
    """What is recorded as done is there, and nothing else."""
    assert not totals["done twice"], totals
    assert totals["counted"] == totals["escalations"] == totals["notes"], totals
    assert totals["to-dos"] == totals["to-dos due"] > 0, totals
    assert totals["mails"] == totals["mails due"] > 0, totals
