"""How do we compare our trade with a partner's where the agreement allows comparison but not records?

Blinded keys, then buckets of what met, then the export records of what crosses the threshold. Each step is computed on
a reading session (a hundred thousand keys take seconds) and made in a short transaction of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from comity.cooperation.agreements.errors import ReleaseRefused
from comity.cooperation.agreements.release import ReleaseRequest, release
from comity.cooperation.exchange.operation.held import need_room
from comity.cooperation.exchange.outbox import enqueue
from comity.cooperation.exchange.taking import Handler, ReceivedMessage
from comity.cooperation.ledger.append import NewEntry, append
from comity.features.declarations.canonical import to_record
from comity.features.declarations.store import exports_kept, find_many
from comity.features.mirror.private import moves
from comity.features.mirror.private.errors import NothingToMatch, PrivateBudgetSpent, PrivateMatchInvalid
from comity.features.mirror.private.keys import Threshold
from comity.features.mirror.private.messages import PRIVATE_MATCH, Step, read_step, unpack, write_step
from comity.features.mirror.private.settings import private_settings
from comity.features.mirror.private.store import (
    ANSWERED,
    ANSWERER,
    ASKED,
    ASKER,
    DONE,
    MET,
    OFFERED,
    OPEN,
    REFUSED,
    REFUSING,
    PrivateRun,
    asked_today,
    change_run,
    end_run,
    find_run,
    keep_learned,
    keep_part,
    keep_run,
    list_runs,
    parts_of_step,
)
from comity.features.mirror.record import MirrorRecord, mirror_record
from comity.features.mirror.store import all_imports
from comity.flows.clearing import Clearing
from comity.foundation.canonical_json import canonical_json
from comity.foundation.trade.declaration import Declaration, DeclarationFunction

PURPOSE = "private-matching"
DATA_CLASS = "private-match"
MATCHED_EXPORT = "matched-export.v1"
EXPORT_CLASS = "export-declaration"
IMPORT, EXPORT = "import", "export"
EXPECTED = {ASKED: ("offer",), OFFERED: ("answer", "refused"), ANSWERED: ("meetings",), MET: ("results", "refused")}


@dataclass(frozen=True, slots=True)
class Pending:
    """A run that can go on, and the step that was computed for it; `ground` where it ends in a refusal."""

    run: PrivateRun
    move: moves.Move | None
    ground: str | None = None


def begin(session: Session, partner: str, terms: moves.Terms, *, officer: str, clearing: Clearing) -> Pending:
    """Compute the offer of a new run, from a reading session; `make` sends it.

    Raises:
        NothingToMatch: no record of the period bears a key.
        PrivateBudgetSpent: more keys than a run may hold.
        PrivateMatchInvalid: the period ends before it begins.
    """
    now = clearing.clock.now()
    if terms.to_day < terms.from_day or terms.side not in (IMPORT, EXPORT):
        raise PrivateMatchInvalid("the period ends before it begins, or the side is neither import nor export")
    own = _own(session, partner, terms.side, (terms.from_day, terms.to_day), clearing)
    run_id = uuid4().hex
    count = len(own.keyed())
    if not count:
        raise NothingToMatch
    if count > own.settings.keys_per_run:
        raise PrivateBudgetSpent
    run = PrivateRun(
        run_id=run_id,
        partner=partner,
        role=ASKER,
        side=terms.side,
        from_day=terms.from_day,
        to_day=terms.to_day,
        value_steps=terms.threshold.value,
        mass_steps=terms.threshold.mass,
        state="new",
        started_on=now.date(),
        started_at=now,
        officer=officer,
    )
    return Pending(run, moves.offer(run_id, terms, own))


def pending(session: Session, *, clearing: Clearing) -> Iterator[Pending]:
    """Give each run whose partner's step is complete, with our next step computed. Writes nothing."""
    for run in list_runs(session, states=OPEN):
        try:
            found = _next(session, run, clearing)
        except PrivateMatchInvalid:
            found = Pending(run, None, "not-possible")
        if found is not None:
            yield found


