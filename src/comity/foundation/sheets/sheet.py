"""What a sheet of a workbook is: its name and its rows of cells; and why a workbook is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

Row = list[Any]
MOST_COLUMNS = 256
MOST_ROWS = 2**20
"""What a sheet has in the usual spreadsheets (ECMA-376 sets no limit)."""
MOST_MERGED_ROWS = 100_000
"""A guess: where more rows are merged, nobody typed them, and what is kept of each would fill the memory."""
MOST_MERGED_CELLS = 1_000_000
"""A guess, as above: a library that writes the workbook again makes an object for each cell that is merged."""


@dataclass(slots=True)
class Sheet:
    """A sheet of a workbook: its rows with their numbers, empty rows left out; merged rows are known when it is read.

    Empty cells are `""`; a formula without a stored value is `=`; errors are as the spreadsheet shows them. A row has
    at most 257 cells: whoever reads it sees from the last that there are more than 256.
    """

    name: str
    is_hidden: bool
    rows: Callable[[], Iterator[tuple[int, Row]]]
    merged_rows: set[int] = field(default_factory=set)


class WorkbookRefused(Exception):
    """The workbook cannot be opened: save it again as .xlsx or .ods, without a password."""

    reason = "workbook-malformed"
    """The last word of a finding's code; before it stands what the workbook was to be."""

    @property
    def message(self) -> str:
        """Return what to do."""
        return (self.__doc__ or "").strip()


class WorkbookTooLarge(WorkbookRefused):
    """The workbook holds more than is read when it is unpacked: send it in several files."""

    reason = "too-large"


class WorkbookHasEntities(WorkbookRefused):
    """The workbook holds a document type declaration, which is never read: save it again as .xlsx."""

    reason = "doctype-refused"
