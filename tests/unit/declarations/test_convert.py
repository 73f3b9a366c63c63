"""Whether documents come back from the formats they are converted to, and what is lost is named path by path."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.features.declarations.canonical import lost_paths
from comity.features.declarations.convert import TARGETS, convert
from comity.features.declarations.formats.record_json.write import write_record_json
from comity.features.declarations.read import DEFAULT_LIMITS, iter_documents, read_documents
from comity.features.declarations.reading import ReadDocument, is_refused
from comity.foundation.trade.cargo import CargoReport
from comity.foundation.trade.notice import Notice
from comity.foundation.trade.transport import CustomsValuation
from tests.builders.declarations import a_declaration, declarations, with_shipment
from tests.unit.declarations.test_tables import a_plain_declaration


def converted(documents, target: str, **options):
    out = io.BytesIO()
    read = [ReadDocument(one, (), place, "") for place, one in enumerate(documents, start=1)]
    outcomes = list(convert(read, out, target=target, **options))
    return out.getvalue(), outcomes


@pytest.mark.parametrize("target", list(TARGETS))
def test_declarations_come_back_from_every_target(target):
    several = [a_plain_declaration("R1"), a_plain_declaration("R2", items=1)]

    content, outcomes = converted(several, target)

    assert [one.declaration for one in read_documents(content).documents] == several
    assert [(one.is_written, one.lost) for one in outcomes] == [(True, ()), (True, ())]


@settings(max_examples=25, deadline=None)
@given(declarations())
def test_any_declaration_comes_back_from_json(declaration):
    (read,) = read_documents(write_record_json(declaration)).documents

    assert read.document == (None if is_refused(read.findings) else declaration)


def test_documents_that_declare_nothing_come_back_from_json():
    content, _ = converted([Notice(mrn="25KE0012345678ABJ5"), CargoReport(report_id="M1")], "json")

    assert [type(one.document) for one in read_documents(content).documents] == [Notice, CargoReport]


def test_what_a_table_cannot_hold_is_named_and_the_rest_is_written():
    charged = with_shipment(
        a_plain_declaration(), valuation=CustomsValuation(charges=a_declaration().goods_shipment.valuation.charges)
    )

    content, (outcome,) = converted([charged], "csv")

    assert outcome.is_written
    assert {path.partition(".charges")[0] for path in outcome.lost} == {"goods_shipment.valuation"}
    assert read_documents(content).documents[0].declaration is not None


def test_a_target_without_a_place_for_a_document_says_so():
    _, outcomes = converted([a_plain_declaration(), Notice(mrn="25KE0012345678ABJ5")], "csv")

    assert [one.is_written for one in outcomes] == [True, False]
    assert not converted([Notice(mrn="25KE0012345678ABJ5"), CargoReport()], "csv")[1][1].is_written


def test_a_second_document_of_one_reference_is_not_put_into_a_table():
    _, outcomes = converted([a_plain_declaration(), a_plain_declaration()], "csv")

    assert [one.is_written for one in outcomes] == [True, False]


def test_a_long_table_is_written_with_every_column_and_in_the_language_asked_for(monkeypatch):
    monkeypatch.setattr("comity.features.declarations.convert.WINDOW", 3)
    several = [a_plain_declaration(f"R{number}", items=1) for number in range(8)]

    content, _ = converted(several, "csv", language="ru")

    assert content.decode().startswith("Справочный номер;")
    assert [one.declaration for one in read_documents(content).documents] == several


def test_paths_of_what_differs_are_named():
    one = a_declaration()

    assert lost_paths(one, one) == []
    assert lost_paths(one, replace(one, mrn=None, exit_office=None)) == ["exit_office"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b'{"declaration": {"kind": "import"', "json-malformed"),
        (b'{"declaration": {"nothing": 1}}', "record-invalid"),
        (b'{"declaration": 1}', "document-unnamed"),
        (b'{"declaration": {}, "notice": {}}', "document-unnamed"),
        (b'{"declaration": {"goods_shipment": {"items": [{"gross_mass_kg": "x"}]}}}', "record-invalid"),
        (b'[{"declaration": {}}, 5]', "document-unnamed"),
        (b'{"declaration": ' + b'{"a":' * 5000 + b"1" + b"}" * 5000 + b"}", "json-malformed"),
    ],
)
def test_json_that_is_no_record_is_refused(content, code):
    documents = read_documents(content).documents

    assert f"declarations.{code}" in [finding.code for one in documents for finding in one.findings]


def test_place_in_a_record_is_a_json_pointer():
    content = b'[{"declaration": {"goods_shipment": {"items": [{"gross_mass_kg": "x"}]}}}]'

    (document,) = read_documents(content).documents

    assert document.findings[0].path == "/0/declaration/goods_shipment/items/0/gross_mass_kg"


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 400))
def test_no_damage_to_json_makes_reading_raise(rubbish, place):
    good = write_record_json(a_plain_declaration())

    read_documents(good[:place] + rubbish + good[place:])
    read_documents(b'{"declaration":' + rubbish)


def test_large_files_are_read_in_parts_from_their_path(tmp_path):
    small = DEFAULT_LIMITS._replace(max_file_bytes=10_000, max_documents=5, max_rows=5, max_document_bytes=8_000)
    several = [a_plain_declaration(f"R{number}", items=1) for number in range(30)]
    for target, name in (("csv", "a.csv"), ("json", "a.json")):
        path = tmp_path / name
        path.write_bytes(converted(several, target)[0])
        told = []

        stream = iter_documents(path, limits=small, on_read=told.append)

        assert [one.declaration for one in stream.documents] == several
        assert stream.findings == []
        assert sum(told) >= path.stat().st_size
        assert [one.code for one in read_documents(path, limits=small).findings] == ["declarations.too-large"]


def test_a_declaration_of_a_format_that_needs_fewer_elements_comes_back_from_json():
    transit = replace(a_plain_declaration(), function_code=None)

    (read,) = read_documents(write_record_json(transit)).documents

    assert read.document == transit
    assert "declarations.element-missing" in [one.code for one in read.findings]
