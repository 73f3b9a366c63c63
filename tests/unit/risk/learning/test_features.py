"""Features ordered in time: the same online and in batch, and nothing of the future in them."""

from __future__ import annotations

import numpy as np
import pytest

from comity.features.risk.learning.errors import LinesInvalid
from comity.features.risk.learning.features import AT_ONCE, FEATURES, History, Labels, day_of, replay
from comity.features.risk.learning.history.dimensions import key_names, taken

from .trade import trade


def told_of(lines, *, after_days=3, seed=5):
    """Labels of every fifth line, told some days after it."""
    chance = np.random.default_rng(seed)
    chosen = np.flatnonzero(chance.random(len(lines["item"])) < 0.2)
    told = {}
    days = day_of(lines)[chosen] + after_days
    for day in np.unique(days).tolist():
        rows = chosen[days == day]
        irregular = (chance.random(len(rows)) < 0.4).astype(float)
        labels = Labels(irregular, irregular * 1000.0, np.where(chance.random(len(rows)) < 0.5, 1.0, 0.1))
        told[day] = (taken(lines, rows), labels)
    return told


def feature(matrix, name):
    return matrix[:, FEATURES.index(name)]


def test_one_line_at_a_time_gives_the_same_bits_as_a_batch():
    lines = trade()
    told = told_of(lines)
    batch = replay(History(), lines, told)

    history = History()
    online = np.empty_like(batch)
    days = day_of(lines)
    for day in range(int(days[0]), int(days[-1]) + 1):
        rows = np.flatnonzero(days == day)
        for row in rows:
            online[row] = history.features(taken(lines, [row]))[0]
        if len(rows):
            history.close_day(taken(lines, rows))
        if day in told:
            history.learn(*told[day], day=day)

    np.testing.assert_array_equal(online, batch)


def test_what_comes_later_changes_no_feature_of_what_was_before():
    lines = trade()
    half = int(np.searchsorted(day_of(lines), day_of(lines)[200]))
    cut = day_of(lines)[half]
    told = told_of(lines)
    before = replay(History(), lines, told)[:half]

    chance = np.random.default_rng(9)
    changed = {name: column.copy() for name, column in lines.items()}
    shuffled = half + chance.permutation(len(lines["item"]) - half)
    for name, column in changed.items():
        if name not in ("accepted_at", "declaration_id"):
            column[half:] = lines[name][shuffled]
    changed["customs_value_usd"][half:] *= 100
    other = {
        day: (one, Labels(1 - labels.irregular, labels.revenue_usd + 9, labels.propensity))
        if day >= cut
        else (one, labels)
        for day, (one, labels) in told.items()
    }

    after = replay(History(), changed, other)

    np.testing.assert_array_equal(after[:half], before)
    assert not np.array_equal(after[half:], replay(History(), lines, told)[half:], equal_nan=True)


def test_a_label_changes_features_only_from_the_day_after_it_was_told():
    lines = trade()
    day = day_of(lines)[150]
    row = int(np.flatnonzero((day_of(lines) < day) & (lines["importer_id"] == "importer-3"))[0])
    labels = Labels(np.ones(1), np.full(1, 500.0), np.ones(1))

    without = replay(History(), lines)
    with_label = replay(History(), lines, {day: (taken(lines, [row]), labels)})

    same = (np.isclose(without, with_label, equal_nan=True, rtol=0, atol=0)).all(axis=1)
    assert same[day_of(lines) <= day].all()
    assert not same[day_of(lines) > day].all()


def test_order_within_a_day_changes_no_feature():
    lines = trade(60, days=1)
    history = History()
    history.close_day(trade(200, days=1, seed=2))
    later = {**lines, "accepted_at": lines["accepted_at"] + 86400}

    told = history.features(later)
    backwards = history.features(taken(later, slice(None, None, -1)))

    np.testing.assert_array_equal(told, backwards[::-1])


def test_price_far_below_the_usual_of_its_goods_and_origin_is_told():
    lines = trade(2000, days=60)
    cheap = taken(lines, [-1])
    for name in ("customs_value_usd", "invoice_value_usd"):
        cheap[name] = cheap[name] * 0.2
    cheap["accepted_at"] = cheap["accepted_at"] + 86400
    honest = {**taken(lines, [-1]), "accepted_at": cheap["accepted_at"]}
    history = History()
    replay(history, lines)

    gaps = [feature(history.features(one), "price_goods_origin_gap")[0] for one in (cheap, honest)]

    assert gaps[0] - gaps[1] == pytest.approx(np.log(0.2), abs=1e-5)
    assert gaps[0] < -0.8


def test_unit_of_a_thousand_does_not_move_the_usual_price():
    lines = trade(2000, days=60)
    wrong = taken(lines, slice(-3, None))
    wrong["invoice_value_usd"] = wrong["invoice_value_usd"] * 1000
    wrong["accepted_at"] = np.full(3, lines["accepted_at"][-1] + 86400)
    history = History()
    replay(history, lines)
    line = {**taken(lines, [-1]), "accepted_at": wrong["accepted_at"][:1] + 86400}
    before = feature(history.features(line), "price_goods_origin_gap")[0]

    history.close_day(wrong)

    assert abs(feature(history.features(line), "price_goods_origin_gap")[0] - before) < 0.1


def test_trader_not_seen_before_has_no_age_and_no_lines():
    lines = trade(1, days=1)
    lines["importer_id"] = np.array(["importer-new"], object)

    matrix = History().features(lines)

    assert np.isnan(feature(matrix, "importer_age")[0])
    assert feature(matrix, "importer_lines")[0] == 0
    assert feature(matrix, "importer_irregular")[0] == pytest.approx(0.05)


def test_every_subject_has_a_name_and_is_found_again_by_it():
    lines = trade()
    history = History()
    replay(history, lines)
    slots = history.keys.slots(lines, meet=False)

    named = {(dimension, key): slot for slot, dimension, key in history.keys.named()}

    assert len(named) == len(history.keys)
    for row in range(0, 400, 37):
        assert {named[one] for one in key_names(lines, row)} == set(slots[row][slots[row] >= 0].tolist())


def test_lines_out_of_order_of_time_are_refused():
    with pytest.raises(LinesInvalid):
        replay(History(), taken(trade(), slice(None, None, -1)))


def test_a_day_is_not_closed_with_lines_of_two():
    with pytest.raises(LinesInvalid):
        History().close_day(trade())


def test_column_that_is_too_short_is_refused():
    lines = trade()
    lines["hs6"] = lines["hs6"][:-1]
    with pytest.raises(LinesInvalid):
        History().features(lines)


def test_many_lines_side_by_side_have_the_features_that_few_have():
    history = History()
    replay(history, trade())
    lines = trade(5 * AT_ONCE, days=1, seed=8)
    lines["accepted_at"] = lines["accepted_at"] + 50 * 86400 - np.arange(5 * AT_ONCE)

    at_once = history.features(lines)

    few = [history.features(taken(lines, slice(first, first + 500))) for first in range(0, 5 * AT_ONCE, 500)]
    np.testing.assert_array_equal(np.concatenate(few), at_once)
