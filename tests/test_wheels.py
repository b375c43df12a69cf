"""The addons as wheels: each holds what it needs, and Odoo installs them from there.

As pip leaves them: Odoo finds ``odoo/addons/<name>`` on the Python path, beside its own
``odoo``, and the repository is not on the addons path.
"""

import ast
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

TRUNK = "customer_complaint"
# What installs itself with the archive where the template's apps are used.
WITH_ARCHIVE = {
    f"{TRUNK}{part}"
    for part in (
        *("", "_account", "_approval", "_archive", "_assignment", "_base", "_deadline"),
        *("_enquiry", "_extension", "_form", "_fulfilment", "_history", "_import"),
        *("_loyalty", "_merge", "_mrp", "_notice", "_overview", "_portal", "_recusal"),
        *("_repair", "_settle", "_setup", "_stock", "_undo", "_warranty"),
    )
}
# What pip asks of the addons' build backend, in one process for all.
BUILD = """
import os, sys
from whool import buildapi

folder, *sources = sys.argv[1:]
for source in sources:
    os.chdir(source)
    buildapi.build_wheel(folder)
"""
# Not for pip, or made by Python
LEFT_OUT = shutil.ignore_patterns("__pycache__", "node_modules")


def pip(*args):
    run("-m", "pip", "--disable-pip-version-check", *args)


def run(*args):
    """Run Python."""
    command = [sys.executable, *args]
    # The version of the manifest, whatever was committed since it was raised.
    environ = {**os.environ, "WHOOL_POST_VERSION_STRATEGY_OVERRIDE": "none"}
    result = subprocess.run(
        command, env=environ, capture_output=True, text=True, check=False
    )
    assert not result.returncode, f"{result.stdout[-4000:]}\n{result.stderr[-4000:]}"


@pytest.fixture(scope="module")
def sources(root, addons, tmp_path_factory):
    """A copy of each addon: what is there now, committed or not."""
    folder = tmp_path_factory.mktemp("sources")
    return [
        shutil.copytree(root / addon, folder / addon, ignore=LEFT_OUT)
        for addon in addons
    ]


@pytest.fixture(scope="module")
def wheels(sources, tmp_path_factory):
    """The wheel of each addon by name, built without network."""
    folder = tmp_path_factory.mktemp("wheels")
    run("-c", BUILD, str(folder), *map(str, sources))
    return {path.name.split("-")[0]: path for path in folder.glob("*.whl")}


def test_a_wheel_holds_its_addon_and_nothing_else(sources, wheels):
    assert set(wheels) == {f"odoo_addon_{addon.name}" for addon in sources}
    for addon in sources:
        place = Path("odoo", "addons", addon.name)
        manifest = ast.literal_eval((addon / "__manifest__.py").read_text())
        with zipfile.ZipFile(wheels[f"odoo_addon_{addon.name}"]) as wheel:
            held = {Path(name) for name in wheel.namelist()}
            [about] = [name for name in held if name.name == "METADATA"]
            metadata = wheel.read(str(about)).decode()
        told = {path for path in held if path.parts[0] != about.parts[0]}
        there = {path for path in addon.rglob("*") if path.is_file()}
        there.remove(addon / "pyproject.toml")
        assert told == {place / path.relative_to(addon) for path in there}
        files = ["i18n/zh_CN.po", f"i18n/{addon.name}.pot"]
        files += ["static/description/icon.png", "static/description/index.html"]
        files += [*manifest.get("data", ()), *manifest.get("demo", ())]
        missing = [name for name in files if place / name not in held]
        assert not missing, f"{addon.name}: {missing}"
        assert f"\nVersion: {manifest['version']}\n" in metadata
        needed = set(re.findall(r"^Requires-Dist: odoo-addon-(\w+)", metadata, re.M))
        assert needed == {name for name in manifest["depends"] if TRUNK in name}


def test_odoo_installs_the_archive_from_wheels(
    wheels, root, tmp_path, scratch_db, log_problems, sql
):
    target = tmp_path / "target"
    options = ("--no-deps", "--no-index", "--no-compile", "--target", str(target))
    pip("install", *options, *map(str, wheels.values()))
    conf = Path(os.environ["CC_CONF"]).read_text()
    assert str(root) in conf
    places = re.search(r"^addons_path *= *(.*)$", conf, re.M)[1].split(",")
    kept = ",".join(place for place in places if Path(place).resolve() != root)
    (tmp_path / "odoo.conf").write_text(
        re.sub(r"^addons_path *=.*$", f"addons_path = {kept}", conf, flags=re.M)
    )
    db = scratch_db()
    command = [os.environ["CC_PYTHON"], "-m", "odoo", "server"]
    command += ["-c", str(tmp_path / "odoo.conf"), "-d", db, "--no-http"]
    python_path = f"{os.environ['PYTHONPATH']}{os.pathsep}{target}"
    result = subprocess.run(
        [*command, "-i", f"{TRUNK}_archive", "--stop-after-init"],
        env={**os.environ, "PYTHONPATH": python_path},
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert not result.returncode, result.stdout[-6000:]
    problems = log_problems(result.stdout)
    assert not problems, "\n".join(problems)
    query = "select name from ir_module_module where state = 'installed' and name ~ %s"
    assert {name for (name,) in sql(db, query, f"^{TRUNK}")} == WITH_ARCHIVE
