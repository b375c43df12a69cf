"""A database of a version that is in use updates to this one without loss.

``tests/landed`` holds the addon as it was at each version that people have installed.
Its stories of the demo data are the data that must survive.
"""

import configparser
import json
import os
import tarfile

import pytest

MODULE = "customer_complaint"
# What an update writes by itself, whatever the record.
BOOKKEEPING = {"write_date", "write_uid"}
# Columns whose values are kept in another one.
MOVED = {"major_reason": "major_causes"}
# A complaint that the landed version left in each state goes on in this one.
GO_ON = """
Complaint = env["customer.complaint"]
result = {}
for complaint in Complaint.search([("state", "=", "followup")]):
    # What the demo data left under review is for the reviewer to decide.
    if not complaint.is_under_review:
        complaint.action_close()
        result.setdefault("closed", []).append(complaint.state)
for complaint in Complaint.search([("state", "=", "remediation")], limit=1):
    complaint.action_investigate()
    result.setdefault("back", []).append(complaint.state)
for complaint in Complaint.search([("state", "=", "closed")], limit=1):
    complaint.write({"state": "investigating", "reopen_reason": "新的检测报告"})
    result["reopened"] = [complaint.state, bool(complaint.date_first_closed)]
env.cr.rollback()
"""

# The cards that were sealed before there was a chain have their place in it.
CHECK_ARCHIVE = """
Card = env["customer.complaint.archive.card"]
action = env["customer.complaint.archive.check"].action_start()
check = env[action["res_model"]].browse(action["res_id"])
result = {
    "state": check.state,
    "checked": check.card_count,
    "sealed": Card.search_count([("state", "=", "sealed")]),
}
env.cr.rollback()
"""


@pytest.fixture
def shell(run_odoo_shell):
    """Run code in Odoo and return what it leaves in ``result``."""

    def run(db, code):
        output = run_odoo_shell(
            db, f"import json\n{code}\nprint('RESULT=' + json.dumps(result))\n"
        )
        [line] = [line for line in output.splitlines() if "RESULT=" in line]
        return json.loads(line.partition("RESULT=")[2])

    return run


@pytest.fixture
def landed(root, tmp_path):
    """Return the option that makes Odoo use an earlier addon: ``landed(version)``."""

    def unpack(version):
        name = f"{MODULE}-{version}.tar.xz"
        with tarfile.open(root / "tests" / "landed" / name) as archive:
            archive.extractall(tmp_path, filter="data")
        config = configparser.ConfigParser(interpolation=None)
        config.read(os.environ["CC_CONF"])
        paths = config["options"]["addons_path"].split(",")
        kept = [path.strip() for path in paths if path.strip() != str(root)]
        return "--addons-path=" + ",".join([*kept, str(tmp_path)])

    return unpack


@pytest.fixture
def contents(sql):
    """Return what the tables of the addon hold, row by row.

    ``contents(db)`` is ``{table: {key: {column: value}}}``; the key of a table without
    ids is the row itself.
    """

    def read(db):
        tables = sql(
            db,
            "select tablename from pg_tables where schemaname = 'public'"
            " and (tablename like 'customer_complaint%%' or tablename = 'res_company'"
            " or tablename = 'res_partner' or tablename = 'sale_order') order by 1",
        )
        return {table: read_table(db, table) for (table,) in tables}

    def read_table(db, table):
        rows = sql(db, f'select to_jsonb(t) from "{table}" t')
        return {row.get("id", json.dumps(row, sort_keys=True)): row for (row,) in rows}

    return read


@pytest.mark.parametrize("version", ["19.0.1.0.0", "19.0.1.1.0", "19.0.1.2.0"])
def test_update_loses_nothing(
    version, scratch_db, run_odoo, shell, landed, contents, sql
):
    db = scratch_db()
    forget_bridges(db, sql)
    run_odoo(db, "-i", MODULE, "--with-demo", landed(version))
    assert installed_version(db, sql) == version
    shell_edit(db, sql)
    before = contents(db)
    messages = count_of(db, sql, "mail_message")
    files = sql(db, FILES)
    assert len(before["customer_complaint"]) >= 10
    assert files

    run_odoo(db, "-u", MODULE)

    assert installed_version(db, sql) != version
    check_rows_are_kept(before, contents(db))
    assert count_of(db, sql, "mail_message") >= messages
    assert set(sql(db, FILES)) >= set(files)
    check_new_data_is_there(db, sql)
    if "customer_complaint_deadline" not in before:
        check_clocks_run(db, sql)
    archive = shell(db, CHECK_ARCHIVE)
    assert archive["state"] == "passed"
    assert archive["checked"] == archive["sealed"] > 0
    went_on = shell(db, GO_ON)
    assert set(went_on.get("closed", ["closed"])) == {"closed"}
    assert went_on["back"] == ["investigating"]
    assert went_on["reopened"] == ["investigating", True]

    once = contents(db)
    run_odoo(db, "-u", MODULE)
    check_rows_are_kept(once, contents(db))


