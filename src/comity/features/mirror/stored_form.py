"""In which JSON form are reasons and comparisons stored, and how do they come back?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from comity.features.mirror.discrepancies import Comparison, Discrepancy
from comity.features.mirror.in_words import Reason

_COMPARED = ("value_ratio", "mass_ratio", "quantity_ratio", "goods_differ", "origin_differs")


def comparison_as_stored(comparison: Comparison) -> dict[str, Any]:
    """Return ratios and findings; of the discrepancies only what tells one comparison from another."""
    row: dict[str, Any] = {name: getattr(comparison, name) for name in _COMPARED}
    return row | {
        "not_comparable": [reason_as_stored(reason) for reason in comparison.not_comparable],
        "found": [[each.kind.value, each.path, each.severity] for each in comparison.discrepancies],
    }


def comparison_from_stored(stored: dict[str, Any], discrepancies: Sequence[Discrepancy]) -> Comparison:
    """Return the comparison again, with its discrepancies read from their own rows."""
    return Comparison(
        discrepancies=tuple(discrepancies),
        not_comparable=tuple(reason_from_stored(row) for row in stored["not_comparable"]),
        **{name: stored[name] for name in _COMPARED},
    )


def reason_as_stored(reason: Reason) -> list[Any]:
    """Return message id, parameters, bits."""
    return [reason.message_id, [list(param) for param in reason.params], reason.bits]


def reason_from_stored(row: Sequence[Any]) -> Reason:
    """Return the reason that `reason_as_stored` wrote."""
    return Reason(row[0], tuple((name, text) for name, text in row[1]), row[2])
