"""Which measures does an item pay, before any amount is computed? The plan of an item, the same for equal claims.

The duty of the tariff or what stands in its place (suspension, preference, quota) once; duties on top of it; fees,
excises and value-added tax. What is claimed and not given is told with its reason, what is not known is asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from comity.features.tariff.duty.facts import Claims, ItemFacts, claims_of
from comity.features.tariff.measure import (
    CUSTOMS,
    ON_TOP,
    PREFERENTIAL,
    QUOTAS,
    Condition,
    Measure,
    MeasureKind,
)
from comity.features.tariff.rate import Rate
from comity.features.tariff.schedule import Schedule

GROUPS = {
    **dict.fromkeys(CUSTOMS, "customs"),
    **dict.fromkeys(ON_TOP, "additional"),
    MeasureKind.FEE: "fee",
    MeasureKind.EXCISE: "excise",
    MeasureKind.VAT: "vat",
}
NEVER_PAID = frozenset({MeasureKind.CONTROL, MeasureKind.SUPPLEMENTARY_UNIT, MeasureKind.OTHER})
ORDER = ("additional", "fee", "excise", "vat")
COMPONENTS = {"672": ("ADSZ", "ADSZR"), "673": ("ADFM", "ADFMR"), "674": ("EA", "EAR")}
"""The technical components that the agricultural measure types amount to, by the Meursing code that is declared."""
LIKELY = Decimal("1e9")  # stands for a specific rate when rates without amounts are compared


@dataclass(frozen=True, slots=True)
class Planned:
    """One measure that is paid, with the rate that its conditions lead to."""

    measure: Measure
    kind: MeasureKind
    rate: Rate
    percent: Decimal | None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What an item pays: one of `customs` (the lowest), `quota` in front of it as far as it reaches, all `others`."""

    customs: tuple[Planned, ...]
    quota: Planned | None
    others: tuple[Planned, ...]
    components: dict[str, Rate]
    refusals: tuple[str, ...]
    questions: tuple[str, ...]


def plan_item(schedule: Schedule, facts: ItemFacts) -> Plan:
    """Return the plan of an item."""
    return _Planning(schedule, facts).plan()


