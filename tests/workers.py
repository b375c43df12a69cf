"""Servers that work at the same time on one database, and can be killed."""

import os
import subprocess
import time

import pytest

START_TIMEOUT = 120


class Worker:
    """A server of its own that does some work once.

    The work prints STARTED and FINISHED.
    """

    def __init__(self, db, work, log):
        self.log = log
        with log.open("w") as output:
            self.process = subprocess.Popen(
                [
                    os.environ["CC_ODOO"],
                    "shell",
                    "-c",
                    os.environ["CC_CONF"],
                    "-d",
                    db,
                    "--no-http",
                    "--log-level=warn",
                ],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                text=True,
            )
        self.process.stdin.write(work)
        self.process.stdin.close()

    def wait_for(self, word):
        limit = time.monotonic() + START_TIMEOUT
        while word not in self.log.read_text():
            if time.monotonic() > limit or self.process.poll():
                pytest.fail(f"no {word}:\n{self.log.read_text()[-4000:]}")
            # Another process writes the log: it is looked at until the word is there.
            time.sleep(0.02)

    def kill(self):
        """Kill it in the middle of its work; return whether it was."""
        self.process.kill()
        self.process.wait()
        return "FINISHED" not in self.log.read_text()

    def finish(self):
        self.process.wait(START_TIMEOUT)
        text = self.log.read_text()
        assert "FINISHED" in text, text[-4000:]
        assert "Traceback" not in text, text[-4000:]
