"""What have two or more administrations agreed? A canonical document: equal agreements have equal hashes (RFC 8785)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from comity.cooperation.agreements.errors import AgreementInvalid
from comity.foundation.canonical_json import canonical_json
from comity.foundation.errors import Finding

FORMAT = "comity-agreement.v1"
MOST_CLAUSES, MOST_CLASSES, MOST_ANNEXES, MOST_FIELDS, LONGEST_TEXT = 200, 200, 50, 500, 500
ALL = "all"
_AUTHORITY = re.compile(r"[A-Z]{2}")
_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,63}")
_FIELD = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)*")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_UNWRITABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")  # controls; halves of a character have no UTF-8


class Marking(StrEnum):
    """How received data is to be treated, the most open first; a missing one means the most restrictive."""

    OPEN = "open"
    RESTRICTED = "restricted"
    CONFIDENTIAL = "confidential"


class OnwardSharing(StrEnum):
    """Whether the recipient may pass data on."""

    NONE = "none"
    WITH_CONSENT = "with-consent"


@dataclass(frozen=True, slots=True)
class Annex:
    """An optional part of an agreement; its clauses hold only between the parties that accepted it."""

    id: str
    title: str
    accepted_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Clause:
    """One permission: who may send which data class to whom, in which messages, for which purposes.

    Empty `senders` or `recipients` mean every party. A clause of an `annex` binds only those that accepted it.
    """

    id: str
    article: str
    data_class: str
    message_types: tuple[str, ...]
    purposes: tuple[str, ...]
    retention_days: int
    senders: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    marking: Marking = Marking.CONFIDENTIAL
    onward_sharing: OnwardSharing = OnwardSharing.NONE
    annex: str = ""


@dataclass(frozen=True, slots=True)
class Agreement:
    """One text of a customs cooperation agreement. `data_classes` maps a name to dotted fields; lists pass through.

    `version` counts the texts of an agreement from 1, and `replaces` is the hash of the text an amendment takes the
    place of. `in_force_when` is how many signatures bring it into force between those that signed; None means all.
    """

    id: str
    title: str
    parties: tuple[str, ...]
    instrument: str
    article: str
    clauses: tuple[Clause, ...]
    data_classes: tuple[tuple[str, tuple[str, ...]], ...]
    valid_from: date
    valid_to: date
    reciprocal: bool = True
    reply_days: int = 90
    annexes: tuple[Annex, ...] = ()
    version: int = 1
    replaces: str = ""
    in_force_when: int | None = None
    notice_days: int = 0

    def __hash__(self) -> int:
        return hash(self.id)  # cheap, and consistent with equality: caches are keyed by agreements

    @property
    def signatures_needed(self) -> int:
        """Return how many parties must have signed before the text is in force between any two of them."""
        return self.in_force_when or len(self.parties)

    def fields_of(self, data_class: str) -> tuple[str, ...]:
        """Return the fields of a data class; none when it is unknown."""
        return dict(self.data_classes).get(data_class, ())

    def senders_under(self, clause: Clause) -> tuple[str, ...]:
        """Return who may send under a clause: its senders, as far as they are parties and accepted its annex."""
        return tuple(one for one in self._bound_by(clause) if not clause.senders or one in clause.senders)

    def recipients_under(self, clause: Clause) -> tuple[str, ...]:
        """Return who may receive under a clause: its recipients, as far as they are parties and accepted its annex."""
        return tuple(one for one in self._bound_by(clause) if not clause.recipients or one in clause.recipients)

    def lets(self, clause: Clause, *, sender: str, recipient: str) -> bool:
        """Claim that a clause lets `sender` send to `recipient`, another party."""
        is_between = sender in self.senders_under(clause) and recipient in self.recipients_under(clause)
        return is_between and sender != recipient

    def _bound_by(self, clause: Clause) -> tuple[str, ...]:
        if not clause.annex:
            return self.parties
        accepted = next((annex.accepted_by for annex in self.annexes if annex.id == clause.annex), ())
        return tuple(one for one in self.parties if one in accepted)


def as_record(agreement: Agreement) -> dict[str, Any]:
    """Return the canonical document: every set sorted and without repetition, absent nothing."""
    return {
        "format": FORMAT,
        "id": agreement.id,
        "title": agreement.title,
        "parties": sorted(agreement.parties),
        "legal_basis": {"instrument": agreement.instrument, "article": agreement.article},
        "clauses": [
            {
                "id": clause.id,
                "article": clause.article,
                "data_class": clause.data_class,
                "message_types": sorted(set(clause.message_types)),
                "purposes": sorted(set(clause.purposes)),
                "retention_days": clause.retention_days,
                "senders": sorted(set(clause.senders)),
                "recipients": sorted(set(clause.recipients)),
                "marking": clause.marking.value,
                "onward_sharing": clause.onward_sharing.value,
                "annex": clause.annex,
            }
            for clause in sorted(agreement.clauses, key=lambda clause: clause.id)
        ],
        "data_classes": {name: sorted(set(fields)) for name, fields in sorted(agreement.data_classes)},
        "annexes": {
            annex.id: {"title": annex.title, "accepted_by": sorted(set(annex.accepted_by))}
            for annex in sorted(agreement.annexes, key=lambda annex: annex.id)
        },
        "valid_from": agreement.valid_from.isoformat(),
        "valid_to": agreement.valid_to.isoformat(),
        "reciprocal": agreement.reciprocal,
        "reply_days": agreement.reply_days,
        "version": agreement.version,
        "replaces": agreement.replaces,
        "in_force_when": agreement.in_force_when or ALL,
        "notice_days": agreement.notice_days,
    }


def agreement_hash(agreement: Agreement) -> str:
    """Return the hex SHA-256 of the canonical document; every envelope carries it."""
    return hashlib.sha256(canonical_json(as_record(agreement))).hexdigest()


def parse_agreement(record: object) -> Agreement:
    """Read a document.

    Raises:
        AgreementInvalid: with every fault at once.
    """
    findings = list(_faults(record))
    if findings or not isinstance(record, dict):
        raise AgreementInvalid(findings)
    return Agreement(
        id=record["id"],
        title=record["title"],
        parties=tuple(sorted(record["parties"])),
        instrument=record["legal_basis"]["instrument"],
        article=record["legal_basis"]["article"],
        clauses=tuple(_clause(clause) for clause in sorted(record["clauses"], key=lambda clause: str(clause["id"]))),
        data_classes=tuple(
            (name, tuple(sorted(set(fields)))) for name, fields in sorted(record["data_classes"].items())
        ),
        valid_from=date.fromisoformat(record["valid_from"]),
        valid_to=date.fromisoformat(record["valid_to"]),
        reciprocal=record.get("reciprocal", True),
        reply_days=record.get("reply_days", 90),
        annexes=tuple(
            Annex(name, annex["title"], tuple(sorted(set(annex["accepted_by"]))))
            for name, annex in sorted(record.get("annexes", {}).items())
        ),
        version=record.get("version", 1),
        replaces=record.get("replaces", ""),
        in_force_when=None if record.get("in_force_when", ALL) == ALL else record["in_force_when"],
        notice_days=record.get("notice_days", 0),
    )


def _clause(record: dict[str, Any]) -> Clause:
    return Clause(
        id=record["id"],
        article=record["article"],
        data_class=record["data_class"],
        message_types=tuple(sorted(set(record["message_types"]))),
        purposes=tuple(sorted(set(record["purposes"]))),
        retention_days=record["retention_days"],
        senders=tuple(sorted(set(record.get("senders", ())))),
        recipients=tuple(sorted(set(record.get("recipients", ())))),
        marking=Marking(record.get("marking", Marking.CONFIDENTIAL)),
        onward_sharing=OnwardSharing(record.get("onward_sharing", OnwardSharing.NONE)),
        annex=record.get("annex", ""),
    )


_TOP = {
    "format", "id", "title", "parties", "legal_basis", "clauses", "data_classes", "valid_from", "valid_to",
    "reciprocal", "reply_days", "annexes", "version", "replaces", "in_force_when", "notice_days",
}  # fmt: skip
_IN_CLAUSE = {
    "id", "article", "data_class", "message_types", "purposes", "retention_days", "senders", "recipients", "marking",
    "onward_sharing", "annex",
}  # fmt: skip


def _faults(record: object) -> Iterator[Finding]:
    if not isinstance(record, dict):
        yield _fault("", "an object was expected")
        return
    yield from (_fault(str(name), "is not known in this version") for name in record.keys() - _TOP)
    if record.get("format") != FORMAT:
        yield _fault("format", f"must be {FORMAT}")
    yield from _name_faults(record.get("id"), "id")
    yield from _text_faults(record.get("title"), "title")
    parties = record.get("parties")
    if (
        not isinstance(parties, list)
        or not _is_list_of(parties, _AUTHORITY, 2, 200)
        or len(set(parties)) < len(parties)
    ):
        yield _fault("parties", "must be two or more different administrations (ISO 3166 alpha-2)")
        parties = []
    basis = record.get("legal_basis")
    if not isinstance(basis, dict) or basis.keys() != {"instrument", "article"}:
        yield _fault("legal_basis", "must name the instrument and the article")
    else:
        yield from (fault for name in basis for fault in _text_faults(basis[name], f"legal_basis.{name}"))
    classes = record.get("data_classes")
    if not isinstance(classes, dict) or not 1 <= len(classes) <= MOST_CLASSES:
        yield _fault("data_classes", f"must name 1 to {MOST_CLASSES} data classes with their fields")
        classes = {}
    for name, fields in classes.items():
        yield from _name_faults(name, f"data_classes.{name}")
        if not _is_list_of(fields, _FIELD, 1, MOST_FIELDS):
            yield _fault(f"data_classes.{name}", "must be a list of dotted field names")
    yield from _clause_faults(record.get("clauses"), set(parties), classes)
    yield from _annex_faults(record, set(parties))
    yield from _validity_faults(record)
    yield from _lifecycle_faults(record, len(parties))


def _clause_faults(clauses: object, parties: set[str], classes: dict[str, Any]) -> Iterator[Finding]:
    if not isinstance(clauses, list) or not 1 <= len(clauses) <= MOST_CLAUSES:
        yield _fault("clauses", f"must be a list of 1 to {MOST_CLAUSES} clauses")
        return
    seen: set[str] = set()
    for position, clause in enumerate(clauses):
        path = f"clauses[{position}]"
        if not isinstance(clause, dict):
            yield _fault(path, "an object was expected")
            continue
        yield from (_fault(f"{path}.{name}", "is not known in this version") for name in clause.keys() - _IN_CLAUSE)
        yield from _name_faults(clause.get("id"), f"{path}.id")
        yield from _text_faults(clause.get("article"), f"{path}.article")
        if str(clause.get("id")) in seen:
            yield _fault(f"{path}.id", "stands for another clause already")
        seen.add(str(clause.get("id")))
        if clause.get("data_class") not in list(classes):
            yield _fault(f"{path}.data_class", "is not one of the agreement's data classes")
        for name in ("message_types", "purposes"):
            if not _is_list_of(clause.get(name), _NAME, 1, 100):
                yield _fault(f"{path}.{name}", "must be a list of names in lower case")
        for name in ("senders", "recipients"):
            if not _is_list_of(clause.get(name, []), _AUTHORITY, 0, 200) or set(clause.get(name, ())) - parties:
                yield _fault(f"{path}.{name}", "must be parties of the agreement")
        yield from _condition_faults(clause, path)


def _annex_faults(record: dict[str, Any], parties: set[str]) -> Iterator[Finding]:
    annexes = record.get("annexes", {})
    if not isinstance(annexes, dict) or len(annexes) > MOST_ANNEXES:
        yield _fault("annexes", f"must be an object of at most {MOST_ANNEXES} annexes")
        annexes = {}
    for name, annex in annexes.items():
        path = f"annexes.{name}"
        yield from _name_faults(name, path)
        if not isinstance(annex, dict) or annex.keys() != {"title", "accepted_by"}:
            yield _fault(path, "must say its title and who accepted it")
            continue
        yield from _text_faults(annex["title"], f"{path}.title")
        if not _is_list_of(annex["accepted_by"], _AUTHORITY, 0, 200) or set(annex["accepted_by"]) - parties:
            yield _fault(f"{path}.accepted_by", "must be parties of the agreement")
    clauses = record.get("clauses")
    for position, clause in enumerate(clauses if isinstance(clauses, list) else ()):
        annex = clause.get("annex", "") if isinstance(clause, dict) else ""
        if annex not in ("", *annexes):
            yield _fault(f"clauses[{position}].annex", "is not one of the agreement's annexes")


def _condition_faults(clause: dict[str, Any], path: str) -> Iterator[Finding]:
    if not _is_whole(clause.get("retention_days"), 1, 36_500):
        yield _fault(f"{path}.retention_days", "must be a number of days")
    if clause.get("marking", Marking.CONFIDENTIAL) not in list(Marking):
        yield _fault(f"{path}.marking", f"must be one of {', '.join(Marking)}")
    if clause.get("onward_sharing", OnwardSharing.NONE) not in list(OnwardSharing):
        yield _fault(f"{path}.onward_sharing", f"must be one of {', '.join(OnwardSharing)}")


def _validity_faults(record: dict[str, Any]) -> Iterator[Finding]:
    days = []
    for name in ("valid_from", "valid_to"):
        try:
            days.append(date.fromisoformat(record[name]))
        except (KeyError, TypeError, ValueError):
            yield _fault(name, "must be a day, for example 2026-01-31")
    if len(days) == 2 and days[0] > days[1]:
        yield _fault("valid_to", "lies before valid_from")
    if not isinstance(record.get("reciprocal", True), bool):
        yield _fault("reciprocal", "must be true or false")
    if not _is_whole(record.get("reply_days", 90), 1, 3_650):
        yield _fault("reply_days", "must be a number of days")


def _lifecycle_faults(record: dict[str, Any], parties: int) -> Iterator[Finding]:
    version, replaces = record.get("version", 1), record.get("replaces", "")
    if not _is_whole(version, 1, 10_000):
        yield _fault("version", "must be a number from 1, the amendment's one higher than what it replaces")
    elif version == 1 and replaces != "":
        yield _fault("replaces", "must be empty in the first text of an agreement")
    elif version != 1 and not (isinstance(replaces, str) and _DIGEST.fullmatch(replaces)):
        yield _fault("replaces", "must be the hash of the text that this amendment replaces")
    needed = record.get("in_force_when", ALL)
    if needed != ALL and not _is_whole(needed, 2, max(parties, 2)):
        yield _fault("in_force_when", "must be all, or a number of signatures from 2 to that of the parties")
    if not _is_whole(record.get("notice_days", 0), 0, 3_650):
        yield _fault("notice_days", "must be a number of days")


def _name_faults(value: object, path: str) -> Iterator[Finding]:
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        yield _fault(path, "must be a name of lower-case letters, digits, dots and hyphens, at most 64")


def _text_faults(value: object, path: str) -> Iterator[Finding]:
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_TEXT or _UNWRITABLE.search(value):
        yield _fault(path, f"must be a text of at most {LONGEST_TEXT} characters on one line")


def _is_list_of(value: object, form: re.Pattern[str], least: int, most: int) -> bool:
    return (
        isinstance(value, list)
        and least <= len(value) <= most
        and all(isinstance(one, str) and form.fullmatch(one) for one in value)
    )


def _is_whole(value: object, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _fault(path: str, message: str) -> Finding:
    return Finding("agreements.invalid", path, message)
