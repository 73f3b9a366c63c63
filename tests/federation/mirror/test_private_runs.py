"""Two nodes compare without records: keys that meet, buckets, and export records only where the threshold is crossed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from comity.cooperation.agreements.draft import draft_agreement
from comity.cooperation.agreements.errors import DataClassNotCovered, NoAgreement
from comity.cooperation.exchange.store import sent_about
from comity.features.declarations.canonical import declaration_id
from comity.features.mirror.private.errors import NothingToMatch, PrivateMatchInvalid
from comity.features.mirror.private.keys import Threshold
from comity.features.mirror.private.messages import PRIVATE_MATCH
from comity.features.mirror.private.moves import Terms
from comity.features.mirror.private.settings import private_settings
from comity.features.mirror.private.store import learned_in, list_runs
from comity.features.mirror.store import all_exports, match_of
from comity.flows import match_privately
from comity.flows.match_privately import begin, make, pending
from comity.foundation.clock import FixedClock
from comity.foundation.trade.declaration import DeclarationKind
from comity.foundation.trade.documents import PreviousDocument, TransportDocument
from comity.foundation.trade.money import Money
from tests.simulators.databases import sqlite_with_tables
from tests.simulators.league import an_export, make_league

TERMS = Terms("import", date(2026, 1, 1), date(2026, 12, 31), Threshold(3, 2))


def private_agreement(clock, **changes):
    day = clock.now().date()
    drafted = draft_agreement(
        id="ke-ug-private",
        parties=("KE", "UG"),
        valid_from=day - timedelta(days=10),
        valid_to=day + timedelta(days=400),
        template="private-matching",
    )
    return replace(drafted, **changes)


@pytest.fixture
def made(tmp_path, clock: FixedClock):
    databases = []

    def make_two(*agreements):
        databases.extend(sqlite_with_tables(tmp_path / f"{name}.db") for name in ("KE", "UG"))
        return make_league(dict(zip(("KE", "UG"), databases, strict=True)), clock, *agreements)

    yield make_two
    for database in databases:
        database.dispose()


def exported(number, **changes):
    one = an_export(f"26KE0000000{number:03d}", acceptance_at=datetime(2026, 2, 1, tzinfo=UTC), **changes)
    carried = replace(
        one.goods_shipment.consignment,
        transport_documents=(TransportDocument(id=f"WAYBILL-{number}", type_code="730"),),
    )
    return replace(
        one,
        consignment=replace(one.consignment, transport_documents=()),
        goods_shipment=replace(one.goods_shipment, ucr=f"UCR-{number}", consignment=carried),
    )


def imported(export, share=1.0, **changes):
    """Return the import of an export, its values and masses a share of the true ones."""
    shipment = export.goods_shipment
    items = tuple(
        replace(
            item,
            invoice_amount=Money(item.invoice_amount.amount * Decimal(str(share)), "USD"),
            previous_documents=(PreviousDocument(id=export.mrn, type_code="830"),),
        )
        for item in shipment.items
    )
    return replace(
        export,
        kind=DeclarationKind.IMPORT,
        mrn=export.mrn.replace("KE", "UG"),
        functional_reference_id=f"I-{export.mrn}",
        goods_shipment=replace(shipment, items=items, export_country="KE", **changes),
    )


def play(league, *, side="import", asker="UG"):
    """Begin a run and let both sides go on until it is over; return both sides' run."""
    member, partner = league.members[asker], {"UG": "KE", "KE": "UG"}[asker]
    with member.database.reading() as session:
        due = begin(session, partner, replace(TERMS, side=side), officer="amina", clearing=member.clearing)
    with member.database.transaction() as session:
        make(session, due, clearing=member.clearing)
    for _ in range(4):
        league.settle()
        for each in league.members.values():
            with each.database.reading() as reading:
                for ready in list(pending(reading, clearing=each.clearing)):
                    with each.database.transaction() as session:
                        make(session, ready, clearing=each.clearing)
    league.settle()
    return {name: _runs(one)[0] for name, one in league.members.items() if _runs(one)}


def _runs(member):
    with member.database.reading() as session:
        return list_runs(session)


def clear_trade(league):
    """Clear three exports; their imports: honest, undervalued, and none; return the exports."""
    exports = [exported(number) for number in range(3)]
    for one in exports:
        league.kenya.clear(one)
    league.uganda.clear(imported(exports[0]))
    league.uganda.clear(imported(exports[1], share=0.4))
    league.uganda.clear(imported(exported(9)))
    league.settle()
    return exports


