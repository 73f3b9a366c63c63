"""A lane follows its evidence until a person has acted."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest
from sqlalchemy import event

from comity.cooperation.agreements.draft import draft_agreement
from comity.cooperation.agreements.lifecycle import sign_agreement
from comity.cooperation.exchange.card import PeerCard
from comity.cooperation.exchange.envelope import Header
from comity.cooperation.exchange.store import add_peer
from comity.cooperation.exchange.taking import ReceivedMessage
from comity.cooperation.identity.keys import generate_keys
from comity.cooperation.ledger.append import entries_of
from comity.features.declarations.canonical import declaration_id, to_record
from comity.features.declarations.read import ReadDocument
from comity.features.mirror.settings import load_thresholds
from comity.features.risk.assess import SelectionPolicy
from comity.features.risk.examination import ExaminationResult, OutcomeCode
from comity.features.risk.history.store import past_lines
from comity.features.risk.lanes import Lane
from comity.features.risk.profiles import load_profiles
from comity.features.risk.store import decision_of
from comity.flows.clear_declaration import clear
from comity.flows.clearing import Clearing
from comity.flows.override_lane import override
from comity.flows.receive_message import receive_export
from comity.flows.record_examination import record
from comity.flows.run_mirror import run
from comity.flows.sign_agreement import take_in
from comity.foundation.rates import load_rates
from comity.foundation.trade.declaration import (
    Commodity,
    Declaration,
    DeclarationKind,
    GoodsItem,
    GoodsShipment,
    Packaging,
)
from comity.foundation.trade.documents import PreviousDocument
from comity.foundation.trade.money import Money
from comity.foundation.trade.parties import Party
from comity.foundation.trade.transport import TradeTerms, TransportMeans

KENYA, UGANDA = generate_keys("KE", "Kenya"), generate_keys("UG", "Uganda")
EXPORT_MRN = "26KE0012345678ABJ5"
MOST_STATEMENTS = 60  # the goal of benchmarks/spine.py; alone an import takes about twenty


def declared(kind, mrn, at, *, mass="1000", value="10000", cited=()) -> Declaration:
    is_import = kind is DeclarationKind.IMPORT
    item = GoodsItem(
        sequence=1,
        commodity=Commodity(code="090240"),
        origin_country="KE",
        net_mass_kg=Decimal(mass),
        gross_mass_kg=Decimal(mass),
        invoice_amount=Money(Decimal(value), "USD"),
        packaging=(Packaging("BG", int(mass) // 50),),
        procedure_current="40" if is_import else "10",
    )
    return Declaration(
        kind=kind,
        mrn=mrn,
        type_code="IMA" if is_import else "EXA",
        acceptance_at=at,
        border_means=TransportMeans(mode_code="3"),
        goods_shipment=GoodsShipment(
            exporter=Party(id="KE1", name="Tea Exporter"),
            importer=Party(id="UG1", name="Tea Importer"),
            export_country="KE",
            destination_country="UG",
            trade_terms=TradeTerms(incoterm="FOB"),
            previous_documents=tuple(PreviousDocument(each) for each in cited),
            items=(item,),
        ),
    )


@pytest.fixture
def clearing(clock) -> Clearing:
    return Clearing(
        UGANDA,
        clock,
        load_profiles(),
        load_rates(),
        load_thresholds(),
        SelectionPolicy(random_share=0.0),
        Random(1),
    )


@pytest.fixture
def session(database, clock, clearing):
    day = clock.now().date()
    agreement = draft_agreement(
        id="ke-ug", parties=("KE", "UG"), valid_from=day - timedelta(days=200), valid_to=day + timedelta(days=200)
    )
    with database.transaction() as session:
        add_peer(session, PeerCard(KENYA.public, "https://ke.example", ""), clock=clock)
        take_in(session, agreement, [sign_agreement(agreement, keys) for keys in (KENYA, UGANDA)], clearing=clearing)
        yield session


def send_export(session, clearing, **changes) -> str:
    at = clearing.clock.now() - timedelta(days=5)
    sent = declared(DeclarationKind.EXPORT, EXPORT_MRN, at, **changes)
    header = Header(
        sender="KE",
        recipient="UG",
        agreement_id="ke-ug",
        agreement_hash="a" * 64,
        clause="art-3",
        sequence=1,
        previous_hash="0" * 64,
        purpose="mirror-matching",
        data_class="export-declaration",
        marking="confidential",
        type="export-record.v1",
        created=at,
        expires=at + timedelta(days=60),
        subject="s",
        release_id="r",
    )
    message = ReceivedMessage(header, to_record(sent), "b" * 64, "KE", clearing.clock.now())
    return receive_export(session, message, clearing=clearing)


def clear_import(session, clearing, mrn, **changes) -> str:
    made = declared(DeclarationKind.IMPORT, mrn, clearing.clock.now(), cited=(EXPORT_MRN,), **changes)
    return clear(session, ReadDocument(made, (), 1, declaration_id(made)), clearing=clearing).declaration_id


def lane(session, import_id) -> Lane:
    return decision_of(session, import_id).current_lane


def decisions(session, import_id) -> int:
    return sum(entry.kind == "decision" for entry in entries_of(session, import_id))


def test_second_part_of_a_split_takes_the_first_out_of_suspicion(session, clearing):
    send_export(session, clearing)
    first = clear_import(session, clearing, "26UG0000000000001A", mass="600", value="6000")
    assert lane(session, first) is Lane.RED

    second = clear_import(session, clearing, "26UG0000000000002A", mass="400", value="4000")

    assert lane(session, first).rank < Lane.YELLOW.rank
    assert lane(session, second).rank < Lane.YELLOW.rank
    assert decisions(session, first) == 2
    assert decision_of(session, first).discrepancy_kinds == ()


def test_export_record_that_comes_late_takes_the_import_out_of_suspicion(session, clearing):
    ghost = clear_import(session, clearing, "26UG0000000000001A")
    assert lane(session, ghost) is Lane.RED

    assert send_export(session, clearing) == "paired"

    assert lane(session, ghost).rank < Lane.YELLOW.rank


def test_export_record_that_comes_late_brings_a_difference_to_light(session, clearing):
    undervalued = clear_import(session, clearing, "26UG0000000000001A", value="4000")

    send_export(session, clearing)

    assert lane(session, undervalued) is Lane.RED
    assert "undervaluation" in decision_of(session, undervalued).discrepancy_kinds


def test_what_a_person_decided_stays(session, clearing):
    examined = clear_import(session, clearing, "26UG0000000000001A")
    overruled = clear_import(session, clearing, "26UG0000000000002A")
    record(session, examined, ExaminationResult(OutcomeCode.NO_IRREGULARITY, "fine"), officer="o", clearing=clearing)
    override(session, overruled, Lane.ORANGE, reason="scan it first", officer="o", clearing=clearing)

    send_export(session, clearing, mass="2000", value="20000")

    assert lane(session, examined) is Lane.RED
    assert lane(session, overruled) is Lane.ORANGE
    assert decisions(session, examined) == decisions(session, overruled) == 1


def test_the_same_outcome_is_not_decided_twice_and_chance_is_not_asked_again(session, clearing):
    send_export(session, clearing)
    kept = clear_import(session, clearing, "26UG0000000000001A")
    before = decision_of(session, kept)

    run(session, "KE", clearing=clearing)

    assert decision_of(session, kept) == before
    assert decisions(session, kept) == 1


def test_lane_that_random_selection_chose_stays_chosen_when_it_is_decided_again(session, clearing):
    always = replace(clearing, policy=SelectionPolicy(random_share=1.0))
    send_export(session, always)
    first = clear_import(session, always, "26UG0000000000001A", mass="600", value="6000")
    draw = decision_of(session, first).draw

    clear_import(session, always, "26UG0000000000002A", mass="400", value="4000")

    again = decision_of(session, first)
    assert (again.draw, again.random_selected, again.current_lane) == (draw, True, Lane.YELLOW)


def test_clearing_takes_a_bounded_number_of_statements_whatever_the_database_holds(session, clearing):
    send_export(session, clearing)
    for number in range(12):
        clear_import(session, clearing, f"26UG00000000000{number:02d}B", mass=str(50 + number), value=str(500 + number))
    counted = []
    connection = session.connection()
    event.listen(connection, "before_cursor_execute", lambda *parts: counted.append(parts[2]))

    clear_import(session, clearing, "26UG0000000000099C", mass="50", value="500")

    assert len(counted) <= MOST_STATEMENTS


def test_the_day_of_acceptance_is_kept_with_the_lines_as_profiles_saw_them(session, clearing, clock):
    declaration = declared(DeclarationKind.IMPORT, "26UG0000000000001A", clock.now())
    clear(session, ReadDocument(declaration, (), 1, declaration_id(declaration)), clearing=clearing)

    (line,) = past_lines(
        session, kind="import", since=clock.now() - timedelta(days=2), until=clock.now() + timedelta(1)
    )

    day = line.accepted_at.date()
    seen = [line.facts[name] for name in ("accepted_on", "accepted_month", "accepted_weekday")]
    assert seen == [day.isoformat(), day.month, day.isoweekday()]
