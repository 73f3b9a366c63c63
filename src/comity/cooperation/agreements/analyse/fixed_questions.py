"""What should everyone ask of a draft before signing it? A fixed list, each question with its reason.

A remark points something out; whether it is meant is for the parties to say. An error is what no party should sign.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from comity.cooperation.agreements.agreement import Agreement, Clause, Marking, OnwardSharing
from comity.cooperation.agreements.analyse.law import Case, ClauseOf, Law
from comity.cooperation.agreements.analyse.personal import personal_among
from comity.cooperation.agreements.in_words import Sentence
from comity.cooperation.agreements.permissions import strictness
from comity.foundation.errors import Severity

LONGEST_VALIDITY_YEARS = 10
"""A guess: law and technique change; revisit when agreements are renewed."""

_DRAFT, _MIRROR = "draft", "the other direction"
_USUAL = Path(__file__).parent / "usual.toml"

Said = tuple[Sentence, Case | None]


@dataclass(frozen=True, slots=True)
class Draft:
    """An agreement as it is questioned: with its law, and that of the same text in the other direction."""

    agreement: Agreement
    law: Law
    on: date

    def decided_under(self, clause: Clause, **where: tuple[str, ...]) -> Case | None:
        """Return a case that this clause decides."""
        return self.law.find([self.key(clause)], where)

    def key(self, clause: Clause) -> ClauseOf:
        """Return the clause as `Law` names it."""
        return _DRAFT, clause.id

    @property
    def personal(self) -> tuple[str, ...]:
        """Return the draft's personal fields."""
        return tuple(sorted(personal_among(self.law.names("field"))))


@dataclass(frozen=True, slots=True)
class FixedQuestion:
    """One question of the list: what it asks, why, and how grave a remark is."""

    id: str
    asks: str
    reason: str
    severity: Severity
    remarks: Callable[[Draft], Iterator[Said]]


@dataclass(frozen=True, slots=True)
class Remark:
    """What a question found in a draft; the case, if there is one, was decided by Cedar."""

    question: FixedQuestion
    sentence: Sentence
    case: Case | None

    def as_record(self) -> dict[str, str]:
        """Return the remark for a machine, in English."""
        message, params = self.sentence
        return {"question": self.question.id, "severity": self.question.severity.value, "message": message % params}


def check_draft(agreement: Agreement, *, on: date) -> list[Remark]:
    """Ask every fixed question of a draft; `on` is the day it is asked.

    Raises:
        ReplayDisagrees: an example is not what Cedar decides.
    """
    swapped = [replace(one, senders=one.recipients, recipients=one.senders) for one in agreement.clauses]
    mirror = replace(agreement, clauses=tuple(swapped))
    draft = Draft(agreement, Law({_DRAFT: agreement, _MIRROR: mirror}), on)
    return [
        Remark(question, sentence, case) for question in FIXED_QUESTIONS for sentence, case in question.remarks(draft)
    ]


OPEN_PERSONAL = (
    "Clause %(clause)s is marked open and lets personal data go: %(sender)s may send %(field)s to %(recipient)s."
)
LONG_PERSONAL = (
    "Clause %(clause)s keeps personal data, for example %(field)s, for %(days)s days; more than %(most)s is as good as"
    " without end."
)
LONG_RETENTION = "Clause %(clause)s keeps data for %(days)s days; usual for %(purpose)s are at most %(most)s."
ONWARD_CONFIDENTIAL = (
    "Clause %(clause)s lets confidential data be passed on with consent: %(recipient)s may pass %(field)s on if"
    " %(sender)s agrees."
)
ONE_SIDED = (
    "The agreement is reciprocal, but under clause %(clause)s %(sender)s may send %(field)s to %(recipient)s, and no"
    " clause lets the same go from %(recipient)s to %(sender)s."
)
NO_PAIR = "Clause %(clause)s can never let anything go: it has no sender with another party as recipient."
SHADOWED = "Clause %(clause)s never decides: all it permits goes under a stricter clause (%(stricter)s)."
UNUSED = "No clause uses the data class %(data_class)s."
UNACCEPTED = "Clause %(clause)s belongs to annex %(annex)s, which fewer than two parties have accepted."
OVER = "The agreement ended on %(day)s; nothing can go under it."
LONG_VALIDITY = "The agreement is valid until %(day)s, for more than %(years)s years."
SENTENCES = (
    OPEN_PERSONAL, LONG_PERSONAL, LONG_RETENTION, ONWARD_CONFIDENTIAL, ONE_SIDED, NO_PAIR, SHADOWED, UNUSED,
    UNACCEPTED, OVER, LONG_VALIDITY,
)  # fmt: skip


def _open_personal(draft: Draft) -> Iterator[Said]:
    for clause in draft.agreement.clauses:
        if clause.marking is Marking.OPEN:
            yield from _said(OPEN_PERSONAL, draft.decided_under(clause, field=draft.personal))


def _long_personal(draft: Draft) -> Iterator[Said]:
    most = _usual()["personal"]["most_days"]
    for clause in draft.agreement.clauses:
        if clause.retention_days > most:
            case = draft.decided_under(clause, field=draft.personal)
            yield from _said(LONG_PERSONAL, case, days=clause.retention_days, most=most)


def _long_retention(draft: Draft) -> Iterator[Said]:
    usual = _usual()["retention"]
    for clause in draft.agreement.clauses:
        purpose = max(clause.purposes, key=lambda one: usual["purposes"].get(one, usual["most_days"]))
        most = usual["purposes"].get(purpose, usual["most_days"])
        if clause.retention_days > most:
            case = draft.decided_under(clause, purpose=(purpose,))
            yield from _said(LONG_RETENTION, case, days=clause.retention_days, most=most)


