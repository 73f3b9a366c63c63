"""What the one written form of a document is, and its id: JSON named after the WCO Data Model (RFC 8785 for the id).

Absent values are left out; decimals are text without needless zeros; instants are RFC 3339 in UTC.
"""

from __future__ import annotations

import hashlib
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar, get_args, get_type_hints, overload

import msgspec

from comity.features.declarations.errors import RecordInvalid
from comity.foundation.canonical_json import canonical_json
from comity.foundation.trade.declaration import Declaration, DeclarationId
from comity.foundation.trade.trade_document import TradeDocument

Document = TypeVar("Document", bound=TradeDocument)

MAX_DIGITS = 30
"""Decimals beyond the widest WCO format (n..17,3) with room for conversions are refused: a guess."""

MAX_TEXT = 1024
"""Twice the longest text of the WCO Data Model (an..512)."""


def to_record(document: TradeDocument) -> dict[str, Any]:
    """Return the canonical record: plain dicts, lists, text, whole numbers and booleans; empty values left out."""
    record: dict[str, Any] = _plain(document)
    return record


@overload
def from_record(record: dict[str, Any]) -> Declaration: ...


@overload
def from_record(record: dict[str, Any], kind: type[Document]) -> Document: ...


def from_record(record: dict[str, Any], kind: Any = Declaration) -> Any:
    """Return the document of a canonical record, or of one minimised to some of its fields; a declaration unless told.

    Raises:
        RecordInvalid: a field is unknown, or its value is not of its type; the message names the place.
    """
    _refuse_unknown(record, kind, "$")
    try:
        document = msgspec.convert(record, kind)
    except (msgspec.ValidationError, ValueError, ArithmeticError, RecursionError) as error:
        raise RecordInvalid(path=_place_in(str(error))) from error
    _refuse_unbounded(document)
    return document


def read_record(record: dict[str, Any], kind: type[Document]) -> Document:
    """Return the document of a record that a reader of this node made: its names and bounds are the reader's to keep.

    Raises:
        RecordInvalid: a value is not of its field's type; the message names the place.
    """
    try:
        return msgspec.convert(record, kind)
    except (msgspec.ValidationError, ValueError, ArithmeticError, RecursionError) as error:
        raise RecordInvalid(path=_place_in(str(error))) from error


def declaration_id(declaration: Declaration) -> DeclarationId:
    """Return the node's own id: hex SHA-256 of the RFC 8785 form of the canonical record."""
    return id_of_record(to_record(declaration))


def id_of_record(record: dict[str, Any]) -> DeclarationId:
    """Return the id of a record that `to_record` made."""
    return DeclarationId(hashlib.sha256(canonical_json(record)).hexdigest())


def paths_of(record: Any, path: str = "") -> dict[str, list[str]]:
    """Return what a record says at each dotted path; the entries of a list stand at one path, one after another."""
    if isinstance(record, dict):
        inner = [(f"{path}.{name}" if path else name, one) for name, one in record.items()]
    elif isinstance(record, list):
        inner = [(path, one) for one in record]
    else:
        return {path: [str(record)]}
    found: dict[str, list[str]] = {}
    for place, one in inner:
        for below, said in paths_of(one, place).items():
            found.setdefault(below, []).extend(said)
    return found


def lost_paths(document: TradeDocument, kept: TradeDocument) -> list[str]:
    """Return the paths at which `kept` says something else than `document`, or nothing; none when they are equal."""
    if document == kept:
        return []
    before, after = paths_of(to_record(document)), paths_of(to_record(kept))
    return sorted(path for path, said in before.items() if after.get(path) != said) or ["/"]


def _plain(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return value.value
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, Decimal):
        return _decimal_text(value)
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, date):
        return _day_or_instant(value)
    kind: Any = type(value)
    record = {}
    for name in _names(kind):
        found = getattr(value, name)
        if found is None or found == ():
            continue
        plain = _plain(found)
        if plain != {}:
            record[name] = plain
    return record


def _day_or_instant(value: date) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.isoformat()


def _decimal_text(value: Decimal) -> str:
    if not value:
        return "0"
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


@cache
def _children(kind: Any) -> dict[str, type | None]:
    """Return each field's name with the dataclass it holds, directly or in a tuple or pair; None for plain values."""
    hints = get_type_hints(kind)
    return {name: _dataclass_in(hints[name]) for name in _names(kind)}


def _dataclass_in(hint: Any) -> type | None:
    if isinstance(hint, type) and is_dataclass(hint):
        return hint
    return next((found for found in map(_dataclass_in, get_args(hint)) if found is not None), None)


def _refuse_unknown(value: Any, kind: type, place: str) -> None:
    if isinstance(value, list):
        for index, one in enumerate(value):
            _refuse_unknown(one, kind, f"{place}[{index}]")
    elif isinstance(value, dict):
        children = _children(kind)
        for name, one in value.items():
            if name not in children:
                raise RecordInvalid("The record has a field that no document of its kind has: remove it.", path=place)
            child = children[name]
            if child is not None:
                _refuse_unknown(one, child, f"{place}.{name}")


def _refuse_unbounded(value: Any) -> None:
    if isinstance(value, Decimal):
        if not value.is_finite() or abs(value.adjusted()) > MAX_DIGITS or len(value.as_tuple().digits) > MAX_DIGITS:
            raise RecordInvalid(f"Expected decimal numbers of at most {MAX_DIGITS} digits; another came.")
    elif isinstance(value, str):
        if len(value) > MAX_TEXT:
            raise RecordInvalid(f"Expected texts of at most {MAX_TEXT} characters; a longer one came.")
    elif isinstance(value, datetime):
        if value.tzinfo is None:
            raise RecordInvalid("Expected instants with a time zone (RFC 3339); one came without.")
    elif isinstance(value, tuple):
        for one in value:
            _refuse_unbounded(one)
    elif is_dataclass(value):
        kind: Any = type(value)
        for name in _names(kind):
            _refuse_unbounded(getattr(value, name))


def _place_in(message: str) -> str | None:
    """Return the place msgspec names (`… - at `$.goods_shipment``), without the value it may quote."""
    _, found, place = message.rpartition(" - at `")
    return place.rstrip("`") if found else None
