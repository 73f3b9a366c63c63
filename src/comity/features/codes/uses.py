"""Which codes does a declaration use, of what kind, and where: every code that a list can answer for.

Places are XPaths of WCO element names below the path given, with 1-based indexes where an element is repeated.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from comity.features.codes.subjects import Subject
from comity.foundation.trade.declaration import Declaration, GoodsItem, GoodsShipment
from comity.foundation.trade.documents import AdditionalDocument, PreviousDocument
from comity.foundation.trade.identifiers import has_locode_form
from comity.foundation.trade.money import Money
from comity.foundation.trade.parties import Party
from comity.foundation.trade.transport import Consignment, TransportMeans

NATIONAL_CHAPTERS = ("98", "99")
"""Chapters that the Harmonized System leaves to each country."""
_COUNTRY, _PARTY_FIELDS = 2, ("exporter", "importer", "consignor", "consignee", "buyer", "seller")


class CodeUse(NamedTuple):
    """A code as a declaration uses it. `other` is a second way in which a list may write it."""

    subject: Subject
    code: str
    path: str
    other: str | None = None


def codes_used(declaration: Declaration, *, path: str) -> Iterator[CodeUse]:
    """Yield every code that a list can answer for, in the order of the document."""
    for name, element in (
        ("declaration_office", "DeclarationOfficeID"),
        ("exit_office", "ExitOffice/ID"),
        ("presentation_office", "PresentationOffice/ID"),
        ("supervising_office", "SupervisingOffice/ID"),
    ):
        yield from _used(Subject.OFFICES, getattr(declaration, name), f"{path}/{element}")
    for index, guarantee in enumerate(declaration.guarantees):
        place = f"{path}/ObligationGuarantee{_index(index, declaration.guarantees)}"
        yield from _used(Subject.OFFICES, guarantee.office, f"{place}/GuaranteeOffice/ID")
    yield from _money(declaration.invoice_amount, f"{path}/InvoiceAmount")
    for index, (currency, _rate) in enumerate(declaration.exchange_rates):
        place = f"{path}/CurrencyExchange{_index(index, declaration.exchange_rates)}/CurrencyTypeCode"
        yield from _used(Subject.CURRENCIES, currency, place)
    yield from _means(declaration.border_means, f"{path}/BorderTransportMeans")
    yield from _party(declaration.declarant, f"{path}/Declarant")
    yield from _documents(declaration.additional_documents, path)
    if declaration.consignment is not None:
        yield from _consignment(declaration.consignment, f"{path}/Consignment")
    yield from _shipment(declaration.goods_shipment, f"{path}/GoodsShipment")


def _shipment(shipment: GoodsShipment, path: str) -> Iterator[CodeUse]:
    for field in _PARTY_FIELDS:
        yield from _party(getattr(shipment, field), f"{path}/{field.capitalize()}")
    yield from _country(shipment.export_country, f"{path}/ExportCountry/ID")
    yield from _country(shipment.destination_country, f"{path}/Destination/CountryCode")
    if shipment.consignment is not None:
        yield from _consignment(shipment.consignment, f"{path}/Consignment")
    yield from _previous(shipment.previous_documents, path)
    for index, item in enumerate(shipment.items):
        yield from _item(item, f"{path}/GovernmentAgencyGoodsItem{_index(index, shipment.items)}")


def _item(item: GoodsItem, path: str) -> Iterator[CodeUse]:
    code = item.commodity.code
    if code is not None and code.isdigit() and len(code) >= 6 and not code.startswith(NATIONAL_CHAPTERS):
        yield CodeUse(Subject.GOODS, code[:6], f"{path}/Commodity/Classification")
    yield from _country(item.origin_country, f"{path}/Origin/CountryCode")
    yield from _country(item.preferential_origin, f"{path}/Origin/CountryCode")
    yield from _country(item.export_country, f"{path}/ExportCountry/ID")
    yield from _country(item.destination_country, f"{path}/Destination/CountryCode")
    for index, packaging in enumerate(item.packaging):
        place = f"{path}/Packaging{_index(index, item.packaging)}/TypeCode"
        yield from _used(Subject.PACKAGES, packaging.type_code, place)
    yield from _unit(item.supplementary_unit, f"{path}/Commodity/GoodsMeasure/TariffQuantity")
    for index, duty in enumerate(item.commodity.duties):
        place = f"{path}/Commodity/DutyTaxFee{_index(index, item.commodity.duties)}"
        yield from _unit(duty.base_unit, f"{place}/SpecificTaxBaseQuantity")
        yield from _money(duty.base_amount, f"{place}/AdValoremTaxBaseAmount")
    yield from _money(item.invoice_amount, f"{path}/Commodity/InvoiceLine/ItemChargeAmount")
    yield from _money(item.statistical_value, f"{path}/StatisticalValueAmount")
    yield from _money(item.customs_value, f"{path}/CustomsValueAmount")
    yield from _party(item.consignor, f"{path}/Consignor")
    yield from _party(item.consignee, f"{path}/Consignee")
    yield from _documents(item.additional_documents, path)
    yield from _previous(item.previous_documents, path)


def _consignment(consignment: Consignment, path: str) -> Iterator[CodeUse]:
    yield from _location(consignment.loading_location, f"{path}/LoadingLocation/ID")
    yield from _location(consignment.unloading_location, f"{path}/UnloadingLocation/ID")
    place = consignment.goods_location
    if place is not None and place.address is not None:
        if place.address.type_code == "U":
            yield from _location(place.id or place.name, f"{path}/GoodsLocation/Name")
        yield from _country(place.address.country, f"{path}/GoodsLocation/Address/CountryCode")
    yield from _means(consignment.arrival_means, f"{path}/ArrivalTransportMeans")
    yield from _means(consignment.departure_means, f"{path}/DepartureTransportMeans")
    for index, country in enumerate(consignment.routing_countries):
        mark = _index(index, consignment.routing_countries)
        yield from _country(country, f"{path}/Itinerary{mark}/RoutingCountryCode")


def _documents(documents: Sequence[AdditionalDocument], path: str) -> Iterator[CodeUse]:
    """Yield the types of documents: a list may hold the category with the type (C651), or the type alone."""
    for index, one in enumerate(documents):
        if one.type_code is not None:
            joined = f"{one.category_code or ''}{one.type_code}"
            other = one.type_code if joined != one.type_code else None
            place = f"{path}/AdditionalDocument{_index(index, documents)}/TypeCode"
            yield CodeUse(Subject.DOCUMENTS, joined, place, other)
        yield from _unit(one.write_off_unit, f"{path}/AdditionalDocument{_index(index, documents)}/WriteOff")


def _previous(documents: Sequence[PreviousDocument], path: str) -> Iterator[CodeUse]:
    for index, one in enumerate(documents):
        place = f"{path}/PreviousDocument{_index(index, documents)}/TypeCode"
        yield from _used(Subject.DOCUMENTS, one.type_code, place)


def _party(party: Party | None, path: str) -> Iterator[CodeUse]:
    if party is not None and party.address is not None:
        yield from _country(party.address.country, f"{path}/Address/CountryCode")


def _means(means: TransportMeans | None, path: str) -> Iterator[CodeUse]:
    if means is not None:
        yield from _country(means.registration_nationality, f"{path}/RegistrationNationalityCode")


def _country(code: str | None, path: str) -> Iterator[CodeUse]:
    """Yield a country; groups of countries for preferences have more than two characters, and other lists."""
    if code is not None and len(code) == _COUNTRY:
        yield CodeUse(Subject.COUNTRIES, code, path)


def _money(money: Money | None, path: str) -> Iterator[CodeUse]:
    if money is not None:
        yield CodeUse(Subject.CURRENCIES, money.currency, path)


def _unit(code: str | None, path: str) -> Iterator[CodeUse]:
    """Yield a unit without its qualifier (`KGM#G`)."""
    if code is not None:
        yield CodeUse(Subject.UNITS, code.partition("#")[0], path)


def _location(code: str | None, path: str) -> Iterator[CodeUse]:
    if code is not None and has_locode_form(code):
        yield CodeUse(Subject.LOCATIONS, code, path)


def _used(subject: Subject, code: str | None, path: str) -> Iterator[CodeUse]:
    if code is not None:
        yield CodeUse(subject, code, path)


def _index(index: int, of: Sequence[object]) -> str:
    return f"[{index + 1}]" if len(of) > 1 else ""
