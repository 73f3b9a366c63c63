"""Codes of a declaration against the lists of its day: unknown, ended, of another edition; silent where no list answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from comity.features.codes.check import Codebook, ListAtHand, check_codes
from comity.features.codes.correlate import Concordance
from comity.features.codes.editions import load_calendar
from comity.features.codes.entries import CodeEntry
from comity.features.codes.from_packages import lists_from_packages
from comity.features.codes.subjects import AnsweringList, Subject
from comity.foundation.errors import Severity
from comity.foundation.trade.declaration import (
    Commodity,
    Declaration,
    DeclarationKind,
    GoodsItem,
    GoodsShipment,
    Packaging,
)
from comity.foundation.trade.documents import AdditionalDocument
from comity.foundation.trade.money import Money

DAY = date(2026, 3, 2)
HS2022 = load_calendar().named("HS2022")
CONCORDANCE = Concordance(
    {("HS2017", "HS2022"): [("030721", "030721"), ("030791", "030722"), ("030791", "030729"), ("852852", "852852")]}
)


def declared(code="030721", kind=DeclarationKind.IMPORT, **item):
    goods = GoodsItem(sequence=1, commodity=Commodity(code=code), **item)
    return Declaration(kind=kind, goods_shipment=GoodsShipment(items=(goods,)))


def at_hand(name, subject, *entries, since=date(2025, 1, 1), countries=frozenset(), **answers):
    one = ListAtHand(AnsweringList(name, subject, **answers), since, countries)
    return one, {(name, entry.code): (entry,) for entry in entries}


def told(declaration, *lists, on=DAY, nomenclature=True, concordance=CONCORDANCE):
    entries = {key: found for _, one in lists for key, found in one.items()}
    book = Codebook(on, HS2022, tuple(one for one, _ in lists), entries, nomenclature, concordance)
    return check_codes(declaration, book, path="/Declaration", severity=Severity.WARNING)


def codes(findings):
    return [finding.code.removeprefix("codes.") for finding in findings]


def test_a_code_of_the_edition_in_force_is_fine_and_its_national_digits_are_not_looked_at():
    assert told(declared("0307219000")) == []


def test_a_retired_code_is_told_with_every_candidate():
    (finding,) = told(declared("030791"))

    assert finding.code == "codes.goods-code-retired"
    assert finding.path == "/Declaration/GoodsShipment/GovernmentAgencyGoodsItem/Commodity/Classification"
    assert "HS2017" in finding.message
    assert "one of 030722, 030729 (1:n)" in finding.message
    assert finding.severity is Severity.WARNING


def test_a_code_of_no_edition_is_unknown_and_national_chapters_are_left_alone():
    assert codes(told(declared("019999"))) == ["goods-code-unknown"]
    assert told(declared("980100")) == []
    assert told(declared("019999"), nomenclature=False) == []


def test_an_administration_may_accept_codes_beside_the_edition():
    assert told(declared("019999"), at_hand("goods", Subject.GOODS, CodeEntry("019999"))) == []


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (CodeEntry("BX"), []),
        (CodeEntry("CT"), ["package-unknown"]),
        (CodeEntry("BX", valid_to=date(2026, 3, 1)), ["package-not-in-force"]),
        (CodeEntry("BX", valid_from=date(2026, 3, 3)), ["package-not-in-force"]),
        (CodeEntry("BX", valid_from=date(2026, 3, 2), valid_to=date(2026, 3, 2)), []),
    ],
)
def test_a_kind_of_package_is_judged_by_the_day(entry, expected):
    declaration = declared(packaging=(Packaging("BX", 3),))

    assert codes(told(declaration, at_hand("KindOfPackages", Subject.PACKAGES, entry))) == expected


def test_without_a_list_nothing_is_said():
    assert told(declared(packaging=(Packaging("??", 3),))) == []


def test_before_a_list_s_first_version_only_absence_is_told():
    later = at_hand("KindOfPackages", Subject.PACKAGES, CodeEntry("BX", valid_from=date(2024, 2, 21)))
    declaration = declared(packaging=(Packaging("BX", 3), Packaging("QQ", 1)))

    assert codes(told(declaration, later, on=date(2023, 1, 1))) == ["package-unknown"]


def test_documents_are_judged_for_the_declarations_that_the_list_is_for():
    listed = at_hand("SupportingDocumentType", Subject.DOCUMENTS, CodeEntry("C651"), kinds=frozenset({"transit"}))
    known = (AdditionalDocument(type_code="651", category_code="C"),)
    unknown = (AdditionalDocument(type_code="999", category_code="Z"),)

    assert told(declared(kind=DeclarationKind.TRANSIT, additional_documents=known), listed) == []
    assert codes(told(declared(kind=DeclarationKind.TRANSIT, additional_documents=unknown), listed)) == [
        "document-unknown"
    ]
    assert told(declared(additional_documents=unknown), listed) == []


def test_an_office_is_judged_only_where_the_list_has_its_country():
    offices = at_hand(
        "CustomsOffices", Subject.OFFICES, CodeEntry("FR000010"), is_by_country=True, countries=frozenset({"FR"})
    )

    assert codes(told(replace(declared(), declaration_office="FR999999"), offices)) == ["office-unknown"]
    assert told(replace(declared(), declaration_office="KE000001"), offices) == []


def test_a_partial_list_never_denies():
    euro = at_hand("CurrencyCodes", Subject.CURRENCIES, CodeEntry("BGN"), is_partial=True)

    assert told(declared(invoice_amount=Money(Decimal(1), "KES")), euro) == []


@pytest.mark.parametrize("code", ["KE", "XK", "XI", "EU", "QU", "QR"])
def test_countries_of_trade_beside_iso_are_known(code):
    entries = [one for one in lists_from_packages()["ISO-3166-1"].entries if one.code == code]

    assert told(declared(origin_country=code), at_hand("ISO-3166-1", Subject.COUNTRIES, *entries, since=None)) == []


def test_a_former_country_and_a_former_currency_have_ended():
    carried = lists_from_packages()
    former = {entry.code: entry for one in carried.values() for entry in one.entries if entry.code in ("AN", "DEM")}

    declaration = declared(origin_country="AN", invoice_amount=Money(Decimal(1), "DEM"))
    found = told(
        declaration,
        at_hand("ISO-3166-1", Subject.COUNTRIES, former["AN"], since=None),
        at_hand("ISO-4217", Subject.CURRENCIES, former["DEM"], since=None),
    )

    assert sorted(codes(found)) == ["country-not-in-force", "currency-not-in-force"]
    assert {one.code for one in carried["ISO-3166-1"].entries}.isdisjoint({"XA", "XB", "ZZ", "UN"})
