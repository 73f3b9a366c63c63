"""Which files lie in the bytes that came: plain, gzip (RFC 1952) or a zip of several; never more than is allowed.

What an archive says of its sizes is not believed: bytes are counted while they are unpacked.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator

from comity.features.codes.entries import CodeLimits
from comity.foundation.errors import Finding

_GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"
_WORKBOOK_PARTS = ("xl/workbook.xml", "content.xml")
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""`zipfile` does not bound what other methods unpack to at once."""
_CHUNK = 1 << 20


def unpacked(name: str, content: bytes, *, limits: CodeLimits) -> Iterator[tuple[str, bytes] | Finding]:
    """Yield each file in the bytes with its name, or why it is not read. A workbook is one file, not an archive."""
    if len(content) > limits.max_file_bytes:
        yield _too_large(limits.max_file_bytes)
    elif content.startswith(_GZIP):
        yield _gunzipped(name, content, limits)
    elif content.startswith(_ZIP):
        yield from _members(name, content, limits)
    else:
        yield name, content


def _gunzipped(name: str, content: bytes, limits: CodeLimits) -> tuple[str, bytes] | Finding:
    parts: list[bytes] = []
    size, rest = 0, content
    try:
        while rest.startswith(_GZIP):
            stream = zlib.decompressobj(wbits=31)
            piece = stream.decompress(rest, limits.max_unpacked_bytes - size + 1)
            parts.append(piece)
            size += len(piece)
            if size > limits.max_unpacked_bytes:
                return _too_large(limits.max_unpacked_bytes)
            if not stream.eof:
                return _damaged()
            rest = stream.unused_data
    except zlib.error:
        return _damaged()
    return name.removesuffix(".gz"), b"".join(parts)


def _members(name: str, content: bytes, limits: CodeLimits) -> Iterator[tuple[str, bytes] | Finding]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [one for one in archive.infolist() if not one.is_dir()]
            if len(members) > limits.max_members and not _is_workbook(members):
                yield _finding("archive-refused", f"Expected at most {limits.max_members} files in the archive.")
                return
            if any(member.compress_type not in _METHODS for member in members):
                yield _finding("archive-refused", "Expected an archive packed with deflate. Pack it again as .zip.")
                return
            room = limits.max_unpacked_bytes
            for member in members:
                unpacked_bytes = _unpack(archive, member, room)
                if unpacked_bytes is None:
                    yield _too_large(limits.max_unpacked_bytes)
                    return
                room -= len(unpacked_bytes)
                if not _is_workbook(members):
                    yield member.filename, unpacked_bytes
            if _is_workbook(members):
                yield name, content
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError):
        yield _damaged()


def _unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo, room: int) -> bytes | None:
    with archive.open(member) as file:
        parts: list[bytes] = []
        size = 0
        while piece := file.read(_CHUNK):
            size += len(piece)
            if size > room:
                return None
            parts.append(piece)
        return b"".join(parts)


def _is_workbook(members: list[zipfile.ZipInfo]) -> bool:
    return any(one.filename in _WORKBOOK_PARTS for one in members)


def _too_large(limit: int) -> Finding:
    return _finding(
        "too-large", f"Expected at most {limit} bytes when unpacked; more came. Import the lists one by one."
    )


def _damaged() -> Finding:
    return _finding("archive-refused", "The archive is damaged, cut off or locked by a password. Fetch it again.")


def _finding(code: str, message: str) -> Finding:
    return Finding(f"codes.{code}", "/", message)
