"""How does a statement become a goods declaration? Fields of the WCO Data Model that all three formats can hold."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from comity.entrypoints.demo.world.load import Scene
from comity.entrypoints.demo.world.statement import Line, Statement, money
from comity.foundation.trade.declaration import (
    Commodity,
    Declaration,
    DeclarationKind,
    GoodsItem,
    GoodsShipment,
    Packaging,
)
from comity.foundation.trade.documents import AdditionalDocument, PreviousDocument, TransportDocument
from comity.foundation.trade.money import Money
from comity.foundation.trade.transport import (
    Consignment,
    CustomsValuation,
    GoodsLocation,
    TradeTerms,
    TransportEquipment,
    TransportMeans,
)

CARRIAGE_INCLUDED = ("CIF", "CIP")
EXPORT_DECLARATION, INVOICE, ORIGIN_CERTIFICATE = "830", "380", "861"
"""UN/EDIFACT 1001: goods declaration for exportation, commercial invoice, certificate of origin."""


def declare(scene: Scene, statement: Statement, kind: DeclarationKind) -> Declaration:
    """Return the declaration that says what the statement states."""
    is_import = kind is DeclarationKind.IMPORT
    items = tuple(
        _item(scene, statement, line, sequence=sequence, is_import=is_import)
        for sequence, line in enumerate(statement.lines, start=1)
    )
    invoiced = sum((item.invoice_amount.amount for item in items if item.invoice_amount), Decimal(0))
    return Declaration(
        kind=kind,
        mrn=statement.mrn,
        functional_reference_id=statement.reference,
        type_code="IMA" if is_import else "EXA",
        function_code="9",
        acceptance_at=statement.at,
        issued_at=statement.at - timedelta(minutes=40),
        declaration_office=statement.office,
        exit_office=None if is_import else f"{scene.countries[0]}{statement.route.exit_office}",
        declarant=statement.declarant,
        border_means=TransportMeans(
            id=statement.vehicle, identification_type_code="30", mode_code=statement.route.mode
        ),
        consignment=Consignment(routing_countries=scene.countries),
        invoice_amount=Money(invoiced, statement.currency),
        total_gross_mass_kg=statement.gross_mass_kg,
        total_packages=sum(line.packages for line in statement.lines),
        goods_item_quantity=len(items),
        goods_shipment=_shipment(scene, statement, items, is_import=is_import),
    )


def _shipment(scene: Scene, statement: Statement, items: tuple[GoodsItem, ...], *, is_import: bool) -> GoodsShipment:
    place = statement.to_place if is_import or statement.term == "CIP" else statement.from_place
    valuation = None
    if is_import:
        valuation = CustomsValuation(
            freight=Money(statement.freight, statement.currency),
            insurance=Money(statement.insurance, statement.currency),
        )
    return GoodsShipment(
        exporter=statement.exporter,
        importer=statement.importer if is_import else None,
        consignee=None if is_import else statement.importer,
        export_country=scene.countries[0],
        destination_country=scene.countries[1],
        trade_terms=TradeTerms(incoterm=statement.term, place=place.locode, place_name=place.name),
        valuation=valuation,
        ucr=statement.ucr,
        transaction_nature_code="11",
        consignment=_consignment(statement, is_import=is_import),
        previous_documents=tuple(
            PreviousDocument(mrn, type_code=EXPORT_DECLARATION, category_code="Z") for mrn in statement.cites
        ),
        items=items,
    )


def _consignment(statement: Statement, *, is_import: bool) -> Consignment:
    vehicle = TransportMeans(id=statement.vehicle, identification_type_code="30")
    return Consignment(
        container_indicator=bool(statement.containers),
        arrival_means=vehicle if is_import else None,
        departure_means=None if is_import else vehicle,
        goods_location=GoodsLocation(name=statement.to_place.name if is_import else statement.route.border),
        loading_location=statement.from_place.locode,
        unloading_location=statement.to_place.locode,
        transport_documents=tuple(TransportDocument(number, statement.route.document) for number in statement.waybills),
        equipment=tuple(
            TransportEquipment(id=number, sequence=sequence)
            for sequence, number in enumerate(statement.containers, start=1)
        ),
    )


def _item(scene: Scene, statement: Statement, line: Line, *, sequence: int, is_import: bool) -> GoodsItem:
    carriage = _carriage_of(line, statement) if is_import else Decimal(0)
    price = money(line.price + (carriage if statement.term in CARRIAGE_INCLUDED else Decimal(0)))
    worth = scene.rates.convert(line.price + carriage, statement.currency, "USD", on=statement.at.date())
    usd = Money(money(worth), "USD")
    documents = [AdditionalDocument(id=statement.invoice, type_code=INVOICE, category_code="N")]
    is_preferred = is_import and line.origin in scene.catalogue.union and line.origin != scene.countries[1]
    if is_preferred:
        certificate = f"CO-{line.origin}-{statement.invoice}-{sequence}"
        documents.append(AdditionalDocument(id=certificate, type_code=ORIGIN_CERTIFICATE, category_code="N"))
    return GoodsItem(
        sequence=sequence,
        commodity=Commodity(code=line.hs6, description=line.words),
        origin_country=line.origin,
        preferential_origin=line.origin if is_preferred else None,
        gross_mass_kg=line.gross_mass_kg,
        net_mass_kg=line.net_mass_kg,
        supplementary_quantity=line.quantity,
        supplementary_unit=line.unit,
        invoice_amount=Money(price, statement.currency),
        statistical_value=None if is_import else usd,
        customs_value=usd if is_import else None,
        valuation=CustomsValuation(method_code="1") if is_import else None,
        procedure_current=statement.procedure[0],
        procedure_previous=statement.procedure[1],
        packaging=(Packaging(type_code=line.pack, quantity=line.packages, marks=f"{statement.invoice}/{sequence}"),),
        additional_documents=tuple(documents),
    )


def _carriage_of(line: Line, statement: Statement) -> Decimal:
    """Return the line's part of freight and insurance, by price."""
    return (statement.freight + statement.insurance) * line.price / statement.price
