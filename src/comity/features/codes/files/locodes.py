"""What is in UN/LOCODE as UNECE publishes it (Recommendation 16): parts of a CSV without headings, or with them.

Columns: change mark, country, place, name, name without accents, subdivision, function or status, status or function,
date, IATA code, coordinates, remarks. A row without a place code heads a country or points to another name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from comity.features.codes.entries import CodeEntry, Published, PublishedList, Remarks
from comity.features.codes.files.assemble import assembled
from comity.features.codes.files.cell import CellWrong, name_in, text_of
from comity.features.codes.files.layouts import plain

LIST = "UNLOCODE"
_HEADINGS = ("change", "country", "location", "name", "namewodiacritics", "subdivision")
_MARK = re.compile(r"[+#X|=*!¦]?")
_COUNTRY = re.compile("[A-Z]{2}")
_PLACE = re.compile("[A-Z2-9]{3}")
_FUNCTION = re.compile(r"[0-9B-]{8}")
_COORDINATES = re.compile(r"[0-9]{4}[NS] [0-9]{5}[EW]")
Rows = Sequence[tuple[int, Sequence[Any]]]


def is_locode_table(rows: Rows) -> bool:
    """Claim that the rows are UNECE's own layout."""
    first = [plain(text_of(cell)) for cell in rows[0][1]]
    if first[:3] == list(_HEADINGS[:3]) and "subdivision" in "".join(first):
        return True
    sample = rows[:20]
    return all(_is_row(cells) for _, cells in sample)


def _is_row(cells: Sequence[Any]) -> bool:
    if not 11 <= len(cells) <= 13:
        return False
    mark, country, place = (text_of(cell) for cell in cells[:3])
    return bool(_MARK.fullmatch(mark) and _COUNTRY.fullmatch(country) and (not place or _PLACE.fullmatch(place)))


def read_locodes(rows: Rows, remarks: Remarks) -> Published:
    """Return the list UNLOCODE; a place marked for removal is in it until an issue no longer holds it."""
    if plain(text_of(rows[0][1][0])) == "change":
        rows = rows[1:]
    found: list[tuple[CodeEntry, str]] = []
    for number, cells in rows:
        texts = [text_of(cell) for cell in cells]
        if len(texts) > 2 and not texts[2]:
            continue  # the head of a country, or a reference to another name
        if len(texts) < 4 or not (_COUNTRY.fullmatch(texts[1]) and _PLACE.fullmatch(texts[2])):
            remarks.error(
                "row-invalid",
                f"row {number}",
                "Expected two letters of the country and three of the place (UN/ECE Recommendation 16).",
            )
            continue
        try:
            entry = CodeEntry(texts[1] + texts[2], name_in(texts[3]), attributes=_attributes(texts) or None)
        except CellWrong as wrong:
            remarks.error("row-invalid", f"row {number}", f"Expected {wrong}. Correct the row.")
            continue
        found.append((entry, f"row {number}"))
    return Published([PublishedList(LIST, assembled(found, remarks))])


def _attributes(texts: Sequence[str]) -> dict[str, str]:
    told = {"change": texts[0], "name without accents": texts[4] if len(texts) > 4 and texts[4] != texts[3] else ""}
    for text in texts[5:]:
        if _FUNCTION.fullmatch(text):
            told["function"] = text
        elif _COORDINATES.fullmatch(text):
            told["coordinates"] = text
    if len(texts) > 5:
        told["subdivision"] = texts[5]
    return {name: text[:200] for name, text in told.items() if text}
