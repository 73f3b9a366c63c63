"""How agreements, signatures and decisions are kept; every query of agreements is here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from comity.cooperation.agreements.agreement import Agreement, agreement_hash, as_record, parse_agreement
from comity.cooperation.agreements.errors import AgreementChanged, AgreementUnknown
from comity.cooperation.agreements.lifecycle import AgreementStatus, Signature, status_of, verify_signature
from comity.cooperation.agreements.partnership import partnership
from comity.cooperation.agreements.policies import agreement_hash_of
from comity.cooperation.agreements.tables import AgreementDecisionRow, AgreementRow, AgreementSignatureRow
from comity.cooperation.identity.keys import PublicIdentity
from comity.cooperation.ledger.append import NewEntry, append
from comity.foundation.canonical_json import canonical_json
from comity.foundation.clock import Clock

LONGEST_REASON = 2_000  # characters; a guess: our own sentences are under 300, the rest is what the message named


@dataclass(frozen=True, slots=True)
class StoredAgreement:
    """An agreement as kept, with its verified signatures."""

    agreement: Agreement
    hash: str
    signatures: tuple[Signature, ...]
    terminated_at: datetime | None
    is_partnership: bool = False

    def status(self, at: datetime) -> AgreementStatus:
        """Return where it stands at an instant."""
        if self.is_partnership:
            return AgreementStatus.IN_FORCE
        return status_of(self.agreement, self.signatures, at, self.terminated_at)


def keep_agreement(session: Session, agreement: Agreement, *, clock: Clock) -> None:
    """Keep an agreement; the same text again changes nothing.

    Raises:
        AgreementChanged: another text is kept under this id.
    """
    _forget(session)
    digest = agreement_hash(agreement)
    kept = session.get(AgreementRow, agreement.id)
    if kept is None:
        row = {"id": agreement.id, "hash": digest, "document": as_record(agreement), "kept_at": clock.now()}
        session.execute(insert(AgreementRow).values(**row, terminated_at=None))
    elif kept.hash != digest:
        raise AgreementChanged


def add_signature(
    session: Session, agreement_id: str, signature: Signature, *, identity: PublicIdentity, clock: Clock
) -> None:
    """Keep a party's signature after verifying it, with a ledger entry; the same signer again changes nothing.

    Raises:
        AgreementUnknown: no such agreement.
        SignatureInvalid: the signature does not verify.
    """
    stored = find_agreement(session, agreement_id)
    verify_signature(stored.agreement, signature, identity)
    if session.get(AgreementSignatureRow, (agreement_id, signature.authority)) is not None:
        return
    session.execute(
        insert(AgreementSignatureRow).values(
            agreement_id=agreement_id,
            authority=signature.authority,
            fingerprint=signature.fingerprint,
            signature=signature.signature,
            signed_at=clock.now(),
        )
    )
    _forget(session)
    statement = canonical_json({"agreement": as_record(stored.agreement), "signature": signature.as_json()})
    append(session, [NewEntry("agreement", agreement_id, statement)], clock)


def terminate(session: Session, agreement_id: str, *, clock: Clock) -> None:
    """End an agreement from now on.

    Raises:
        AgreementUnknown: no such agreement.
    """
    find_agreement(session, agreement_id)
    session.execute(update(AgreementRow).where(AgreementRow.id == agreement_id).values(terminated_at=clock.now()))
    _forget(session)


def find_agreement(session: Session, agreement_id: str) -> StoredAgreement:
    """Return an agreement with its signatures.

    Raises:
        AgreementUnknown: no such agreement.
    """
    found = [stored for stored in list_agreements(session) if stored.agreement.id == agreement_id]
    if not found:
        raise AgreementUnknown
    return found[0]


def list_agreements(session: Session) -> list[StoredAgreement]:
    """Return every agreement kept, by id. Two statements, once a transaction."""
    if _READ not in session.info:
        session.info[_READ] = _list(session)
    listed: list[StoredAgreement] = session.info[_READ]
    return listed


def _list(session: Session) -> list[StoredAgreement]:
    signatures: dict[str, list[Signature]] = {}
    for row in session.execute(_SIGNATURES):
        signatures.setdefault(row.agreement_id, []).append(Signature(row.authority, row.fingerprint, row.signature))
    return [
        StoredAgreement(
            _parsed(row.hash, _Document(row.document)), row.hash, tuple(signatures.get(row.id, ())), row.terminated_at
        )
        for row in session.execute(_AGREEMENTS)
    ]


def agreements_with(session: Session, authority: str) -> list[StoredAgreement]:
    """Return every agreement with this party, by id."""
    return [stored for stored in list_agreements(session) if authority in stored.agreement.parties]


def partnership_with(own: str, partner: str) -> StoredAgreement:
    """Return the partnership of two administrations: it needs no row and no signature, and is always in force."""
    agreement = partnership(own, partner)
    return StoredAgreement(agreement, agreement_hash_of(agreement), (), None, is_partnership=True)


def senders_to(session: Session, recipient: str, *, message_type: str, at: datetime) -> list[tuple[str, date]]:
    """Return who owes `recipient` messages of this type under an agreement in force, and since when."""
    return sorted(
        {
            (sender, stored.agreement.valid_from)
            for stored in list_agreements(session)
            if recipient in stored.agreement.parties and stored.status(at) is AgreementStatus.IN_FORCE
            for clause in stored.agreement.clauses
            if message_type in clause.message_types
            for sender in stored.agreement.parties
            if stored.agreement.lets(clause, sender=sender, recipient=recipient)
        }
    )


def keep_decision(session: Session, values: dict[str, Any]) -> None:
    """Keep one decision under an agreement, or a refusal; a text that its column cannot hold is cut.

    What was asked comes from the partner's message: it must not be able to make the refusal itself fail.
    """
    kept = {name: _storable(value, _LENGTHS.get(name)) for name, value in values.items()}
    session.execute(_DECISIONS.insert(), kept)  # the table, not the row class: one of these for every message


def first_released(session: Session, recipient: str, *, message_type: str) -> dict[str, datetime]:
    """Return when each subject was first let leave to a recipient in this message type."""
    query = (
        select(AgreementDecisionRow.subject, func.min(AgreementDecisionRow.at))
        .where(
            AgreementDecisionRow.direction == "out",
            AgreementDecisionRow.recipient == recipient,
            AgreementDecisionRow.message_type == message_type,
            AgreementDecisionRow.refusal.is_(None),
        )
        .group_by(AgreementDecisionRow.subject)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def decision_counts(session: Session) -> dict[str, int]:
    """Return how many messages were let pass and refused, by direction: `out-allowed`, `in-refused` …"""
    query = select(
        AgreementDecisionRow.direction, AgreementDecisionRow.refusal.is_(None).label("allowed"), func.count()
    ).group_by(AgreementDecisionRow.direction, AgreementDecisionRow.refusal.is_(None))
    return {f"{row[0]}-{'allowed' if row[1] else 'refused'}": row[2] for row in session.execute(query)}


def _storable(value: Any, length: int | None) -> Any:
    if not isinstance(value, str):
        return value
    return value[: LONGEST_REASON if length is None else length].replace("\x00", "\ufffd")  # PostgreSQL keeps no NUL


_READ = "comity.agreements.read"


def _forget(session: Session) -> None:
    session.info.pop(_READ, None)


class _Document:
    """A document that is not part of the cache key: the hash before it names it already."""

    __slots__ = ("record",)

    def __init__(self, record: dict[str, Any]) -> None:
        self.record = record

    def __hash__(self) -> int:
        return 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Document)


@lru_cache(maxsize=256)
def _parsed(_hash: str, document: _Document) -> Agreement:
    return parse_agreement(document.record)


_DECISIONS = AgreementDecisionRow.metadata.tables[AgreementDecisionRow.__tablename__]
_LENGTHS = {column.name: getattr(column.type, "length", None) for column in _DECISIONS.columns}
_AGREEMENTS = select(AgreementRow.id, AgreementRow.hash, AgreementRow.document, AgreementRow.terminated_at).order_by(
    AgreementRow.id
)
_SIGNATURES = select(
    AgreementSignatureRow.agreement_id,
    AgreementSignatureRow.authority,
    AgreementSignatureRow.fingerprint,
    AgreementSignatureRow.signature,
).order_by(AgreementSignatureRow.authority)
