"""What the job that escalates costs, and what clocks cost when complaints are opened.

The job must read what is due and nothing else: with 1,000 complaints due its time,
queries and memory are to be the same among 1,000, 10,000 and 50,000 open ones, and each
escalation is to take no more than 2 ms of the processor.

Run by ``./dev bench``; scripts/test.sh says what the environment holds. Prints a table
and writes bench/results/escalation.json; bench/baseline holds a run to compare with.
"""

import json

from support.database import (
    DB,
    drop_database,
    make_database,
    run_shell,
    sql,
)
from support.results import get_growth, print_runs, write_result

SIZES = (1_000, 10_000, 50_000)
DUE = 1_000

PREPARE = """
from datetime import timedelta
from odoo import fields

env["customer.complaint.escalation.rule"].search([]).only_working_hours = False
env["customer.complaint.deadline"].search([]).date_next_escalation = False
team = env.company.complaint_team_id
env["customer.complaint"].create({
    "subject": "prototype",
    "category_id": env.ref("customer_complaint.category_service_attitude").id,
    "channel_id": env.ref("customer_complaint.channel_counter").id,
    "description": "等待超过一小时。",
    "user_id": env.ref("base.user_admin").id,
    # Reminder and limit have passed.
    "date_received": fields.Datetime.now() - timedelta(hours=25),
})
env.cr.commit()
"""
# Copies of the prototype, quicker than opening them; some are due, the others later.
POPULATE = """
def columns(table, *left_out):
    env.cr.execute(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_name = %s AND table_schema = 'public'", (table,))
    return [name for (name,) in env.cr.fetchall() if name not in ("id", *left_out)]

prototype = env["customer.complaint"].search([("subject", "=", "prototype")], limit=1)
env.cr.execute("SELECT count(*) FROM customer_complaint WHERE name LIKE 'BENCH/%%'")
[[known]] = env.cr.fetchall()
names = columns(
    "customer_complaint", "name", "subject", "archive_card_id",
    "escalation_count", "escalation_level", "date_escalated")
env.cr.execute(
    f"INSERT INTO customer_complaint (name, subject, {', '.join(names)})"
    f" SELECT 'BENCH/' || n, 'copy', {', '.join('p.' + name for name in names)}"
    " FROM customer_complaint p, generate_series(%s, %s) n WHERE p.id = %s",
    (known + 1, SIZE, prototype.id))
names = columns("customer_complaint_deadline", "complaint_id", "date_next_escalation")
env.cr.execute(
    f"INSERT INTO customer_complaint_deadline (complaint_id, {', '.join(names)})"
    f" SELECT c.id, {', '.join('d.' + name for name in names)}"
    " FROM customer_complaint_deadline d, customer_complaint c"
    " WHERE d.complaint_id = %s AND c.name LIKE 'BENCH/%%' AND NOT EXISTS ("
    "  SELECT 1 FROM customer_complaint_deadline o WHERE o.complaint_id = c.id)",
    (prototype.id,))
env.cr.execute(
    "UPDATE customer_complaint_deadline SET date_next_escalation = '2999-01-01'"
    " WHERE state = 'running' AND date_next_escalation IS NULL")
env.cr.execute(
    "UPDATE customer_complaint_deadline SET date_next_escalation = '2020-01-01'"
    " WHERE id IN (SELECT d.id FROM customer_complaint_deadline d"
    "  JOIN customer_complaint c ON c.id = d.complaint_id"
    "  WHERE d.state = 'running' AND c.escalation_count IS NULL"
    "  AND c.name LIKE 'BENCH/%%' ORDER BY md5(d.id::text) LIMIT %s)", (DUE,))
env.cr.commit()
"""
MEASURE = """
import json
from support.clock import get_costs

Deadline = env["customer.complaint.deadline"]
Escalation = env["customer.complaint.escalation"]
known = Escalation.search_count([])
Deadline.search([], limit=1)
costs = get_costs(env, Deadline._cron_escalate_deadlines)
done = Escalation.search_count([]) - known
env.cr.execute(
    "EXPLAIN SELECT id FROM customer_complaint_deadline"
    " WHERE date_next_escalation <= now() ORDER BY date_next_escalation, id LIMIT 100"
    " FOR NO KEY UPDATE SKIP LOCKED")
plan = " ".join(row[0] for row in env.cr.fetchall())
print("RESULT=" + json.dumps({
    "escalations": done,
    "processor_ms_of_each": (costs["python_ms"] + costs["postgres_ms"]) / done,
    "operations": {"the job": costs},
    "index_is_used": "next_escalation_idx" in plan,
}))
"""
CREATE = """
import json, time
from odoo.fields import Command

policy = env["customer.complaint.policy"].create({
    "name": "five milestones",
    "milestone_ids": [
        Command.create({
            "name": f"milestone {n}", "start_event": "received", "done_event": "told",
            "length": n, "clock": clock,
        })
        for n, clock in enumerate(
            ("natural_days", "working_days", "elapsed_hours", "working_hours",
             "natural_days"), start=3)
    ],
})

def prepare(count):
    return [{
        "category_id": env.ref("customer_complaint.category_service_attitude").id,
        "channel_id": env.ref("customer_complaint.channel_counter").id,
        "description": "等待超过一小时。",
    } for _n in range(count)]

def measure(count):
    for _warm in range(2):
        env.flush_all()
        env.cr.flush()
        env.invalidate_all()
        vals_list = prepare(count)
        before, start = env.cr.sql_log_count, time.perf_counter()
        env["customer.complaint"].create(vals_list)
        env.flush_all()
        env.cr.flush()
        seconds = time.perf_counter() - start
    return {"queries": env.cr.sql_log_count - before, "seconds": round(seconds, 3)}

result = {}
env["customer.complaint.policy"].search([("id", "!=", policy.id)]).active = False
for name, default in (("without_policy", policy.browse()), ("five_milestones", policy)):
    env.company.complaint_policy_id = default
    result[name] = {"one": measure(1), "batch_of_500": measure(500)}
print("RESULT=" + json.dumps(result))
env.cr.rollback()
"""


def main():
    runs = []
    try:
        make_database()
        run_shell(PREPARE)
        creation = run_shell(CREATE)
        for size in SIZES:
            run_shell(POPULATE, SIZE=size, DUE=DUE)
            sql("ANALYZE", DB)
            runs.append({"open": size, "due": DUE, **run_shell(MEASURE)})
            print(runs[-1], flush=True)
    finally:
        drop_database()
    print_runs("escalation", runs, "open")
    print(json.dumps(creation))
    write_result(
        "escalation",
        {
            "runs": runs,
            "growth_exponent": get_growth(runs, "open"),
            "creation": creation,
        },
    )


if __name__ == "__main__":
    main()
