"""What documents a table holds: CSV, XLSX and ODS, one row for each goods item, consignment, event or person."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from comity.features.declarations.formats.tabular.delimited import text_source, text_table
from comity.features.declarations.formats.tabular.documents import documents_of
from comity.features.declarations.formats.tabular.survey import survey
from comity.features.declarations.formats.tabular.table import Table
from comity.features.declarations.formats.tabular.workbook import tables_of
from comity.features.declarations.reading import FileSource, Limits, ReadDocument
from comity.foundation.errors import Finding, Severity
from comity.foundation.sheets.sheet import WorkbookRefused


def read_csv(source: bytes | FileSource, *, limits: Limits, findings: list[Finding]) -> Iterator[ReadDocument]:
    """Yield the documents of a CSV file; faults of the file itself are added to `findings`. Never raises.

    A file is read in memory that does not grow with it, so its rows and documents are not limited.
    """
    if isinstance(source, FileSource):
        limits = limits._replace(max_rows=sys.maxsize, max_documents=sys.maxsize)
    try:
        text = text_source(source, findings)
        table = None if text is None else text_table(text, findings)
        if table is not None:
            yield from _documents(table, limits=limits, findings=findings)
    except OSError:
        findings.append(Finding("declarations.file-unreadable", "/", "The file cannot be read. Check the disk."))


def read_workbook(content: bytes, *, limits: Limits, findings: list[Finding]) -> Iterator[ReadDocument]:
    """Yield the documents of every sheet of an XLSX or ODS file that has a header; others are noted. Never raises."""
    position = 0
    has_header = False
    try:
        for table in tables_of(content, limits=limits, findings=findings):
            has_header = True
            before = len(findings)
            for document in _documents(table, limits=limits, findings=findings):
                position += 1
                yield ReadDocument(document.document, document.findings, position, document.content_sha256)
            if any(one.severity is Severity.ERROR for one in findings[before:]):
                return
    except WorkbookRefused as refusal:
        findings.append(Finding(f"declarations.{refusal.reason}", "/", refusal.message))
        return
    if not has_header and not any(one.severity is Severity.ERROR for one in findings):
        message = "Expected a sheet whose first row names the columns; none came. Begin with `comity template`."
        findings.append(Finding("declarations.header-missing", "/", message))


def _documents(table: Table, *, limits: Limits, findings: list[Finding]) -> Iterator[ReadDocument]:
    before = len(findings)
    seen = survey(table.header, table.chunks())
    findings += [finding if not table.place else _at_sheet(finding, table.place) for finding in seen.findings]
    if seen.rows > limits.max_rows:
        message = f"Expected at most {limits.max_rows} rows; more came. Send several files."
        findings.append(Finding("declarations.too-many-rows", "/", message))
        return
    if any(one.severity is Severity.ERROR for one in findings[before:]):
        return
    documents = documents_of(table, notation=seen.notation, scattered=seen.scattered, limits=limits, findings=findings)
    first = next(documents, None)
    if first is not None:
        yield first
        yield from documents
    elif not any(one.severity is Severity.ERROR for one in findings[before:]):
        findings.append(Finding("declarations.document-empty", "/", "The table has a header and no rows. Add them."))


def _at_sheet(finding: Finding, place: str) -> Finding:
    return Finding(finding.code, f"{place}{finding.path}", finding.message, finding.severity)