def test_only_what_differs_beyond_the_threshold_is_shown(made, clock):
    league = made(private_agreement(clock))
    exports = clear_trade(league)
    with league.uganda.database.reading() as session:
        assert all_exports(session) == []  # nothing leaves at export under this agreement

    runs = play(league)

    assert {name: (run.state, run.met, run.crossed) for name, run in runs.items()} == {
        "KE": ("done", 2, 1),
        "UG": ("done", 2, 1),
    }
    assert runs["KE"].records_sent == 1
    undervalued = declaration_id(imported(exports[1], share=0.4))
    with league.uganda.database.reading() as session:
        learned = learned_in(session, runs["UG"])
        assert [record.mrn for record in all_exports(session)] == [exports[1].mrn]
        match = match_of(session, undervalued)
    assert match is not None
    assert {one.kind.value for one in match.comparison.discrepancies} >= {"undervaluation"}
    assert {one.records for one in learned if one.crossed} == {(undervalued,)}
    assert all(run.secret is None and run.keyed == {} for run in runs.values())


def test_what_does_not_meet_is_told_to_nobody(made, clock):
    league = made(private_agreement(clock))
    clear_trade(league)

    runs = play(league)

    with league.kenya.database.reading() as session:
        known = {record for one in learned_in(session, runs["KE"]) for record in one.records}
        sent = sent_about(session, [runs["KE"].run_id], message_type=PRIVATE_MATCH)
    assert len(known) == 2  # of three exports: the third has no import
    assert len(sent) == 2  # an answer and the results


def test_an_exporter_may_ask_and_sends_what_differs(made, clock):
    league = made(private_agreement(clock))
    exports = clear_trade(league)

    runs = play(league, side="export", asker="KE")

    assert runs["KE"].records_sent == 1
    assert runs["UG"].records_sent == 0
    with league.uganda.database.reading() as session:
        assert [record.mrn for record in all_exports(session)] == [exports[1].mrn]


def test_without_a_clause_for_records_the_difference_is_known_and_no_record_leaves(made, clock):
    agreement = private_agreement(clock)
    league = made(replace(agreement, clauses=agreement.clauses[:1]))
    clear_trade(league)

    runs = play(league)

    assert (runs["KE"].state, runs["KE"].crossed, runs["KE"].records_sent) == ("done", 1, 0)
    with league.uganda.database.reading() as session:
        assert all_exports(session) == []


def test_a_partner_that_asks_for_more_than_its_budget_is_refused(made, clock, monkeypatch):
    league = made(private_agreement(clock))
    clear_trade(league)
    small = replace(private_settings(clock.now().date()), keys_per_day=2)
    monkeypatch.setattr(match_privately, "private_settings", lambda on: small)

    runs = play(league)

    assert {run.state for run in runs.values()} == {"refused"}
    assert {run.ground for run in runs.values()} == {"budget-spent"}


def test_nothing_is_asked_without_an_agreement_or_without_records(made, clock):
    league = made()
    uganda = league.uganda
    with uganda.database.reading() as session, pytest.raises(NothingToMatch):
        begin(session, "KE", TERMS, officer="amina", clearing=uganda.clearing)
    uganda.clear(imported(exported(1)))
    with uganda.database.reading() as session:
        due = begin(session, "KE", TERMS, officer="amina", clearing=uganda.clearing)

    with pytest.raises((NoAgreement, DataClassNotCovered)), uganda.database.transaction() as session:
        make(session, due, clearing=uganda.clearing)

    assert _runs(uganda) == []


@pytest.mark.parametrize(
    "changes",
    [{"step": "answer", "points": "AAAA"}, {"step": "hello"}, {"points": "A" * 43}, {"part": 2}, {"groups": [{}]}],
    ids=["no-such-run", "unknown-step", "half-a-point", "part-beyond", "form"],
)
def test_a_step_that_does_not_fit_is_refused_and_nothing_is_kept(made, clock, changes):
    league = made(private_agreement(clock))
    offer = {
        "run_id": "a" * 32,
        "step": "offer",
        "side": "import",
        "from_day": "2026-01-01",
        "to_day": "2026-12-31",
        "points": "A" * 43 + "=",
    }
    handler = match_privately.private_handlers(league.kenya.clearing)[PRIVATE_MATCH]

    class Message:
        payload = offer | changes
        sender = "UG"

    with pytest.raises(PrivateMatchInvalid), league.kenya.database.transaction() as session:
        handler(session, Message())

    assert _runs(league.kenya) == []
