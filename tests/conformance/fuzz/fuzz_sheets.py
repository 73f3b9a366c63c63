"""Does any sheet or content of a workbook, XLSX or ODS, make a reader of code lists or of tables raise?"""

from __future__ import annotations

import io
import zipfile

from comity.features.codes.files.read import read_code_lists
from comity.features.declarations.formats.tabular.read import read_workbook
from comity.features.declarations.reading import DEFAULT_LIMITS
from tests.builders.workbooks import SHEET, workbook

PARTS = (SHEET, "xl/styles.xml", "xl/sharedStrings.xml", "xl/workbook.xml")


def one_input(data: bytes) -> None:
    """Put the bytes into one part of a good workbook, named by the first byte; a reader gives findings."""
    if data[:1] < b"\x80":
        content = workbook({PARTS[data[0] % len(PARTS)]: data[1:]} if data else {})
    else:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("content.xml", data[1:])
        content = packed.getvalue()
    read_code_lists("list.xlsx", content)
    for _ in read_workbook(content, limits=DEFAULT_LIMITS, findings=[]):
        pass
