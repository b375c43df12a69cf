"""Write the README.rst of each addon from its readme/*.md, in the OCA's order.

usage: readme.py ADDON...
"""

import ast
import re
import sys
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
    manifest = ast.literal_eval((addon / "__manifest__.py").read_text())
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


if __name__ == "__main__":
    for directory in map(Path, sys.argv[1:]):
        (directory / "README.rst").write_text(make_readme(directory))
