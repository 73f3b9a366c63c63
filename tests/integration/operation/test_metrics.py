"""Metrics: read by a token of their own, parsed by the library's parser, cheap, and silent about trade."""

from __future__ import annotations

import time
from datetime import timedelta

from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import insert

from comity.cooperation.agreements.agreement import Marking
from comity.cooperation.exchange.operation.store import hold
from comity.cooperation.exchange.store import OUT, lock_stream, move_stream
from comity.cooperation.exchange.tables import OutboxRow
from comity.cooperation.exchange.tally import MOST_KINDS, Kind, count, counted
from comity.cooperation.ledger.append import NewEntry, append
from comity.cooperation.stewardship.holdings.store import Holding, keep_holdings
from comity.entrypoints.metrics import exposition


def samples(text):
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_metrics_need_their_own_token(client, monitoring):
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers=monitoring).status_code == 200


def test_scrape_tells_queues_log_held_refusals_and_requests(node, client, monitoring):
    queue(node, 5)
    with node.database.transaction() as session:
        hold(session, "KE", {}, at=node.clock.now())
        append(session, [NewEntry("decision", "d", b"x")], node.clock)
    client.post("/exchange/batch", content=b"noise")

    read = samples(client.get("/metrics", headers=monitoring).text)

    kenya = (("partner", "KE"),)
    assert read["comity_queue_messages", kenya] == 5
    assert read["comity_held_releases", kenya] == 1
    assert read["comity_log_entries", ()] == read["comity_log_uncosigned_entries", kenya] == 1
    assert read["comity_partner_state", (("partner", "KE"), ("state", "new"))] == 1
    assert read["comity_batches_refused_total", (("code", "exchange.envelope-invalid"), ("partner", "unknown"))] == 1
    assert read["comity_requests_total", (("route", "POST /exchange/batch"), ("status", "400"))] == 1
    assert read["comity_database_bytes", ()] > 10_000
    assert read["comity_disk_free_bytes", ()] > 0
    assert read["comity_retention_overdue", ()] == 0


def test_page_of_the_console_is_measured_by_its_route_and_not_by_what_was_asked(client, monitoring):
    client.get("/console/declarations/4711", follow_redirects=False)

    read = samples(client.get("/metrics", headers=monitoring).text)

    assert read["comity_requests_total", (("route", "GET /console/declarations/{id}"), ("status", "303"))] == 1


def test_message_past_its_retention_is_told(node, client, monitoring):
    at = node.clock.now()
    holding = Holding(
        message_id="a" * 64, partner="KE", originator="KE", origin_id="a" * 64, agreement_id="ke-ug",
        agreement_hash="0" * 64, clause="c", message_type="export-record.v1", data_class="export-declaration",
        purpose="mirror-matching", marking=next(iter(Marking)), retention_days=365,
        received_at=at - timedelta(days=400), due_at=at - timedelta(days=35),
    )  # fmt: skip
    with node.database.transaction() as session:
        keep_holdings(session, [holding])

    read = samples(client.get("/metrics", headers=monitoring).text)

    assert read["comity_retention_overdue", ()] == 1


def test_scrape_of_a_node_with_a_hundred_thousand_messages_is_cheap(node):
    queue(node, 100_000)
    exposition(node)

    took = []
    for _ in range(5):
        begun = time.perf_counter()
        text = exposition(node).decode()
        took.append(time.perf_counter() - begun)

    assert samples(text)["comity_queue_messages", (("partner", "KE"),)] == 100_000
    assert min(took) < 0.05


def test_what_a_partner_writes_is_no_label_unless_it_is_a_code():
    count("ZZ", "KE", [("refused-there", "export-record.v1", "Invoice 4711 of Lakeside"), ("received", "x.v1", "ok")])

    kinds = counted("ZZ")

    assert Kind("ZZ", "refused-there", "KE", "export-record.v1", "other") in kinds
    assert not any("Lakeside" in str(kind) for kind in kinds)


def test_kinds_that_are_counted_apart_are_bounded():
    count("ZY", "KE", [("received", "x.v1", f"outcome{number}") for number in range(MOST_KINDS * 2)])

    kinds = counted("ZY")

    assert len(kinds) <= MOST_KINDS + 1
    assert sum(kinds.values()) == MOST_KINDS * 2


def queue(node, number):
    """Write messages that wait to the outbox, as many as asked, without signing each."""
    row = {
        "partner": "KE", "agreement_id": "ke-ug", "agreement_hash": "0" * 64, "type": "export-record.v1",
        "jws": b"x" * 300, "created_at": node.clock.now(), "state": "waiting",
    }  # fmt: skip
    with node.database.transaction() as session:
        for start in range(0, number, 10_000):
            rows = [
                row | {"id": f"{one:064}", "sequence": one + 1, "subject": f"d{one}"}
                for one in range(start, min(start + 10_000, number))
            ]
            session.execute(insert(OutboxRow), rows)
        lock_stream(session, "KE", "ke-ug", OUT)
        move_stream(session, "KE", "ke-ug", OUT, sequence=number, last_id="0" * 64)
