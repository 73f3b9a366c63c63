"""Which measures, areas, lines and quotas have to be made anew after records came in?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sqlalchemy.orm import Session

from comity.features.tariff.measure import Measure, QuotaDefinition, TariffLine
from comity.features.tariff.measures.tariff import Tariff
from comity.features.tariff.sources.taric3.assemble import (
    MeasureParts,
    QuotaParts,
    areas_of,
    lines_of,
    measure_of,
    quota_of,
)
from comity.features.tariff.sources.taric3.store import Applied, all_records, records_by_key, records_by_parent
from comity.foundation.errors import Finding

_MEASURE_PARTS = (
    "measure.component",
    "measure.condition",
    "measure.excluded.geographical.area",
    "footnote.association.measure",
    "measure.partial.temporary.stop",
)
_AREA_PARTS = ("geographical.area", "geographical.area.description", "geographical.area.membership")
_LINE_PARTS = ("goods.nomenclature", "goods.nomenclature.indents", "goods.nomenclature.description")
_QUOTA_EVENTS = ("quota.balance.event", "quota.critical.event", "quota.exhaustion.event", "quota.reopening.event")
_QUOTA_PARTS = (*_QUOTA_EVENTS, "quota.blocking.period", "quota.suspension.period")


class Rebuilt(NamedTuple):
    """What the touched records make, the measures that are gone, and findings."""

    tariff: Tariff
    gone: tuple[str, ...]
    findings: tuple[Finding, ...]
    has_lines: bool


def rebuild(session: Session, applied: Applied) -> Rebuilt:
    """Return the values that the touched records make."""
    sids = _touched(applied, "measure", _MEASURE_PARTS)
    conditions = applied.touched.get("parent of measure.condition.component", set())
    held = records_by_key(session, "measure.condition", conditions)
    sids |= {fields["measure.sid"] for fields in held.values() if "measure.sid" in fields}
    measures, gone, findings = _measures(session, sids)
    tariff = Tariff(measures=tuple(measures), quotas=tuple(_quotas(session, applied)))
    if any(kind in applied.touched for kind in _AREA_PARTS):
        described = _descriptions(all_records(session, "geographical.area.description"), "geographical.area.sid")
        memberships = all_records(session, "geographical.area.membership")
        tariff += Tariff(areas=tuple(areas_of(all_records(session, "geographical.area"), memberships, described)))
    has_lines = any(kind in applied.touched for kind in _LINE_PARTS)
    if has_lines:
        tariff += Tariff(lines=tuple(_lines(session)))
    return Rebuilt(tariff, tuple(sorted(gone)), tuple(findings), has_lines)


def _touched(applied: Applied, kind: str, parts: Iterable[str]) -> set[str]:
    found = set(applied.touched.get(kind, ()))
    for part in parts:
        found |= applied.touched.get(f"parent of {part}", set())
    return found


def _measures(session: Session, sids: set[str]) -> tuple[list[Measure], set[str], list[Finding]]:
    own = records_by_key(session, "measure", sids)
    parts = {kind: records_by_parent(session, kind, own) for kind in _MEASURE_PARTS}
    conditions = [one["measure.condition.sid"] for held in parts["measure.condition"].values() for one in held]
    components = records_by_parent(session, "measure.condition.component", conditions)
    made: list[Measure] = []
    findings: list[Finding] = []
    for sid, fields in own.items():
        held = [parts[kind].get(sid, []) for kind in _MEASURE_PARTS]
        measure = measure_of(MeasureParts(fields, held[0], held[1], components, held[2], held[3], held[4]))
        if isinstance(measure, Finding):
            findings.append(measure)
        else:
            made.append(measure)
    return made, sids - {measure.id for measure in made}, findings


def _lines(session: Session) -> list[TariffLine]:
    described = _descriptions(all_records(session, "goods.nomenclature.description"), "goods.nomenclature.sid")
    indents = all_records(session, "goods.nomenclature.indents")
    return lines_of(all_records(session, "goods.nomenclature"), indents, described)


def _quotas(session: Session, applied: Applied) -> list[QuotaDefinition]:
    sids = _touched(applied, "quota.definition", _QUOTA_PARTS)
    own = records_by_key(session, "quota.definition", sids)
    parts = {kind: records_by_parent(session, kind, own) for kind in _QUOTA_PARTS}
    return [
        quota_of(
            QuotaParts(
                fields,
                [(kind, one) for kind in _QUOTA_EVENTS for one in parts[kind].get(sid, ())],
                parts["quota.blocking.period"].get(sid, ()),
                parts["quota.suspension.period"].get(sid, ()),
            )
        )
        for sid, fields in own.items()
    ]


def _descriptions(records: Iterable[Mapping[str, str]], by: str) -> dict[str, str]:
    """Return the words of each record; of several periods or languages the last one held."""
    return {one[by]: one["description"] for one in records if by in one and "description" in one}
