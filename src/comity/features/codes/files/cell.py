"""What one value of a published list says: a code, a name, a day, or something to keep beside them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from comity.features.codes.entries import MAX_CODE, MAX_NAME

_DAYS = (
    re.compile(r"(?P<y>[0-9]{4})-(?P<m>[0-9]{1,2})-(?P<d>[0-9]{1,2})(?:[T ].*)?"),
    re.compile(r"(?P<y>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})"),
    re.compile(r"(?P<d>[0-9]{1,2})[./](?P<m>[0-9]{1,2})[./](?P<y>[0-9]{4})"),
)
"""ISO 8601 with and without dashes, and day first with points or slashes."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_MOST_PARTS = 100
_MAX_ATTRIBUTE = 500


class CellWrong(ValueError):
    """The value is not of the form it must have; the text completes `Expected …`."""


def code_in(value: Any) -> str:
    """Return a code: text without blanks around it, a whole number as its digits.

    Raises:
        CellWrong: there is none, or it is too long, or holds control characters.
    """
    text = text_of(value)
    if not text:
        raise CellWrong("a code in this row; none came")
    if len(text) > MAX_CODE:
        raise CellWrong(f"a code of at most {MAX_CODE} characters; a longer one came")
    if _CONTROL.search(text):
        raise CellWrong("a code of printable characters; another came")
    return text


def name_in(value: Any) -> str:
    """Return a name, in one line.

    Raises:
        CellWrong: it is too long.
    """
    text = " ".join(text_of(value).split())
    if len(text) > MAX_NAME:
        raise CellWrong(f"a name of at most {MAX_NAME} characters; a longer one came")
    return _CONTROL.sub("", text)


def day_in(value: Any) -> date | None:
    """Return a day, or None where none is said.

    Raises:
        CellWrong: the value is no day.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = text_of(value)
    if not text:
        return None
    for form in _DAYS:
        match = form.fullmatch(text)
        if match is not None:
            try:
                return date(int(match["y"]), int(match["m"]), int(match["d"]))
            except ValueError:
                break
    raise CellWrong("a day such as 2026-01-31; something else came")


def text_of(value: Any) -> str:
    """Return a value as text without blanks around it; nothing for what is no single value."""
    if value is None or isinstance(value, bool | Mapping | list):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def attribute_of(value: Any) -> Any:
    """Return what is kept of a value beside code and name: text, or a list of texts."""
    if isinstance(value, list):
        return [text for one in value[:_MOST_PARTS] if (text := _part(one))]
    return _part(value)


def _part(value: Any) -> str:
    if isinstance(value, Mapping):
        return " ".join(text for one in list(value.values())[:_MOST_PARTS] if (text := text_of(one)))[:_MAX_ATTRIBUTE]
    if isinstance(value, bool):
        return str(value).lower()
    return _CONTROL.sub(" ", text_of(value))[:_MAX_ATTRIBUTE]
