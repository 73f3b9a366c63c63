"""The exchange goes on: after outages, lost answers, failures, restores; and stops where it must."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest

from comity.cooperation.agreements.errors import AgreementExpired
from comity.cooperation.exchange.errors import (
    BatchReplayed,
    EnvelopeInvalid,
    PartnerUnreachable,
)
from comity.cooperation.exchange.store import PeerState, exchange_counts, find_peer
from comity.cooperation.ledger.append import entries_of, head
from comity.cooperation.ledger.evidence import build_bundle, verify_bundle
from comity.cooperation.ledger.store import cosigned_size, evidence_against
from comity.cooperation.ledger.tables import LedgerHeadRow
from comity.foundation.storage.base import Base
from comity.foundation.storage.session import Database
from tests.simulators.databases import sqlite_with_tables
from tests.simulators.nodes import EXPORT, Node, make_pair


def test_messages_arrive_in_order_minimised_and_receipted(pair):
    for number in range(5):
        pair.declare(f"d{number}", mrn=f"M{number}", declarant={"id": "SECRET"})

    report = pair.deliver()

    assert (report.sent, report.delivered, report.cosigned) == (5, 5, True)
    assert [message.payload for message in pair.uganda.taken] == [{"mrn": f"M{number}"} for number in range(5)]
    with pair.kenya.database.reading() as session:
        assert exchange_counts(session).receipts == 5


def test_second_batch_cosigns_the_grown_log(pair):
    pair.declare("d1")
    pair.deliver()
    pair.declare("d2")
    pair.deliver()

    assert pair.deliver().cosigned
    with pair.kenya.database.reading() as session:
        assert cosigned_size(session, "UG") == head(session).size


def test_agreement_that_expires_midway_stops_both_sides(database, tmp_path, clock):
    other = sqlite_with_tables(tmp_path / "uganda.db")
    pair = make_pair(database, other, clock, valid_to=clock.now().date())
    pair.declare("before")
    pair.deliver()
    pair.declare("on-the-way")
    clock.advance(timedelta(days=1))

    report = pair.deliver()

    assert report.refused == 1
    with pytest.raises(AgreementExpired, match="ke-ug has expired"):
        pair.declare("after")
    assert [message.payload["mrn"] for message in pair.uganda.taken] == ["before"]
    other.dispose()


def test_partner_that_was_down_is_caught_up(pair):
    pair.is_down = True
    for number in range(7):
        pair.declare(f"d{number}")
    with pytest.raises(PartnerUnreachable):
        pair.deliver()
    pair.clock.advance(timedelta(days=14))
    pair.is_down = False

    while pair.deliver(limit=3).sent:
        pass

    assert [message.payload["mrn"] for message in pair.uganda.taken] == [f"d{number}" for number in range(7)]


def test_lost_answer_leads_to_no_second_effect(pair):
    pair.declare("d1")
    pair.tamper = lambda body: pair.receive(body) and b""
    with pytest.raises((EnvelopeInvalid, BatchReplayed)):
        pair.deliver()
    pair.tamper = lambda body: body

    report = pair.deliver()

    assert report.delivered == 1
    assert len(pair.uganda.taken) == 1
    assert pair.deliver().cosigned


def test_handler_that_fails_leaves_the_message_to_be_sent_again(pair):
    failures = [RuntimeError("disk full")] * 2  # taken with the others, then by itself

    def fail_once(session, message):
        if failures:
            raise failures.pop()
        return pair.uganda.take(session, message)

    pair.uganda.handlers = {EXPORT: fail_once}
    pair.declare("d1")
    pair.declare("d2")

    first, second = pair.deliver(), pair.deliver()

    assert (first.again, first.delivered) == (2, 0)
    assert second.delivered == 2


def test_partner_restored_from_an_old_backup_is_caught_up(pair, tmp_path):
    pair.declare("d1")
    pair.deliver()
    fresh = sqlite_with_tables(tmp_path / "restored.db")
    copy_setup(pair.uganda.database, fresh)
    pair.uganda = Node(pair.uganda.keys, fresh)
    pair.declare("d2")

    pair.deliver()
    pair.deliver()

    assert [message.payload["mrn"] for message in pair.uganda.taken] == ["d1", "d2"]
    fresh.dispose()


def copy_setup(source: Database, target: Database) -> None:
    for name in ("exchange_peers", "agreement_texts", "agreement_text_signatures"):
        table = Base.metadata.tables[name]
        with source.reading() as session:
            rows = [dict(row._mapping) for row in session.execute(table.select())]
        with target.transaction() as session:
            for row in rows:
                row.pop("last_batch_at", None)
                session.execute(table.insert().values(**row))


def test_forked_log_is_not_cosigned_and_the_evidence_is_kept(pair):
    pair.declare("d1")
    pair.deliver()
    pair.deliver()
    with pair.kenya.database.transaction() as session:
        session.query(LedgerHeadRow).update({"root": b"\x01" * 32})

    report = pair.deliver()

    assert not report.cosigned
    with pair.uganda.database.reading() as session:
        (evidence,) = evidence_against(session, "KE")
        assert evidence.kind == "ledger.fork-detected"
        assert find_peer(session, "KE").state is PeerState.CONTRADICTING


def test_ledger_of_both_sides_holds_every_message(pair):
    message = pair.declare("d1")
    pair.deliver()

    with pair.kenya.database.reading() as session:
        assert [entry.kind for entry in entries_of(session, "d1")] == ["message-sent", "receipt"]
    with pair.uganda.database.reading() as session:
        assert [entry.kind for entry in entries_of(session, message.id)] == ["message-received"]


def test_both_sides_log_the_receipts_that_one_gave_and_the_other_got(pair):
    messages = [pair.declare(f"d{number}") for number in range(3)]
    pair.deliver()

    with pair.kenya.database.reading() as session:
        got = [
            entry.statement for one in messages for entry in entries_of(session, one.subject) if entry.kind == "receipt"
        ]
    with pair.uganda.database.reading() as session:
        bundle = build_bundle(session, subjects=[messages[1].id], keys=pair.uganda.keys, partners=[])
        (given,) = [entry.statement for entry in entries_of(session, "KE")]
    assert given.decode().split("\n") == [hashlib.sha256(one).hexdigest() for one in got]
    assert [entry.kind for entry in verify_bundle(bundle).entries] == ["message-received", "receipts-given"]


def test_batch_that_brings_nothing_new_is_logged_no_second_time(pair):
    pair.declare("d1")
    pair.deliver()
    with pair.uganda.database.reading() as session:
        size = head(session).size

    pair.deliver()

    with pair.uganda.database.reading() as session:
        assert head(session).size == size
