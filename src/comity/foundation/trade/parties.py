"""Who takes part: parties and their addresses (WCO DM classes 57A, 74A, 30A, 27A, 57B, 05A, 16A, 09B, 18A)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address (WCO DM 04A): elements 239 line, 241 city, 242 country, 243/244 subdivision, 245 postcode.

    `type_code` says how the place is named (a location of goods: U is UN/LOCODE, Y an authorisation number).
    """

    line: str | None = None
    city: str | None = None
    country: str | None = None
    postcode: str | None = None
    subdivision_code: str | None = None
    subdivision_name: str | None = None
    type_code: str | None = None


@dataclass(frozen=True, slots=True)
class Party:
    """A natural or legal person in one role; `id` is the TIN (an..17).

    `contact_name` is WCO DM 246 (class 34A), `communication_id` 240 with its `communication_type_code` 253 (25A).
    """

    id: str | None = None
    name: str | None = None
    address: Address | None = None
    role_code: str | None = None
    contact_name: str | None = None
    communication_id: str | None = None
    communication_type_code: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class AuthorisationHolder:
    """The holder of an authorisation and its kind (WCO DM 17C: R144, R145)."""

    id: str | None = None
    category_code: str | None = None
