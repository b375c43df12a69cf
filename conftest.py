"""Hold a pytest run of the addons to the rules of Odoo's own test runner.

Odoo counts a logged error as a failure, pytest-odoo does not; and Odoo skips browser
tests when the browser cannot be started, which would let a broken set-up pass.
"""

import logging
import os
import shutil
import tempfile
from pathlib import Path

import pytest

from odoo.tests import BaseCase
from odoo.tools import config


def pytest_addoption(parser):
    parser.addoption("--quick", action="store_true", help="leave out what is slow")


def pytest_collection_modifyitems(config, items):
    """Leave out what is tagged or marked as slow, when asked to."""
    if not config.getoption("quick"):
        return
    config.hook.pytest_deselected(items=list(filter(is_slow, items)))
    items[:] = [item for item in items if not is_slow(item)]


def is_slow(item):
    """Tell whether a test is left out of a quick run.

    A class of an addon says so by Odoo's tag, a check of the repository by a mark.
    """
    tags = getattr(getattr(item, "cls", None), "test_tags", ())
    return "slow" in tags or item.get_closest_marker("slow") is not None


class ErrorCollector(logging.Handler):
    def __init__(self):
        super().__init__(level=logging.ERROR)
        self.messages = []

    def emit(self, record):
        self.messages.append(f"{record.name}: {record.getMessage()}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """Fail a test of an addon when it logged an error it neither expected nor muted."""
    if not isinstance(getattr(item, "instance", None), BaseCase):
        return (yield)
    collector = ErrorCollector()
    logging.getLogger().addHandler(collector)
    try:
        result = yield
    finally:
        logging.getLogger().removeHandler(collector)
    if collector.messages:
        pytest.fail(
            "errors were logged:\n" + "\n".join(collector.messages), pytrace=False
        )
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Turn a skip into a failure when a tool is missing or does not start."""
    report = yield
    if report.skipped and call.excinfo is not None:
        reason = str(call.excinfo.value)
        if any(
            tool in reason.lower() for tool in ("chrome", "websocket", "wkhtmltopdf")
        ):
            report.outcome = "failed"
            report.longrepr = f"skipped, but every tool has to work here: {reason}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_report_to_serializable():
    """Send the parameters of subtests from process to process as text."""
    data = yield
    context = (data or {}).get("_subtest.context")
    if context:
        context["kwargs"] = {
            name: str(value) for name, value in context["kwargs"].items()
        }
    return data


@pytest.fixture(scope="session", autouse=True)
def own_files(load_registry):
    """Give each process its own files beside its own database.

    pytest-odoo shares those of the database it cloned: the files that one process
    cleans up would be missing in the others.
    """
    if not os.environ.get("PYTEST_XDIST_WORKER"):
        yield
        return
    shared = Path(config.filestore(""))
    with tempfile.TemporaryDirectory(dir=shared.parent, prefix="own_") as folder:
        own = Path(folder, "files")
        if shared.is_dir():
            shutil.copytree(shared, own, copy_function=os.link)
        config.filestore.return_value = str(own)
        yield
        config.filestore.return_value = str(shared)
