"""What people do all day costs among 1,000, 10,000 and 100,000 complaints.

An agent of one team and one of all teams open, save, list, search and take a complaint
through its life, by record rules and with cold record caches. Wall time, the processor
time of Python and that of PostgreSQL, and queries, each the median of some runs.

Run by ``./dev bench``; scripts/test.sh says what the environment holds. Prints tables
and writes bench/results/scale.json with the exponents of growth between the two largest
sizes, beside those of the run in bench/baseline. ``CC_SIZES=1000000`` goes further.
"""

import os

from support.database import (
    DB,
    drop_database,
    get_exponent,
    make_database,
    read_baseline,
    run_shell,
    sql,
    write_result,
)

SIZES = tuple(
    int(size) for size in os.environ.get("CC_SIZES", "1000,10000,100000").split(",")
)
TEAMS = 20
# Of what is there, as in a company after some years.
OPEN_SHARE = 0.05
COSTS = ("wall_ms", "python_ms", "postgres_ms", "queries")
# Below it a clock measures itself.
LEAST_MS = 1.0

PREPARE = """
from odoo.fields import Command
from odoo.tests import new_test_user

def new_user(login, role="agent"):
    return new_test_user(
        env, login, groups=f"base.group_user,customer_complaint.group_complaint_{role}",
        lang="en_US", tz="Asia/Shanghai")

lone, busy = new_user("bench_lone"), new_user("bench_busy")
leaders = [new_user(f"bench_leader_{n}", "supervisor") for n in range(TEAMS)]
env["customer.complaint.team"].create([
    {
        "name": f"Shop {n}",
        "leader_id": leader.id,
        "member_ids": [Command.link(busy.id)] + ([] if n else [Command.link(lone.id)]),
    }
    for n, leader in enumerate(leaders)
])
env["res.partner"].create(
    [{"name": f"顾客{n}", "phone": f"138{n:08}"} for n in range(1000)])
env["product.product"].create([{"name": f"bench 商品{n}"} for n in range(200)])

# What the shipped categories ask to know of a matter is not what is measured.
from odoo.addons.customer_complaint.models.customer_complaint_category import NEEDS
env["customer.complaint.category"].search([]).write(dict.fromkeys(NEEDS, False))
env.cr.commit()
"""
# One of each state, taken there by hand; then copies of them.
ORIGINALS = """
import json
from support.deeds import take_to

team = env["customer.complaint.team"].search([("name", "=", "Shop 0")])
states = (
    "registered", "accepted", "investigating", "remediation", "followup", "closed"
)
print("RESULT=" + json.dumps({state: take_to(env, team, state).id for state in states}))
env.cr.commit()
"""
POPULATE = """
import json
from odoo.addons.customer_complaint.tests.crowd import make_crowd

Complaint = env["customer.complaint"]
stride = STRIDE
for state, original in ORIGINALS.items():
    is_closed = state == "closed"
    share, before = (
        max(int(size * (1 - OPEN_SHARE if is_closed else OPEN_SHARE / 5)), 0)
        for size in (SIZE, BEFORE)
    )
    stride = make_crowd(
        env, {Complaint.browse(original): share},
        env["customer.complaint.team"].search([("name", "like", "Shop ")]),
        env["res.partner"].search([("name", "like", "顾客%")]),
        env["product.product"].search([("name", "like", "bench 商品")]),
        stride, before,
    )
env.cr.commit()
print("RESULT=" + json.dumps(stride))
"""
MEASURE = """
import json, os, time
from statistics import median
from support.deeds import get_operations

env.cr.execute("SELECT pg_backend_pid()")
[(backend,)] = env.cr.fetchall()
tick = 1000 / os.sysconf("SC_CLK_TCK")

def get_postgres_ms():
    with open(f"/proc/{backend}/stat") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * tick

def measure(operation, runs=7):
    results = []
    for run in range(runs + 1):
        env.flush_all()
        env.invalidate_all()
        savepoint = env.cr.savepoint(flush=False)
        queries, postgres = env.cr.sql_log_count, get_postgres_ms()
        python, wall = time.process_time(), time.perf_counter()
        operation()
        env.flush_all()
        env.cr.flush()
        results.append((
            (time.perf_counter() - wall) * 1000,
            (time.process_time() - python) * 1000,
            get_postgres_ms() - postgres,
            env.cr.sql_log_count - queries,
        ))
        savepoint.close(rollback=True)
    # The first fills the caches of the configuration. PostgreSQL's clock ticks slowly:
    # its mean is finer than its median.
    results = results[1:]
    wall, python, postgres, queries = zip(*results)
    return {
        "wall_ms": round(median(wall), 1),
        "python_ms": round(median(python), 1),
        "postgres_ms": round(sum(postgres) / len(postgres), 1),
        "queries": median(queries),
    }

result = {}
for login in ("bench_lone", "bench_busy"):
    user = env["res.users"].search([("login", "=", login)])
    for name, operation in get_operations(env, user).items():
        result[f"{login.removeprefix('bench_')} {name}"] = measure(operation)
env.cr.rollback()
print("RESULT=" + json.dumps(result))
"""


def print_runs(runs, baseline):
    """Print wall times by size, growth, and what the kept run had."""
    names = runs[-1]["operations"]
    sizes = " ".join(f"{run['complaints']:>9}" for run in runs)
    print(f"{'wall ms among':34} {sizes}  growth  python  postgres  queries  kept")
    for name in names:
        walls = " ".join(f"{run['operations'][name]['wall_ms']:9.1f}" for run in runs)
        last = names[name]
        kept = (baseline or {}).get("operations", {}).get(name, {}).get("wall_ms", "-")
        print(
            f"{name:34} {walls}  {get_growth(runs, name):6} {last['python_ms']:7}"
            f" {last['postgres_ms']:9} {last['queries']:8.0f}  {kept}"
        )


def get_growth(runs, name):
    """Return the exponent of the wall time between the two largest sizes."""
    if len(runs) < 2:
        return "-"
    small, large = (
        {
            "complaints": run["complaints"],
            "ms": max(run["operations"][name]["wall_ms"], LEAST_MS),
        }
        for run in runs[-2:]
    )
    return get_exponent(small, large, "complaints", "ms")


def main():
    runs, stride, before = [], None, 0
    try:
        make_database()
        run_shell(PREPARE, TEAMS=TEAMS)
        shared = {"ORIGINALS": run_shell(ORIGINALS), "OPEN_SHARE": OPEN_SHARE}
        for size in SIZES:
            stride = run_shell(
                POPULATE, SIZE=size, BEFORE=before, STRIDE=stride, **shared
            )
            before = size
            sql("VACUUM ANALYZE", DB)
            runs.append({"complaints": size, "operations": run_shell(MEASURE)})
    finally:
        drop_database()
    baseline = read_baseline("scale")
    print_runs(runs, baseline["runs"][-1] if baseline else None)
    growth = {name: get_growth(runs, name) for name in runs[-1]["operations"]}
    write_result("scale", {"runs": runs, "growth_exponent": growth})


if __name__ == "__main__":
    main()
