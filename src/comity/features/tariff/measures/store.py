"""Which measures, areas, lines, quotas and laws does the node keep? Every query about them but TARIC3's records."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from comity.features.tariff.law import NationalLaw, read_laws
from comity.features.tariff.measure import Area, QuotaDefinition, TariffLine, significant
from comity.features.tariff.measures.stored_form import (
    area_as_row,
    area_from_row,
    line_as_row,
    line_from_row,
    measure_as_row,
    measure_from_row,
    quota_as_row,
    quota_from_row,
)
from comity.features.tariff.measures.tariff import Tariff
from comity.features.tariff.tables import (
    TariffAreaRow,
    TariffAssessmentRow,
    TariffImportRow,
    TariffLawRow,
    TariffLineRow,
    TariffMeasureRow,
    TariffQuotaRow,
)
from comity.foundation.clock import Clock
from comity.foundation.storage.bulk import insert_rows

TOGETHER = 500  # ids in one statement: below every engine's limit of parameters


@dataclass(frozen=True, slots=True)
class TariffState:
    """How much tariff the node holds; `version` grows with each import."""

    version: int
    measures: int


def keep_import(session: Session, *, content_sha256: str, form: str, counts: Mapping[str, int], clock: Clock) -> int:
    """Note an import and return the tariff's new version."""
    row = TariffImportRow(content_sha256=content_sha256, form=form, counts=dict(counts), imported_at=clock.now())
    session.add(row)
    session.flush()
    return row.id


def version_of(session: Session) -> int:
    """Return the tariff's version: 0 while nothing was imported."""
    return session.scalar(select(func.max(TariffImportRow.id))) or 0


def state_of(session: Session) -> TariffState:
    """Return how much tariff the node holds."""
    return TariffState(version_of(session), session.scalar(select(func.count()).select_from(TariffMeasureRow)) or 0)


def imports_of(session: Session, limit: int = 20) -> list[dict[str, Any]]:
    """Return the last imports, the newest first."""
    rows = session.scalars(select(TariffImportRow).order_by(TariffImportRow.id.desc()).limit(limit))
    return [{"form": row.form, "counts": row.counts, "imported_at": row.imported_at} for row in rows]


def replace_tariff(session: Session, tariff: Tariff, *, schedule: str) -> None:
    """Keep a schedule in place of what was kept under its name; quotas that were drawn from keep their drawings."""
    for table in (TariffMeasureRow, TariffAreaRow):
        session.execute(delete(table).where(table.schedule == schedule))
    put_measures(session, tariff, schedule=schedule)
    replace_lines(session, tariff.lines, schedule=schedule)


def put_measures(session: Session, tariff: Tariff, *, schedule: str) -> None:
    """Keep measures, areas and quotas, each in place of the one with its id."""
    _put(session, TariffMeasureRow, [measure_as_row(one, schedule) for one in tariff.measures], TariffMeasureRow.id)
    _put(session, TariffAreaRow, [area_as_row(one, schedule) for one in tariff.areas], TariffAreaRow.id)
    quotas = [quota_as_row(one, schedule) for one in tariff.quotas]
    for row in quotas:
        session.merge(TariffQuotaRow(**row))
    session.flush()


def replace_lines(session: Session, lines: Iterable[TariffLine], *, schedule: str) -> None:
    """Keep the lines of a nomenclature in place of those of its schedule; of two with one code and day the last one."""
    session.execute(delete(TariffLineRow).where(TariffLineRow.schedule == schedule))
    rows = [line_as_row(one, schedule) for one in lines]
    insert_rows(session, TariffLineRow, list({(row["code"], row["first"]): row for row in rows}.values()))


def forget_measures(session: Session, ids: Collection[str]) -> None:
    """Delete measures by their id."""
    for chunk in _chunks(ids):
        session.execute(delete(TariffMeasureRow).where(TariffMeasureRow.id.in_(chunk)))


