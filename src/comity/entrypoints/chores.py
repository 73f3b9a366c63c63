"""What does a node do by itself, without anyone asking? Chores: each is idempotent, opens its own transactions, and is
run soon after the start and then in its interval; a failing one is logged and tried again at its next turn."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from comity.cooperation.accounts.send import Bookkeeping
from comity.cooperation.exchange.operation.held import release_held
from comity.cooperation.exchange.operation.store import held_counts
from comity.cooperation.exchange.store import list_peers
from comity.entrypoints.keeping_keys import tend_keys
from comity.entrypoints.node import Node
from comity.flows.close_days import close_next_day
from comity.flows.dispose_expired import dispose_due
from comity.flows.keep_accounts import keep_accounts
from comity.flows.match_privately import make, pending
from comity.flows.recall_messages import chase
from comity.flows.selection_day import open_day, reveal_seeds
from comity.flows.use_partner_record import log_uses

FIRST_AFTER = timedelta(seconds=30)  # a guess: the node serves first
LOOKED_EVERY_SECONDS = 5.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Chore:
    """One thing to do again and again; `run` may be called at any time, any number of times."""

    name: str
    every: timedelta
    run: Callable[[Node], None]


def release_what_was_held(node: Node) -> None:
    """Queue what is owed to partners whose queues were full, as far as there is room now."""
    with node.database.reading() as session:
        partners = list(held_counts(session))
    for partner in partners:
        with node.database.transaction() as session:
            release_held(
                session,
                partner,
                keys=node.keys,
                clock=node.clock,
                most_waiting=node.settings.max_waiting_messages,
            )


def dispose_what_is_due(node: Node) -> None:
    """Erase what partners sent whose retention is over, a few hundred messages in a transaction."""
    while True:
        with node.database.transaction() as session:
            disposed = dispose_due(session, clearing=node.clearing())
        if not disposed:
            return


def chase_recalls(node: Node) -> None:
    """Send again the recalls that partners have not settled."""
    with node.database.transaction() as session:
        chase(session, clearing=node.clearing())


def log_what_was_read(node: Node) -> None:
    """Let the log commit to who read which partner record."""
    while True:
        with node.database.transaction() as session:
            if not log_uses(session, clearing=node.clearing()):
                return


def keep_accounts_with_partners(node: Node) -> None:
    """Compare books with every partner, tell what was shown of others' logs, thin old co-signatures."""
    books = Bookkeeping(node.keys, node.clock)
    with node.database.reading() as session:
        partners = [peer.authority for peer in list_peers(session)]
    for partner in partners:
        with node.database.transaction() as session:
            keep_accounts(session, partner, books)


def close_days_of_history(node: Node) -> None:
    """Take the days that are over into what is known of parties, goods and routes, a day in a transaction."""
    rates = node.clearing().rates
    while True:
        with node.database.transaction() as session:
            if close_next_day(session, before=node.clock.now().date(), rates=rates) is None:
                return


def go_on_with_private_runs(node: Node) -> None:
    """Take private matching runs on whose partner has answered: computed while reading, made in a short transaction."""
    clearing = node.clearing()
    with node.database.reading() as reading:
        for due in pending(reading, clearing=clearing):
            with node.database.transaction() as session:
                make(session, due, clearing=clearing)


def open_selection_days(node: Node) -> None:
    """Commit to how declarations are chosen today and tomorrow, and reveal the seeds of the days that are over."""
    today = node.clock.now().date()
    with node.database.transaction() as session:
        for day in (today, today + timedelta(days=1)):
            open_day(session, day, clearing=node.clearing())
        reveal_seeds(session, clearing=node.clearing())


CHORES: tuple[Chore, ...] = (
    Chore("keys", timedelta(minutes=1), tend_keys),
    Chore("release-held", timedelta(minutes=1), release_what_was_held),
    Chore("dispose-due", timedelta(hours=1), dispose_what_is_due),
    Chore("chase-recalls", timedelta(hours=1), chase_recalls),
    Chore("log-uses", timedelta(hours=1), log_what_was_read),
    Chore("close-days", timedelta(minutes=5), close_days_of_history),
    Chore("private-runs", timedelta(minutes=1), go_on_with_private_runs),
    Chore("selection-days", timedelta(hours=1), open_selection_days),
    Chore("accounts", timedelta(hours=1), keep_accounts_with_partners),  # each day once; an hour after midnight at most
)


class ChoreThread(threading.Thread):
    """Runs each chore when its turn has come, until stopped."""

    def __init__(self, node: Node, chores: Sequence[Chore] = CHORES) -> None:
        super().__init__(name="chores", daemon=True)
        self._node = node
        first = node.clock.now() + FIRST_AFTER
        self._due = dict.fromkeys(chores, first)
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Stop after the chore under way."""
        self._stopping.set()
        self.join(timeout=5)

    def run(self) -> None:
        """Run what is due until stopped."""
        while not self._stopping.wait(LOOKED_EVERY_SECONDS):
            self.run_due()

    def run_due(self) -> None:
        """Run every chore whose turn has come."""
        for chore, due in list(self._due.items()):
            if due <= self._node.clock.now() and not self._stopping.is_set():
                self._due[chore] = self._node.clock.now() + chore.every
                run_chore(chore, self._node)


def run_chore(chore: Chore, node: Node) -> bool:
    """Run a chore and claim that it went through; whatever it raises is logged, with its name only."""
    try:
        chore.run(node)
    except Exception:  # a chore that fails must not end the others
        log.exception("chores.failed chore=%s", chore.name)
        node.meters.chore(chore.name, went_through=False)
        return False
    log.info("chores.done chore=%s", chore.name)
    node.meters.chore(chore.name, went_through=True)
    return True


@contextmanager
def doing_chores(node: Node) -> Iterator[ChoreThread]:
    """Do the chores for as long as the block lasts."""
    thread = ChoreThread(node)
    thread.start()
    try:
        yield thread
    finally:
        thread.stop()
