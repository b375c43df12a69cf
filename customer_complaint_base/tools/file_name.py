"""Names of files as users wrote them, made fit for every system."""

import re
from pathlib import PurePosixPath

# File systems take 255 bytes at most: room for a number before the name.
MAX_FILE_NAME_BYTES = 200
MAX_SUFFIX_BYTES = 16
# What nothing is left of.
NAMELESS = "file"
# Control characters, parts of paths, and what turns the direction of writing or is not
# seen: it makes one kind of file look like another.
UNSAFE = re.compile(
    r'[\x00-\x1f\x7f-\x9f/\\:*?"<>|\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+'
)
# Devices, not files, on some systems.
DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)", re.IGNORECASE)


def clean_file_name(name, max_bytes=MAX_FILE_NAME_BYTES):
    """Return a file name that no system takes for a path, a device, or cuts off.

    :param str name: as a user wrote it
    :param int max_bytes: how long it may be, in UTF-8; its suffix is kept
    :rtype: str
    """
    name = UNSAFE.sub("_", name or "").strip(" .")
    name = DEVICES.sub(r"_\g<0>", name) or NAMELESS
    if len(name.encode()) <= max_bytes:
        return name
    suffix = PurePosixPath(name).suffix
    if len(suffix.encode()) > MAX_SUFFIX_BYTES:
        suffix = ""
    room = max_bytes - len(suffix.encode())
    stem = name.removesuffix(suffix).encode()[:room].decode(errors="ignore")
    return stem.rstrip(" .") + suffix
