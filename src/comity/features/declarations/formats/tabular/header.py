"""Which column of a table is which: the header row in any of the languages, its kind of table and its delimiter."""

from __future__ import annotations

import csv
import difflib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from comity.features.declarations.formats.tabular.cells import Cell, text_of
from comity.features.declarations.formats.tabular.column import Column
from comity.features.declarations.formats.tabular.table_kinds import BY_KEY, TABLES, TableKind
from comity.features.declarations.formats.tabular.words import LANGUAGES, alike, words_of
from comity.foundation.errors import Finding

DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True, slots=True)
class Header:
    """A header row: the kind of table, the column at each position (None: not read), the language of most labels."""

    kind: TableKind
    columns: tuple[Column | None, ...]
    language: str

    def positions(self) -> dict[str, int]:
        """Return the position of each column by its name."""
        return {column.name: place for place, column in enumerate(self.columns) if column is not None}


def delimiter_of(header_line: str) -> str:
    """Return the delimiter under which most cells of the header are known columns."""
    return max(DELIMITERS, key=lambda delimiter: sum(map(_is_known, _split(header_line, delimiter))))


def known_headers(text: str) -> int:
    """Return how many columns named beyond ASCII the first line of a text has: a wrong encoding has none."""
    line = text.lstrip("\r\n").partition("\n")[0]
    cells = {cell for delimiter in DELIMITERS for cell in _split(line, delimiter)}
    return sum(_is_known(cell) for cell in cells if not cell.isascii())


def _split(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line.strip("\r\n")], delimiter=delimiter), [])
    except csv.Error:
        return []


def _is_known(cell: str) -> bool:
    name = alike(cell)
    return any(name in _names(kind.name) for kind in TABLES)


def kind_of_header(cells: Sequence[Cell]) -> TableKind | None:
    """Return the kind of table a header row begins, by the column that groups rows; None for any other row."""
    found = {_keys().get(alike(text_of(cell))) for cell in cells}
    return next((BY_KEY[key] for key in BY_KEY if key in found), None)


def header_of(cells: Sequence[Cell], *, place: str) -> tuple[Header | None, list[Finding]]:
    """Return the header that a row is, and what is wrong with it.

    A header that starts with `#` is a remark: its column is not read. Every other unknown one is an error.
    """
    kind = kind_of_header(cells)
    if kind is None:
        keys = ", ".join(f"“{one}”" for one in BY_KEY)
        message = f"Expected a header row with one of the columns {keys}; none came. Begin with `comity template`."
        return None, [Finding("declarations.header-missing", place, message)]
    names = _names(kind.name)
    columns: list[Column | None] = []
    languages: Counter[str] = Counter()
    findings: list[Finding] = []
    for number, cell in enumerate(cells, start=1):
        text = text_of(cell)
        name = alike(text)
        if not name or name.startswith("#"):
            columns.append(None)
            continue
        if name not in names:
            advice = _advice(name, kind)
            message = f"The column is not known. {advice}"
            findings.append(Finding("declarations.column-unknown", f"{place}, column {number}", message))
            columns.append(None)
            continue
        column, spoken = names[name]
        languages.update(spoken)
        if column in columns:
            message = "The column came twice. Keep one."
            findings.append(Finding("declarations.column-repeated", f"{place}, column {column.name}", message))
        columns.append(column)
    language = max(LANGUAGES, key=lambda one: languages[one])
    return Header(kind, tuple(columns), language), findings


def _advice(name: str, kind: TableKind) -> str:
    nearest = difflib.get_close_matches(name[:60], _names(kind.name), n=1)
    if not nearest:
        return "Remove it, or start its header with “#”."
    column, languages = _names(kind.name)[nearest[0]]
    label = words_of(languages[0]).label_of(column.name)
    return f"Did you mean {column.name} (“{label}”)?"


@cache
def _names(kind: str) -> dict[str, tuple[Column, tuple[str, ...]]]:
    """Return what each column may be called, with the languages that call it so: field names are English."""
    found: dict[str, tuple[Column, tuple[str, ...]]] = {}
    for column in next(one for one in TABLES if one.name == kind).columns:
        for language in LANGUAGES:
            for label in (column.name, words_of(language).label_of(column.name))[language != "en" :]:
                name = alike(label)
                spoken = found[name][1] if name in found else ()
                if language not in spoken:
                    found[name] = column, (*spoken, language)
    return found


@cache
def _keys() -> dict[str, str]:
    return {
        name: kind.key for kind in TABLES for name, (column, _) in _names(kind.name).items() if column.name == kind.key
    }
