"""The house: who builds on whom, and one class for each model in each addon.

An addon uses what it depends on and nothing else: no module, XML id or model of another
one.
"""

import ast
import io
import re
import runpy
import tokenize
from collections import Counter
from pathlib import PurePosixPath

import pytest

SOURCES = (".py", ".xml", ".csv", ".js")
FILE_NAME = re.compile(r"[\w/]+\.py\b")
# Names of models; what follows a dot of a path is none.
MODEL = re.compile(r"(?<![\w./])customer\.complaint(?:\.[a-z_]+)*")
# An hour of the day of the installation, which may not have come yet.
HOUR_OF_TODAY = re.compile(r"DateTime\.today\(\) \+ relativedelta\((?!days|months)")


@pytest.fixture(scope="module")
def manifests(root):
    """The manifest of each addon."""
    return {
        path.parent.name: ast.literal_eval(path.read_text())
        for path in root.glob("*customer_complaint*/__manifest__.py")
    }


@pytest.fixture(scope="module")
def reach(manifests):
    """The addons that each addon may use: itself and all it depends on."""

    def get(addon):
        below = [name for name in manifests[addon]["depends"] if name in manifests]
        return {addon}.union(*map(get, below))

    return {addon: get(addon) for addon in manifests}


@pytest.fixture(scope="module")
def all_sources(root, manifests):
    """The text of each source by addon and path."""
    return {
        (addon, PurePosixPath(path.relative_to(root / addon))): path.read_text()
        for addon in manifests
        for path in sorted((root / addon).rglob("*"))
        if path.suffix in SOURCES and "node_modules" not in path.parts
    }


@pytest.fixture(scope="module")
def sources(all_sources):
    """What is installed, without the tests."""
    return {
        (addon, path): text
        for (addon, path), text in all_sources.items()
        if "tests" not in path.parts
    }


@pytest.fixture(scope="module")
def sources_and_tests(all_sources):
    """What tests share may do more where more is installed; tests may not."""
    return {
        (addon, path): text
        for (addon, path), text in all_sources.items()
        if "tests" not in path.parts or path.name.startswith("test_")
    }


def get_attribute(node, name):
    for item in node.body:
        if isinstance(item, ast.Assign) and item.targets[0].id == name:
            return ast.literal_eval(item.value)
    return None


def iter_models(tree):
    """Yield class, name and whether it is new of each model of a file."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            parents = get_attribute(node, "_inherit")
            name = get_attribute(node, "_name") or parents
            if name:
                yield node.name, name, name not in (parents or ())


def get_owners(sources):
    """Return the addon that defines each model."""
    return {
        model: addon
        for (addon, path), text in sources.items()
        if path.suffix == ".py"
        for _class_name, model, is_new in iter_models(ast.parse(text))
        if is_new
    }


def without_comments(path, text):
    """Return Python without comments and docstrings: they may name what others do."""
    if path.suffix != ".py":
        return re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    previous, kept = tokenize.INDENT, []
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        is_docstring = token.type == tokenize.STRING and previous in (
            *(tokenize.INDENT, tokenize.NEWLINE, tokenize.NL, tokenize.DEDENT),
        )
        if token.type != tokenize.COMMENT and not is_docstring:
            kept.append(token.string)
        previous = token.type
    return " ".join(kept)


def test_an_addon_names_no_module_or_record_of_another(sources_and_tests, reach):
    wrong = []
    for (addon, path), text in sources_and_tests.items():
        others = sorted(set(reach) - reach[addon], key=len, reverse=True)
        if not others:
            continue
        named = re.compile(rf"\b({'|'.join(others)})(?=[./])")
        found = set(named.findall(without_comments(path, text)))
        wrong += [f"{addon}/{path} names {other}" for other in sorted(found)]
    assert not wrong, "\n".join(wrong)


def test_an_addon_names_no_model_of_another(sources, sources_and_tests, reach):
    owners = get_owners(sources)
    wrong = []
    for (addon, path), text in sources_and_tests.items():
        for model in set(MODEL.findall(without_comments(path, text))):
            owner = owners.get(model, addon)
            if owner not in reach[addon]:
                wrong.append(f"{addon}/{path} names {model} of {owner}")
    assert not wrong, "\n".join(sorted(wrong))


def test_a_model_is_one_class_in_one_file_of_its_name(sources):
    found = Counter()
    for (addon, path), text in sources.items():
        if path.suffix != ".py" or path.parts[0] != "models":
            continue
        for _class_name, model, _is_new in iter_models(ast.parse(text)):
            assert path.stem == model.replace(".", "_"), f"{addon}/{path}: {model}"
            found[addon, path.parent, model] += 1
    assert not [place for place, number in found.items() if number > 1]


def iter_explained(text):
    """Yield the docstrings and comments of a file."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)):
            yield ast.get_docstring(node) or ""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.string


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


def test_demo_data_installs_at_every_hour(root):
    found = [
        str(path.relative_to(root))
        for path in root.glob("customer_complaint*/demo/*.xml")
        if HOUR_OF_TODAY.search(path.read_text())
    ]
    assert not found, found


def run_script(root, name):
    return runpy.run_path(str(root / "scripts" / f"{name}.py"))


def test_the_picture_shows_the_house(root):
    picture = (root / "docs" / "house.svg").read_text()
    assert picture == run_script(root, "house")["draw"](), "run scripts/house.py"


def test_readmes_and_pages_say_what_their_parts_say(root, manifests):
    make_all = run_script(root, "readme")["make_all"]
    old = [
        addon
        for addon in manifests
        if (root / addon / "readme").is_dir()
        for path, text in make_all(root / addon).items()
        if not (root / addon / path).exists()
        or (root / addon / path).read_text() != text
    ]
    assert not old, f"run scripts/readme.py {' '.join(dict.fromkeys(old))}"


def test_each_addon_has_an_icon_of_its_own(root, manifests):
    """By which people tell the addons apart in Apps."""
    named = {
        addon: root / addon / "static" / "description"
        for addon in manifests
        if (root / addon / "readme").is_dir()
    }
    for kind in ("svg", "png"):
        icons = Counter((path / f"icon.{kind}").read_bytes() for path in named.values())
        assert max(icons.values()) == 1
