"""What of a document another format can carry, and the file in that format: written one document at a time."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from comity.features.declarations.canonical import lost_paths
from comity.features.declarations.errors import NotWritable
from comity.features.declarations.formats.record_json.write import write_record_json
from comity.features.declarations.formats.tabular.column import Column
from comity.features.declarations.formats.tabular.seen import Seen
from comity.features.declarations.formats.tabular.table_kinds import TableKind, kind_of_document
from comity.features.declarations.formats.tabular.words import words_of
from comity.features.declarations.formats.tabular.write import Cells, labels_of, lost_in, rows_of, spelled
from comity.features.declarations.formats.wco_xml.read import read_wco_xml
from comity.features.declarations.formats.wco_xml.write import write_wco_xml
from comity.features.declarations.reading import DEFAULT_LIMITS, ReadDocument
from comity.foundation.trade.declaration import Declaration
from comity.foundation.trade.trade_document import TradeDocument, name_of

WINDOW = 2_000
"""Documents of a table held back to learn which columns they use; a longer table has every column (a guess)."""


@dataclass(frozen=True, slots=True)
class Converted:
    """What became of a document: `lost` are the paths in its record that the target cannot carry.

    `is_written` is False where the target has no place for such a document at all.
    """

    position: int
    kind: str
    is_written: bool
    lost: tuple[str, ...] = ()


@dataclass(slots=True)
class _Csv:
    """Writes one table: the kind of the first document; what the rows do not hold is told."""

    out: BinaryIO
    language: str | None
    kind: TableKind | None = None
    columns: list[Column] | None = None
    held: list[Cells] = field(default_factory=list)
    documents: int = 0
    is_begun: bool = False
    references: Seen = field(default_factory=Seen)

    def write(self, document: TradeDocument) -> tuple[str, ...] | None:
        kind = self.kind or kind_of_document(document)
        rows = [] if kind is None else rows_of(document, kind)
        if kind is None or not rows or kind.key not in rows[0]:
            return None
        if not self.references.add(rows[0][kind.key]):
            return None
        self.kind = kind
        lost, _ = lost_in(document, rows, kind)
        self.held += rows
        self.documents += 1
        if self.documents == WINDOW:
            self.columns = list(kind.columns)
        if self.columns is not None or len(self.held) >= 4 * WINDOW:
            self._flush()
        return tuple(lost)

    def end(self) -> None:
        self._flush()

    def _flush(self) -> None:
        kind = self.kind
        if kind is None:
            return
        words = None if self.language is None else words_of(self.language)
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=";" if words is not None and words.decimal_mark == "," else ",")
        if not self.is_begun:
            self.is_begun = True
            used = {name for row in self.held for name in row}
            self.columns = self.columns or [column for column in kind.columns if column.name in used]
            writer.writerow(labels_of(self.columns, words))
        writer.writerows(spelled(row, self.columns or (), words) for row in self.held)
        self.out.write(text.getvalue().encode())
        self.held.clear()


@dataclass(frozen=True, slots=True)
class _WcoXml:
    """Writes XML documents one after another; what reading them back does not give is told."""

    out: BinaryIO

    def write(self, document: TradeDocument) -> tuple[str, ...] | None:
        if not isinstance(document, Declaration):
            return None
        try:
            content = write_wco_xml(document)
        except NotWritable:
            return None
        read = next(read_wco_xml(content, limits=DEFAULT_LIMITS))
        self.out.write(content + b"\n")
        if read.document is None:
            return tuple(sorted({finding.path for finding in read.findings}))
        return tuple(lost_paths(document, read.document))

    def end(self) -> None:
        """Do nothing: each document is complete."""


@dataclass(frozen=True, slots=True)
class _Json:
    """Writes canonical records, one a line; they carry everything."""

    out: BinaryIO

    def write(self, document: TradeDocument) -> tuple[str, ...] | None:
        self.out.write(write_record_json(document))
        return ()

    def end(self) -> None:
        """Do nothing: each line is complete."""


TARGETS: dict[str, Callable[[BinaryIO, str | None], _Csv | _WcoXml | _Json]] = {
    "wco-xml": lambda out, _: _WcoXml(out),
    "csv": _Csv,
    "json": lambda out, _: _Json(out),
}
"""The formats that can be written, by name."""


def convert(
    documents: Iterable[ReadDocument], out: BinaryIO, *, target: str, language: str | None = None
) -> Iterator[Converted]:
    """Write the documents that could be read, and yield what became of each; nothing is written before it is asked."""
    writer = TARGETS[target](out, language)
    for one in documents:
        if one.document is None:
            continue
        lost = writer.write(one.document)
        yield Converted(one.position, name_of(one.document), lost is not None, lost or ())
    writer.end()
