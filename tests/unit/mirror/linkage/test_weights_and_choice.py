"""Weights are learned without labels, and no record is in two pairs, whatever the candidates."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.features.mirror.linkage.choose import Candidates, chosen, probabilities
from comity.features.mirror.linkage.compare import Field
from comity.features.mirror.linkage.groups import Sets, chosen_sets, proved
from comity.features.mirror.linkage.learn import learned
from comity.features.mirror.linkage.settings import Learning

FIELDS = tuple(
    Field(name, ("unknown", "same", "other"), "")
    for name in ("reference", "container", "document", "goods", "packages")
)
IF_PAIR = {"reference": 0.95, "container": 0.9, "document": 0.85, "goods": 0.8, "packages": 0.9}
IF_NOT = {"reference": 0.001, "container": 0.01, "document": 0.002, "goods": 0.1, "packages": 0.2}


def made_patterns(share, count=40_000):
    draw = np.random.default_rng(3)
    is_pair = draw.random(count) < share
    pattern = np.zeros(count, dtype=np.int64)
    for field in FIELDS:
        same = draw.random(count) < np.where(is_pair, IF_PAIR[field.name], IF_NOT[field.name])
        known = draw.random(count) < 0.7
        pattern = pattern * 3 + np.where(known, np.where(same, 1, 2), 0)
    return np.unique(pattern, return_counts=True)


@pytest.mark.parametrize("share", [0.05, 0.3])
def test_learning_finds_the_weights_that_made_the_patterns(share):
    patterns, counts = made_patterns(share)

    model = learned(patterns, counts.astype(float), FIELDS, Learning(40, 0.2, 50, -9.0))

    assert 1 / (1 + 2**-model.prior_bits) == pytest.approx(share, rel=0.1)
    for field in FIELDS:
        weights = model.weights[field.name]
        assert weights[0] == 0
        assert weights[1] == pytest.approx(np.log2(IF_PAIR[field.name] / IF_NOT[field.name]), abs=0.8)
        assert weights[2] == pytest.approx(np.log2((1 - IF_PAIR[field.name]) / (1 - IF_NOT[field.name])), abs=0.8)


candidates = st.lists(
    st.tuples(st.integers(0, 12), st.integers(0, 12), st.floats(-20, 40)), max_size=60, unique_by=lambda one: one[:2]
).map(
    lambda rows: Candidates(
        np.array([one[0] for one in rows], dtype=np.int64),
        np.array([one[1] for one in rows], dtype=np.int64),
        np.array([one[2] for one in rows], dtype=np.float64),
    )
)


@given(candidates)
@settings(max_examples=80, deadline=None)
def test_no_record_is_in_two_pairs_and_probabilities_are_shares(made):
    probable = probabilities(made)
    kept = chosen(made, probable)

    assert ((probable >= 0) & (probable <= 1)).all()
    assert len(set(made.ours[kept])) == len(kept) == len(set(made.theirs[kept]))
    left = set(range(len(made.ours))) - set(kept.tolist())
    assert all(made.ours[at] in made.ours[kept] or made.theirs[at] in made.theirs[kept] for at in left)


def test_a_rival_halves_the_probability_unless_it_is_better_placed_elsewhere():
    both = Candidates(np.array([0, 0]), np.array([0, 1]), np.array([20.0, 20.0]))
    placed = Candidates(np.array([0, 0, 1]), np.array([0, 1, 1]), np.array([20.0, 20.0, 40.0]))

    assert probabilities(both) == pytest.approx([0.5, 0.5], abs=0.01)
    assert probabilities(placed)[0] > 0.9


@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.lists(st.integers(0, 9), min_size=2, max_size=3, unique=True), st.floats(0, 1)),
        min_size=1,
        max_size=30,
    )
)
@settings(max_examples=60, deadline=None)
def test_no_record_is_in_two_sets(rows):
    parts = np.array([[*one[1], -1][:3] for one in rows], dtype=np.int64)
    sets = Sets(np.array([one[0] for one in rows]), parts, np.array([one[2] for one in rows]))

    kept = chosen_sets(sets, least=0.5)

    wholes = [one[0] for one in kept]
    used = [part for one in kept for part in one[1]]
    assert len(set(wholes)) == len(wholes)
    assert len(set(used)) == len(used)
    assert all(one[2] >= 0.5 for one in kept)


def test_sets_that_decoys_equal_are_not_believed():
    draw = np.random.default_rng(1)
    chance, true = draw.normal(0, 1, 2_000), draw.normal(8, 1, 1_000)

    of_nothing = proved(chance, draw.normal(0, 1, 4_000), 2)
    of_some = proved(np.concatenate([chance, true]), draw.normal(0, 1, 4_000), 2)

    assert of_nothing.mean() < 0.2
    assert of_some[2_000:].mean() > 0.95
    assert (np.diff(of_some[np.argsort(np.concatenate([chance, true]), kind="stable")]) >= 0).all()
