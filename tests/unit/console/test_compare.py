from decimal import Decimal

import pytest

from comity.entrypoints.console.present.cells import Look, Quantity, State
from comity.entrypoints.console.present.compare import (
    compare_amounts,
    compare_counts,
    compare_goods_codes,
    compare_lists,
    compare_masses,
    compare_parties,
    compare_quantities,
    compare_terms,
    compare_words,
)
from comity.foundation.trade.money import Money
from comity.foundation.trade.parties import Party


def at_3650(amount, currency):
    if amount.currency == currency:
        return amount
    if (amount.currency, currency) == ("USD", "UGX"):
        return Money(amount.amount * 3650, "UGX")
    return Money(amount.amount / 3650, "USD") if (amount.currency, currency) == ("UGX", "USD") else None


def amounts(ours, theirs, *, duty=None, key="value"):
    return compare_amounts("Invoice amount", ours, theirs, convert=at_3650, duty_share=duty, key=key)


def test_equal_words_are_quiet_whatever_their_case():
    assert compare_words("Origin", Look.COUNTRY, "KE", "ke ").state is State.EQUAL
    assert compare_words("Origin", Look.COUNTRY, None, None).state is State.EQUAL
    assert compare_words("Origin", Look.COUNTRY, "KE", "CN").state is State.DIFFERENT


def test_what_only_one_side_states_is_told_but_not_marked():
    assert compare_words("Origin", Look.COUNTRY, "KE", None).state is State.ONE_SIDED
    assert compare_masses("Net mass", None, Decimal(3)).state is State.ONE_SIDED


@pytest.mark.parametrize(
    ("ours", "theirs", "state", "word"),
    [
        ("61091000", "610910", State.NEAR, None),
        ("61091000", "61099000", State.DIFFERENT, "other subheading"),
        ("61091000", "61101100", State.DIFFERENT, "other heading"),
        ("63090000", "62052000", State.DIFFERENT, "other chapter"),
        ("61091000", "61091000", State.EQUAL, None),
    ],
)
def test_goods_codes_differ_by_the_level_of_the_harmonized_system(ours, theirs, state, word):
    row = compare_goods_codes("Goods code", ours, theirs)

    assert (row.state, row.difference.word if row.difference else None) == (state, word)


def test_a_mass_within_two_per_cent_is_near_and_beyond_it_marked_with_its_size():
    near, far = (compare_masses("Net mass", Decimal(ours), Decimal(1000)) for ours in (985, 900))

    assert near.state is State.NEAR
    assert far.state is State.DIFFERENT
    assert far.difference.share == Decimal("-0.1")
    assert far.difference.amount.value == Decimal(-100)


def test_an_amount_is_compared_at_the_days_rate_and_shown_in_both_currencies():
    row = amounts(Money(Decimal(92_250_000), "UGX"), Money(Decimal(61_500), "USD"))

    assert row.state is State.DIFFERENT
    assert row.ours.also == Money(Decimal(92_250_000) / 3650, "USD")
    assert row.theirs.also == Money(Decimal(224_475_000), "UGX")
    assert row.difference.amount.value == Money(Decimal("-132225000.00"), "UGX")


def test_a_lower_value_is_worth_its_duty_and_a_higher_one_nothing():
    low = amounts(Money(Decimal(50), "USD"), Money(Decimal(100), "USD"), duty=Decimal("0.25"))
    high = amounts(Money(Decimal(200), "USD"), Money(Decimal(100), "USD"), duty=Decimal("0.25"))

    assert low.difference.duty == Money(Decimal("12.50"), "USD")
    assert high.difference.duty is None


def test_freight_and_insurance_explain_a_somewhat_higher_import_value():
    assert amounts(Money(Decimal(115), "USD"), Money(Decimal(100), "USD")).state is State.NEAR


def test_amounts_without_a_rate_stand_beside_each_other_unjudged():
    row = amounts(Money(Decimal(115), "XAF"), Money(Decimal(100), "USD"))

    assert row.state is State.NEAR
    assert row.difference.word == "no exchange rate for the day"


def test_the_price_per_kilogram_is_told_but_never_marked_twice():
    assert amounts(Money(Decimal(1), "USD"), Money(Decimal(9), "USD"), key="unit-value").state is State.NEAR


def test_a_zero_on_one_side_is_a_difference_without_a_ratio():
    assert amounts(Money(Decimal(0), "USD"), Money(Decimal(9), "USD")).state is State.DIFFERENT
    assert compare_masses("Net mass", Decimal(0), Decimal(0)).state is State.EQUAL


def test_parties_are_equal_by_identifier_or_by_name():
    ours = Party("1000456789", "Pearl Wholesale Traders Ltd")

    assert compare_parties("Importer", ours, Party(None, "PEARL  WHOLESALE TRADERS LTD")).state is State.EQUAL
    assert compare_parties("Importer", ours, Party("1000456789", "Pearl")).state is State.EQUAL
    assert compare_parties("Importer", ours, Party("1", "Other")).state is State.DIFFERENT
    assert compare_parties("Importer", ours, Party()).state is State.ONE_SIDED


def test_references_with_one_in_common_are_near():
    assert compare_lists("Containers", ("A", "B"), ("B", "A")).state is State.EQUAL
    assert compare_lists("Containers", ("A", "B"), ("B",)).state is State.NEAR
    assert compare_lists("Containers", ("A",), ("B",)).state is State.DIFFERENT


def test_quantities_in_other_units_and_other_terms_are_not_irregular():
    assert compare_quantities("Quantity", Quantity(Decimal(2), "NAR"), Quantity(Decimal(2), "KGM")).state is State.NEAR
    assert compare_terms("Delivery terms", "CIF", "FOB").state is State.NEAR
    assert compare_counts("Packages", 10, 9).difference.amount.value == 1
