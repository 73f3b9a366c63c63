"""How documents are written as an XLSX workbook: one sheet, every cell text, so that no code loses its zeros."""

from __future__ import annotations

import io
from collections.abc import Sequence

import openpyxl
from openpyxl.cell import WriteOnlyCell

from comity.features.declarations.formats.tabular.words import words_of
from comity.features.declarations.formats.tabular.write import labels_of, spelled, table_of
from comity.foundation.trade.trade_document import TradeDocument


def write_xlsx(documents: Sequence[TradeDocument], *, language: str | None = None) -> bytes:
    """Return an XLSX file with one sheet.

    Raises:
        NotWritable: as for `write_csv`.
    """
    kind, columns, rows = table_of(documents)
    words = None if language is None else words_of(language)
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet((words or words_of("en")).sheets[kind.name])
    sheet.append(labels_of(columns, words))
    for row in rows:
        cells = []
        for text in spelled(row, columns, words):
            cell = WriteOnlyCell(sheet, text or None)
            cell.data_type = "s" if text else "n"
            cells.append(cell)
        sheet.append(cells)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
