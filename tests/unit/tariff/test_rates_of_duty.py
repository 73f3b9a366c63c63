"""Rate expressions: what they say, what they amount to, and where they are wrong."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.features.tariff.errors import RateUnreadable
from comity.features.tariff.expression import parse_rate
from comity.features.tariff.rate import Basis, apply_rate
from comity.features.tariff.units import quantity_in


def worth(text: str, value: str = "1000", **quantities: str) -> Decimal | None:
    amounts = {unit: Decimal(quantity) for unit, quantity in quantities.items()}
    basis = Basis(
        Decimal(value),
        "EUR",
        lambda unit: quantity_in(unit, net_mass_kg=None, declared=amounts),
        lambda amount, currency: {"EUR": amount, "USD": amount / 2}.get(currency),
    )
    return apply_rate(parse_rate(text), basis).amount


@pytest.mark.parametrize(
    ("text", "quantities", "expected"),
    [
        ("5%", {}, "50"),
        ("free", {}, "0"),
        ("0", {}, "0"),
        ("NIHIL", {}, "0"),
        ("10 EUR/100kg", {"KGM": "250"}, "25"),
        ("5% + 10 EUR/100kg", {"KGM": "250"}, "75"),
        ("5% + 10 EUR/100kg MAX 6%", {"KGM": "250"}, "60"),
        ("5% MIN 30 EUR/100kg", {"KGM": "250"}, "75"),
        ("5% MIN 10 EUR/100kg", {"KGM": "250"}, "50"),
        ("5% MIN 30 EUR/100kg MAX 7%", {"KGM": "250"}, "70"),
        ("5% - 2%", {}, "30"),
        ("2% - 5%", {}, "0"),
        ("25% or 0.4 USD/kg whichever is the higher", {"KGM": "2000"}, "400"),
        ("25% or 0.4 USD/kg whichever is the higher", {"KGM": "200"}, "250"),
        ("25% or 0.4 USD/kg whichever is lower", {"KGM": "200"}, "40"),
        ("USD 1.5 per kg", {"KGM": "10"}, "7.5"),
        ("3,5 %", {}, "35"),
        ("free MIN 2 EUR/hl", {"LTR": "250"}, "5"),
        ("12 EUR", {}, "12"),
        ("1 EUR/DTNZ", {"DTNZ": "7"}, "7"),
    ],
)
def test_a_rate_amounts_to(text, quantities, expected):
    assert worth(text, **quantities) == Decimal(expected)


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("", 1),
        ("-5%", 1),
        ("5% +", 5),
        ("5", 2),
        ("5% 3%", 4),
        ("5 EUR/", 7),
        ("5 EUR/0kg", 8),
        ("5 EUR/furlong", 7),
        ("1,000 EUR/t", 1),
        ("1234567890123456%", 1),
        ("5% MAX", 7),
        ("5% or 3% perhaps", 10),
        ("5% \x00", 4),
        ("5% ; drop", 4),
    ],
)
def test_a_wrong_rate_names_the_position(text, position):
    with pytest.raises(RateUnreadable) as caught:
        parse_rate(text)

    assert caught.value.path == f"character {position}"


def test_what_is_missing_is_named_and_nothing_is_guessed():
    basis = Basis(Decimal(100), "EUR", lambda _unit: None, lambda amount, _currency: amount)

    worked = apply_rate(parse_rate("5% + 2 EUR/hl + EA"), basis)

    assert (worked.amount, worked.missing) == (None, ("quantity.HL", "component.EA"))


@given(st.text(max_size=40))
def test_any_text_is_a_rate_or_is_refused(text):
    try:
        rate = parse_rate(text)
    except RateUnreadable as error:
        assert error.path.startswith("character ")
    else:
        assert parse_rate(str(rate)) == rate


PERCENT = st.decimals(0, 300, places=2).map(lambda number: f"{number}%")
SPECIFIC = st.decimals(0, 300, places=2).map(lambda number: f"{number} EUR/100kg")
SUM = st.lists(st.one_of(PERCENT, SPECIFIC), min_size=1, max_size=4).map(" + ".join)
RATE = st.builds(
    lambda first, bounds: " ".join([first, *(f"{word} {terms}" for word, terms in bounds)]),
    SUM,
    st.lists(st.tuples(st.sampled_from(["MIN", "MAX"]), SUM), max_size=2),
)


@given(RATE, st.decimals(0, 10**9, places=2), st.decimals(0, 10**6, places=2))
def test_a_charge_is_never_negative_and_never_falls_with_the_value(text, value, more):
    lower = worth(text, str(value), KGM="250")
    higher = worth(text, str(value + more), KGM="250")

    assert 0 <= lower <= higher
    assert parse_rate(str(parse_rate(text))) == parse_rate(text)
