"""What lists JSON holds: a snapshot of many lists (EU reference data), one list, a mapping, or one object a line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from comity.features.codes.entries import CodeLimits, Published, PublishedList, Remarks
from comity.features.codes.files.cell import CellWrong, day_in, text_of
from comity.features.codes.files.table import read_table

_ENTRIES = ("listEntries", "entries", "codes", "items", "values", "rdEntry")
_DATE = ("snapshotDate", "date", "published", "validFrom", "valid_from")
_MAX_DEPTH = 200


def read_json(name: str, content: bytes, *, limits: CodeLimits) -> Published:
    """Return every list of a JSON file, or of a file with one object a line."""
    remarks = Remarks(limits.max_findings)
    value = _decoded(content)
    if value is None:
        value = _lines(content, remarks, limits)
    if value is None:
        remarks.error("file-malformed", "/", "The file is not JSON, nor JSON objects one a line. Fetch it again.")
        return Published(findings=remarks.findings)
    published = Published()
    _read_value(name, value, published, limits=limits)
    if not published.lists and not published.correlations and not published.findings:
        remarks.error("layout-unknown", "/", "Expected a list of objects with a code each; other JSON came.")
    published.findings += remarks.findings
    return published


def _decoded(content: bytes) -> Any:
    try:
        return msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _lines(content: bytes, remarks: Remarks, limits: CodeLimits) -> list[Any] | None:
    lines = content.splitlines()
    if len(lines) < 2 or len(lines) > limits.max_entries or not lines[0].lstrip().startswith(b"{"):
        return None
    found = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        value = _decoded(line)
        if isinstance(value, dict):
            found.append(value)
        else:
            remarks.error("row-invalid", f"row {number}", "Expected one JSON object in this line. Correct the line.")
    return found or None


def _read_value(name: str, value: Any, published: Published, *, limits: CodeLimits) -> None:
    if isinstance(value, list):
        _read_objects(name, value, published, limits=limits)
    elif isinstance(value, Mapping):
        inner = value.get("lists")
        if isinstance(inner, Mapping):
            _read_snapshot(value, inner, published, limits=limits)
        elif (entries := _entries_of(value)) is not None:
            own = text_of(value.get("listName") or value.get("name") or value.get("list")) or name
            _read_objects(own, entries, published, limits=limits, published_on=_day_of(value))
        elif value and all(isinstance(one, str) for one in value.values()):
            rows = [{"code": code, "name": text} for code, text in value.items()]
            _read_objects(name, rows, published, limits=limits)
        else:
            for own, one in value.items():
                if isinstance(one, list | Mapping) and (entries := _entries_of(one)) is not None:
                    _read_objects(own, entries, published, limits=limits, published_on=_day_of(value))


def _read_snapshot(
    whole: Mapping[str, Any], inner: Mapping[str, Any], published: Published, *, limits: CodeLimits
) -> None:
    about = whole.get("messageInformation")
    day = _day_of(about if isinstance(about, Mapping) else whole)
    for key, one in inner.items():
        entries = _entries_of(one)
        if entries is None:
            continue
        own = text_of(one.get("listName")) if isinstance(one, Mapping) else ""
        _read_objects(own or key, entries, published, limits=limits, published_on=day)


def _entries_of(value: Any) -> list[Any] | None:
    if isinstance(value, list):
        return value if any(isinstance(one, Mapping) for one in value) else None
    if isinstance(value, Mapping):
        return next((value[name] for name in _ENTRIES if isinstance(value.get(name), list)), None)
    return None


def _day_of(value: Mapping[str, Any]) -> Any:
    try:
        return next((day for name in _DATE if (day := day_in(value.get(name))) is not None), None)
    except CellWrong:
        return None


def _read_objects(
    name: str, objects: Sequence[Any], published: Published, *, limits: CodeLimits, published_on: Any = None
) -> None:
    """Read objects as the rows of a table whose headings are their members' names, in order of first appearance."""
    remarks = Remarks(limits.max_findings)
    headings: dict[str, int] = {}
    for one in objects:
        if isinstance(one, Mapping):
            for key in one:
                if key not in headings and len(headings) < limits.max_columns:
                    headings[key] = len(headings)
    if not headings:
        return
    rows: list[tuple[int, Sequence[Any]]] = [(0, list(headings))]
    for number, one in enumerate(objects, start=1):
        if isinstance(one, Mapping):
            rows.append((number, [one.get(heading) for heading in headings]))
        else:
            remarks.error("row-invalid", f"{name} {number}", "Expected an object for each code; another value came.")
    found = read_table(name, rows, limits=limits)
    published.lists += [PublishedList(one.name, one.entries, published_on) for one in found.lists]
    published.correlations += found.correlations
    published.findings += [*remarks.findings, *found.findings]
