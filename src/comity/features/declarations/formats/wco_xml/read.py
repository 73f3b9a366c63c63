"""What declarations an XML document holds, and every fault of each (WCO Data Model 3.6)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from itertools import pairwise

from lxml import etree
from lxml.etree import _Element

from comity.features.declarations.formats.wco_xml.classes import declaration as read_declaration
from comity.features.declarations.formats.wco_xml.context import Context, Places, local_name
from comity.features.declarations.formats.wco_xml.envelope import BATCH, declarations_in
from comity.features.declarations.formats.wco_xml.parse import parsed, refused_encoding, strict_parser
from comity.features.declarations.reading import Limits, ReadDocument, capped, is_refused
from comity.features.declarations.validate import validate
from comity.foundation.errors import Finding
from comity.foundation.trade.declaration import Declaration

FORMAT = "wco-xml"
_NEXT_DOCUMENT = re.compile(rb"(?<=[>\s])<\?xml\s")


def read_wco_xml(content: bytes, *, limits: Limits) -> Iterator[ReadDocument]:
    """Yield the documents of an XML file one by one; never raises on any bytes.

    A file may hold one document, a batch (`Declarations` around several), or several XML documents one after
    another, each with its own XML declaration: then a malformed one does not hold up the others.
    """
    parser = strict_parser()
    position = 0
    pieces = _pieces(content, limits)
    for piece in pieces:
        for declaration, findings, digest in _documents_of(piece, limits, parser):
            position += 1
            if position > limits.max_documents:
                message = f"Expected at most {limits.max_documents} documents in a file; the rest was not read."
                yield ReadDocument(None, (Finding("declarations.too-many-documents", "/", message),), position, digest)
                return
            yield ReadDocument(
                None if is_refused(findings) else declaration, capped(findings, limits.max_findings), position, digest
            )


def _pieces(content: bytes, limits: Limits) -> list[bytes]:
    if content.find(b"<?xml", 8) < 0:
        return [content]
    starts = [match.start() for match in _NEXT_DOCUMENT.finditer(content)]
    if not starts:
        return [content]
    if refused_encoding(content[:1024]) is not None:
        return [content]
    bounds = [0, *starts[: limits.max_documents + 1], len(content)]
    pieces = [content[start:end].strip() for start, end in pairwise(bounds)]
    return [piece for piece in pieces if piece] or [content]


def _documents_of(
    content: bytes, limits: Limits, parser: etree.XMLParser
) -> Iterator[tuple[Declaration | None, list[Finding], str]]:
    root = parsed(content, limits=limits, parser=parser)
    if isinstance(root, Finding):
        yield None, [root], hashlib.sha256(content).hexdigest()
        return
    places = Places()
    found = list(declarations_in(root, places))
    if sum(1 for one in found if not isinstance(one, Finding)) <= 1 and local_name(root.tag) != BATCH:
        yield _one_document(found, content, limits, places)
        return
    for one in found:
        if isinstance(one, Finding):
            yield None, [one], hashlib.sha256(one.path.encode() + content).hexdigest()
        else:
            declaration, findings = _read_one(one, limits, places)
            yield declaration, findings, hashlib.sha256(etree.tostring(one, method="c14n", exclusive=True)).hexdigest()


def _one_document(
    found: list[_Element | Finding], content: bytes, limits: Limits, places: Places
) -> tuple[Declaration | None, list[Finding], str]:
    declaration: Declaration | None = None
    findings: list[Finding] = []
    for one in found:
        if isinstance(one, Finding):
            findings.append(one)
        else:
            declaration, own = _read_one(one, limits, places)
            findings += own
    return declaration, findings, hashlib.sha256(content).hexdigest()


def _read_one(element: _Element, limits: Limits, places: Places) -> tuple[Declaration, list[Finding]]:
    context = Context(limits.max_findings, places)
    declaration: Declaration = read_declaration(element, context)
    findings = context.findings
    findings += validate(declaration, path=places.of(element), already=findings)
    return declaration, findings
