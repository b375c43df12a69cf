"""The rooms of the house: who builds on whom, and one class for each model in each.

A room is a folder of ``customer_complaint/models``, and will be an addon of its own;
what lies in no folder is the trunk.
"""

import ast
import io
import re
import tokenize
from collections import Counter
from pathlib import PurePosixPath

import pytest

ADDON = "customer_complaint"
FILE_NAME = re.compile(r"[\w/]+\.py\b")
TRUNK = ""
# What each room builds on, besides the trunk.
ROOMS = {
    TRUNK: (),
    "notice": (),
    "deadline": ("notice",),
    "approval": (),
    "account": (),
    "archive": (),
}


def get_reach(room):
    """Return the rooms that a room may import from, itself and the trunk among them."""
    return {TRUNK, room}.union(*(get_reach(below) for below in ROOMS[room]))


def get_room(parts):
    return parts[0] if len(parts) > 1 else TRUNK


@pytest.fixture(scope="module")
def modules(root):
    """The syntax tree of each file with models, by its path below models/."""
    models = root / ADDON / "models"
    return {
        PurePosixPath(path.relative_to(models)): ast.parse(path.read_text())
        for path in models.rglob("*.py")
        if path.name != "__init__.py"
    }


def iter_imported(path, tree):
    """Yield the modules below models/ that a file imports from, as paths."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level and node.module:
            folder = (
                path.parents[node.level - 1]
                if node.level <= len(path.parents)
                else None
            )
            if folder is not None:
                yield folder / PurePosixPath(*node.module.split("."))


def get_attribute(node, name):
    for item in node.body:
        if isinstance(item, ast.Assign) and item.targets[0].id == name:
            return ast.literal_eval(item.value)
    return None


def iter_models(tree):
    """Yield class and name of each model that a file defines or extends."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            parents = get_attribute(node, "_inherit")
            name = get_attribute(node, "_name") or parents
            if name:
                yield node.name, name


def iter_explained(text):
    """Yield the docstrings and comments of a file."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)):
            yield ast.get_docstring(node) or ""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.string


def test_every_room_is_known(modules):
    assert {get_room(path.parts) for path in modules} == set(ROOMS)


def test_no_room_imports_from_above(modules):
    wrong = [
        f"{path} imports {imported}"
        for path, tree in modules.items()
        for imported in iter_imported(path, tree)
        if get_room(imported.parts) in ROOMS
        and get_room(imported.parts) not in get_reach(get_room(path.parts))
    ]
    assert not wrong, "\n".join(wrong)


def test_a_model_is_one_class_in_one_file_of_its_name(modules):
    found = Counter()
    for path, tree in modules.items():
        for _class_name, model in iter_models(tree):
            assert path.stem == model.replace(".", "_"), f"{path}: {model}"
            found[get_room(path.parts), model] += 1
    assert not [place for place, number in found.items() if number > 1]


def test_files_that_are_named_exist(root, addons):
    """Who is sent to a file by a docstring, a comment or the readme finds it."""
    paths = [
        path.relative_to(root)
        for folder in (*addons, "bench", "scripts", "tests")
        for path in (root / folder).rglob("*.py")
    ]
    known = {f"/{path.as_posix()}" for path in paths}
    texts = {path: iter_explained((root / path).read_text()) for path in paths}
    texts["README.md"] = [(root / "README.md").read_text()]
    missing = [
        f"{path} names {name}"
        for path, explained in texts.items()
        for text in explained
        for name in FILE_NAME.findall(text)
        if not any(file.endswith(f"/{name.lstrip('/')}") for file in known)
    ]
    assert not missing, "\n".join(missing)
