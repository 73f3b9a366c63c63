"""How documents are written as a table, one row per goods item, event or person, so that reading gives them back."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from comity.features.declarations.canonical import lost_paths, to_record
from comity.features.declarations.errors import NotWritable
from comity.features.declarations.formats.tabular.column import Column, Form
from comity.features.declarations.formats.tabular.documents import documents_of
from comity.features.declarations.formats.tabular.header import Header
from comity.features.declarations.formats.tabular.notation import Notation
from comity.features.declarations.formats.tabular.table import Chunk, Table
from comity.features.declarations.formats.tabular.table_kinds import DECLARATION, TableKind, kind_of_document
from comity.features.declarations.formats.tabular.words import Words, words_of
from comity.features.declarations.formats.tabular.write_ods import ods_of
from comity.features.declarations.formats.tabular.write_xlsx import xlsx_of
from comity.features.declarations.formats.tabular.written_sheets import SheetColumn, WrittenSheet
from comity.features.declarations.reading import DEFAULT_LIMITS
from comity.foundation.errors import Finding
from comity.foundation.trade.trade_document import TradeDocument

Cells = dict[str, str]


def write_csv(
    documents: Sequence[TradeDocument], *, delimiter: str = ",", language: str | None = None, encoding: str = "utf-8"
) -> bytes:
    """Return a CSV file with a header of every column that is used: field names, or the labels of a language.

    Raises:
        NotWritable: a document says something that no column holds, or has no reference of its own; or the encoding
            has no such letters.
    """
    _, columns, rows = table_of(documents)
    words = None if language is None else words_of(language)
    lines = [labels_of(columns, words), *(spelled(row, columns, words) for row in rows)]
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(lines)
    try:
        return text.getvalue().encode(encoding)
    except UnicodeEncodeError as error:
        raise NotWritable(f"The encoding {encoding} has not all letters of the documents: use UTF-8.") from error


def write_xlsx(documents: Sequence[TradeDocument], *, language: str | None = None) -> bytes:
    """Return an XLSX file with one sheet; otherwise as `write_csv`."""
    return xlsx_of([_sheet_of(documents, language)])


def write_ods(documents: Sequence[TradeDocument], *, language: str | None = None) -> bytes:
    """Return an ODS file with one sheet; otherwise as `write_csv`."""
    return ods_of([_sheet_of(documents, language)])


def _sheet_of(documents: Sequence[TradeDocument], language: str | None) -> WrittenSheet:
    kind, columns, rows = table_of(documents)
    words = None if language is None else words_of(language)
    shown = words or words_of("en")
    lines = [labels_of(columns, words), *(spelled(row, columns, words) for row in rows)]
    looks = [SheetColumn(max(12, min(len(label) + 2, 40))) for label in lines[0]]
    return WrittenSheet(shown.sheets[kind.name], lines, looks, is_right_to_left=shown.is_right_to_left)


def table_of(documents: Sequence[TradeDocument]) -> tuple[TableKind, list[Column], list[Cells]]:
    """Return the rows of documents of one kind and the columns they use.

    Raises:
        NotWritable: a document says something that no column holds, or has no reference of its own.
    """
    kind = (kind_of_document(documents[0]) if documents else DECLARATION) or DECLARATION
    rows: list[Cells] = []
    references: set[str] = set()
    for document in documents:
        own = rows_of(document, kind)
        reference = own[0].get(kind.key) if own else None
        if reference is None or reference in references:
            raise NotWritable("Expected documents of one kind, each with a reference of its own: use WCO XML or JSON.")
        references.add(reference)
        lost, findings = lost_in(document, own, kind)
        if lost:
            names = ", ".join(lost)
            raise NotWritable(f"The table has no place for part of the document ({names}).", findings=findings)
        rows += own
    used = {name for row in rows for name in row}
    return kind, [column for column in kind.columns if column.name in used], rows


def rows_of(document: TradeDocument, kind: TableKind) -> list[Cells]:
    """Return the rows of a document as far as the columns hold it, by field name; none for another kind of document."""
    if not isinstance(document, kind.document):
        return []
    record = to_record(document)
    head = _cells(record, kind.head)
    entries: Any = record
    for step in kind.entries_at.split("."):
        entries = entries.get(step, {})
    return [head | _cells(entry, kind.entries) for entry in entries] or [head]


def lost_in(document: TradeDocument, rows: list[Cells], kind: TableKind) -> tuple[list[str], tuple[Finding, ...]]:
    """Return the paths of what the rows do not hold, and why: the rows are read back and compared."""
    columns = tuple(column for column in kind.columns if any(column.name in row for row in rows))
    chunk = Chunk(range(2, len(rows) + 2), [tuple(row.get(column.name, "") for row in rows) for column in columns])
    findings: list[Finding] = []
    if kind.key not in {column.name for column in columns}:
        return [kind.head[0].target], ()
    table = Table(Header(kind, columns, "en"), lambda: iter([chunk]))
    read = next(
        documents_of(table, notation=Notation(), scattered=frozenset(), limits=DEFAULT_LIMITS, findings=findings)
    )
    if read.document is None:
        return sorted(_targets(read.findings, kind)) or ["/"], read.findings
    return lost_paths(document, read.document), read.findings


def labels_of(columns: Iterable[Column], words: Words | None) -> list[str]:
    """Return the header row: field names, or what a language calls the columns."""
    return [column.name if words is None else words.label_of(column.name) for column in columns]


def spelled(row: Cells, columns: Iterable[Column], words: Words | None) -> list[str]:
    """Return a row's cells as a language writes them."""
    if words is None:
        return [row.get(column.name, "") for column in columns]
    return [_spelled(row.get(column.name, ""), column, words) for column in columns]


