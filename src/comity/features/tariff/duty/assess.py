"""What does an item owe? Each charge with its base, rate, measure, legal reference, order and arithmetic.

The order: the duty of the tariff (or the lowest that stands in its place), duties on top, fees, excises, value-added
tax on all of them. Amounts are decimals and are rounded once each, as the national law says.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple

from comity.features.tariff.duty.charge import Charge
from comity.features.tariff.duty.facts import ItemFacts
from comity.features.tariff.duty.plan import GROUPS, Plan, Planned, plan_item
from comity.features.tariff.law import NationalLaw, Relief
from comity.features.tariff.measure import MeasureKind
from comity.features.tariff.rate import Basis, Rate, apply_rate
from comity.features.tariff.schedule import Schedule
from comity.features.tariff.units import quantity_in
from comity.foundation.rates import ExchangeRates
from comity.foundation.trade.money import Money

HUNDRED, ZERO, ONE = Decimal(100), Decimal(0), Decimal(1)
MOST_PLANS = 200_000  # remembered plans; a guess: more than the pairs of goods and origin in a year of a small nation
_ALL_THE_VALUE = frozenset({"value"})


class _Base(NamedTuple):
    """What a rate is applied to, with the parts it is the sum of, and the charge's place in the order."""

    order: int
    value: Decimal
    parts: tuple[tuple[str, Decimal], ...] = ()


@dataclass(frozen=True, slots=True)
class ItemAssessment:
    """What an item owes, in one currency, with what was refused and what has to be asked."""

    charges: tuple[Charge, ...]
    currency: str
    refusals: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()

    @property
    def total(self) -> Decimal:
        """Return the sum of the charges."""
        return sum((charge.amount for charge in self.charges), ZERO)


class Assessor:
    """A schedule, a national law and rates of exchange, ready to assess many items."""

    def __init__(self, schedule: Schedule, law: NationalLaw, rates: ExchangeRates) -> None:
        self._schedule, self._law, self._rates = schedule, law, rates
        self._plans: dict[tuple[object, ...], Plan] = {}
        self._bases = {group: frozenset(held) for group, held in law.bases.items()}
        self._roundings = {kind: law.rounding_of(kind) for kind in MeasureKind}

    def assess(self, facts: ItemFacts) -> ItemAssessment:
        """Return the charges of one item."""
        plan = self._plan(facts)
        if facts.value < 0:
            return ItemAssessment((), self._law.currency, plan.refusals, ("value: it is below 0",))
        questions = list(plan.questions)
        charges = self._customs(plan, facts, questions)
        sums: dict[str, Decimal] = {"value": facts.value, "later-costs": facts.later_costs}
        if charges:
            sums["customs"] = sum((charge.amount for charge in charges), ZERO)
        for planned in plan.others:
            group = GROUPS[planned.kind]
            held = self._bases.get(group, _ALL_THE_VALUE)
            parts = tuple((name, amount) for name, amount in sums.items() if name in held and amount)
            base = sum((amount for _, amount in parts), ZERO)
            charge = self._charge(planned, facts, _Base(len(charges) + 1, base, parts), plan, questions)
            if charge is not None:
                charges.append(charge)
                sums[group] = sums.get(group, ZERO) + charge.amount
        return ItemAssessment(tuple(charges), self._law.currency, plan.refusals, tuple(questions))

    def _plan(self, facts: ItemFacts) -> Plan:
        key = (
            facts.code,
            facts.origin,
            facts.preferential_origin,
            facts.on,
            facts.preference_code,
            facts.order_number,
            facts.additional_codes,
            facts.documents,
            facts.procedures,
            facts.preferences,
            facts.quota_share is None,
        )
        plan = self._plans.get(key)
        if plan is None:
            if len(self._plans) >= MOST_PLANS:
                self._plans.clear()
            plan = self._plans[key] = plan_item(self._schedule, facts)
        return plan

    def _customs(self, plan: Plan, facts: ItemFacts, questions: list[str]) -> list[Charge]:
        share = facts.quota_share if plan.quota is not None else None
        if plan.quota is None or not share:
            lowest = self._lowest(plan, facts, questions, order=1)
            return [lowest] if lowest else []
        within = self._charge(plan.quota, _part(facts, share), _Base(1, facts.value * share), plan, questions)
        charges = [within._replace(note="within the quota")] if within else []
        if share < ONE:
            beyond = self._lowest(plan, _part(facts, ONE - share), questions, order=len(charges) + 1)
            charges += [beyond._replace(note="beyond the quota")] if beyond else []
        return charges

    def _lowest(self, plan: Plan, facts: ItemFacts, questions: list[str], *, order: int) -> Charge | None:
        base = _Base(order, facts.value)
        if len(plan.customs) == 1:
            return self._charge(plan.customs[0], facts, base, plan, questions)
        found: Charge | None = None
        for planned in plan.customs:
            charge = self._charge(planned, facts, base, plan, questions)
            if charge is not None and (found is None or charge.amount < found.amount):
                found = charge
        return found

    def _charge(
        self, planned: Planned, facts: ItemFacts, base: _Base, plan: Plan, questions: list[str]
    ) -> Charge | None:
        rounding = self._roundings[planned.kind]
        rounded = base.value if rounding.base is None else rounding.round_base(base.value)
        lines: tuple[str, ...] = ()
        if planned.percent is not None:
            exact = rounded * planned.percent / HUNDRED if planned.percent > 0 else ZERO
        else:
            worked = apply_rate(planned.rate, self._basis(rounded, facts, plan.components))
            if worked.amount is None:
                questions += [f"{what}: needed for {planned.kind} ({planned.rate})" for what in worked.missing]
                return None
            exact, lines = worked.amount, worked.lines
        relief = self._relief(planned.kind, facts) if self._law.reliefs else None
        relieved = rounding.round_amount(exact * relief.share) if relief else ZERO
        return Charge(
            base.order,
            planned.kind,
            planned.measure,
            planned.rate,
            rounded,
            rounding.round_amount(exact) - relieved,
            self._law.currency,
            rounding,
            lines,
            base.parts,
            relieved,
            relief.source if relief else None,
            planned.note,
        )

    def _basis(self, value: Decimal, facts: ItemFacts, components: dict[str, Rate]) -> Basis:
        currency = self._law.currency

        def convert(amount: Decimal, held: str) -> Decimal | None:
            money = self._rates.convert(Money(amount, held), currency, on=facts.on)
            return money.amount if money else None

        def quantity(unit: str) -> Decimal | None:
            return quantity_in(unit, net_mass_kg=facts.net_mass_kg, declared=dict(facts.quantities))

        def technical(symbol: str) -> Decimal | None:
            rate = components.get(symbol)
            return None if rate is None else apply_rate(rate, Basis(value, currency, quantity, convert)).amount

        return Basis(value, currency, quantity, convert, technical)

    def _relief(self, kind: MeasureKind, facts: ItemFacts) -> Relief | None:
        held = (
            relief
            for relief in self._law.reliefs
            if kind.value in relief.kinds and any(one.startswith(relief.procedure) for one in facts.procedures)
        )
        return max(held, key=lambda relief: relief.share, default=None)


def _part(facts: ItemFacts, share: Decimal) -> ItemFacts:
    """Return the facts of a share of the goods."""
    return replace(
        facts,
        value=facts.value * share,
        net_mass_kg=None if facts.net_mass_kg is None else facts.net_mass_kg * share,
        quantities={unit: quantity * share for unit, quantity in facts.quantities.items()},
    )
