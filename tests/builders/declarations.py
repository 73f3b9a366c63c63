"""Builders of declarations: one complete example to change, and a hypothesis strategy of what reading can give."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import strategies as st

from comity.features.declarations.kinds import function_of, kind_of
from comity.foundation.trade.declaration import (
    Amendment,
    Classification,
    Commodity,
    Declaration,
    DeclarationFunction,
    DeclarationKind,
    DutyTaxFee,
    GoodsItem,
    GoodsShipment,
    ObligationGuarantee,
    Packaging,
)
from comity.foundation.trade.documents import (
    AdditionalDocument,
    AdditionalInformation,
    Pointer,
    PreviousDocument,
    TransportDocument,
)
from comity.foundation.trade.money import Money
from comity.foundation.trade.parties import Address, AuthorisationHolder, Party
from comity.foundation.trade.transport import (
    Consignment,
    ConsignmentItem,
    CustomsValuation,
    GoodsLocation,
    Seal,
    TradeTerms,
    TransportEquipment,
    TransportMeans,
)


def an_item(sequence: int = 1, **changes) -> GoodsItem:
    """Return a complete goods item: coffee in bags."""
    item = GoodsItem(
        sequence=sequence,
        commodity=Commodity(
            code="0901110010",
            description="Coffee, not roasted, washed arabica",
            duties=(DutyTaxFee(type_code="A00", regime_code="100", payment_method="E"),),
        ),
        origin_country="KE",
        gross_mass_kg=Decimal("1230.5"),
        net_mass_kg=Decimal(1200),
        supplementary_quantity=Decimal(20),
        supplementary_unit="BG",
        invoice_amount=Money(Decimal("5400.25"), "USD"),
        statistical_value=Money(Decimal(5600), "USD"),
        valuation=CustomsValuation(method_code="1"),
        procedure_current="10",
        procedure_previous="00",
        additional_procedures=("000",),
        packaging=(Packaging(type_code="BG", quantity=20, marks="KE/1-20"),),
        previous_documents=(PreviousDocument(id="25KE0012345678ABJ5", type_code="830", category_code="Z", line=1),),
        additional_documents=(AdditionalDocument(id="INV-100", type_code="935", category_code="N"),),
        additional_information=(AdditionalInformation(code="00400", description="Declarant is the exporter"),),
    )
    return replace(item, **changes)


def a_declaration(items: int = 2, **changes) -> Declaration:
    """Return a complete original export declaration from Kenya to Uganda with `items` goods items."""
    declaration = Declaration(
        kind=DeclarationKind.EXPORT,
        function=DeclarationFunction.ORIGINAL,
        function_code="9",
        functional_reference_id="KE-2026-000001",
        type_code="EXA",
        acceptance_at=datetime(2026, 3, 1, 9, 30, tzinfo=UTC),
        goods_item_quantity=items,
        total_packages=20 * items,
        declarant=Party(id="KE000000001"),
        agent=Party(id="KE000000002", role_code="2"),
        exit_office="KE000040",
        authorisation_holders=(AuthorisationHolder(id="KE000000001", category_code="AEOC"),),
        border_means=TransportMeans(mode_code="3", registration_nationality="KE"),
        consignment=Consignment(carrier=Party(id="KE000000003"), routing_countries=("KE", "UG")),
        goods_shipment=GoodsShipment(
            exporter=Party(
                id="KE000000001",
                name="Highland Coffee Growers",
                address=Address(line="1 Market Road", city="Nairobi", country="KE", postcode="00100"),
            ),
            consignee=Party(name="Lakeside Roasters", address=Address(city="Kampala", country="UG")),
            export_country="KE",
            destination_country="UG",
            trade_terms=TradeTerms(incoterm="FOB", place="KEMBA"),
            valuation=CustomsValuation(
                freight=Money(Decimal(300), "USD"),
                insurance=Money(Decimal("12.5"), "USD"),
                charges=(("BA", Money(Decimal(5), "USD")),),
            ),
            ucr="6KE000000001-COFFEE1",
            transaction_nature_code="11",
            consignment=Consignment(
                container_indicator=True,
                arrival_means=TransportMeans(id="KBX 123A", identification_type_code="30"),
                goods_location=GoodsLocation(
                    name="KEMBAMBA", type_code="A", address=Address(type_code="U", country="KE")
                ),
                loading_location="KEMBA",
                unloading_location="UGKLA",
                transport_documents=(TransportDocument(id="BL-778899", type_code="705"),),
                equipment=(TransportEquipment(id="CSQU3054383", sequence=1, seals=(Seal(id="S-1", sequence=1),)),),
            ),
            items=tuple(an_item(number) for number in range(1, items + 1)),
        ),
    )
    return replace(declaration, **changes)


def with_shipment(declaration: Declaration, **changes) -> Declaration:
    """Return the declaration with its goods shipment changed."""
    return replace(declaration, goods_shipment=replace(declaration.goods_shipment, **changes))


def with_containers(*numbers: str) -> Declaration:
    """Return the declaration in these containers."""
    equipment = tuple(TransportEquipment(id=number, sequence=place) for place, number in enumerate(numbers, start=1))
    return with_shipment(a_declaration(), consignment=Consignment(equipment=equipment))


def _text(length: int) -> st.SearchStrategy[str]:
    letters = st.characters(codec="utf-8", exclude_categories=("C", "Z"))
    return st.text(st.one_of(letters, st.just(" ")), min_size=1, max_size=min(length, 12)).map(str.strip).filter(bool)


def _code(pattern: str) -> st.SearchStrategy[str]:
    return st.from_regex(pattern, fullmatch=True)


def _maybe(strategy):
    return st.none() | strategy


def _many(strategy, most: int = 2):
    return st.lists(strategy, max_size=most).map(tuple)


def _decimal(digits: int, places: int) -> st.SearchStrategy[Decimal]:
    return st.integers(0, 10**digits - 1).map(lambda number: Decimal(number).scaleb(-places))


_country = _code("[A-Z]{2}")
_money = st.builds(Money, _decimal(16, 3), _code("[A-Z]{3}"))
_sequence = st.integers(0, 99_999)
_mass = _maybe(_decimal(16, 6))


def _some(build, **fields):
    """Build a value that says at least something: an element without children cannot be read back."""
    return st.builds(build, **fields).filter(lambda value: value != build())


_address = _some(
    Address,
    line=_maybe(_text(70)),
    city=_maybe(_text(35)),
    country=_maybe(_country),
    postcode=_maybe(_text(9)),
    subdivision_code=_maybe(_text(9)),
    subdivision_name=_maybe(_text(35)),
    type_code=_maybe(_text(3)),
)
_instant = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)).map(lambda at: at.replace(microsecond=0, tzinfo=UTC))
_party = _some(
    Party,
    id=_maybe(_text(12)),
    name=_maybe(_text(70)),
    address=_maybe(_address),
    contact_name=_maybe(_text(70)),
    communication_id=_maybe(_text(50)),
    communication_type_code=_maybe(_text(3)),
)
_role = _some(Party, id=_maybe(_text(12)), role_code=_maybe(_text(3)))
_means = _some(
    TransportMeans,
    name=_maybe(_text(35)),
    id=_maybe(_text(35)),
    identification_type_code=_maybe(_text(12)),
    type_code=_maybe(_text(4)),
    registration_nationality=_maybe(_country),
    mode_code=_maybe(_code("[0-9]")),
)
_charge = st.tuples(_code("[A-Z]{2}"), _money)
_valuation = _some(
    CustomsValuation,
    method_code=_maybe(_text(3)),
    freight=_maybe(_money),
    insurance=_maybe(_money),
    charges=_many(_charge),
)
_equipment = _some(
    TransportEquipment,
    id=_maybe(_code("[a-z]{3,12}")),
    sequence=_maybe(_sequence),
    seals=_many(st.builds(Seal, id=_text(35), sequence=_maybe(_sequence))),
)
_consignment = _some(
    Consignment,
    container_indicator=_maybe(st.booleans()),
    carrier=_maybe(_party),
    freight_payment_method=_maybe(_text(3)),
    arrival_means=_maybe(_means),
    departure_means=_maybe(_means),
    goods_location=_maybe(_some(GoodsLocation, id=_maybe(_text(12)), name=_maybe(_text(99)), address=_maybe(_address))),
    loading_location=_maybe(_text(12)),
    unloading_location_name=_maybe(_text(99)),
    routing_countries=_many(_country, 3),
    transport_documents=_many(st.builds(TransportDocument, id=_text(70), type_code=_maybe(_text(3)))),
    equipment=_many(_equipment),
    consignor=_maybe(_party),
    items=_many(
        _some(
            ConsignmentItem,
            sequence=_maybe(_sequence),
            consignor=_maybe(_party),
            freight_payment_method=_maybe(_text(3)),
        )
    ),
)
_previous = st.builds(
    PreviousDocument,
    id=_text(70),
    type_code=_maybe(_text(3)),
    category_code=_maybe(_text(3)),
    line=_maybe(_sequence),
)
_document = _some(
    AdditionalDocument,
    id=_maybe(_text(70)),
    type_code=_maybe(_text(3)),
    name=_maybe(_text(35)),
    exemption_code=_maybe(_text(3)),
    write_off_amount=_maybe(_money),
    effective_at=_maybe(_instant),
    issuer=_maybe(_some(Party, name=_maybe(_text(70)), role_code=_maybe(_text(3)))),
)
_pointers = _many(_some(Pointer, sequence=_maybe(_sequence), section_code=_maybe(_text(3)), tag_id=_maybe(_text(4))))
_information = _some(
    AdditionalInformation,
    code=_maybe(_text(12)),
    description=_maybe(_text(512)),
    type_code=_maybe(_text(3)),
    limit_at=_maybe(_instant),
    pointers=_pointers,
)
_amendment = _some(Amendment, change_reason_code=_maybe(_text(3)), pointers=_pointers)
_duty = _some(
    DutyTaxFee,
    type_code=_maybe(_text(3)),
    regime_code=_maybe(_text(3)),
    quota_id=_maybe(_text(12)),
    rate=_maybe(_decimal(17, 3)),
    base_quantity=_maybe(_decimal(16, 6)),
    base_amount=_maybe(_money),
    payment_method=_maybe(_code("[A-Z]")),
    payable=_maybe(_money),
    deducted=_maybe(_money),
    payment_reference=_maybe(_text(35)),
    payment_due_at=_maybe(_instant),
    payment_guarantees=_many(_text(35)),
)
_commodity = st.builds(
    Commodity,
    code=_code("(0[1-9]|[1-6][0-9])([0-9]{4}|[0-9]{6}|[0-9]{8}|[0-9]{10})"),
    description=_maybe(_text(512)),
    classifications=_many(st.builds(Classification, id=_text(12), type_code=st.just("GN"))),
    dangerous_goods=_many(_code("[0-9]{4}")),
    duties=_many(_duty),
)


def _items() -> st.SearchStrategy[tuple[GoodsItem, ...]]:
    item = st.builds(
        GoodsItem,
        commodity=_commodity,
        origin_country=_maybe(_country),
        preferential_origin=_maybe(_code("[A-Z0-9]{2,4}")),
        net_mass_kg=_mass,
        supplementary_quantity=_maybe(_decimal(16, 6)),
        invoice_amount=_maybe(_money),
        customs_value=_maybe(_money),
        valuation=_maybe(_valuation),
        procedure_current=st.just("40"),
        procedure_previous=st.just("00"),
        additional_procedures=_many(_code("[A-Z][0-9]{2}")),
        packaging=_many(_some(Packaging, type_code=_maybe(_code("[A-Z]{2}")), quantity=_maybe(_sequence))),
        equipment_ids=_many(_code("[a-z]{3,12}")),
        export_country=_maybe(_country),
        consignee=_maybe(_party),
        previous_documents=_many(_previous),
        additional_documents=_many(_document),
        additional_information=_many(_information),
        ucr=_maybe(_text(35)),
        valuation_adjustment_code=_maybe(_text(4)),
        tax_parties=_many(_role),
        destination_region=_maybe(_text(9)),
    )
    return st.lists(item, min_size=1, max_size=2).map(
        lambda items: tuple(replace(one, sequence=number) for number, one in enumerate(items, start=1))
    )


def declarations() -> st.SearchStrategy[Declaration]:
    """Return a strategy of valid declarations, in the form reading gives."""
    shipment = st.builds(
        GoodsShipment,
        exporter=_maybe(_party),
        importer=_maybe(_party),
        seller=_maybe(_party),
        destination_country=_maybe(_country),
        trade_terms=_maybe(
            _some(
                TradeTerms,
                incoterm=_maybe(_code("[A-Z]{3}")),
                place=_maybe(_text(12)),
                country_relationship_code=_maybe(_text(3)),
            )
        ),
        valuation=_maybe(_valuation),
        ucr=_maybe(_text(35)),
        consignment=_maybe(_consignment),
        previous_documents=_many(_previous),
        items=_items(),
        aeo_parties=_many(_role),
        surety=_maybe(_party),
        destination_region=_maybe(_text(9)),
        exit_at=_maybe(_instant),
        invoice_id=_maybe(_text(70)),
        invoice_issued_at=_maybe(_instant),
        payer=_maybe(_party),
    )
    guarantee = _some(ObligationGuarantee, other_reference=_maybe(_text(70)), amount=_maybe(_money))
    raw = st.builds(
        Declaration,
        functional_reference_id=_text(35),
        mrn=_maybe(_text(70)),
        type_code=st.sampled_from(("IMA", "EXD", "T1", "CO", "COR", "IM4")),
        function_code=st.sampled_from(("9", "13", "4")),
        acceptance_at=_maybe(_instant),
        authentication=_maybe(_text(256)),
        authenticator=_maybe(_text(70)),
        loading_list_quantity=_maybe(_sequence),
        declarant=_maybe(_party),
        submitter=_maybe(_party),
        border_means=_maybe(_means),
        consignment=_maybe(_consignment),
        guarantees=_many(guarantee),
        invoice_amount=_maybe(_money),
        exchange_rates=_many(st.tuples(_code("[A-Z]{3}"), _decimal(12, 5))),
        total_gross_mass_kg=_mass,
        additional_documents=_many(_document),
        additional_information=_many(_information),
        amendments=_many(_amendment),
        goods_shipment=shipment,
    )
    return raw.map(
        lambda one: replace(one, kind=kind_of(one.type_code), function=function_of(one.function_code, one.type_code))
    )