class _Planning:
    """One item being planned."""

    def __init__(self, schedule: Schedule, facts: ItemFacts) -> None:
        self._schedule, self._facts = schedule, facts
        self._claims: Claims = claims_of(facts)
        self._refusals: list[str] = []
        self._questions: list[str] = []

    def plan(self) -> Plan:
        facts = self._facts
        country = facts.origin or facts.preferential_origin
        held = [
            one
            for one in self._schedule.applicable(facts.code, country, facts.on)
            if self._kind(one) not in PREFERENTIAL
        ]
        favoured = facts.preferential_origin or facts.origin
        held += [
            one for one in self._schedule.applicable(facts.code, favoured, facts.on) if self._kind(one) in PREFERENTIAL
        ]
        planned = [one for measure in self._by_additional_code(held) if (one := self._planned(measure))]
        customs = tuple(one for one in planned if one.kind in CUSTOMS and one.kind not in QUOTAS)
        quota = self._quota([one for one in planned if one.kind in QUOTAS])
        self._check_duty(customs, quota)
        self._check_claims(customs, quota)
        others = [one for group in ORDER for one in planned if GROUPS.get(one.kind) == group]
        components = {
            symbol: one.rate
            for one in planned
            if one.kind is MeasureKind.AGRICULTURAL
            for symbol in COMPONENTS.get(one.measure.type, ())
        }
        questions = tuple(dict.fromkeys(self._questions))
        return Plan(customs, quota, tuple(others), components, tuple(self._refusals), questions)

    def _kind(self, measure: Measure) -> MeasureKind:
        return self._schedule.kind(measure)

    def _by_additional_code(self, held: list[Measure]) -> list[Measure]:
        """Return the measures whose additional code is declared; where only other codes exist, the dearest of them."""
        declared = self._facts.additional_codes
        chosen: list[Measure] = []
        by_type: dict[tuple[str, str | None], list[Measure]] = {}
        for measure in held:
            by_type.setdefault((measure.type, measure.order_number), []).append(measure)
        for measures in by_type.values():
            exact = [one for one in measures if one.additional_code in declared]
            plain = [one for one in measures if one.additional_code is None]
            if exact or plain:
                chosen += exact or plain
            elif self._kind(measures[0]) in ON_TOP:
                chosen.append(max(measures, key=lambda one: (_weight(one.rate), one.id)))
                codes = ", ".join(sorted(one.additional_code or "" for one in measures)[:5])
                self._questions.append(
                    f"additional-code: which of {codes}? The highest rate stands until one is declared"
                )
        return chosen

    def _planned(self, measure: Measure) -> Planned | None:
        if not self._applies(measure):
            return None
        condition = _decided(measure.conditions, self._facts.documents)
        effect = condition.effect if condition else "applies"
        if condition and effect == "refused":
            self._refusals.append(f"condition {condition.group} of {measure.type} is not met: a document is missing")
        kind = self._kind(measure)
        if effect in ("refused", "not-applicable") or kind in NEVER_PAID:
            return None
        rate = (condition.rate if condition else None) or measure.rate
        document = condition.document if condition else None
        return Planned(measure, kind, rate, rate.percent, document and f"document {document} is declared")

    def _applies(self, measure: Measure) -> bool:
        """Claim that the item may pay the measure at all; a type that nobody described is asked."""
        type_ = self._schedule.types.get(measure.type)
        if type_ is None:
            self._questions.append(f"measure-type.{measure.type}: what is it? Describe the type in the national law")
            return False
        if any(condition.effect == "price" for condition in measure.conditions):
            self._questions.append(f"price-condition.{measure.type}: the rate depends on an entry price; work it out")
            return False
        if type_.needs_end_use and not self._claims.end_use:
            return False
        return type_.kind not in PREFERENTIAL or self._is_preference_given(measure)

    def _is_preference_given(self, measure: Measure) -> bool:
        return self._claims.preference and measure.area in self._facts.preferences

    def _quota(self, quotas: list[Planned]) -> Planned | None:
        number = self._facts.order_number
        if not self._claims.quota and number is None:
            return None
        found = next((one for one in quotas if number is None or one.measure.order_number == number), None)
        if found is None:
            self._refusals.append("no quota measure with the declared order number applies to these goods from there")
            return None
        if self._facts.quota_share is None:
            self._questions.append("quota-balance: how much is left of the quota is not known; it is not counted")
            return None
        return found

    def _check_duty(self, customs: tuple[Planned, ...], quota: Planned | None) -> None:
        if any(one.kind is MeasureKind.DUTY for one in customs) or (quota and self._facts.quota_share == 1):
            return
        below = self._schedule.below(self._facts.code, self._facts.on)
        if below:
            self._questions.append("commodity-code: it is not deep enough, the tariff has its rates on codes below it")
        elif self._facts.origin is None:
            self._questions.append("origin: the country of origin is not declared")
        elif not customs:
            self._questions.append("rate: the tariff has no rate of duty for this code on the day")

    def _check_claims(self, customs: tuple[Planned, ...], quota: Planned | None) -> None:
        is_given = any(one.kind in PREFERENTIAL for one in (*customs, *((quota,) if quota else ())))
        if self._claims.preference and not is_given:
            self._refusals.append("the preference is not given; the duty of the tariff applies")


def _decided(conditions: tuple[Condition, ...], documents: frozenset[str]) -> Condition | None:
    """Return the line that decides: in each group the first fulfilled one; a refusal of any group goes before."""
    groups: dict[str, list[Condition]] = {}
    for condition in conditions:
        groups.setdefault(condition.group, []).append(condition)
    decided: Condition | None = None
    for lines in groups.values():
        ordered = sorted(lines, key=lambda line: line.sequence)
        first = next((line for line in ordered if line.document is None or line.document in documents), None)
        if first is None:
            first = Condition(ordered[0].group, 0, "not-applicable")
        if first.effect in ("refused", "not-applicable"):
            return first
        if decided is None or first.effect == "rate":
            decided = first
    return decided


def _weight(rate: Rate) -> Decimal:
    return rate.percent if rate.percent is not None else LIKELY
