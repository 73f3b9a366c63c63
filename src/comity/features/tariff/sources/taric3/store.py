"""Which TARIC3 records does the node hold, and what changes when more come in? Every query about them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from sqlalchemy import delete, select, tuple_
from sqlalchemy.orm import Session

from comity.features.tariff.sources.taric3.read import CREATE, DELETE, UPDATE, TaricRecord
from comity.features.tariff.sources.taric3.record_types import RecordType, load_record_types
from comity.features.tariff.tables import TariffRecordRow
from comity.foundation.errors import Finding, Severity
from comity.foundation.storage.bulk import insert_rows

TOGETHER = 400  # records in one statement; two parameters each
MOST_FINDINGS = 1_000  # told of one file; more are counted only

PARENTS = {
    "measure.component": "measure.sid",
    "measure.condition": "measure.sid",
    "measure.condition.component": "measure.condition.sid",
    "measure.excluded.geographical.area": "measure.sid",
    "footnote.association.measure": "measure.sid",
    "measure.partial.temporary.stop": "measure.sid",
    "goods.nomenclature.indents": "goods.nomenclature.sid",
    "goods.nomenclature.description": "goods.nomenclature.sid",
    "geographical.area.description": "geographical.area.sid",
    "geographical.area.membership": "geographical.area.group.sid",
    "quota.balance.event": "quota.definition.sid",
    "quota.critical.event": "quota.definition.sid",
    "quota.exhaustion.event": "quota.definition.sid",
    "quota.reopening.event": "quota.definition.sid",
    "quota.blocking.period": "quota.definition.sid",
    "quota.suspension.period": "quota.definition.sid",
}
"""The field by which records are found that belong to another one."""


@dataclass
class Applied:
    """What a file did: counts by what happened, the keys it touched by type, and findings."""

    counts: Counter[str] = field(default_factory=Counter)
    touched: dict[str, set[str]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def find(self, finding: Finding) -> None:
        """Note a finding; beyond the most that are told they are only counted."""
        self.counts[finding.severity.value] += 1
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(finding)


def apply_records(session: Session, records: Iterable[TaricRecord | Finding]) -> Applied:
    """Apply the records of a file in their order; the same file again changes nothing."""
    applied = Applied()
    remaining = iter(records)
    while chunk := list(islice(remaining, TOGETHER)):
        for finding in (one for one in chunk if isinstance(one, Finding)):
            applied.find(finding)
        _apply(session, [one for one in chunk if isinstance(one, TaricRecord)], applied)
    _check_references(session, applied)
    return applied


def _apply(session: Session, records: list[TaricRecord], applied: Applied) -> None:
    names = list(dict.fromkeys((record.type.name, record.key) for record in records))
    if not names:
        return
    held: dict[tuple[str, str], dict[str, str] | None] = dict.fromkeys(names)
    rows = session.execute(
        select(TariffRecordRow.kind, TariffRecordRow.key, TariffRecordRow.fields).where(
            tuple_(TariffRecordRow.kind, TariffRecordRow.key).in_(names)
        )
    )
    before = {(kind, key): fields for kind, key, fields in rows}
    held.update(before)
    for record in records:
        name = (record.type.name, record.key)
        parent = PARENTS.get(record.type.name)
        for fields in (held[name], record.fields):
            if parent and fields and parent in fields:
                applied.touched.setdefault(f"parent of {record.type.name}", set()).add(fields[parent])
        held[name] = _next(record, held[name], applied)
        applied.touched.setdefault(record.type.name, set()).add(record.key)
    changed = [name for name in names if held[name] != before.get(name)]
    if gone := [name for name in changed if name in before]:
        session.execute(delete(TariffRecordRow).where(tuple_(TariffRecordRow.kind, TariffRecordRow.key).in_(gone)))
    made = [(kind, key, fields) for kind, key in changed if (fields := held[kind, key]) is not None]
    insert_rows(
        session,
        TariffRecordRow,
        [
            {"kind": kind, "key": key, "parent": fields.get(PARENTS.get(kind, "")), "fields": fields}
            for kind, key, fields in made
        ],
    )


def _next(record: TaricRecord, held: dict[str, str] | None, applied: Applied) -> dict[str, str] | None:
    """Return the record's fields after it, and tell what came out of order."""
    applied.counts[record.action] += 1
    if record.action == DELETE:
        if held is None:
            applied.find(_told("record-not-held", record.path, "A record to delete was not held; nothing changed."))
        return None
    if record.action == UPDATE and held is None:
        message = "A record to update was not held; it was taken as new. Import the file that creates it."
        applied.find(_told("record-not-held", record.path, message))
    if record.action == CREATE and held is not None and held != record.fields:
        applied.find(
            _told("record-exists", record.path, "A record to create was held with other fields; it was replaced.")
        )
    return record.fields


def _check_references(session: Session, applied: Applied) -> None:
    """Tell which records name others that are not held; each missing one once."""
    types = load_record_types().types
    wanted: dict[str, set[str]] = {}
    for kind, keys in applied.touched.items():
        if kind in types and types[kind].references:
            for fields in records_by_key(session, kind, keys).values():
                for target, key in _named(types[kind], fields):
                    wanted.setdefault(target, set()).add(key)
    for target, keys in sorted(wanted.items()):
        missing = sorted(keys - records_by_key(session, target, keys).keys())
        if missing:
            words = f"{len(missing)} records of this type are named and not held; import the file that creates them."
            applied.find(_told("reference-missing", target, words))


def _named(type_: RecordType, fields: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, target in type_.references.items():
        if name in fields:
            yield target, fields[name]


def records_by_key(session: Session, kind: str, keys: Collection[str]) -> dict[str, dict[str, str]]:
    """Return records of one type by their key."""
    return dict(_read(session, kind, keys, by_parent=False))


def records_by_parent(session: Session, kind: str, parents: Collection[str]) -> dict[str, list[dict[str, str]]]:
    """Return records of one type by the record they belong to."""
    found: dict[str, list[dict[str, str]]] = {}
    for parent, fields in _read(session, kind, parents, by_parent=True):
        found.setdefault(parent, []).append(fields)
    return found


def all_records(session: Session, kind: str) -> list[dict[str, str]]:
    """Return every record of one type."""
    asked = select(TariffRecordRow.fields).where(TariffRecordRow.kind == kind).order_by(TariffRecordRow.key)
    return list(session.scalars(asked))


def _read(
    session: Session, kind: str, values: Collection[str], *, by_parent: bool
) -> Iterator[tuple[str, dict[str, str]]]:
    column: Any = TariffRecordRow.parent if by_parent else TariffRecordRow.key
    remaining = iter(sorted(values))
    while chunk := list(islice(remaining, TOGETHER)):
        asked = select(column, TariffRecordRow.fields).where(TariffRecordRow.kind == kind, column.in_(chunk))
        yield from ((value, fields) for value, fields in session.execute(asked.order_by(TariffRecordRow.key)))


def _told(code: str, path: str, message: str) -> Finding:
    return Finding(f"tariff.{code}", path, message, Severity.WARNING)
