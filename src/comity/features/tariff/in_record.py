"""How is an assessment told to machines and kept? Decimals as text, every charge with its arithmetic."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from comity.features.tariff.assessment import Assessed, AssessedItem
from comity.features.tariff.duty.charge import Charge
from comity.features.tariff.origin.decide import OriginDecision
from comity.features.tariff.rate import plain
from comity.features.tariff.valuation.customs_value import ItemValue


def as_record(assessed: Assessed) -> dict[str, Any]:
    """Return the assessment as JSON values."""
    return {
        "on": assessed.on.isoformat(),
        "currency": assessed.law.currency,
        "basis": assessed.law.basis,
        "law": assessed.law.source,
        "tariff_version": assessed.version,
        "total": _text(assessed.total),
        "items": [_item(item) for item in assessed.items],
        "findings": [finding.as_problem() | {"severity": finding.severity.value} for finding in assessed.findings],
    }


def _item(item: AssessedItem) -> dict[str, Any]:
    return {
        "item": item.sequence,
        "code": item.code,
        "value": _value(item.value),
        "origin": None if item.origin is None else _origin(item.origin),
        "charges": [_charge(charge) for charge in item.duty.charges],
        "total": _text(item.duty.total),
        "refused": list(item.duty.refusals),
        "asked": list(item.duty.questions),
        "differences": [
            {"group": one.group, "declared": _text(one.declared), "ours": _text(one.ours)} for one in item.differences
        ],
    }


def _value(value: ItemValue) -> dict[str, Any]:
    return {
        "amount": None if value.value is None else _text(round(value.value, 2)),
        "currency": value.currency,
        "basis": value.basis,
        "method": value.method,
        "arithmetic": list(value.lines),
        "later_costs": _text(value.later_costs),
        "missing": list(value.missing),
    }


def _origin(decision: OriginDecision) -> dict[str, Any]:
    return {
        "accepted": decision.is_accepted,
        "agreement": decision.agreement,
        "legal_reference": decision.legal_reference,
        "reasons": [
            {"question": reason.question, "holds": reason.holds, "words": reason.words} for reason in decision.reasons
        ],
        "asked": list(decision.questions),
    }


def _charge(charge: Charge) -> dict[str, Any]:
    told: dict[str, Any] = {
        "order": charge.order,
        "kind": charge.kind.value,
        "measure": charge.measure.id,
        "type": charge.measure.type,
        "rate": str(charge.rate),
        "base": plain(charge.base),
        "amount": _text(charge.amount),
        "currency": charge.currency,
        "legal_reference": charge.measure.legal_reference,
        "arithmetic": charge.arithmetic,
        "rounding": charge.rounding.source,
        "footnotes": list(charge.measure.footnotes),
        "note": charge.note,
    }
    if charge.relief is not None:
        told |= {"relief": charge.relief, "relieved": _text(charge.relieved)}
    return told


def _text(amount: Decimal) -> str:
    return f"{amount:f}"
