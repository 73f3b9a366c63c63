"""What do partners learn when an export they were sent is amended or cancelled? A correction or a recall, by itself.

The corrected record goes as an ordinary message under its agreement; the notice links what was sent to it. Where the
corrected record may not leave, or goes to another country now, what was sent is recalled.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from comity.cooperation.exchange.store import OutboxMessage, sent_about
from comity.cooperation.stewardship.recalls.store import OUT, recalls_naming
from comity.features.declarations.amend import amended, is_by_same_parties, is_export
from comity.features.declarations.store import KeptDeclaration, find_by_mrn
from comity.flows.answer_recall import WITHDRAWN
from comity.flows.clearing import Clearing
from comity.flows.recall_messages import recall
from comity.flows.release_to_partners import EXPORT_RECORD, send_export
from comity.foundation.trade.declaration import Declaration, DeclarationFunction, DeclarationId, DeclarationKind

CHANGES = (DeclarationFunction.AMENDMENT, DeclarationFunction.CANCELLATION)
ANSWERED_WITHIN = timedelta(days=14)  # a guess: how long a partner may be away by design (exchange, line 1)


def apply_change(session: Session, change: Declaration, *, declaration_id: DeclarationId, clearing: Clearing) -> int:
    """Correct or recall what partners were sent of the export that a kept amendment or cancellation is about.

    Return how many messages that concerns: none when nothing was sent, or when others than its own parties ask.
    """
    if change.mrn is None or not is_export(change):
        return 0
    history = find_by_mrn(session, change.mrn)
    original = next((one for one in history if _is_original(one)), None)
    if original is None or not is_by_same_parties(original.declaration, change):
        return 0
    sent = _still_standing(session, [str(one.id) for one in history])
    new = None
    if change.function is DeclarationFunction.AMENDMENT:
        corrected = amended(original.declaration, _amendments(history, original))
        new = send_export(session, corrected, declaration_id=declaration_id, clearing=clearing)
    _notify(session, sent, new, change=change, clearing=clearing)
    return len(sent)


def _notify(
    session: Session, sent: list[OutboxMessage], new: OutboxMessage | None, *, change: Declaration, clearing: Clearing
) -> None:
    corrected = {one.id: new.id for one in sent if new is not None and one.partner == new.partner}
    withdrawn = [one.id for one in sent if one.id not in corrected]
    deadline = clearing.clock.now() + ANSWERED_WITHIN
    reason = f"the export declaration was subject to {change.function.value}"
    if corrected:
        named = {**corrected}
        recall(session, named, kind="correction", reason=reason, deadline=deadline, clearing=clearing)
    if withdrawn:
        gone = dict.fromkeys(withdrawn)
        recall(session, gone, kind=WITHDRAWN, reason=reason, deadline=deadline, clearing=clearing)


def _still_standing(session: Session, declaration_ids: list[str]) -> list[OutboxMessage]:
    """Return what partners were sent of these documents that was not recalled or corrected before."""
    sent = sent_about(session, declaration_ids, message_type=EXPORT_RECORD)
    ids = [one.id for one in sent]
    named = {one.message_id for notice in recalls_naming(session, OUT, ids) for one in notice.messages}
    return [one for one in sent if one.id not in named]


def _is_original(kept: KeptDeclaration) -> bool:
    is_declared = kept.declaration.function is DeclarationFunction.ORIGINAL
    return is_declared and kept.declaration.kind is DeclarationKind.EXPORT


def _amendments(history: list[KeptDeclaration], original: KeptDeclaration) -> list[Declaration]:
    return [
        one.declaration
        for one in history
        if one.declaration.function is DeclarationFunction.AMENDMENT
        and is_by_same_parties(original.declaration, one.declaration)
    ]
