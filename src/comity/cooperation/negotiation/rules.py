"""May this step of a negotiation be taken? Decided from the texts that are kept, the same for us and for a partner."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from comity.cooperation.agreements.agreement import Agreement
from comity.cooperation.agreements.errors import AgreementUnknown
from comity.cooperation.agreements.lifecycle import ENDED, OPEN, refusal_for
from comity.cooperation.agreements.texts import StoredAgreement
from comity.cooperation.negotiation.errors import (
    CounterUnfounded,
    NotAParty,
    ProposalsTooMany,
    RivalSigned,
    TextAmbiguous,
)

MOST_OPEN_PROPOSALS = 100  # of one party at a time; a guess, so that no partner fills our tables
SHORTEST_PREFIX = 8


def check_parties(agreement: Agreement, *authorities: str) -> None:
    """Check that administrations are parties of a text.

    Raises:
        NotAParty: one is not.
    """
    for one in authorities:
        if one not in agreement.parties:
            raise NotAParty(f"{one} is not a party of {agreement.id}; the text must name it")


def check_counter(agreement: Agreement, answers: str, texts: Sequence[StoredAgreement], at: datetime) -> None:
    """Check that a counter-proposal answers an open proposal of the same agreement and version.

    Raises:
        AgreementUnknown: no text with this hash is kept.
        ReleaseRefused: what it answers is over, by name: amended when another text was signed in its stead.
        CounterUnfounded: what it answers is signed, or is another agreement's or version's.
    """
    answered = next((text for text in texts if text.hash == answers), None)
    if answered is None:
        raise AgreementUnknown("the counter-proposal answers a text that is not kept here")
    status = answered.status(at)
    if status in ENDED:
        raise refusal_for(status, agreement.id)
    same_place = (answered.agreement.version, answered.agreement.replaces) == (agreement.version, agreement.replaces)
    if status not in OPEN or not same_place:
        raise CounterUnfounded


def check_room(by: str, texts: Sequence[StoredAgreement], at: datetime) -> None:
    """Check that a party may put one more proposal on the table.

    Raises:
        ProposalsTooMany: it has too many open ones there.
    """
    proposed = [text for text in texts if (by == text.proposal.by if text.proposal else by in text.signers)]
    if len(proposed) >= MOST_OPEN_PROPOSALS and len(open_texts(proposed, at)) >= MOST_OPEN_PROPOSALS:
        raise ProposalsTooMany


def check_signing(text: StoredAgreement, by: str, texts: Sequence[StoredAgreement], at: datetime) -> None:
    """Check that this administration may sign a text; a signature binds and is not withdrawn.

    Raises:
        NotAParty: it is not a party.
        RivalSigned: it has signed another text of the same version that is not over.
    """
    check_parties(text.agreement, by)
    for other in texts:
        is_rival = other.agreement.version == text.agreement.version and other.hash != text.hash
        if is_rival and by in other.signers and other.status(at) not in ENDED:
            raise RivalSigned


def open_texts(texts: Sequence[StoredAgreement], at: datetime) -> list[StoredAgreement]:
    """Return the texts that wait for signatures."""
    return [text for text in texts if text.status(at) in OPEN]


def waiting_for(authority: str, texts: Sequence[StoredAgreement], at: datetime) -> list[StoredAgreement]:
    """Return the texts that an administration could sign and has neither signed nor declined.

    Among them one that enough others have signed already: a party may join it later.
    """
    return [
        text
        for text in texts
        if authority in text.agreement.parties
        and authority not in text.signers
        and authority not in text.declined_by
        and text.status(at) not in ENDED
    ]


def named_text(texts: Sequence[StoredAgreement], name: str, candidates: Sequence[StoredAgreement]) -> StoredAgreement:
    """Return the text meant by a hash or its first characters, or by an agreement's id: its one candidate.

    Raises:
        AgreementUnknown: none is.
        TextAmbiguous: several are.
    """
    by_hash = [text for text in texts if len(name) >= SHORTEST_PREFIX and text.hash.startswith(name)]
    found = by_hash or [text for text in candidates if text.agreement.id == name]
    if not found:
        raise AgreementUnknown(f"no text {name} waits for an answer here; see `comity agreement history`")
    if len(found) > 1:
        raise TextAmbiguous
    return found[0]
