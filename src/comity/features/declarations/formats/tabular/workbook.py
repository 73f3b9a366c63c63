"""Whether an XLSX file (ECMA-376) is safe to open, and the rows of its sheets: bounded when unpacked, no entities."""

from __future__ import annotations

import io
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar

import openpyxl

from comity.features.declarations.formats.tabular.cells import Cell
from comity.features.declarations.reading import Limits
from comity.foundation.errors import ComityError

MAX_UNPACKED_BYTES = 256 * 2**20
"""A guess: 200,000 rows of 100 cells of ten characters unpack to about this."""
MAX_PARTS = 2_000
MAX_COLUMNS = 256
_MALFORMED = (
    zipfile.BadZipFile,
    zlib.error,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    SyntaxError,
    OverflowError,
)
"""What openpyxl and zipfile raise on bytes that are no workbook."""


class WorkbookRefused(ComityError):
    """The workbook cannot be opened: save it again as .xlsx, without a password."""

    code: ClassVar[str] = "declarations.workbook-malformed"
    status: ClassVar[int] = 422


class WorkbookTooLarge(WorkbookRefused):
    """The workbook unpacks to more than is read: send the declarations in several files."""

    code: ClassVar[str] = "declarations.too-large"


class WorkbookHasEntities(WorkbookRefused):
    """The workbook holds a document type declaration, which is never read: save it again as .xlsx."""

    code: ClassVar[str] = "declarations.doctype-refused"


def sheets_of(content: bytes, *, limits: Limits) -> Iterator[tuple[str, Iterable[tuple[int, Sequence[Cell]]]]]:
    """Yield each sheet's name and its rows with their numbers from 1.

    Raises:
        WorkbookRefused: it is malformed, protected, unpacks to too much, or holds a document type.
    """
    try:
        _refuse_unsafe(content)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl tells what it does not keep: styles, extensions
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        names = [sheet.title for sheet in book.worksheets]
    except _MALFORMED as error:
        raise WorkbookRefused from error
    for number, name in enumerate(names):
        yield _printable(name), _rows(book, number, limits)


def _rows(book: openpyxl.Workbook, number: int, limits: Limits) -> Iterator[tuple[int, Sequence[Cell]]]:
    rows = iter(book.worksheets[number].iter_rows(values_only=True, max_col=MAX_COLUMNS))
    for count in range(1, 2 * limits.max_rows):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                cells: Any = next(rows, None)
        except _MALFORMED as error:
            raise WorkbookRefused from error
        if cells is None:
            return
        yield count, cells


def _refuse_unsafe(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
            raise WorkbookTooLarge
        if any(part.flag_bits & 1 for part in parts):
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


def _printable(name: str) -> str:
    return "".join(character for character in name[:31] if character.isprintable())
