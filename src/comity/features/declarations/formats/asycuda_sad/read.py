"""What declaration an ASYCUDA World document holds, how dirty it came, and what of it is not kept."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from lxml import etree
from lxml.etree import _Element

from comity.features.declarations.formats.asycuda_sad.clean import cleaned
from comity.features.declarations.formats.asycuda_sad.compose import declaration_of
from comity.features.declarations.formats.asycuda_sad.consistency import ROOT, inconsistencies
from comity.features.declarations.formats.asycuda_sad.header import DOCUMENT
from comity.features.declarations.formats.asycuda_sad.values import Calendar
from comity.features.declarations.formats.bind import Fields, Lost, Wrong, names_in, read_by
from comity.features.declarations.formats.wco_xml.context import local_name
from comity.features.declarations.formats.wco_xml.parse import parsed
from comity.features.declarations.reading import Limits, ReadDocument, capped, is_refused
from comity.features.declarations.sniff import root_name
from comity.foundation.errors import Finding, Severity
from comity.foundation.trade.declaration import Declaration

FORMAT = "asycuda"
MAX_ITEMS = 9_999
"""Goods items of one declaration: ten times what the SAD numbers in three digits, a guess."""

_AROUND = frozenset({"SAD", "Items", "Containers"})
"""Elements that some exporters put around the parts of a document."""

_WRITTEN = {name.lower(): name for name in (*names_in(DOCUMENT), *_AROUND)}
_WARNED = frozenset({"date-ambiguous", "date-form", "value-too-long", "country-form", "currency-form"})
"""What is wrong with a value without making the rest wrong: it is left out and told. A wrong number is an error."""


def is_asycuda(head: bytes) -> bool:
    """Claim that the first bytes are those of an ASYCUDA World document."""
    return (root_name(head) or "").upper() == "ASYCUDA"


def read_asycuda(content: bytes, *, limits: Limits) -> Iterator[ReadDocument]:
    """Yield the one declaration of a file; never raises on any bytes."""
    declaration, findings = _read(content, limits)
    is_bad = is_refused(findings)
    digest = hashlib.sha256(content).hexdigest()
    yield ReadDocument(None if is_bad else declaration, capped(findings, limits.max_findings), 1, digest)


def _read(content: bytes, limits: Limits) -> tuple[Declaration | None, list[Finding]]:
    clean = cleaned(content, limits=limits)
    if isinstance(clean, Finding):
        return None, [clean]
    document, findings = clean
    root = parsed(document, limits=limits)
    if isinstance(root, Finding):
        return None, [*findings, root]
    calendar = Calendar(one.text or "" for one in root.iter(etree.Element) if _known(one.tag)[1])
    record = _record(root, calendar)
    lost = Lost()
    fields = read_by(DOCUMENT, record if isinstance(record, dict) else {}, ROOT, lost)
    if root.get("id"):
        fields["id"] = str(root.get("id"))[:70]
    findings += [_wrong(one) for one in lost.wrong]
    findings += _missing(fields)
    if len(fields.get("items", ())) > MAX_ITEMS:
        message = f"Expected at most {MAX_ITEMS} items; more came. Send several declarations."
        findings.append(Finding("declarations.too-many-items", f"{ROOT}/Item", message))
        return None, findings
    findings += inconsistencies(fields)
    if is_refused(findings):
        return None, findings
    declaration, home, is_derived = declaration_of(fields)
    if is_derived:
        findings.append(_derived(home.currency))
    return declaration, findings + [_lost(path) for path in lost.paths()]


def _record(element: _Element, calendar: Calendar) -> Any:
    """Return a part as a dict with lists of what comes several times, a value as text, what is empty as None."""
    record: dict[str, Any] = {}
    has_parts = False
    for child in element:
        name, _ = _known(child.tag)
        if name == "null":
            continue
        has_parts = True
        value = _record(child, calendar)
        if value is None:
            continue
        if name in _AROUND and isinstance(value, dict):
            for inner, one in value.items():
                _add(record, inner, one)
        elif name in record:
            _add(record, name, value)
        else:
            record[name] = value
    if has_parts:
        return record or None
    text = element.text
    if not text or text.isspace():
        return None
    return calendar.iso(text) if _known(element.tag)[1] else text


def _add(record: dict[str, Any], name: str, value: Any) -> None:
    if name not in record:
        record[name] = value
        return
    if not isinstance(record[name], list):
        record[name] = [record[name]]
    record[name] += value if isinstance(value, list) else [value]


@lru_cache(maxsize=2048)
def _known(tag: str) -> tuple[str, bool]:
    """Return an element's name without namespace, as the tables write it, and whether it holds a day.

    Exporters differ in capitals (`code1`, `Code1`): a name counts whatever they are.
    """
    name = _WRITTEN.get(local_name(tag).lower(), local_name(tag))
    return name, "date" in name.lower() or name == "Time_limit"


def _missing(fields: Fields) -> Iterator[Finding]:
    for name, path, what in (
        ("type", "Type/Type_of_declaration", "the type of declaration, such as IM or EX"),
        ("office", "Office_segment/Customs_clearance_office_code", "the customs office"),
    ):
        if name not in fields and not (name == "type" and "transit_type" in fields):
            message = f"Expected {what}; none came. Add it."
            yield Finding("declarations.element-missing", f"{ROOT}/Identification/{path}", message)


def _wrong(one: Wrong) -> Finding:
    severity = Severity.WARNING if one.code in _WARNED else Severity.ERROR
    return Finding(f"declarations.{one.code}", one.path, one.advice, severity)


def _derived(currency: str | None) -> Finding:
    if currency is None:
        message = "No amount shows the national currency, and no country tells it: national amounts are not kept."
    else:
        message = "No amount shows the national currency; that of the country was taken. Check the rates."
    return Finding("declarations.currency-derived", f"{ROOT}/Valuation", message, Severity.WARNING)


def _lost(path: str) -> Finding:
    message = (
        f"{path.rpartition('/')[2]} is not kept as a value; it stays in the original document, whose hash is kept."
        " Nothing to do."
    )
    return Finding("declarations.element-not-mapped", path, message, Severity.WARNING)
