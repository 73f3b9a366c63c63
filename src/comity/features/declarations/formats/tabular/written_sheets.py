"""What a sheet to be written is, whatever the format of the workbook: rows, columns, lists to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CodeRange:
    """Cells of another sheet to choose from: below its first row, in a column counted from 0, so many of them."""

    sheet: str
    column: int
    number: int


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """How a column looks: its width in characters, whether it is text (else a number), what may be chosen."""

    width: int = 18
    is_text: bool = True
    choices: CodeRange | None = None


@dataclass(frozen=True, slots=True)
class WrittenSheet:
    """A sheet with a header row that stays in view. `open_rows` are rows prepared for typing below those given."""

    name: str
    rows: Sequence[Sequence[str]]
    columns: Sequence[SheetColumn]
    is_right_to_left: bool = False
    open_rows: int = 0


def letters_of(column: int) -> str:
    """Return a column's letters: 0 is A, 26 is AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
