"""What did two parties give each other under an agreement in a period? One statement that both sign; pure and offline.

Both compute it from their own books: what counts is the time in the receipt, which both hold under one signature. So an
honest pair comes to the same bytes (RFC 8785), and one file with both signatures (Ed25519) proves it to anyone.
"""

from __future__ import annotations

import base64
import binascii
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import Any

from comity.cooperation.accounts.errors import StatementInvalid
from comity.cooperation.exchange.traffic.store import STORED
from comity.cooperation.identity.errors import SuiteUnknown
from comity.cooperation.identity.keys import KeyInvalid, NodeKeys, PublicIdentity, is_signature
from comity.foundation.canonical_json import canonical_json

FORMAT = "comity-reciprocity.v1"
_DAY = timedelta(days=1)


@dataclass(slots=True)
class Given:
    """What one party gave the other: messages by type and outcome, and how long what it answered had waited."""

    messages: Counter[tuple[str, str]] = field(default_factory=Counter)
    waited: list[timedelta] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class VerifiedStatement:
    """What a statement file proves: what, and who signed it with which keys."""

    statement: dict[str, Any]
    signed_by: tuple[str, ...]
    fingerprints: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the result for a machine."""
        return {
            "statement": self.statement,
            "signed_by": list(self.signed_by),
            "fingerprints": list(self.fingerprints),
        }


def statement_of(
    agreement_id: str, given: Mapping[str, Given], *, period_from: date, period_to: date
) -> dict[str, Any]:
    """Return the statement; `period_to` is the first day that no longer counts, in UTC like all days here."""
    return {
        "agreement_id": agreement_id,
        "parties": sorted(given),
        "period_from": period_from.isoformat(),
        "period_to": period_to.isoformat(),
        "given": {party: _told(one) for party, one in sorted(given.items())},
    }


def differences_between(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> list[str]:
    """Name the places in which two statements differ, with both values, at most 100."""
    one, other = _leaves(ours, ""), _leaves(theirs, "")
    return [
        f"{path}: {one.get(path, 'nothing')} here, {other.get(path, 'nothing')} there"[:300]
        for path in sorted({*one, *other})
        if one.get(path) != other.get(path)
    ][:100]


def sign_statement(statement: Mapping[str, Any], keys: NodeKeys) -> dict[str, str]:
    """Return one party's signature."""
    return {
        "authority": keys.authority,
        "signature": base64.b64encode(keys.sign(_signed_content(statement))).decode(),
    }


def is_signed_by(statement: Mapping[str, Any], signature: object, party: PublicIdentity) -> bool:
    """Claim that a signature is this party's, on this statement: with any key of its history that is not revoked."""
    if not isinstance(signature, dict) or signature.get("authority") != party.authority:
        return False
    try:
        raw = base64.b64decode(str(signature.get("signature")), validate=True)
        content = _signed_content(statement)
        return any(is_signature(held.key, raw, content) for held in party.history.keys if held.revoked_since is None)
    except (binascii.Error, ValueError, TypeError, RecursionError):
        return False


def statement_file(
    statement: Mapping[str, Any], signatures: Sequence[Mapping[str, str]], parties: Sequence[PublicIdentity]
) -> dict[str, Any]:
    """Return what is handed to a third party: statement, both signatures, both public identities."""
    return {
        "format": FORMAT,
        "statement": dict(statement),
        "parties": [party.as_json() for party in sorted(parties, key=lambda one: one.authority)],
        "signatures": sorted((dict(one) for one in signatures), key=lambda one: one["authority"]),
    }


def verify_statement(record: Any, *, trusted: Mapping[str, str] | None = None) -> VerifiedStatement:
    """Verify a statement file; needs no node and no network.

    `trusted` gives fingerprints by authority, as the administrations told them.

    Raises:
        StatementInvalid: it is not of the form, or not both of its parties signed it.
    """
    if not isinstance(record, dict) or record.get("format") != FORMAT:
        raise StatementInvalid(f"this is not a {FORMAT} file", path="format")
    statement, signatures = record.get("statement"), record.get("signatures")
    parties = [_identity(one, trusted) for one in _two(record.get("parties"), "parties")]
    names = [party.authority for party in parties]
    if not isinstance(statement, dict) or statement.get("parties") != sorted(names) or len(set(names)) != 2:
        raise StatementInvalid("the parties are not those of the statement", path="parties")
    if parties[0].signing_key == parties[1].signing_key:
        raise StatementInvalid("one party signed for both", path="parties")
    for party in parties:
        if not any(is_signed_by(statement, one, party) for one in _two(signatures, "signatures")):
            raise StatementInvalid(f"{party.authority} did not sign the statement as it is", path="signatures")
    return VerifiedStatement(statement, tuple(names), tuple(party.fingerprint for party in parties))


def _told(given: Given) -> dict[str, Any]:
    types: dict[str, dict[str, int]] = {}
    refusals: Counter[str] = Counter()
    for (kind, outcome), count in sorted(given.messages.items()):
        counts = types.setdefault(kind, {"refused": 0, "stored": 0})
        counts["stored" if outcome == STORED else "refused"] += count
        if outcome != STORED:
            refusals[outcome] += count
    days = f"{median(one / _DAY for one in given.waited):.1f}" if given.waited else None
    return {"messages": types, "refusals": dict(refusals), "answered": len(given.waited), "median_days": days}


def _signed_content(statement: Mapping[str, Any]) -> bytes:
    return FORMAT.encode() + b"\n" + canonical_json(dict(statement))


def _leaves(value: Any, path: str) -> dict[str, Any]:
    """Return what stands at the end of each path, without recursion: it may come from a partner."""
    found: dict[str, Any] = {}
    waiting = [(value, path)]
    while waiting:
        one, at = waiting.pop()
        if isinstance(one, Mapping) and one:
            waiting += [(below, f"{at}.{name}" if at else str(name)) for name, below in one.items()]
        else:
            found[at] = one
    return found


def _identity(record: object, trusted: Mapping[str, str] | None) -> PublicIdentity:
    if not isinstance(record, dict):
        raise StatementInvalid("a public identity was expected", path="parties")
    try:
        identity = PublicIdentity.from_json(record)
    except (KeyInvalid, SuiteUnknown) as error:
        raise StatementInvalid(error.message, path="parties") from error
    if trusted is not None and trusted.get(identity.authority) != identity.fingerprint:
        raise StatementInvalid("the fingerprint is not the one you trust for this administration", path="parties")
    return identity


def _two(value: object, path: str) -> list[Any]:
    if not isinstance(value, list) or len(value) != 2:
        raise StatementInvalid("two were expected", path=path)
    return value


def instant_of(day: date) -> datetime:
    """Return the beginning of a day in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
