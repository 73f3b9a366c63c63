"""Records, keys, rates and settings: what of a declaration is compared, and under which normal forms."""

from __future__ import annotations

import itertools
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.features.mirror.assign import assign
from comity.features.mirror.errors import MirrorSettingsInvalid
from comity.features.mirror.in_words import SENTENCES
from comity.features.mirror.keys import mass_bucket, normal_name, normal_reference
from comity.features.mirror.record import as_stored, from_stored, mirror_record
from comity.features.mirror.settings import load_thresholds, matching_settings
from comity.foundation.rates import ExchangeRates, load_rates
from comity.foundation.trade.declaration import (
    Classification,
    Commodity,
    Declaration,
    DeclarationKind,
    GoodsItem,
    GoodsShipment,
    Packaging,
)
from comity.foundation.trade.documents import AdditionalDocument, PreviousDocument, TransportDocument
from comity.foundation.trade.money import Money
from comity.foundation.trade.parties import Party
from comity.foundation.trade.transport import (
    Consignment,
    CustomsValuation,
    TradeTerms,
    TransportEquipment,
    TransportMeans,
)
from tests.unit.mirror.records import export


def declaration() -> Declaration:
    item = GoodsItem(
        sequence=1,
        commodity=Commodity(code="09024000", classifications=(Classification("0902400000", "TSP"),)),
        origin_country="KE",
        gross_mass_kg=Decimal(100),
        net_mass_kg=Decimal(95),
        invoice_amount=Money(Decimal(400), "USD"),
        customs_value=Money(Decimal(440), "USD"),
        previous_documents=(PreviousDocument("26KE00000000000017", "MRN"), PreviousDocument("DUCR-1", "DCR")),
        additional_documents=(AdditionalDocument(id="AWB 1", type_code="N740"),),
        equipment_ids=("MSKU9070323",),
        packaging=(Packaging("CT", 5), Packaging("PK", 2)),
        valuation=CustomsValuation(freight=Money(Decimal(30), "USD")),
    )
    shipment = GoodsShipment(
        seller=Party(name="Kilima Tea"),
        importer=Party(id="1000"),
        export_country="KE",
        destination_country="UG",
        trade_terms=TradeTerms(incoterm="cif"),
        ucr="UCR-1",
        consignment=Consignment(
            transport_documents=(TransportDocument("BL 9", "705"),), equipment=(TransportEquipment("TCLU1"),)
        ),
        items=(item,),
    )
    means = TransportMeans(mode_code="30")
    return Declaration(kind=DeclarationKind.IMPORT, mrn="26UG1", border_means=means, goods_shipment=shipment)


def test_reads_references_wherever_the_declaration_holds_them():
    record = mirror_record(declaration(), id="d1", date=date(2026, 1, 5))

    assert record.previous_ids == ("26KE00000000000017", "DUCR-1")
    assert record.ucrs == ("DUCR-1", "UCR-1")
    assert record.transport_documents == ("AWB 1", "BL 9")
    assert record.containers == ("MSKU9070323", "TCLU1")


def test_reads_parties_terms_totals_and_lines():
    record = mirror_record(declaration(), id="d1", date=date(2026, 1, 5))

    assert (record.exporter_name, record.importer_id, record.mode, record.incoterm) == (
        "Kilima Tea",
        "1000",
        "3",
        "CIF",
    )
    assert (record.value, record.value_basis) == (Money(Decimal(400), "USD"), "invoice")
    assert (record.customs_value, record.freight) == (Money(Decimal(440), "USD"), Money(Decimal(30), "USD"))
    assert (record.gross_mass_kg, record.packages, record.lines[0].hs6) == (Decimal(100), 7, "090240")


def test_an_empty_declaration_gives_an_empty_record():
    record = mirror_record(Declaration(), id="d1", date=date(2026, 1, 5))

    assert (record.value, record.gross_mass_kg, record.lines, record.ucr, record.currency) == (
        None,
        None,
        (),
        None,
        None,
    )


@given(st.decimals(0, 10**9, places=3), st.text(max_size=20))
def test_a_stored_record_comes_back_equal(mass, name):
    record = export(gross_mass_kg=mass, exporter_name=name)

    assert from_stored(as_stored(record)) == record


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Kilima Tea Factory Ltd", "KILIMA TEA FACTORY LIMITED"),
        ("Société d'Élevage S.A.R.L.", "SOCIETE DELEVAGE"),
        ("Nile Intl. Traders Co.", "Nile International Trading Company"),
    ],
)
def test_variants_of_a_name_have_one_normal_form(one, other):
    assert normal_name(one) == normal_name(other)


@given(st.text(max_size=40))
def test_normal_forms_are_stable(text):
    assert normal_name(normal_name(text)) == normal_name(text)
    reference = normal_reference(text)
    assert normal_reference(reference) == reference


@given(st.decimals("0.1", "1000000", places=2))
def test_masses_within_four_percent_are_in_neighbouring_buckets(mass):
    assert abs(mass_bucket(mass) - mass_bucket(mass * Decimal("1.04"))) <= 1


def test_rates_of_the_day_or_of_the_week_before():
    rates = ExchangeRates({"USD": {date(2026, 1, 2): Decimal("1.25")}})

    assert rates.convert(Money(Decimal(10), "EUR"), "USD", on=date(2026, 1, 4)) == Money(Decimal("12.5"), "USD")
    assert rates.convert(Money(Decimal(10), "EUR"), "USD", on=date(2026, 1, 20)) is None
    assert rates.convert(Money(Decimal(10), "EUR"), "USD", on=date(2026, 1, 1)) is None


def test_the_central_banks_rates_are_there():
    rates = load_rates()

    assert {"USD", "EUR", "CNY", "ZAR", "INR"} <= rates.currencies
    assert rates.convert(Money(Decimal("1.1789"), "USD"), "EUR", on=date(1999, 1, 4)) == Money(Decimal(1), "EUR")


def test_every_weight_has_a_sentence():
    assert {f"mirror.reason.{name}" for name in matching_settings().weights} <= set(SENTENCES)


def test_every_group_of_thresholds_names_its_source():
    thresholds = load_thresholds(date(2026, 1, 1))

    assert all(thresholds.source.values())
    assert thresholds.valid_from <= date(2026, 1, 1)


def test_thresholds_before_the_first_edition_are_refused():
    with pytest.raises(MirrorSettingsInvalid):
        load_thresholds(date(1990, 1, 1))


@given(
    st.dictionaries(
        st.tuples(st.sampled_from("abcd"), st.sampled_from("wxyz")), st.integers(-5, 30).map(float), max_size=16
    )
)
def test_the_assignment_is_as_heavy_as_the_best_of_all(weights):
    chosen = assign(weights)

    def best(rows: list[str], free: frozenset[str]) -> float:
        if not rows:
            return 0.0
        skipped = best(rows[1:], free)
        taken = [weights[rows[0], c] + best(rows[1:], free - {c}) for c in free if weights.get((rows[0], c), 0) > 0]
        return max([skipped, *taken])

    assert len({row for row, _ in chosen}) == len({column for _, column in chosen}) == len(chosen)
    assert sum(weights[each] for each in chosen) == best(list("abcd"), frozenset("wxyz"))
    assert all(a != b for a, b in itertools.combinations(chosen, 2))