def tariff_for(session: Session, codes: Collection[str]) -> Tariff:
    """Return what the tariff says of these codes, in four statements whatever their number."""
    wanted = sorted({above for code in codes for above in _prefixes(code)})
    measures = session.scalars(select(TariffMeasureRow).where(TariffMeasureRow.code.in_(wanted)))
    lines = session.scalars(select(TariffLineRow).where(TariffLineRow.code.in_(wanted)))
    held = tuple(measure_from_row(_columns(row)) for row in measures)
    numbers = {one.order_number for one in held if one.order_number}
    return Tariff(
        held, areas_of(session), tuple(line_from_row(_columns(row)) for row in lines), quotas_of(session, numbers)
    )


def deeper_codes(session: Session, codes: Collection[str]) -> Tariff:
    """Return measures on codes below these: asked only where a code had no rate."""
    shorter = sorted({significant(code) for code in codes})
    below = or_(*(TariffMeasureRow.code.startswith(code, autoescape=True) for code in shorter))
    rows = session.scalars(select(TariffMeasureRow).where(below).limit(TOGETHER)) if shorter else ()
    return Tariff(tuple(measure_from_row(_columns(row)) for row in rows))


def whole_tariff(session: Session) -> Tariff:
    """Return the whole tariff, to be compiled once for many declarations."""
    measures = tuple(measure_from_row(_columns(row)) for row in session.scalars(select(TariffMeasureRow)))
    lines = tuple(line_from_row(_columns(row)) for row in session.scalars(select(TariffLineRow)))
    return Tariff(measures, areas_of(session), lines, quotas_of(session))


def areas_of(session: Session) -> tuple[Area, ...]:
    """Return every area."""
    return tuple(area_from_row(_columns(row)) for row in session.scalars(select(TariffAreaRow)))


def quotas_of(session: Session, numbers: Collection[str] | None = None) -> tuple[QuotaDefinition, ...]:
    """Return the quota periods, of some order numbers or of all."""
    if numbers is not None and not numbers:
        return ()
    asked = select(TariffQuotaRow)
    if numbers is not None:
        asked = asked.where(TariffQuotaRow.order_number.in_(sorted(numbers)))
    return tuple(quota_from_row(_columns(row)) for row in session.scalars(asked))


def keep_law(session: Session, name: str, text: str, *, clock: Clock) -> None:
    """Keep a national law, in place of the one of its name."""
    session.merge(TariffLawRow(name=name, text=text, imported_at=clock.now()))
    session.flush()


def law_texts(session: Session) -> list[str]:
    """Return the texts of the laws kept here."""
    return list(session.scalars(select(TariffLawRow.text).order_by(TariffLawRow.name)))


def laws_of(session: Session) -> tuple[NationalLaw, ...]:
    """Return the national laws kept here."""
    return tuple(law for text in law_texts(session) for law in read_laws(text))


def keep_assessment(session: Session, declaration_id: str, assessment: Mapping[str, Any], *, clock: Clock) -> None:
    """Keep the assessment of a declaration, in place of an earlier one."""
    session.execute(delete(TariffAssessmentRow).where(TariffAssessmentRow.declaration_id == declaration_id))
    row = {"declaration_id": declaration_id, "assessment": dict(assessment), "assessed_at": clock.now()}
    insert_rows(session, TariffAssessmentRow, [row])


def assessment_of(session: Session, declaration_id: str) -> tuple[dict[str, Any], datetime] | None:
    """Return the assessment of a declaration and when it was made, or None."""
    row = session.get(TariffAssessmentRow, declaration_id)
    return None if row is None else (row.assessment, row.assessed_at)


def _prefixes(code: str) -> list[str]:
    whole = significant(code)
    return ["", *(whole[:length] for length in range(2, len(whole) + 1))]


def _put(session: Session, table: Any, rows: list[dict[str, Any]], key: Any) -> None:
    unique = list({row["id"]: row for row in rows}.values())
    for chunk in _chunks([row["id"] for row in unique]):
        session.execute(delete(table).where(key.in_(chunk)))
    insert_rows(session, table, unique)


def _columns(row: Any) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in row.__table__.columns}


def _chunks(values: Iterable[Any]) -> Iterable[list[Any]]:
    remaining = iter(values)
    while chunk := list(islice(remaining, TOGETHER)):
        yield chunk
