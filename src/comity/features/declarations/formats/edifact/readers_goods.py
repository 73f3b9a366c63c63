"""What a segment says of goods, papers and decisions: packages, documents, statements, codes of goods and procedures.

As in readers.py, a value is a record as in canonical.py, or None where the segment says nothing.
"""

from __future__ import annotations

import re
from typing import Any

from comity.features.declarations.formats.edifact import elements
from comity.features.declarations.formats.edifact.elements import Context, Unreadable
from comity.features.declarations.formats.edifact.message import Segment
from comity.features.declarations.formats.edifact.readers import Reader, Record, record
from comity.features.declarations.kinds import kind_of
from comity.foundation.trade.declaration import DeclarationKind
from comity.foundation.trade.identifiers import has_hs_form

_CURRENCY = re.compile("[A-Z]{3}")
_PROCEDURE = re.compile("[0-9]{4}(?:[0-9A-Z]{3})?")


def _package(segment: Segment, spec: str, context: Context) -> Record | None:
    """Number and type of packages: the composite C213 of GID, or the parts of PAC."""
    if segment[0] == "PAC":
        return record(quantity=elements.whole(context.part(segment, 1)), type_code=context.part(segment, 3)) or None
    element = int(spec or 2)
    found = record(
        quantity=elements.whole(context.part(segment, element, 1)), type_code=context.part(segment, element, 2)
    )
    return found or None


def _marks(segment: Segment, _spec: str, context: Context) -> Record | None:
    marks = elements.text(" ".join(filter(None, (context.part(segment, 2, one) for one in range(1, 11)))))
    return {"marks": marks} if marks else None


def _reference(segment: Segment, _spec: str, context: Context) -> Record | None:
    number = elements.text(context.part(segment, 1, 2))
    code = context.codes.get("documents", {}).get(context.part(segment, 1), context.part(segment, 1))
    return {"id": number, "type_code": code} if number else None


def _previous(segment: Segment, spec: str, context: Context) -> Record | None:
    found = _reference(segment, spec, context)
    if found is None:
        return None
    line = context.part(segment, 1, 3)
    return found | ({"line": int(line)} if line.isdecimal() and len(line) < 6 else {})


def _document(segment: Segment, _spec: str, context: Context) -> Record | None:
    """A document of DOC: its name code 1001 and its number."""
    return (
        record(
            id=elements.text(context.part(segment, 2, 1)),
            type_code=context.part(segment, 1, 1),
            name=elements.text(context.part(segment, 1, 4)),
        )
        or None
    )


def _bill(segment: Segment, _spec: str, context: Context) -> Record | None:
    number = elements.text(context.part(segment, 2, 1))
    return record(id=number, type_code=context.part(segment, 1, 1)) if number else None


def _statement(segment: Segment, _spec: str, context: Context) -> Record | None:
    """A free text FTX: subject 4451, code 4441, text 4440 (five lines)."""
    words = " ".join(filter(None, (context.part(segment, 4, one) for one in range(1, 6))))
    said = record(code=context.part(segment, 3, 1), description=elements.text(words))
    return said and said | {"type_code": context.part(segment, 1)}


def _seal(segment: Segment, _spec: str, context: Context) -> Record | None:
    number = elements.text(context.part(segment, 1))
    return {"id": number} if number else None


def _undg(segment: Segment, _spec: str, context: Context) -> str | None:
    """The UN number, or the hazard class where no number is given."""
    return context.part(segment, 3, 1) or elements.text(context.part(segment, 2, 1))


def _goods_code(segment: Segment, spec: str, context: Context) -> str | None:
    code = re.sub(r"[ .]", "", context.part(segment, *map(int, spec.split("."))))
    if code and not has_hs_form(code):
        raise Unreadable("goods-code-form", "Expected 6 to 12 digits in a chapter 01 to 99 other than 77.")
    return code or None


def _nature(segment: Segment, _spec: str, context: Context) -> Record | None:
    """The nature of cargo GDS: a code and the list it is of."""
    code = context.part(segment, 2, 1) or context.part(segment, 1, 1)
    return {"id": code, "type_code": "7085"} if code else None


