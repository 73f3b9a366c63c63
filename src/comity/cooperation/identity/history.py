"""Which keys has an administration had, and who says so? A chain of signed statements, from the first key on.

Each succession is signed by the key before and by the new one. Every statement promises a recovery key by its SHA-256
(pre-rotation, as KERI has it): who steals the signing key can hand over to himself, but not recover. A recovery
statement reveals the promised key, and beats every succession that stands at its place.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from comity.cooperation.identity.errors import HistoryForked, HistoryInvalid, RecoveryKeyWrong
from comity.cooperation.identity.statement import (
    BEGINNING,
    MOST_STATEMENTS,
    NO_PREVIOUS,
    KeyStatement,
    Kind,
    Revocation,
    Signer,
    is_signature,
    read_statement,
    recovery_hash,
    to_second,
)


@dataclass(frozen=True, slots=True)
class HeldKey:
    """A signing key and its time: until when it was in force, since when nothing it signed counts. None: still so."""

    key: bytes
    until: datetime | None = None
    revoked_since: datetime | None = None


@dataclass(frozen=True, eq=False)
class KeyHistory:
    """A chain of statements that was verified, or made here; two are equal when they end in the same statement."""

    statements: tuple[KeyStatement, ...]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, KeyHistory) and self.hashes[-1] == other.hashes[-1]

    def __hash__(self) -> int:
        return hash(self.hashes[-1])

    @property
    def first(self) -> KeyStatement:
        """Return the statement whose hash partners compare."""
        return self.statements[0]

    @property
    def last(self) -> KeyStatement:
        """Return the statement whose keys are in force."""
        return self.statements[-1]

    @cached_property
    def hashes(self) -> tuple[str, ...]:
        """Return the hash of each statement."""
        return tuple(statement.hash for statement in self.statements)

    @cached_property
    def keys(self) -> tuple[HeldKey, ...]:
        """Return every signing key, the one in force first, then the newest of the past."""
        revoked: dict[bytes, datetime] = {}
        for statement in self.statements:
            for one in statement.revoked:
                key = self.statements[one.sequence].signing_key
                revoked[key] = min(one.since, revoked.get(key, one.since))
        ended = {
            before.signing_key: after.made
            for before, after in zip(self.statements, self.statements[1:], strict=False)
            if before.signing_key != after.signing_key
        }
        past = [HeldKey(key, until, revoked.get(key)) for key, until in reversed(ended.items())]
        return (HeldKey(self.last.signing_key), *past)

    def as_json(self) -> list[dict[str, Any]]:
        """Return the statements as JSON."""
        return [statement.as_json() for statement in self.statements]


def begin_history(
    *, authority: str, signer: Signer, encryption_key: bytes, recovery: str, made: datetime = BEGINNING
) -> KeyHistory:
    """Return a history of one statement, signed by the key it names."""
    first = KeyStatement(
        authority=authority,
        kind=Kind.FIRST,
        sequence=0,
        previous=NO_PREVIOUS,
        made=to_second(made),
        reason="",
        signing_key=signer.public_key,
        encryption_key=encryption_key,
        recovery=recovery,
    )
    return KeyHistory((replace(first, signatures=(signer.sign(first.signed_content()),)),))


@dataclass(frozen=True, slots=True)
class NewKeys:
    """What a statement hands over to: who signs from now on, what is sealed to, and the recovery key promised next."""

    signer: Signer
    encryption_key: bytes
    recovery: str = ""


def succeed(
    history: KeyHistory,
    new: NewKeys,
    *,
    by: Signer,
    made: datetime,
    reason: str,
    revoked: Sequence[Revocation] = (),
) -> KeyHistory:
    """Return the history with a succession, signed by the key in force and by the new one."""
    statement = _next(history, new, made, reason, revoked)
    return _signed(history, statement, by, new.signer)


def recover(
    history: KeyHistory,
    new: NewKeys,
    *,
    by: Signer,
    made: datetime,
    reason: str,
    revoked: Sequence[Revocation] = (),
) -> KeyHistory:
    """Return the history with a recovery, signed by the promised recovery key and by the new key.

    Raises:
        RecoveryKeyWrong: the history promised another recovery key.
    """
    if recovery_hash(by.public_key) != history.last.recovery:
        raise RecoveryKeyWrong
    statement = replace(
        _next(history, new, made, reason, revoked),
        kind=Kind.RECOVERY,
        recovery=new.recovery,
        recovery_key=by.public_key,
    )
    return _signed(history, statement, by, new.signer)


def read_history(record: object) -> KeyHistory:
    """Read and verify a history as JSON: every form, every link, every signature.

    Raises:
        HistoryInvalid: which statement does not hold.
        SuiteDowngraded: a statement is for another encryption suite.
    """
    if not isinstance(record, list) or not 0 < len(record) <= MOST_STATEMENTS:
        raise HistoryInvalid(f"a list of 1 to {MOST_STATEMENTS} statements was expected")
    read: list[KeyStatement] = []
    for position, one in enumerate(record):
        try:
            statement = read_statement(one)
            _check_link(read, statement)
            _check_signatures(read, statement)
        except HistoryInvalid as error:
            raise type(error)(error.message, path=f"history[{position}]") from error
        read.append(statement)
    return KeyHistory(tuple(read))


def follow(pinned: KeyHistory, presented: KeyHistory) -> KeyHistory:
    """Return the history that holds, of the one that is pinned and the one that was presented.

    The longer of two that agree. Where they part, the branch with a recovery beats the one without.

    Raises:
        HistoryForked: they part, and no recovery decides; with both statements.
        HistoryInvalid: they begin differently.
    """
    place = next(_parting(pinned, presented), None)
    if place is None:
        return max(pinned, presented, key=lambda history: len(history.statements))
    if not place:
        raise HistoryInvalid("the key history is another node's: it begins with another statement")
    kept, other = pinned.statements[place:], presented.statements[place:]
    if _recovers(other) and not _recovers(kept):
        return presented
    raise HistoryForked(kept=json.dumps(kept[0].as_json()), presented=json.dumps(other[0].as_json()))


def superseded(pinned: KeyHistory, followed: KeyHistory) -> KeyStatement | None:
    """Return the statement that a recovery set aside, when the history followed is not the pinned one continued."""
    place = next(_parting(pinned, followed), None)
    return None if place is None else pinned.statements[place]


def _parting(one: KeyHistory, other: KeyHistory) -> Iterator[int]:
    pairs = enumerate(zip(one.hashes, other.hashes, strict=False))
    return (place for place, (mine, theirs) in pairs if mine != theirs)


def _recovers(statements: Sequence[KeyStatement]) -> bool:
    return any(statement.kind is Kind.RECOVERY for statement in statements)


def _next(
    history: KeyHistory, new: NewKeys, made: datetime, reason: str, revoked: Sequence[Revocation]
) -> KeyStatement:
    last = history.last
    return KeyStatement(
        authority=last.authority,
        kind=Kind.SUCCESSION,
        sequence=last.sequence + 1,
        previous=last.hash,
        made=max(to_second(made), last.made),
        reason=reason,
        signing_key=new.signer.public_key,
        encryption_key=new.encryption_key,
        recovery=last.recovery,
        revoked=tuple(
            sorted((replace(one, since=to_second(one.since)) for one in revoked), key=lambda one: one.sequence)
        ),
    )


def _signed(history: KeyHistory, statement: KeyStatement, by: Signer, own: Signer) -> KeyHistory:
    content = statement.signed_content()
    signed = replace(statement, signatures=(by.sign(content), own.sign(content)))
    return read_history([*history.as_json(), signed.as_json()])


def _check_link(before: Sequence[KeyStatement], statement: KeyStatement) -> None:
    """Check that a statement may stand after those before it."""
    if statement.sequence != len(before) or (statement.kind is Kind.FIRST) != (not before):
        raise HistoryInvalid("the statement is out of order")
    if not before:
        if statement.previous != NO_PREVIOUS or statement.recovery_key or statement.revoked or statement.reason:
            raise HistoryInvalid("the first statement follows none, revokes none and needs no reason")
        return
    last = before[-1]
    if statement.previous != last.hash or statement.authority != last.authority or statement.made < last.made:
        raise HistoryInvalid("the statement does not follow the one before it")
    known = {one.signing_key for one in before}
    if statement.kind is Kind.RECOVERY:
        if recovery_hash(statement.recovery_key) != last.recovery or statement.recovery == last.recovery:
            raise HistoryInvalid("a recovery reveals the key that was promised, and promises another")
        known.add(statement.recovery_key)
    else:
        if statement.recovery_key or statement.recovery != last.recovery:
            raise HistoryInvalid("only the recovery key itself may promise another one")
        known.discard(last.signing_key)
    if statement.signing_key in known:
        raise HistoryInvalid("a key that was handed over does not come back")
    _check_revoked(before, statement)


def _check_revoked(before: Sequence[KeyStatement], statement: KeyStatement) -> None:
    sequences = [one.sequence for one in statement.revoked]
    if sequences != sorted(set(sequences)) or any(sequence >= len(before) for sequence in sequences):
        raise HistoryInvalid("each earlier key is revoked once, in order")
    if any(one.since > statement.made for one in statement.revoked):
        raise HistoryInvalid("a key is not revoked from the future")
    if statement.kind is Kind.SUCCESSION and before[-1].signing_key in {before[at].signing_key for at in sequences}:
        raise HistoryInvalid("a revoked key hands nothing over; recover with the recovery key")


def _check_signatures(before: Sequence[KeyStatement], statement: KeyStatement) -> None:
    keys = [statement.signing_key]
    if statement.kind is Kind.SUCCESSION:
        keys.insert(0, before[-1].signing_key)
    elif statement.kind is Kind.RECOVERY:
        keys.insert(0, statement.recovery_key)
    content = statement.signed_content()
    if len(keys) != len(statement.signatures):
        raise HistoryInvalid("a statement bears one signature for each key that vouches for it")
    for key, signature in zip(keys, statement.signatures, strict=True):
        if not is_signature(key, signature, content):
            raise HistoryInvalid("the statement is not signed by the keys it must be signed by")
