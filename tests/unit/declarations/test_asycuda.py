"""Exports of ASYCUDA World: what they say is read, however dirty they come, and nothing is lost unsaid."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from comity.features.declarations.canonical import from_record, to_record
from comity.features.declarations.formats.asycuda_sad.read import read_asycuda
from comity.features.declarations.read import DEFAULT_LIMITS, read_documents
from comity.foundation.errors import Severity
from comity.foundation.trade.declaration import DeclarationKind
from comity.foundation.trade.money import Money
from tests.builders.asycuda import NOTHING, amount, export, leaves

COUNTED = {
    "Assessment_notice/Total_item_taxes": "the sum of the items",
    "Item/Taxation/Item_taxes_mode_of_payment": "that of lines that name none",
    "Item/Taxation/Item_taxes_amount": "the sum of its lines",
    "Item/Valuation_item/item_internal_freight/Currency_rate": "the rate of no amount",
}


def read(content):
    (document,) = read_documents(content if isinstance(content, bytes) else content.encode()).documents
    return document


def told(content, severity=Severity.WARNING):
    return {one.code.removeprefix("declarations.") for one in read(content).findings if one.severity is severity} - {
        "element-not-mapped"
    }


def paths_of(content, code):
    return [one.path for one in read(content).findings if one.code == f"declarations.{code}"]


def test_an_export_says_who_what_where_and_for_how_much():
    declaration = read(export()).declaration

    shipment = declaration.goods_shipment
    assert (declaration.kind, declaration.type_code) == (DeclarationKind.IMPORT, "IM4")
    assert declaration.mrn == "2026 EXOFF C 123"
    assert declaration.acceptance_at == datetime(2026, 3, 15, tzinfo=UTC)
    assert declaration.invoice_amount == Money(Decimal("200.0"), "EUR")
    assert declaration.customs_value_total == Money(Decimal("600.0"), "JMD")
    assert declaration.payable_total == Money(Decimal("160.0"), "JMD")
    assert (shipment.exporter.name, shipment.exporter.address.line) == (
        "Example Exporter Ltd",
        "1 Harbour Road, Example Town",
    )
    assert shipment.valuation.freight == Money(Decimal("30.0"), "EUR")
    assert shipment.consignment.equipment[0].items == (1, 2)


def test_an_item_has_its_tariff_value_and_taxes():
    (first, second) = read(export()).declaration.goods_shipment.items

    assert (first.commodity.code, first.commodity.hs6) == ("8471300000", "847130")
    assert (first.procedure_current, first.procedure_previous) == ("40", "71")
    assert first.customs_value == Money(Decimal("300.0"), "JMD")
    assert [(one.type_code, one.payable) for one in first.commodity.duties] == [
        ("CD", Money(Decimal("30.0"), "JMD")),
        ("VAT", Money(Decimal("45.0"), "JMD")),
        ("EXC", None),
    ]
    assert [one.id for one in first.previous_documents] == ["BL-1", "PREV-1", "2025 EXOLD C 55"]
    assert [one.id for one in second.previous_documents] == ["BL-2", "PREV-2"]


def test_what_agrees_with_itself_has_no_fault_and_survives_being_kept():
    declaration = read(export()).declaration

    assert told(export()) | told(export(), Severity.ERROR) == set()
    assert from_record(to_record(declaration)) == declaration


def test_no_element_is_dropped_without_a_word():
    root = etree.fromstring(export(1).encode())
    base = to_record(read(export(1)).declaration)
    silent = set()
    for leaf in leaves(root):
        path = "/".join(one.tag for one in (*reversed(list(leaf.iterancestors())), leaf))
        before, leaf.text = leaf.text, _changed(leaf.text)
        found = read(etree.tostring(root))
        is_told = any(f"/{path}".startswith(re.sub(r"\[\d+\]", "", one.path)) for one in found.findings)
        if not is_told and found.declaration is not None and to_record(found.declaration) == base:
            silent.add(path.removeprefix("ASYCUDA/"))
        leaf.text = before

    assert silent - COUNTED.keys() == set()


def _changed(value):
    if re.fullmatch(r"[0-9]+/[0-9]+/[0-9]+", value):
        return "30/" + value.partition("/")[2]
    if re.fullmatch(r"[0-9.]+", value):
        return str(float(value) * 2 + 3)
    return {"true": "false", "I": "E"}.get(value, "GB" if len(value) == 2 else "USD" if len(value) == 3 else "other")


@pytest.mark.parametrize(
    ("change", "code", "path"),
    [
        (
            ("<Total_number_of_items>2", "<Total_number_of_items>9"),
            "item-count",
            "/Property/Nbers/Total_number_of_items",
        ),
        (("<Total_number_of_packages>20", "<Total_number_of_packages>7"), "package-count", "/Property/Nbers/Total_n"),
        (("<Total_CIF>600", "<Total_CIF>700"), "total-inconsistent", "/Valuation/Total_CIF"),
        (("<Totals_taxes>160", "<Totals_taxes>999"), "total-inconsistent", "/Financial/Amounts/Totals_taxes"),
        (("<Total_weight>25", "<Total_weight>99"), "mass-inconsistent", "/Valuation/Total/Total_weight"),
        (("<Net_weight_itm>11", "<Net_weight_itm>99"), "mass-inconsistent", "/Item[1]/Valuation_item/Weight_itm/Net"),
        (
            ("<Item_taxes_amount>75", "<Item_taxes_amount>99"),
            "total-inconsistent",
            "/Item[1]/Taxation/Item_taxes_amount",
        ),
        (("CSQU3054383", "CSQU3054384"), "container-check-digit", "/Container[1]/Container_identity"),
        (
            ("<Commodity_code>84713000", "<Commodity_code>77"),
            "goods-code-form",
            "/Item[1]/Tarification/HScode/Commodity",
        ),
        (("<Commodity_code>84713000", "<Commodity_code>"), "goods-code-missing", "/Item[1]/Tarification/HScode/Commod"),
        (("15/03/2026", "99/99/2026"), "date-form", "/Identification/Registration/Date"),
        (("<Nationality>PA", "<Nationality>Panama"), "country-form", "/Transport/Means_of_transport/Departure_arriva"),
    ],
)
def test_what_does_not_agree_is_a_warning_with_its_place(change, code, path):
    content = export().replace(*change, 1)

    assert read(content).declaration is not None
    assert any(one.startswith("/ASYCUDA" + path) for one in paths_of(content, code))


@pytest.mark.parametrize(
    ("encoded", "code"),
    [
        (lambda text: text.encode("utf-16"), None),
        (lambda text: text.replace("UTF-8", "UTF-16").encode("utf-16-be"), None),
        (lambda text: text.replace("UTF-8", "windows-1252").encode("cp1252"), None),
        (lambda text: text.encode("cp1252"), "encoding-assumed"),
        (lambda text: text.replace("UTF-8", "UTF-16").encode(), "encoding-assumed"),
        (lambda text: b"\xef\xbb\xbf" + text.encode(), None),
    ],
)
def test_whatever_its_encoding_an_export_says_the_same(encoded, code):
    text = export().replace("Example Importer Ltd", "Société Exemple")

    found = read(encoded(text))

    assert found.declaration.goods_shipment.consignee.name == "Société Exemple"
    assert (told(encoded(text)) or {None}) == {code}


@pytest.mark.parametrize(
    ("codec", "name"), [("cp1251", "ООО Пример Импорт и Экспорт"), ("cp1256", "شركة المثال للاستيراد والتصدير")]
)
def test_the_words_tell_a_code_page_that_is_not_declared(codec, name):
    content = export().replace("Example Importer Ltd", name).replace("Example laptops", name).encode(codec)

    assert read(content).declaration.goods_shipment.consignee.name == name
    assert told(content) == {"encoding-assumed"}


@pytest.mark.parametrize("dirt", ["\x0b", "\x00", "\x1f", "&#11;", "&#x1A;", "&#0;"])
def test_control_characters_are_left_out_and_told(dirt):
    content = export().replace("Example Importer Ltd", f"Example {dirt}Importer Ltd")

    assert told(content) == {"control-characters"}
    assert read(content).declaration.goods_shipment.consignee.name == "Example Importer Ltd"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("1.2345678E7", "12345678"),
        ("1,234.50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("1234,5", "1234.5"),
        ("1 234.5", "1234.5"),
        ("1,234,567", "1234567"),
        ("12.5", "12.5"),
    ],
)
def test_numbers_are_read_as_they_are_written(written, expected):
    content = export(1).replace("<Gross_weight_itm>12.5", f"<Gross_weight_itm>{written}")

    assert read(content).declaration.goods_shipment.items[0].gross_mass_kg == Decimal(expected)


@pytest.mark.parametrize(
    ("written", "code"),
    [("1,234", "number-ambiguous"), ("twelve", "number-form"), ("9" * 60, "number-form"), ("1E99", "number-form")],
)
def test_a_number_that_is_none_or_two_is_an_error(written, code):
    content = export(1).replace("<Gross_weight_itm>12.5", f"<Gross_weight_itm>{written}")

    assert read(content).document is None
    assert told(content, Severity.ERROR) == {code}


def days_of(*written):
    content = export(1)
    for old, new in zip(re.findall(r"\d\d/\d\d/2026", content), written, strict=False):
        content = content.replace(old, new)
    return content


@pytest.mark.parametrize(
    ("registered", "left", "expected"),
    [
        ("11/19/25", "02/03/26", (11, 19)),
        ("19/11/25", "02/03/26", (11, 19)),
        ("2025-11-19", "02/03/26", (11, 19)),
        ("19-NOV-2025", "02/03/26", (11, 19)),
        ("19.11.2025", "02/03/26", (11, 19)),
    ],
)
def test_days_are_read_in_each_order(registered, left, expected):
    content = re.sub(r"\d\d/\d\d/2026", left, export(1)).replace(
        "<Number>123</Number><Date>" + left, "<Number>123</Number><Date>" + registered
    )

    at = read(content).declaration.acceptance_at

    assert (at.month, at.day) == expected


def test_one_day_past_the_twelfth_shows_the_order_of_all_and_none_leaves_them_untold():
    shown = re.sub(r"\d\d/\d\d/2026", "02/03/26", export(1)).replace("<Date_of_exit>02/03/26", "<Date_of_exit>03/31/26")
    hidden = re.sub(r"\d\d/\d\d/2026", "02/03/26", export(1))

    assert read(shown).declaration.acceptance_at == datetime(2026, 2, 3, tzinfo=UTC)
    assert read(hidden).declaration.acceptance_at is None
    assert "date-ambiguous" in told(hidden)


def test_an_unknown_element_is_told_and_the_rest_is_read():
    content = export().replace("<Warehouse>", "<National_extra><Code>1</Code></National_extra><Warehouse>")

    assert paths_of(content, "element-not-mapped").count("/ASYCUDA/National_extra") == 1
    assert read(content).declaration is not None


def test_the_national_currency_is_taken_from_the_country_where_no_amount_shows_it():
    content = export().replace(amount("4.0", code="JMD", rate="1"), NOTHING)

    assert "currency-derived" in told(content)
    assert read(content).declaration.payable_total.currency == "JMD"


def test_parts_within_wrappers_are_the_same():
    content = export()
    start, end = content.index("<Export_release>"), content.index("<Container>")
    wrapped = content[:start] + "<SAD>" + content[start:end] + "</SAD>" + content[end:]
    wrapped = wrapped.replace("<Item>", "<Items><Item>", 1).replace("</ASYCUDA>", "</Items></ASYCUDA>")

    assert read(wrapped).declaration == read(content).declaration


def test_more_items_than_a_declaration_has_are_refused_before_they_are_made():
    content = "<ASYCUDA>" + "<Item><Licence_number>1</Licence_number></Item>" * 10_000 + "</ASYCUDA>"

    assert "too-many-items" in told(content, Severity.ERROR)


def test_names_count_whatever_their_capitals():
    content = export().replace("code1>", "Code1>").replace("Consignee_name>", "consignee_Name>")

    assert read(content).declaration == read(export()).declaration


GOOD = export(1).encode()


@given(
    st.one_of(
        st.binary(max_size=300).map(lambda junk: b"<ASYCUDA>" + junk),
        st.builds(
            lambda start, length, put: GOOD[:start] + put + GOOD[start + length :],
            st.integers(0, len(GOOD)),
            st.integers(0, 120),
            st.one_of(st.binary(max_size=30), st.sampled_from([b"<a>" * 300, b"<Item>" * 20, b"9" * 5000, GOOD])),
        ),
    )
)
@settings(max_examples=120, deadline=None)
def test_any_bytes_give_a_declaration_or_findings(content):
    (document,) = read_asycuda(content, limits=DEFAULT_LIMITS)

    assert document.document is not None or document.findings
