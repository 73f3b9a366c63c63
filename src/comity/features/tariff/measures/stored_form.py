"""How are measures, areas, lines and quotas written into rows and read from them? Rates and numbers as text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from comity.features.tariff.expression import parse_rate
from comity.features.tariff.measure import Area, Condition, Measure, Membership, QuotaDefinition, TariffLine

_rate = lru_cache(maxsize=10_000)(parse_rate)


def measure_as_row(measure: Measure, schedule: str) -> dict[str, Any]:
    """Return the row of a measure; what is absent is left out of its terms."""
    terms = {
        "rate": str(measure.rate),
        "additional_code": measure.additional_code,
        "order_number": measure.order_number,
        "excluded": list(measure.excluded),
        "conditions": [_condition_as_terms(one) for one in measure.conditions],
        "legal_reference": measure.legal_reference,
        "footnotes": list(measure.footnotes),
    }
    return {
        "id": measure.id,
        "schedule": schedule,
        "type": measure.type,
        "code": measure.code,
        "area": measure.area,
        "first": measure.first,
        "last": measure.last,
        "terms": {name: value for name, value in terms.items() if value},
    }


def measure_from_row(row: Mapping[str, Any]) -> Measure:
    """Return the measure of a row."""
    terms = row["terms"]
    return Measure(
        id=row["id"],
        type=row["type"],
        code=row["code"],
        area=row["area"],
        rate=_rate(terms["rate"]),
        first=row["first"],
        last=row["last"],
        additional_code=terms.get("additional_code"),
        order_number=terms.get("order_number"),
        excluded=tuple(terms.get("excluded", ())),
        conditions=tuple(_condition_from_terms(one) for one in terms.get("conditions", ())),
        legal_reference=terms.get("legal_reference"),
        footnotes=tuple(terms.get("footnotes", ())),
    )


def area_as_row(area: Area, schedule: str) -> dict[str, Any]:
    """Return the row of an area."""
    members = [[one.member, one.first.isoformat(), one.last and one.last.isoformat()] for one in area.members]
    return {"id": area.id, "schedule": schedule, "description": area.description, "members": members}


def area_from_row(row: Mapping[str, Any]) -> Area:
    """Return the area of a row."""
    members = tuple(
        Membership(member, date.fromisoformat(first), date.fromisoformat(last) if last else None)
        for member, first, last in row["members"]
    )
    return Area(row["id"], members, row["description"])


def line_as_row(line: TariffLine, schedule: str) -> dict[str, Any]:
    """Return the row of a line of the nomenclature."""
    return {
        "code": line.code,
        "first": line.first,
        "last": line.last,
        "schedule": schedule,
        "parent": line.parent,
        "description": line.description,
    }


def quota_as_row(quota: QuotaDefinition, schedule: str) -> dict[str, Any]:
    """Return the row of a quota period."""
    terms: dict[str, Any] = {
        "volume": str(quota.volume),
        "unit": quota.unit,
        "balance": None if quota.balance is None else str(quota.balance),
        "critical_threshold": quota.critical_threshold,
        "is_critical": quota.is_critical,
        "closed": [[first.isoformat(), last and last.isoformat(), why] for first, last, why in quota.closed],
    }
    return {
        "id": quota.id,
        "schedule": schedule,
        "order_number": quota.order_number,
        "first": quota.first,
        "last": quota.last,
        "terms": terms,
    }


def quota_from_row(row: Mapping[str, Any]) -> QuotaDefinition:
    """Return the quota period of a row."""
    terms = row["terms"]
    return QuotaDefinition(
        id=row["id"],
        order_number=row["order_number"],
        first=row["first"],
        last=row["last"],
        volume=Decimal(terms["volume"]),
        unit=terms["unit"],
        balance=None if terms["balance"] is None else Decimal(terms["balance"]),
        critical_threshold=terms["critical_threshold"],
        is_critical=terms["is_critical"],
        closed=tuple(
            (date.fromisoformat(first), date.fromisoformat(last) if last else None, why)
            for first, last, why in terms["closed"]
        ),
    )


def _condition_as_terms(condition: Condition) -> dict[str, Any]:
    told = {
        "group": condition.group,
        "sequence": condition.sequence,
        "effect": condition.effect,
        "document": condition.document,
        "rate": None if condition.rate is None else str(condition.rate),
        "action": condition.action,
    }
    return {name: value for name, value in told.items() if value is not None}


def _condition_from_terms(told: Mapping[str, Any]) -> Condition:
    rate = told.get("rate")
    return Condition(
        told["group"],
        told["sequence"],
        told["effect"],
        told.get("document"),
        None if rate is None else _rate(rate),
        told.get("action"),
    )


def line_from_row(row: Mapping[str, Any]) -> TariffLine:
    """Return the line of a row."""
    return TariffLine(row["code"], row["description"], row["parent"], row["first"], row["last"])
