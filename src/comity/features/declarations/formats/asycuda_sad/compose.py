"""Which declaration do the fields of an export make, and in which currency are its national amounts?"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from comity.features.declarations.formats.asycuda_sad.compose_item import PREVIOUS, Home, item_of, valuation_of
from comity.features.declarations.formats.asycuda_sad.consistency import FLOWS
from comity.features.declarations.formats.asycuda_sad.currency import national_currency
from comity.features.declarations.formats.asycuda_sad.items import COSTS
from comity.features.declarations.formats.bind import Fields
from comity.features.declarations.kinds import kind_of
from comity.foundation.trade.declaration import (
    Declaration,
    DeclarationKind,
    DutyTaxFee,
    GoodsShipment,
    ObligationGuarantee,
)
from comity.foundation.trade.documents import AdditionalInformation, PreviousDocument
from comity.foundation.trade.parties import Address, Party
from comity.foundation.trade.transit import Transit
from comity.foundation.trade.transport import (
    Consignment,
    GoodsLocation,
    Seal,
    TradeTerms,
    TransportEquipment,
    TransportMeans,
)

MANIFEST = "785"
"""UN/EDIFACT 1001: cargo manifest."""


def declaration_of(fields: Fields) -> tuple[Declaration, Home, bool]:
    """Return the declaration, what is known of its currencies, and whether the national one was only derived."""
    kind = kind_of(_type_code(fields))
    if kind is DeclarationKind.OTHER:
        kind = FLOWS.get(fields.get("flow", "")[:1].upper(), kind)
    home, is_derived = _home(fields, kind)
    principal = _party(fields, "principal") if kind is DeclarationKind.TRANSIT else None
    declarant = _party(fields, "declarant")
    declaration = Declaration(
        kind=kind,
        mrn=_registration(fields),
        functional_reference_id=fields.get("reference"),
        type_code=_type_code(fields),
        acceptance_at=fields.get("registered_at"),
        issued_at=fields.get("declared_at"),
        declaration_office=fields.get("office"),
        exit_office=fields.get("exit_office"),
        declarant=principal or declarant,
        agent=declarant if principal is not None else None,
        border_means=_means(fields, "border"),
        guarantees=_guarantees(fields, home),
        invoice_amount=home.agreed(fields.get("invoice")),
        exchange_rates=_rates(fields),
        total_gross_mass_kg=fields.get("gross_mass") or fields.get("total_weight") or None,
        total_packages=fields.get("packages_stated"),
        goods_item_quantity=fields.get("items_stated"),
        loading_list_quantity=fields.get("loading_lists"),
        additional_information=tuple(
            AdditionalInformation(description=fields[name])
            for name in ("information", "comments", "exit_comments")
            if name in fields
        ),
        goods_shipment=_shipment(fields, home, kind),
        message_id=fields.get("id"),
        transit=_transit(fields),
        duties=_global_taxes(fields, home),
        customs_value_total=home.money(fields.get("cif")),
        payable_total=home.money(fields.get("payable")),
    )
    return declaration, home, is_derived


def _type_code(fields: Fields) -> str | None:
    """Return the type with the general procedure, as box 1 of the SAD writes them: IM 4."""
    kind = fields.get("type")
    return (kind + fields.get("procedure", "")) if kind else fields.get("transit_type")


def _registration(fields: Fields) -> str | None:
    """Return the registration as ASYCUDA quotes it: year, office, serial and number."""
    if "number" not in fields:
        return None
    registered = fields.get("registered_at")
    year = fields.get("year") or (str(registered.year) if registered else None)
    return " ".join(one for one in (year, fields.get("office"), fields.get("serial"), fields["number"]) if one)


def _home(fields: Fields, kind: DeclarationKind) -> tuple[Home, bool]:
    is_export = kind is DeclarationKind.EXPORT
    country = fields.get("export_country" if is_export else "destination_country")
    currency, is_derived = national_currency(amounts_of(fields), country)
    return Home(currency, fields.get("invoice", {}).get("currency"), is_export), is_derived


def amounts_of(fields: Fields) -> Iterator[Fields]:
    """Yield every amount of the whole and of its items."""
    for part in (fields, *fields.get("items", ())):
        yield from (part[name] for name in ("invoice", *COSTS) if name in part)


def _rates(fields: Fields) -> tuple[tuple[str, Decimal], ...]:
    found = {one["currency"]: one["rate"] for one in amounts_of(fields) if one.get("currency") and one.get("rate")}
    return tuple((code, rate) for code, rate in found.items() if rate != 1)


def _party(fields: Fields, role: str) -> Party | None:
    """Return a party; the lines below its name are its address."""
    name, *lines = fields.get(f"{role}.name") or (None,)
    address = Address(line=", ".join(lines)) if lines else None
    party = Party(fields.get(f"{role}.id"), name, address, contact_name=fields.get(f"{role}.contact_name"))
    return None if party == Party() else party


def _means(fields: Fields, role: str) -> TransportMeans | None:
    means = TransportMeans(
        id=fields.get(f"{role}.id"),
        registration_nationality=fields.get(f"{role}.nationality"),
        mode_code=fields.get(f"{role}.mode"),
        border_office=fields.get(f"{role}.office"),
    )
    return None if means == TransportMeans() else means


def _shipment(fields: Fields, home: Home, kind: DeclarationKind) -> GoodsShipment:
    suppliers = fields.get("suppliers", ())
    supplier = suppliers[0] if suppliers else {}
    manifest = fields.get("manifest")
    earlier: dict[int | None, tuple[PreviousDocument, ...]] = {}
    for one in fields.get("previous_items", ()):
        earlier[one.get("item")] = (*earlier.get(one.get("item"), ()), _earlier(one))
    numbers = range(1, len(fields.get("items", ())) + 1)
    unplaced = tuple(document for item, found in earlier.items() if item not in numbers for document in found)
    return GoodsShipment(
        exporter=_party(fields, "exporter"),
        consignee=_party(fields, "consignee"),
        importer=_party(fields, "consignee") if kind is DeclarationKind.IMPORT else None,
        seller=_supplier(supplier),
        payer=_party(fields, "payer"),
        export_country=fields.get("export_country"),
        destination_country=fields.get("destination_country"),
        destination_region=fields.get("destination_region"),
        trade_terms=_terms(fields),
        valuation=valuation_of(fields, home),
        transaction_nature_code=(fields.get("nature_1", "") + fields.get("nature_2", "")) or None,
        warehouse_id=fields.get("warehouse"),
        consignment=_consignment(fields, kind),
        previous_documents=((PreviousDocument(manifest, type_code=MANIFEST),) if manifest else ()) + unplaced,
        items=tuple(
            item_of(one, place, home, earlier.get(place, ())) for place, one in enumerate(fields.get("items", ()), 1)
        ),
        exit_at=fields.get("exit_at"),
        invoice_id=supplier.get("invoice_id"),
        invoice_issued_at=supplier.get("invoice_issued_at"),
    )


def _earlier(one: Fields) -> PreviousDocument:
    words = (one.get("year"), one.get("office"), one.get("serial"), one["number"])
    return PreviousDocument(
        " ".join(word for word in words if word),
        category_code=PREVIOUS,
        line=one.get("line"),
        packages=one.get("packages"),
        quantity=one.get("quantity"),
    )


def _supplier(fields: Fields) -> Party | None:
    address = Address(fields.get("line"), fields.get("city"), fields.get("country"), fields.get("postcode"))
    party = Party(fields.get("id"), fields.get("name"), None if address == Address() else address)
    return None if party == Party() else party


def _terms(fields: Fields) -> TradeTerms | None:
    """Return the delivery terms of the header, else those all items share."""
    held = [fields] if "incoterm" in fields else list(fields.get("items", ()))
    terms = {(one.get("incoterm"), one.get("incoterm_place")) for one in held}
    if len(terms) != 1:
        return None
    ((incoterm, place),) = terms
    return TradeTerms(incoterm=incoterm, place_name=place) if incoterm or place else None


def _consignment(fields: Fields, kind: DeclarationKind) -> Consignment | None:
    means = _means(fields, "means")
    first = fields.get("first_destination")
    location = fields.get("location")
    consignment = Consignment(
        container_indicator=fields.get("is_containerised"),
        arrival_means=means if kind is DeclarationKind.IMPORT else None,
        departure_means=None if kind is DeclarationKind.IMPORT else means,
        goods_location=GoodsLocation(id=location) if location else None,
        loading_location=fields.get("loading_location"),
        loading_location_name=fields.get("loading_location_name"),
        loading_country=fields.get("loading_country"),
        routing_countries=(first,) if first else (),
        equipment=_equipment(fields),
    )
    return None if consignment == Consignment() else consignment


def _equipment(fields: Fields) -> tuple[TransportEquipment, ...]:
    """Return each container once, with the numbers of all items in it; a seal alone has equipment without a number."""
    found: dict[str, Fields] = {}
    for one in fields.get("containers", ()):
        held = found.setdefault(one["id"], one | {"items": ()})
        if one.get("item") is not None:
            held["items"] += (one["item"],)
    equipment = [
        TransportEquipment(
            id_, place, items=one["items"], size_type=one.get("size_type"), fullness_code=one.get("fullness_code")
        )
        for place, (id_, one) in enumerate(found.items(), 1)
    ]
    if "seal" in fields:
        equipment.append(TransportEquipment(sequence=len(equipment) + 1, seals=(Seal(fields["seal"]),)))
    return tuple(equipment)


def _guarantees(fields: Fields, home: Home) -> tuple[ObligationGuarantee, ...]:
    found = []
    if "deferred" in fields:
        found.append(ObligationGuarantee(other_reference=fields["deferred"]))
    amount = home.money(fields.get("guarantee_amount") or None)
    if "guarantee" in fields or amount is not None:
        found.append(ObligationGuarantee(other_reference=fields.get("guarantee"), amount=amount))
    return tuple(found)


def _global_taxes(fields: Fields, home: Home) -> tuple[DutyTaxFee, ...]:
    amount = home.money(fields.get("global_taxes") or None)
    if amount is None:
        return ()
    return (
        DutyTaxFee(type_code="global", payment_method=fields.get("payment_method"), assessed=amount, payable=amount),
    )


def _transit(fields: Fields) -> Transit | None:
    transit = Transit(destination_office=fields.get("destination_office"), limit_on=fields.get("limit_on"))
    return None if transit == Transit() else transit
