"""What papers accompany goods: previous, additional and transport documents (WCO DM 99A, 02A)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from comity.foundation.trade.money import Money
from comity.foundation.trade.parties import Party


@dataclass(frozen=True, slots=True)
class Pointer:
    """A place in a document (WCO DM 97A: 375 section, 381 tag, 006 sequence)."""

    section_code: str | None = None
    tag_id: str | None = None
    sequence: int | None = None


@dataclass(frozen=True, slots=True)
class PreviousDocument:
    """A document this one follows (WCO DM 99A: D018 id, D019 type, D031 category, 171 line).

    What is taken from it (UCC-DA Annex B 12 01): so many packages of a type, a quantity in a unit, a note.
    """

    id: str
    type_code: str | None = None
    category_code: str | None = None
    line: int | None = None
    package_type_code: str | None = None
    packages: int | None = None
    quantity: Decimal | None = None
    unit: str | None = None
    complement: str | None = None


@dataclass(frozen=True, slots=True)
class TransportDocument:
    """A bill of lading, air waybill or road consignment note. `type_code` is UN/EDIFACT 1001 (705, 740, 730)."""

    id: str
    type_code: str | None = None


@dataclass(frozen=True, slots=True)
class AdditionalDocument:
    """A licence, certificate or invoice (WCO DM 02A: D005 id, D006 type, D031 category, D028 name, 360 exemption).

    The write-off (WCO DM 22C) is a quantity (502, with its unit) or an amount (503). `effective_at` is 276; `issuer`
    the authority that issued it (17B: name R058, role R005). `line` is the line of it that is meant (171),
    `is_reference` that it is an additional reference, which states a fact rather than names a paper (UCC-DA 12 04).
    """

    id: str | None = None
    type_code: str | None = None
    category_code: str | None = None
    name: str | None = None
    exemption_code: str | None = None
    write_off_quantity: Decimal | None = None
    write_off_unit: str | None = None
    write_off_amount: Money | None = None
    effective_at: datetime | None = None
    issuer: Party | None = None
    line: int | None = None
    complement: str | None = None
    is_reference: bool | None = None


@dataclass(frozen=True, slots=True)
class AdditionalInformation:
    """A coded or free statement (WCO DM 03A: 226 code, 225 text, 369 type) with the places it is about (97A).

    `limit_at` is the instant until which an answer is awaited.
    """

    code: str | None = None
    description: str | None = None
    type_code: str | None = None
    limit_at: datetime | None = None
    pointers: tuple[Pointer, ...] = ()
