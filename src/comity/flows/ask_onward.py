"""May what came from a partner go on to another administration? The request, and the originator's signed answer.

The holder asks; the originator's officer consents, with conditions and a last day, or refuses with a reason. Where the
clause does not let the data go on at all, the node answers by that rule and no officer is asked.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import uuid4

from sqlalchemy.orm import Session

from comity.cooperation.agreements.agreement import OnwardSharing
from comity.cooperation.exchange.envelope import reread_message
from comity.cooperation.exchange.store import find_peer, sent_messages
from comity.cooperation.exchange.taking import ReceivedMessage
from comity.cooperation.stewardship.consent import sign_answer, verify_answer
from comity.cooperation.stewardship.consents.store import (
    IN,
    OUT,
    KeptConsent,
    find_request,
    keep_answer,
    keep_request,
)
from comity.cooperation.stewardship.errors import (
    AnswerInvalid,
    ConsentInvalid,
    MessageNotHeld,
    OnwardAgain,
    OnwardForbidden,
    RequestUnknown,
)
from comity.cooperation.stewardship.holdings.store import Holding, find_holding
from comity.cooperation.stewardship.notices import (
    ONWARD_ANSWER,
    ONWARD_REQUEST,
    OnwardAnswer,
    OnwardRequest,
    read_notice,
    write_notice,
)
from comity.cooperation.stewardship.retention import clauses_today
from comity.flows.clearing import Clearing
from comity.flows.tell_partner import tell

BY_RULE = "rule"
LONGEST_TEXT = 500


def ask(
    session: Session, message_ids: Sequence[str], *, recipient: str, purpose: str, reason: str, clearing: Clearing
) -> KeptConsent:
    """Ask the originator of messages whether they may go on to `recipient` for a purpose; return the request.

    Raises:
        MessageNotHeld: one of them is not held here, or they are not of one originator.
        OnwardAgain: one came onward itself.
        OnwardForbidden: the clause lets none go on.
        AnswerInvalid: no reason is given.
    """
    holdings = [find_holding(session, each) for each in sorted(set(message_ids))]
    originators = {holding.originator for holding in holdings}
    if len(originators) != 1:
        raise MessageNotHeld("the messages of one request are all of one originator")
    if not 0 < len(reason.strip()) <= LONGEST_TEXT:
        raise AnswerInvalid("say why it should go on, in at most 500 characters")
    for holding in holdings:
        check_may_go_on(session, holding, clearing=clearing)
    request = KeptConsent(
        direction=OUT,
        partner=originators.pop(),
        id=uuid4().hex,
        messages=tuple(holding.message_id for holding in holdings),
        recipient=recipient,
        purpose=purpose,
        reason=reason.strip(),
        asked_at=clearing.clock.now(),
    )
    notice = OnwardRequest(request.id, list(request.messages), recipient, purpose, request.reason)
    payload = write_notice(notice)
    read_notice(payload, OnwardRequest)
    keep_request(session, request)
    tell(session, request.partner, ONWARD_REQUEST, payload, subject=f"onward-{request.id}", clearing=clearing)
    return request


def check_may_go_on(session: Session, holding: Holding, *, clearing: Clearing) -> None:
    """Check that a held message may be asked for: here, not replaced, its own partner's, under a clause that lets it.

    Raises:
        MessageNotHeld: it was disposed of, replaced, or refused when it came.
        OnwardAgain: it came onward itself.
        OnwardForbidden: its clause lets none go on.
    """
    if holding.disposed_at is not None or holding.superseded_at is not None or holding.refusal is not None:
        raise MessageNotHeld
    if holding.is_onward:
        raise OnwardAgain
    clause = clauses_today(session, clearing.clock.now()).get((holding.agreement_id, holding.clause))
    if clause is None or clause.onward_sharing is not OnwardSharing.WITH_CONSENT:
        raise OnwardForbidden(f"clause {holding.clause} of {holding.agreement_id} lets nothing go on to others")


def take_request(session: Session, message: ReceivedMessage, *, clearing: Clearing) -> str:
    """Keep a partner's request for an officer, or answer it by the rule of the clause; return the business outcome.

    Raises:
        NoticeInvalid: the notice is malformed.
    """
    notice = read_notice(message.payload, OnwardRequest)
    if find_request(session, IN, message.sender, notice.request_id) is not None:
        return "known"
    request = KeptConsent(
        direction=IN,
        partner=message.sender,
        id=notice.request_id,
        messages=tuple(sorted(notice.messages)),
        recipient=notice.recipient,
        purpose=notice.purpose,
        reason=notice.reason,
        asked_at=message.received_at,
    )
    keep_request(session, request)
    refusal = _refused_by_rule(session, request, clearing=clearing)
    if refusal is None:
        return "asked"
    _answer(session, replace(request, consents=False, answer_reason=refusal, answered_by=BY_RULE), clearing=clearing)
    return "refused"


def consent(
    session: Session,
    request: tuple[str, str],
    *,
    conditions: str,
    valid_to: date,
    officer: str,
    clearing: Clearing,
) -> KeptConsent:
    """Consent to a request, named by partner and id, up to and with a day (UTC); return it answered.

    Raises:
        RequestUnknown: no such request waits for an answer.
        AnswerInvalid: the last day has passed, or the conditions are too long.
    """
    asked = _waiting(session, request)
    if valid_to < clearing.clock.now().date() or len(conditions.strip()) > LONGEST_TEXT:
        raise AnswerInvalid
    answered = replace(asked, consents=True, conditions=conditions.strip(), valid_to=valid_to, answered_by=officer)
    return _answer(session, answered, clearing=clearing)


def refuse(session: Session, request: tuple[str, str], *, reason: str, officer: str, clearing: Clearing) -> KeptConsent:
    """Refuse a request, named by partner and id, with a reason; return it answered.

    Raises:
        RequestUnknown: no such request waits for an answer.
        AnswerInvalid: no reason is given.
    """
    asked = _waiting(session, request)
    if not 0 < len(reason.strip()) <= LONGEST_TEXT:
        raise AnswerInvalid
    answered = replace(asked, consents=False, answer_reason=reason.strip(), answered_by=officer)
    return _answer(session, answered, clearing=clearing)


def take_answer(session: Session, message: ReceivedMessage, *, clearing: Clearing) -> str:
    """Keep the originator's answer to our request after verifying its signature; return the business outcome.

    Raises:
        NoticeInvalid: the notice is malformed.
        RequestUnknown: this partner was not asked that, or has answered before.
        ConsentInvalid: the signature does not verify, or a consent has no last day.
    """
    notice = read_notice(message.payload, OnwardAnswer)
    request = find_request(session, OUT, message.sender, notice.request_id)
    if request is None or request.consents is not None:
        raise RequestUnknown
    answered = replace(
        request,
        consents=notice.consents,
        conditions=notice.conditions,
        valid_to=notice.valid_to,
        answer_reason=notice.reason,
        signature=base64.b64decode(notice.signature),
        answered_at=message.received_at,
    )
    verify_answer(answered, holder=clearing.authority, originator=find_peer(session, message.sender).identity)
    if answered.consents and answered.valid_to is None:
        raise ConsentInvalid("a consent names its last day")
    keep_answer(session, answered)
    return "consented" if answered.consents else "refused"


def _waiting(session: Session, request: tuple[str, str]) -> KeptConsent:
    asked = find_request(session, IN, *request)
    if asked is None or asked.consents is not None:
        raise RequestUnknown
    return asked


def _answer(session: Session, answered: KeptConsent, *, clearing: Clearing) -> KeptConsent:
    signature = sign_answer(answered, holder=answered.partner, keys=clearing.keys)
    signed = replace(answered, signature=signature, answered_at=clearing.clock.now())
    keep_answer(session, signed)
    notice = OnwardAnswer(
        request_id=signed.id,
        consents=bool(signed.consents),
        signature=base64.b64encode(signature).decode(),
        conditions=signed.conditions,
        reason=signed.answer_reason,
        valid_to=signed.valid_to,
    )
    subject = f"onward-{signed.id}"
    tell(session, signed.partner, ONWARD_ANSWER, write_notice(notice), subject=subject, clearing=clearing)
    return signed


def _refused_by_rule(session: Session, request: KeptConsent, *, clearing: Clearing) -> str | None:
    """Return why no officer is asked: what was not sent to the holder, or what no clause lets go on."""
    sent, clauses = sent_messages(session, request.messages), clauses_today(session, clearing.clock.now())
    for message_id in request.messages:
        message = sent.get(message_id)
        if message is None or message.partner != request.partner:
            return "a message named was not sent to the administration that asks"
        clause = clauses.get((message.agreement_id, reread_message(message.jws)[0].clause))
        if clause is None or clause.onward_sharing is not OnwardSharing.WITH_CONSENT:
            return "the clause under which it was sent lets nothing go on to others"
    return None