def _onward_confidential(draft: Draft) -> Iterator[Said]:
    for clause in draft.agreement.clauses:
        if clause.marking is Marking.CONFIDENTIAL and clause.onward_sharing is OnwardSharing.WITH_CONSENT:
            yield from _said(ONWARD_CONFIDENTIAL, draft.decided_under(clause))


def _one_sided(draft: Draft) -> Iterator[Said]:
    if draft.agreement.reciprocal:
        for clause in draft.agreement.clauses:
            yield from _said(ONE_SIDED, draft.law.find([draft.key(clause)], unless=draft.law.of(_MIRROR)))


def _never(draft: Draft) -> Iterator[Said]:
    for clause in draft.agreement.clauses:
        if _waits_for_acceptance(draft.agreement, clause) or draft.decided_under(clause) is not None:
            continue
        if not _has_pair(draft.agreement, clause):
            yield (NO_PAIR, {"clause": clause.id}), None
            continue
        stricter = [one for one in draft.agreement.clauses if _stands_before(draft.agreement, one, clause)]
        yield (SHADOWED, {"clause": clause.id, "stricter": ", ".join(one.id for one in stricter)}), None


def _unused(draft: Draft) -> Iterator[Said]:
    used = {clause.data_class for clause in draft.agreement.clauses}
    for name, _ in draft.agreement.data_classes:
        if name not in used:
            yield (UNUSED, {"data_class": name}), None


def _unaccepted(draft: Draft) -> Iterator[Said]:
    for clause in draft.agreement.clauses:
        if _waits_for_acceptance(draft.agreement, clause):
            yield (UNACCEPTED, {"clause": clause.id, "annex": clause.annex}), None


def _over(draft: Draft) -> Iterator[Said]:
    if draft.agreement.valid_to < draft.on:
        yield (OVER, {"day": draft.agreement.valid_to.isoformat()}), None


def _long_validity(draft: Draft) -> Iterator[Said]:
    years = draft.agreement.valid_to.year - draft.agreement.valid_from.year
    if years > LONGEST_VALIDITY_YEARS:
        yield (LONG_VALIDITY, {"day": draft.agreement.valid_to.isoformat(), "years": LONGEST_VALIDITY_YEARS}), None


def _said(message: str, case: Case | None, **more: object) -> Iterator[Said]:
    """Say something of the case, if there is one."""
    if case is not None:
        told = {"sender": case.sender, "recipient": case.recipient, "field": case.field, "purpose": case.purpose}
        yield (message, {"clause": case.clause.id, **told, **more}), case


def _waits_for_acceptance(agreement: Agreement, clause: Clause) -> bool:
    accepted = next((annex.accepted_by for annex in agreement.annexes if annex.id == clause.annex), ())
    return bool(clause.annex) and len(accepted) < 2


def _has_pair(agreement: Agreement, clause: Clause) -> bool:
    recipients = agreement.recipients_under(clause)
    return any(sender != recipient for sender in agreement.senders_under(clause) for recipient in recipients)


def _stands_before(agreement: Agreement, one: Clause, clause: Clause) -> bool:
    return (
        one.data_class == clause.data_class
        and strictness(one) < strictness(clause)
        and not set(one.message_types).isdisjoint(clause.message_types)
        and not set(one.purposes).isdisjoint(clause.purposes)
        and _has_pair(agreement, one)
    )


@lru_cache(maxsize=1)
def _usual() -> dict[str, Any]:
    return tomllib.loads(_USUAL.read_text(encoding="utf-8"))


FIXED_QUESTIONS = (
    FixedQuestion(
        "open-personal",
        "Is personal data marked open?",
        "What is marked open may be shown to anyone; nobody may be named there.",
        Severity.ERROR,
        _open_personal,
    ),
    FixedQuestion(
        "personal-without-end",
        "Is personal data kept without a real end?",
        "Personal data is kept no longer than its purpose needs (Convention 108+, article 5(4)(e)).",
        Severity.ERROR,
        _long_personal,
    ),
    FixedQuestion(
        "clause-never-decides",
        "Is there a clause that can never decide?",
        "What never takes effect was meant otherwise.",
        Severity.WARNING,
        _never,
    ),
    FixedQuestion(
        "annex-unaccepted",
        "Does a clause wait for the acceptance of its annex?",
        "An annex binds only those that accepted it; with fewer than two there is nobody to exchange with.",
        Severity.WARNING,
        _unaccepted,
    ),
    FixedQuestion(
        "data-class-unused",
        "Is there a data class without a clause?",
        "Fields that no clause uses never leave; a clause may have been forgotten.",
        Severity.WARNING,
        _unused,
    ),
    FixedQuestion(
        "one-sided",
        "Does every party get what it gives?",
        "A party may refuse where it could not ask for the same (TFA, article 12).",
        Severity.WARNING,
        _one_sided,
    ),
    FixedQuestion(
        "onward-confidential",
        "May confidential data be passed on?",
        "Once passed on with consent, data is under another country's law.",
        Severity.WARNING,
        _onward_confidential,
    ),
    FixedQuestion(
        "retention-unusual",
        "Is data kept longer than usual for its purpose?",
        "A period that differs from the usual one is to be a decision, not a slip.",
        Severity.WARNING,
        _long_retention,
    ),
    FixedQuestion(
        "validity-over",
        "Has the agreement ended already?",
        "An agreement after its last day lets nothing go.",
        Severity.ERROR,
        _over,
    ),
    FixedQuestion(
        "validity-long",
        "Is the agreement valid for very long?",
        "What nobody renews, nobody reads again.",
        Severity.WARNING,
        _long_validity,
    ),
)
