"""A database for one benchmark, and Odoo processes that work in it."""

import json
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
            *("-i", "test_customer_complaint", "--stop-after-init", "--no-http"),
            "--log-level=error",
        ],
        stdin=subprocess.DEVNULL,
        check=True,
    )


def drop_database():
    """Take the database and its files away."""
    sql(f'DROP DATABASE IF EXISTS "{DB}" WITH (FORCE)')
    shutil.rmtree(Path(os.environ["CC_DATA"], "filestore", DB), ignore_errors=True)
