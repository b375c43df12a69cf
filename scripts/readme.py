"""Write what each addon says of itself from its readme/*.md.

The README.rst, in the OCA's order, and its page in Apps,
static/description/index.html.

usage: readme.py ADDON...
"""

import ast
import html
import re
import sys
import textwrap
from pathlib import Path

SECTIONS = (
    ("CONTEXT", "Use Cases / Context"),
    ("CONFIGURE", "Configuration"),
    ("USAGE", "Usage"),
    ("ROADMAP", "Known issues / Roadmap"),
)
CONTENTS = "**Table of contents**\n\n.. contents::\n   :local:"
CREDITS = """Credits
=======

Authors
-------

* {author}

Contributors
------------

{people}"""

# The trunk's page is written by hand: it tells more than its description.
HAND_MADE = ("customer_complaint",)
PAGE = """<section class="oe_container">
    <div class="oe_row oe_spaced">
        <h1 class="oe_slogan">{name}</h1>
        <h3 class="oe_slogan">{summary}</h3>
    </div>
</section>
<section class="oe_container oe_dark">
    <div class="oe_row oe_spaced">
{description}
    </div>
</section>
<section class="oe_container">
    <div class="oe_row oe_spaced">
{needs}
    </div>
</section>
"""


def read_manifest(addon):
    return ast.literal_eval((addon / "__manifest__.py").read_text())


def to_rst(text):
    """Return Markdown as reStructuredText: emphasis, code, links and headings."""
    text = re.sub(r"`([^`]+)`", r"``\1``", text.strip())
    text = re.sub(r"(?<![\w`])_([^_\n]+(?:\n[^_\n]+)*)_(?![\w`])", r"*\1*", text)
    text = re.sub(r"\[([^\]]+)\]\(([^)]+)\)", r"`\1 <\2>`__", text)
    return re.sub(
        r"^#+ (.*)$", lambda m: f"{m[1]}\n{'-' * len(m[1])}", text, flags=re.MULTILINE
    )


def make_readme(addon):
    """Return the text of the README of an addon.

    :param pathlib.Path addon: its directory
    """
    manifest = read_manifest(addon)
    read = {path.stem: path.read_text() for path in (addon / "readme").glob("*.md")}
    rule = "=" * len(manifest["name"])
    parts = [
        f"{rule}\n{manifest['name']}\n{rule}",
        to_rst(read["DESCRIPTION"]),
        CONTENTS,
    ]
    for name, title in SECTIONS:
        if name in read:
            parts.append(f"{title}\n{'=' * len(title)}\n\n{to_rst(read[name])}")
    people = read.get("CONTRIBUTORS", "").strip()
    parts.append(CREDITS.format(author=manifest["author"], people=people))
    return "\n\n".join(parts) + "\n"


def to_inline(text):
    """Return a stretch of Markdown as HTML: emphasis, code and links, lines filled."""
    text = html.escape(" ".join(text.split()), quote=False)
    text = re.sub(r"`([^`]+)`", r"<code>\1</code>", text)
    text = re.sub(r"\*\*([^*]+)\*\*", r"<b>\1</b>", text)
    text = re.sub(r"(?<![\w`])_([^_]+)_(?![\w`])", r"<i>\1</i>", text)
    return re.sub(r"\[([^\]]+)\]\(([^)]+)\)", r'<a href="\2">\1</a>', text)


def to_element(tag, text, depth):
    """Return an element on lines of its own, the text filled within it."""
    margin = " " * 4 * depth
    inner = margin + " " * 4
    filled = textwrap.fill(
        to_inline(text),
        width=88,
        initial_indent=inner,
        subsequent_indent=inner,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return f"{margin}<{tag}>\n{filled}\n{margin}</{tag}>"


def to_html(text, depth):
    """Return Markdown as HTML: paragraphs and lists.

    :param int depth: how deep it stands in the page
    """
    margin = " " * 4 * depth
    parts = []
    for block in re.split(r"\n{2,}", text.strip()):
        if block.startswith("- "):
            items = re.split(r"^- ", block, flags=re.MULTILINE)[1:]
            told = "\n".join(to_element("li", item, depth + 1) for item in items)
            parts.append(f"{margin}<ul>\n{told}\n{margin}</ul>")
        else:
            parts.append(to_element("p", block, depth))
    return "\n".join(parts)


def get_needs(addon, manifest):
    """Return what an addon needs, in a sentence; addons of ours by their title."""
    needs = [
        f"_{read_manifest(addon.parent / name)['name']}_"
        if (addon.parent / name / "__manifest__.py").exists()
        else f"`{name}`"
        for name in manifest["depends"]
    ]
    *most, last = needs
    told = f"{', '.join(most)} and {last}" if most else last
    itself = ", and installs itself where they are" if most else ", and comes with it"
    return (
        f"Needs {told}{itself if manifest.get('auto_install') else ''}. English and "
        f"Chinese. Licence {manifest['license']}."
    )


def make_page(addon):
    """Return the page of an addon in Apps.

    :param pathlib.Path addon: its directory
    """
    manifest = read_manifest(addon)
    return PAGE.format(
        name=html.escape(manifest["name"], quote=False),
        summary=html.escape(manifest["summary"], quote=False),
        description=to_html((addon / "readme" / "DESCRIPTION.md").read_text(), 2),
        needs=to_element("p", get_needs(addon, manifest), 2),
    )


def make_all(addon):
    """Return the text of each file that is made of the parts, by its path."""
    texts = {"README.rst": make_readme(addon)}
    if addon.name not in HAND_MADE:
        texts["static/description/index.html"] = make_page(addon)
    return texts


if __name__ == "__main__":
    for directory in map(Path, sys.argv[1:]):
        for path, text in make_all(directory.resolve()).items():
            (directory / path).write_text(text)
