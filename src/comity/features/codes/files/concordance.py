"""Which codes of one edition of the Harmonized System became which of another: a table of correlations.

Two layouts: one column for each edition with the edition's year in its heading (as the WCO and UNSD publish them), or
columns for the code before and after with the two years in a third (`2022 to 2017`). The relation is not taken from
the file: it follows from the pairs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from comity.features.codes.editions import is_edition_year, name_of_edition
from comity.features.codes.entries import Published, PublishedCorrelation, Remarks
from comity.features.codes.files.cell import text_of
from comity.features.codes.files.layouts import edition_year, plain

_BETWEEN = re.compile(r"((?:19|20)[0-9]{2})\s*(?:to|-|–|>|→|/)\s*((?:19|20)[0-9]{2})")
_DIGITS = re.compile("[0-9]{3,6}")
_AFTER, _BEFORE = ("codeafter", "after"), ("codebefore", "before")
_PAIR_COLUMNS = ("adjustment", "editions", "between", "conversion")
Rows = Sequence[tuple[int, Sequence[Any]]]
_Columns = tuple[int, int, int | None]


def is_concordance(rows: Rows) -> bool:
    """Claim that the first row heads a table of correlations."""
    headings = [text_of(cell) for cell in rows[0][1]]
    return _by_adjustment(headings) is not None or _by_year(headings) is not None


def read_concordance(rows: Rows, remarks: Remarks) -> Published:
    """Return the correlations of a table, each pair of editions apart, the earlier edition first."""
    headings = [text_of(cell) for cell in rows[0][1]]
    found: dict[tuple[int, int], dict[tuple[str, str], None]] = {}
    others: dict[tuple[int, int], int] = {}
    for number, later, earlier, pair in _pairs(rows, headings, remarks):
        if not all(is_edition_year(year) for year in pair):
            others[pair] = others.get(pair, 0) + 1
            continue
        codes = _six_digits(earlier), _six_digits(later)
        if codes[0] is None or codes[1] is None:
            remarks.error("row-invalid", f"row {number}", "Expected two codes of six digits. Correct the row.")
            continue
        newer, older = pair
        if newer < older:
            codes, newer, older = (codes[1], codes[0]), older, newer
        found.setdefault((older, newer), {})[codes] = None  # type: ignore[index]
    for (newer, older), count in sorted(others.items()):
        remarks.warning(
            "edition-left-out",
            "/",
            f"{count} rows correlate {newer} with {older}: one of them is no edition of the Harmonized System, and"
            " nothing of them was taken in. Nothing to do.",
        )
    return Published(
        correlations=[
            PublishedCorrelation(name_of_edition(older), name_of_edition(newer), tuple(pairs))
            for (older, newer), pairs in sorted(found.items())
        ]
    )


def _pairs(rows: Rows, headings: list[str], remarks: Remarks) -> Iterator[tuple[int, str, str, tuple[int, int]]]:
    named = _by_adjustment(headings)
    columns: _Columns
    if named is not None:
        columns, fixed = named, None
    else:
        first, second, fixed = _by_year(headings) or (0, 1, (0, 0))
        columns = (first, second, None)
    for number, cells in rows[1:]:
        texts = [text_of(cells[index]) if index is not None and index < len(cells) else "" for index in columns]
        pair = fixed
        if pair is None:
            match = _BETWEEN.search(texts[2])
            if match is None:
                remarks.error("row-invalid", f"row {number}", "Expected the two editions' years, such as 2022 to 2017.")
                continue
            pair = int(match[1]), int(match[2])
        yield number, texts[0], texts[1], pair


def _by_adjustment(headings: Sequence[str]) -> _Columns | None:
    names = [plain(heading) for heading in headings]
    places = [
        next((names.index(word) for word in words if word in names), None) for words in (_AFTER, _BEFORE, _PAIR_COLUMNS)
    ]
    after, before, between = places
    return None if after is None or before is None or between is None else (after, before, between)


def _by_year(headings: Sequence[str]) -> tuple[int, int, tuple[int, int]] | None:
    years = [(index, year) for index, heading in enumerate(headings) if (year := edition_year(heading)) is not None]
    if len(years) != 2 or years[0][1] == years[1][1]:
        return None
    return years[0][0], years[1][0], (years[0][1], years[1][1])


def _six_digits(text: str) -> str | None:
    """Return a subheading with its leading zero, which spreadsheets drop; `0101.21` and `ex 0101 21` are read too."""
    bare = text.casefold().removeprefix("ex").replace(".", "").replace(" ", "")
    return bare.zfill(6) if _DIGITS.fullmatch(bare) and len(bare) >= 5 else None
