"""Every text of the addons speaks Chinese.

The terms are exported anew from the database the addons are installed in, as ``./dev
pot`` does, and compared with the files of the repository.
"""

import os
import re

import polib
import pytest

pytestmark = pytest.mark.slow

# Terms that are the same in Chinese. Those without Latin letters need no mention.
SAME_IN_CHINESE = {
    "TS/2026/00001-1",
    "ID",
    # short names of the sources of the time limits
    "CBIRC-2020",
    "CBRC-2012",
    "GOOD-PRACTICE",
    "GSP-QUALITY",
    "OPINION-FORM",
    "RETAIL-24/7/15",
    "SERVICE-4/24",
    # sample values in the sources of printed papers
    "DA",
    "DA/2026/YB/00001",
    "DA/2026/YB/00040",
    "GR/2026/00001",
    "PD/2026/00001",
    "XH/2026/00001",
    "TS/2026/00001",
    # expressions that name the file of a printed paper
    "(object.archive_card_id.display_name or object.name).replace('/', '-')",
    "object.display_name.replace('/', '-')",
    "object.name.replace('/', '-')",
    "object.complaint_name.replace('/', '-')",
    "object.complaint_id.name.replace('/', '-')",
}
# As many as one can keep to.
MOST_TERMS = 80
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sdf%]|\{\w*\}")
TAG = re.compile(r"</?\w+|(?<=\s)t-[\w-]+|(?<=\s)(?:class|href|name)=\"[^\"]*\"")


# One addon after the other: together each term would be told of one of them only.
EXPORT = """
from odoo.tools.translate import trans_export

for addon in ADDONS:
    with open(f"{FOLDER}/{addon}.pot", "wb") as file:
        trans_export(False, [addon], file, "po", env)
"""


@pytest.fixture
def terms(addons, tmp_path, run_odoo_shell):
    """Return the terms of each addon as they are now."""
    given = f"ADDONS = {addons!r}\nFOLDER = {str(tmp_path)!r}\n"
    run_odoo_shell(os.environ["CC_DB"], f"{given}{EXPORT}")
    return {
        addon: {entry.msgid for entry in polib.pofile(str(tmp_path / f"{addon}.pot"))}
        for addon in addons
    }


@pytest.fixture
def read(root):
    """Read a translation file: ``read(addon, "zh_CN.po")``."""

    def run(addon, name):
        path = root / addon / "i18n" / name
        assert path.exists(), f"there is no {path.relative_to(root)}: run ./dev pot"
        return polib.pofile(str(path), check_for_duplicates=True)

    return run


@pytest.fixture
def chinese(addons, read):
    """Return all entries of the Chinese files."""
    return [entry for addon in addons for entry in read(addon, "zh_CN.po")]


def report(headline, lines):
    """Fail with one line per finding."""
    if lines:
        pytest.fail("\n".join([headline, *sorted(lines)]), pytrace=False)


def test_files_hold_the_terms_of_the_sources(terms, read):
    findings = []
    for addon, current in terms.items():
        for name in (f"{addon}.pot", "zh_CN.po"):
            known = {entry.msgid for entry in read(addon, name) if not entry.obsolete}
            findings += [f"{name} lacks {term!r}" for term in current - known]
            findings += [f"{name} still has {term!r}" for term in known - current]
    report("run ./dev pot, then translate what is new:", findings)


def test_every_term_is_translated(chinese):
    findings = [
        f"{entry.msgid!r}{' is marked fuzzy' if entry.fuzzy else ''}"
        for entry in chinese
        if entry.fuzzy or entry.obsolete or not entry.msgstr.strip()
    ]
    report("not translated into Chinese:", findings)


def test_nothing_is_left_in_english(chinese):
    findings = [
        repr(entry.msgid)
        for entry in chinese
        if entry.msgstr == entry.msgid
        and re.search("[A-Za-z]", PLACEHOLDER.sub("", entry.msgid))
        and entry.msgid not in SAME_IN_CHINESE
    ]
    report("the Chinese equals the English:", findings)


@pytest.mark.parametrize(
    ("pattern", "collect"),
    # A placeholder may be used once where English needs it twice; a tag may not.
    [(PLACEHOLDER, set), (TAG, sorted)],
    ids=["placeholders", "tags"],
)
def test_translations_keep_what_the_program_fills_in(chinese, pattern, collect):
    findings = [
        f"{entry.msgid!r} -> {entry.msgstr!r}"
        for entry in chinese
        if collect(pattern.findall(entry.msgid))
        != collect(pattern.findall(entry.msgstr))
    ]
    report("these differ between English and Chinese:", findings)


def test_labels_keep_to_the_glossary(root, addons, read):
    rows = re.findall(
        r"^\| (\w.*?) +\| (\S+) +\|", (root / "docs/glossary.md").read_text(), re.M
    )
    glossary = dict(rows[1:])
    assert len(glossary) == len(rows) - 1 <= MOST_TERMS, "a term stands there twice"
    used = {}
    for addon in addons:
        for entry in read(addon, "zh_CN.po"):
            if entry.msgid in glossary:
                used.setdefault(entry.msgid, {})[addon] = entry.msgstr
    report(
        "not as in docs/glossary.md:",
        [
            f"{addon}: {term!r} is {text!r}, not {glossary[term]!r}"
            for term, texts in used.items()
            for addon, text in texts.items()
            # Its forms keep the words of the papers they come from.
            if text != glossary[term] and addon != "customer_complaint_form"
        ],
    )
    report("in docs/glossary.md, and no label:", glossary.keys() - used.keys())
