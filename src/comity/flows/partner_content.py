"""Where is the content of a partner's message held, and how is it erased? One line for each message type.

A feature that keeps what a partner sent adds its line to `CONTENT`. What the ledger holds of a message, salt and
statement, is erased for every type alike; leaf and proofs stay.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType

from sqlalchemy.orm import Session

from comity.cooperation.exchange.store import erase_sent
from comity.cooperation.ledger.append import entries_of, erase
from comity.cooperation.stewardship.consents.store import onward_holders
from comity.cooperation.stewardship.holdings.store import Holding
from comity.features.mirror.store import withdraw_partner_export
from comity.features.risk.store import erase_feedback
from comity.features.tariff.classification.store import erase_answer, erase_question
from comity.features.tariff.messages import ANSWER, QUESTION
from comity.flows.release_to_partners import EXPORT_RECORD, RESULT

Withdraw = Callable[[Session, str], Collection[str]]
"""Erases a message's content from a feature's tables; returns the imports whose evidence it was."""
_WITH_CONTENT = frozenset({"message-received", "message-refused", "message-sent"})


def _withdraw_feedback(session: Session, message_id: str) -> Collection[str]:
    erase_feedback(session, message_id=message_id)
    return ()


def _withdraw_question(session: Session, message_id: str) -> Collection[str]:
    erase_question(session, message_id)
    return ()


def _withdraw_answer(session: Session, message_id: str) -> Collection[str]:
    erase_answer(session, message_id)
    return ()


CONTENT: Mapping[str, Withdraw] = MappingProxyType(
    {
        EXPORT_RECORD: withdraw_partner_export,
        RESULT: _withdraw_feedback,
        QUESTION: _withdraw_question,
        ANSWER: _withdraw_answer,
    }
)


def withdraw_from_features(session: Session, holding: Holding) -> frozenset[str]:
    """Erase a message's content from the features' tables; return the imports whose evidence it was."""
    withdraw = CONTENT.get(holding.message_type)
    return frozenset(withdraw(session, holding.message_id)) if withdraw else frozenset()


def erase_everywhere(session: Session, holding: Holding) -> frozenset[str]:
    """Erase a message's content from the features' tables and from the ledger, with what we sent onward of it.

    Return the imports whose evidence it was.
    """
    for entry in entries_of(session, holding.message_id):
        if entry.kind in _WITH_CONTENT:
            erase(session, entry.index)
    erase_sent(session, [one.onward_id for one in onward_holders(session, [holding.message_id])])
    return withdraw_from_features(session, holding)
