"""What is a declaration worth, is its origin accepted, and what does it owe? Value, origin and duty together, pure.

The day is that of acceptance: it decides rates of exchange (WTO Valuation Agreement, Article 9), measures and quotas.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from comity.features.tariff.duty.assess import Assessor, ItemAssessment
from comity.features.tariff.duty.claims import facts_of
from comity.features.tariff.duty.compare import Difference, differences
from comity.features.tariff.duty.facts import ItemFacts, claims_of
from comity.features.tariff.law import NationalLaw, law_of
from comity.features.tariff.measure import PREFERENTIAL, Measure
from comity.features.tariff.national import National
from comity.features.tariff.origin.criteria import Agreement
from comity.features.tariff.origin.decide import OriginDecision, OriginFacts, decide_origin
from comity.features.tariff.schedule import Schedule, members
from comity.features.tariff.units import quantity_in
from comity.features.tariff.valuation.customs_value import ItemValue, Valued, customs_values
from comity.foundation.errors import Finding, Severity
from comity.foundation.rates import ExchangeRates
from comity.foundation.trade.declaration import Declaration, GoodsItem

NO_TARIFF = "tariff: none is imported, so that no rate is known; value and currency are worked out"


@dataclass(frozen=True)
class Book:
    """What an administration assesses by: schedule, law, agreements, rates. `version` 0: no tariff is imported."""

    schedule: Schedule
    country: str
    national: National
    rates: ExchangeRates
    version: int = 0

    def law(self, on: date) -> NationalLaw:
        """Return the law of the day."""
        return law_of(self.country, on, own=self.national.laws)


@dataclass(frozen=True, slots=True)
class AssessedItem:
    """One item: its value, the decision on its origin where one was claimed, its charges, and what is declared else."""

    sequence: int
    code: str
    value: ItemValue
    origin: OriginDecision | None
    duty: ItemAssessment
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True)
class Assessed:
    """A declaration, assessed on a day by a version of the tariff."""

    on: date
    law: NationalLaw
    version: int
    items: tuple[AssessedItem, ...]
    findings: tuple[Finding, ...]

    @property
    def total(self) -> Decimal:
        """Return what all items owe together."""
        return sum((item.duty.total for item in self.items), Decimal(0))


@dataclass(frozen=True, slots=True)
class QuotaClaim:
    """A claim of an item to a quota: how much is asked for, in the quota's unit (None: not known)."""

    item: int
    order_number: str
    quantity: Decimal | None


def day_of(declaration: Declaration, today: date) -> date:
    """Return the day of acceptance; without one the day of issue, else today."""
    at = declaration.acceptance_at or declaration.issued_at
    return at.date() if at else today


def assess_declaration(
    declaration: Declaration, book: Book, *, on: date, shares: Mapping[int, Decimal] | None = None
) -> Assessed:
    """Assess each item; `shares` are the parts of items (by their place from 0) that are within their quota."""
    law = book.law(on)
    rates = book.rates.with_national(book.national.rates) if book.national.rates else book.rates
    valued = customs_values(declaration, law=law, rates=rates, on=on)
    assessor = Assessor(book.schedule, law, rates)
    items = tuple(
        _item(declaration, place, (book, valued, assessor, rates, law), on=on, share=(shares or {}).get(place))
        for place in range(len(declaration.goods_shipment.items))
    )
    return Assessed(on, law, book.version, items, (*valued.findings, *_told(items)))


def quota_claims(declaration: Declaration, book: Book, *, on: date) -> list[QuotaClaim]:
    """Return which items claim a quota that is open on the day, and how much of it they ask for."""
    found = []
    law = book.law(on)
    values: Valued | None = None
    for place, item in enumerate(declaration.goods_shipment.items):
        facts = facts_of(declaration, item, on=on)
        quota = book.schedule.quota(facts.order_number, on) if facts.order_number else None
        if quota is None or not claims_of(facts).quota:
            continue
        if quota.unit is None:
            values = values or customs_values(declaration, law=law, rates=book.rates, on=on)
            quantity = values.items[place].value
        else:
            quantity = quantity_in(quota.unit, net_mass_kg=facts.net_mass_kg, declared=dict(facts.quantities))
        found.append(QuotaClaim(place, quota.order_number, quantity))
    return found