def _spelled(text: str, column: Column, words: Words) -> str:
    if column.form is Form.FLAG and text:
        return words.yes if text == "1" else words.no
    if column.form is Form.NUMBER and words.decimal_mark != ".":
        if len(text.partition(".")[2]) == 3:
            text += "0"  # 1,234 could be read as thousands; 1,2340 cannot
        return text.replace(".", words.decimal_mark)
    return text


def _targets(findings: Iterable[Finding], kind: TableKind) -> set[str]:
    by_name = {column.name: column.target for column in kind.columns}
    named = (finding.path.rpartition("column ")[2] for finding in findings)
    return {by_name[name] for name in named if name in by_name}


def _cells(record: dict[str, Any], columns: Sequence[Column]) -> Cells:
    found: Cells = {}
    for column in columns:
        value = _at(record, column.target)
        if value is not None:
            text = _text_of(value, column.form)
            found[column.name] = f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") else text
    return found


def _at(record: Any, target: str) -> Any:
    for step in target.split("."):
        if isinstance(record, list):
            record = record[0] if len(record) == 1 else None
        if not isinstance(record, dict):
            return None
        record = record.get(step)
    return record


def _text_of(value: Any, form: Form) -> str:
    return _WRITERS.get(form, str)(value)


def _sealed(value: list[dict[str, Any]]) -> str:
    return ";".join("=".join([box.get("id", ""), *(seal["id"] for seal in box.get("seals", ()))]) for box in value)


def _packages(value: list[dict[str, Any]]) -> str:
    return ";".join(" ".join(str(part[name]) for name in _PACKAGE if name in part) for part in value)


_PACKAGE = ("quantity", "type_code", "marks")


def _reference(entry: dict[str, Any]) -> str:
    category = f"{entry['category_code']}/" if "category_code" in entry else ""
    kind = f"{category}{entry.get('type_code', '')}:" if "type_code" in entry else category
    line = f"#{entry['line']}" if "line" in entry else ""
    return f"{kind}{entry.get('id', '')}{line}"


_WRITERS: dict[Form, Callable[[Any], str]] = {
    Form.FLAG: lambda value: "1" if value else "0",
    Form.LIST: ";".join,
    Form.REFERENCE: _reference,
    Form.REFERENCES: lambda value: ";".join(map(_reference, value)),
    Form.SEALED: _sealed,
    Form.PACKAGES: _packages,
}
