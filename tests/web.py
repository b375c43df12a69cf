"""Web servers on one database, and people who are logged in on them."""

import os
import re
import socket
import subprocess
import time
from itertools import count
from typing import Any, NamedTuple

import pytest
import requests

START_TIMEOUT = 180
# Who waits for a database that is gone is not waited for.
STOP_TIMEOUT = 8
# The server starts itself once more, for what is pushed to browsers, by this name.
STARTER = "from odoo.cli.command import main\n\nmain()\n"


class WebServer:
    """A server with two workers.

    :param str db: its database
    :param pathlib.Path log: of the server, made anew
    :param options: further ones of the command line
    :param conf: another configuration than the tests', with its own PostgreSQL
    """

    def __init__(self, db, log, *options, conf=None):
        self.log = log
        environment = dict(os.environ)
        if conf:
            # To Odoo these say more than its configuration.
            for name in ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD"):
                environment.pop(name, None)
        port, other_port = find_ports()
        starter = log.with_suffix(".py")
        starter.write_text(STARTER)
        command = [os.environ["CC_PYTHON"], str(starter), "server"]
        command += ["-c", conf or os.environ["CC_CONF"], "-d", db]
        ports = [f"--http-port={port}", f"--gevent-port={other_port}"]
        with log.open("w") as output:
            self.process = subprocess.Popen(
                [*command, "--workers=2", *ports, *options],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environment,
            )
        self.url = f"http://127.0.0.1:{port}"

    def wait(self):
        """Wait until it answers."""
        limit = time.monotonic() + START_TIMEOUT
        while True:
            try:
                requests.get(f"{self.url}/web/health", timeout=10)
                return
            except requests.RequestException:
                if time.monotonic() > limit or self.process.poll() is not None:
                    pytest.fail(self.log.read_text()[-4000:])
                # Another process starts: it is asked until it answers.
                time.sleep(0.5)


def stop_servers(servers):
    """Stop servers, all at once: each waits for its workers."""
    for server in servers:
        server.process.terminate()
    for server in servers:
        try:
            server.process.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            server.process.kill()
            server.process.wait()


def find_ports():
    """Return two ports that are free."""
    with socket.socket() as first, socket.socket() as second:
        for probe in (first, second):
            probe.bind(("127.0.0.1", 0))
        return first.getsockname()[1], second.getsockname()[1]


class Answer(NamedTuple):
    """What a server answered to a call: a result, or an error and its words."""

    result: Any
    error: str | None
    message: str
    address: str


class Browser:
    """Somebody who is logged in.

    :param WebServer server: where they log in
    :param str login: their name and password
    :param Browser session: whose session is taken over, from another server
    """

    numbers = count(1)

    def __init__(self, server, db, login, session=None):
        self.server = server
        self.session = requests.Session()
        if session:
            self.session.cookies.update(session.session.cookies)
            return
        answer = self.post(
            "/web/session/authenticate", db=db, login=login, password=login
        )
        assert answer.result["uid"], answer

    def post(self, path, **params):
        """Call a route by JSON; each call has an address of its own.

        :rtype: Answer
        """
        address = f"{path}?number={next(self.numbers)}"
        answer = self.session.post(
            self.server.url + address,
            json={"jsonrpc": "2.0", "method": "call", "params": params},
            timeout=120,
        ).json()
        data = answer.get("error", {}).get("data", {})
        return Answer(
            answer.get("result"), data.get("name"), data.get("message", ""), address
        )

    def call(self, model, method, *args, **kwargs):
        """Call a method.

        :rtype: Answer
        """
        return self.post(
            f"/web/dataset/call_kw/{model}/{method}",
            model=model,
            method=method,
            args=args,
            kwargs=kwargs,
        )

    def get(self, path):
        """Open an address; return its content.

        :rtype: bytes
        """
        answer = self.session.get(self.server.url + path, timeout=120)
        assert answer.status_code == 200, (answer.status_code, path)
        return answer.content

    def find_cursor(self, address):
        """Return on which database a request was served, as the server's log says.

        :param str address: of the request; the last one, if there were several
        :return: ``ro`` for the replica, ``rw`` for the primary, ``ro->rw`` for both
        :rtype: str
        """
        line = rf'"[A-Z]+ {re.escape(address)}[ #][^"]*".* ([rwo>-]+)$'
        return re.findall(line, self.server.log.read_text(), re.MULTILINE)[-1]
