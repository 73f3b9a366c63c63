"""What rows the sheets of an XLSX workbook hold (ECMA-376); its size unpacked was bounded before it came here."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any

import python_calamine

from comity.features.codes.entries import CodeLimits
from comity.foundation.errors import ComityError


class SheetsRefused(ComityError):
    """The workbook of code lists cannot be opened: save it again as .xlsx, without a password."""

    code = "codes.workbook-malformed"
    status = 422


def rows_of_sheets(content: bytes, *, limits: CodeLimits) -> Iterator[tuple[str, list[tuple[int, Sequence[Any]]]]]:
    """Yield each sheet's name and its rows with their numbers from 1.

    Raises:
        SheetsRefused: the bytes are no workbook, or it holds more rows than are read.
    """
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = book.sheet_names
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise SheetsRefused from error
    for name in names:
        try:
            sheet = book.get_sheet_by_name(name)
            if sheet.height > limits.max_entries or sheet.width > limits.max_columns:
                raise SheetsRefused(f"Expected at most {limits.max_entries} rows and {limits.max_columns} columns.")
            start = (sheet.start or (0, 0))[0]
            rows = sheet.to_python(skip_empty_area=True)
        except (python_calamine.CalamineError, OSError, ValueError) as error:
            raise SheetsRefused from error
        yield name, [(start + number, cells) for number, cells in enumerate(rows, start=1)]
