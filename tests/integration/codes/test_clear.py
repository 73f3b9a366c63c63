"""Codes checked while clearing, on both engines: told with the lane, or refused where the law says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from comity.features.declarations.reading import ReadDocument
from comity.features.declarations.store import counts
from comity.flows.check_codes import CodeChecks, CodesRefused
from comity.flows.clear_declaration import clear
from comity.flows.import_codes import Wanted, import_codes
from comity.foundation.errors import Severity
from comity.foundation.trade.declaration import DeclarationKind
from tests.integration.flows.test_decide_lane import clearing, declared  # noqa: F401 - a fixture

CONCORDANCE = b"HS 2022,HS 2017\n090240,090240\n030722,030791\n030729,030791\n"


@pytest.fixture
def lists(database, clock):
    with database.transaction() as session:
        for name, content in (
            ("t.csv", CONCORDANCE),
            ("packages.csv", b"code,name\nBX,Box\n"),
            ("CustomsOffices.csv", b"code,name\nUG000001,Example office\n"),
        ):
            import_codes(session, name, content, wanted=Wanted(valid_from=date(2026, 1, 1)), clock=clock)


def document(clock, code="090240"):
    declaration = declared(DeclarationKind.IMPORT, "26UG000000000001J5", clock.now())
    (item,) = declaration.goods_shipment.items
    item = replace(item, commodity=replace(item.commodity, code=code))
    declaration = replace(
        declaration,
        declaration_office="UG999999",
        goods_shipment=replace(declaration.goods_shipment, items=(item,)),
    )
    return ReadDocument(declaration, (), 1, "0" * 64)


def found(cleared):
    return sorted(finding.code for finding in cleared.findings)


def test_what_is_wrong_with_the_codes_is_told_with_the_lane(database, lists, clearing, clock):  # noqa: F811
    checking = replace(clearing, codes=CodeChecks("UG"))

    with database.transaction() as session:
        cleared = clear(session, document(clock, code="030791"), clearing=checking)

    assert found(cleared) == ["codes.goods-code-retired", "codes.office-unknown", "codes.package-unknown"]
    assert cleared.lane is not None


def test_where_the_law_says_so_the_declaration_is_refused_and_not_kept(database, lists, clearing, clock):  # noqa: F811
    checking = replace(clearing, codes=CodeChecks("UG", severity=Severity.ERROR))

    with pytest.raises(CodesRefused) as refused, database.transaction() as session:
        clear(session, document(clock), clearing=checking)

    assert {finding.code for finding in refused.value.findings} == {"codes.office-unknown", "codes.package-unknown"}
    with database.reading() as session:
        assert counts(session)["import"] == 0


def test_before_any_import_only_countries_and_currencies_are_looked_at(database, clearing, clock):  # noqa: F811
    checking = replace(clearing, codes=CodeChecks("UG"))

    with database.transaction() as session:
        assert found(clear(session, document(clock), clearing=checking)) == []


def test_the_edition_in_force_is_the_one_this_administration_took_up(database, lists, clock, tmp_path):
    (tmp_path / "hs-editions.toml").write_text(
        '[[adoptions]]\ncountries = ["UG"]\nedition = "HS2022"\nvalid_from = 2027-01-01\nsource = "an example"\n'
    )
    checks = CodeChecks("UG", home=tmp_path)

    with database.reading() as session:
        told = checks.check(session, document(clock, code="030791").declaration, clock=clock)

    assert "codes.goods-code-retired" not in {finding.code for finding in told}
