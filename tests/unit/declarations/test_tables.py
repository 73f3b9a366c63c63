"""Whether tables, CSV and XLSX, are read back as written, and their faults told by row and column."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.features.declarations.errors import NotWritable
from comity.features.declarations.formats.tabular.table_kinds import TABLES
from comity.features.declarations.formats.tabular.write import write_csv, write_xlsx
from comity.features.declarations.read import DEFAULT_LIMITS, read_documents
from comity.foundation.trade.declaration import Commodity, Declaration, Packaging
from comity.foundation.trade.transport import Consignment, CustomsValuation, GoodsLocation
from tests.builders.declarations import a_declaration, an_item, with_shipment

HEADER = "reference,type_code,item,goods_code,gross_mass_kg,item_price,item_price_currency\n"


def a_plain_declaration(reference: str = "R1", items: int = 2) -> Declaration:
    """Return a declaration that a table can hold."""
    rich = a_declaration(items)
    shipment = rich.goods_shipment
    plain = replace(
        rich,
        functional_reference_id=reference,
        authorisation_holders=(),
        consignment=Consignment(carrier=shipment.consignee, routing_countries=("KE", "UG")),
    )
    plain = replace(plain, consignment=replace(plain.consignment, carrier=replace(rich.agent, role_code=None)))
    return with_shipment(
        plain,
        valuation=replace(shipment.valuation, charges=()),
        consignment=replace(shipment.consignment, goods_location=GoodsLocation(name="KEMBAMBA")),
        items=tuple(
            replace(
                one,
                additional_information=(),
                commodity=replace(one.commodity, duties=(), description='Coffee; "AA", 60 kg'),
                packaging=(Packaging("BG", 20, "KE/1-20"), Packaging("CT", 3)),
            )
            for one in shipment.items
        ),
    )


def findings_of(content: bytes | str, **options) -> dict[str, str]:
    content = content.encode() if isinstance(content, str) else content
    reading = read_documents(content, name="table.csv", **options)
    found = [*reading.findings, *(one for document in reading.documents for one in document.findings)]
    return {finding.path: finding.code.removeprefix("declarations.") for finding in found}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_reads_back_the_csv_it_writes(delimiter):
    several = [a_plain_declaration("R1"), a_plain_declaration("R2", items=1)]

    reading = read_documents(write_csv(several, delimiter=delimiter))

    assert reading.format == "csv"
    assert reading.findings == ()
    assert [document.declaration for document in reading.documents] == several


def test_reads_back_the_workbook_it_writes():
    several = [a_plain_declaration("R1"), a_plain_declaration("=R2", items=1)]

    reading = read_documents(write_xlsx(several))

    assert reading.format == "xlsx"
    assert [document.declaration for document in reading.documents] == several


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=30))
def test_writes_any_text_so_that_it_is_read_back_or_says_that_it_cannot(text):
    item = an_item(commodity=Commodity(code="090111", description=text), additional_documents=())
    declaration = with_shipment(a_plain_declaration(items=1), items=(replace(item, additional_information=()),))

    for write in (write_csv, write_xlsx):
        try:
            content = write([declaration])
        except NotWritable:
            continue
        assert read_documents(content).documents[0].declaration == declaration


def test_refuses_to_write_what_no_column_holds_and_names_it():
    charged = with_shipment(
        a_plain_declaration(), valuation=CustomsValuation(charges=a_declaration().goods_shipment.valuation.charges)
    )

    with pytest.raises(NotWritable, match=r"goods_shipment\.valuation\.charges"):
        write_csv([charged])


def test_refuses_to_write_two_declarations_of_one_reference():
    with pytest.raises(NotWritable):
        write_csv([a_plain_declaration(), a_plain_declaration()])


def test_tells_faults_by_row_and_column_all_at_once():
    text = HEADER + "A,IMA,1,09,12,5,USD\nA,IMA,2,090111,heavy,5,\nB,,1,090111,1,,\n,IMA,1,090111,1,,\n"

    assert findings_of(text) == {
        "row 2, column goods_code": "goods-code-form",
        "row 3, column gross_mass_kg": "number-form",
        "row 3, column item_price_currency": "currency-missing",
        "row 4, column type_code": "element-missing",
        "row 5, column reference": "reference-missing",
    }


def test_a_faulty_declaration_does_not_hold_up_a_good_one_beside_it():
    text = HEADER + "A,IMA,1,09,12,5,USD\nB,IMA,1,090111,12,5,USD\n"

    documents = read_documents(text.encode()).documents

    assert [document.declaration is not None for document in documents] == [False, True]


def test_takes_rows_of_one_reference_together_wherever_they_stand():
    text = HEADER + "A,IMA,1,090111,1,,\nB,IMA,1,090111,1,,\nA,,2,090112,2,,\n"

    documents = read_documents(text.encode()).documents

    assert [document.position for document in documents] == [1, 2]
    assert [len(document.declaration.goods_shipment.items) for document in documents] == [1, 2]


def test_rows_of_one_declaration_must_not_contradict():
    text = HEADER + "A,IMA,1,090111,1,,\nA,EXA,2,090112,2,,\n"

    assert findings_of(text) == {"row 3, column type_code": "row-conflict"}


def test_reads_a_decimal_comma():
    text = HEADER.replace(",", ";") + "A;IMA;1;090111;12,5;1000,25;EUR\n"

    item = read_documents(text.encode("utf-8-sig")).documents[0].declaration.goods_shipment.items[0]

    assert str(item.gross_mass_kg) == "12.5"
    assert str(item.invoice_amount.amount) == "1000.25"


def test_does_not_guess_whether_a_comma_is_thousands():
    text = HEADER.replace(",", ";") + "A;IMA;1;090111;12;1,234;EUR\n"

    assert findings_of(text) == {"column item_price": "number-ambiguous"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("reference,hs_kode\nA,1\n", {"row 1, column 2": "column-unknown"}),
        ("reference,item,item\nA,1,1\n", {"row 1, column item": "column-repeated"}),
        ("item,goods_code\n1,090111\n", {"row 1": "header-missing"}),
        ("reference,item\n", {"/": "document-empty"}),
        ('reference,goods_description\nA,"cut', {"row 2": "csv-malformed"}),
    ],
)
def test_tells_what_is_wrong_with_the_table_itself(text, expected):
    assert findings_of(text) == expected


def test_suggests_the_column_that_was_meant():
    reading = read_documents(b"reference,gros_mass_kg\nA,1\n")

    assert "gross_mass_kg" in reading.findings[0].message


def test_remarks_are_ignored():
    text = "reference,type_code,# note,goods_code\nA,IMA,whatever,090111\n"

    assert read_documents(text.encode()).documents[0].declaration is not None


def test_row_with_more_cells_than_the_header_is_told():
    assert findings_of(HEADER + "A,IMA,1,090111,1,5,USD,more\n") == {"row 2": "row-too-long"}


def test_too_many_rows_are_refused():
    text = HEADER + "A,IMA,1,090111,1,5,USD\n" * 5

    assert findings_of(text, limits=DEFAULT_LIMITS._replace(max_rows=3)) == {"/": "too-many-rows"}


def test_the_same_rows_have_the_same_hash_in_another_file():
    one = read_documents((HEADER + "A,IMA,1,090111,1,,\n").encode()).documents[0]
    other = read_documents((HEADER + "B,IMA,1,090111,1,,\nA,IMA,1,090111,1,,\n").encode()).documents[1]

    assert one.content_sha256 == other.content_sha256


def workbook(*rows) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def test_reads_numbers_of_a_workbook_and_tells_a_lost_zero():
    good = workbook(["reference", "type_code", "goods_code", "gross_mass_kg"], ["A", "IMA", "090111", 12.1 + 0.2])
    lost = workbook(["reference", "type_code", "goods_code"], ["A", "IMA", 9011100])

    item = read_documents(good).documents[0].declaration.goods_shipment.items[0]

    assert str(item.gross_mass_kg) == "12.3"
    assert read_documents(lost).documents[0].findings[0].path == "sheet Sheet, row 2, column goods_code"


def test_other_sheets_of_a_workbook_are_noted():
    content = io.BytesIO()
    book = openpyxl.load_workbook(io.BytesIO(write_xlsx([a_plain_declaration()])))
    book.create_sheet("Notes").append(["only words"])
    book.save(content)

    reading = read_documents(content.getvalue())

    assert reading.documents[0].declaration == a_plain_declaration()
    assert [finding.code for finding in reading.findings] == ["declarations.sheet-ignored"]


def repacked(content: bytes, name: str, part: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(entry, part if entry.filename == name else old.read(entry))
    return packed.getvalue()


def test_refuses_a_workbook_that_unpacks_to_too_much():
    bomb = repacked(write_xlsx([a_plain_declaration()]), "xl/worksheets/sheet1.xml", b" " * (257 * 2**20))

    reading = read_documents(bomb)

    assert len(bomb) < 2**20
    assert [finding.code for finding in reading.findings] == ["declarations.too-large"]


def test_refuses_entities_in_a_workbook():
    entity = b'<!DOCTYPE a [<!ENTITY x "y">]><worksheet/>'

    reading = read_documents(repacked(write_xlsx([a_plain_declaration()]), "xl/worksheets/sheet1.xml", entity))

    assert [finding.code for finding in reading.findings] == ["declarations.doctype-refused"]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_damage_to_a_workbook_makes_reading_raise(data):
    content = bytearray(WORKBOOK)
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(content) - 1))
        content[start : start + data.draw(st.integers(1, 40))] = data.draw(st.binary(max_size=8))

    read_documents(bytes(content))


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(["xl/worksheets/sheet1.xml", "xl/workbook.xml", "[Content_Types].xml"]), st.data())
def test_no_damage_inside_a_workbook_makes_reading_raise(name, data):
    with zipfile.ZipFile(io.BytesIO(WORKBOOK)) as archive:
        part = bytearray(archive.read(name))
    start = data.draw(st.integers(0, len(part) - 1))
    part[start : start + data.draw(st.integers(1, 60))] = data.draw(st.binary(max_size=8))

    read_documents(repacked(WORKBOOK, name, bytes(part)))


WORKBOOK = write_xlsx([a_plain_declaration(items=1)])


@pytest.mark.parametrize("kind", TABLES, ids=lambda kind: kind.name)
def test_every_column_has_a_name_of_its_own_a_meaning_and_an_element(kind):
    assert len({column.name for column in kind.columns}) == len(kind.columns)
    assert all(column.meaning and column.element and column.target for column in kind.columns)
