"""Two servers on one database with a copy for reading, and a shared file store.

As docs/scaling.md sets it up: a primary and a standby that follows it, both made here,
and two web servers with two workers and a cron each. What only reads is answered by the
standby, what writes by the primary, whichever server is asked.
"""

import configparser
import json
import os
import shutil
import tempfile
import time
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Barrier

import pytest
from cluster import STANDBY_PORT, Cluster
from web import Browser, WebServer, stop_servers

pytestmark = pytest.mark.slow

MODULES = "customer_complaint_archive,customer_complaint_confidential"
COMPLAINT = "customer.complaint"
REMEDIATION = "customer.complaint.remediation"
DOCUMENT = "customer.complaint.archive.document"
# Late ones, to be escalated on three levels each.
LATE, LEVELS = 40, 3
# Of approving at once, and of reading what was written in the moment before.
ROUNDS = 4
READING_ROUNDS = 20
# What servers may say: refusals, what is done once more, and that the standby is gone.
EXPECTED = " odoo.http: |could not serialize access|Failed to open a readonly cursor"
# What they say when a call that was to read only wants to write.
RETRIES = "retrying with a read/write cursor"
CRON_TIMEOUT = 60
USER_ERROR = "odoo.exceptions.UserError"
FORM = {"name": {}, "description": {}, "demand": {}, "state": {}, "line_ids": {}}

PREPARE = f"""
import json
from datetime import timedelta
from odoo import fields
from odoo.fields import Command
from odoo.tests import new_test_user

def new_user(login, *roles):
    groups = [f"customer_complaint.group_complaint_{{role}}" for role in roles]
    return new_test_user(
        env, login, groups=",".join(["base.group_user", *groups]),
        lang="en_US", tz="Asia/Shanghai")

# The administrator presses the buttons of the jobs; nothing runs by itself before.
env["ir.cron"].with_context(active_test=False).search([]).active = False
env.ref("base.user_admin").password = "admin"
env.ref("base.user_admin").group_ids += env.ref(
    "customer_complaint.group_complaint_manager")
people = {{
    login: new_user(login, *roles).id
    for login, roles in {{
        "clerk_one": ["agent"], "head_one": ["manager", "archivist"],
        "head_two": ["manager", "archivist"],
    }}.items()
}}
clerk_env = env(user=people["clerk_one"], context={{"tracking_disable": True}})
team = env["customer.complaint.team"].create(
    {{"name": "Shop", "member_ids": [Command.link(people["clerk_one"])]}})
vals = {{
    "partner_id": env["res.partner"].create({{"name": "李娜"}}).id,
    "category_id": env.ref("customer_complaint.category_service_attitude").id,
    "channel_id": env.ref("customer_complaint.channel_counter").id,
    "team_id": team.id,
    "user_id": people["clerk_one"],
    "description": "等待超过一小时。",
}}
env["customer.complaint.escalation.rule"].search([]).only_working_hours = False
env["customer.complaint.deadline"].search([]).date_next_escalation = False
received = fields.Datetime.now() - timedelta(days=60)
clerk_env["customer.complaint"].create(
    [{{**vals, "date_received": received}} for _n in range({LATE})])
cases = clerk_env["customer.complaint"].create([vals] * ({ROUNDS} + 2))
cases.action_accept()
remediations = clerk_env["customer.complaint.remediation"].create([
    {{
        "complaint_id": case.id,
        "note": "单据齐全。",
        "line_ids": [Command.create({{"kind": "compensation", "amount": 200}})],
    }}
    for case in cases[:{ROUNDS}]
])
remediations.action_ask()

def file(case, kind, name, content):
    return clerk_env["customer.complaint.archive.document"].create({{
        "complaint_id": case.id,
        "type_id": env.ref(f"customer_complaint.document_type_{{kind}}").id,
        "attachment_ids": [Command.create({{"name": name, "raw": content}})],
    }})

file(cases[-1], "photo", "照片.txt", b"a photograph")
secret = file(cases[-2], "medical", "病历.txt", b"a medical record")
plain = file(cases[-2], "photo", "照片.txt", b"a photograph of a face")
env.cr.commit()
result = {{
    "vals": vals,
    "remediations": remediations.ids,
    "case": cases[-1].id,
    "secret": secret.attachment_ids.id,
    "plain": plain.id,
    "plain_file": plain.attachment_ids.id,
    "today": str(env.company._complaint_today()),
    "jobs": {{
        name: env.ref(f"customer_complaint_{{name}}").id
        for name in ("deadline.cron_escalate_deadlines", "archive.cron_archive_pdf")
    }},
}}
print("RESULT=" + json.dumps(result))
"""
ESCALATIONS = "select count(*) from customer_complaint_escalation"
TWICE = (
    "select count(*) from (select 1 from customer_complaint_escalation"
    " group by deadline_id, rule_id having count(*) > 1) twice"
)
APPROVALS = (
    "select count(*) from customer_complaint_approval"
    " where remediation_id = %s and decision = 'approved'"
)
SIGHTS = (
    "select count(*) from customer_complaint_archive_access_log"
    " where attachment_number = %s"
)
# The cron of each server waits there to hear that there is something to do.
CRONS = (
    "select count(*) from pg_stat_activity"
    " where datname = 'postgres' and application_name like 'odoo-%%'"
)


