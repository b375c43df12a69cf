"""What docs/extending.md tells developers holds: hooks, and the example addon."""

import ast
import os
import re
from pathlib import Path

import pytest
from desk import OPEN_COMPLAINT

BRIDGES = ("stock", "mrp", "repair", "loyalty", "return_stock")
# A row of a table: the hook, and the file that says what it is.
ROW = re.compile(r"\| `(_\w+)` +\| `([\w/]+\.py)` +\|$", re.MULTILINE)
FILE = re.compile(r"^`([\w/.]+)`\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ADDON = "customer_complaint_callback"
TRY = """
from odoo.exceptions import UserError

complaint.action_accept()
complaint.action_investigate()
complaint.write({"conclusion": "established", "conclusion_note": "核查属实。"})
complaint.action_remediate()
complaint.action_follow_up()
assert "call the customer back" in complaint.next_step_note
try:
    complaint.action_close()
    raise AssertionError("closed without a call back")
except UserError as error:
    assert "call the customer back" in str(error), error
complaint.write({"callback_ids": [Command.create({"note": "顾客满意。"})]})
assert "callback_ids" in complaint.get_view(view_type="form")["arch"]
complaint.action_close()
assert complaint.archive_card_id.state == "sealed"
try:
    complaint.callback_ids.note = "顾客不满意。"
    raise AssertionError("changed after the end")
except UserError:
    pass

report = "customer_complaint_callback.report_callbacks"
html = env["ir.actions.report"]._render_qweb_html(report, complaint.ids)[0].decode()
assert complaint.name in html and "顾客满意。" in html
case = complaint.with_user(supervisor).with_context(force_report_rendering=True)
bundle = case._make_bundle("法院", "调取证据")
held = {member.path: b"".join(member.read()) for member in bundle.members}
assert held["Calls back.pdf"].startswith(b"%PDF"), list(held)
text = held["Case.txt"].decode("utf-8-sig")
assert "Call Back (1)" in text and "What Was Said: 顾客满意。" in text, text
print("RESULT", complaint.state)
"""


@pytest.fixture(scope="module")
def page(root):
    return (root / "docs" / "extending.md").read_text()


def iter_methods(path):
    """Yield the methods of the classes in a file."""
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.ClassDef):
            yield from (item for item in node.body if isinstance(item, ast.FunctionDef))


def iter_own_files(root, addons):
    for addon in addons:
        for path in sorted((root / addon).rglob("*.py")):
            if "tests" not in path.parts:
                yield addon, path


def test_the_page_names_each_hook_where_it_is_said(root, addons, page):
    named = set(ROW.findall(page))
    there = {
        (method.name, path.relative_to(root).as_posix()): method
        for _addon, path in iter_own_files(root, addons)
        for method in iter_methods(path)
    }
    assert not named - there.keys()
    hooks = {
        key
        for key, method in there.items()
        if re.search(r"\bHook\b", ast.get_docstring(method) or "")
    }
    assert not hooks - named
    # Other files, and models
    for name in re.findall(r"`(customer_complaint[\w/]*/[\w/]+\.py)`", page):
        assert (root / name).exists() or name.startswith(ADDON), name
    sources = [path.read_text() for _addon, path in iter_own_files(root, addons)]
    for name in re.findall(r"\| `(customer\.complaint\.[a-z.]+)`", page):
        assert any(f'_name = "{name}"' in source for source in sources), name


def is_taken(method):
    """Return whether a method asks that of the same name on which it builds."""
    return any(
        isinstance(node, ast.Attribute)
        and node.attr == method.name
        and isinstance(node.value, ast.Call)
        and getattr(node.value.func, "id", None) == "super"
        for node in ast.walk(method)
    )


def test_bridges_take_hooks_that_the_page_names(root, addons, page):
    """What they build on otherwise is core's."""
    named = {name for name, _path in ROW.findall(page)}
    bridges = {f"customer_complaint_{name}" for name in BRIDGES}
    models = {}
    for addon, path in iter_own_files(root, addons):
        for method in iter_methods(path):
            models.setdefault((path.stem, method.name), set()).add(addon)
    wrong = [
        f"{path.relative_to(root)}: {method.name}"
        for _addon, path in iter_own_files(root, sorted(bridges))
        for method in iter_methods(path)
        if is_taken(method)
        and method.name not in named
        and not method.name.startswith("_action_carry_out_")
        # In a file of core's model nobody else of ours has it.
        and (
            path.stem.startswith("customer_complaint")
            or models[path.stem, method.name] - bridges
        )
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.slow
def test_the_example_works(
    page, tmp_path, monkeypatch, scratch_db, run_odoo, run_odoo_shell
):
    folder = tmp_path / "addons"
    for name, text in FILE.findall(page):
        assert name.startswith(f"{ADDON}/")
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    assert (folder / ADDON / "__manifest__.py").exists()
    conf = Path(os.environ["CC_CONF"]).read_text()
    (tmp_path / "odoo.conf").write_text(
        re.sub(r"^(addons_path *=.*)$", rf"\1,{folder}", conf, flags=re.MULTILINE)
    )
    monkeypatch.setenv("CC_CONF", str(tmp_path / "odoo.conf"))
    db = scratch_db()
    # The least it needs: what else a case asks for is no matter of the example.
    run_odoo(db, "-i", f"customer_complaint_archive,{ADDON}", "--skip-auto-install")
    assert "RESULT closed" in run_odoo_shell(db, f"{OPEN_COMPLAINT}{TRY}")
