"""A PostgreSQL of a test's own: a primary, and a standby that follows it."""

import os
import shutil
import subprocess
import time
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

USER = "odoo"
PRIMARY_PORT, STANDBY_PORT = 5432, 5433
STEP_TIMEOUT = 60
# What is lost when the machine crashes, nobody misses here.
SETTINGS = """
listen_addresses = ''
unix_socket_directories = '{socket}'
fsync = off
shared_buffers = 128MB
max_wal_size = 1GB
# As docs/scaling.md has them.
wal_level = replica
max_wal_senders = 10
wal_keep_size = 1GB
hot_standby_feedback = on
"""


def get_programs():
    """Return the folder of PostgreSQL's own programs, the newest there is.

    :rtype: pathlib.Path
    """
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    folders = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    programs = sorted(folders, key=lambda path: float(path.parts[-3]))
    if not programs:
        pytest.skip("another machine's PostgreSQL is used: this one has no initdb")
    return programs[-1].parent


class Cluster:
    """A primary and a standby, who talk through a socket in their own folder.

    As scripts/postgres.sh starts one: by the user postgres if it is root who asks.

    :param pathlib.Path folder: empty, where that user may write
    """

    def __init__(self, folder):
        self.folder = folder
        self.programs = get_programs()
        self.socket = folder / "socket"
        self.started = []
        if os.getuid() == 0:
            shutil.chown(folder, "postgres", "postgres")

    def _run(self, program, *args):
        prefix = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        # Not read from a pipe, which the server that is started would keep open.
        log = self.folder / "programs.log"
        with log.open("a") as output:
            result = subprocess.run(
                [*prefix, str(self.programs / program), *map(str, args)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/",
                check=False,
            )
        if result.returncode:
            pytest.fail(f"{program} failed:\n{log.read_text()[-4000:]}", pytrace=False)

    def _start(self, name, port):
        data = self.folder / name
        # Its log is beside its data, and its own.
        arguments = ("-l", self.folder / f"{name}.log", "-o", f"-p {port}")
        self._run("pg_ctl", "-D", data, *arguments, "-w", "-t", 60, "start")
        self.started.append(name)

    def start_primary(self):
        data = self.folder / "primary"
        words = ("-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        self._run("initdb", "-D", data, *words, "--no-sync")
        self.socket.mkdir(mode=0o700)
        with (data / "postgresql.conf").open("a") as settings:
            settings.write(SETTINGS.format(socket=self.socket))
        if os.getuid() == 0:
            shutil.chown(self.socket, "postgres", "postgres")
        self._start("primary", PRIMARY_PORT)

    def start_standby(self):
        """Copy the primary, and follow it from then on."""
        source = ("-h", self.socket, "-p", PRIMARY_PORT, "-U", USER)
        data = self.folder / "standby"
        self._run("pg_basebackup", *source, "-D", data, "-R", "-c", "fast", "--no-sync")
        self._start("standby", STANDBY_PORT)

    def stop(self, name, mode="fast"):
        self.started.remove(name)
        self._run("pg_ctl", "-D", self.folder / name, "-m", mode, "-w", "stop")

    def stop_all(self):
        for name in reversed(self.started[:]):
            self.stop(name, "immediate")

    def read_log(self, name):
        return (self.folder / f"{name}.log").read_text()

    def restore(self, db):
        """Make a database of the one that the environment names so."""
        archive = self.folder / "database.dump"
        own = ["-h", str(self.socket), "-p", str(PRIMARY_PORT), "-U", USER]
        self.ask(
            f"CREATE DATABASE \"{db}\" TEMPLATE template0 LC_COLLATE 'C'", db="postgres"
        )
        for command in (
            ["pg_dump", "-Fc", "-Z1", "-f", str(archive), db],
            ["pg_restore", *own, "-j2", "--no-owner", "-d", db, str(archive)],
        ):
            subprocess.run([self.programs / command[0], *command[1:]], check=True)
        archive.unlink()

    def ask(self, query, *params, db, port=PRIMARY_PORT):
        """Carry out one statement and return its rows.

        :param int port: of the primary or the standby
        """
        place = {"host": str(self.socket), "port": port, "user": USER, "dbname": db}
        with closing(psycopg2.connect(**place)) as connection:
            connection.autocommit = True
            with connection.cursor() as cr:
                cr.execute(query, params or None)
                return cr.fetchall() if cr.description else []

    def set(self, name, value):
        """Change a setting of the primary while it works."""
        self.ask(f"ALTER SYSTEM SET {name} = '{value}'", db="postgres")
        self.ask("SELECT pg_reload_conf()", db="postgres")

    def set_lagging(self, is_lagging):
        """Let the standby receive what is written, but not show it; or go on."""
        deed = "pause" if is_lagging else "resume"
        self.ask(f"SELECT pg_wal_replay_{deed}()", db="postgres", port=STANDBY_PORT)

    def wait_in_step(self):
        """Wait until the standby shows what the primary shows now."""
        [(end,)] = self.ask("SELECT pg_current_wal_lsn()", db="postgres")
        limit = time.monotonic() + STEP_TIMEOUT
        while self.ask(
            "SELECT pg_last_wal_replay_lsn() < %s",
            *(end,),
            db="postgres",
            port=STANDBY_PORT,
        ) != [(False,)]:
            if time.monotonic() > limit:
                pytest.fail("the standby does not follow")
            # Another process writes: it is asked until it is done.
            time.sleep(0.05)
