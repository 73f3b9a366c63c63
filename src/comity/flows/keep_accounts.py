"""What do two partners owe each other in books? Nightly: compare, tell what was shown, thin; take what they send."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy.orm import Session

from comity.cooperation.accounts.balance import take_statement
from comity.cooperation.accounts.gossip import take_witness_report, tell_what_we_saw
from comity.cooperation.accounts.reconcile import open_reconciliation, take_reconciliation
from comity.cooperation.accounts.send import RECIPROCITY, RECONCILIATION, WITNESS_REPORT, Bookkeeping
from comity.cooperation.accounts.store import Reconciliation, reconciled_until
from comity.cooperation.exchange.taking import Handler, ReceivedMessage
from comity.cooperation.ledger.thin_cosignatures import thin

_Take = Callable[[Session, ReceivedMessage, Bookkeeping], str]


def account_handlers(books: Bookkeeping) -> Mapping[str, Handler]:
    """Return which flow takes which message of accounts."""

    def with_books(take: _Take) -> Handler:
        return lambda session, message: take(session, message, books)

    return {
        RECONCILIATION: with_books(take_reconciliation),
        RECIPROCITY: with_books(take_statement),
        WITNESS_REPORT: with_books(take_witness_report),
    }


def keep_accounts(session: Session, partner: str, books: Bookkeeping) -> None:
    """Do what is due with one partner for the days that are over; may be called any number of times."""
    reconcile_days(session, partner, books)
    tell_what_we_saw(session, partner, books)
    thin(session, partner, clock=books.clock)


def reconcile_days(session: Session, partner: str, books: Bookkeeping) -> Reconciliation | None:
    """Open a comparison from where the last one ended (at first: one day back) to the last midnight, UTC."""
    midnight = datetime.combine(books.clock.now().date(), time(), UTC)
    since = reconciled_until(session, partner, own=books.keys.authority) or midnight - timedelta(days=1)
    if since >= midnight:
        return None
    return open_reconciliation(session, partner, books, since=since, until=midnight)


def last_month(today: date) -> tuple[date, date]:
    """Return the first day of the month before, and of this one."""
    end = today.replace(day=1)
    return (end - timedelta(days=1)).replace(day=1), end
