"""Workbooks built part by part, as no spreadsheet writes them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping

SHEET = "xl/worksheets/sheet1.xml"
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_ODS = "urn:oasis:names:tc:opendocument:xmlns"


def _relations(**targets: str) -> str:
    namespace = "http://schemas.openxmlformats.org/package/2006/relationships"
    lines = (
        f'<Relationship Id="{kind}" Type="{_OFFICE}/{kind}" Target="{target}"/>' for kind, target in targets.items()
    )
    return f'<Relationships xmlns="{namespace}">{"".join(lines)}</Relationships>'


def cell(place: str, text: str) -> str:
    """Return a cell of text at a place such as `A1`."""
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def sheet(rows: Iterable[str], after: str = "") -> bytes:
    """Return a sheet of rows, each already written, and of what comes after them."""
    return f"<worksheet {_MAIN}><sheetData>{''.join(rows)}</sheetData>{after}</worksheet>".encode()


def workbook(parts: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return an XLSX workbook of one sheet, in which the parts given stand for the good ones."""
    good = {
        "_rels/.rels": _relations(officeDocument="xl/workbook.xml"),
        "xl/workbook.xml": f'<workbook {_MAIN} xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="Codes" sheetId="1" r:id="worksheet"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relations(
            worksheet="worksheets/sheet1.xml", styles="styles.xml", sharedStrings="sharedStrings.xml"
        ),
        "xl/styles.xml": f"<styleSheet {_MAIN}/>",
        "xl/sharedStrings.xml": f"<sst {_MAIN}/>",
        SHEET: sheet([f"<row r='1'>{cell('A1', 'code')}</row>", f"<row r='2'>{cell('A2', 'BX')}</row>"]),
    }
    return _packed({**good, **parts}, method)


def ods(rows: str, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return an ODS workbook of one sheet with rows already written."""
    names = " ".join(f'xmlns:{one}="{_ODS}:{one}:1.0"' for one in ("office", "table", "text"))
    content = (
        f'<office:document-content {names}><office:body><office:spreadsheet><table:table table:name="Codes">{rows}'
    )
    content += "</table:table></office:spreadsheet></office:body></office:document-content>"
    return _packed({"content.xml": content}, method)


def _packed(parts: Mapping[str, str | bytes], method: int) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return packed.getvalue()
