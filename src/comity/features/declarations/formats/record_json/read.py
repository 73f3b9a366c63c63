"""What documents a JSON file of canonical records holds: `{"declaration": {…}}`, one a line, or several in an array."""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any, BinaryIO

import msgspec

from comity.features.declarations.canonical import from_record
from comity.features.declarations.errors import RecordInvalid
from comity.features.declarations.reading import FileSource, Limits, ReadDocument, capped, is_refused
from comity.features.declarations.sniff import head_text
from comity.features.declarations.validate import validate
from comity.foundation.errors import Finding, Severity
from comity.foundation.trade.declaration import Declaration
from comity.foundation.trade.trade_document import NAMES

_BEGINNING = re.compile(r'(?:\[\s*)?\{\s*"(?:' + "|".join(map(re.escape, NAMES)) + r')"\s*:')
_POINTER = re.compile(r"\.|\[([0-9]+)\]")


def is_record_json(head: bytes) -> bool:
    """Claim that a file begins with a document under the name of its kind."""
    return _BEGINNING.match(head_text(head)) is not None


def read_record_json(source: bytes | FileSource, *, limits: Limits, findings: list[Finding]) -> Iterator[ReadDocument]:
    """Yield the documents one by one; never raises on any bytes.

    A file is read a line at a time, however long the file: each line holds a document of at most
    `max_document_bytes`, or the file as a whole is no larger than that.
    """
    if isinstance(source, FileSource):
        limits = limits._replace(max_documents=sys.maxsize)
    try:
        with BytesIO(source) if isinstance(source, bytes) else source.open() as file:
            for position, (place, said) in enumerate(_values(file, limits), start=1):
                if position > limits.max_documents:
                    message = f"Expected at most {limits.max_documents} documents in a file; the rest was not read."
                    findings.append(Finding("declarations.too-many-documents", "/", message))
                    return
                yield _document(said, place, position, limits)
    except OSError:
        findings.append(Finding("declarations.file-unreadable", "/", "The file cannot be read. Check the disk."))


def _values(file: BinaryIO, limits: Limits) -> Iterator[tuple[str, Any]]:
    """Yield each JSON value with its place; a `Finding` in its stead where it is none."""
    head = file.read(limits.max_document_bytes)
    if not file.read(1):
        whole = _decoded(head.removeprefix(b"\xef\xbb\xbf"))
        if isinstance(whole, list):
            yield from ((f"/{place}", one) for place, one in enumerate(whole))
            return
        if not isinstance(whole, Finding):
            yield "", whole
            return
    file.seek(3 if head.startswith(b"\xef\xbb\xbf") else 0)
    number = 0
    while line := file.readline(limits.max_document_bytes + 1):
        number += 1
        if len(line) > limits.max_document_bytes:
            message = "Expected one document a line; the line is longer than a document may be. Put each on its line."
            yield f"line {number}", Finding("declarations.too-large", f"line {number}", message)
            return
        if line.strip():
            yield f"line {number}", _decoded(line)


def _decoded(content: bytes) -> Any:
    try:
        return msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Finding("declarations.json-malformed", "/", "Expected JSON in UTF-8. Was the file cut off?")


def _document(said: Any, place: str, position: int, limits: Limits) -> ReadDocument:
    if isinstance(said, Finding):
        refused = Finding(said.code, place or "/", said.message)
        return ReadDocument(None, (refused,), position, hashlib.sha256(place.encode()).hexdigest())
    digest = hashlib.sha256(msgspec.json.encode(said, order="sorted")).hexdigest()
    names = list(said) if isinstance(said, dict) else []
    if len(names) != 1 or names[0] not in NAMES or not isinstance(said[names[0]], dict):
        message = f"Expected an object with one name, the kind of document: {', '.join(NAMES)}."
        return ReadDocument(None, (Finding("declarations.document-unnamed", place or "/", message),), position, digest)
    try:
        document = from_record(said[names[0]], NAMES[names[0]])
    except RecordInvalid as error:
        path = f"{place}/{names[0]}{_pointer(error.path)}"
        return ReadDocument(None, (Finding(error.code, path, error.message),), position, digest)
    findings = _checked(document, place) if isinstance(document, Declaration) else []
    shown = capped(findings, limits.max_findings)
    return ReadDocument(None if is_refused(findings) else document, shown, position, digest)


def _checked(declaration: Declaration, place: str) -> list[Finding]:
    """Check a declaration as other readers do; what is missing is only told.

    Which elements must be there depends on the format a declaration came in, and the record does not say which.
    """
    return [
        replace(one, severity=Severity.WARNING) if one.code == "declarations.element-missing" else one
        for one in validate(declaration, path=place)
    ]


def _pointer(path: str | None) -> str:
    """Return a place of a record (`$.goods_shipment.items[0]`) as the rest of a JSON pointer (RFC 6901)."""
    return _POINTER.sub(lambda match: f"/{match[1] or ''}", (path or "").removeprefix("$"))
