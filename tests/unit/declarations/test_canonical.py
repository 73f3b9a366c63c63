"""Whether the canonical record is one per declaration, and hostile records are refused by name."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.features.declarations.canonical import declaration_id, from_record, to_record
from comity.features.declarations.errors import RecordInvalid
from comity.foundation.trade.declaration import Declaration
from tests.builders.declarations import a_declaration, an_item, with_shipment


def test_equal_amounts_written_differently_have_one_id():
    one = with_shipment(a_declaration(), items=(an_item(net_mass_kg=Decimal("1200")),))
    other = with_shipment(a_declaration(), items=(an_item(net_mass_kg=Decimal("1200.000")),))

    assert declaration_id(one) == declaration_id(other)


def test_another_value_has_another_id():
    other = with_shipment(a_declaration(), items=(an_item(net_mass_kg=Decimal("1200.001")),))

    assert declaration_id(other) != declaration_id(a_declaration())


def test_leaves_out_what_is_absent():
    record = to_record(Declaration(mrn="25KE0012345678ABJ5"))

    assert record == {"kind": "other", "function": "original", "mrn": "25KE0012345678ABJ5"}


def test_reads_a_record_minimised_to_some_fields():
    record = to_record(a_declaration())

    minimised = from_record({"mrn": "X", "goods_shipment": {"items": record["goods_shipment"]["items"]}})

    assert minimised.goods_shipment.items == a_declaration().goods_shipment.items
    assert minimised.declarant is None


@pytest.mark.parametrize(
    "record",
    [
        {"unknown_field": 1},
        {"goods_shipment": {"items": [{"comodity": {}}]}},
        {"mrn": 5},
        {"goods_shipment": []},
        {"invoice_amount": {"amount": "NaN", "currency": "USD"}},
        {"invoice_amount": {"amount": "Infinity", "currency": "USD"}},
        {"invoice_amount": {"amount": "1E+999999", "currency": "USD"}},
        {"invoice_amount": {"amount": "9" * 40, "currency": "USD"}},
        {"invoice_amount": {"amount": "5"}},
        {"issued_at": "yesterday"},
        {"issued_at": "2026-03-01T00:00:00"},
        {"kind": "smuggling"},
    ],
)
def test_refuses_what_is_no_record(record):
    with pytest.raises(RecordInvalid) as refusal:
        from_record(record)

    assert refusal.value.code == "declarations.record-invalid"


@settings(max_examples=200, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["mrn", "goods_shipment", "items", "commodity", "issued_at"]), inner)
        ),
        max_leaves=8,
    )
)
def test_any_json_is_a_declaration_or_refused_by_name(value):
    if not isinstance(value, dict):
        return
    try:
        from_record(value)
    except RecordInvalid:
        return
