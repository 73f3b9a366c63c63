"""Which column of a table is which: the header row, its delimiter and the table's decimal mark."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence

from comity.features.declarations.formats.tabular.cells import Cell, text_of
from comity.features.declarations.formats.tabular.column import Form
from comity.features.declarations.formats.tabular.columns import BY_NAME, COLUMNS, REFERENCE
from comity.foundation.errors import Finding

DELIMITERS = (",", ";", "\t")
_NUMBER_COLUMNS = frozenset(column.name for column in COLUMNS if column.form is Form.NUMBER)
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+")


def delimiter_of(header_line: str) -> str:
    """Return the delimiter under which most cells of the header are known columns."""
    return max(DELIMITERS, key=lambda delimiter: sum(_named(cell) in BY_NAME for cell in header_line.split(delimiter)))


def is_header(cells: Sequence[Cell]) -> bool:
    """Claim that a row is a header of declarations: it names the reference column."""
    return any(_named(text_of(cell)) == REFERENCE for cell in cells)


def columns_of(cells: Sequence[Cell], *, place: str) -> tuple[list[str | None], list[Finding]]:
    """Return the column name at each position (None: ignored), and what is wrong with the header.

    A header that starts with `#` is a remark: its column is ignored. Every other unknown one is an error.
    """
    names: list[str | None] = []
    findings: list[Finding] = []
    for number, cell in enumerate(cells, start=1):
        text = text_of(cell)
        name = _named(text)
        if not name or name.startswith("#"):
            names.append(None)
            continue
        if name not in BY_NAME:
            nearest = difflib.get_close_matches(name[:60], BY_NAME, n=1)
            advice = f"Did you mean {nearest[0]}?" if nearest else "Remove it, or start its header with “#”."
            findings.append(
                Finding(
                    "declarations.column-unknown", f"{place}, column {number}", f"The column is not known. {advice}"
                )
            )
            names.append(None)
            continue
        if name in names:
            findings.append(
                Finding("declarations.column-repeated", f"{place}, column {name}", "The column came twice. Keep one.")
            )
        names.append(name)
    if REFERENCE not in names:
        message = f"Expected a header row with a column “{REFERENCE}”; none came. See the column reference."
        findings.append(Finding("declarations.header-missing", place, message))
    return names, findings


def decimal_mark_of(cells: Iterable[tuple[str, str]]) -> str | None:
    """Return `.` or `,` for the number cells (column name, text) of a table; None when thousands would be guessed.

    A table whose commas could all be thousands separators is not guessed: 1,234 is a thousandfold difference.
    """
    with_comma = [text for name, text in cells if name in _NUMBER_COLUMNS and "," in text]
    if not with_comma:
        return "."
    if all(_THOUSANDS.fullmatch(text) for text in with_comma):
        return None
    return ","


def _named(text: str) -> str:
    return text.strip().strip('"').strip().lower().replace(" ", "_")
