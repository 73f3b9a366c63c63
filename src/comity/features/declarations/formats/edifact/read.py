"""What trade documents an EDIFACT interchange holds, and every fault of each (ISO 9735, UN/EDIFACT directories)."""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from comity.features.declarations.formats.edifact.build import value_of
from comity.features.declarations.formats.edifact.interchange import messages
from comity.features.declarations.formats.edifact.mapping import MESSAGE_TYPES, mapping_of
from comity.features.declarations.formats.edifact.message import Message
from comity.features.declarations.formats.edifact.segments import CHUNK_BYTES, chunked
from comity.features.declarations.reading import Limits, ReadDocument, capped, is_refused
from comity.features.declarations.validate import validate
from comity.foundation.errors import Finding
from comity.foundation.trade.declaration import Declaration
from comity.foundation.trade.trade_document import TradeDocument

FORMAT = "edifact"
_TYPE = re.compile("[A-Z0-9]{1,6}")
_BEGINNING = re.compile(
    rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\s\x00\x1a]*"
    rb"(?:U\x00?N\x00?(?:A\x00?[^\w]|[BGH]\x00?[^\w\x00])|\xe4\xd5[\xc1\xc2]|UIB\W)"
)


def looks_like_edifact(head: bytes) -> bool:
    """Claim that the file begins as an interchange does: with UNA, UNB, or a group or message without them."""
    return _BEGINNING.match(head) is not None


def read_edifact(source: bytes | Path, *, limits: Limits) -> Iterator[ReadDocument]:
    """Yield the messages of a file one by one; never raises on any bytes.

    A path is read chunk by chunk and may hold any number of messages: the memory held is that of two messages and a
    chunk, whatever the size of the file.
    """
    digest = hashlib.sha256()
    if isinstance(source, Path):
        limits = limits._replace(max_documents=sys.maxsize)
        chunks = _chunks_of(source)
    else:
        chunks = chunked(source)
    waiting: ReadDocument | None = None
    for document in _documents(_hashed(chunks, digest), limits):
        if waiting is not None:
            yield waiting
        waiting = document
    if waiting is not None:
        is_whole_file = waiting.position == 1
        yield replace(waiting, content_sha256=digest.hexdigest()) if is_whole_file else waiting


def _chunks_of(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


def _hashed(chunks: Iterable[bytes], digest: hashlib._Hash) -> Iterator[bytes]:
    for chunk in chunks:
        digest.update(chunk)
        yield chunk


def _documents(chunks: Iterable[bytes], limits: Limits) -> Iterator[ReadDocument]:
    loose: list[Finding] = []
    position = 0
    try:
        for message in messages(chunks, limits=limits):
            if isinstance(message, Finding):
                loose.append(message)
                continue
            position += 1
            if position > limits.max_documents:
                said = f"Expected at most {limits.max_documents} messages in a file; the rest was not read."
                loose = [Finding("declarations.too-many-documents", f"message {position}", said)]
                break
            digest = _digest(message)
            document, findings = _read_message(message, limits)
            told = capped(findings, limits.max_findings)
            yield ReadDocument(None if is_refused(findings) else document, told, position, digest)
    except OSError:
        said = "The file can no longer be read. Check the disk and its permissions."
        loose.append(Finding("declarations.file-unreadable", f"message {position + 1}", said))
    if loose:
        digest = hashlib.sha256("".join(one.path for one in loose).encode()).hexdigest()
        yield ReadDocument(None, capped(loose, limits.max_findings), position + 1, digest)


def _read_message(message: Message, limits: Limits) -> tuple[TradeDocument | None, list[Finding]]:
    mapping = mapping_of(message.type)
    if mapping is None:
        name = message.type if _TYPE.fullmatch(message.type) else "of this name"
        said = f"Expected one of {', '.join(MESSAGE_TYPES)}; message type {name} is not mapped."
        return None, [*message.findings, Finding("declarations.edifact-message-type", message.place(0), said)]
    if is_refused(message.findings):
        return None, message.findings
    document, findings = value_of(message, mapping, limits=limits)
    findings = message.findings + findings
    if isinstance(document, Declaration):
        findings += validate(document, path=f"message {message.number}", already=findings)
    return document, findings


def _digest(message: Message) -> str:
    """Return the hash of the message's own bytes, whatever its interchange, line ends and service characters are."""
    digest = hashlib.sha256()
    separators = message.separators
    for segment in message.segments[1:-1]:
        text = "\x1d".join(segment)
        if separators.component != ":":
            text = text.replace(separators.component, ":")
        digest.update(text.encode("utf-8", "surrogatepass") + b"\x1c")
    return digest.hexdigest()
