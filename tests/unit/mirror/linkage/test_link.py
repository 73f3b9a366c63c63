"""Two sides in, pairs with calibrated probabilities out; whatever is wrong with a record is named, the rest goes on."""

from __future__ import annotations

import numpy as np
import pytest

from comity.features.mirror.errors import LinkageInputInvalid
from comity.features.mirror.linkage.link import ACCEPTED, link
from tests.unit.mirror.linkage.worlds import linked, side, true_pairs, world


@pytest.mark.parametrize(("noise", "precision", "recall"), [("moderate", 0.98, 0.98), ("heavy", 0.9, 0.75)])
def test_true_pairs_are_found(noise, precision, recall):
    pairs, true = linked(noise).pairs, true_pairs(world(noise))
    accepted = pairs.probability >= ACCEPTED

    found = set(zip(pairs.import_ids[accepted], pairs.export_ids[accepted], strict=True))

    assert len(found & true) >= precision * len(found)
    assert len(found & true) >= recall * len(true)


@pytest.mark.parametrize("noise", ["moderate", "heavy"])
def test_probabilities_are_calibrated(noise):
    pairs, true = linked(noise).pairs, true_pairs(world(noise))
    right = np.array([one in true for one in zip(pairs.import_ids, pairs.export_ids, strict=True)])
    tenth = np.minimum((pairs.probability * 10).astype(int), 9)

    error = sum(abs(pairs.probability[tenth == at].sum() - right[tenth == at].sum()) for at in range(10)) / len(right)

    assert error < 0.06  # a small world; the benchmark holds 0.03


def test_split_and_consolidated_consignments_are_told_as_groups():
    pairs, true = linked("heavy").pairs, true_pairs(world("heavy"))
    groups, sizes = np.unique(pairs.group, return_counts=True)

    in_sets = np.isin(pairs.group, groups[sizes > 1])

    assert in_sets.sum() > 10
    right = [one in true for one in zip(pairs.import_ids[in_sets], pairs.export_ids[in_sets], strict=True)]
    assert np.mean(right) > 0.6
    whole = pairs.group[~in_sets]
    assert len(set(pairs.import_ids[~in_sets])) == len(whole) == len(set(pairs.export_ids[~in_sets]))


def test_the_same_input_gives_the_same_output():
    made, before = world("heavy"), linked("heavy").pairs
    turned = {name: column[::-1] for name, column in made.imports.items()}

    again = link(turned, made.exports).pairs

    assert sorted(zip(again.import_ids, again.export_ids, again.probability.round(9), strict=True)) == sorted(
        zip(before.import_ids, before.export_ids, before.probability.round(9), strict=True)
    )


def test_an_export_without_any_likely_pair_is_told_as_alone():
    made, told = world("moderate"), linked("moderate")

    alone = set(told.exports_alone)

    assert alone
    assert not alone & set(told.pairs.export_ids)
    assert len(alone - set(made.true_exports)) > 0.9 * len(alone)


def test_reasons_are_levels_with_their_weight():
    told = linked("moderate")

    reasons = told.reasons(int(told.pairs.pattern[np.argmax(told.pairs.bits)]))

    assert [abs(one[2]) for one in reasons] == sorted((abs(one[2]) for one in reasons), reverse=True)
    assert {one[0] for one in reasons} >= {"mass", "goods"}
    assert told.reasons(-1) == ()


def changed(columns, **values):
    """Return columns whose first records have these values instead."""
    told = {name: column.copy() for name, column in columns.items()}
    for name, given in values.items():
        told[name] = told[name].astype(object)
        told[name][: len(given)] = given
    return told


@pytest.mark.parametrize(
    ("column", "values", "done"),
    [
        ("gross_mass_kg", [0.0, -5.0, 1e12], "not compared"),
        ("value", [-1.0, 0.0, float("inf")], "not compared"),
        ("packages", [-1, 0, 0], "not compared"),
        ("hs6", ["90111", "abcdef", "0901.11"], "not compared"),
        ("day", ["1925-01-01", "2125-01-01", "1825-01-01"], "left out"),
        ("day", ["not a day", "2025-13-01", None], "left out"),
        ("id", [None, None, None], "left out"),
    ],
)
def test_what_is_wrong_is_named_and_the_rest_goes_on(column, values, done):
    made = world("moderate")
    exports = (
        made.exports
        if column != "day"
        else {**made.exports, "day": made.exports["day"].astype("datetime64[D]").astype(str)}
    )

    told = link(made.imports, changed(exports, **{column: values}))

    assert [(one.side, one.column, one.records, one.done) for one in told.faults] == [("exports", column, 3, done)]
    assert len(told.pairs) > 0.7 * len(made.true_imports)


def test_of_a_repeated_id_one_record_is_taken():
    made = world("moderate")
    exports = changed(made.exports, id=[made.exports["id"][5]] * 3)

    told = link(made.imports, exports)

    assert [(one.column, one.records) for one in told.faults] == [("id", 3)]
    assert len(set(told.pairs.export_ids)) == len(told.pairs.export_ids)


@pytest.mark.parametrize("empty", ["imports", "exports", "both"])
def test_an_empty_side_gives_no_pairs_and_says_so(empty):
    made = world("moderate")
    nothing = {name: column[:0] for name, column in made.imports.items()}

    told = link(nothing if empty != "exports" else made.imports, nothing if empty != "imports" else made.exports)

    assert len(told.pairs) == 0
    assert {one.side for one in told.faults} == ({"imports", "exports"} if empty == "both" else {empty})


def test_three_records_are_enough_to_be_paired_or_not():
    ours = side(
        id=["a", "b"], day=["2025-03-10", "2025-03-10"], container=["MSKU1", "MSKU2"], gross_mass_kg=[10.0, 9.0]
    )
    theirs = side(id=["x"], day=["2025-03-01"], container=["MSKU1"], gross_mass_kg=[10.0])

    told = link(ours, theirs)

    assert set(zip(told.pairs.import_ids, told.pairs.export_ids, strict=True)) <= {("a", "x")}


def test_a_side_without_its_id_or_day_is_refused(tmp_path):
    with pytest.raises(LinkageInputInvalid, match="day is missing"):
        link(side(id=["a"]), side(id=["a"], day=["2025-03-01"]))
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"PAR1 but nothing more")
    with pytest.raises(LinkageInputInvalid):
        link(broken, broken)
    with pytest.raises(LinkageInputInvalid):
        link(tmp_path / "absent.csv", broken)
