"""A ZIP that is written while it is being sent, with the digest of all it holds."""

import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from odoo.addons.customer_complaint_base.tools.file_name import clean_file_name

CHUNK = 256 * 1024
# Longer files need the large format, which old programs do not read.
LARGE = 1 << 31
# Paths stay short enough for any system to unpack them.
MAX_PART_BYTES = 120
OWNER_READS = 0o600 << 16
# What packing would not make smaller.
PACKED_TYPES = ("image/", "video/", "audio/", "application/pdf", "application/zip")
UNPACKED_TYPES = ("image/bmp", "image/svg+xml", "image/tiff", "audio/wav")


class Paths:
    """Gives out paths, each one once, whatever is large or small in it."""

    def __init__(self):
        self._taken = set()

    def take(self, *parts):
        """Return a path of these parts that was not given out before.

        :param str parts: folders and the file's name, as users wrote them
        :rtype: str
        """
        *folders, name = (clean_file_name(part, MAX_PART_BYTES) for part in parts)
        first = path = PurePosixPath(*folders, name)
        number = 1
        while str(path).casefold() in self._taken:
            number += 1
            path = first.with_name(f"{first.stem} ({number}){first.suffix}")
        self._taken.add(str(path).casefold())
        return str(path)


@dataclass(frozen=True)
class Member:
    """A file to be put into the ZIP: where, and how to read it."""

    path: str
    read: Callable[[], Iterator[bytes]]
    size: int
    mimetype: str = ""
    #: What the manifest says of it besides.
    facts: dict | None = None

    @classmethod
    def from_bytes(cls, path, content, **values):
        return cls(path, lambda: iter([content]), len(content), **values)

    @classmethod
    def from_file(cls, path, filename, size, **values):
        return cls(path, lambda: read_file(filename), size, **values)


@dataclass(frozen=True)
class Written:
    """What became of a member: its digest, or none when it could not be read."""

    member: Member
    size: int
    digest: str | None


def read_file(filename):
    """Yield the content of a file in pieces."""
    with open(filename, "rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


class _Sink(io.RawIOBase):
    """Where the ZIP is written to, and taken from before it grows."""

    def __init__(self):
        super().__init__()
        self._chunks = []

    def writable(self):
        return True

    # A file, no model.
    def write(self, data):  # pylint: disable=method-required-super
        self._chunks.append(bytes(data))
        return len(data)

    def take(self):
        data = b"".join(self._chunks)
        self._chunks.clear()
        return data


def stream_zip(members, moment, close):
    """Yield a ZIP in pieces; no more than a piece is held in memory.

    :param members: of type :class:`Member`; read one after the other
    :param datetime.datetime moment: the date that all files bear
    :param close: takes the list of what was :class:`Written`; returns further members,
        the manifests
    :rtype: Iterator[bytes]
    """
    sink = _Sink()
    written = []
    with ZipFile(sink, "w") as archive:
        for member in members:
            yield from _write(archive, sink, member, moment, written)
        for member in close(list(written)):
            yield from _write(archive, sink, member, moment, written)
    yield sink.take()


def _write(archive, sink, member, moment, written):
    chunks = member.read()
    try:
        chunk = next(chunks, b"")
    except OSError:
        # Gone since the ZIP was begun: the manifest tells.
        written.append(Written(member, 0, None))
        return
    info = ZipInfo(member.path, moment.timetuple()[:6])
    info.external_attr = OWNER_READS
    info.compress_type = ZIP_STORED if _is_packed(member.mimetype) else ZIP_DEFLATED
    digest, size = hashlib.sha256(), 0
    with archive.open(info, "w", force_zip64=member.size >= LARGE) as file:
        while chunk:
            digest.update(chunk)
            size += len(chunk)
            file.write(chunk)
            if data := sink.take():
                yield data
            chunk = next(chunks, b"")
    written.append(Written(member, size, digest.hexdigest()))
    yield sink.take()


def _is_packed(mimetype):
    return mimetype.startswith(PACKED_TYPES) and not mimetype.startswith(UNPACKED_TYPES)