def make(session: Session, due: Pending, *, clearing: Clearing) -> PrivateRun | None:
    """Send the step and take the run on; None when someone else has done so meanwhile.

    Raises:
        ReleaseRefused: a new run's offer may not leave: there is no clause for it.
        QueueFull: too much waits for the partner.
    """
    run, move = due.run, due.move
    if run.state == "new" and move is not None:
        keep_run(session, run)
        _send(session, run, move.steps, clearing)
        change_run(session, run, state=OFFERED, secret=move.secret, keyed=move.keyed, keys_ours=move.keys)
        return find_run(session, run.run_id, run.partner)
    held = find_run(session, run.run_id, run.partner)
    if held is None or held.state != run.state:
        return None
    if move is None:
        _refuse(session, run, due.ground or "not-possible", clearing)
    else:
        try:
            with session.begin_nested():
                _go_on(session, run, move, clearing)
        except ReleaseRefused:
            _refuse(session, run, "agreement", clearing)
    return find_run(session, run.run_id, run.partner)


def private_handlers(clearing: Clearing) -> Mapping[str, Handler]:
    """Return what takes the parts of partners' steps: kept until all are here, within the budget of the day."""

    def take_step(session: Session, message: ReceivedMessage) -> str:
        step = read_step(message.payload)
        run = find_run(session, step.run_id, message.sender)
        if run is None and step.step == "offer":
            run = _asked(session, step, message.sender, clearing)
        if run is None or (run.state != REFUSING and step.step not in EXPECTED.get(run.state, ())):
            raise PrivateMatchInvalid
        if run.state == REFUSING:
            return "refused"
        if step.step == "offer" and not _within_budget(session, run, step, clearing):
            return "refused"
        return "stored" if keep_part(session, message.sender, step) else "known"

    return {PRIVATE_MATCH: take_step}


def _asked(session: Session, step: Step, partner: str, clearing: Clearing) -> PrivateRun:
    now = clearing.clock.now()
    settings = private_settings(now.date())
    threshold = step.threshold.stricter(Threshold(settings.threshold_value, settings.threshold_mass))
    run = PrivateRun(
        run_id=step.run_id,
        partner=partner,
        role=ANSWERER,
        side=EXPORT if step.side == IMPORT else IMPORT,
        from_day=step.from_day or now.date(),
        to_day=step.to_day or now.date(),
        value_steps=threshold.value,
        mass_steps=threshold.mass,
        state=ASKED,
        started_on=now.date(),
        started_at=now,
    )
    keep_run(session, run)
    return run


def _within_budget(session: Session, run: PrivateRun, step: Step, clearing: Clearing) -> bool:
    today = clearing.clock.now().date()
    more = len(unpack(step.points))
    is_within = asked_today(session, run.partner, today) + more <= private_settings(today).keys_per_day
    if is_within:
        held = find_run(session, run.run_id, run.partner)
        change_run(session, run, keys_theirs=(held.keys_theirs if held else 0) + more)
    else:
        change_run(session, run, state=REFUSING, ground="budget-spent")
    return is_within


def _next(session: Session, run: PrivateRun, clearing: Clearing) -> Pending | None:
    if run.state == REFUSING:
        return Pending(run, None, run.ground)
    for expected in EXPECTED[run.state]:
        parts = parts_of_step(session, run, expected)
        if not parts:
            continue
        if expected == "refused":
            return Pending(run, None, parts[0].ground)
        own = _own(session, run.partner, run.side, (run.from_day, run.to_day), clearing)
        return Pending(run, _computed(session, run, parts, own))
    return None


def _computed(session: Session, run: PrivateRun, parts: list[Step], own: moves.Own) -> moves.Move:
    threshold, keyed = Threshold(run.value_steps, run.mass_steps), run.keyed or {}
    if run.state == ASKED:
        return moves.answer(run.run_id, parts, own)
    if run.state == OFFERED:
        return moves.meet(run.run_id, run.secret or b"", keyed["order"], parts, own)
    if run.state == ANSWERED:
        return moves.conclude(run.run_id, parts_of_step(session, run, "offer"), parts, threshold, own)
    return moves.close(keyed["groups"], parts, threshold, own)


