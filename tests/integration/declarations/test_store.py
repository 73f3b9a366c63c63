"""Whether declarations are kept once, found again and counted, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from comity.features.declarations.canonical import declaration_id
from comity.features.declarations.store import counts, find, find_by_mrn, find_by_ucr, find_many, keep, latest
from comity.foundation.trade.declaration import Declaration, DeclarationKind
from comity.foundation.trade.parties import Party
from tests.builders.declarations import a_declaration, with_shipment


def kept(session, declaration, clock, digest="a" * 64):
    return keep(session, declaration=declaration, content_sha256=digest, source="test.xml", clock=clock)


def test_keeps_a_declaration_and_gives_it_back(database, clock):
    with database.transaction() as session:
        result = kept(session, a_declaration(), clock)

    with database.reading() as session:
        found = find(session, result.id)
    assert result.is_new
    assert result.id == declaration_id(a_declaration())
    assert found.declaration == a_declaration()
    assert (found.content_sha256, found.source, found.kept_at) == ("a" * 64, "test.xml", clock.now())


def test_recognises_the_same_document_and_the_same_content(database, clock):
    with database.transaction() as session:
        first = kept(session, a_declaration(), clock)
        same_document = kept(session, replace(a_declaration(), mrn="other"), clock)
        same_content = kept(session, a_declaration(), clock, digest="b" * 64)
        stored = counts(session)

    assert not same_document.is_new
    assert not same_content.is_new
    assert first.id == same_document.id == same_content.id
    assert stored == {"import": 0, "export": 1, "transit": 0, "entry-summary": 0, "other": 0}


def test_finds_by_mrn_and_ucr_the_oldest_first(database, clock):
    declaration = replace(a_declaration(), mrn="25KE0012345678ABJ5")
    with database.transaction() as session:
        first = kept(session, declaration, clock, digest="1" * 64)
        clock.advance(timedelta(minutes=1))
        second = kept(session, replace(declaration, function_code="4"), clock, digest="2" * 64)

        by_mrn = find_by_mrn(session, "25KE0012345678ABJ5")
        by_ucr = find_by_ucr(session, declaration.goods_shipment.ucr)

    assert [one.id for one in by_mrn] == [first.id, second.id] == [one.id for one in by_ucr]


def test_gives_the_latest_of_a_kind_and_an_importer(database, clock):
    importer = Party(id="UG000000009")
    with database.transaction() as session:
        kept(session, a_declaration(), clock, digest="1" * 64)
        clock.advance(timedelta(minutes=1))
        imported = replace(with_shipment(a_declaration(), importer=importer), kind=DeclarationKind.IMPORT)
        second = kept(session, imported, clock, digest="2" * 64)

        assert [one.id for one in latest(session, 1)] == [second.id]
        assert [one.id for one in latest(session, 5, kind=DeclarationKind.IMPORT)] == [second.id]
        assert [one.id for one in latest(session, 5, importer="UG000000009")] == [second.id]
        assert len(latest(session, 5, offset=1)) == 1


def test_finds_many_at_once(database, clock):
    with database.transaction() as session:
        ids = [kept(session, Declaration(mrn=f"M{number}"), clock, digest=f"{number:064d}").id for number in range(510)]

        found = find_many(session, [*ids, "unknown"])

    assert set(found) == set(ids)
