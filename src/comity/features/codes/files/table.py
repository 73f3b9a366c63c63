"""What list a table holds, of whatever layout: rows of cells, from a CSV file or a sheet of a workbook."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from comity.features.codes.entries import CodeEntry, CodeLimits, Published, PublishedList, Remarks
from comity.features.codes.files.assemble import assembled
from comity.features.codes.files.cell import CellWrong, attribute_of, code_in, day_in, name_in, text_of
from comity.features.codes.files.concordance import is_concordance, read_concordance
from comity.features.codes.files.layouts import ENDED, Layout, layout_of, plain
from comity.features.codes.files.locodes import is_locode_table, read_locodes
from comity.features.codes.files.ports import is_port_index, read_ports

Rows = Sequence[tuple[int, Sequence[Any]]]
_Special = tuple[Callable[[Rows], bool], Callable[[Rows, Remarks], Published]]
_SPECIAL: tuple[_Special, ...] = (
    (is_concordance, read_concordance),
    (is_locode_table, read_locodes),
    (is_port_index, read_ports),
)


def read_table(name: str, rows: Rows, *, limits: CodeLimits) -> Published:
    """Return the list in a table; `name` is what it is called where the table does not say."""
    remarks = Remarks(limits.max_findings)
    rows = [(number, cells) for number, cells in rows if any(text_of(cell) for cell in cells)]
    if not rows:
        remarks.error("file-empty", "/", "The file holds no row. Fetch it again.")
        return Published(findings=remarks.findings)
    for is_it, read in _SPECIAL:
        if is_it(rows):
            published = read(rows, remarks)
            published.findings += remarks.findings
            return published
    published = _generic(name, rows, remarks)
    published.findings += remarks.findings
    return published


def _generic(name: str, rows: Rows, remarks: Remarks) -> Published:
    headings = [text_of(cell) for cell in rows[0][1]]
    columns = {plain(heading): index for index, heading in enumerate(headings)}
    by_list = columns.get("list", columns.get("listname"))
    body = rows[1:]
    layout = layout_of(headings, lambda index: _is_key(body, index))
    if layout is None or not body:
        remarks.error(
            "layout-unknown",
            f"row {rows[0][0]}",
            "Expected headings with a column for the code, such as code,name,valid_from,valid_to; others came.",
        )
        return Published()
    found: dict[str, list[tuple[CodeEntry, str]]] = {}
    for number, cells in body:
        if len(cells) > len(headings) and any(text_of(cell) for cell in cells[len(headings) :]):
            remarks.error(
                "row-invalid", f"row {number}", "More cells than headings came in this row. Put quotes around commas."
            )
            continue
        entry = _entry(cells, layout, headings, number=number, remarks=remarks)
        if entry is not None:
            own = text_of(cells[by_list]) if by_list is not None and by_list < len(cells) else ""
            found.setdefault(own or name, []).append((entry, f"row {number}"))
    return Published([PublishedList(each, assembled(entries, remarks)) for each, entries in found.items()])


def _is_key(rows: Rows, index: int) -> bool:
    values = [text_of(cells[index]) if index < len(cells) else "" for _, cells in rows]
    return all(values) and len(set(values)) == len(values)


def _entry(
    cells: Sequence[Any], layout: Layout, headings: Sequence[str], *, number: int, remarks: Remarks
) -> CodeEntry | None:
    named = {layout.code, layout.name, layout.valid_from, layout.valid_to, layout.state}
    column = layout.code
    try:
        code = code_in(_cell(cells, column))
        column = layout.name if layout.name is not None else column
        name = name_in(_cell(cells, layout.name))
        column = layout.valid_from if layout.valid_from is not None else column
        valid_from = day_in(_cell(cells, layout.valid_from))
        column = layout.valid_to if layout.valid_to is not None else column
        valid_to = day_in(_cell(cells, layout.valid_to))
    except CellWrong as wrong:
        remarks.error("row-invalid", f"row {number}, column {headings[column]}", f"Expected {wrong}. Correct the row.")
        return None
    if text_of(_cell(cells, layout.state)).casefold() in ENDED:
        valid_from, valid_to = None, valid_to or valid_from
    attributes = {
        heading: kept
        for index, heading in enumerate(headings)
        if index not in named and heading and (kept := attribute_of(_cell(cells, index)))
    }
    return CodeEntry(code, name, valid_from, valid_to, attributes or None)


def _cell(cells: Sequence[Any], index: int | None) -> Any:
    return cells[index] if index is not None and index < len(cells) else None