def _go_on(session: Session, run: PrivateRun, move: moves.Move, clearing: Clearing) -> None:
    _send(session, run, move.steps, clearing)
    if run.state == ASKED:
        change_run(session, run, state=ANSWERED, secret=move.secret, keyed=move.keyed, keys_ours=move.keys)
    elif run.state == OFFERED:
        change_run(session, run, state=MET, secret=None, keyed=move.keyed, met=move.met)
    else:
        now = clearing.clock.now()
        keep_learned(session, run, move.learned, now)
        crossed = sum(1 for one in move.learned if one.crossed)
        sent = _send_records(session, run, move.owed, clearing) if run.side == EXPORT else 0
        end_run(session, run, DONE, now, met=move.met, crossed=crossed, records_sent=sent)
        _log(session, run, DONE, {"met": move.met, "crossed": crossed, "records_sent": sent}, clearing)


def _refuse(session: Session, run: PrivateRun, ground: str, clearing: Clearing) -> None:
    now = clearing.clock.now()
    is_ours = run.role == ANSWERER and ground != "agreement"
    if is_ours:
        known = ground if ground in ("budget-spent", "not-possible") else "not-possible"
        step = Step(
            run_id=run.run_id, step="refused", ground="budget-spent" if known == "budget-spent" else "not-possible"
        )
        try:
            _send(session, run, (step,), clearing)
        except ReleaseRefused:
            ground = "agreement"
    end_run(session, run, REFUSED, now, ground=ground)
    _log(session, run, REFUSED, {"ground": ground}, clearing)


def _send(session: Session, run: PrivateRun, steps: tuple[Step, ...], clearing: Clearing) -> None:
    for step in steps:
        _leave(session, run, (PRIVATE_MATCH, DATA_CLASS, run.run_id), write_step(step), clearing)


def _send_records(session: Session, run: PrivateRun, ids: tuple[str, ...], clearing: Clearing) -> int:
    """Send the export records of what crossed the threshold, as far as the agreement has a clause for them."""
    sent = 0
    for kept in find_many(session, list(ids)).values():
        try:
            _leave(session, run, (MATCHED_EXPORT, EXPORT_CLASS, kept.id), to_record(kept.declaration), clearing)
        except ReleaseRefused:
            return sent
        sent += 1
    return sent


def _leave(
    session: Session, run: PrivateRun, what: tuple[str, str, str], payload: dict[str, Any], clearing: Clearing
) -> None:
    message_type, data_class, subject = what
    request = ReleaseRequest(run.partner, message_type, data_class, PURPOSE, subject, payload)
    released = release(session, request=request, sender=clearing.authority, clock=clearing.clock)
    need_room(session, released, most_waiting=clearing.most_waiting)
    enqueue(session, released, keys=clearing.keys, clock=clearing.clock)


def _log(session: Session, run: PrivateRun, state: str, counts: dict[str, Any], clearing: Clearing) -> None:
    statement = {"run": run.run_id, "partner": run.partner, "role": run.role, "state": state, **counts}
    append(session, [NewEntry("private-match", run.run_id, canonical_json(statement))], clearing.clock)


def _own(session: Session, partner: str, side: str, period: tuple[date, date], clearing: Clearing) -> moves.Own:
    first, last = period
    records = _imports(session, partner) if side == IMPORT else _exports(session, partner, first)
    chosen = tuple(record for record in records if first <= record.date <= last)
    return moves.Own(chosen, clearing.rates, private_settings(clearing.clock.now().date()))


def _imports(session: Session, partner: str) -> Iterator[MirrorRecord]:
    return (record for record in all_imports(session) if record.dispatch_country in (partner, None))


def _exports(session: Session, partner: str, first: date) -> Iterator[MirrorRecord]:
    """Give our exports to a partner; those that were cancelled, or changed by an amendment, are left out."""
    since = datetime.combine(first, time(), UTC) - timedelta(days=1)
    found: dict[str, MirrorRecord] = {}
    changed: set[str] = set()
    for kept in exports_kept(session, since):
        declaration = kept.declaration
        if declaration.function is not DeclarationFunction.ORIGINAL:
            changed |= {declaration.mrn or ""}
        elif _goes_to(declaration, partner):
            at = declaration.acceptance_at or declaration.issued_at or kept.kept_at
            found[kept.id] = mirror_record(declaration, id=kept.id, date=at.date())
    return (record for record in found.values() if record.mrn not in changed)


def _goes_to(declaration: Declaration, partner: str) -> bool:
    shipment = declaration.goods_shipment
    countries = {shipment.destination_country} - {None} or {item.destination_country for item in shipment.items}
    return partner in countries
