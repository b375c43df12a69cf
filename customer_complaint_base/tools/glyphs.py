"""Characters that no font of the server can draw.

The program that prints leaves such a character out without a trace: a person's name
would stand on a paper as another name. Here it becomes a sign that one sees, with the
number of the character, so that it can be written in by hand.
"""

import re
import subprocess
from functools import lru_cache

# Beyond what every font for Chinese has; variation selectors are not drawn anyway.
RARE = re.compile(
    "[\u3400-\u4dbf\u9fa6-\u9fff\ue000-\uf8ff\U00010000-\U000e00ff\U000f0000-\U0010ffff]"
)
# How long the list of fonts may take. A technical bound.
TIMEOUT = 10


@lru_cache(maxsize=4096)
def has_glyph(char):
    """Return whether a font of the server draws a character.

    Where fonts cannot be asked for, every character is taken to have one.

    :param str char: one character
    :rtype: bool
    """
    try:
        fonts = subprocess.run(
            ["fc-list", f":charset={ord(char):x}", "family"],
            capture_output=True,
            timeout=TIMEOUT,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return True
    return bool(fonts.stdout.strip())


def show_missing(text):
    """Return a text in which characters without glyph are seen, with their number.

    :param str text: maybe HTML
    :rtype: str
    """
    return RARE.sub(
        lambda found: (
            found[0] if has_glyph(found[0]) else f"\u3013[U+{ord(found[0]):04X}]"
        ),
        text,
    )
