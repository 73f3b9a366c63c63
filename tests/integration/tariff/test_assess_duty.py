"""Clearing an import assesses it by the node's tariff: kept, answered, in few statements; quotas are drawn once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy import event

from comity.features.declarations.read import ReadDocument
from comity.features.tariff.drawings.store import balances_on
from comity.features.tariff.measures.store import keep_import, replace_tariff
from comity.features.tariff.sources.csv_schedule import read_schedule
from comity.flows.assess_duty import kept_assessment
from comity.flows.clear_declaration import clear
from comity.foundation.trade.declaration import Commodity, DutyTaxFee
from tests.integration.console.seeded import a_node, seed_tariff, undervalued_import

QUOTA = """code,rate,type,origin,valid_from,valid_to,order_number,quota_volume,quota_unit
0901,5%,quota,*,2026-01-01,2026-12-31,090001,1500,KGM
"""


@pytest.fixture
def node(database, clock, tmp_path):
    made = a_node(database, clock, tmp_path)
    yield made
    made.close()


def cleared(node, declaration):
    document = ReadDocument(declaration, (), 1, f"{declaration.mrn:0>64}")
    with node.database.transaction() as session:
        return clear(session, document, clearing=node.clearing())


def claiming(declaration, number: str):
    items = tuple(
        replace(
            item,
            commodity=Commodity(code="0901110010", duties=(DutyTaxFee("A00", regime_code="120", quota_id="090001"),)),
        )
        for item in declaration.goods_shipment.items
    )
    shipment = replace(declaration.goods_shipment, items=items)
    return replace(declaration, mrn=number, functional_reference_id=number, goods_shipment=shipment)


def test_without_a_tariff_it_is_said_and_clearing_goes_on(node):
    done = cleared(node, undervalued_import())

    assert done.lane is not None
    assert done.duty["tariff_version"] == 0
    assert [item["charges"] for item in done.duty["items"]] == [[], []]
    assert done.duty["items"][0]["asked"][0].startswith("tariff: none is imported")
    assert not any(finding.code.startswith("tariff.") for finding in done.findings)


def test_an_import_is_assessed_kept_and_compared_with_what_is_declared(node):
    with node.database.transaction() as session:
        seed_tariff(node, session)

    done = cleared(node, undervalued_import())
    again = cleared(node, undervalued_import())

    assert [charge["kind"] for charge in done.duty["items"][0]["charges"]] == ["duty", "fee", "vat"]
    assert (
        "tariff.duty-differs" not in {finding.code for finding in done.findings} or done.duty["items"][0]["differences"]
    )
    assert (again.is_new, again.duty) == (False, done.duty)
    with node.database.reading() as session:
        assert kept_assessment(session, done.declaration_id) == done.duty


def test_a_declared_duty_that_differs_is_a_finding(node):
    with node.database.transaction() as session:
        seed_tariff(node, session)

    done = cleared(node, undervalued_import())

    (difference,) = done.duty["items"][0]["differences"]
    assert difference == {"group": "customs", "declared": "2682500", "ours": "2495958"}
    assert "tariff.duty-differs" in {finding.code for finding in done.findings}


def test_assessing_costs_few_statements_whatever_the_items(node):
    with node.database.transaction() as session:
        seed_tariff(node, session)
    many = undervalued_import()
    items = tuple(replace(many.goods_shipment.items[1], sequence=place) for place in range(1, 41))
    many = replace(many, goods_shipment=replace(many.goods_shipment, items=items))
    statements: list[str] = []
    event.listen(node.database.engine, "before_cursor_execute", lambda *told: statements.append(told[2]))

    cleared(node, many)

    assert sum("tariff_" in statement for statement in statements) <= 10


def test_a_quota_is_drawn_once_by_the_day_of_acceptance_and_crossed(node, clock):
    with node.database.transaction() as session:
        seed_tariff(node, session)
        tariff, findings = read_schedule(QUOTA.encode(), name="quota")
        assert findings == []
        replace_tariff(session, tariff, schedule="schedule:quota")
        keep_import(session, content_sha256="1" * 64, form="schedule", counts={}, clock=clock)
    one = claiming(undervalued_import(), "26UG004400123456B7")

    first = cleared(node, one)
    cleared(node, one)

    kinds = [[charge["kind"] for charge in item["charges"]] for item in first.duty["items"]]
    assert kinds == [["quota", "fee", "vat"], ["quota", "duty", "fee", "vat"]]
    with node.database.reading() as session:
        (quota,) = balances_on(session, datetime(2026, 3, 2, tzinfo=UTC).date())
    assert (Decimal(quota["left"]), quota["status"]) == (0, "exhausted")
