"""Whether a value has the form its element must have: texts, numbers, days and codes, written as in the DDNTA (an..35).

A form gives the value as the schema sees it (blanks folded or kept) or None; it never repeats a value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

_NOTATION = re.compile(r"(an|[txaAdn])(\.\.)?([0-9]+)(?:,([0-9]))?([.+])?")
_LINE_ENDS = re.compile(r"[\t\r\n]")
_BLANKS = re.compile(r"[ \t\r\n]+")
_DECIMAL = re.compile(r"(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}")
_PRINTABLE = {"x": "[ -~]", "x.": "[!-~]", "a": "[A-Za-z]", "A": "[A-Z]", "d": "[0-9]"}


class Form(NamedTuple):
    """A form: what was expected, in words; how to look at a value; the code when it is not of the form."""

    expected: str
    accept: Callable[[str], str | None]
    code: str = "value-form"


def forms_of(special: Mapping[str, Mapping[str, Any]], notations: set[str]) -> dict[str, Form]:
    """Return every form that is named: those of the table with a pattern, the others by their notation."""
    return {name: _special(special[name]) if name in special else _form(name) for name in notations}


def _special(described: Mapping[str, Any]) -> Form:
    return Form(described["expected"], _matching(described["pattern"], fold=described.get("fold", False)))


def _form(notation: str) -> Form:
    if notation == "date":
        return Form("a day that exists, written YYYY-MM-DD", _day, "date-form")
    if notation == "instant":
        return Form("a date and time that exist, written YYYY-MM-DDThh:mm:ss", _instant, "date-form")
    match = _NOTATION.fullmatch(notation)
    if match is None:
        raise ValueError(f"{notation} is not a form: correct structure.toml")
    kind, to, size, places, mark = match[1], bool(match[2]), int(match[3]), match[4], match[5] or ""
    if kind == "n":
        return _number(size, None if places is None else int(places), is_positive=mark == "+")
    if kind in ("an", "t"):
        return _text(size, is_exact=not to, fold=kind == "t", is_tight=mark == ".")
    return _characters(kind, size, is_exact=not to, is_tight=mark == ".")


def _text(size: int, *, is_exact: bool, fold: bool, is_tight: bool) -> Form:
    least = size if is_exact else 1

    def accept(value: str) -> str | None:
        seen = _folded(value) if fold else _on_one_line(value)
        if not least <= len(seen) <= size or (is_tight and (seen[0].isspace() or seen[-1].isspace())):
            return None
        return seen

    tight = ", without blanks around it" if is_tight else ""
    return Form(f"{'a text of' if is_exact else 'a text of at most'} {size} characters{tight}", accept)


def _characters(kind: str, size: int, *, is_exact: bool, is_tight: bool) -> Form:
    inner = _PRINTABLE[kind]
    count = f"{{{size}}}" if is_exact else f"{{1,{size}}}"
    pattern = inner + count
    if is_tight and kind == "x":
        edge = _PRINTABLE["x."]
        pattern = f"{edge}{{1,2}}|{edge}{inner}{{1,{size - 2}}}{edge}"
    words = {"x": "printable ASCII characters", "a": "letters", "A": "capital letters", "d": "digits"}[kind]
    code = {"A2": "country-form", "a3": "currency-form"}.get(f"{kind}{size}", "value-form")
    most = "" if is_exact else "at most "
    return Form(f"{most}{size} {words}", _matching(pattern, fold=kind in "ad" and not is_tight), code)


def _number(size: int, places: int | None, *, is_positive: bool) -> Form:
    above = " above zero" if is_positive else ""
    if places is not None:
        words = f"a number{above} of at most {size} digits, {places} of them after the point"
        return Form(words, _decimal(size, places, is_positive=is_positive), "number-form")
    most = size if size > 9 else 10**size - 1  # n..1999 is a bound, n..5 a number of digits

    def accept(value: str) -> str | None:
        seen = _folded(value)
        is_whole = seen.isascii() and seen.isdigit() and len(seen) < 10 and (seen == "0" or seen[0] != "0")
        return seen if is_whole and int(is_positive) <= int(seen) <= most else None

    return Form(f"a whole number{above}, at most {most}", accept, "number-form")


def _decimal(size: int, places: int, *, is_positive: bool) -> Callable[[str], str | None]:
    def accept(value: str) -> str | None:
        seen = _folded(value)
        if len(seen) > 60 or _DECIMAL.fullmatch(seen) is None:
            return None
        whole, _, after = seen.partition(".")
        after = after.rstrip("0")
        if len(after) > places or len(whole.lstrip("0")) + len(after) > size:
            return None
        return None if is_positive and whole == "0" and not after else seen

    return accept


def _matching(pattern: str, *, fold: bool) -> Callable[[str], str | None]:
    matches = re.compile(pattern).fullmatch

    def accept(value: str) -> str | None:
        seen = _folded(value) if fold else _on_one_line(value)
        return seen if matches(seen) else None

    return accept


def _day(value: str) -> str | None:
    seen = _folded(value)
    try:
        date.fromisoformat(seen)
    except ValueError:
        return None
    return seen if _DAY.fullmatch(seen) else None


def _instant(value: str) -> str | None:
    seen = _folded(value)
    try:
        datetime.fromisoformat(seen)
    except ValueError:
        return None
    return seen if _INSTANT.fullmatch(seen) else None


def _folded(value: str) -> str:
    """Return a token of XML Schema: no blanks around it, one where there were several."""
    return value if value.isalnum() or not _BLANKS.search(value) else _BLANKS.sub(" ", value).strip(" ")


def _on_one_line(value: str) -> str:
    """Return a normalised string of XML Schema: each tab and line end is a blank."""
    return value if value.isalnum() or not _LINE_ENDS.search(value) else _LINE_ENDS.sub(" ", value)
