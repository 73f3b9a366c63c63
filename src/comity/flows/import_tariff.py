"""How does a tariff come into the node? A TARIC3 file, a CSV schedule or a nation's own TOML, wholly or not at all."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from comity.features.tariff.errors import NationalLawInvalid, TariffFormatUnknown
from comity.features.tariff.measures.store import (
    areas_of,
    forget_measures,
    keep_import,
    keep_law,
    put_measures,
    replace_lines,
    replace_tariff,
)
from comity.features.tariff.national import read_national
from comity.features.tariff.schedule import circle_of_groups
from comity.features.tariff.sources.csv_schedule import read_schedule
from comity.features.tariff.sources.taric3.read import read_taric3
from comity.features.tariff.sources.taric3.rebuild import rebuild
from comity.features.tariff.sources.taric3.store import apply_records
from comity.foundation.clock import Clock
from comity.foundation.errors import Finding, Severity

TARIC3, SCHEDULE, LAW = "taric3", "schedule", "law"
FORMS = {".xml": TARIC3, ".csv": SCHEDULE, ".tsv": SCHEDULE, ".txt": SCHEDULE, ".toml": LAW}
MOST_SCHEDULE_BYTES = 512 * 1024 * 1024  # a CSV or TOML file is read whole; a guess: ten times the largest published
_PIECE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class TariffImport:
    """What an import did: the form, whether it was stored, counts by what happened, and every finding."""

    form: str
    is_stored: bool
    counts: dict[str, int]
    findings: tuple[Finding, ...]


def import_tariff(session: Session, path: Path, *, name: str | None = None, clock: Clock) -> TariffImport:
    """Import one file; with an error in it nothing of it is stored. The same file again changes nothing.

    Raises:
        TariffFormatUnknown: the file's name ends in none of .xml, .csv, .tsv, .txt, .toml.
    """
    form = FORMS.get(path.suffix.lower())
    if form is None:
        raise TariffFormatUnknown(path=path.suffix)
    if form != TARIC3 and path.stat().st_size > MOST_SCHEDULE_BYTES:
        raise TariffFormatUnknown(f"A file of at most {MOST_SCHEDULE_BYTES} bytes was expected.", path=path.name)
    with session.begin_nested() as savepoint:
        counts, findings = _IMPORTS[form](session, path, name or path.stem, clock)
        is_stored = not any(finding.severity is Severity.ERROR for finding in findings)
        if is_stored:
            keep_import(session, content_sha256=_hash(path), form=form, counts=counts, clock=clock)
        else:
            savepoint.rollback()
    return TariffImport(form, is_stored, counts, tuple(findings))


def _import_taric3(session: Session, path: Path, _name: str, _clock: Clock) -> tuple[dict[str, int], list[Finding]]:
    with path.open("rb") as file:
        applied = apply_records(session, read_taric3(file))
    findings = applied.findings
    if any(finding.severity is Severity.ERROR for finding in findings):
        return dict(applied.counts), findings
    rebuilt = rebuild(session, applied)
    findings += rebuilt.findings
    if circle := circle_of_groups({area.id: area for area in rebuilt.tariff.areas}):
        message = "Groups hold each other in a circle; take one membership out."
        findings.append(Finding("tariff.groups-in-a-circle", f"geographical area {circle[0]}", message))
    forget_measures(session, rebuilt.gone)
    if rebuilt.has_lines:
        replace_lines(session, rebuilt.tariff.lines, schedule=TARIC3)
    put_measures(session, rebuilt.tariff, schedule=TARIC3)
    return {**applied.counts, "measures": len(rebuilt.tariff.measures)}, findings


def _import_schedule(session: Session, path: Path, name: str, _clock: Clock) -> tuple[dict[str, int], list[Finding]]:
    tariff, findings = read_schedule(path.read_bytes(), name=name, groups=areas_of(session))
    counts = {"measures": len(tariff.measures), "lines": len(tariff.lines), "quotas": len(tariff.quotas)}
    if not any(finding.severity is Severity.ERROR for finding in findings):
        replace_tariff(session, tariff, schedule=f"schedule:{name}")
    return counts, findings


def _import_law(session: Session, path: Path, name: str, clock: Clock) -> tuple[dict[str, int], list[Finding]]:
    try:
        text = path.read_text(encoding="utf-8")
        national = read_national(text)
    except UnicodeDecodeError:
        return {}, [Finding("tariff.law-invalid", "/", "UTF-8 was expected; save the file again.")]
    except NationalLawInvalid as error:
        return {}, [Finding(error.code, error.path or "/", error.message)]
    keep_law(session, name, text, clock=clock)
    return {"laws": len(national.laws), "rates": len(national.rates), "agreements": len(national.agreements)}, []


_IMPORTS = {TARIC3: _import_taric3, SCHEDULE: _import_schedule, LAW: _import_law}


def tariff_files(paths: Iterable[Path]) -> list[Path]:
    """Return the files named, and those in the folders named that a tariff comes in, in order of name."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(one for one in path.rglob("*") if one.is_file() and one.suffix.lower() in FORMS)
        else:
            found.append(path)
    return found


def totals(imports: Iterable[TariffImport]) -> Counter[str]:
    """Return the counts of several imports together."""
    counted: Counter[str] = Counter()
    for one in imports:
        counted.update(one.counts)
    return counted


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()
