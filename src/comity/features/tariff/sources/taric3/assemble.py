"""Which measures, areas, lines and quotas do TARIC3 records make together?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from comity.features.tariff.errors import RateUnreadable
from comity.features.tariff.expression import parse_rate
from comity.features.tariff.measure import (
    Area,
    Condition,
    Measure,
    Membership,
    QuotaDefinition,
    TariffLine,
    significant,
)
from comity.features.tariff.rate import FREE, Bound, BoundKind, Rate, Term, TermKind
from comity.features.tariff.sources.taric3.record_types import FIRST, LAST, load_expressions
from comity.foundation.errors import Finding, Severity

Fields = Mapping[str, str]
_CODE = re.compile(r"[0-9]{2,12}")
_DEPTH = re.compile(r"[0-9]{1,2}")
_TECHNICAL = frozenset({"EA", "EAR", "ADSZ", "ADSZR", "ADFM", "ADFMR"})


@dataclass(frozen=True)
class MeasureParts:
    """The records that make one measure: its own, and those that name it."""

    measure: Fields
    components: Sequence[Fields] = ()
    conditions: Sequence[Fields] = ()
    condition_components: Mapping[str, Sequence[Fields]] = field(default_factory=dict)
    excluded: Sequence[Fields] = ()
    footnotes: Sequence[Fields] = ()
    stops: Sequence[Fields] = ()


def measure_of(parts: MeasureParts) -> Measure | Finding:
    """Return the measure, or why its rate cannot be computed."""
    told = parts.measure
    rate = rate_of(parts.components)
    conditions = [_condition(one, parts.condition_components) for one in parts.conditions]
    wrong = [one for one in (rate, *conditions) if isinstance(one, str)]
    if wrong or isinstance(rate, str):
        path = f"measure {told['measure.sid']}"
        return Finding("tariff.measure-not-computable", path, f"{wrong[0]}: correct the record.", Severity.WARNING)
    code = told.get("goods.nomenclature.item.id", "")
    additional = told.get("additional.code.type", "") + told.get("additional.code", "")
    return Measure(
        id=told["measure.sid"],
        type=told.get("measure.type", ""),
        code=significant(code) if code else "",
        area=told.get("geographical.area", ""),
        rate=rate,
        first=date.fromisoformat(told[FIRST]),
        last=_last(told, parts.stops),
        additional_code=additional or None,
        order_number=told.get("ordernumber"),
        excluded=tuple(
            sorted(
                {one["excluded.geographical.area"] for one in parts.excluded if one.get("excluded.geographical.area")}
            )
        ),
        conditions=tuple(one for one in conditions if isinstance(one, Condition)),
        legal_reference=told.get("measure.generating.regulation.id"),
        footnotes=tuple(
            sorted(f"{one.get('footnote.type.id', '')}{one.get('footnote.id', '')}" for one in parts.footnotes)
        ),
    )


def _last(told: Fields, stops: Sequence[Fields]) -> date | None:
    """Return the measure's last day: its own, or the day before a partial stop that was not lifted."""
    ends = [date.fromisoformat(told[LAST])] if LAST in told else []
    ends += [
        date.fromordinal(date.fromisoformat(one[FIRST]).toordinal() - 1)
        for one in stops
        if FIRST in one and LAST not in one and "abrogation.regulation.id" not in one
    ]
    return min(ends, default=None)


def rate_of(components: Iterable[Fields]) -> Rate | str:
    """Return the rate that components make in the order of their duty expressions, or what is wrong with them."""
    joins, _ = load_expressions()
    terms: list[Term] = []
    bounds: list[Bound] = []
    for component in sorted(components, key=lambda one: one["duty.expression.id"]):
        join = joins.get(component["duty.expression.id"].zfill(2))
        if join is None:
            return "a duty expression that is not known"
        if join in ("free", "unit"):
            continue
        if join in _TECHNICAL:
            term = Term(TermKind.TECHNICAL, symbol=join)
        else:
            made = _term(component, -1 if join == "-" else 1)
            if isinstance(made, str):
                return made
            term = made
        if join in ("MIN", "MAX"):
            bounds.append(Bound(BoundKind(join), (term,)))
        elif bounds:
            bounds[-1] = Bound(bounds[-1].kind, (*bounds[-1].terms, term))
        else:
            terms.append(term)
    if all(term.kind is not TermKind.TECHNICAL and term.amount == 0 for term in terms):
        terms = []
    rate = Rate(tuple(terms), tuple(bounds)) if terms or bounds else FREE
    return rate if _can_be_kept(rate) else "an amount, currency or unit of another form"


def _can_be_kept(rate: Rate) -> bool:
    """Claim that the rate as text is read as the same rate again: that is how it is kept."""
    try:
        return parse_rate(str(rate)) == rate
    except RateUnreadable:
        return False


def _term(component: Fields, sign: int) -> Term | str:
    amount = Decimal(component.get("duty.amount", "0"))
    if amount < 0:
        return "a negative amount of duty"
    currency = component.get("monetary.unit.code")
    unit = component.get("measurement.unit.code")
    if currency is None:
        return Term(TermKind.PERCENT, amount, sign=sign)
    qualified = None if unit is None else unit + component.get("measurement.unit.qualifier.code", "")
    return Term(TermKind.SPECIFIC, amount, currency, unit=qualified, sign=sign)


