"""How sheets are written as an XLSX workbook (ECMA-376)."""

from __future__ import annotations

import io
from collections.abc import Sequence

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.datavalidation import DataValidation

from comity.features.declarations.formats.tabular.written_sheets import WrittenSheet, letters_of


def xlsx_of(sheets: Sequence[WrittenSheet]) -> bytes:
    """Return the workbook. Cells of text columns are text, so that no code loses its zeros."""
    book = openpyxl.Workbook(write_only=True)
    bold, wrapped = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    for sheet in sheets:
        page = book.create_sheet(sheet.name)
        page.freeze_panes = "A2"
        page.sheet_view.rightToLeft = sheet.is_right_to_left
        last = len(sheet.rows) + sheet.open_rows
        for number, column in enumerate(sheet.columns):
            letters = letters_of(number)
            page.column_dimensions[letters].width = column.width
            if column.is_text:
                page.column_dimensions[letters].number_format = "@"
            if column.choices is not None:
                source = column.choices
                place = f"${letters_of(source.column)}$2:${letters_of(source.column)}${source.number + 1}"
                choice = DataValidation("list", formula1=f"'{source.sheet}'!{place}", allow_blank=True)
                choice.errorStyle, choice.showErrorMessage = "warning", True
                choice.add(f"{letters}2:{letters}{last}")
                page.data_validations.append(choice)
        for number, row in enumerate(sheet.rows):
            cells = []
            for text in row:
                cell = WriteOnlyCell(page, text or None)
                cell.data_type = "s" if text else "n"
                if number == 0:
                    cell.font, cell.alignment = bold, wrapped
                cells.append(cell)
            page.append(cells)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
