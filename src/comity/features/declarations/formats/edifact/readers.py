"""What a whole segment says as a value: text, code, instant, measure, party, place, means of transport.

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
from comity.foundation.trade.identifiers import has_locode_form

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
        return record(locode=code, name=name)
    return record(id=elements.text(code), id_type=context.part(segment, element, 2), name=name)


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
    address = record(
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
    party = record(id=context.part(segment, 2, 1), name=elements.text(name), address=address)
    return party and party | {"role_code": context.part(segment, 1)}


def _carrier(segment: Segment, _spec: str, context: Context) -> Record | None:
    return record(id=context.part(segment, 5, 1), name=context.part(segment, 5, 4)) or None


def _means(segment: Segment, _spec: str, context: Context) -> Record | None:
    """The means of TDT: C222 its identification and name, 8067 its mode, 8179 its type."""
    means = record(
        id=context.part(segment, 8, 1),
        identification_type_code=context.part(segment, 8, 2),
        name=context.part(segment, 8, 4),
        registration_nationality=context.part(segment, 8, 5),
        mode_code=context.part(segment, 3, 1),
        type_code=context.part(segment, 4, 1),
    )
    return means or None


def _address_only(segment: Segment, _spec: str, context: Context) -> Record | None:
    return _address(segment, context)


def _control_count(segment: Segment, _spec: str, context: Context) -> int | None:
    return elements.whole(context.part(segment, 1, 2))


def _measured_temperature(segment: Segment, _spec: str, context: Context) -> Record | None:
    value = elements.celsius(context.part(segment, 2, 1), context.part(segment, 2, 2))
    return None if value is None else {"type": "Temperature", "value": value, "unit": "CEL"}


def record(**values: Any) -> Record:
    """Return a record of the values that say something."""
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
    "carrier": _carrier,
    "means": _means,
    "address": _address_only,
    "control_count": _control_count,
    "measured_temperature": _measured_temperature,
}
"""Every reader by the name that a rule of a mapping uses."""
