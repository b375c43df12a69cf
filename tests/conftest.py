"""Fixtures for the checks of the whole repository.

scripts/test.sh says what the environment holds.
"""

import os
import re
import shutil
import subprocess
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg2
import pytest
from workers import Worker

LOG_LINE = re.compile(
    r"^\d{4}-\d\d-\d\d [\d:,]+ \d+ (WARNING|ERROR|CRITICAL) ", re.MULTILINE
)
ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def root():
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def addons(root):
    """Names of the addons, those the others need first."""
    return sorted(
        (path.parent.name for path in root.glob("customer_complaint*/__manifest__.py")),
        key=len,
    )


@pytest.fixture(scope="session")
def sql():
    """Run one statement and return its rows: ``sql(db, "select ...", *params)``."""

    def run(db, query, *params):
        connection = psycopg2.connect(dbname=db)
        try:
            connection.autocommit = True
            with connection.cursor() as cr:
                cr.execute(query, params or None)
                return cr.fetchall() if cr.description else []
        finally:
            connection.close()

    return run


@contextmanager
def making_databases(sql, kind=""):
    """Give a way to make databases, which are gone at the end.

    ``make()`` clones the template, ``make(source)`` another database: one that nobody
    is connected to, so not the one the addons' tests run on.

    :param sql: the fixture
    :param str kind: what they are for, where others make theirs at the same time
    """
    made = []
    number = count(1)
    filestore = Path(os.environ["CC_DATA"], "filestore")

    def make(source=None):
        source = source or os.environ["CC_TEMPLATE_DB"]
        # Named like the run's own database, so that ./dev test finds leftovers.
        worker = os.environ.get("PYTEST_XDIST_WORKER", "")
        name = f"{os.environ['CC_DB']}_{worker}{kind}{next(number)}"
        drop(name)
        sql("postgres", f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
        made.append(name)
        if (filestore / source).is_dir():
            shutil.copytree(filestore / source, filestore / name, copy_function=os.link)
        return name

    def drop(name):
        sql("postgres", f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        shutil.rmtree(filestore / name, ignore_errors=True)

    yield make
    for name in made:
        drop(name)


@pytest.fixture
def scratch_db(sql):
    """Make databases for one test, as :func:`making_databases` says."""
    with making_databases(sql) as make:
        yield make


@pytest.fixture(scope="session")
def run_odoo():
    """Run Odoo until its work is done: ``log = run_odoo(db, "-u", addon)``.

    Fails the test on a bad exit status and on any warning or error in the log;
    ``allow`` is a regular expression for those that are expected.
    """

    def run(db, *args, allow=None, timeout=1200):
        command = [
            os.environ["CC_ODOO"],
            "server",
            "-c",
            os.environ["CC_CONF"],
            "-d",
            db,
        ]
        return checked(
            [*command, *args, "--stop-after-init", "--no-http"], allow, timeout
        )

    return run


@pytest.fixture(scope="session")
def run_odoo_shell():
    """Run Python inside Odoo: ``output = run_odoo_shell(db, "print(env.user.name)")``.

    ``env.cr.commit()`` in the text keeps what it did. Further arguments go to Odoo.
    Fails the test on an exception and on any warning or error in the log.
    """

    def run(db, code, *args, timeout=1200):
        command = [
            os.environ["CC_ODOO"],
            "shell",
            "-c",
            os.environ["CC_CONF"],
            "-d",
            db,
            "--no-http",
        ]
        result = subprocess.run(
            [*command, "--log-level=warn", *args],
            input=code,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        # The shell goes on after an exception and ends well.
        if (
            result.returncode
            or "Traceback (most recent call last)" in result.stderr
            or find_problems(result.stderr)
        ):
            pytest.fail(
                f"odoo shell failed:\n{result.stdout[-4000:]}\n{result.stderr[-6000:]}",
                pytrace=False,
            )
        return result.stdout

    return run


@pytest.fixture
def start_workers(tmp_path):
    """Start servers that work at the same time: ``start_workers(db, work, count)``."""
    started = []

    def start(db, work, count):
        workers = [
            Worker(db, work, tmp_path / f"worker{len(started) + number}.log")
            for number in range(count)
        ]
        started.extend(workers)
        return workers

    yield start
    for worker in started:
        if worker.process.poll() is None:
            worker.process.kill()
            worker.process.wait()


@pytest.fixture(scope="session")
def log_problems():
    """Find the warnings and errors in a log: ``log_problems(text, allow="regexp")``."""
    return find_problems


def checked(command, allow, timeout):
    result = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=timeout,
        check=False,
    )
    problems = find_problems(result.stdout, allow)
    if result.returncode or problems:
        shown = "\n".join(problems) or result.stdout[-6000:]
        pytest.fail(
            f"{' '.join(command)}\nended with {result.returncode}:\n{shown}",
            pytrace=False,
        )
    return result.stdout


def find_problems(log, allow=None):
    """Warnings and errors of a log, each with the lines that belong to it."""
    entries = re.split(r"\n(?=\d{4}-\d\d-\d\d )", log)
    return [
        entry
        for entry in entries
        if LOG_LINE.match(entry) and not (allow and re.search(allow, entry))
    ]
