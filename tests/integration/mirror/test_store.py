"""Kept records find each other by indexed keys, on both engines, in few statements."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from sqlalchemy import event

from comity.features.mirror import store
from comity.features.mirror.beyond_pairs import Corridor, ghost_imports
from comity.features.mirror.discrepancies import Comparison, compare
from comity.features.mirror.errors import MirrorRecordUnknown
from comity.features.mirror.pair import pair
from comity.features.mirror.settings import load_thresholds
from comity.foundation.storage.session import Database
from tests.unit.mirror.records import RATES, export, line, mirror_image, with_lines, without_keys

THRESHOLDS = load_thresholds()


def keep_export(session, record, clock, partner="KE") -> bool:
    return store.keep_partner_export(
        session, partner=partner, message_id=f"m-{record.id}", record={"mrn": record.mrn}, mirror=record, clock=clock
    )


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        statements.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield statements
    event.remove(database.engine, "before_cursor_execute", note)


def decide(session, received, clock):
    """Clear one import as a flow would: keep it, pair it with its neighbours, keep the match."""
    store.keep_import(session, received, clock=clock)
    near = store.neighbours_of(session, received)
    by_id = {each.id: each for each in (*near.imports, *near.exports)}
    for found in pair(near.imports, near.exports):
        if received.id in found.import_ids:
            ours, theirs = [by_id[each] for each in found.import_ids], [by_id[each] for each in found.export_ids]
            comparison = compare(ours, theirs, rates=RATES, thresholds=THRESHOLDS)
            store.keep_match(session, found, comparison=comparison, clock=clock)
    return store.match_of(session, received.id)


def found_in(session):
    records = [each.id for each in (*store.all_imports(session), *store.all_exports(session))]
    found = store.discrepancies_of(session, records)
    return [(record, each.kind.value) for record, kept in found.items() for each in kept]


def candidates(session, mirror):
    found = store.neighbours_of(session, mirror)
    return [each for each in (*found.imports, *found.exports) if each.id != mirror.id]


def test_finds_the_export_by_weak_keys_in_one_statement(database, clock):
    sent = without_keys(export(1))
    others = [
        without_keys(export(n, line("870323")), exporter_name=f"Xenon {n}", importer_name=f"Yttria {n}")
        for n in range(2, 9)
    ]
    with database.transaction() as session:
        for each in (sent, *others):
            keep_export(session, each, clock)

    with database.reading() as session, counted(database) as statements:
        found = candidates(session, mirror_image(sent))

    assert found == [sent]
    assert len(statements) <= 2  # the engine's BEGIN counts on SQLite


def test_the_same_export_twice_is_kept_once(database, clock):
    with database.transaction() as session:
        assert keep_export(session, export(), clock)
        assert not keep_export(session, export(), clock)
        assert store.all_exports(session, "KE") == [export()]
        assert store.all_exports(session, "TZ") == []


def test_an_amended_export_takes_the_place_of_the_earlier_one(database, clock):
    sent = export()
    amended = replace(with_lines(sent, line(mass="1200")), id="export-amended")
    with database.transaction() as session:
        keep_export(session, sent, clock)
        decide(session, mirror_image(sent), clock)
        keep_export(session, amended, clock)

        assert store.all_exports(session) == [amended]
        assert store.match_of(session, "import-00001") is None


def test_an_amended_import_takes_the_place_of_the_earlier_one(database, clock):
    received = mirror_image(export(), mrn="26UG00000000000012")
    amended = replace(received, id="import-amended", packages=19)
    with database.transaction() as session:
        store.keep_import(session, received, clock=clock)
        store.keep_import(session, amended, clock=clock)

        assert store.all_imports(session) == [amended]


def test_keeping_an_equal_match_again_writes_nothing(database, clock):
    sent, received = export(), with_lines(mirror_image(export()), line(value="2500"))
    with database.transaction() as session:
        keep_export(session, sent, clock)
        decide(session, received, clock)

    with database.transaction() as session, counted(database) as statements:
        (found,) = pair([received], [sent])
        comparison = compare([received], [sent], rates=RATES, thresholds=THRESHOLDS)
        store.keep_match(session, found, comparison=comparison, clock=clock)

    assert [each for each in statements if not each.lstrip().upper().startswith(("SELECT", "BEGIN"))] == []


def test_a_withdrawn_export_is_forgotten(database, clock):
    with database.transaction() as session:
        keep_export(session, export(), clock)

        store.withdraw_partner_export(session, export().id)

        assert store.find_export(session, export().id) is None
        assert candidates(session, mirror_image(export())) == []


def test_a_withdrawn_export_names_the_imports_it_was_matched_with(database, clock):
    sent = export()
    received = mirror_image(sent)
    with database.transaction() as session:
        keep_export(session, sent, clock)
        decide(session, received, clock)
        (found,) = pair([received], [sent])
        comparison = compare([received], [sent], rates=RATES, thresholds=THRESHOLDS)
        store.keep_match(session, found, comparison=comparison, clock=clock)

        assert store.withdraw_partner_export(session, sent.id) == (received.id,)
        assert store.match_of(session, received.id) is None


def test_a_match_comes_back_with_its_discrepancies(database, clock):
    sent = export()
    received = with_lines(mirror_image(sent), line(value="2500"))
    with database.transaction() as session:
        keep_export(session, sent, clock)
        kept = decide(session, received, clock)

    with database.reading() as session:
        again = store.match_of(session, sent.id)
        listed = found_in(session)

    assert kept == again
    assert kept.pair.key == "mrn"
    assert [each.kind for each in kept.comparison.discrepancies] == ["undervaluation"]
    assert kept.comparison.value_ratio == pytest.approx(0.53)
    assert listed == [(received.id, "undervaluation")]


def test_the_second_part_of_a_split_joins_the_match_of_the_first(database, clock):
    sent = export(1, line(mass="2000"))
    first = mirror_image(with_lines(sent, line(mass="1200", value="3000")), packages=12)
    second = replace(mirror_image(with_lines(sent, line(mass="800", value="2000"))), id="import-2", packages=8)
    with database.transaction() as session:
        keep_export(session, sent, clock)
        alone = decide(session, first, clock)
        together = decide(session, second, clock)

        assert "mass" in [each.kind for each in alone.comparison.discrepancies]
        assert together.pair.import_ids == ("import-00001", "import-2")
        assert together.comparison.discrepancies == ()
        assert store.match_of(session, first.id) == together
        assert found_in(session) == []


def test_neighbours_take_at_most_four_statements(database, clock):
    exports = [export(number, line(mass=str(1000 + number))) for number in range(1, 6)]
    with database.transaction() as session:
        for each in exports:
            keep_export(session, each, clock)
            decide(session, mirror_image(each), clock)

    with database.reading() as session, counted(database) as statements:
        near = store.neighbours_of(session, replace(mirror_image(exports[0]), id="import-new"))

    assert {each.id for each in near.imports} == {"import-00001", "import-new"}
    assert len(statements) <= 4


def test_an_export_that_comes_late_finds_the_waiting_import(database, clock):
    sent = export()
    with database.transaction() as session:
        store.keep_import(session, mirror_image(sent), clock=clock)
        keep_export(session, sent, clock)

        near = store.neighbours_of(session, sent)

    assert [each.id for each in near.imports] == ["import-00001"]


def test_findings_of_single_declarations_are_kept_once(database, clock):
    received = mirror_image(export())
    found = ghost_imports([received], pairs=[], corridors=[Corridor("KE")], thresholds=THRESHOLDS)
    with database.transaction() as session:
        store.keep_import(session, received, clock=clock)
        store.keep_findings(session, found, clock=clock)
        store.keep_findings(session, found, clock=clock)

        assert [kind for _, kind in found_in(session)] == ["ghost-import"]
        assert [each.kind for each in store.discrepancies_of(session, [received.id])[received.id]] == ["ghost-import"]


def test_a_match_clears_an_earlier_ghost(database, clock):
    sent, received = export(), mirror_image(export())
    with database.transaction() as session:
        store.keep_import(session, received, clock=clock)
        found = ghost_imports([received], pairs=[], corridors=[Corridor("KE")], thresholds=THRESHOLDS)
        store.keep_findings(session, found, clock=clock)
        keep_export(session, sent, clock)
        decide(session, received, clock)

        assert found_in(session) == []


def test_a_match_of_unknown_records_is_refused(database, clock):
    sent = export()
    (found,) = pair([mirror_image(sent)], [sent])
    with database.transaction() as session, pytest.raises(MirrorRecordUnknown):
        store.keep_match(session, found, comparison=Comparison(), clock=clock)


def test_a_record_far_away_in_time_is_no_candidate(database, clock):
    sent = export()
    received = mirror_image(sent, days=400)
    with database.transaction() as session:
        keep_export(session, sent, clock)

        assert candidates(session, received) == []


def test_the_received_record_comes_back_as_received(database, clock):
    with database.transaction() as session:
        keep_export(session, export(), clock)

        kept = store.find_export(session, export().id)

    assert (kept.partner, kept.message_id, kept.record) == ("KE", "m-export-00001", {"mrn": export().mrn})
    assert kept.kept_at == clock.now()
