"""How a JSON value is written so that equal values have equal bytes (RFC 8785)."""

from __future__ import annotations

from typing import Any

import rfc8785


def canonical_json(value: Any) -> bytes:
    """Return the RFC 8785 form of `value` (objects, lists, text, whole numbers, booleans, null).

    Raises:
        ValueError: the value holds something JSON cannot say.
    """
    return rfc8785.dumps(value)
