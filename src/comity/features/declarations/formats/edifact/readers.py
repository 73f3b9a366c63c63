"""What a whole segment says as a value: party, place, package, means of transport, document, statement.

The parts of a segment follow the UN/EDIFACT segment directory (EDSD); a value is a record as in canonical.py, so that
one conversion checks it against the vocabulary of trade.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from comity.features.declarations.formats.edifact import elements
from comity.features.declarations.formats.edifact.elements import Context, Unreadable
from comity.features.declarations.formats.edifact.message import Segment
from comity.features.declarations.kinds import kind_of
from comity.foundation.trade.declaration import DeclarationKind
from comity.foundation.trade.identifiers import has_hs_form, has_locode_form

Record = dict[str, Any]
Reader = Callable[[Segment, str, Context], Any]

_SPEC = re.compile(r"([0-9])\.([0-9])(?:-([0-9]))?")
_COUNTRY = re.compile("[A-Z]{2}")
_CURRENCY = re.compile("[A-Z]{3}")
_PROCEDURE = re.compile("[0-9]{4}(?:[0-9A-Z]{3})?")


def _parts(segment: Segment, spec: str, context: Context) -> list[str]:
    """Return the components a rule names: `2.1`, or several as `4.1-5`."""
    found = _SPEC.fullmatch(spec)
    if found is None:
        raise ValueError(f"no element is named by {spec!r}")
    element, first = int(found[1]), int(found[2])
    return [context.part(segment, element, component) for component in range(first, int(found[3] or first) + 1)]


def _text(segment: Segment, spec: str, context: Context) -> str | None:
    return elements.text(" ".join(one for one in _parts(segment, spec, context) if one))


def _whole(segment: Segment, spec: str, context: Context) -> int | None:
    return elements.whole(_parts(segment, spec, context)[0])


def _number(segment: Segment, spec: str, context: Context) -> Any:
    return elements.number(_parts(segment, spec, context)[0])


def _coded(segment: Segment, spec: str, context: Context) -> Any:
    """`coded:table@1.1`: the meaning of a code in one of the mapping's code tables; `*` is every other code."""
    table, _, place = spec.partition("@")
    codes = context.codes[table]
    value = _parts(segment, place, context)[0]
    meaning = codes.get(value) if value else codes.get("")
    return {"true": True, "false": False}.get(meaning or "", meaning) if meaning else codes.get("*")


def _instant(segment: Segment, _spec: str, context: Context) -> Any:
    return elements.instant(context.part(segment, 1, 2), context.part(segment, 1, 3))


def _day(segment: Segment, _spec: str, context: Context) -> Any:
    return elements.day(context.part(segment, 1, 2), context.part(segment, 1, 3))


def _birthday(segment: Segment, _spec: str, context: Context) -> Any:
    return elements.day(context.part(segment, 1, 2), context.part(segment, 1, 3), not_after=context.year)


def _mass(segment: Segment, _spec: str, context: Context) -> Any:
    return elements.mass(context.part(segment, 3, 2), context.part(segment, 3, 1))


def _volume(segment: Segment, _spec: str, context: Context) -> Any:
    return elements.volume(context.part(segment, 3, 2), context.part(segment, 3, 1))


def _quantity(segment: Segment, _spec: str, context: Context) -> Any:
    return elements.number(context.part(segment, 3, 2))


def _temperature(segment: Segment, _spec: str, context: Context) -> Any:
    return elements.celsius(context.part(segment, 2, 1), context.part(segment, 2, 2))


def _range_low(segment: Segment, _spec: str, context: Context) -> Any:
    return elements.celsius(context.part(segment, 2, 2), context.part(segment, 2, 1))


def _range_high(segment: Segment, _spec: str, context: Context) -> Any:
    return elements.celsius(context.part(segment, 2, 3), context.part(segment, 2, 1))


def _control_mass(segment: Segment, _spec: str, context: Context) -> Any:
    return elements.mass(context.part(segment, 1, 2), context.part(segment, 1, 3))


def _control_volume(segment: Segment, _spec: str, context: Context) -> Any:
    return elements.volume(context.part(segment, 1, 2), context.part(segment, 1, 3))


def _money(segment: Segment, _spec: str, context: Context) -> Record | None:
    amount = elements.number(context.part(segment, 1, 2))
    currency = context.part(segment, 1, 3)
    if amount is None:
        return None
    if not _CURRENCY.fullmatch(currency):
        raise Unreadable("currency-missing", "Expected the currency of the amount (ISO 4217), three capitals.")
    return {"amount": amount, "currency": currency}


def _place(segment: Segment, spec: str, context: Context) -> Record | None:
    element = int(spec or 2)
    code, agency = context.part(segment, element, 1), context.part(segment, element, 3)
    name = elements.text(context.part(segment, element, 4))
    if not code:
        return {"name": name} if name else None
    if has_locode_form(code) and agency in ("", "6"):
        return _record(locode=code, name=name)
    return _record(id=elements.text(code), id_type=context.part(segment, element, 2), name=name)


def _country(segment: Segment, spec: str, context: Context) -> str | None:
    code = context.part(segment, *map(int, (spec or "2.1").split(".")))
    if code and not _COUNTRY.fullmatch(code[:2]):
        raise Unreadable("country-form", "Expected a country of two capitals (ISO 3166).")
    return code[:2] or None


def _nation(segment: Segment, _spec: str, context: Context) -> str | None:
    """A country as travel documents write it: two letters or three (ICAO 9303, ISO 3166)."""
    code = context.part(segment, 2, 1)
    if code and not re.fullmatch("[A-Z]{1,3}", code):
        raise Unreadable("country-form", "Expected a country of one to three capitals (ICAO 9303).")
    return code or None


