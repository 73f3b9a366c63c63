"""How the texts of agreements, signatures, notices and decisions are kept; every query of agreements is here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import event, func, insert, inspect, select, update
from sqlalchemy.orm import Session, SessionTransaction

from comity.cooperation.agreements.agreement import Agreement, agreement_hash, as_record, parse_agreement
from comity.cooperation.agreements.errors import AgreementUnknown, SignatureInvalid
from comity.cooperation.agreements.lifecycle import (
    ENDED,
    AgreementStatus,
    History,
    Signature,
    refusal_for,
    verify_signature,
)
from comity.cooperation.agreements.notices import Notice, verify_notice
from comity.cooperation.agreements.partnership import partnership
from comity.cooperation.agreements.policies import agreement_hash_of
from comity.cooperation.agreements.tables import (
    AgreementDecisionRow,
    AgreementNoticeRow,
    AgreementSignatureRow,
    AgreementTextRow,
)
from comity.cooperation.agreements.texts import (
    Proposal,
    StoredAgreement,
    check_notice,
    check_place,
    current_text,
    successors_of,
)
from comity.cooperation.identity.keys import PublicIdentity
from comity.cooperation.ledger.append import NewEntry, append
from comity.foundation.canonical_json import canonical_json
from comity.foundation.clock import Clock
from comity.foundation.storage.bulk import insert_rows

LONGEST_REASON = 2_000  # characters; a guess: our own sentences are under 300, the rest is what the message named


def keep_agreement(session: Session, agreement: Agreement, *, clock: Clock, proposal: Proposal | None = None) -> bool:
    """Keep a text and claim that it is new; a proposal of a text that is kept already is only noted.

    Raises:
        AgreementChanged: enough have signed another text of this version, or a later one.
        AmendmentUnfounded: no text of this agreement that enough have signed is what the amendment replaces.
    """
    digest = agreement_hash(agreement)
    texts = texts_of(session, agreement.id)
    proposed = _proposal_columns(proposal) if proposal else {}
    kept = next((one for one in texts if one.hash == digest), None)
    if kept is None:
        check_place(agreement, texts, clock.now())
        row = {"hash": digest, "agreement_id": agreement.id, "document": as_record(agreement), "kept_at": clock.now()}
        session.execute(insert(AgreementTextRow).values(**row, **proposed))
    elif proposal and kept.proposal is None:
        session.execute(update(AgreementTextRow).where(AgreementTextRow.hash == digest).values(**proposed))
    _forget(session)
    if proposal and (kept is None or kept.proposal is None):
        told = {"agreement": as_record(agreement), "by": proposal.by, "answers": proposal.answers}
        append(session, [NewEntry("agreement-proposal", agreement.id, canonical_json(told))], clock)
    return kept is None


def add_signature(
    session: Session, agreement_id: str, signature: Signature, *, identity: PublicIdentity, clock: Clock
) -> StoredAgreement:
    """Keep a party's signature under the text that it verifies for, with a ledger entry; again changes nothing.

    Raises:
        AgreementUnknown: no such agreement.
        SignatureInvalid: the signature verifies for no text of it.
        ReleaseRefused: that text is over, by name: a signature does not bring it back.
    """
    stored = _signed_text(session, agreement_id, signature, identity)
    if signature.authority in stored.signers:
        return stored
    status = stored.status(clock.now())
    if status in ENDED:
        raise refusal_for(status, agreement_id)
    session.execute(
        insert(AgreementSignatureRow).values(
            hash=stored.hash,
            authority=signature.authority,
            fingerprint=signature.fingerprint,
            signature=signature.signature,
            signed_at=clock.now(),
        )
    )
    _forget(session)
    statement = canonical_json({"agreement": as_record(stored.agreement), "signature": signature.as_json()})
    append(session, [NewEntry("agreement", agreement_id, statement)], clock)
    return find_text(session, stored.hash)


def keep_notice(session: Session, notice: Notice, *, identity: PublicIdentity, clock: Clock) -> bool:
    """Keep a party's notice after verifying it, with a ledger entry; claim that it is new.

    Raises:
        AgreementUnknown: the text that it names is not here.
        NoticeInvalid, NoticeUntimely, NoticeTooShort: as `verify_notice`.
        NoticeOutOfPlace: its author cannot declare this where it stands.
    """
    stored = find_text(session, notice.agreement_hash)
    if any(notice.digest == one.digest for one in stored.history.notices):
        return False
    verify_notice(notice, stored.agreement, identity, at=clock.now())
    check_notice(notice, stored, clock.now())
    row = {"digest": notice.digest, "agreement_id": notice.agreement_id, "document": notice.as_json()}
    session.execute(insert(AgreementNoticeRow).values(**row, kept_at=clock.now()))
    _forget(session)
    append(session, [NewEntry("agreement-notice", notice.agreement_id, canonical_json(notice.as_json()))], clock)
    return True


def find_agreement(session: Session, agreement_id: str, at: datetime | None = None) -> StoredAgreement:
    """Return the text of an agreement that counts at an instant, or, without one, the newest that enough have signed.

    Raises:
        AgreementUnknown: no such agreement.
    """
    texts = texts_of(session, agreement_id)
    if not texts:
        raise AgreementUnknown
    return current_text(texts, at)


def find_text(session: Session, digest: str) -> StoredAgreement:
    """Return one text by its hash.

    Raises:
        AgreementUnknown: no such text.
    """
    found = [stored for stored in list_agreements(session) if stored.hash == digest]
    if not found:
        raise AgreementUnknown("no text of an agreement with this hash is kept here; ask the partner to propose it")
    return found[0]


def texts_of(session: Session, agreement_id: str) -> list[StoredAgreement]:
    """Return every text of an agreement, the first version first, each version as it came."""
    return [stored for stored in list_agreements(session) if stored.agreement.id == agreement_id]


def current_agreements(session: Session, at: datetime) -> list[StoredAgreement]:
    """Return of each agreement the text that counts at an instant, by id."""
    texts: dict[str, list[StoredAgreement]] = {}
    for stored in list_agreements(session):
        texts.setdefault(stored.agreement.id, []).append(stored)
    return [current_text(each, at) for each in texts.values()]


def list_agreements(session: Session) -> list[StoredAgreement]:
    """Return every text of every agreement kept, by id and version. Three statements, once a transaction."""
    if _READ not in session.info:
        session.info[_READ] = _list(session)
    listed: list[StoredAgreement] = session.info[_READ]
    return listed


def _list(session: Session) -> list[StoredAgreement]:
    signatures: dict[str, list[Signature]] = {}
    for row in session.execute(_SIGNATURES):
        signatures.setdefault(row.hash, []).append(Signature(row.authority, row.fingerprint, row.signature))
    notices: dict[str, list[Notice]] = {}
    for row in session.execute(_NOTICES):
        notices.setdefault(row.agreement_id, []).append(Notice.from_json(row.document))
    rows = list(session.execute(_TEXTS))
    answered = {row.answers for row in rows}
    texts = [
        StoredAgreement(
            _parsed(row.hash, _Document(row.document)),
            row.hash,
            tuple(signatures.get(row.hash, ())),
            History(
                tuple(notices.get(row.agreement_id, ())),
                is_proposed=row.proposed_by is not None,
                is_countered=row.hash in answered,
            ),
            _proposal(row),
        )
        for row in rows
    ]
    texts.sort(key=lambda one: (one.agreement.id, one.agreement.version))  # stable: each version as it came
    return [replace(one, history=replace(one.history, successors=successors_of(one, texts))) for one in texts]


def agreements_with(session: Session, authority: str) -> list[StoredAgreement]:
    """Return every text of every agreement with this party, by id and version."""
    return [stored for stored in list_agreements(session) if authority in stored.agreement.parties]


def partnership_with(own: str, partner: str) -> StoredAgreement:
    """Return the partnership of two administrations: it needs no row and no signature, and is always in force."""
    agreement = partnership(own, partner)
    return StoredAgreement(agreement, agreement_hash_of(agreement), (), is_partnership=True)


def senders_to(session: Session, recipient: str, *, message_type: str, at: datetime) -> list[tuple[str, date]]:
    """Return who owes `recipient` messages of this type under an agreement in force, and since when."""
    return sorted(
        {
            (sender, stored.agreement.valid_from)
            for stored in list_agreements(session)
            for clause in stored.agreement.clauses
            if message_type in clause.message_types
            for sender in stored.agreement.parties
            if stored.agreement.lets(clause, sender=sender, recipient=recipient)
            and stored.status(at, between=(sender, recipient)) is AgreementStatus.IN_FORCE
        }
    )


def keep_decisions(session: Session, decisions: Sequence[dict[str, Any]]) -> None:
    """Keep decisions under agreements, refusals among them; a text that its column cannot hold is cut.

    What was asked comes from the partner's message: it must not be able to make the refusal itself fail.
    """
    rows = [{name: _storable(value, _LENGTHS.get(name)) for name, value in one.items()} for one in decisions]
    insert_rows(session, AgreementDecisionRow, rows)


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


def _signed_text(
    session: Session, agreement_id: str, signature: Signature, identity: PublicIdentity
) -> StoredAgreement:
    texts = texts_of(session, agreement_id)
    if not texts:
        raise AgreementUnknown
    for stored in reversed(texts):
        try:
            verify_signature(stored.agreement, signature, identity)
        except SignatureInvalid:
            continue
        return stored
    raise SignatureInvalid


def _proposal_columns(proposal: Proposal) -> dict[str, Any]:
    return {
        "proposed_by": proposal.by,
        "proposed_at": proposal.at,
        "answers": proposal.answers or None,
        "note": proposal.note or None,
    }


def _proposal(row: Any) -> Proposal | None:
    if row.proposed_by is None:
        return None
    return Proposal(row.proposed_by, row.proposed_at, row.answers or "", row.note or "")


def _storable(value: Any, length: int | None) -> Any:
    if not isinstance(value, str):
        return value
    return value[: LONGEST_REASON if length is None else length].replace("\x00", "\ufffd")  # PostgreSQL keeps no NUL


_READ = "comity.agreements.read"


def _forget(session: Session) -> None:
    session.info.pop(_READ, None)


@event.listens_for(Session, "after_soft_rollback")
def _forget_what_was_undone(session: Session, _previous: SessionTransaction) -> None:
    """What was read since a savepoint may be undone with it: a refused proposal must leave nothing behind."""
    _forget(session)


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


_LENGTHS = {
    column.name: getattr(column.type, "length", None) for column in inspect(AgreementDecisionRow).local_table.columns
}
_TEXTS = select(AgreementTextRow.__table__).order_by(AgreementTextRow.kept_at, AgreementTextRow.hash)
_SIGNATURES = select(
    AgreementSignatureRow.hash,
    AgreementSignatureRow.authority,
    AgreementSignatureRow.fingerprint,
    AgreementSignatureRow.signature,
).order_by(AgreementSignatureRow.authority)
_NOTICES = select(AgreementNoticeRow.agreement_id, AgreementNoticeRow.document).order_by(
    AgreementNoticeRow.kept_at, AgreementNoticeRow.digest
)
