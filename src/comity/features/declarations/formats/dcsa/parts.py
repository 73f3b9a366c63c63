"""What the parts say that many DCSA messages share: places, parties, vessels, equipment, masses."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from comity.features.declarations.formats.dcsa.members import Members
from comity.foundation.trade.cargo import CarriedEquipment
from comity.foundation.trade.identifiers import is_container
from comity.foundation.trade.movement import Place
from comity.foundation.trade.parties import Address, Party
from comity.foundation.trade.transport import Seal, TransportMeans

_LINE = ("street", "streetNumber", "floor", "POBox")
_ABSENT = frozenset({"N/A", "n/a", "-"})


@lru_cache(maxsize=1)
def codes() -> Mapping[str, Any]:
    """Return the closed lists of the standards (`codes.toml`)."""
    return tomllib.loads((Path(__file__).parent / "codes.toml").read_text(encoding="utf-8"))


def place_of(told: Members | None) -> Place | None:
    """Return a location: UN/LOCODE, facility, name, coordinates, address."""
    if told is None:
        return None
    facility = told.inner("facility")
    own = told.text("facilityCode", "facilitySMDGCode")
    code = facility.text("facilityCode") if facility is not None else own
    provider = facility.text("facilityCodeListProvider") if facility else told.text("facilityCodeListProvider")
    coordinates = told.inner("geoCoordinate") or told
    latitude, longitude = coordinates.number("latitude"), coordinates.number("longitude")
    return Place(
        locode=told.locode("UNLocationCode"),
        id=code,
        id_type=provider or ("SMDG" if code else None),
        name=told.text("locationName"),
        latitude=latitude,
        longitude=longitude,
        address=address_of(told.inner("address")),
    )


def address_of(told: Members | None) -> Address | None:
    """Return an address; its parts become one line."""
    if told is None:
        return None
    parts = [part for name in _LINE if (part := told.text(name)) and part not in _ABSENT]
    country = told.country("countryCode")
    region, name = told.text("stateRegion"), told.text("name")
    return Address(
        line=", ".join([*([name] if name else []), " ".join(parts)] if parts else [name] if name else []) or None,
        city=told.text("city"),
        country=country,
        postcode=told.text("postCode"),
        subdivision_name=None if region in _ABSENT else region,
    )


def party_of(told: Members | None, role: str | None = None) -> Party | None:
    """Return a party: its first identifying code, name, address, and the function it has."""
    if told is None:
        return None
    identifiers = [one.text("partyCode") for one in told.each("identifyingCodes")]
    taxes = [one.text("value") for one in told.each("taxLegalReferences")]
    code = told.text("partyCode") or next((one for one in (*identifiers, *taxes) if one), None)
    return Party(
        id=code,
        name=told.text("partyName"),
        address=address_of(told.inner("address")),
        role_code=told.text("partyFunction") or role,
    )


def means_of(told: Members | None, *, mode: str | None = None) -> TransportMeans | None:
    """Return a vessel by its IMO number, else its name."""
    if told is None and mode is None:
        return None
    if told is None:
        return TransportMeans(mode_code=mode)
    number = told.text("vesselIMONumber", "imoNumber")
    name = told.text("vesselName", "name")
    return TransportMeans(
        id=number or name,
        identification_type_code="10" if number else "11" if name else None,
        registration_nationality=told.country("vesselFlag") or told.country("flag"),
        mode_code=mode or "1",
    )


def mode_of(told: Members) -> str | None:
    """Return the mode of transport as UN/ECE Recommendation 19; one that the list lacks is told."""
    found = told.text("modeOfTransport")
    known: Mapping[str, str] = codes()["modes"]
    if found is not None and found.upper() not in known:
        told.context.warning((*told.at, "modeOfTransport"), "code-unknown", "The mode of transport is not known here.")
    return None if found is None else known.get(found.upper())


def equipment_number(told: Members, *names: str) -> str | None:
    """Return a container number; one with a wrong check digit (ISO 6346) is told."""
    found = told.text(*(names or ("equipmentReference",)))
    if found is not None and not is_container(found):
        told.context.warning(
            (*told.at, (names or ("equipmentReference",))[0]),
            "container-check-digit",
            "Expected a container number with the check digit of ISO 6346; another came. Check it.",
        )
    return found


def seals_of(told: Members) -> tuple[Seal, ...]:
    """Return the seals of a container."""
    found = [one.text("number", "sealNumber") for one in told.each("seals")]
    return tuple(Seal(one, sequence) for sequence, one in enumerate(found, start=1) if one)


def equipment_of(told: Members) -> CarriedEquipment:
    """Return a container as carried; bills of lading hold its description inside `equipment` or beside it."""
    inner = told.inner("equipment") or told
    settings = told.inner("activeReeferSettings")
    temperature = settings.number("temperatureSetpoint") if settings is not None else None
    if settings is not None and settings.text("temperatureUnit") == "FAH" and temperature is not None:
        temperature = (temperature - 32) * 5 / 9
    emptiness = told.text("emptyIndicatorCode")
    return CarriedEquipment(
        id=equipment_number(inner),
        size_type=inner.text("ISOEquipmentCode"),
        is_empty=None if emptiness is None else emptiness == "EMPTY",
        seals=seals_of(told),
        tare_mass_kg=mass_of(inner, "tareWeight"),
        gross_mass_kg=mass_of(told, "cargoGrossWeight"),
        temperature_c=temperature,
    )


def mass_of(told: Members, name: str) -> Decimal | None:
    """Return a mass in kilograms: an object of value and unit, or a number with its unit in a member beside it."""
    return _measure(told, name, codes()["kilograms"], "KGM")


def volume_of(told: Members, name: str) -> Decimal | None:
    """Return a volume in cubic metres."""
    return _measure(told, name, codes()["cubic_metres"], "MTQ")


def _measure(told: Members, name: str, factors: Mapping[str, str], usual: str) -> Decimal | None:
    value = told.raw(name)
    if isinstance(value, Mapping):
        inner = told.inner(name)
        if inner is None:
            return None
        number, unit, where = inner.number("value"), inner.text("unit"), (*inner.at, "unit")
    else:
        number, unit, where = told.number(name), told.text(f"{name}Unit"), (*told.at, f"{name}Unit")
    unit = unit or usual
    if unit not in factors:
        told.context.error(where, "unit-unknown", f"Expected one of {', '.join(factors)} as the unit; another came.")
        return None
    return None if number is None else number * Decimal(factors[unit])


def note_rest(told: Members) -> None:
    """Tell once for each member that no field holds: it stays in the original message."""
    for name in sorted({name for name, _ in told.rest()}):
        told.context.once(
            f"rest {name}",
            (*told.at, *name.split(".")),
            "element-not-mapped",
            "This member is not kept as a value; it stays in the original message, whose hash is kept. Nothing to do.",
        )


def nested(told: Members, *names: str) -> Iterator[Members]:
    """Yield the objects of the first of these members that is there, whether a list of them or one."""
    for name in names:
        value = told.raw(name)
        if isinstance(value, list):
            yield from told.each(name)
            return
        if value is not None:
            found = told.inner(name)
            if found is not None:
                yield found
            return