def forget_bridges(db, sql):
    """The template knows addons that the landed version did not have beside it."""
    sql(db, "delete from ir_module_module where name like 'customer_complaint_%%'")
    sql(
        db,
        "delete from ir_model_data where model = 'ir.module.module'"
        " and name like 'module_customer_complaint_%%'",
    )


FILES = (
    "select name, res_model, res_id, checksum from ir_attachment"
    " where res_model like 'customer.complaint%%' and checksum is not null"
)


def shell_edit(db, sql):
    """Let the administrator change what came with the addon."""
    sql(
        db,
        "update customer_complaint_category"
        " set name = jsonb_set(name, '{en_US}', '\"Hair and such\"')"
        " where code = 'QUALITY-FOREIGN'",
    )
    sql(db, "update customer_complaint_channel set active = false where id = 1")
    sql(
        db,
        "delete from customer_complaint_refusal_ground where id not in ("
        " select refusal_ground_id from customer_complaint"
        " where refusal_ground_id is not null)"
        " and id = (select max(id) from customer_complaint_refusal_ground)",
    )


def check_rows_are_kept(before, after):
    """Every row and value that was there is there, in what is still stored."""
    for table, rows in before.items():
        assert rows.keys() <= after[table].keys(), f"rows of {table} are gone"
        for key, row in rows.items():
            now = after[table][key]
            changed = {
                column: (value, now[column])
                for column, value in row.items()
                if column in now and column not in BOOKKEEPING and now[column] != value
            }
            assert not changed, f"{table} {key}: {changed}"
        if rows:
            columns = next(iter(rows.values())).keys()
            kept = next(iter(after[table].values())).keys()
            assert columns - MOVED.keys() <= kept, table
        for key, row in rows.items():
            for old, new in MOVED.items():
                assert not row.get(old) or row[old] in str(after[table][key][new])


NEW_DATA_MODELS = (
    "customer.complaint.decision.template",
    "customer.complaint.policy",
    "customer.complaint.policy.milestone",
    "customer.complaint.escalation.rule",
    "customer.complaint.approval.tier",
)


def check_new_data_is_there(db, sql):
    """What this version ships anew is there for those who update, too."""
    for model in NEW_DATA_MODELS:
        shipped = sql(
            db,
            "select name from ir_model_data where module = %s and model = %s",
            MODULE,
            model,
        )
        assert shipped, model


def check_clocks_run(db, sql):
    """Running complaints have their time limits, counted from when they were received;
    what had ended is not judged afterwards."""
    rows = sql(
        db,
        "select c.name, c.state, c.date_received, d.date_start"
        " from customer_complaint c left join customer_complaint_deadline d"
        " on d.complaint_id = c.id and d.start_event = 'received'",
    )
    assert rows
    for name, state, received, started in rows:
        is_running = state not in ("closed", "refused", "withdrawn", "merged")
        assert started == (received if is_running else None), name
    [[told]] = sql(
        db,
        "select count(*) from customer_complaint_escalation"
        " where did_todo or did_mail or did_message",
    )
    assert not told, "an update alerts nobody of what passed before it"
    [[due]] = sql(
        db,
        "select count(*) from customer_complaint_deadline"
        " where date_next_escalation <= now() at time zone 'utc'",
    )
    assert not due


def installed_version(db, sql):
    [[version]] = sql(
        db, "select latest_version from ir_module_module where name = %s", MODULE
    )
    return version


def count_of(db, sql, table):
    [[count]] = sql(db, f"select count(*) from {table} where model like 'customer.c%%'")
    return count