def _item(
    declaration: Declaration,
    place: int,
    by: tuple[Book, Valued, Assessor, ExchangeRates, NationalLaw],
    *,
    on: date,
    share: Decimal | None,
) -> AssessedItem:
    book, valued, assessor, rates, law = by
    item, value = declaration.goods_shipment.items[place], valued.items[place]
    facts = replace(facts_of(declaration, item, on=on), later_costs=value.later_costs, quota_share=share)
    decision, areas = _origin(declaration, item, facts, value, book)
    facts = replace(facts, value=value.value or Decimal(0), preferences=areas)
    told: tuple[Difference, ...] = ()
    if not book.version:
        duty = ItemAssessment((), law.currency, (), (NO_TARIFF,))
    elif value.value is None:
        asked = tuple(f"{what}: needed for the customs value" for what in value.missing)
        duty = ItemAssessment((), law.currency, (), asked)
    elif not facts.code:
        duty = ItemAssessment((), law.currency, (), ("commodity-code: none is declared",))
    else:
        duty = assessor.assess(facts)
        told = differences(item.commodity.duties, duty.charges, currency=law.currency, rates=rates, on=on)
    return AssessedItem(item.sequence or place + 1, facts.code, value, decision, duty, told)


def _origin(
    declaration: Declaration, item: GoodsItem, facts: ItemFacts, value: ItemValue, book: Book
) -> tuple[OriginDecision | None, frozenset[str]]:
    """Return the decision on a claim of preference, and the areas under which it is accepted."""
    if not claims_of(facts).preference:
        return None, frozenset()
    origin = facts.preferential_origin or facts.origin
    measures = [
        one for one in book.schedule.applicable(facts.code, origin, facts.on) if book.schedule.kind(one) in PREFERENTIAL
    ]
    decided = [
        decide_origin(
            _facts_of_origin(declaration, item, facts, value.value),
            book.national.agreement(one.area, facts.on) or _without_agreement(one),
            members=members(book.schedule.areas, one.area, facts.on),
        )
        for one in measures
    ]
    accepted = frozenset(one.area for one, decision in zip(measures, decided, strict=True) if decision.is_accepted)
    best = next((decision for decision in decided if decision.is_accepted), decided[0] if decided else None)
    return best, accepted


def _facts_of_origin(declaration: Declaration, item: GoodsItem, facts: ItemFacts, value: Decimal | None) -> OriginFacts:
    shipment = declaration.goods_shipment
    routing = [*(shipment.consignment.routing_countries if shipment.consignment else ())]
    routing += declaration.consignment.routing_countries if declaration.consignment else ()
    return OriginFacts(
        code=facts.code,
        origin=facts.preferential_origin or facts.origin,
        on=facts.on,
        documents=facts.documents,
        value=value,
        export_country=item.export_country or shipment.export_country,
        destination=item.destination_country or shipment.destination_country,
        route=tuple(routing) or None,
    )


def _without_agreement(measure: Measure) -> Agreement:
    """Return what any preference asks where the nation told nothing more: a proof, and direct transport."""
    return Agreement(measure.area, measure.area, measure.legal_reference or "the measure")


def _told(items: tuple[AssessedItem, ...]) -> list[Finding]:
    found: list[Finding] = []
    for item in items:
        path = f"goods_shipment.items[{item.sequence}]"
        differing = [f"The declared amount of {one.group} is not what the tariff gives." for one in item.differences]
        asked = [question for question in item.duty.questions if question != NO_TARIFF]
        found += _warnings("tariff.duty-differs", f"{path}.duties", differing)
        found += _warnings("tariff.claim-refused", path, item.duty.refusals)
        found += _warnings("tariff.fact-missing", path, asked)
    return found


def _warnings(code: str, path: str, messages: Iterable[str]) -> list[Finding]:
    return [Finding(code, path, message, Severity.WARNING) for message in messages]
