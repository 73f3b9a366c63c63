"""Which agreements bind whom on a day? The texts in force, each narrowed to the parties between which it is.

A text may be in force between some of its parties only: those that signed, have not left and have not suspended it; an
old and a new text of one agreement may be in force side by side, between different parties.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import combinations

from comity.cooperation.agreements.agreement import Agreement, Clause
from comity.cooperation.agreements.lifecycle import AgreementStatus
from comity.cooperation.agreements.texts import StoredAgreement


def agreements_in_force(texts: Iterable[StoredAgreement], at: datetime) -> list[Agreement]:
    """Return what is in force at an instant, as agreements of exactly those between which it is."""
    return [part for text in texts if text.is_signed for part in _parts(text, at)]


def _parts(text: StoredAgreement, at: datetime) -> Iterator[Agreement]:
    pairs = [
        pair
        for pair in combinations(text.agreement.parties, 2)
        if text.status(at, between=pair) is AgreementStatus.IN_FORCE
    ]
    bound = tuple(party for party in text.agreement.parties if any(party in pair for pair in pairs))
    is_between_all = len(pairs) == len(bound) * (len(bound) - 1) // 2
    for parties in [bound] if is_between_all and bound else pairs:
        yield from _narrowed(text.agreement, parties)


def _narrowed(agreement: Agreement, parties: Collection[str]) -> Iterator[Agreement]:
    """Yield the agreement as far as it is between these parties; nothing when no clause is."""
    if len(parties) == len(agreement.parties):
        yield agreement
        return
    clauses = [_clause(one, parties) for one in agreement.clauses]
    kept = tuple(
        narrowed
        for narrowed, one in zip(clauses, agreement.clauses, strict=True)
        if bool(narrowed.senders) == bool(one.senders) and bool(narrowed.recipients) == bool(one.recipients)
    )
    if kept:
        annexes = tuple(replace(one, accepted_by=_within(one.accepted_by, parties)) for one in agreement.annexes)
        yield replace(agreement, parties=tuple(parties), clauses=kept, annexes=annexes, in_force_when=None)


def _clause(clause: Clause, parties: Collection[str]) -> Clause:
    return replace(clause, senders=_within(clause.senders, parties), recipients=_within(clause.recipients, parties))


def _within(names: Iterable[str], parties: Collection[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name in parties)
