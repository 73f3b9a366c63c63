"""How values of trade become segments: party, place, instant, mass, text; what readers.py reads back as the same."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from comity.features.declarations.formats.edifact.write_syntax import Element, Written
from comity.foundation.trade.documents import AdditionalInformation
from comity.foundation.trade.money import Money
from comity.foundation.trade.movement import Place
from comity.foundation.trade.parties import Party
from comity.foundation.trade.transport import TransportMeans

NAME_WIDTH = 35
TEXT_WIDTH = 70
"""Widths of 3036 and 4440 in the directories up to D.99B, the narrowest."""

_TEXT_LINES = 5


def date_time(qualifier: str, at: datetime | None) -> list[Written]:
    """Return DTM with a day and time in UTC, to the minute where seconds are none."""
    if at is None:
        return []
    form, pattern = ("204", "%Y%m%d%H%M%S") if at.second else ("203", "%Y%m%d%H%M")
    return [("DTM", (qualifier, at.strftime(pattern), form))]


def location(qualifier: str, place: Place | None) -> list[Written]:
    """Return LOC with a UN/LOCODE (agency 6), or an identifier of another list, and a name."""
    if place is None:
        return []
    if place.locode:
        return [("LOC", qualifier, (place.locode, "139", "6", place.name or ""))]
    return [("LOC", qualifier, (place.id or "", place.id_type or "", "ZZZ" if place.id else "", place.name or ""))]


def coded_location(qualifier: str, code: str | None, name: str | None = None) -> list[Written]:
    """Return LOC with a code alone, as of a customs office."""
    return [("LOC", qualifier, (code or "", "", "", name or ""))] if code or name else []


def party(qualifier: str, who: Party | None, *, contact_within_group: bool = True) -> list[Written]:
    """Return NAD in the role that was read, or else `qualifier`, with CTA and COM where they are told."""
    if who is None:
        return []
    address = who.address
    told: list[Element] = ["NAD", who.role_code or qualifier, who.id or "", "", lines(who.name or "", NAME_WIDTH)]
    if address is not None:
        told += [address.line or "", address.city or ""]
        told += [(address.subdivision_code or "", "", "", address.subdivision_name or "")]
        told += [address.postcode or "", address.country or ""]
    segments: list[Written] = [tuple(told)]
    if contact_within_group and (who.contact_name or who.communication_id):
        segments.append(("CTA", "IC", ("", who.contact_name or "")))
        if who.communication_id:
            segments.append(("COM", (who.communication_id, who.communication_type_code or "")))
    return segments


def measurement(purpose: str, attribute: str, value: Decimal | None, unit: str = "KGM") -> list[Written]:
    """Return MEA with a value in a unit."""
    return [] if value is None else [("MEA", purpose, attribute, (unit, number(value)))]


def control_total(qualifier: str, value: Decimal | int | None, unit: str = "") -> list[Written]:
    """Return CNT with a total."""
    return [] if value is None else [("CNT", (qualifier, number(Decimal(value)), unit))]


def amount(qualifier: str, money: Money | None) -> list[Written]:
    """Return MOA with an amount in its currency."""
    return [] if money is None else [("MOA", (qualifier, number(money.amount), money.currency))]


def conveyance(
    stage: str, voyage: str | None, means: TransportMeans | None, carrier: Party | None = None
) -> list[Written]:
    """Return TDT with the voyage, the means, and a carrier that is only named."""
    if voyage is None and means is None and carrier is None:
        return []
    means = means or TransportMeans()
    named = ((carrier.id or "", "", "", carrier.name or "")) if carrier else ""
    identified = (
        means.id or "",
        means.identification_type_code or "",
        "",
        means.name or "",
        means.registration_nationality or "",
    )
    return [
        ("TDT", stage, voyage or "", means.mode_code or "", means.type_code or "", named, "", "", identified),
    ]


def statement(said: AdditionalInformation) -> Written:
    """Return FTX with its subject, its code and its text."""
    return ("FTX", said.type_code or "AAI", "", said.code or "", lines(said.description or "", TEXT_WIDTH))


def number(value: Decimal) -> str:
    """Return a decimal without needless zeros."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def lines(text: str, width: int) -> list[str]:
    """Return a text in up to five components, parted at single blanks only, so that joining them gives it back."""
    if len(text) <= width:
        return [text]
    parts = [""]
    wide = max(width, len(text) // (_TEXT_LINES - 1) + 1)
    for word in _parted(text):
        if len(parts[-1]) + len(word) < wide or len(parts) == _TEXT_LINES or not parts[-1]:
            parts[-1] = f"{parts[-1]} {word}" if parts[-1] else word
        else:
            parts.append(word)
    return parts


def _parted(text: str) -> list[str]:
    """Return the words of a text; where several blanks stand together, they stay within one."""
    words: list[str] = []
    for word in text.split(" "):
        if words and (not word or words[-1].endswith(" ") or not words[-1]):
            words[-1] += f" {word}"
        else:
            words.append(word)
    return words
