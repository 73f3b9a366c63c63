"""May an officer read a partner's record for this purpose, and who did so? Checked, kept, and committed to by the log.

Every door that shows a partner record calls `use` in a transaction before it shows it. The readings of a period become
one leaf of the ledger for each originator (decision 0011), so that the originator can be told on request what was done
with its records (WTO TFA Article 12.5.1(e)). Ids only: never what was read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from itertools import groupby
from typing import NamedTuple

from sqlalchemy.orm import Session

from comity.cooperation.agreements.agreement import Clause, Marking
from comity.cooperation.agreements.marking import merged
from comity.cooperation.ledger.append import NewEntry, append
from comity.cooperation.stewardship.errors import MessageNotHeld, PurposeRefused
from comity.cooperation.stewardship.holdings.store import Holding, holdings_of
from comity.cooperation.stewardship.retention import clause_of
from comity.cooperation.stewardship.uses.store import Use, keep_uses, note_logged, unlogged
from comity.flows.clearing import Clearing
from comity.flows.prove import subjects_of
from comity.flows.show_declaration import DeclarationView
from comity.foundation.canonical_json import canonical_json
from comity.foundation.errors import ComityError

FOR_THE_LANE = "risk-assessment"  # what the page and the evidence of a declaration are read for
USES_AT_ONCE = 1_000  # in one leaf at most; a guess: 100 kB


class Reader(NamedTuple):
    """Who reads, for which purpose, at which door (`console`, `cli`)."""

    officer: str
    purpose: str
    door: str


def use(session: Session, message_ids: Collection[str], *, reader: Reader, clearing: Clearing) -> list[Holding]:
    """Note that partner records are read, and return their terms; raises before anything is shown.

    Raises:
        MessageNotHeld: the terms of one are not known here, or it was disposed of.
        PurposeRefused: a clause does not cover the purpose.
    """
    held = holdings_of(session, message_ids)
    if len(held) < len(set(message_ids)):
        raise MessageNotHeld
    holdings = [held[each] for each in sorted(held)]
    for holding in holdings:
        if holding.disposed_at is not None:
            raise MessageNotHeld
        if reader.purpose not in purposes_of(holding, clause_of(session, holding)):
            raise PurposeRefused(f"clause {holding.clause} of {holding.agreement_id} does not cover {reader.purpose}")
    at = clearing.clock.now()
    keep_uses(
        session,
        [Use(one.originator, one.message_id, reader.officer, reader.purpose, reader.door, at) for one in holdings],
    )
    return holdings


def use_twins(
    session: Session, seen: DeclarationView, *, reader: Reader, clearing: Clearing
) -> tuple[DeclarationView, Marking | None, ComityError | None]:
    """Note that a declaration is shown beside its twins; return it with the marking that the whole then has.

    Where the twins may not be read for this purpose, they are left out with all that was learned from them, and the
    refusal is returned. Without a twin there is nothing of a partner's to mark.
    """
    if not seen.twins:
        return seen, None, None
    try:
        holdings = use(session, [twin.message_id for twin in seen.twins], reader=reader, clearing=clearing)
    except (MessageNotHeld, PurposeRefused) as refusal:
        return replace(seen, twins=(), twin_probability=None, twin_reasons=(), discrepancies=()), None, refusal
    return seen, merged(holding.marking for holding in holdings), None


def use_evidence(session: Session, record: str, *, reader: Reader, clearing: Clearing) -> None:
    """Note that evidence of a record is given out, as far as it holds what partners sent.

    Raises:
        PurposeRefused: a clause does not cover the purpose.
    """
    held = holdings_of(session, subjects_of(session, record)).values()
    content = [one.message_id for one in held if one.refusal is None and one.disposed_at is None]
    if content:
        use(session, content, reader=reader, clearing=clearing)


def purposes_of(holding: Holding, clause: Clause | None) -> tuple[str, ...]:
    """Return for what a record may be read: its clause's purposes; what came onward only for the one consented to."""
    if clause is None:
        return ()
    return (holding.purpose,) if holding.is_onward else clause.purposes


def log_uses(session: Session, *, clearing: Clearing) -> int:
    """Commit to the readings since the last time, one leaf for each originator; return how many readings."""
    waiting = unlogged(session, limit=USES_AT_ONCE)
    groups = [[*some] for _, some in groupby(waiting, key=lambda one: one[1].originator)]
    leaves = append(session, [_entry(use for _, use in some) for some in groups], clearing.clock)
    for some, leaf in zip(groups, leaves, strict=True):
        note_logged(session, [number for number, _ in some], leaf=leaf.index)
    return len(waiting)


def _entry(some: Iterable[Use]) -> NewEntry:
    uses = [*some]
    statement = {
        "originator": uses[0].originator,
        "from": uses[0].at.isoformat(),
        "to": uses[-1].at.isoformat(),
        "uses": [[one.at.isoformat(), one.message_id, one.officer, one.purpose, one.door] for one in uses],
    }
    return NewEntry("uses", f"uses-{uses[0].originator}", canonical_json(statement))
