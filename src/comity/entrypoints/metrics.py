"""How does a node stand, for a monitoring system? Prometheus text exposition, read from the indexes, never by a scan.

Labels are partners, message types, outcomes, codes, routes and chores: no trade data, no personal data.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.orm import Session

from comity.cooperation.exchange.operation.store import (
    count_refused,
    held_counts,
    queues,
    refused_batches,
    stuck_streams,
)
from comity.cooperation.exchange.store import Peer, PeerState, list_peers
from comity.cooperation.exchange.tally import counted
from comity.cooperation.ledger.store import cosigned_size, evidence_against, head
from comity.cooperation.ledger.witness import witnessed_size
from comity.cooperation.stewardship.holdings.store import count_due
from comity.entrypoints.node import Node
from comity.foundation.storage.size import database_bytes

CONTENT_TYPE = CONTENT_TYPE_LATEST
_BY_PARTNER = ["partner"]


def exposition(node: Node) -> bytes:
    """Return every metric of the node in the Prometheus text format."""
    registry = CollectorRegistry()
    registry.register(_Reading(list(_read(node))))
    return generate_latest(registry) + generate_latest(node.meters.registry)


class _Reading(Collector):
    """What was read for one scrape."""

    def __init__(self, metrics: list[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> Iterable[Metric]:
        """Return the metrics."""
        return self._metrics


def _read(node: Node) -> Iterator[Metric]:
    yield _messages(node)
    with node.database.reading() as session:
        peers = list_peers(session)
        yield from _partners(peers)
        yield from _queues(session, node)
        yield from _logs(session, peers)
        yield from _troubles(session, peers)
        yield _gauge(
            "comity_retention_overdue",
            "Messages of partners that should have been disposed of (counted up to 10,000).",
            count_due(session, node.clock.now(), most=10_000),
        )
    yield _gauge("comity_database_bytes", "Size of the database.", database_bytes(node.database))
    yield _gauge(
        "comity_disk_free_bytes", "Free space beside the home folder.", shutil.disk_usage(node.settings.home).free
    )


def _messages(node: Node) -> Metric:
    family = CounterMetricFamily(
        "comity_messages",
        "Messages since the process began, by what happened to them.",
        labels=["happening", "partner", "type", "outcome"],
    )
    for kind, number in sorted(counted(node.keys.authority).items(), key=str):
        family.add_metric([kind.happening, kind.partner, kind.message_type, kind.outcome], number)
    return family


def _partners(peers: list[Peer]) -> Iterator[Metric]:
    states = GaugeMetricFamily("comity_partner_state", "1 for the state a partner is in.", labels=["partner", "state"])
    contact = GaugeMetricFamily(
        "comity_partner_contact_timestamp_seconds", "When a partner was last reached.", labels=_BY_PARTNER
    )
    for peer in peers:
        for state in PeerState:
            states.add_metric([peer.authority, state.value], float(peer.state is state))
        if peer.last_contact_at is not None:
            contact.add_metric([peer.authority], peer.last_contact_at.timestamp())
    yield states
    yield contact


def _queues(session: Session, node: Node) -> Iterator[Metric]:
    waiting = GaugeMetricFamily(
        "comity_queue_messages", "From the first message that waits to the last one queued.", labels=_BY_PARTNER
    )
    oldest = GaugeMetricFamily(
        "comity_queue_oldest_seconds", "Age of the oldest message that waits.", labels=_BY_PARTNER
    )
    now, lengths, ages = node.clock.now(), dict[str, int](), dict[str, float]()
    for queue in queues(session):
        lengths[queue.partner] = lengths.get(queue.partner, 0) + queue.length
        ages[queue.partner] = max(ages.get(queue.partner, 0.0), (now - queue.oldest_at).total_seconds())
    for peer in lengths:
        waiting.add_metric([peer], lengths[peer])
        oldest.add_metric([peer], ages[peer])
    yield waiting
    yield oldest
    held = GaugeMetricFamily("comity_held_releases", "Owed to a partner whose queue is full.", labels=_BY_PARTNER)
    for peer, number in held_counts(session).items():
        held.add_metric([peer], number)
    yield held


def _logs(session: Session, peers: list[Peer]) -> Iterator[Metric]:
    size = head(session).size
    yield _gauge("comity_log_entries", "Size of the node's log.", size)
    lag = GaugeMetricFamily(
        "comity_log_uncosigned_entries", "Entries of our log that a partner has not co-signed.", labels=_BY_PARTNER
    )
    seen = GaugeMetricFamily(
        "comity_log_witnessed_entries", "Entries of a partner's log that we have co-signed.", labels=_BY_PARTNER
    )
    against = GaugeMetricFamily(
        "comity_log_contradictions", "Contradictions kept as evidence against a partner.", labels=_BY_PARTNER
    )
    for peer in peers:
        lag.add_metric([peer.authority], size - cosigned_size(session, peer.authority))
        seen.add_metric([peer.authority], witnessed_size(session, peer.authority))
        against.add_metric([peer.authority], len(evidence_against(session, peer.authority)))
    yield lag
    yield seen
    yield against


def _troubles(session: Session, peers: list[Peer]) -> Iterator[Metric]:
    letters = GaugeMetricFamily(
        "comity_dead_letters",
        "Messages that went nowhere: refused there (counted up to 10,000), or failed at here.",
        labels=["partner", "side"],
    )
    failing = [stuck.partner for stuck in stuck_streams(session)]
    for peer in peers:
        letters.add_metric([peer.authority, "theirs"], count_refused(session, peer.authority))
        letters.add_metric([peer.authority, "ours"], failing.count(peer.authority))
    yield letters
    batches = CounterMetricFamily(
        "comity_batches_refused",
        "Batches refused as a whole, by the partner they claim to be from.",
        labels=["partner", "code"],
    )
    totals: dict[tuple[str, str], int] = {}
    for refused in refused_batches(session):
        totals[refused.partner, refused.code] = totals.get((refused.partner, refused.code), 0) + refused.count
    for (partner, code), number in sorted(totals.items()):
        batches.add_metric([partner or "unknown", code], number)
    yield batches


def _gauge(name: str, told: str, value: float) -> Metric:
    family = GaugeMetricFamily(name, told)
    family.add_metric([], value)
    return family
