"""Which tariff does an administration's own schedule hold? A CSV file, one measure, line or group a row.

Columns in `schedule_columns.toml`: `code` is needed, and `rate` for a measure. A row with a description and no rate is
a line of the nomenclature; a row of type `group` gives a group of countries its members.
"""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from comity.features.tariff.errors import RateUnreadable
from comity.features.tariff.expression import parse_rate
from comity.features.tariff.measure import (
    EVERYWHERE,
    Area,
    Condition,
    Measure,
    Membership,
    QuotaDefinition,
    TariffLine,
    load_measure_types,
    significant,
)
from comity.features.tariff.measures.tariff import Tariff
from comity.features.tariff.rate import Rate
from comity.features.tariff.schedule import circle_of_groups
from comity.foundation.errors import Finding, Severity

GROUP = "group"
MOST_ROWS = 1_000_000  # rows of one schedule; a guess: the largest published tariffs have some hundred thousand
MOST_FINDINGS = 1_000
EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)
ALWAYS = date(1971, 12, 31)  # the first day of a row without one
_CODE = re.compile(r"[0-9]{2,12}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_EUROPEAN_DAY = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
_LIST = re.compile(r"[|;,\s]+")
_SEPARATORS = ",;\t|"


@dataclass
class _Schedule:
    """What is read of the file so far."""

    name: str
    measures: list[Measure] = field(default_factory=list)
    lines: list[TariffLine] = field(default_factory=list)
    groups: dict[str, Area] = field(default_factory=dict)
    quotas: list[QuotaDefinition] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def find(self, code: str, path: str, message: str, severity: Severity = Severity.ERROR) -> None:
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(Finding(f"tariff.{code}", path, message, severity))


class _Wrong(ValueError):
    """A cell is not what its column holds."""

    def __init__(self, code: str, column: str, message: str) -> None:
        self.code, self.column, self.message = code, column, message
        super().__init__(message)


def read_schedule(content: bytes, *, name: str, groups: Iterable[Area] = ()) -> tuple[Tariff, list[Finding]]:
    """Return the tariff and every fault, with its row and column; `groups` are known from elsewhere."""
    schedule = _Schedule(name)
    rows = _rows(content, schedule)
    for number, row in rows:
        try:
            _read_row(row, number, schedule)
        except _Wrong as wrong:
            schedule.find(wrong.code, f"row {number}, column {wrong.column}", wrong.message)
    _check(schedule, {area.id: area for area in groups})
    areas = tuple(schedule.groups.values())
    tariff = Tariff(tuple(schedule.measures), areas, tuple(schedule.lines), tuple(schedule.quotas))
    return tariff, schedule.findings


def _rows(content: bytes, schedule: _Schedule) -> Iterator[tuple[int, dict[str, str]]]:
    if b"\x00" in content:
        schedule.find("schedule-encoding", "/", "NUL bytes came; save the schedule as CSV in UTF-8.")
        return
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
        schedule.find("schedule-encoding", "/", "UTF-8 was expected; it was read as Windows 1252.", Severity.WARNING)
    first = text.partition("\n")[0]
    separator = max(_SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        header = next(reader, [])
        names = [_column(cell) for cell in header]
        if "code" not in names or not {"rate", "description"} & set(names):
            schedule.find("schedule-header", "row 1", "A header with the columns `code` and `rate` was expected.")
            return
        for number, cells in enumerate(reader, start=2):
            if number > MOST_ROWS:
                schedule.find("schedule-too-long", f"row {number}", f"At most {MOST_ROWS} rows were expected.")
                return
            row = {name: cell.strip() for name, cell in zip(names, cells, strict=False) if name and cell.strip()}
            if row:
                yield number, row
    except csv.Error:
        schedule.find("schedule-malformed", f"row {reader.line_num}", "A row of CSV was expected; check its quotes.")


@lru_cache(maxsize=1)
def _columns() -> Mapping[str, str]:
    told = tomllib.loads((Path(__file__).parent / "schedule_columns.toml").read_text(encoding="utf-8"))
    return {word: name for name, words in told["columns"].items() for word in words}


def _column(cell: str) -> str | None:
    return _columns().get(re.sub(r"[\s\-]+", "_", cell.strip().lower()))


def _read_row(row: Mapping[str, str], number: int, schedule: _Schedule) -> None:
    type_ = row.get("type", "duty")
    if type_.lower() == GROUP:
        _read_group(row, schedule)
        return
    code = _code(row.get("code", ""))
    first, last = _day(row, "valid_from") or ALWAYS, _day(row, "valid_to")
    if last is not None and last < first:
        raise _Wrong("validity-reversed", "valid_to", "A last day not before the first day was expected.")
    if code and "description" in row:
        parent = _code(row["parent"]) if "parent" in row else None
        schedule.lines.append(TariffLine(code, row["description"][:2000], parent, first, last))
    if "rate" not in row:
        if "description" not in row:
            raise _Wrong("rate-missing", "rate", "A rate was expected, or a description of a line.")
        return
    if type_ not in load_measure_types() and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9\-]{0,29}", type_):
        raise _Wrong("type-unknown", "type", "A type of measure was expected, such as duty, preference, vat or excise.")
    made = _measure(row, number, schedule, (code, type_, first, last))
    schedule.places[made.id] = f"row {number}"
    schedule.measures.append(made)
    if "quota_volume" in row:
        schedule.quotas.append(_quota(row, made))


def _measure(
    row: Mapping[str, str], number: int, schedule: _Schedule, told: tuple[str, str, date, date | None]
) -> Measure:
    code, type_, first, last = told
    conditions: list[Condition] = []
    rate = _rate(row, "rate")
    if "document" in row:
        documents = [one for one in _LIST.split(row["document"].upper()) if one]
        conditions = [Condition("B", place, "rate", one, rate) for place, one in enumerate(documents, start=1)]
        otherwise = _rate(row, "rate_otherwise") if "rate_otherwise" in row else None
        effect = "not-applicable" if otherwise is None else "rate"
        conditions.append(Condition("B", len(documents) + 1, effect, None, otherwise))
    return Measure(
        id=f"{schedule.name}:{number}",
        type=type_,
        code=code,
        area=_area(row.get("origin", "*"), schedule),
        rate=rate,
        first=first,
        last=last,
        additional_code=row.get("additional_code", "").upper() or None,
        order_number=row.get("order_number"),
        excluded=tuple(sorted({one for one in _LIST.split(row.get("excluded", "").upper()) if one})),
        conditions=tuple(conditions),
        legal_reference=row.get("legal_reference"),
        footnotes=tuple(one for one in re.split(r"\s*\|\s*", row.get("footnotes", "")) if one),
    )


def _quota(row: Mapping[str, str], measure: Measure) -> QuotaDefinition:
    if measure.order_number is None:
        raise _Wrong("order-number-missing", "order_number", "A quota needs its order number.")
    volume = _number(row["quota_volume"], "quota_volume")
    unit = row.get("quota_unit", "").upper() or None
    return QuotaDefinition(f"quota:{measure.id}", measure.order_number, measure.first, measure.last, volume, unit)


def _read_group(row: Mapping[str, str], schedule: _Schedule) -> None:
    name = row.get("code", "").upper()
    members = [one for one in _LIST.split(row.get("origin", "").upper()) if one]
    if not name or not members:
        raise _Wrong("group-empty", "origin", "A group needs its name in `code` and its members in `origin`.")
    first, last = _day(row, "valid_from") or ALWAYS, _day(row, "valid_to")
    held = schedule.groups.get(name, Area(name)).members
    added = tuple(Membership(member, first, last) for member in members)
    schedule.groups[name] = Area(name, held + added, row.get("description", ""))


def _area(text: str, schedule: _Schedule) -> str:
    members = [one for one in _LIST.split(text.upper()) if one]
    if text.upper() in EVERYWHERE or not members:
        return "*"
    if len(members) == 1:
        return members[0]
    name = "|".join(sorted(members))
    schedule.groups.setdefault(name, Area(name, tuple(Membership(one) for one in sorted(members))))
    return name


def _rate(row: Mapping[str, str], column: str) -> Rate:
    try:
        return parse_rate(row[column])
    except RateUnreadable as error:
        raise _Wrong("rate-unreadable", column, error.message) from error


def _code(text: str) -> str:
    digits = re.sub(r"[.\s]", "", text)
    if digits in ("*", ""):
        return ""
    if not _CODE.fullmatch(digits):
        raise _Wrong("code-form", "code", "A code of 2 to 12 digits was expected, or * for all goods.")
    return significant(digits)


def _day(row: Mapping[str, str], column: str) -> date | None:
    text = row.get(column)
    if text is None:
        return None
    european = _EUROPEAN_DAY.fullmatch(text)
    try:
        day = date(int(european[3]), int(european[2]), int(european[1])) if european else date.fromisoformat(text[:10])
    except ValueError as error:
        raise _Wrong("date-form", column, "A day as YYYY-MM-DD or DD.MM.YYYY was expected.") from error
    if not EARLIEST <= day <= LATEST:
        raise _Wrong("date-form", column, f"A day between {EARLIEST.year} and {LATEST.year} was expected.")
    return day


def _number(text: str, column: str) -> Decimal:
    try:
        number = Decimal(text) if len(text) <= 25 else Decimal("NaN")
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or number < 0:
        raise _Wrong("number-form", column, "A decimal number of at least 0 was expected.")
    return number


def _check(schedule: _Schedule, known: Mapping[str, Area]) -> None:
    areas = {**known, **schedule.groups}
    if circle := circle_of_groups(areas):
        schedule.find("groups-in-a-circle", "group " + circle[0], "Groups hold each other in a circle; take one out.")
    for measure in schedule.measures:
        for area in (measure.area, *measure.excluded):
            if area not in areas and area not in EVERYWHERE and not _COUNTRY.fullmatch(area):
                path = f"{schedule.places[measure.id]}, column origin"
                schedule.find("area-unknown", path, "A country (ISO 3166 alpha-2) or a group of the file was expected.")
    _check_lines(schedule)
    _check_overlaps(schedule)


def _check_lines(schedule: _Schedule) -> None:
    parents = {line.code: line.parent for line in schedule.lines if line.parent is not None}
    for start in parents:
        seen, code = {start}, parents.get(start)
        while code is not None and code not in seen:
            seen.add(code)
            code = parents.get(code)
        if code == start:
            path = f"code {start}, column parent"
            schedule.find("lines-in-a-circle", path, "Lines are above each other in a circle; correct one parent.")
            return


def _check_overlaps(schedule: _Schedule) -> None:
    """Find measures that say two things of the same goods, from the same area, on the same day."""
    held: dict[tuple[object, ...], list[Measure]] = {}
    for measure in schedule.measures:
        key = (measure.type, measure.code, measure.area, measure.additional_code, measure.order_number)
        held.setdefault(key, []).append(measure)
    for same in held.values():
        ordered = sorted(same, key=lambda measure: measure.first)
        for earlier, later in pairwise(ordered):
            if earlier.last is None or earlier.last >= later.first:
                message = f"It overlaps with {schedule.places[earlier.id]}: same goods, origin, type and days."
                schedule.find("measures-overlap", schedule.places[later.id], message)
