"""Importing code lists on both engines: new versions, the same again, what changed, and what a day sees."""

from __future__ import annotations

from datetime import date

import pytest

from comity.features.codes.errors import CodeListUnknown, CodeUnknown
from comity.features.codes.store import count_valid, versions_of
from comity.flows.concordance import ConcordanceMemory
from comity.flows.import_codes import Wanted, check_ports, import_codes
from comity.flows.look_up_codes import all_lists, entries, search

FIRST = b"code,name\nBX,Box\nCT,Carton\nDR,Drum\n"
SECOND = b"code,name\nBX,Box\nCT,Carton of paper\nPK,Package\n"


@pytest.fixture
def take_in(database, clock):
    def take(content, name="packages.csv", on=None, file_name=None):
        with database.transaction() as session:
            return import_codes(session, name, content, wanted=Wanted(file_name, on), clock=clock)

    return take


def test_a_second_version_ends_begins_and_renames_and_nothing_is_deleted(database, take_in):
    take_in(FIRST, on=date(2025, 1, 1))
    (imported,) = take_in(SECOND, on=date(2026, 1, 1)).lists

    assert imported.version.version == 2
    assert imported.changes.added == ("PK",)
    assert imported.changes.ended == ("DR",)
    assert imported.changes.renamed == ("CT",)
    with database.reading() as session:
        before = {one.entry.code: one.entry.name for one in entries(session, "packages", on=date(2025, 12, 31))}
        after = {one.entry.code: one.entry.name for one in entries(session, "packages", on=date(2026, 1, 1))}
        drum = entries(session, "packages", code="DR")
        counted = count_valid(session, "packages", date(2026, 1, 1))
    assert before == {"BX": "Box", "CT": "Carton", "DR": "Drum"}
    assert after == {"BX": "Box", "CT": "Carton of paper", "PK": "Package"}
    assert drum[0].entry.valid_to == date(2025, 12, 31)
    assert counted == 3


def test_the_same_list_again_is_recognised_whatever_its_layout(database, take_in):
    take_in(FIRST)
    again = take_in(b'[{"name":"Drum","code":"DR"},{"code":"CT","name":"Carton"},{"code":"BX","name":"Box"}]')

    assert again.lists[0].changes is None
    with database.reading() as session:
        assert len(versions_of(session, "packages")) == 1


def test_an_older_version_than_the_one_here_is_refused(take_in):
    take_in(FIRST, on=date(2026, 1, 1))

    told = take_in(SECOND, on=date(2025, 1, 1))

    assert [finding.code for finding in told.findings] == ["codes.version-older"]
    assert told.lists == []


def test_a_correction_on_the_same_day_replaces_without_overlap(database, take_in):
    take_in(FIRST, on=date(2026, 1, 1))
    take_in(SECOND, on=date(2026, 1, 1))

    with database.reading() as session:
        assert len(entries(session, "packages", code="CT", on=date(2026, 1, 1))) == 1


def test_lists_of_packages_are_there_before_any_import(database, clock):
    with database.reading() as session:
        lists = {one.name for one in all_lists(session)}
        kenya = entries(session, "iso-3166-1", code="KE")
        found = search(session, "shilling kenyan", limit=5)
        with pytest.raises(CodeListUnknown):
            entries(session, "nothing")
        with pytest.raises(CodeUnknown):
            entries(session, "ISO-3166-1", code="AN", on=date(2020, 1, 1))
    assert lists == {"ISO-3166-1", "ISO-4217"}
    assert kenya[0].entry.name == "Kenya"
    assert [one.entry.code for one in found] == ["KES"]


def test_search_finds_words_whatever_their_accents(database, take_in):
    take_in("code,name\nBRSAO,São Paulo\nBRSSZ,Santos\n".encode(), "places.csv")

    with database.reading() as session:
        found = search(session, "SAO PAULO", limit=5)
        nothing = search(session, "100%", limit=5)
    assert [one.entry.code for one in found] == ["BRSAO"]
    assert nothing == []


def test_ports_with_a_locode_that_is_none_are_told(database, take_in):
    take_in(b"code,name\nKEMBA,Mombasa\n", "UNLOCODE.csv")
    take_in(b"World Port Index Number,Main Port Name,UN/LOCODE\n1,Mombasa,KE MBA\n2,Example Haven,KE ZZZ\n", "wpi.csv")

    with database.reading() as session:
        (finding,) = check_ports(session)
    assert (finding.code, finding.path) == ("codes.locode-unknown", "World Port Index Number 2")


def test_a_concordance_is_read_again_only_when_an_import_changed_it(database, take_in):
    memory = ConcordanceMemory()
    rows = b"HS 2022,HS 2017\n030722,030791\n"
    take_in(rows)

    with database.reading() as session:
        first = memory.current(session)
        second = memory.current(session)
    take_in(rows + b"030729,030791\n")
    with database.reading() as session:
        third = memory.current(session)

    assert first is second
    assert third.correlate("030791", source="HS2017", target="HS2022").candidates == ("030722", "030729")


def test_a_file_of_one_list_takes_the_name_it_is_given(take_in):
    (imported,) = take_in(FIRST, "x.csv", file_name="packages").lists

    assert imported.version.list == "packages"
