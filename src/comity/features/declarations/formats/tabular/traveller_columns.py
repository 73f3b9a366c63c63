"""Which columns a list of travellers (passengers and crew of one journey) has: one row for each person."""

from __future__ import annotations

from comity.features.declarations.formats.tabular.column import Column, Form


def _list(name: str, target: str, form: Form, meaning: str, length: int = 0) -> Column:
    return Column(name, target, f"TravellerList/{target}", form, meaning, length)


def _entry(name: str, target: str, form: Form, meaning: str, length: int = 0) -> Column:
    return Column(name, target, f"Traveller/{target}", form, meaning, length, is_item=True)


LIST_COLUMNS: tuple[Column, ...] = (
    _list("journey_reference", "report_id", Form.TEXT, "the reference of the list; groups rows", 35),
    _list("issued_at", "issued_at", Form.INSTANT, "issue of the report"),
    _list("means_id", "means.id", Form.TEXT, "IMO number, registration or number", 35),
    _list("mode", "means.mode_code", Form.TEXT, "mode of transport (Rec 19)", 1),
    _list("voyage", "journey", Form.TEXT, "voyage, flight or trip number", 17),
    _list("departure_place", "departure_place.locode", Form.TEXT, "place of departure", 5),
    _list("arrival_place", "arrival_place.locode", Form.TEXT, "place of arrival", 5),
    _list("departure_at", "departure_at", Form.INSTANT, "departure"),
    _list("arrival_at", "arrival_at", Form.INSTANT, "arrival, expected or actual"),
)

TRAVELLER_COLUMNS: tuple[Column, ...] = (
    _entry("traveller_status", "status_code", Form.TEXT, "FL passenger, FM crew, DDU in transit", 3),
    _entry("family_name", "family_name", Form.TEXT, "family name", 70),
    _entry("given_names", "given_names", Form.TEXT, "given names", 70),
    _entry("sex", "sex", Form.TEXT, "M, F or X", 1),
    _entry("born_on", "born_on", Form.DAY, "date of birth"),
    _entry("nationality", "nationality", Form.TEXT, "nationality (ISO 3166-1)", 3),
    _entry("document_type", "documents.type_code", Form.TEXT, "P passport, I identity card, V visa", 3),
    _entry("document_number", "documents.number", Form.TEXT, "number of the travel document", 35),
    _entry("document_country", "documents.issuing_country", Form.TEXT, "issuing country (ISO 3166-1)", 3),
    _entry("document_expires_on", "documents.expires_on", Form.DAY, "expiry of the travel document"),
    _entry("embarked_at", "embarked_at.locode", Form.TEXT, "place of embarkation", 5),
    _entry("disembarks_at", "disembarks_at.locode", Form.TEXT, "place of disembarkation", 5),
    _entry("seat", "seat", Form.TEXT, "seat", 6),
    _entry("booking_reference", "booking_reference", Form.TEXT, "booking reference", 35),
)