class Site:
    """All that the steps of the test work with."""

    def __init__(self, cluster, db, servers, facts):
        self.cluster = cluster
        self.db = db
        self.first, self.second = servers
        self.facts = facts
        self.head_one = Browser(self.first, db, "head_one")
        self.head_two = Browser(self.second, db, "head_two")
        self.clerk_one = Browser(self.first, db, "clerk_one")
        # Sessions are files in what the servers share.
        self.clerk_two = Browser(self.second, db, "clerk_one", session=self.clerk_one)

    def ask(self, query, *params, **kwargs):
        return self.cluster.ask(query, *params, db=self.db, **kwargs)

    def open_complaint(self, **vals):
        """Open a complaint on the first server; return what its form then shows."""
        browser = self.clerk_one
        answer = browser.call(
            COMPLAINT, "web_save", [], {**self.facts["vals"], **vals}, FORM
        )
        assert not answer.error, answer
        assert browser.find_cursor(answer.address) == "rw"
        return answer.result[0]

    def read_form(self, record_id):
        """Read a form on the second server: on the standby."""
        answer = self.clerk_two.call(COMPLAINT, "web_read", [record_id], FORM)
        assert self.clerk_two.find_cursor(answer.address) == "ro"
        assert not answer.error, answer
        return answer.result

    def read_list(self):
        """Read the newest of the list on the second server: on the standby."""
        answer = self.clerk_two.call(
            *(COMPLAINT, "web_search_read", [], {"name": {}}),
            limit=5,
            order="id desc",
        )
        assert self.clerk_two.find_cursor(answer.address) == "ro"
        assert not answer.error, answer
        return [record["id"] for record in answer.result["records"]]


@pytest.fixture
def cluster():
    """Make a primary, without its standby yet."""
    # Where the user postgres gets to, by a path that is short enough for a socket.
    folder = Path(tempfile.mkdtemp(prefix="cc_replica_", dir="/var/tmp"))
    own = Cluster(folder)
    try:
        own.start_primary()
        yield own
    finally:
        own.stop_all()
        shutil.rmtree(folder)


@pytest.fixture
def site(scratch_db, run_odoo, run_odoo_shell, cluster, tmp_path):
    """Start all of it; see the module."""
    db = scratch_db()
    run_odoo(db, "-i", MODULES)
    output = run_odoo_shell(db, PREPARE)
    [line] = [line for line in output.splitlines() if "RESULT=" in line]
    cluster.restore(db)
    cluster.start_standby()
    data = tmp_path / "data"
    shutil.copytree(
        Path(os.environ["CC_DATA"], "filestore", db), data / "filestore" / db
    )
    conf = tmp_path / "odoo.conf"
    write_conf(conf, cluster, data)
    servers = []
    try:
        for name in ("first", "second"):
            options = ("--max-cron-threads=1", "--log-level=info")
            log = tmp_path / f"{name}.log"
            servers.append(WebServer(db, log, *options, conf=conf))
        for server in servers:
            server.wait()
        yield Site(cluster, db, servers, json.loads(line.partition("RESULT=")[2]))
    finally:
        stop_servers(servers)


def write_conf(path, cluster, data):
    """Write the configuration of both servers."""
    conf = configparser.RawConfigParser()
    conf.read(os.environ["CC_CONF"])
    conf["options"].update(
        {
            "data_dir": str(data),
            "db_host": str(cluster.socket),
            "db_port": "5432",
            "db_user": "odoo",
            "db_replica_host": str(cluster.socket),
            "db_replica_port": str(STANDBY_PORT),
        }
    )
    with path.open("w") as file:
        conf.write(file)


def run_at_once(*deeds):
    """Do these things in the same moment; return their results."""
    barrier = Barrier(len(deeds))

    def run(deed):
        barrier.wait(60)
        return deed()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


