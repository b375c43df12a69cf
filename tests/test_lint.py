"""The sources pass every checker of ./dev lint."""

import subprocess

import pytest


def test_lint(root, request):
    quick = ["--changed"] if request.config.getoption("quick") else []
    result = subprocess.run(
        [root / "dev", "lint", *quick],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if result.returncode:
        pytest.fail(result.stdout, pytrace=False)
