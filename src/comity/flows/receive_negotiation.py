"""What happens with a partner's proposal, signature or notice? Verified by the pinned keys, kept, and answered by none.

A node that hears a text become complete passes all its signatures on, once: with three parties the last signature may
reach one before another, and what is sent under the text must not arrive before it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from sqlalchemy.orm import Session

from comity.cooperation.agreements.agreement import agreement_hash
from comity.cooperation.agreements.lifecycle import Signature
from comity.cooperation.agreements.notices import Notice
from comity.cooperation.agreements.store import find_text, keep_notice, list_agreements, texts_of
from comity.cooperation.agreements.texts import Proposal
from comity.cooperation.exchange.taking import Handler, ReceivedMessage
from comity.cooperation.negotiation.errors import NegotiationMessageInvalid, NotAParty
from comity.cooperation.negotiation.messages import NOTICE, PROPOSAL, SIGNATURE, Spoken, read_spoken
from comity.cooperation.negotiation.rules import check_counter, check_parties, check_room
from comity.flows.clearing import Clearing
from comity.flows.negotiate import tell_signatures
from comity.flows.sign_agreement import pinned_identities, take_in


def negotiation_handlers(clearing: Clearing) -> Mapping[str, Handler]:
    """Return the part of the inbox's table that takes the messages of a negotiation."""
    return {
        PROPOSAL: partial(receive_proposal, clearing=clearing),
        SIGNATURE: partial(receive_signature, clearing=clearing),
        NOTICE: partial(receive_notice, clearing=clearing),
    }


def receive_proposal(session: Session, message: ReceivedMessage, *, clearing: Clearing) -> str:
    """Keep a partner's proposal, with the signatures on it; return the business outcome.

    Raises:
        ComityError: the message is malformed, or the proposal is not one that the partner may make now; by name.
    """
    spoken, now = read_spoken(message.payload, is_proposal=True), message.received_at
    texts = texts_of(session, spoken.agreement.id)
    check_parties(spoken.agreement, message.sender, clearing.authority)
    if spoken.answers:
        check_counter(spoken.agreement, spoken.answers, texts, now)
    check_room(message.sender, list_agreements(session), now)
    proposal = Proposal(message.sender, now, spoken.answers, spoken.note)
    verifiable = _verifiable(session, spoken, clearing)
    take_in(session, spoken.agreement, verifiable, clearing=clearing, proposal=proposal)
    return "proposed"


def receive_signature(session: Session, message: ReceivedMessage, *, clearing: Clearing) -> str:
    """Keep signatures that a partner sends, its own or those it has; return the business outcome.

    Raises:
        ComityError: the message is malformed, or a signature is not one that this text can bear; by name.
    """
    spoken = read_spoken(message.payload, is_proposal=False)
    check_parties(spoken.agreement, message.sender, clearing.authority)
    before = {text.hash: text for text in texts_of(session, spoken.agreement.id)}
    known = before.get(agreement_hash(spoken.agreement))
    if known is None:
        if message.sender not in [one.authority for one in spoken.signatures]:
            raise NegotiationMessageInvalid("on a text that is not known here the sender's own signature must stand")
        check_room(message.sender, list_agreements(session), message.received_at)
    text = take_in(session, spoken.agreement, _verifiable(session, spoken, clearing), clearing=clearing)
    if known and known.signers == text.signers:
        return "known"
    if text.is_signed and not (known and known.is_signed) and len(text.agreement.parties) > 2:
        tell_signatures(session, text, clearing=clearing)
    return "signed"


def receive_notice(session: Session, message: ReceivedMessage, *, clearing: Clearing) -> str:
    """Keep a partner's notice about an agreement; return the business outcome.

    Raises:
        NotAParty: the notice is another's than the sender's.
        AgreementUnknown, NoticeInvalid, NoticeUntimely, NoticeTooShort, NoticeOutOfPlace: it does not stand.
    """
    notice = Notice.from_json(message.payload)
    if notice.authority != message.sender:
        raise NotAParty(f"the notice is {notice.authority}'s, and {message.sender} sent it; each gives its own")
    check_parties(find_text(session, notice.agreement_hash).agreement, message.sender, clearing.authority)
    identity = pinned_identities(session, clearing)[message.sender]
    return notice.kind.value if keep_notice(session, notice, identity=identity, clock=clearing.clock) else "known"


def _verifiable(session: Session, spoken: Spoken, clearing: Clearing) -> Sequence[Signature]:
    """Return the signatures whose signers' keys are pinned here; another's cannot count here, whatever it is."""
    pinned = pinned_identities(session, clearing)
    return [one for one in spoken.signatures if one.authority in pinned]