def test_two_servers_and_a_replica(site, log_problems):
    check_reading(site)
    check_sights(site)
    check_approving(site)
    check_sealing_and_printing(site)
    check_escalating(site)
    check_lagging(site)
    check_waiting_for_the_replica(site)
    standby_log = site.cluster.read_log("standby")
    assert "read-only transaction" not in standby_log, standby_log
    assert "ERROR" not in standby_log, standby_log
    check_without_the_replica(site)
    log = site.first.log.read_text() + site.second.log.read_text()
    problems = log_problems(log, allow=EXPECTED)
    assert not problems, problems
    # One who read a confidential file by a program.
    assert log.count(RETRIES) == 1


# ------------------------------------------------------------------
# BOTH SERVERS, AND A REPLICA IN STEP
# ------------------------------------------------------------------


def check_reading(site):
    """What was opened on one server is read on the other, from the standby."""
    new = site.open_complaint(demand="退款")
    site.cluster.wait_in_step()
    assert site.read_form(new["id"]) == [new]
    assert site.read_list()[0] == new["id"]
    answer = site.clerk_two.call(
        *(COMPLAINT, "formatted_read_group", [], ["state"], ["__count"])
    )
    assert answer.result, answer
    assert site.clerk_two.find_cursor(answer.address) == "ro"
    answer = site.clerk_two.call(COMPLAINT, "get_import_templates")
    assert answer.result, answer
    assert site.clerk_two.find_cursor(answer.address) == "ro"
    answer = site.clerk_two.call(
        COMPLAINT, "web_save", [new["id"]], {"demand": "换货"}, {}
    )
    assert not answer.error, answer
    assert site.clerk_two.find_cursor(answer.address) == "rw"
    # A file that one server stores, the other one finds.
    content = "一张照片".encode()
    values = {
        "name": "照片.txt",
        "datas": b64encode(content).decode(),
        "res_model": COMPLAINT,
        "res_id": new["id"],
    }
    [number] = site.clerk_one.call("ir.attachment", "create", [values]).result
    site.cluster.wait_in_step()
    path = f"/web/content/{number}"
    assert site.clerk_two.get(path) == content
    assert site.clerk_two.find_cursor(path) == "ro"


def check_sights(site):
    """Opening a confidential file is recorded: that goes to the primary."""
    number = site.facts["secret"]
    assert site.ask(SIGHTS, number) == [(0,)]
    path = f"/web/content/{number}"
    assert site.head_two.get(path) == b"a medical record"
    assert site.head_two.find_cursor(path) == "rw"
    assert site.ask(SIGHTS, number) == [(1,)]
    # A program reads it by a call that core takes for reading only.
    answer = site.head_two.call("ir.attachment", "read", [number], ["raw"])
    assert answer.result, answer
    assert site.head_two.find_cursor(answer.address) == "ro->rw"
    assert site.ask(SIGHTS, number) == [(2,)]


def check_approving(site):
    """Of two who approve at once, on two servers, one does."""
    for number in site.facts["remediations"]:
        answers = run_at_once(
            *(
                partial(head.call, REMEDIATION, "action_approve", [number])
                for head in (site.head_one, site.head_two)
            )
        )
        [refused] = [answer for answer in answers if answer.error]
        assert refused.error == USER_ERROR, refused
        assert "approv" in refused.message, refused
        assert site.ask(APPROVALS, number) == [(1,)]


def check_sealing_and_printing(site):
    """What is closed on one server is printed on the other."""
    case = site.facts["case"]
    answer = site.clerk_one.call(
        COMPLAINT,
        "write",
        [case],
        {
            "state": "withdrawn",
            "date_withdrawn": site.facts["today"],
            "withdrawal_reason": "已和解",
        },
    )
    assert not answer.error, answer
    site.cluster.wait_in_step()
    [(card, name, state)] = site.ask(
        "select id, name, state from customer_complaint_archive_card"
        " where complaint_id = %s",
        case,
    )
    assert state == "sealed"
    for converter, wanted in (("html", name.encode()), ("pdf", b"%PDF")):
        path = f"/report/{converter}/customer_complaint.archive_card/{card}"
        assert wanted in site.head_two.get(path)
        assert site.head_two.find_cursor(path) == "ro"
    # The job of either server stores the print where both find it.
    admin = Browser(site.first, site.db, "admin")
    job = site.facts["jobs"]["archive.cron_archive_pdf"]
    answer = admin.call("ir.cron", "method_direct_trigger", [job])
    assert answer.result is True, answer
    [(file,)] = site.ask(
        "select pdf_id from customer_complaint_archive_card where id = %s", card
    )
    site.cluster.wait_in_step()
    assert site.head_two.get(f"/web/content/{file}").startswith(b"%PDF")
    Check = "customer.complaint.archive.check"
    answer = site.head_two.call(Check, "action_start", [])
    assert not answer.error, answer
    assert site.ask(
        "select state from customer_complaint_archive_check where id = %s",
        answer.result["res_id"],
    ) == [("passed",)]


