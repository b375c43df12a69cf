"""A database of what people have installed updates to this state without loss.

``tests/landed`` holds the addons as they were at each state that was handed over, made
by ``git archive`` as the README says. The stories of the demo data, and what an
administrator changed, are what must survive.
"""

import configparser
import json
import os
import tarfile

import pytest

pytestmark = pytest.mark.slow

LANDED = ("19.0.1.0.0",)
# What an update writes by itself, whatever the record.
BOOKKEEPING = {"write_date", "write_uid"}
# The files behind the papers, the cards and the notices.
FILES = (
    "select name, res_model, res_id, checksum from ir_attachment"
    " where res_model like 'customer.complaint%%' and checksum is not null"
)
# What came with the addons and belongs to the administrator.
EDIT = """
env.ref("customer_complaint.category_quality_foreign").name = "Hair and such"
env.ref("customer_complaint.channel_media").active = False
env["res.company"].search([], limit=1).complaint_no_reason_days = 9
env.cr.commit()
"""
# The archive still proves itself, and a case goes on where it stood.
GO_ON = """
action = env["customer.complaint.archive.check"].action_start()
check = env[action["res_model"]].browse(action["res_id"])
sealed = env["customer.complaint.archive.card"].search_count([("state", "=", "sealed")])
assert check.state == "passed" and check.card_count == sealed > 0, check.state
closed = env["customer.complaint"].search([("state", "=", "closed")], limit=1)
closed.write({"state": "investigating", "reopen_reason": "新的检测报告"})
print("RESULT", closed.state, bool(closed.date_first_closed))
"""


@pytest.fixture
def unpacked(root, tmp_path):
    """Return the option that makes Odoo use the addons of a state, and their names."""

    def unpack(version):
        with tarfile.open(root / "tests" / "landed" / f"{version}.tar.xz") as archive:
            archive.extractall(tmp_path, filter="data")
        config = configparser.ConfigParser(interpolation=None)
        config.read(os.environ["CC_CONF"])
        paths = [path.strip() for path in config["options"]["addons_path"].split(",")]
        kept = [path for path in paths if path != str(root)]
        names = ",".join(sorted(path.name for path in tmp_path.iterdir()))
        return f"--addons-path={','.join([*kept, str(tmp_path)])}", names

    return unpack


@pytest.fixture
def contents(sql):
    """Return what the tables hold: ``{table: {key: {column: value}}}``.

    The key of a table without ids is the row itself.
    """
    tables = (
        "select tablename from pg_tables where schemaname = 'public'"
        " and (tablename like 'customer_complaint%%' or tablename in"
        " ('res_company', 'res_partner', 'sale_order', 'account_move'))"
    )

    def read_table(db, table):
        rows = sql(db, f'select to_jsonb(t) from "{table}" t')
        return {row.get("id", json.dumps(row, sort_keys=True)): row for (row,) in rows}

    return lambda db: {table: read_table(db, table) for (table,) in sql(db, tables)}


@pytest.mark.parametrize("version", LANDED)
def test_update_loses_nothing(
    version, scratch_db, run_odoo, run_odoo_shell, unpacked, contents, sql
):
    db = scratch_db()
    option, names = unpacked(version)
    # What came later is known to the template, and not there yet.
    run_odoo(db, "-i", names, "--with-demo", "--skip-auto-install", option)
    run_odoo_shell(db, EDIT, option)
    before, files = contents(db), set(sql(db, FILES))
    assert len(before["customer_complaint"]) >= 10
    assert files

    run_odoo(db, "-u", names)

    check_rows_are_kept(before, contents(db))
    assert set(sql(db, FILES)) >= files
    assert "RESULT investigating True" in run_odoo_shell(db, GO_ON)


def check_rows_are_kept(before, after):
    """Every row and value that was there is there."""
    for table, rows in before.items():
        assert rows.keys() <= after[table].keys(), f"rows of {table} are gone"
        for key, row in rows.items():
            now = after[table][key]
            changed = {
                column: (value, now.get(column, "no column"))
                for column, value in row.items()
                if column not in BOOKKEEPING and now.get(column, "gone") != value
            }
            assert not changed, f"{table} {key}: {changed}"
