"""What a PDF does by itself when it is opened."""

import re
import zlib

# Actions that run code, start programs or play what is embedded.
ACTIVE_NAMES = ("JavaScript", "Launch", "RichMedia")
# What cannot be looked into without its key.
CLOSED_NAMES = ("Encrypt",)
PACKED_NAMES = ("ObjStm",)
# Object streams of real papers are far smaller; what unpacks to more is no paper.
MAX_UNPACKED = 16 * 1024 * 1024
STREAM = re.compile(rb"stream\r?\n")


def _names(*names):
    """Return the pattern of names, each letter of which may be written as ``#4a``."""
    letters = {
        letter: rb"(?:%c|#%02x|#%02X)" % (letter, letter, letter)
        for letter in set("".join(names).encode())
    }
    texts = (b"".join(letters[letter] for letter in name.encode()) for name in names)
    return re.compile(rb"/(?:" + b"|".join(texts) + rb")(?![A-Za-z0-9])")


ACTIVE = _names(*ACTIVE_NAMES, *CLOSED_NAMES)
PACKED = _names(*PACKED_NAMES)


def has_active_content(data):
    """Return whether a PDF may do something by itself when it is opened.

    What cannot be looked into counts as active: encrypted files, and packed objects
    that are broken or huge.

    :param bytes data: of the whole file
    :rtype: bool
    """
    if ACTIVE.search(data):
        return True
    return any(_is_active(packed) for packed in _unpack_objects(data))


def _is_active(packed):
    return packed is None or bool(ACTIVE.search(packed))


def _unpack_objects(data):
    """Yield the packed objects of a PDF; None for what cannot be unpacked."""
    for name in PACKED.finditer(data):
        stream = STREAM.search(data, name.end())
        end = data.find(b"endstream", stream.end()) if stream else -1
        if end < 0:
            yield None
            continue
        unpacker = zlib.decompressobj()
        try:
            packed = unpacker.decompress(data[stream.end() : end], MAX_UNPACKED)
        except zlib.error:
            packed = b""
        yield packed if unpacker.eof else None
