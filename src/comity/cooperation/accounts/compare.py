"""Where do two sides' books differ? Counts and hashes first, then the messages of the parts that differ; pure.

A stream numbers its messages without gaps and both sides number them alike, so that books are compared by sequence. A
part is a thousand sequences; its hash is SHA-256 over a line `sequence id outcome` for each message that is there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from itertools import groupby
from typing import Annotated, Any

import msgspec

from comity.cooperation.accounts.errors import AccountInvalid
from comity.cooperation.exchange.envelope import Authority, Count, Digest, Name
from comity.cooperation.exchange.traffic.store import Settled

PART = 1_000
MOST_PARTS = 2_000  # of one stream in one account: two million messages
MOST_STREAMS = 200  # of one partner in both directions; a guess: an agreement has two
MOST_LISTED = 5_000  # messages spelled out in one answer, about 600 kB; what differs beyond is named the next time
MOST_DIFFERENCES = 5_000

Row = tuple[Count, Digest, Name]
"""A message as it is spelled out: sequence, id, `stored` or the code of its refusal."""


class LogStand(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How far a log is: its size and root."""

    size: Count
    root: Digest


class StreamAccount(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one side has of a stream between two sequences; `head` is the id at the last, empty where it is missing."""

    agreement_id: Name
    sender: Authority
    first: Count
    last: Count
    count: Count
    head: Annotated[str, msgspec.Meta(pattern=r"\A([0-9a-f]{64})?\Z")]
    parts: Annotated[list[Digest], msgspec.Meta(max_length=MOST_PARTS)]
    listed: Annotated[list[Row], msgspec.Meta(max_length=MOST_LISTED)] = []


class Account(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one side states: its log, how far it saw the other's, and every stream between the two."""

    log: LogStand
    partner_log: LogStand
    streams: Annotated[list[StreamAccount], msgspec.Meta(max_length=MOST_STREAMS)]


class DifferenceKind(StrEnum):
    """How two books differ in one message, as the one sees it who states it."""

    MISSING_HERE = "missing-here"
    MISSING_THERE = "missing-there"
    OUTCOME = "outcome-differs"
    MESSAGE = "message-differs"
    LOG = "log-differs"


class Difference(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One message on which the books differ; `ours` and `theirs` are the outcomes, or the ids where those differ."""

    kind: DifferenceKind
    agreement_id: Annotated[str, msgspec.Meta(max_length=64)]
    sender: Authority
    sequence: Count
    message_id: Annotated[str, msgspec.Meta(max_length=64)]
    ours: Annotated[str, msgspec.Meta(max_length=64)] = ""
    theirs: Annotated[str, msgspec.Meta(max_length=64)] = ""

    def as_the_other_sees_it(self) -> Difference:
        """Return the same difference from the other side."""
        kind = _MIRRORED.get(self.kind, self.kind)
        return msgspec.structs.replace(self, kind=kind, ours=self.theirs, theirs=self.ours)


def read_account(record: Any) -> Account:
    """Read what a partner states.

    Raises:
        AccountInvalid: it is not of this form, or a stream's parts are not those between its sequences.
    """
    account: Account = _read(record, Account)
    for stream in account.streams:
        if not 1 <= stream.first <= stream.last or len(stream.parts) != len(_numbers(stream.first, stream.last)):
            raise AccountInvalid("a stream's parts are not those between its first and last sequence", path="parts")
    return account


def read_differences(record: Any) -> list[Difference]:
    """Read the differences a partner names.

    Raises:
        AccountInvalid: they are not of this form.
    """
    found: list[Difference] = _read(record, Annotated[list[Difference], msgspec.Meta(max_length=MOST_DIFFERENCES)])
    return found


def as_record(value: Account | list[Difference]) -> Any:
    """Return the form that travels."""
    return msgspec.to_builtins(value)


def account_of(agreement_id: str, sender: str, *, first: int, last: int, settled: Iterable[Settled]) -> StreamAccount:
    """Sum up what is there of a stream between two sequences, in one pass.

    Raises:
        AccountInvalid: the stretch is longer than one account can be.
    """
    numbers = _numbers(first, last)
    if len(numbers) > MOST_PARTS:
        raise AccountInvalid("more messages than one account holds; choose a shorter period")
    hashes = dict.fromkeys(numbers, hashlib.sha256().hexdigest())
    count, head = 0, ""
    for number, part in groupby(settled, key=lambda one: one.sequence // PART):
        digest = hashlib.sha256()
        for one in part:
            digest.update(f"{one.sequence} {one.id} {one.outcome}\n".encode())
            count, head = count + 1, one.id if one.sequence == last else ""
        hashes[number] = digest.hexdigest()
    return StreamAccount(agreement_id, sender, first, last, count, head, list(hashes.values()))


def differing(ours: StreamAccount, theirs: StreamAccount) -> list[tuple[int, int]]:
    """Return from which to which sequence the books differ, part by part."""
    pairs = zip(_numbers(ours.first, ours.last), ours.parts, theirs.parts, strict=True)
    return [
        (max(ours.first, number * PART), min(ours.last, number * PART + PART - 1))
        for number, one, other in pairs
        if one != other
    ]


def differences(
    agreement_id: str, sender: str, *, ours: Mapping[int, Settled], theirs: Mapping[int, Settled]
) -> Iterator[Difference]:
    """Name each message on which two books of one stream differ."""
    for sequence in sorted({*ours, *theirs}):
        one, other = ours.get(sequence), theirs.get(sequence)
        place = (agreement_id, sender, sequence)
        if one is None or other is None:
            there = one or other
            kind = DifferenceKind.MISSING_HERE if one is None else DifferenceKind.MISSING_THERE
            told = (one.outcome if one else "", other.outcome if other else "")
            yield Difference(kind, *place, there.id if there else "", *told)
        elif one.id != other.id:
            yield Difference(DifferenceKind.MESSAGE, *place, one.id, one.id, other.id)
        elif one.outcome != other.outcome:
            yield Difference(DifferenceKind.OUTCOME, *place, one.id, one.outcome, other.outcome)


def _numbers(first: int, last: int) -> range:
    return range(first // PART, last // PART + 1)


def _read(record: Any, kind: Any) -> Any:
    try:
        return msgspec.convert(record, kind)
    except (msgspec.ValidationError, RecursionError) as error:
        raise AccountInvalid(f"the account is not of this version: {error}") from error


_MIRRORED = {
    DifferenceKind.MISSING_HERE: DifferenceKind.MISSING_THERE,
    DifferenceKind.MISSING_THERE: DifferenceKind.MISSING_HERE,
}
