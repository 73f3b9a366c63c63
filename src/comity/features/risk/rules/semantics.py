"""How do DuckDB's functions behave? The same answers in Python, for one row.

Every function here is compared with DuckDB itself in the differential tests.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import lru_cache

from comity.features.risk.rules.engine import letter_changes

_WHOLE_FROM = 2.0**52  # from here on every double is a whole number


def rounded(value: float, digits: int = 0) -> float:
    """Return the nearest number with `digits` decimals, halves away from zero (C `round(x·10ⁿ)/10ⁿ`)."""
    if isinstance(value, int):
        return value
    scale = 10.0**digits
    scaled = value * scale
    if abs(scaled) >= _WHOLE_FROM:
        return value if math.isinf(scaled) else scaled / scale
    down = math.floor(abs(scaled))
    return math.copysign(down + (abs(scaled) - down >= 0.5), scaled) / scale


def floored(value: float) -> float:
    """Return the greatest whole number not above `value`."""
    return float(value) if abs(value) >= _WHOLE_FROM else float(math.floor(value))


def raised(value: float) -> float:
    """Return the least whole number not below `value`."""
    return float(value) if abs(value) >= _WHOLE_FROM else float(math.ceil(value))


def remainder(left: float, right: float) -> float | None:
    """Return C `fmod`: the sign of `left`; None where it has no number."""
    return None if math.isinf(left) else math.fmod(left, right)


def number_or_unknown(value: float) -> float | None:
    """Return `value`, None for NaN."""
    return value if value == value else None  # noqa: PLR0124 - NaN alone differs from itself


def greatest(*values: object) -> object:
    """Return the greatest of the values that are known, None when none is."""
    return max((each for each in values if each is not None), default=None)  # type: ignore[type-var]  # one type, checked


def least(*values: object) -> object:
    """Return the least of the values that are known, None when none is."""
    return min((each for each in values if each is not None), default=None)  # type: ignore[type-var]  # one type, checked


def lowered(text: str) -> str:
    """Return `text` in small letters, letter by letter (no letter becomes two)."""
    return text.lower() if text.isascii() else text.translate(letter_changes("lower"))


def uppered(text: str) -> str:
    """Return `text` in capital letters, letter by letter (no letter becomes two)."""
    return text.upper() if text.isascii() else text.translate(letter_changes("upper"))


def trimmed(text: str) -> str:
    """Return `text` without spaces at both ends; other white space stays."""
    return text.strip(" ")


def left(text: str, count: int) -> str:
    """Return the first `count` characters."""
    return text[:count]


def right(text: str, count: int) -> str:
    """Return the last `count` characters."""
    return text[-count:] if count else ""


def part(text: str, start: int, count: int | None = None) -> str:
    """Return `count` characters from `start`, 1 being the first; all the rest without `count`."""
    return text[start - 1 :] if count is None else text[start - 1 : start - 1 + count]


@lru_cache(maxsize=4096)
def like(pattern: str) -> Callable[[str], bool]:
    """Return the test of a LIKE pattern: `%` any characters, `_` one; no escape. Linear in the text for each `%`."""
    parts = pattern.split("%")
    if "_" not in pattern:
        if len(parts) == 1:
            return pattern.__eq__
        if len(parts) == 2 and not parts[1]:
            return lambda text: text.startswith(parts[0])
        if len(parts) == 2 and not parts[0]:
            return lambda text: text.endswith(parts[1])
    whole = [re.compile("".join("." if each == "_" else re.escape(each) for each in one), re.DOTALL) for one in parts]
    if len(parts) == 1:
        return lambda text: whole[0].fullmatch(text) is not None
    return lambda text: _is_like(text, whole, len(parts[-1]))


def _is_like(text: str, parts: list[re.Pattern[str]], last_length: int) -> bool:
    """Match the first part at the start, the last at the end, the others greedily from the left in between."""
    first = parts[0].match(text)
    end = len(text) - last_length
    if first is None or first.end() > end or parts[-1].fullmatch(text, end) is None:
        return False
    position = first.end()
    for middle in parts[1:-1]:
        found = middle.search(text, position, end)
        if found is None:
            return False
        position = found.end()
    return True
