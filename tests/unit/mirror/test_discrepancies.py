"""Comparing a pair tells every kind of difference and keeps quiet about honest noise."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.features.mirror.discrepancies import compare, find_discrepancies
from comity.features.mirror.settings import load_thresholds
from comity.foundation.rates import ExchangeRates
from comity.foundation.trade.money import Money
from tests.unit.mirror.records import RATES, export, line, mirror_image, with_lines

THRESHOLDS = load_thresholds()


def kinds(imports, exports):
    return [each.kind.value for each in find_discrepancies(imports, exports, rates=RATES, thresholds=THRESHOLDS)]


def usd(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


def test_an_honest_image_has_no_discrepancy():
    sent = export()

    assert kinds([mirror_image(sent)], [sent]) == []


@pytest.mark.parametrize("weighing", ["0.991", "1.009"])
def test_weighing_within_one_percent_is_no_discrepancy(weighing):
    sent = export()
    mass = Decimal(weighing)
    received = mirror_image(sent, gross_mass_kg=sent.gross_mass_kg * mass, net_mass_kg=sent.net_mass_kg * mass)

    assert kinds([received], [sent]) == []


def test_half_the_value_is_undervaluation_at_its_item():
    sent = export()
    received = with_lines(mirror_image(sent), line(value="2500"))

    (found,) = find_discrepancies([received], [sent], rates=RATES, thresholds=THRESHOLDS)

    assert (found.kind, found.path) == ("undervaluation", "goods_shipment.items[1].invoice_amount")
    assert found.ratio == pytest.approx(0.53)
    assert (found.ours, found.theirs) == ("2500 USD", "5000 USD")
    assert found.severity > 0.9
    assert found.detail.startswith("The import is worth 53%")


def test_thrice_the_value_is_overvaluation():
    sent = export()

    assert kinds([with_lines(mirror_image(sent), line(value="15000"))], [sent]) == ["overvaluation"]


def test_an_invoice_converted_at_another_days_rate_is_no_discrepancy():
    sent = export(1, line(value="5000", currency="USD"))
    received = with_lines(mirror_image(sent), line(value=str(round(5000 / 1.13, 2)), currency="EUR"))

    assert kinds([received], [sent]) == []


def test_undervaluation_is_seen_across_currencies():
    sent = export(1, line(value="5000", currency="USD"))
    received = with_lines(mirror_image(sent), line(value="2700", currency="EUR"))

    assert kinds([received], [sent]) == ["undervaluation"]


def test_a_currency_without_rate_is_said_to_be_not_comparable():
    sent = export(1, line(value="5000", currency="USD"))
    received = with_lines(mirror_image(sent), line(value="9", currency="UGX"))

    found = compare([received], [sent], rates=RATES, thresholds=THRESHOLDS)

    assert found.value_ratio is None
    assert [str(each) for each in found.not_comparable] == [
        "Values not comparable: no rate between UGX and USD on the day"
    ]


def test_equal_currencies_need_no_rate():
    sent = export(1, line(value="5000", currency="KES"))
    received = with_lines(mirror_image(sent), line(value="2000", currency="KES"))

    found = compare([received], [sent], rates=ExchangeRates({}), thresholds=THRESHOLDS)

    assert found.discrepancies[0].kind == "undervaluation"


def test_declared_freight_explains_a_high_cif_value():
    sent = export()
    received = replace(
        with_lines(mirror_image(sent), line(value="7000")), incoterm="CIF", freight=usd("1900"), insurance=usd("100")
    )

    assert kinds([received], [sent]) == []


def test_the_factor_stands_for_undeclared_freight():
    sent = export()
    received = replace(with_lines(mirror_image(sent), line(value="5300")), incoterm="CIF")

    found = compare([received], [sent], rates=RATES, thresholds=THRESHOLDS)

    assert found.value_ratio == pytest.approx(1.06)
    assert found.discrepancies == ()


def test_one_cheapened_line_among_several_is_found():
    sent = export(1, line("090240", value="9000"), line("610910", value="1000"))
    received = with_lines(mirror_image(sent), line("090240", value="9000"), line("610910", value="500"))

    found = find_discrepancies([received], [sent], rates=RATES, thresholds=THRESHOLDS)

    assert [(each.kind.value, each.path) for each in found] == [
        ("undervaluation", "goods_shipment.items[2].invoice_amount")
    ]


def test_less_mass_and_fewer_pieces_are_two_discrepancies():
    sent = export()
    received = with_lines(mirror_image(sent), line(mass="600"))

    assert sorted(kinds([received], [sent])) == ["mass", "quantity"]


def test_quantities_in_different_units_of_mass_are_compared():
    sent = export(1, line(quantity=Decimal(1000), unit="KGM"))
    received = with_lines(mirror_image(sent), line(quantity=Decimal("0.7"), unit="TNE"))

    assert kinds([received], [sent]) == ["quantity"]


def test_fewer_packages_tell_a_quantity_when_nothing_else_is_counted():
    sent = export(1, line(quantity=None))

    assert kinds([mirror_image(sent, packages=12)], [sent]) == ["quantity"]


@pytest.mark.parametrize(("code", "severity"), [("090230", 0.6), ("090121", 0.8), ("252329", 1.0)])
def test_another_goods_code_is_a_goods_shift_the_graver_the_earlier_the_digit(code, severity):
    sent = export(1, line("090240"))

    (found,) = find_discrepancies(
        [with_lines(mirror_image(sent), line(code))], [sent], rates=RATES, thresholds=THRESHOLDS
    )

    assert (found.kind, found.ours, found.theirs, found.severity) == ("goods-shift", code, "090240", severity)


def test_national_digits_after_the_sixth_are_no_goods_shift():
    sent = export(1, line("09024000"))

    assert kinds([with_lines(mirror_image(sent), line("0902409910"))], [sent]) == []


def test_another_origin_is_told():
    sent = export(1, line(origin="CN"))

    assert kinds([with_lines(mirror_image(sent), line(origin="KE"))], [sent]) == ["origin"]


def test_disjoint_containers_are_told():
    sent = export()

    assert kinds([mirror_image(sent, containers=("TCLU1234567",))], [sent]) == ["container-elsewhere"]


def test_another_container_under_another_transport_document_was_reloaded_and_is_not_told():
    sent = export()
    reloaded = mirror_image(sent, containers=("TCLU1234567",), transport_documents=("CMR-77",))

    assert kinds([reloaded], [sent]) == []


def test_a_line_exported_but_not_imported_is_told():
    sent = export(1, line("090240"), line("220830", mass="10", value="400"))
    received = mirror_image(with_lines(sent, line("090240")))

    assert "Goods 220830 were exported but not declared at import" in [
        each.detail for each in find_discrepancies([received], [sent], rates=RATES, thresholds=THRESHOLDS)
    ]


def test_a_consolidation_is_compared_with_the_sum_of_its_exports():
    exports = [export(1, line(mass="1000", value="5000")), export(2, line(mass="500", value="2500"))]
    received = with_lines(mirror_image(exports[0], packages=40), line(mass="1500", value="7500"))

    assert kinds([received], exports) == []


def test_fields_that_were_not_released_are_not_compared():
    bare = replace(
        with_lines(
            export(), line(value="1", gross_mass_kg=None, net_mass_kg=None, quantity=None, origin=None, hs6=None)
        ),
        value=None,
        packages=None,
    )

    found = compare([mirror_image(export())], [bare], rates=RATES, thresholds=THRESHOLDS)

    assert found.discrepancies == ()
    assert len(found.not_comparable) == 5


@given(
    factor=st.decimals("0.01", "1000", places=2),
    ours=st.integers(100, 100_000),
    theirs=st.integers(100, 100_000),
)
def test_scaling_every_amount_and_rate_of_a_currency_changes_nothing(factor, ours, theirs):
    sent = export(1, line(value=str(theirs), currency="USD"))
    received = with_lines(mirror_image(sent), line(value=str(ours), currency="USD"))
    scaled_rates = ExchangeRates({"USD": {date(2026, 1, day): Decimal("1.10") * factor for day in range(1, 32)}})

    def scaled(record):
        return with_lines(
            record, *(replace(each, value=Money(each.value.amount * factor, "USD")) for each in record.lines)
        )

    before = compare([received], [sent], rates=RATES, thresholds=THRESHOLDS)
    after = compare([scaled(received)], [scaled(sent)], rates=scaled_rates, thresholds=THRESHOLDS)

    assert after.value_ratio == pytest.approx(before.value_ratio)
    assert [each.kind for each in after.discrepancies] == [each.kind for each in before.discrepancies]


def test_a_pair_with_one_side_empty_cannot_be_compared():
    with pytest.raises(ValueError, match="at least one import"):
        compare([], [export()], rates=RATES, thresholds=THRESHOLDS)
