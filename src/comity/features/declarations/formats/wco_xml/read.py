"""What declarations and responses an XML document holds, and every fault of each (WCO Data Model 3.6)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from lxml import etree
from lxml.etree import _Element

from comity.features.declarations.formats.wco_xml.context import Context, Places, local_name
from comity.features.declarations.formats.wco_xml.envelope import BATCH, messages_in
from comity.features.declarations.formats.wco_xml.frame import read_plain
from comity.features.declarations.formats.wco_xml.leaf import Fault
from comity.features.declarations.formats.wco_xml.messages import MESSAGES
from comity.features.declarations.formats.wco_xml.parse import (
    parsed,
    refused_encoding,
)
from comity.features.declarations.formats.wco_xml.plain import Unusual
from comity.features.declarations.formats.wco_xml.tree import read_element
from comity.features.declarations.reading import Limits, ReadDocument, capped, is_refused
from comity.features.declarations.validate import validate, validate_notice
from comity.foundation.errors import Finding
from comity.foundation.trade.declaration import Declaration
from comity.foundation.trade.notice import Notice

FORMAT = "wco-xml"
Known = Declaration | Notice
_NEXT_DOCUMENT = re.compile(rb"(?<=[>\s])<\?xml\s")


def read_wco_xml(content: bytes, *, limits: Limits) -> Iterator[ReadDocument]:
    """Yield the documents of an XML file one by one; never raises on any bytes.

    A file may hold one document, a batch (`Declarations` around several), or several XML documents one after
    another, each with its own XML declaration: then a malformed one does not hold up the others.
    """
    position = 0
    for piece in _pieces(content, limits):
        for document, findings, digest in _documents_of(piece, limits):
            position += 1
            if position > limits.max_documents:
                message = f"Expected at most {limits.max_documents} documents in a file; the rest was not read."
                yield ReadDocument(None, (Finding("declarations.too-many-documents", "/", message),), position, digest)
                return
            if findings:
                yield ReadDocument(
                    None if is_refused(findings) else document, capped(findings, limits.max_findings), position, digest
                )
            else:
                yield ReadDocument(document, (), position, digest)


def _pieces(content: bytes, limits: Limits) -> list[bytes]:
    if content.find(b"?", content.find(b"?>") + 1) < 0 or content.find(b"<?xml", 8) < 0:
        return [content]
    starts = [match.start() for match in _NEXT_DOCUMENT.finditer(content)]
    if not starts:
        return [content]
    if refused_encoding(content[:1024]) is not None:
        return [content]
    bounds = [0, *starts[: limits.max_documents + 1], len(content)]
    pieces = [content[start:end].strip() for start, end in pairwise(bounds)]
    return [piece for piece in pieces if piece] or [content]


def _documents_of(content: bytes, limits: Limits) -> Iterator[tuple[Known | None, list[Finding], str]]:
    try:
        document, path = read_plain(content, limits)
    except (Unusual, Fault):
        yield from _from_tree(content, limits)
    else:
        yield document, checked(document, path, ()), hashlib.sha256(content).hexdigest()


def _from_tree(content: bytes, limits: Limits) -> Iterator[tuple[Known | None, list[Finding], str]]:
    root = parsed(content, limits=limits)
    if isinstance(root, Finding):
        yield None, [root], hashlib.sha256(content).hexdigest()
        return
    places = Places()
    found = list(messages_in(root, places))
    if sum(1 for one in found if not isinstance(one, Finding)) <= 1 and local_name(root.tag) != BATCH:
        yield _one_document(found, content, limits, places)
        return
    for one in found:
        if isinstance(one, Finding):
            yield None, [one], hashlib.sha256(one.path.encode() + content).hexdigest()
        else:
            document, findings = _read_one(one, limits, places)
            yield document, findings, hashlib.sha256(etree.tostring(one, method="c14n", exclusive=True)).hexdigest()


def _one_document(
    found: list[_Element | Finding], content: bytes, limits: Limits, places: Places
) -> tuple[Known | None, list[Finding], str]:
    document: Known | None = None
    findings: list[Finding] = []
    for one in found:
        if isinstance(one, Finding):
            findings.append(one)
        else:
            document, own = _read_one(one, limits, places)
            findings += own
    return document, findings, hashlib.sha256(content).hexdigest()


def _read_one(element: _Element, limits: Limits, places: Places) -> tuple[Known, list[Finding]]:
    message = MESSAGES[local_name(element.tag)]
    context = Context(limits.max_findings, places, message.namespaces, is_forgiving=message.is_forgiving)
    document: Known = read_element(element, message.kind, context)
    return document, context.findings + checked(document, places.of(element), context.findings)


def checked(document: Known, path: str, already: Sequence[Finding]) -> list[Finding]:
    """Return what is missing or inconsistent in a document read."""
    if isinstance(document, Notice):
        return validate_notice(document, path=path, already=already)
    return validate(document, path=path, already=already)