def _condition(told: Fields, components: Mapping[str, Sequence[Fields]]) -> Condition | str:
    _, actions = load_expressions()
    held = components.get(told["measure.condition.sid"], ())
    rate = rate_of(held) if held else None
    if isinstance(rate, str):
        return rate
    action = told.get("action.code", "").zfill(2) if told.get("action.code") else ""
    effect = actions.get(action, "applies")
    document = told.get("certificate.type.code", "") + told.get("certificate.code", "")
    if not document and told.get("condition.duty.amount"):
        effect = "price"
    sequence = told.get("component.sequence.number", "0")
    return Condition(
        group=told.get("condition.code", ""),
        sequence=int(sequence) if sequence.isdigit() and len(sequence) < 6 else 0,
        effect="rate" if effect == "applies" and rate is not None else effect,
        document=document or None,
        rate=rate,
        action=action or None,
    )


def areas_of(areas: Iterable[Fields], memberships: Iterable[Fields], descriptions: Mapping[str, str]) -> list[Area]:
    """Return the areas with their members; a membership of an area that is not known is left out."""
    ids = {one["geographical.area.sid"]: one.get("geographical.area.id", "") for one in areas}
    held: dict[str, list[Membership]] = {}
    for one in memberships:
        group, member = ids.get(one["geographical.area.group.sid"]), ids.get(one["geographical.area.sid"])
        if group and member:
            first, last = date.fromisoformat(one[FIRST]), one.get(LAST)
            held.setdefault(group, []).append(Membership(member, first, date.fromisoformat(last) if last else None))
    return [
        Area(id_, tuple(sorted(held.get(id_, ()), key=lambda one: (one.member, one.first))), descriptions.get(sid, ""))
        for sid, id_ in ids.items()
        if id_
    ]


def lines_of(lines: Iterable[Fields], indents: Iterable[Fields], descriptions: Mapping[str, str]) -> list[TariffLine]:
    """Return the nomenclature's lines. The line above is told where the indents say another than the digits do."""
    depth = {
        one["goods.nomenclature.sid"]: int(one["number.indents"])
        for one in indents
        if "goods.nomenclature.sid" in one and _DEPTH.fullmatch(one.get("number.indents", ""))
    }
    known = [one for one in lines if _CODE.fullmatch(one.get("goods.nomenclature.item.id", ""))]
    told = sorted(known, key=lambda one: (one["goods.nomenclature.item.id"], one.get("productline.suffix", "80")))
    made: list[TariffLine] = []
    above: list[tuple[int, str]] = []
    for one in told:
        sid, item = one["goods.nomenclature.sid"], one["goods.nomenclature.item.id"]
        code = significant(item)
        level = -1 if len(code) <= 2 else depth.get(sid)
        parent = None
        if level is not None:
            while above and above[-1][0] >= level:
                above.pop()
            parent = above[-1][1] if above else None
            above.append((level, code))
        if parent is None or code.startswith(parent):
            parent = None
        last = one.get(LAST)
        if one.get("productline.suffix", "80") == "80":
            first = date.fromisoformat(one[FIRST])
            made.append(
                TariffLine(code, descriptions.get(sid, ""), parent, first, date.fromisoformat(last) if last else None)
            )
    return made


@dataclass(frozen=True)
class QuotaParts:
    """The records that make one quota period."""

    definition: Fields
    events: Sequence[tuple[str, Fields]] = ()
    blocked: Sequence[Fields] = ()
    suspended: Sequence[Fields] = ()


def quota_of(parts: QuotaParts) -> QuotaDefinition:
    """Return the quota period, with the balance of its last balance event."""
    told = parts.definition
    balances = [one for kind, one in parts.events if kind == "quota.balance.event" and "new.balance" in one]
    critical = [one for kind, one in parts.events if kind == "quota.critical.event"]
    newest = max(balances, key=lambda one: one["occurrence.timestamp"], default=None)
    state = max(critical, key=lambda one: one["occurrence.timestamp"], default=None)
    unit = told.get("measurement.unit.code")
    threshold = told.get("critical.threshold", "90")
    closed = [
        (date.fromisoformat(one[f"{word}.start.date"]), date.fromisoformat(one[f"{word}.end.date"]), reason)
        for word, reason, held in (("blocking", "blocked", parts.blocked), ("suspension", "suspended", parts.suspended))
        for one in held
        if f"{word}.start.date" in one and f"{word}.end.date" in one
    ]
    last = told.get(LAST)
    return QuotaDefinition(
        id=told["quota.definition.sid"],
        order_number=told.get("quota.order.number.id", ""),
        first=date.fromisoformat(told[FIRST]),
        last=date.fromisoformat(last) if last else None,
        volume=Decimal(told.get("volume", "0")),
        unit=None if unit is None else unit + told.get("measurement.unit.qualifier.code", ""),
        balance=Decimal(newest["new.balance"]) if newest else None,
        critical_threshold=int(threshold) if threshold.isdigit() and len(threshold) <= 3 else 90,
        is_critical=(state or told).get("critical.state") == "Y",
        closed=tuple(sorted(closed)),
    )
