"""What is the next step of a private run, once all parts of the partner's last one are here? Pure; nothing is kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from comity.features.mirror.private.blinding import blinded, digest_of, doubled, new_secret
from comity.features.mirror.private.errors import PrivateMatchInvalid
from comity.features.mirror.private.keys import (
    Buckets,
    Keyed,
    Learned,
    Threshold,
    buckets_of,
    keyed,
    meetings,
    records_of,
)
from comity.features.mirror.private.messages import MOST_GROUPS, MOST_KEYS, Group, Step, pack, parts_of, unpack
from comity.features.mirror.private.settings import PrivateSettings
from comity.features.mirror.record import MirrorRecord
from comity.foundation.rates import ExchangeRates


@dataclass(frozen=True, slots=True)
class Terms:
    """What is asked: for imports or exports of the asker, in a period, from which difference on."""

    side: str
    from_day: date
    to_day: date
    threshold: Threshold


@dataclass(frozen=True, slots=True)
class Own:
    """Our records of the period with what is needed to tell buckets of them."""

    records: tuple[MirrorRecord, ...]
    rates: ExchangeRates
    settings: PrivateSettings

    def keyed(self) -> Keyed:
        """Return our keys with the records that bear them."""
        return keyed(self.records)


@dataclass(frozen=True, slots=True)
class Move:
    """One step to send, and what the run becomes: secret and keys while it lasts, what it taught in the end."""

    steps: tuple[Step, ...]
    secret: bytes | None = None
    keyed: dict[str, Any] = field(default_factory=dict)
    keys: int = 0
    met: int = 0
    learned: tuple[Learned, ...] = ()
    owed: tuple[str, ...] = ()
    """Ids of our records whose meeting crossed the threshold."""


def offer(run_id: str, terms: Terms, own: Own) -> Move:
    """Begin a run: our keys, blinded, in an order that tells nothing.

    Raises:
        PrivateMatchInvalid: more than one run can hold.
    """
    secret, names, points = _hidden(own.keyed())
    steps = [
        Step(
            run_id=run_id,
            step="offer",
            part=part,
            parts=parts,
            side="import" if terms.side == "import" else "export",
            from_day=terms.from_day,
            to_day=terms.to_day,
            value_steps=terms.threshold.value,
            mass_steps=terms.threshold.mass,
            points=pack(points[chosen]),
        )
        for part, parts, chosen in parts_of(len(points), own.settings.keys_per_message)
    ]
    return Move(tuple(steps), secret, {"order": names}, keys=len(names))


def answer(run_id: str, offered: Sequence[Step], own: Own) -> Move:
    """Double the asker's keys and add our own, blinded.

    Raises:
        PrivateMatchInvalid: a key of the offer is no point.
    """
    secret, names, points = _hidden(own.keyed())
    theirs = doubled([point for step in offered for point in unpack(step.points)], secret)
    most = own.settings.keys_per_message
    steps = [
        Step(run_id=run_id, step="answer", part=part, parts=parts, doubled=pack(theirs[cut]), points=pack(points[cut]))
        for part, parts, cut in parts_of(max(len(theirs), len(points)), most)
    ]
    return Move(tuple(steps), secret, {"order": names}, keys=len(names))


def meet(run_id: str, secret: bytes, order: Sequence[str], answered: Sequence[Step], own: Own) -> Move:
    """Find the keys both sides have, and tell of their groups what our records amount to, in buckets.

    Raises:
        PrivateMatchInvalid: the answer does not double exactly the keys that were offered.
    """
    ours = [point for step in answered for point in unpack(step.doubled)]
    if len(ours) != len(order):
        raise PrivateMatchInvalid("the answer doubles other keys than were offered")
    theirs = set(doubled([point for step in answered for point in unpack(step.points)], secret))
    own_keys = own.keyed()
    common = [key for key, point in zip(order, ours, strict=True) if point in theirs and key in own_keys]
    groups = meetings(own_keys, common)
    by_id = {record.id: record for record in own.records}
    told = [_group(run_id, keys, _buckets([by_id[each] for each in records], own)) for keys, records in groups]
    held = {"groups": [[list(keys), list(records)] for keys, records in groups]}
    return Move(_told(run_id, "meetings", told), secret, held, met=len(groups))


def conclude(run_id: str, offered: Sequence[Step], met: Sequence[Step], threshold: Threshold, own: Own) -> Move:
    """Tell our buckets of each meeting whose keys we really have; list what it taught us.

    Raises:
        PrivateMatchInvalid: more keys are named than were offered.
    """
    own_keys = own.keyed()
    names = {digest_of(key, run_id): key for key in own_keys}
    by_id = {record.id: record for record in own.records}
    told, learned, named = [], [], 0
    placed: set[str] = set()
    for number, group in enumerate((one for step in met for one in step.groups), start=1):
        named += len(group.keys)
        keys = [names[each] for each in group.keys if each in names]
        records = records_of(own_keys, keys, by_id, placed=placed)
        placed |= {record.id for record in records}
        ours = _buckets(records, own)
        crossed = threshold.is_crossed(ours, group.buckets) if records else None
        told.append(_group(run_id, keys, ours, digests=group.keys, crossed=crossed))
        if records:
            ids = tuple(record.id for record in records)
            learned.append(Learned(number, ids, len(keys), ours, group.buckets, crossed))
    if named > sum(len(unpack(step.points)) for step in offered):
        raise PrivateMatchInvalid("more keys are named than were offered")
    return Move(_told(run_id, "results", told), met=len(learned), learned=tuple(learned), owed=_owed(learned))


def close(groups: Sequence[Sequence[Sequence[str]]], results: Sequence[Step], threshold: Threshold, own: Own) -> Move:
    """List what the partner's buckets taught us; whether the threshold is crossed is for ourselves to say.

    Raises:
        PrivateMatchInvalid: the results are of other meetings than were told.
    """
    told = [group for step in results for group in step.groups]
    if len(told) != len(groups):
        raise PrivateMatchInvalid("the results are of other meetings than were told")
    by_id = {record.id: record for record in own.records}
    learned = []
    for number, ((keys, ids), group) in enumerate(zip(groups, told, strict=True), start=1):
        records = [by_id[each] for each in ids if each in by_id]
        ours = _buckets(records, own)
        crossed = None if group.crossed is None else threshold.is_crossed(ours, group.buckets)
        learned.append(Learned(number, tuple(ids), len(keys), ours, group.buckets, crossed))
    return Move((), met=len(learned), learned=tuple(learned), owed=_owed(learned))


def _hidden(own_keys: Keyed) -> tuple[bytes, list[str], list[bytes]]:
    secret = new_secret()
    names = sorted(own_keys)
    pairs = sorted(zip(blinded(names, secret), names, strict=True))
    return secret, [name for _, name in pairs], [point for point, _ in pairs]


def _buckets(records: Sequence[MirrorRecord], own: Own) -> Buckets:
    return buckets_of(records, rates=own.rates, settings=own.settings)


def _group(
    run_id: str,
    keys: Iterable[str],
    buckets: Buckets,
    *,
    digests: Sequence[str] = (),
    crossed: bool | None = None,
) -> Group:
    named = list(digests) or [digest_of(key, run_id) for key in keys][:MOST_KEYS]
    return Group(keys=named, value=buckets.value, mass=buckets.mass, chapters=list(buckets.chapters), crossed=crossed)


def _told(run_id: str, step: Any, groups: Sequence[Group]) -> tuple[Step, ...]:
    return tuple(
        Step(run_id=run_id, step=step, part=part, parts=parts, groups=list(groups[cut]))
        for part, parts, cut in parts_of(len(groups), MOST_GROUPS)
    )


def _owed(learned: Iterable[Learned]) -> tuple[str, ...]:
    return tuple(sorted({each for one in learned if one.crossed for each in one.records}))
