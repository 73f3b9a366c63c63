"""Whether encodings, separators, marks and dates of tables are found from the whole file, or asked for."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.features.declarations.formats.tabular.words import LANGUAGES
from comity.features.declarations.formats.tabular.write import write_csv, write_ods, write_xlsx
from comity.features.declarations.read import read_documents
from comity.foundation.errors import Severity
from tests.unit.declarations.test_tables import a_plain_declaration, an_item, with_shipment

ENCODINGS = {
    "en": ("utf-8", "utf-8-sig", "utf-16"),
    "fr": ("utf-8", "utf-8-sig", "utf-16", "cp1252"),
    "es": ("utf-8", "utf-8-sig", "utf-16", "cp1252"),
    "pt": ("utf-8", "utf-8-sig", "utf-16", "cp1252"),
    "ru": ("utf-8", "utf-8-sig", "utf-16", "cp1251"),
    "ar": ("utf-8", "utf-8-sig", "utf-16", "cp1256"),
}


def table(*rows: str) -> bytes:
    return "\n".join(("reference;type_code;item;goods_code;gross_mass_kg;acceptance_at", *rows)).encode()


def outcome(content: bytes):
    reading = read_documents(content, name="a.csv")
    errors = [
        one.code.removeprefix("declarations.")
        for one in [*reading.findings, *(one for document in reading.documents for one in document.findings)]
        if one.severity is Severity.ERROR
    ]
    masses = [
        item.gross_mass_kg
        for document in reading.documents
        if document.declaration
        for item in document.declaration.goods_shipment.items
    ]
    return errors, masses, [one.code.removeprefix("declarations.") for one in reading.findings]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_what_is_written_in_a_language_is_read_back_from_every_encoding_it_fits_in(language, delimiter):
    several = [a_plain_declaration("R1"), a_plain_declaration("R2", items=1)]
    for encoding in ENCODINGS[language]:
        content = write_csv(several, delimiter=delimiter, language=language, encoding=encoding)

        reading = read_documents(content, name="a.csv")

        assert [one.declaration for one in reading.documents] == several, encoding


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("write", [write_xlsx, write_ods])
def test_workbooks_of_every_language_are_read_back(write, language):
    several = [a_plain_declaration("R1"), a_plain_declaration("R2", items=1)]

    assert [one.declaration for one in read_documents(write(several, language=language)).documents] == several


@settings(max_examples=40, deadline=None)
@given(
    mass=st.integers(0, 10**9).map(lambda number: Decimal(number).scaleb(-3)),
    language=st.sampled_from(LANGUAGES),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    words=st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")) | st.just(" "), max_size=20),
)
def test_any_mass_and_any_words_come_back(mass, language, delimiter, words):
    item = an_item(gross_mass_kg=mass, net_mass_kg=None, additional_information=(), additional_documents=())
    description = f"x{words}x"
    item = replace(item, commodity=replace(item.commodity, description=description, duties=()))
    declaration = with_shipment(a_plain_declaration(items=1), items=(item,))

    reading = read_documents(write_csv([declaration], delimiter=delimiter, language=language), name="a.csv")

    assert [one.declaration for one in reading.documents] == [declaration]


@pytest.mark.parametrize(
    ("cells", "masses"),
    [
        (("1.234,5", "1.234"), ["1234.5", "1234"]),
        (("1,234.5", "1,234"), ["1234.5", "1234"]),
        (("1 234,5", "2\u00a0345"), ["1234.5", "2345"]),
        (("1'234.5", "7"), ["1234.5", "7"]),
        (("12,5", "1,234"), ["12.5", "1.234"]),
        (("٠١٢٣٫٥", "١٢"), ["123.5", "12"]),
        (("1.234.567", "0,5"), ["1234567", "0.5"]),
        (("1.234", "5"), ["1.234", "5"]),
    ],
)
def test_marks_are_decided_from_the_whole_column(cells, masses):
    rows = [f"R{place};IMA;1;090111;{cell};" for place, cell in enumerate(cells)]

    errors, found, _ = outcome(table(*rows))

    assert errors == []
    assert found == [Decimal(one) for one in masses]


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        (("1,234", "5"), "number-ambiguous"),
        (("1,5", "1.5"), "number-ambiguous"),
        (("1.234", "1,234"), "number-ambiguous"),
        (("12,34,567.5", "1"), "number-form"),
        (("-5", "1"), "number-form"),
        (("1e5", "1"), "number-form"),
    ],
)
def test_numbers_that_are_not_clear_are_asked_for(cells, code):
    rows = [f"R{place};IMA;1;090111;{cell};" for place, cell in enumerate(cells)]

    assert outcome(table(*rows))[0] == [code]


def test_a_point_alone_is_asked_for_under_headers_of_a_language_with_decimal_comma():
    text = "Numéro de référence;Type de déclaration;Code des marchandises;Masse brute (kg)\nA;IMA;090111;1.234\n"

    assert outcome(text.encode())[0] == ["number-ambiguous"]


@pytest.mark.parametrize(
    ("cells", "days"),
    [
        (("02/03/2026", "13/03/2026"), ["2026-03-02", "2026-03-13"]),
        (("02/03/2026", "03/13/2026"), ["2026-02-03", "2026-03-13"]),
        (("02.03.2026", "03.04.2026 08:30"), ["2026-03-02", "2026-04-03"]),
        (("2026-03-02", "2026-03-02T23:30:00-05:00"), ["2026-03-02", "2026-03-03"]),
        (("03/03/2026",), ["2026-03-03"]),
        (("٠٢.٠٣.٢٠٢٦",), ["2026-03-02"]),
    ],
)
def test_the_order_of_dates_is_decided_from_the_whole_column(cells, days):
    rows = [f"R{place};IMA;1;090111;1;{cell}" for place, cell in enumerate(cells)]

    documents = read_documents(table(*rows), name="a.csv").documents

    assert [one.declaration.acceptance_at.date().isoformat() for one in documents] == days


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        (("02/03/2026",), "date-ambiguous"),
        (("13/03/2026", "03/13/2026"), "date-ambiguous"),
        (("31.02.2026",), "date-form"),
        (("1447-09-13",), "date-form"),
        (("2/3/26",), "date-form"),
    ],
)
def test_dates_that_are_not_clear_are_asked_for(cells, code):
    rows = [f"R{place};IMA;1;090111;1;{cell}" for place, cell in enumerate(cells)]

    assert outcome(table(*rows))[0] == [code]


@pytest.mark.parametrize(
    ("text", "encoding"), [("Кофе в зёрнах", "cp1251"), ("Café décaféiné", "cp1252"), ("قهوة عربية محمصة", "cp1256")]
)
def test_code_pages_are_told_apart_by_the_words_below_english_headers(text, encoding):
    content = f"reference,type_code,goods_code,goods_description\nA,IMA,090111,{text}\n".encode(encoding)

    reading = read_documents(content, name="a.csv")

    assert reading.documents[0].declaration.goods_shipment.items[0].commodity.description == text
    assert [one.code for one in reading.findings] == ["declarations.encoding-judged"]


def test_bytes_that_no_code_page_makes_words_of_are_asked_for():
    content = b"reference,type_code,goods_code,goods_description\nA,IMA,090111,\xb5\xb6\xb7\n"

    assert outcome(content)[0] == ["encoding"]


@pytest.mark.parametrize("cell", ['=HYPERLINK("x")', "@SUM(1)", "+1+cmd|' /C calc'!A0", "-2+3!A1", "\t=1"])
def test_formulas_are_refused(cell):
    quoted = '"' + cell.replace('"', '""') + '"'
    content = f"reference,type_code,goods_code,goods_description\nA,IMA,090111,{quoted}\n".encode()

    assert outcome(content)[0] == ["formula-refused"]


@pytest.mark.parametrize("cell", ["- cotton", "+254 20 1234567", "100 % = pure"])
def test_words_that_only_begin_with_a_sign_are_words(cell):
    content = f"reference,type_code,goods_code,goods_description\nA,IMA,090111,{cell}\n".encode()

    (document,) = read_documents(content, name="a.csv").documents

    assert document.declaration.goods_shipment.items[0].commodity.description == cell


def test_quotes_line_breaks_and_empty_rows_are_read_and_rows_counted_as_a_spreadsheet_does():
    content = 'reference,type_code,goods_code,goods_description\nA,IMA,090111,"two\nlines, ""quoted"""\n\nB,IMA,bad,x\n'

    first, second = read_documents(content.encode(), name="a.csv").documents

    assert first.declaration.goods_shipment.items[0].commodity.description == 'two\nlines, "quoted"'
    assert [one.path for one in second.findings] == ["row 4, column goods_code"]


TABLE = write_csv([a_plain_declaration("R1"), a_plain_declaration("R2", items=1)], delimiter=";", language="ru")


@settings(max_examples=120, deadline=None)
@given(st.binary(max_size=12), st.integers(0, len(TABLE)), st.integers(0, 60), st.booleans())
def test_no_damage_to_a_text_table_makes_reading_raise(rubbish, place, cut, is_repeated):
    damaged = TABLE[:place] + rubbish + TABLE[place + cut :]

    read_documents(damaged * 2 if is_repeated else damaged, name="a.csv")
    read_documents(rubbish, name="a.csv")
