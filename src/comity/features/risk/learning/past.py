"""How do kept lines become columns? Text unknown is None, a number NaN, as features want them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from comity.features.risk.columns import COLUMNS, SqlType
from comity.features.risk.history.store import PastLine


def columns_of(past: Sequence[PastLine]) -> dict[str, NDArray[Any]]:
    """Return lines, columnar, in the order given."""
    lines: dict[str, NDArray[Any]] = {
        "declaration_id": np.array([one.declaration_id for one in past], object),
        "item": np.array([one.item for one in past], np.int64),
        "accepted_at": np.array([one.accepted_at.replace(tzinfo=None) for one in past], "datetime64[s]"),
    }
    for column in COLUMNS:
        values = [one.facts.get(column.name) for one in past]
        if column.type is SqlType.VARCHAR:
            lines[column.name] = np.array(values, object)
        else:
            lines[column.name] = np.array([np.nan if one is None else float(one) for one in values], np.float64)
    return lines
