"""Hold a pytest run of the addons to the rules of Odoo's own test runner.

Odoo counts a logged error as a failure, pytest-odoo does not; and Odoo skips browser
tests when the browser cannot be started, which would let a broken set-up pass.
"""

import logging

import pytest

from odoo.tests import BaseCase


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