def check_escalating(site):
    """Each limit is escalated once, whoever of the servers and people begins."""
    assert site.ask(CRONS) == [(2,)]
    job = site.facts["jobs"]["deadline.cron_escalate_deadlines"]
    admins = [Browser(server, site.db, "admin") for server in (site.first, site.second)]
    assert admins[0].call("ir.cron", "write", [job], {"active": True}).result
    # The crons of both servers wake up, while two people press the button.
    _rows, *answers = run_at_once(
        lambda: site.cluster.ask(f"NOTIFY cron_trigger, '{site.db}'", db="postgres"),
        *(
            partial(admin.call, "ir.cron", "method_direct_trigger", [job])
            for admin in admins
        ),
    )
    for answer in answers:
        assert answer.error in (None, USER_ERROR), answers
        assert answer.result in (None, True), answers
    limit = time.monotonic() + CRON_TIMEOUT
    while site.ask(ESCALATIONS) != [(LATE * LEVELS,)]:
        assert time.monotonic() < limit, (site.ask(ESCALATIONS), answers)
        # Another process works: it is asked until it is done.
        time.sleep(0.5)
    assert site.ask(TWICE) == [(0,)]


# ------------------------------------------------------------------
# A REPLICA THAT LAGS, THAT IS WAITED FOR, THAT IS GONE
# ------------------------------------------------------------------


def check_lagging(site):
    """A standby that lags shows what was, and refuses nothing."""
    known = site.open_complaint(demand="退款")
    site.cluster.wait_in_step()
    site.cluster.set_lagging(True)
    newest = site.read_list()
    new = site.open_complaint()
    # Whoever saves sees it: the form is read with the write.
    assert new["name"] != "/"
    # Elsewhere it is not there yet; the client says so.
    assert site.read_form(new["id"]) == []
    assert site.read_list() == newest
    answer = site.clerk_one.call(
        COMPLAINT, "web_save", [known["id"]], {"demand": "换货"}, FORM
    )
    assert answer.result[0]["demand"] == "换货"
    assert site.read_form(known["id"]) == [known]
    # A step is taken on what is, not on what is shown.
    for expected in (None, USER_ERROR):
        answer = site.clerk_two.call(COMPLAINT, "action_accept", [new["id"]])
        assert answer.error == expected, answer
        assert site.clerk_two.find_cursor(answer.address) == "rw"
    # A file that the standby does not know yet is looked for on the primary.
    values = {"name": "a.txt", "raw": "a", "res_model": COMPLAINT, "res_id": new["id"]}
    [number] = site.clerk_one.call("ir.attachment", "create", [values]).result
    path = f"/web/content/{number}"
    assert site.clerk_two.get(path) == b"a"
    assert site.clerk_two.find_cursor(path) == "rw"
    # So is whether a paper is confidential by now: its sight is recorded.
    values = {"confidentiality": "confidential"}
    answer = site.clerk_one.call(DOCUMENT, "write", [site.facts["plain"]], values)
    assert answer.result is True, answer
    path = f"/web/content/{site.facts['plain_file']}"
    assert site.head_two.get(path) == b"a photograph of a face"
    assert site.ask(SIGHTS, site.facts["plain_file"]) == [(1,)]
    # So is a dialog that was filled in just now.
    Catalogue = "customer.complaint.archive.catalogue"
    [dialog] = site.head_two.call(Catalogue, "create", [{}]).result
    path = f"/customer_complaint/catalogue/{dialog}"
    assert site.head_two.get(path).startswith(b"PK")
    assert site.head_two.find_cursor(path) == "rw"
    site.cluster.set_lagging(False)
    site.cluster.wait_in_step()
    [form] = site.read_form(new["id"])
    assert form["state"] == "accepted"
    assert site.read_list()[0] == new["id"]


def check_waiting_for_the_replica(site):
    """With remote_apply the standby shows what was written before the writer hears."""
    site.cluster.set("synchronous_standby_names", "*")
    site.cluster.set("synchronous_commit", "remote_apply")
    for _round in range(READING_ROUNDS):
        new = site.open_complaint()
        assert site.read_form(new["id"]) == [new]
    site.cluster.set("synchronous_commit", "on")
    site.cluster.set("synchronous_standby_names", "")


def check_without_the_replica(site):
    """When the standby is gone, the primary answers."""
    site.cluster.stop("standby")
    for browser in (site.clerk_one, site.clerk_two):
        for _again in range(4):  # each worker finds out for itself
            answer = browser.call(COMPLAINT, "web_search_read", [], {"name": {}})
            assert answer.result["length"], answer
            assert browser.find_cursor(answer.address) != "ro"
