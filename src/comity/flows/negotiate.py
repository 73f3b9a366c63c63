"""How does this administration negotiate? It proposes, counters, signs, and gives notice; every other party is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date
from typing import Any

from sqlalchemy.orm import Session

from comity.cooperation.agreements.lifecycle import sign_agreement
from comity.cooperation.agreements.notices import Notice, NoticeKind, sign_notice
from comity.cooperation.agreements.store import find_agreement, find_text, keep_notice, list_agreements, texts_of
from comity.cooperation.agreements.texts import Proposal, StoredAgreement
from comity.cooperation.ledger.append import NewEntry, append
from comity.cooperation.negotiation.messages import (
    NOTICE,
    PROPOSAL,
    SIGNATURE,
    Spoken,
    write_proposal,
    write_signatures,
)
from comity.cooperation.negotiation.rules import (
    check_counter,
    check_parties,
    check_signing,
    named_text,
    open_texts,
    waiting_for,
)
from comity.cooperation.negotiation.tell import Told, tell_parties
from comity.flows.clearing import Clearing
from comity.flows.sign_agreement import take_in
from comity.foundation.canonical_json import canonical_json


@dataclass(frozen=True, slots=True)
class Step:
    """What a step led to: the text as it stands now, and who hears of it."""

    text: StoredAgreement
    heard: Told


@dataclass(frozen=True, slots=True)
class Declared:
    """What this administration declares by itself, and why; from today when no day is named."""

    kind: NoticeKind
    reason: str
    from_day: date | None = None


def propose(session: Session, spoken: Spoken, *, clearing: Clearing) -> Step:
    """Put a text before the other parties: a first text, an amendment, or the answer to a proposal.

    Raises:
        NotAParty: this administration is not a party.
        CounterUnfounded, AgreementUnknown, ReleaseRefused: what it answers is not an open proposal.
        AgreementChanged, AmendmentUnfounded: it does not follow the texts that are kept.
    """
    agreement, now = spoken.agreement, clearing.clock.now()
    check_parties(agreement, clearing.authority)
    if spoken.answers:
        check_counter(agreement, spoken.answers, texts_of(session, agreement.id), now)
    proposal = Proposal(clearing.authority, now, spoken.answers, spoken.note)
    text = take_in(session, agreement, spoken.signatures, clearing=clearing, proposal=proposal)
    return Step(text, _tell(session, text, PROPOSAL, write_proposal(spoken), clearing))


def sign(session: Session, name: str, *, clearing: Clearing, officer: str = "") -> Step:
    """Sign the open text of an agreement, named by its id or hash, and send the signature to the other parties.

    Raises:
        AgreementUnknown, TextAmbiguous: none, or several, are meant.
        NotAParty, RivalSigned: this administration cannot sign it.
        ReleaseRefused: the text is over, by name.
    """
    now, texts = clearing.clock.now(), list_agreements(session)
    text = named_text(texts, name, waiting_for(clearing.authority, texts, now))
    check_signing(text, clearing.authority, texts_of(session, text.agreement.id), now)
    signature = sign_agreement(text.agreement, clearing.keys)
    text = take_in(session, text.agreement, [signature], clearing=clearing)
    _note_officer(session, text, "signed", officer, clearing)
    return Step(text, tell_signatures(session, text, clearing=clearing))


def tell_signatures(session: Session, text: StoredAgreement, *, clearing: Clearing) -> Told:
    """Send every signature on a text to the other parties: one may have come here and not yet there."""
    return _tell(session, text, SIGNATURE, write_signatures(text.agreement, text.signatures), clearing)


def give_notice(session: Session, name: str, declared: Declared, *, clearing: Clearing, officer: str = "") -> Step:
    """Decline a text, or suspend, resume or terminate an agreement, from today or a later day, and tell all parties.

    Raises:
        AgreementUnknown, TextAmbiguous: no text, or several, are meant.
        NoticeInvalid, NoticeUntimely, NoticeTooShort, NoticeOutOfPlace: the notice cannot be given.
    """
    now = clearing.clock.now().astimezone(UTC)
    if declared.kind is NoticeKind.DECLINED:
        texts = list_agreements(session)
        text = named_text(texts, name, open_texts(texts, now))
    else:
        text = find_agreement(session, name, now)
    check_parties(text.agreement, clearing.authority)
    notice = Notice(
        agreement_id=text.agreement.id,
        agreement_hash=text.hash,
        kind=declared.kind,
        authority=clearing.authority,
        from_day=declared.from_day or now.date(),
        given_at=now,
        reason=" ".join(declared.reason.split()),
    )
    notice = sign_notice(notice, clearing.keys)
    keep_notice(session, notice, identity=clearing.keys.public, clock=clearing.clock)
    _note_officer(session, text, declared.kind.value, officer, clearing)
    return Step(find_text(session, text.hash), _tell(session, text, NOTICE, notice.as_json(), clearing))


def history_of(session: Session, agreement_id: str) -> Sequence[StoredAgreement]:
    """Return every text of an agreement with its signatures and notices.

    Raises:
        AgreementUnknown: no such agreement.
    """
    find_agreement(session, agreement_id)
    return texts_of(session, agreement_id)


def _tell(
    session: Session, text: StoredAgreement, message_type: str, payload: dict[str, Any], clearing: Clearing
) -> Told:
    return tell_parties(session, text.agreement, message_type, payload, keys=clearing.keys, clock=clearing.clock)


def _note_officer(session: Session, text: StoredAgreement, act: str, officer: str, clearing: Clearing) -> None:
    """Keep in our own log which officer acted for the administration; partners see the administration only."""
    if officer:
        said = canonical_json({"hash": text.hash, "act": act, "officer": officer})
        append(session, [NewEntry("agreement-act", text.agreement.id, said)], clearing.clock)
