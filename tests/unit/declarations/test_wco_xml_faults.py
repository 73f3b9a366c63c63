"""Whether every fault of an XML declaration is told, with its code and place, all at once."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from comity.features.declarations.formats.wco_xml.write import write_wco_xml
from comity.features.declarations.read import read_documents
from comity.foundation.trade.declaration import DeclarationFunction, DeclarationKind
from tests.builders.declarations import a_declaration, an_item, with_containers, with_shipment

TEXT = write_wco_xml(a_declaration()).decode()
ITEM = "/MetaData/Declaration/GoodsShipment/GovernmentAgencyGoodsItem"


def read(text: str):
    (document,) = read_documents(text.encode()).documents
    return document


def told(text: str) -> dict[str, str]:
    return {finding.path: finding.code.removeprefix("declarations.") for finding in read(text).findings}


@pytest.mark.parametrize(
    ("old", "new", "path", "code"),
    [
        ("<ID>KE000000003</ID>", "<ID>KE00000000000000003</ID>", "/MetaData/Declaration/Consignment/Carrier/ID", "value-too-long"),
        ("<ModeCode>3</ModeCode>", "<ModeCode>sea</ModeCode>", "/MetaData/Declaration/BorderTransportMeans/ModeCode", "value-form"),
        ("<CountryCode>UG</CountryCode></Dest", "<CountryCode>Uganda</CountryCode></Dest", "/MetaData/Declaration/GoodsShipment/Destination/CountryCode", "country-form"),
        ('<FreightChargeAmount currencyID="USD">', "<FreightChargeAmount>", "/MetaData/Declaration/GoodsShipment/CustomsValuation/FreightChargeAmount", "currency-missing"),
        ('<FreightChargeAmount currencyID="USD">', '<FreightChargeAmount currencyID="usd">', "/MetaData/Declaration/GoodsShipment/CustomsValuation/FreightChargeAmount", "currency-form"),
        (">1230.5<", ">1230,5<", f"{ITEM}[1]/Commodity/GoodsMeasure/GrossMassMeasure", "number-form"),
        (">1230.5<", ">1230.1234567<", f"{ITEM}[1]/Commodity/GoodsMeasure/GrossMassMeasure", "number-precision"),
        (">1230.5<", ">-1230.5<", f"{ITEM}[1]/Commodity/GoodsMeasure/GrossMassMeasure", "number-negative"),
        ("<GrossMassMeasure>", '<GrossMassMeasure unitCode="LTR">', f"{ITEM}[1]/Commodity/GoodsMeasure/GrossMassMeasure", "unit-unknown"),
        ("<GrossMassMeasure>1230.5<", "<GrossMassMeasure>1000<", f"{ITEM}[1]/Commodity/GoodsMeasure/NetNetWeightMeasure", "mass-inconsistent"),
        ("20260301093000Z", "20260231093000Z", "/MetaData/Declaration/AcceptanceDateTime/DateTimeString", "date-form"),
        ('formatCode="304"', 'formatCode="999"', "/MetaData/Declaration/AcceptanceDateTime/DateTimeString", "date-format-code"),
        ("<TypeCode>EXA</TypeCode>", "", "/MetaData/Declaration/TypeCode", "element-missing"),
        ("<TypeCode>EXA</TypeCode>", "<TypeCode> </TypeCode>", "/MetaData/Declaration/TypeCode", "value-missing"),
        ("<TypeCode>EXA</TypeCode>", "<TypeCode>EXA</TypeCode><TypeCode>EXA</TypeCode>", "/MetaData/Declaration/TypeCode[2]", "element-repeated"),
        ("<TypeCode>EXA</TypeCode>", "<TypeCode>EXA<ID>1</ID></TypeCode>", "/MetaData/Declaration/TypeCode", "element-nested"),
        ("<TypeCode>EXA</TypeCode>", "<TypeCode>EXA</TypeCode><Typecode>EXA</Typecode>", "/MetaData/Declaration/Typecode", "element-unknown"),
        ("<TypeCode>EXA</TypeCode>", "<TypeCode>EXA</TypeCode><CityName>Mombasa</CityName>", "/MetaData/Declaration/CityName", "element-misplaced"),
        ("<TypeCode>EXA</TypeCode>", "<TypeCode>EXA</TypeCode><x:Y xmlns:x='urn:x'/>", "/MetaData/Declaration/Y", "namespace-unknown"),
        ("<TypeCode>EXA</TypeCode>", "<TypeCode>EXA</TypeCode>loose", "/MetaData/Declaration/TypeCode", "text-unexpected"),
        ("<FunctionCode>9</FunctionCode>", "<FunctionCode>77</FunctionCode>", "/MetaData/Declaration/FunctionCode", "function-unknown"),
        ("<GoodsItemQuantity>2<", "<GoodsItemQuantity>3<", "/MetaData/Declaration/GoodsItemQuantity", "item-count"),
        (">CSQU3054383<", ">CSQU3054384<", "/MetaData/Declaration/GoodsShipment/Consignment/TransportEquipment/ID", "container-check-digit"),
        (">09011100<", ">0901<", f"{ITEM}[1]/Commodity", "goods-code-form"),
        (">09011100<", ">77011100<", f"{ITEM}[1]/Commodity", "goods-code-form"),
        ("<SequenceNumeric>2</SequenceNumeric><Stat", "<SequenceNumeric>1</SequenceNumeric><Stat", f"{ITEM}[2]/SequenceNumeric", "sequence-repeated"),
    ],
)  # fmt: skip
def test_tells_the_fault_at_its_place(old, new, path, code):
    assert old in TEXT

    findings = told(TEXT.replace(old, new, 1))

    assert findings[path] == code


def test_tells_every_fault_at_once_and_returns_nothing():
    text = TEXT
    for old, new in (("<TypeCode>EXA</TypeCode>", ""), (">1230.5<", ">much<"), (">CSQU3054383<", ">CSQU3054384<")):
        text = text.replace(old, new, 1)

    document = read(text)

    assert document.declaration is None
    assert {finding.code for finding in document.findings} == {
        "declarations.element-missing",
        "declarations.number-form",
        "declarations.container-check-digit",
    }


def test_an_element_that_came_but_cannot_be_read_is_not_called_missing():
    findings = told(TEXT.replace("<TypeCode>EXA</TypeCode>", "<TypeCode>EXPORT</TypeCode>", 1))

    assert findings == {"/MetaData/Declaration/TypeCode": "value-too-long"}


def test_foreign_check_digits_are_warnings():
    text = TEXT.replace("25KE0012345678ABJ5", "25KE0012345678ABJ4").replace(">CSQU3054383<", ">TRAILER-1<")

    document = read(text)

    assert document.declaration is not None
    assert {(finding.code, finding.severity.value) for finding in document.findings} == {
        ("declarations.mrn-check-digit", "warning"),
        ("declarations.container-form", "warning"),
    }


def test_a_wco_element_that_is_not_kept_is_noted_once_and_accepted():
    material = "<PackingMaterialDescription>Jute</PackingMaterialDescription>"
    text = TEXT.replace("</Packaging>", f"{material}</Packaging>")

    document = read(text)

    assert document.declaration is not None
    assert [finding.code for finding in document.findings] == ["declarations.element-not-mapped"]


@pytest.mark.parametrize("namespace", [' xmlns="urn:wco:datamodel:WCO:DEC-DMS:2"', ""])
def test_reads_a_bare_declaration_with_and_without_namespace(namespace):
    inside = re.search("<Declaration>(.*)</Declaration>", TEXT, re.DOTALL)[1]
    text = f"<Declaration{namespace}>{inside.replace('p1:', '')}</Declaration>"

    document = read(text)

    assert document.declaration == a_declaration()
    assert told(text.replace("<TypeCode>EXA</TypeCode>", "")) == {"/Declaration/TypeCode": "element-missing"}


def test_reads_the_uk_submission_wrapper():
    envelope = TEXT.partition("?>")[2]
    wrapper = (
        '<v1:submitDeclarationRequest xmlns:v1="urn:any"><v1:requestCommon><v1:regime>CDS</v1:regime></v1:requestCommon>'
        f"<v1:requestDetail>{envelope}</v1:requestDetail></v1:submitDeclarationRequest>"
    )

    assert read(wrapper).declaration == a_declaration()


def test_refuses_the_declaration_of_another_namespace():
    findings = told('<Declaration xmlns="urn:wco:datamodel:WCO:RES-DMS:2"><ID>1</ID></Declaration>')

    assert findings == {"/Declaration": "namespace-unknown"}


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('<inventoryLinkingMovementRequest xmlns="urn:x"/>', "inventory-linking movement"),
        ("<MetaData/>", "none came"),
    ],
)
def test_says_what_came_instead_of_a_declaration(text, what):
    (finding,) = read(text).findings

    assert finding.code == "declarations.not-a-declaration"
    assert what in finding.message


def test_reads_a_cancellation_and_wants_its_reason():
    inside = "<FunctionCode>13</FunctionCode><ID>25KE0012345678ABJ5</ID><TypeCode>INV</TypeCode>"
    reason = "<Amendment><ChangeReasonCode>1</ChangeReasonCode></Amendment>"

    complete = read(f"<Declaration>{inside}{reason}</Declaration>").declaration

    assert complete.function is DeclarationFunction.CANCELLATION
    assert complete.amendments[0].change_reason_code == "1"
    assert told(f"<Declaration>{inside}</Declaration>") == {"/Declaration/Amendment": "element-missing"}


def test_reads_an_amendment_with_the_places_it_changes():
    pointer = "<Pointer><SequenceNumeric>1</SequenceNumeric><DocumentSectionCode>42A</DocumentSectionCode></Pointer>"
    text = (
        "<Declaration><FunctionCode>13</FunctionCode><ID>25KE0012345678ABJ5</ID><TypeCode>COR</TypeCode>"
        f"<Amendment><ChangeReasonCode>32</ChangeReasonCode>{pointer}</Amendment></Declaration>"
    )

    declaration = read(text).declaration

    assert declaration.function is DeclarationFunction.AMENDMENT
    assert declaration.amendments[0].pointers[0].section_code == "42A"


def test_reads_a_presentation_of_goods_and_wants_its_mrn():
    inside = "<FunctionCode>13</FunctionCode><FunctionalReferenceID>R</FunctionalReferenceID><TypeCode>GPR</TypeCode>"

    assert told(f"<Declaration>{inside}</Declaration>") == {"/Declaration/ID": "element-missing"}
    mrn = "<ID>25KE0012345678ABJ5</ID>"
    assert read(f"<Declaration>{inside}{mrn}</Declaration>").declaration.function is DeclarationFunction.PRESENTATION


def test_a_malformed_document_does_not_hold_up_a_good_one_beside_it():
    reading = read_documents((TEXT + "\n" + TEXT[: len(TEXT) // 2] + "\n" + TEXT).encode())

    assert [document.declaration is not None for document in reading.documents] == [True, False, True]


def test_a_faulty_document_of_a_batch_does_not_hold_up_a_good_one():
    envelope = TEXT.partition("?>")[2]
    faulty = envelope.replace("<TypeCode>EXA</TypeCode>", "")

    reading = read_documents(f"<Declarations>{envelope}{faulty}{envelope}</Declarations>".encode())

    assert [document.declaration is not None for document in reading.documents] == [True, False, True]
    assert reading.documents[1].findings[0].path == "/Declarations/MetaData[2]/Declaration/TypeCode"
    assert reading.documents[0].content_sha256 == reading.documents[2].content_sha256


@pytest.mark.parametrize(
    ("text", "code", "expected"),
    [
        ("20170701000000Z", "304", "2017-07-01T00:00:00+00:00"),
        ("20170701013000+01", "304", "2017-07-01T00:30:00+00:00"),
        ("20170701", "102", "2017-07-01T00:00:00+00:00"),
        ("20170701120000", "204", "2017-07-01T12:00:00+00:00"),
        ("201707011200", "203", "2017-07-01T12:00:00+00:00"),
    ],
)
def test_reads_every_date_format(text, code, expected):
    changed = TEXT.replace("20260301093000Z", text, 1).replace('formatCode="304"', f'formatCode="{code}"', 1)

    assert read(changed).declaration.acceptance_at.isoformat() == expected


@pytest.mark.parametrize(("unit", "expected"), [("KGM", "1230.5"), ("GRM", "1.2305"), ("TNE", "1230500")])
def test_converts_masses_to_kilograms(unit, expected):
    text = TEXT.replace("<GrossMassMeasure>", f'<GrossMassMeasure unitCode="{unit}">', 1)
    text = text.replace("<NetNetWeightMeasure>1200</NetNetWeightMeasure>", "", 1)

    item = read(text).declaration.goods_shipment.items[0]

    assert f"{item.gross_mass_kg.normalize():f}" == expected


def test_joins_tariff_code_and_addition_and_keeps_national_codes():
    item = read(TEXT).declaration.goods_shipment.items[0]

    assert item.commodity.code == "0901110010"
    assert item.commodity.classifications == ()
    assert item.commodity.hs6 == "090111"


def test_splits_a_procedure_of_four_digits():
    text = TEXT.replace(
        "<CurrentCode>10</CurrentCode><PreviousCode>00</PreviousCode>", "<CurrentCode>4071</CurrentCode>", 1
    )

    item = read(text).declaration.goods_shipment.items[0]

    assert (item.procedure_current, item.procedure_previous, item.additional_procedures) == ("40", "71", ("000",))


@pytest.mark.parametrize(
    ("code", "kind"),
    [("IMA", "import"), ("IM4", "import"), ("EX1", "export"), ("T1", "transit"), ("TR8", "transit"), ("CO", "other")],
)
def test_takes_the_kind_from_the_type_code(code, kind):
    changed = TEXT.replace("<TypeCode>EXA</TypeCode>", f"<TypeCode>{code}</TypeCode>", 1)

    assert read(changed).declaration.kind is DeclarationKind(kind)


def test_a_clearance_request_needs_no_goods_code():
    item = an_item(commodity=replace(an_item().commodity, code=None))
    without = with_shipment(a_declaration(items=1), items=(item,))

    assert read(write_wco_xml(replace(without, type_code="EXK")).decode()).declaration is not None
    assert read(write_wco_xml(without).decode()).findings[0].code == "declarations.element-missing"


def test_numbers_the_containers_that_are_wrong():
    findings = told(write_wco_xml(with_containers("CSQU3054383", "CSQU3054384")).decode())

    place = "/MetaData/Declaration/GoodsShipment/Consignment/TransportEquipment[2]/ID"
    assert findings == {place: "container-check-digit"}
