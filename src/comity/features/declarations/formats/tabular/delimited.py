"""What rows a text file holds: its encoding, its delimiter (RFC 4180 and the usual others), its header."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import BinaryIO

from comity.features.declarations.formats.tabular.encoding import NAMES, Encoding, encoding_of
from comity.features.declarations.formats.tabular.header import delimiter_of, header_of, known_headers
from comity.features.declarations.formats.tabular.table import CHUNK_ROWS, Chunk, Table, TableCut, squared
from comity.features.declarations.reading import FileSource
from comity.foundation.errors import Finding, Severity
from comity.foundation.sheets.sheet import Row

_LOOK_BYTES = 2**20
_JUDGED_BYTES = 2**22
"""How much is looked at to judge a code page, from the first byte that is not ASCII: a guess."""
MOST_KEPT_BYTES = 16 * 2**20
"""Up to this size the rows are kept from the first pass to the second; a larger file is read twice."""


@dataclass(frozen=True, slots=True)
class TextSource:
    """A text file, on disk or in memory: how it is written, and how to open it again."""

    opened: Callable[[], BinaryIO]
    encoding: Encoding
    delimiter: str
    is_small: bool

    @contextmanager
    def reading(self) -> Iterator[Iterator[Row]]:
        """Give the cells of each row, also of empty ones.

        Raises:
            UnicodeDecodeError: bytes of another encoding came. csv.Error: a row is not closed.
        """
        with io.TextIOWrapper(self.opened(), encoding=self.encoding.codec, newline="") as text:
            yield csv.reader(text, delimiter=self.delimiter, strict=True)


def text_source(source: bytes | FileSource, findings: list[Finding]) -> TextSource | None:
    """Return how a text file is written; None when that cannot be told, which is then a finding."""
    if isinstance(source, bytes):
        content = source
        opened: Callable[[], BinaryIO] = lambda: io.BytesIO(content)  # noqa: E731
        size = len(source)
    else:
        opened = source.open
        size = source.size
    head, sample = _sampled(FileSource(source.path).open if isinstance(source, FileSource) else opened)
    encoding = encoding_of(sample, known_headers=known_headers)
    if encoding is None:
        message = "The file is not UTF-8, and its bytes do not show which code page it is in. Save it as “CSV UTF-8”."
        findings.append(Finding("declarations.encoding", "/", message))
        return None
    if encoding.is_judged:
        name = NAMES.get(encoding.codec, "UTF-16")
        message = f"The file was read as {name}, as its words show. Save it as “CSV UTF-8” to be sure."
        findings.append(Finding("declarations.encoding-judged", "/", message, Severity.WARNING))
    line = head.decode(encoding.codec, errors="replace").lstrip("\ufeff\r\n").partition("\n")[0]
    return TextSource(opened, encoding, delimiter_of(line), size <= MOST_KEPT_BYTES)


def _sampled(opened: Callable[[], BinaryIO]) -> tuple[bytes, bytes]:
    """Return the first bytes of a file, and those its encoding shows in: its first line and what is not ASCII."""
    with opened() as file:
        head = file.read(_LOOK_BYTES)
        line = head.partition(b"\n")[0] + b"\n"
        if not head.isascii() or b"\x00" in head[:4096]:
            return head, head + file.read(_JUDGED_BYTES - _LOOK_BYTES)
        while chunk := file.read(_LOOK_BYTES):
            if not chunk.isascii():
                return head, line + chunk + file.read(_JUDGED_BYTES)
    return head, head


def text_table(source: TextSource, findings: list[Finding]) -> Table | None:
    """Return the table of a text file; None when its first row is no header, which is then a finding."""
    try:
        with source.reading() as rows:
            start, cells = next((place, row) for place, row in enumerate(rows, start=1) if any(map(str.strip, row)))
    except StopIteration:
        findings.append(Finding("declarations.document-empty", "/", "The table has no header and no rows. Add them."))
        return None
    except (csv.Error, UnicodeDecodeError) as error:
        findings.append(_unreadable(error, 1))
        return None
    header, faults = header_of(cells, place=f"row {start}")
    findings += faults
    if header is None or faults:
        return None
    return Table(header, _Rows(source, start, len(header.columns)).chunks)


@dataclass(slots=True)
class _Rows:
    """The rows of a text file below its header, kept from the first pass where the file is small."""

    source: TextSource
    start: int
    width: int
    kept: list[Chunk] = field(default_factory=list)
    cut: TableCut | None = None
    is_kept: bool = False

    def chunks(self) -> Iterator[Chunk]:
        """Yield the rows.

        Raises:
            TableCut: the file is cut off, or not in its encoding from here on.
        """
        if self.is_kept:
            yield from self.kept
        else:
            for chunk in self._read():
                if self.source.is_small:
                    self.kept.append(chunk)
                yield chunk
            self.is_kept = self.source.is_small
        if self.cut is not None:
            raise self.cut

    def _read(self) -> Iterator[Chunk]:
        number = self.start
        with self.source.reading() as lines:
            rows = islice(lines, self.start, None)
            while self.cut is None:
                read: list[Row] = []
                try:
                    read.extend(islice(rows, CHUNK_ROWS))
                except (csv.Error, UnicodeDecodeError) as error:
                    self.cut = TableCut(_unreadable(error, number + len(read) + 1))
                if read:
                    yield squared(read, range(number + 1, number + 1 + len(read)), self.width)
                number += len(read)
                if len(read) < CHUNK_ROWS:
                    return


def _unreadable(error: csv.Error | UnicodeDecodeError, number: int) -> Finding:
    if isinstance(error, UnicodeDecodeError):
        message = "Bytes of another encoding came here. Save the whole file as “CSV UTF-8”."
        return Finding("declarations.encoding", f"row {number}", message)
    message = "The row is not CSV: a quotation mark is not closed, or a cell is too long. Was the file cut off?"
    return Finding("declarations.csv-malformed", f"row {number}", message)
