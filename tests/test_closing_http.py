"""Whoever adds to a case and whoever closes it, by a web server with workers.

Both press their buttons within a moment, on two workers: one of them is refused or
starts anew, and the check of the archive finds nothing afterwards.
"""

import json
import random
import time
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from web import Browser, WebServer, stop_servers

pytestmark = pytest.mark.slow

# With what can be added to a case.
MODULES = "customer_complaint_archive,customer_complaint_investigation"
# Of each way to add.
ROUNDS = 4
# How far apart the two are at most, in seconds.
APART = 0.25
LOGIN = "admin"

PREPARE = """
from odoo.fields import Command

env.ref("base.user_admin").group_ids += env.ref(
    "customer_complaint.group_complaint_manager")
env.ref("base.user_admin").password = "admin"
partner = env["res.partner"].create({"name": "李娜"})
admin = env(user=env.ref("base.user_admin"))
cases = admin["customer.complaint"].create([
    {
        "category_id": env.ref("customer_complaint.category_service_attitude").id,
        "channel_id": env.ref("customer_complaint.channel_counter").id,
        "partner_id": partner.id,
        "description": "等待超过一小时。",
    }
    for _n in range(COUNT)
])
cases.action_accept()
file = lambda case: Command.create({"name": "照片.txt", "raw": b"%d" % case.id})
admin["customer.complaint.archive.document"].create([
    {
        "complaint_id": case.id,
        "type_id": env.ref("customer_complaint.document_type_photo").id,
        "attachment_ids": [file(case)],
    }
    for case in cases
])
env.cr.commit()
result = {
    "cases": [[case.id, case.document_ids.id] for case in cases],
    "type": env.ref("customer_complaint.document_type_photo").id,
    "partner": partner.id,
    "today": str(env.company._complaint_today()),
}
print("RESULT=" + __import__("json").dumps(result))
"""
CHECK = """
check = env["customer.complaint.archive.check"]._start(env.company)
while check._run_batch():
    pass
found = [(f.kind, f.card_name, f.detail) for f in check.finding_ids]
sealed = env["customer.complaint.archive.card"].search_count([
    ("state", "=", "sealed"), ("complaint_id", "in", %s)])
print("RESULT", check.state, sealed, found)
"""


@pytest.fixture
def web_server(tmp_path):
    """Start a server with two workers: ``server = web_server(db)``."""
    started = []

    def start(db):
        options = ("--max-cron-threads=0", "--log-level=warn")
        started.append(WebServer(db, tmp_path / "server.log", *options))
        started[-1].wait()
        return started[-1]

    yield start
    stop_servers(started)


def make_ways(facts):
    """Return what people add, by a browser, to a case with a paper."""
    data = b64encode(b"evidence").decode()
    file = [0, 0, {"name": "证据.txt", "datas": data}]
    return {
        "a paper": lambda browser, case, paper: browser.call(
            "customer.complaint.archive.document",
            "create",
            [
                {
                    "complaint_id": case,
                    "type_id": facts["type"],
                    "attachment_ids": [file],
                }
            ],
        ),
        "evidence": lambda browser, case, paper: browser.call(
            "customer.complaint.evidence",
            "create",
            [{"complaint_id": case, "name": "录像", "attachment_ids": [file]}],
        ),
        "a message": lambda browser, case, paper: browser.call(
            "customer.complaint", "message_post", [case], body="顾客来电"
        ),
        "a notice": lambda browser, case, paper: browser.call(
            "customer.complaint.notice",
            "create",
            [
                {
                    "complaint_id": case,
                    "kind": "other",
                    "way": "phone",
                    "partner_id": facts["partner"],
                    "proof_ref": "10:05",
                }
            ],
        ),
        "a paper deleted": lambda browser, case, paper: browser.call(
            "customer.complaint.archive.document", "unlink", [paper]
        ),
        "a file": lambda browser, case, paper: browser.call(
            "ir.attachment",
            "create",
            [
                {
                    "name": "附件.txt",
                    "datas": data,
                    "res_model": "customer.complaint",
                    "res_id": case,
                }
            ],
        ),
    }


def test_closing_while_somebody_adds(scratch_db, run_odoo, run_odoo_shell, web_server):
    db = scratch_db()
    run_odoo(db, "-i", MODULES)
    count = ROUNDS * 6
    output = run_odoo_shell(db, f"COUNT = {count}\n{PREPARE}")
    [line] = [line for line in output.splitlines() if "RESULT=" in line]
    facts = json.loads(line.partition("RESULT=")[2])
    server = web_server(db)
    adder, closer = Browser(server, db, LOGIN), Browser(server, db, LOGIN)
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    moments = random.Random(seed)
    cases = iter(facts["cases"])
    outcomes = []
    with ThreadPoolExecutor(2) as pool:
        for name, add in make_ways(facts).items():
            for _round in range(ROUNDS):
                case, paper = next(cases)
                barrier = Barrier(2)
                delays = moments.uniform(0, APART), moments.uniform(0, APART)

                def run(deed, delay, barrier=barrier):
                    barrier.wait(60)
                    # As people do: not in the very same instant.
                    time.sleep(delay)
                    return deed()

                adding = pool.submit(
                    run,
                    lambda add=add, case=case, paper=paper: add(adder, case, paper),
                    delays[0],
                )
                closing = pool.submit(
                    run,
                    lambda case=case: closer.call(
                        "customer.complaint",
                        "write",
                        [case],
                        {
                            "state": "withdrawn",
                            "date_withdrawn": facts["today"],
                            "withdrawal_reason": "已和解",
                        },
                    ),
                    delays[1],
                )
                errors = adding.result().error, closing.result().error
                outcomes.append((name, *errors))
    for name, added, closed in outcomes:
        # Refused in words, or done.
        assert closed is None, outcomes
        assert added in (None, "odoo.exceptions.UserError"), (name, outcomes)
    ids = [case for case, _paper in facts["cases"]]
    output = run_odoo_shell(db, CHECK % ids)
    assert f"RESULT passed {count} []" in output, (output, outcomes)
