"""What holds of every assessment: nothing negative, exact sums, no charge that falls with the value, no order that counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from comity.features.tariff.duty.assess import Assessor
from comity.features.tariff.duty.facts import ItemFacts
from comity.features.tariff.law import law_of
from comity.features.tariff.measure import QuotaDefinition
from comity.features.tariff.quota import QuotaBalance, QuotaRequest, draw
from comity.features.tariff.sources.csv_schedule import read_schedule
from comity.features.tariff.valuation.apportion import apportion
from comity.foundation.rates import load_rates

DAY = date(2024, 3, 5)
ROWS = [
    "84,5% + 10 EUR/100kg MAX 20%,duty,*,",
    "8471,3% MIN 2 EUR/item,duty,*,",
    "8471,free,preference,KE,",
    "8471,1%,quota,*,090001",
    "84,12%,552,CN,",
    "84,2%,fee,*,",
    "8471,4 EUR/100kg,excise,*,",
    "*,20%,vat,*,",
]


def assessor(rows: list[str], country: str = "DE") -> Assessor:
    tariff, findings = read_schedule("\n".join(["code,rate,type,origin,order_number", *rows]).encode(), name="x")
    assert findings == []
    return Assessor(tariff.compiled(), law_of(country, DAY), load_rates())


ASSESSORS = [assessor(ROWS, country) for country in ("DE", "JP", "IN", "US")]
AMOUNTS = st.decimals(0, 10**8, places=2)
FACTS = st.builds(
    ItemFacts,
    code=st.sampled_from(["84713000", "84213900", "8471"]),
    value=AMOUNTS,
    on=st.just(DAY),
    origin=st.sampled_from(["KE", "CN", "US"]),
    preference_code=st.sampled_from([None, "100", "120", "300"]),
    order_number=st.sampled_from([None, "090001"]),
    preferences=st.sampled_from([frozenset(), frozenset({"KE"})]),
    quota_share=st.sampled_from([None, Decimal(0), Decimal("0.37"), Decimal(1)]),
    net_mass_kg=st.decimals("0.001", 10**5, places=3),
    quantities=st.just({"NAR": Decimal(3)}),
)


@settings(max_examples=60, deadline=None)
@given(FACTS, AMOUNTS, st.sampled_from(ASSESSORS))
def test_charges_are_never_negative_sum_exactly_and_never_fall_with_the_value(facts, more, by):
    lower, higher = by.assess(facts), by.assess(replace(facts, value=facts.value + more))

    assert all(charge.amount >= 0 for charge in lower.charges)
    assert lower.total == sum(charge.amount for charge in lower.charges) <= higher.total
    assert [charge.order for charge in lower.charges] == list(range(1, len(lower.charges) + 1))
    for charge in lower.charges:
        assert charge.amount % charge.rounding.amount == 0
        if charge.parts:
            assert sum(amount for _, amount in charge.parts) == charge.base or charge.rounding.base is not None


@settings(max_examples=30, deadline=None)
@given(st.permutations(ROWS), FACTS)
def test_the_order_of_a_schedules_rows_does_not_matter(rows, facts):
    told = [(charge.kind, charge.amount, charge.base) for charge in assessor(rows).assess(facts).charges]

    assert sorted(told) == sorted(
        (charge.kind, charge.amount, charge.base) for charge in ASSESSORS[0].assess(facts).charges
    )


@given(AMOUNTS, st.lists(AMOUNTS, min_size=1, max_size=8))
def test_shares_of_a_cost_sum_to_the_cost(cost, weights):
    shares = apportion(cost, weights)

    if shares is None:
        assert not any(weights)
    else:
        assert sum(shares) == cost
        assert all(share >= 0 for share in shares)


QUANTITIES = st.decimals("0.001", 5_000, places=3)


@given(st.lists(st.tuples(st.integers(1, 5), QUANTITIES), max_size=12), st.decimals(0, 10_000, places=3))
def test_a_quota_never_gives_more_than_there_is_and_the_earlier_day_goes_first(asked, volume):
    definition = QuotaDefinition("1", "090001", date(2024, 1, 1), None, volume)
    requests = [QuotaRequest(str(place), date(2024, 1, day), quantity) for place, (day, quantity) in enumerate(asked)]

    drawings, left = draw(QuotaBalance(definition, volume), requests)

    assert sum((one.allocated for one in drawings), Decimal(0)) + left.left == volume
    assert left.left >= 0
    assert all(0 <= one.allocated <= one.requested for one in drawings)
    days = {str(place): day for place, (day, _) in enumerate(asked)}
    short = [days[one.request_id] for one in drawings if one.allocated < one.requested]
    assert all(one.allocated == 0 for one in drawings if short and days[one.request_id] > min(short))
