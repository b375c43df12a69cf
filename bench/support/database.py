"""A database for one benchmark, and Odoo processes that work in it."""

import json
import math
import os
import shutil
import subprocess
from pathlib import Path

import psycopg2

ROOT = Path(os.environ["CC_ROOT"])
DB = f"cc_bench_{os.getpid()}"


def sql(query, db="postgres"):
    """Carry out a statement outside a transaction."""
    connection = psycopg2.connect(dbname=db)
    try:
        connection.autocommit = True
        with connection.cursor() as cr:
            cr.execute(query)
    finally:
        connection.close()


def run_shell(code, **names):
    """Run code in an Odoo process of its own and return what it prints as result."""
    path = f"import sys\nsys.path.insert(0, {str(ROOT / 'bench')!r})"
    head = "\n".join([path, *(f"{name} = {value!r}" for name, value in names.items())])
    result = subprocess.run(
        [
            *(os.environ["CC_ODOO"], "shell", "-c", os.environ["CC_CONF"]),
            *("-d", DB, "--no-http", "--log-level=warn"),
        ],
        input=f"{head}\n{code}",
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode or "Traceback" in result.stderr:
        raise SystemExit(result.stderr[-4000:])
    lines = [line for line in result.stdout.splitlines() if "RESULT=" in line]
    return json.loads(lines[-1].partition("RESULT=")[2]) if lines else None


def make_database():
    """Make the database, with the addon in it."""
    source = os.environ["CC_TEMPLATE_DB"]
    sql(f'CREATE DATABASE "{DB}" TEMPLATE "{source}"')
    filestore = Path(os.environ["CC_DATA"], "filestore")
    if (filestore / source).is_dir():
        shutil.copytree(filestore / source, filestore / DB, copy_function=os.link)
    subprocess.run(
        [
            *(os.environ["CC_ODOO"], "server", "-c", os.environ["CC_CONF"], "-d", DB),
            *("-i", "customer_complaint", "--stop-after-init", "--no-http"),
            "--log-level=error",
        ],
        stdin=subprocess.DEVNULL,
        check=True,
    )


def drop_database():
    """Take the database and its files away."""
    sql(f'DROP DATABASE IF EXISTS "{DB}" WITH (FORCE)')
    shutil.rmtree(Path(os.environ["CC_DATA"], "filestore", DB), ignore_errors=True)


def get_exponent(small, large, size, cost):
    """Return how a cost grows with a size: 0 is not at all, 1 in proportion.

    :param dict small: a run, with its size and its cost
    :param dict large: another one
    """
    growth = math.log(large[size] / small[size])
    return round(math.log(large[cost] / small[cost]) / growth, 2)


def write_result(name, result):
    """Keep a result for comparing it with others."""
    target = ROOT / "bench" / "results" / f"{name}.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(result, indent=2) + "\n")


def read_baseline(name):
    """Return the run that is kept for comparison, if there is one."""
    path = ROOT / "bench" / "baseline" / f"{name}.json"
    return json.loads(path.read_text()) if path.exists() else None
