"""How the exchange keeps what keys and membership change: partners' histories, what is signed again or withdrawn."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from comity.cooperation.exchange.store import MessageState
from comity.cooperation.exchange.tables import InboxRow, OutboxRow, PeerRow
from comity.cooperation.identity.keys import PublicIdentity, kept_identity


def identity_ever(session: Session, authority: str) -> PublicIdentity | None:
    """Return the identity of an administration that is or was a partner: what it signs is verified, then judged."""
    row = session.get(PeerRow, authority)
    return None if row is None else kept_identity(json.dumps(row.identity))


def identities_ever(session: Session) -> dict[str, PublicIdentity]:
    """Return the identity of every administration that is or was a partner: what it signed then still verifies."""
    rows = session.scalars(select(PeerRow))
    return {row.authority: kept_identity(json.dumps(row.identity)) for row in rows}


def pin_identity(session: Session, identity: PublicIdentity) -> None:
    """Keep a partner's identity with its history as followed."""
    values = {"identity": identity.as_json()}
    session.execute(update(PeerRow).where(PeerRow.authority == identity.authority).values(**values))


def move_partner(session: Session, authority: str, *, url: str, tls_certificate: str) -> None:
    """Keep a partner's new address and certificates."""
    values = {"url": url, "tls_certificate": tls_certificate}
    session.execute(update(PeerRow).where(PeerRow.authority == authority).values(**values))


def note_told(session: Session, authority: str, *, sequence: int) -> None:
    """Keep up to which statement a partner has shown that it knows our key history."""
    at = (PeerRow.authority == authority, PeerRow.told_sequence < sequence)
    session.execute(update(PeerRow).where(*at).values(told_sequence=sequence))


def waiting_signed(session: Session) -> list[tuple[str, str, bytes]]:
    """Return id, subject and signed form of every message that waits for any partner."""
    query = (
        select(OutboxRow.id, OutboxRow.subject, OutboxRow.jws)
        .where(OutboxRow.state == MessageState.WAITING)
        .order_by(OutboxRow.agreement_id, OutboxRow.sequence)
    )
    return [(row.id, row.subject, row.jws) for row in session.execute(query)]


def keep_signed_again(session: Session, signed: Sequence[tuple[str, bytes]]) -> None:
    """Put newly signed forms in the place of the old ones."""
    table = OutboxRow.metadata.tables[OutboxRow.__tablename__]
    statement = table.update().where(table.c.id == bindparam("message")).values(jws=bindparam("signed"))
    session.connection().execute(statement, [{"message": message, "signed": form} for message, form in signed])


def is_waiting_of_type(session: Session, message_type: str) -> bool:
    """Claim that a message of a type waits for some partner."""
    at = (OutboxRow.type == message_type, OutboxRow.state == MessageState.WAITING)
    return session.scalar(select(OutboxRow.id).where(*at).limit(1)) is not None


def withdraw(session: Session, authority: str) -> list[tuple[str, str]]:
    """Withdraw what waits for a partner; return id and subject of each message."""
    at = (OutboxRow.partner == authority, OutboxRow.state == MessageState.WAITING)
    rows = session.execute(select(OutboxRow.id, OutboxRow.subject).where(*at).order_by(OutboxRow.created_at)).all()
    session.execute(update(OutboxRow).where(*at).values(state=MessageState.WITHDRAWN))
    return [(row.id, row.subject) for row in rows]


def bring_back(session: Session, authority: str) -> int:
    """Let what was withdrawn from a partner wait again; return how many messages that is."""
    at = (OutboxRow.partner == authority, OutboxRow.state == MessageState.WITHDRAWN)
    count = session.scalar(select(func.count()).select_from(OutboxRow).where(*at)) or 0
    session.execute(update(OutboxRow).where(*at).values(state=MessageState.WAITING))
    return count


def withdrawn_from(session: Session, authority: str) -> list[tuple[str, str]]:
    """Return id and subject of what was withdrawn from a partner."""
    at = (OutboxRow.partner == authority, OutboxRow.state == MessageState.WITHDRAWN)
    rows = session.execute(select(OutboxRow.id, OutboxRow.subject).where(*at).order_by(OutboxRow.created_at))
    return [(row.id, row.subject) for row in rows]


def count_received_since(session: Session, authority: str, since: datetime) -> int:
    """Return how many messages came from a partner at or after a time."""
    at = (InboxRow.partner == authority, InboxRow.received_at >= since)
    return session.scalar(select(func.count()).select_from(InboxRow).where(*at)) or 0


def ids_received_since(session: Session, authority: str, since: datetime, *, most: int) -> list[str]:
    """Return the ids of the first messages that came from a partner at or after a time."""
    at = (InboxRow.partner == authority, InboxRow.received_at >= since)
    return list(session.scalars(select(InboxRow.id).where(*at).order_by(InboxRow.received_at).limit(most)))
