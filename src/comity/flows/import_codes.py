"""How are published code lists taken in? Read, kept as new versions, and what does not fit UN/LOCODE is told.

One transaction for each file, opened by the door; a file with faults gives what it holds without them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from comity.features.codes.correlate import name_of_correlation
from comity.features.codes.editions import recognised
from comity.features.codes.entries import DEFAULT_LIMITS, CodeLimits, Published, PublishedList
from comity.features.codes.files.ports import LIST as PORTS
from comity.features.codes.files.ports import LOCODE
from comity.features.codes.files.read import read_code_lists
from comity.features.codes.store import (
    Imported,
    entries_of,
    entries_of_codes,
    keep_correlation,
    keep_list,
    latest_version,
    latest_versions,
)
from comity.features.codes.subjects import Subject, answering_lists
from comity.foundation.clock import Clock
from comity.foundation.errors import Finding, Severity


@dataclass(slots=True)
class ImportedFile:
    """What one file gave: its lists as kept, and its findings."""

    lists: list[Imported] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a file is to be taken in: under which name, and valid from which day, where the operator says so."""

    name: str | None = None
    valid_from: date | None = None


def import_codes(
    session: Session, file: str, content: bytes, *, wanted: Wanted, clock: Clock, limits: CodeLimits = DEFAULT_LIMITS
) -> ImportedFile:
    """Take in every list of a file. `file` is its name: the source that is kept, and the name of lists without one."""
    published = _named(read_code_lists(file, content, limits=limits), wanted.name)
    told = ImportedFile(findings=list(published.findings))
    for one in published.lists:
        on = wanted.valid_from or one.published or clock.now().date()
        latest = latest_version(session, one.name)
        if latest is not None and latest.valid_from is not None and on < latest.valid_from:
            told.findings.append(_older(one.name, latest.valid_from))
            continue
        if one.entries:
            told.lists.append(keep_list(session, one.name, one.entries, source=file, on=on, clock=clock))
    for correlation in published.correlations:
        name = name_of_correlation(correlation.earlier, correlation.later)
        on = wanted.valid_from or clock.now().date()
        told.lists.append(keep_correlation(session, name, correlation.pairs, source=file, on=on, clock=clock))
    return told


def check_ports(session: Session) -> list[Finding]:
    """Return every port of the World Port Index whose UN/LOCODE is in no UN/LOCODE list that is kept here."""
    ports = [
        (one.entry.code, one.entry.attributes[LOCODE])
        for one in entries_of(session, PORTS)
        if one.entry.attributes and LOCODE in one.entry.attributes
    ]
    names = [one.name for one in answering_lists() if one.subject is Subject.LOCATIONS]
    kept = [one.list for one in latest_versions(session, names)]
    if not kept or not ports:
        return []
    known = {code for _, code in entries_of_codes(session, {(name, code) for name in kept for _, code in ports})}
    return [
        Finding(
            "codes.locode-unknown",
            f"World Port Index Number {number}",
            "Expected the port's UN/LOCODE to be in UN/LOCODE; another code came. Do not look the port up by it; tell"
            " the publisher.",
            Severity.WARNING,
        )
        for number, code in ports
        if code not in known
    ]


def _named(published: Published, name: str | None) -> Published:
    """Give the lists the name the operator wants, and a whole nomenclature the name of its edition."""
    lists = []
    for one in published.lists:
        if name is not None and len(published.lists) == 1:
            lists.append(PublishedList(name, one.entries, one.published))
            continue
        edition = recognised({entry.code for entry in one.entries})
        if edition is None:
            lists.append(one)
        else:
            lists.append(PublishedList(edition.name, one.entries, one.published or edition.valid_from))
    findings = list(published.findings)
    if name is not None and len(published.lists) > 1:
        findings.append(
            Finding(
                "codes.name-not-used",
                "/",
                "Expected one list in the file for the name given; several came, which keep their own names.",
                Severity.WARNING,
            )
        )
    return Published(lists, published.correlations, findings)


def _older(name: str, day: date) -> Finding:
    return Finding(
        "codes.version-older",
        name,
        f"Expected a version valid from {day} or later, as the one kept here; an older one came. Import versions in"
        " the order of their days.",
    )