def _address(segment: Segment, context: Context) -> Record | None:
    lines = [context.part(segment, 5, component) for component in range(1, 5)]
    address = _record(
        line=elements.text(", ".join(line for line in lines if line)),
        city=context.part(segment, 6),
        subdivision_code=context.part(segment, 7, 1),
        subdivision_name=context.part(segment, 7, 4),
        postcode=context.part(segment, 8),
        country=context.part(segment, 9),
    )
    return address or None


def _party(segment: Segment, _spec: str, context: Context) -> Record | None:
    names = [context.part(segment, 4, component) for component in range(1, 6)]
    told = [context.part(segment, 3, component) for component in range(1, 6)]
    lines = [one for one in told if one]
    name = " ".join(one for one in names if one) or (lines[0] if lines else "")
    address = _address(segment, context)
    rest = lines if any(names) else lines[1:]
    if rest:
        address = {"line": elements.text(", ".join(rest))} | (address or {})
    party = _record(id=context.part(segment, 2, 1), name=elements.text(name), address=address)
    return party and party | {"role_code": context.part(segment, 1)}


def _party_id(segment: Segment, _spec: str, context: Context) -> str | None:
    return elements.text(context.part(segment, 2, 1) or context.part(segment, 4, 1))


def _carrier(segment: Segment, _spec: str, context: Context) -> Record | None:
    return _record(id=context.part(segment, 5, 1), name=context.part(segment, 5, 4)) or None


def _means(segment: Segment, _spec: str, context: Context) -> Record | None:
    """The means of TDT: C222 its identification and name, 8067 its mode, 8179 its type."""
    means = _record(
        id=context.part(segment, 8, 1),
        identification_type_code=context.part(segment, 8, 2),
        name=context.part(segment, 8, 4),
        registration_nationality=context.part(segment, 8, 5),
        mode_code=context.part(segment, 3, 1),
        type_code=context.part(segment, 4, 1),
    )
    return means or None


def _package(segment: Segment, spec: str, context: Context) -> Record | None:
    """Number and type of packages: the composite C213 of GID, or the parts of PAC."""
    if segment[0] == "PAC":
        return _record(quantity=elements.whole(context.part(segment, 1)), type_code=context.part(segment, 3)) or None
    element = int(spec or 2)
    found = _record(
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
        _record(
            id=elements.text(context.part(segment, 2, 1)),
            type_code=context.part(segment, 1, 1),
            name=elements.text(context.part(segment, 1, 4)),
        )
        or None
    )


def _bill(segment: Segment, _spec: str, context: Context) -> Record | None:
    number = elements.text(context.part(segment, 2, 1))
    return _record(id=number, type_code=context.part(segment, 1, 1)) if number else None


def _statement(segment: Segment, _spec: str, context: Context) -> Record | None:
    """A free text FTX: subject 4451, code 4441, text 4440 (five lines)."""
    words = " ".join(filter(None, (context.part(segment, 4, one) for one in range(1, 6))))
    said = _record(code=context.part(segment, 3, 1), description=elements.text(words))
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


def _address_only(segment: Segment, _spec: str, context: Context) -> Record | None:
    return _address(segment, context)


def _nature(segment: Segment, _spec: str, context: Context) -> Record | None:
    """The nature of cargo GDS: a code and the list it is of."""
    code = context.part(segment, 2, 1) or context.part(segment, 1, 1)
    return {"id": code, "type_code": "7085"} if code else None


def _control_count(segment: Segment, _spec: str, context: Context) -> int | None:
    return elements.whole(context.part(segment, 1, 2))


def _status(segment: Segment, _spec: str, context: Context) -> Record | None:
    """A processing indicator: 7365 in the first element of GIS, in the second of GEI, with its text."""
    element = 2 if segment[0] == "GEI" else 1
    said = _record(code=context.part(segment, element, 1), description=elements.text(context.part(segment, element, 4)))
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
        _record(
            section_code=context.part(segment, 1, 1),
            tag_id=context.part(segment, 1, 3),
            sequence=int(item) if item.isdecimal() and len(item) < 7 else None,
        )
        or None
    )


def _measured_temperature(segment: Segment, _spec: str, context: Context) -> Record | None:
    value = elements.celsius(context.part(segment, 2, 1), context.part(segment, 2, 2))
    return None if value is None else {"type": "Temperature", "value": value, "unit": "CEL"}


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


def _record(**values: Any) -> Record:
    return {name: value for name, value in values.items() if value not in (None, "", {})}


READERS: dict[str, Reader] = {
    "text": _text,
    "whole": _whole,
    "number": _number,
    "coded": _coded,
    "instant": _instant,
    "day": _day,
    "birthday": _birthday,
    "mass": _mass,
    "volume": _volume,
    "quantity": _quantity,
    "temperature": _temperature,
    "range_low": _range_low,
    "range_high": _range_high,
    "control_mass": _control_mass,
    "control_volume": _control_volume,
    "money": _money,
    "place": _place,
    "country": _country,
    "nation": _nation,
    "party": _party,
    "party_id": _party_id,
    "carrier": _carrier,
    "means": _means,
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
    "address": _address_only,
    "nature": _nature,
    "control_count": _control_count,
    "status": _status,
    "container": _container,
    "numbered": _numbered,
    "error_place": _error_place,
    "named_reference": _named_reference,
    "referred": _referred,
    "measured_temperature": _measured_temperature,
    "declaration_type": _declaration_type,
    "declaration_kind": _declaration_kind,
    "procedure": _procedure,
    "exchange_rate": _exchange_rate,
}
"""Every reader by the name that a rule of a mapping uses."""
