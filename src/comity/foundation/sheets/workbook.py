"""Whether an XLSX (ECMA-376) or ODS (ISO/IEC 26300) file is safe to open, and its sheets.

Read as a stream with bounded memory, no entities, no network. What the file says of its sizes is believed because no
more than that is unpacked.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice

from lxml import etree

from comity.foundation.sheets.ods import ods_sheets
from comity.foundation.sheets.sheet import Row, Sheet, WorkbookHasEntities, WorkbookRefused, WorkbookTooLarge
from comity.foundation.sheets.xlsx import xlsx_sheets

MAX_UNPACKED_BYTES = 256 * 2**20
"""A guess: 200,000 rows of 100 cells of ten characters unpack to about this."""
MAX_PARTS = 2_000
MAX_SHEETS = 200
_PART_LISTED = b"PK\x01\x02"
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""What ECMA-376 and ISO/IEC 26300 allow; `zipfile` does not bound what other methods unpack to at once."""
MALFORMED = (
    zipfile.BadZipFile,
    zlib.error,
    etree.XMLSyntaxError,
    KeyError,
    ValueError,
    IndexError,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    OverflowError,
)
"""What zipfile, lxml and our own reading raise on bytes that are no workbook."""


def sheets_of(content: bytes) -> Iterator[Sheet]:
    """Yield the sheets in the workbook's order; the rows of each can be gone through until the next is asked for.

    Raises:
        WorkbookRefused: it is malformed, protected, unpacks to too much, or holds a document type; rows raise it too.
    """
    if content.count(_PART_LISTED) > MAX_PARTS:
        raise WorkbookTooLarge
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _refuse_unsafe(archive)
            is_ods = "content.xml" in archive.namelist()
            sheets = list(islice((ods_sheets if is_ods else xlsx_sheets)(archive), MAX_SHEETS + 1))
            if len(sheets) > MAX_SHEETS:
                raise WorkbookTooLarge
            for sheet in sheets:
                sheet.rows = partial(_guarded, sheet.rows)
                yield sheet
    except MALFORMED as error:
        raise WorkbookRefused from error


def _guarded(rows: Callable[[], Iterator[tuple[int, Row]]]) -> Iterator[tuple[int, Row]]:
    try:
        yield from rows()
    except MALFORMED as error:
        raise WorkbookRefused from error


def _refuse_unsafe(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    if sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
        raise WorkbookTooLarge
    if any(part.flag_bits & 1 or part.compress_type not in _METHODS for part in parts):
        raise WorkbookRefused
    for part in parts:
        if part.filename.endswith((".xml", ".rels")):
            _refuse_entities(archive, part)


def _refuse_entities(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    with archive.open(part) as unpacked:
        before = b""
        while chunk := unpacked.read(2**20):
            seen = before + chunk
            if b"<!DOCTYPE" in seen or b"<!ENTITY" in seen or (not before and seen[:2] in (b"\xff\xfe", b"\xfe\xff")):
                raise WorkbookHasEntities
            before = chunk[-16:]
