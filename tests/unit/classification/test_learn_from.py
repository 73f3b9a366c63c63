"""Whether files to learn from are refused as such whatever bytes they hold."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.features.tariff.classification.errors import TrainingInvalid
from comity.features.tariff.classification.learn_from import read_nomenclature, read_terms, read_vague
from comity.features.tariff.classification.train import FEWEST_TERMS
from tests.conformance.fuzz.fuzz_classification_terms import KNOWN, one_input


def test_a_cell_that_never_ends_is_refused_by_each_reader(tmp_path):
    path = tmp_path / "terms.csv"
    path.write_text('hscode,description\n010121,"' + "a" * 200_000)

    for read in (
        lambda: read_terms([path], KNOWN),
        lambda: read_nomenclature(path, edition="X"),
        lambda: read_vague(path),
    ):
        with pytest.raises(TrainingInvalid, match="not CSV"):
            read()


def test_a_term_that_no_file_can_hold_is_left_out(tmp_path):
    path = tmp_path / "terms.json"
    path.write_text(
        json.dumps({f"horse {number}": "010121" for number in range(FEWEST_TERMS + 5)} | {"\ud800": "010121"})
    )

    assert read_terms([path], KNOWN).left_out == 1


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200) | st.text('",\r\n\\ud80{}:[]0121ahscode', max_size=60).map(str.encode))
def test_no_bytes_make_a_reader_raise_anything_else(content):
    one_input(content)