def _status(segment: Segment, _spec: str, context: Context) -> Record | None:
    """A processing indicator: 7365 in the first element of GIS, in the second of GEI, with its text."""
    element = 2 if segment[0] == "GEI" else 1
    said = record(code=context.part(segment, element, 1), description=elements.text(context.part(segment, element, 4)))
    return said or None


def _container(segment: Segment, _spec: str, context: Context) -> Record | None:
    number = elements.text(context.part(segment, 2, 1))
    return {"id": number} if number else None


def _numbered(segment: Segment, _spec: str, context: Context) -> Record | None:
    number = elements.text(context.part(segment, 1, 2))
    return {"id": number, "type_code": context.part(segment, 1)} if number else None


def _referred(segment: Segment, _spec: str, context: Context) -> Record | None:
    """A reference RFF as a statement: its number, under its qualifier."""
    number = elements.text(context.part(segment, 1, 2))
    return {"description": number, "type_code": context.part(segment, 1)} if number else None


def _named_reference(segment: Segment, _spec: str, context: Context) -> str | None:
    """A reference RFF as one text: qualifier, colon, number."""
    number = elements.text(context.part(segment, 1, 2))
    return f"{context.part(segment, 1)}:{number}" if number else None


def _error_place(segment: Segment, _spec: str, context: Context) -> Record | None:
    """The place of an error ERP: section 1049, item 1052, sub-item 1054 of the message it is about."""
    item = context.part(segment, 1, 2)
    return (
        record(
            section_code=context.part(segment, 1, 1),
            tag_id=context.part(segment, 1, 3),
            sequence=int(item) if item.isdecimal() and len(item) < 7 else None,
        )
        or None
    )


def _declaration_type(segment: Segment, _spec: str, context: Context) -> str | None:
    """The type of declaration (IM, EX, T1 with its sub-type) where the element holds one, not a procedure."""
    code = context.part(segment, 2, 1)
    return code if kind_of(code) is not DeclarationKind.OTHER else None


def _declaration_kind(segment: Segment, _spec: str, context: Context) -> str | None:
    kind = kind_of(context.part(segment, 2, 1))
    return None if kind is DeclarationKind.OTHER else kind.value


def _procedure(segment: Segment, spec: str, context: Context) -> str | None:
    """The codes of CST (up to five composites C246): a goods code by its length, a procedure by its four or seven."""
    codes = [re.sub(r"[ .]", "", context.part(segment, element)) for element in range(2, 7)]
    part_wanted = spec.partition("@")[0]
    procedure = next((code for code in codes if _PROCEDURE.fullmatch(code)), "")
    if part_wanted == "code":
        return next((code for code in codes if has_hs_form(code) and code != procedure), None)
    wanted = {"current": procedure[:2], "previous": procedure[2:4], "additional": procedure[4:7]}
    return wanted[part_wanted] or None


def _exchange_rate(segment: Segment, _spec: str, context: Context) -> list[Any] | None:
    """The rate of CUX with the currency it is from (its first, or the second where the first is missing)."""
    rate = elements.number(context.part(segment, 3))
    currency = context.part(segment, 1, 2) or context.part(segment, 2, 2)
    return [currency, rate] if rate is not None and _CURRENCY.fullmatch(currency) else None


GOODS_READERS: dict[str, Reader] = {
    "package": _package,
    "marks": _marks,
    "reference": _reference,
    "previous": _previous,
    "document": _document,
    "bill": _bill,
    "statement": _statement,
    "seal": _seal,
    "undg": _undg,
    "goods_code": _goods_code,
    "nature": _nature,
    "status": _status,
    "container": _container,
    "numbered": _numbered,
    "error_place": _error_place,
    "named_reference": _named_reference,
    "referred": _referred,
    "declaration_type": _declaration_type,
    "declaration_kind": _declaration_kind,
    "procedure": _procedure,
    "exchange_rate": _exchange_rate,
}
"""Readers of goods, papers and decisions by the name that a rule of a mapping uses."""
