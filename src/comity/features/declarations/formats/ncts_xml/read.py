"""What transit message a file holds, in XML or as its JSON twin, and every fault of it (NCTS, common transit).

The structure is checked here without any schema; an administration's own schemas are applied by `schemas.py`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any

from lxml.etree import _Element

from comity.features.declarations.formats.bind import Lost, read_by
from comity.features.declarations.formats.ncts_xml.compose import MEANINGS, document_from
from comity.features.declarations.formats.ncts_xml.consistency import inconsistencies
from comity.features.declarations.formats.ncts_xml.elements import MESSAGE
from comity.features.declarations.formats.ncts_xml.grammar import Walk
from comity.features.declarations.formats.ncts_xml.twin import message_name, tree_of
from comity.features.declarations.formats.wco_xml.context import Places, local_name
from comity.features.declarations.formats.wco_xml.parse import parsed
from comity.features.declarations.reading import Limits, ReadDocument, capped, is_refused
from comity.features.declarations.sniff import looks_like_json, root_name
from comity.foundation.errors import Finding, Severity
from comity.foundation.trade.trade_document import TradeDocument

FORMAT = "ncts"
_MESSAGE = re.compile("C[CD][0-9]{3}[BCD]")
_OTHERS = {
    "CC017C": "departure control results",
    "CC023C": "a notification of the guarantor",
    "CC034C": "a query on guarantees",
    "CC035C": "a recovery notification",
    "CC037C": "a response to a query on guarantees",
    "CC040C": "a transit presentation notification",
    "CC042C": "an information on an export",
    "CC048C": "a transit status",
    "CC140C": "a request on a non-arrived movement",
    "CC141C": "information about a non-arrived movement",
    "CC190C": "a link to an export",
    "CC191C": "a response about an export",
    "CC224C": "an individual guarantee voucher sold",
    "CC225C": "an update of a guarantee",
    "CC228C": "a cancellation of a comprehensive guarantee's liability",
    "CC229C": "an end of an individual guarantee",
    "CC231C": "a revocation of a guarantee",
    "CC906C": "a functional error report",
    "CC917C": "an XML error report",
}
"""Messages of the trader's side that are not read, so that a refusal can say what came."""


_SYSTEMS = {
    "3": "a message of the entry system",
    "4": "a message of the import system",
    "5": "a message of the export system",
}
"""Systems of the European Union by the first digit of their messages."""


def is_ncts(head: bytes) -> bool:
    """Claim that the first bytes are those of a transit message, in XML or JSON."""
    name = message_name(head) if looks_like_json(head) else root_name(head)
    return name is not None and _MESSAGE.fullmatch(name) is not None


def read_ncts(content: bytes, *, limits: Limits) -> Iterator[ReadDocument]:
    """Yield the one message of a file; never raises on any bytes."""
    document, findings = _read(content, limits)
    is_bad = is_refused(findings)
    digest = hashlib.sha256(content).hexdigest()
    yield ReadDocument(None if is_bad else document, capped(findings, limits.max_findings), 1, digest)


def tree_in(content: bytes, *, limits: Limits) -> tuple[_Element, Any] | list[Finding]:
    """Return the message as a tree with the places of its elements, or the findings why there is none."""
    if looks_like_json(content[:64]):
        return tree_of(content, limits=limits)
    root = parsed(content, limits=limits)
    return [root] if isinstance(root, Finding) else (root, Places())


def _read(content: bytes, limits: Limits) -> tuple[TradeDocument | None, list[Finding]]:
    tree = tree_in(content, limits=limits)
    if isinstance(tree, list):
        return None, tree
    root, places = tree
    name = local_name(root.tag)
    if name not in MEANINGS:
        return None, [_not_read(name, places.of(root))]
    walk = Walk(places, limits.max_findings)
    record = walk.message(root)
    findings = [*walk.findings, *inconsistencies(root, places)]
    if is_refused(findings):
        return None, findings
    lost = Lost()
    fields = read_by(MESSAGE, record, places.of(root), lost)
    document = document_from(fields, name, root.get("PhaseID"))
    return document, findings + [_lost(path) for path in lost.paths()]


def _not_read(name: str, place: str) -> Finding:
    if name.endswith("B"):
        what = "a message of NCTS phase 4"
    elif name.startswith("CD"):
        what = "a message between offices"
    else:
        what = _OTHERS.get(name) or _SYSTEMS.get(name[2], "another message")
    message = f"{name} came, {what}, which is not read. Expected one of {', '.join(sorted(MEANINGS))}."
    return Finding("declarations.message-not-read", place, message)


def _lost(path: str) -> Finding:
    message = (
        f"{path.rpartition('/')[2]} is not kept as a value; it stays in the original message, whose hash is kept."
        " Nothing to do."
    )
    return Finding("declarations.element-not-mapped", path, message, Severity.WARNING)
