"""Digests of sealed content, as anybody can compute them again outside Odoo."""

import hashlib
import json

# Written into each digest: what is digested how. Old entries keep theirs.
VERSION = 1
# The first entry of a chain follows nothing.
GENESIS = "0" * 64
CHUNK_SIZE = 1 << 20


def to_canonical_json(value):
    """Return the one text that stands for a value: sorted keys, no blanks, UTF-8.

    :param value: of dicts, lists, str, int, bool and None
    :rtype: str
    """
    return json.dumps(
        value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str
    )


def digest_bytes(data):
    """Return the SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def digest_text(text):
    """Return the SHA-256 of a text in UTF-8, in hexadecimal."""
    return digest_bytes(text.encode())


def digest_value(value):
    """Return the SHA-256 of the canonical JSON of a value, in hexadecimal."""
    return digest_text(to_canonical_json(value))


def digest_file(path):
    """Return the SHA-256 of a file, read in pieces.

    :param str path: in the file system
    :return: in hexadecimal; None when the file cannot be read
    """
    digest = hashlib.sha256()
    try:
        with open(path, "rb") as stream:
            while chunk := stream.read(CHUNK_SIZE):
                digest.update(chunk)
    except OSError:
        return None
    return digest.hexdigest()


def digest_entry(header):
    """Return the digest of a chain entry.

    :param dict header: all that ``HEADER`` names; ``content`` is the digest of the
        content, so that the chain still verifies when the content was destroyed by rule
    :rtype: str
    """
    return digest_value({name: header[name] for name in HEADER})


HEADER = (
    "version",
    "company",
    "position",
    "previous",
    "kind",
    "card",
    "number",
    "date",
    "user",
    "content",
)
