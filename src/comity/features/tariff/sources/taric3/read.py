"""Which records does a TARIC3 file hold? Read as a stream, one record at a time, bounded in every direction.

Envelope `urn:publicid:-:DGTAXUD:GENERAL:ENVELOPE:1.0`, messages `…TARIC:MESSAGE:1.0`; either namespace may be missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import BinaryIO

from lxml import etree
from lxml.etree import _Element

from comity.features.tariff.sources.taric3.record_types import FIRST, LAST, RecordType, RecordTypes, load_record_types
from comity.foundation.errors import Finding, Severity

UPDATE, DELETE, CREATE = "update", "delete", "create"
_UPDATE_TYPES = {"1": UPDATE, "2": DELETE, "3": CREATE}
MOST_FIELDS = 60  # a record of the schema has at most 23; a guess beyond any edition
MOST_TEXT = 20_000  # the longest description of the schema, in characters
EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)  # no tariff in force reaches beyond; a guess
_ENVELOPE = re.compile(r"[0-9]{2}[0-9]{3,4}")
_DIGITS = re.compile(r"[0-9]{1,18}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_HEAD = 65_536


@dataclass(frozen=True, slots=True)
class TaricRecord:
    """One record: what happens to it, its type, and its fields as text. `path` says where it stands in the file."""

    path: str
    action: str
    type: RecordType
    fields: dict[str, str]

    @property
    def key(self) -> str:
        """Return the values of the key fields."""
        return "|".join(self.fields[name] for name in self.type.key)


def read_taric3(file: BinaryIO) -> Iterator[TaricRecord | Finding]:
    """Give the records of a file in their order, and a finding for each that cannot be read. Never raises on bytes."""
    head = file.read(_HEAD)
    file.seek(0)
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        yield _error("doctype-refused", "/", "A document type declaration came: entities are never read. Remove it.")
        return
    if not head.strip():
        yield _error("document-empty", "/", "The file is empty. Export it again.")
        return
    reading = _Reading(load_record_types())
    try:
        for event, element in etree.iterparse(
            file,
            events=("start", "end"),
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        ):
            yield from reading.started(element) if event == "start" else reading.ended(element)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        yield _error(
            "xml-malformed",
            f"line {line}, column {column}",
            "The file is not well-formed XML, or it was cut off. Nothing of it was stored; export it again.",
        )
        return
    if not reading.is_tariff:
        yield _error("not-taric3", "/", "A TARIC3 envelope with records was expected.")


class _Reading:
    """Where the stream stands."""

    def __init__(self, types: RecordTypes) -> None:
        self._types = types
        self._transaction = "?"
        self._number = 0
        self.is_tariff = False

    def started(self, element: _Element) -> Iterator[Finding]:
        name = _name(element)
        if name == "envelope":
            self.is_tariff = True
            if not _ENVELOPE.fullmatch(element.get("id", "")):
                yield _warning("envelope-id", "/envelope/@id", "Five or six digits were expected: year and number.")
        elif name == "transaction":
            self._transaction = element.get("id", "?")[:20]
            self._number = 0

    def ended(self, element: _Element) -> Iterator[TaricRecord | Finding]:
        name = _name(element)
        if name == "record":
            self.is_tariff = True
            self._number += 1
            path = f"line {element.sourceline}, transaction {self._transaction}, record {self._number}"
            yield from self._record(element, path)
            element.clear()
        elif name in ("transaction", "app.message"):
            element.clear()
            parent = element.getparent()
            while parent is not None and len(parent) > 1:
                del parent[0]

    def _record(self, element: _Element, path: str) -> Iterator[TaricRecord | Finding]:
        if len(element) == 0 or len(element) > MOST_FIELDS:
            yield _error("record-malformed", path, "A record with its code, update type and one body was expected.")
            return
        body = element[-1]
        action = _UPDATE_TYPES.get(_text(element, "update.type"))
        if action is None:
            yield _error("update-type", path, "Update type 1 (update), 2 (delete) or 3 (create) was expected.")
            return
        type_ = self._types.find(_name(body))
        if type_ is None:
            yield _warning(
                "record-type-unknown", path, "A record type of TARIC3 was expected; the record was left out."
            )
            return
        if len(body) > MOST_FIELDS:
            yield _error("record-malformed", path, f"At most {MOST_FIELDS} fields were expected in a record.")
            return
        fields = {}
        for child in body:
            text = (child.text or "").strip()
            if len(child) or len(text) > MOST_TEXT:
                yield _error("field-malformed", f"{path}, field {_name(child)[:60]}", "A short text was expected.")
                return
            name = _name(child)
            if "_" in name:
                yield _warning("field-name", f"{path}, field {name[:60]}", "Points were expected, not underscores.")
            if text:
                fields[self._types.field(name.replace("_", "."))] = text
        wrong = False
        for finding in _check(type_, action, fields, path):
            wrong = wrong or finding.severity is Severity.ERROR
            yield finding
        if not wrong:
            yield TaricRecord(
                path, action, type_, {name: text for name, text in fields.items() if name in type_.fields}
            )


def _check(type_: RecordType, action: str, fields: dict[str, str], path: str) -> Iterator[Finding]:
    for name in type_.key:
        if name not in fields:
            yield _error(
                "key-missing", f"{path}, field {name}", "The field that names the record was expected; add it."
            )
    if action != DELETE:
        for name in sorted(type_.required - fields.keys()):
            severity = Severity.ERROR if name == FIRST else Severity.WARNING
            yield Finding("tariff.field-missing", f"{path}, field {name}", "The schema requires this field.", severity)
    for name in sorted(fields.keys() - type_.fields):
        yield _warning(
            "field-unknown", f"{path}, field {name[:60]}", "The record type has no such field; it was left out."
        )
    for name, text in fields.items():
        if name in type_.fields and not _has_form(name, text):
            yield _error("field-form", f"{path}, field {name}", _expected(name))
    first, last = fields.get(FIRST), fields.get(LAST)
    if first and last and _is_day(first) and _is_day(last) and last < first:
        yield _error("validity-reversed", f"{path}, field {LAST}", "A last day not before the first day was expected.")


def _has_form(name: str, text: str) -> bool:
    if name.endswith(".date"):
        return _is_day(text)
    if name.endswith(("amount", "volume", "balance", "coefficient", "percentage", ".rate")) and name != "rate":
        return _is_number(text)
    if name.endswith(".sid"):
        return bool(_DIGITS.fullmatch(text))
    return True


def _expected(name: str) -> str:
    if name.endswith(".date"):
        return f"A day as YYYY-MM-DD between {EARLIEST.year} and {LATEST.year} was expected."
    return "A whole number was expected." if name.endswith(".sid") else "A decimal number was expected."


def _is_day(text: str) -> bool:
    if not _DAY.fullmatch(text):
        return False
    try:
        return EARLIEST <= date.fromisoformat(text) <= LATEST
    except ValueError:
        return False


def _is_number(text: str) -> bool:
    if len(text) > 25:
        return False
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def _text(element: _Element, name: str) -> str:
    return next(((child.text or "").strip() for child in element if _name(child) == name), "")


def _name(element: _Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _error(code: str, path: str, message: str) -> Finding:
    return Finding(f"tariff.{code}", path, message)


def _warning(code: str, path: str, message: str) -> Finding:
    return Finding(f"tariff.{code}", path, message, Severity.WARNING)
