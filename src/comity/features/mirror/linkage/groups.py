"""Which parts make one consignment? Several imports of one export, or several exports of one import.

Looked for among what found no twin: parts of the same parties and mode of transport whose masses add up. Whether they
are one consignment is weighed as pairs are: sums of mass, value and packages, goods, days between the parts.

Among many records some masses add up by chance, and then so do values and packages, which go with the mass. How often
is seen from decoys: sums that meet a whole made heavier or lighter than it is, in all its quantities (J. Elias, S.
Gygi, 2007, who search proteins so). Where as many decoys as sets reach a weight, that weight proves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import numpy as np
from numpy.typing import NDArray

from comity.features.mirror.linkage.settings import Groups, LinkageSettings

Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]
SIMILAR = 0.8
"""Names below this likeness are other parties (Jaro-Winkler); a guess, looser than for pairs since both must agree."""

ROUNDS = 12
DECOYS = 2
"""Decoys of each whole: one heavier, one lighter."""

TOGETHER = 100
"""Sets of like weight whose probability is told together; a guess: enough for a share to within a twentieth."""


@dataclass(frozen=True, slots=True)
class Sets:
    """Sets of parts, each with the whole that it may make: `parts` has -1 where a set has fewer."""

    whole: Whole
    parts: Whole
    probable: Numbers


def sets_of(connection: duckdb.DuckDBPyConnection, settings: LinkageSettings, *, whole: str) -> Sets:
    """Return the sets whose masses add up to a record of the side `whole` (`i` or `e`), with their probability.

    The tables `left_i` and `left_e` hold what found no twin.
    """
    part = "e" if whole == "i" else "i"
    for statement in _making_sets(settings, whole, part):
        connection.execute(statement)
    found = connection.execute("SELECT * FROM sets ORDER BY whole, p1, p2, p3").fetchnumpy()
    parts = np.stack([np.asarray(found[name], dtype=np.int64) for name in ("p1", "p2", "p3")], axis=1)
    owners = np.asarray(found["whole"], dtype=np.int64)
    if not len(owners):
        return Sets(owners, parts, np.zeros(0))
    levels = {name: np.asarray(found[name], dtype=np.int64) for name in ("mass", "value", "packages", "goods", "apart")}
    shift = np.asarray(found["shift"], dtype=np.int64)
    weights = _weighed(owners * 3 + shift + 1, levels, shift == 0)
    real = shift == 0
    believed = 1 / (1 + np.exp(-weights[real]))
    return Sets(owners[real], parts[real], np.minimum(believed, proved(weights[real], weights[~real], DECOYS)))


def chosen_sets(sets: Sets, *, least: float) -> list[tuple[int, tuple[int, ...], float]]:
    """Return sets (whole, parts, probability), the most probable first; no record twice."""
    used_wholes, used_parts = set[int](), set[int]()
    kept = []
    for place in np.lexsort((sets.whole, -sets.probable)).tolist():
        if sets.probable[place] < least:
            break
        owner, parts = int(sets.whole[place]), tuple(int(one) for one in sets.parts[place] if one >= 0)
        if owner not in used_wholes and not used_parts.intersection(parts):
            used_wholes.add(owner)
            used_parts.update(parts)
            kept.append((owner, parts, float(sets.probable[place])))
    return kept


def _making_sets(settings: LinkageSettings, whole: str, part: str) -> list[str]:
    held = settings.groups
    ours, theirs = ("p", "w") if part == "i" else ("w", "p")
    timely = f"{theirs}.day BETWEEN {ours}.earliest AND {ours}.latest"
    usual = "-" if part == "i" else "+"
    keyed = (
        "SELECT r.*, hash(a.head, b.head) AS key FROM left_{0} r"
        " JOIN head a ON a.number = r.exporter JOIN head b ON b.number = r.importer"
    )
    return [
        f"""
        CREATE OR REPLACE TABLE possible AS
        WITH w AS ({keyed.format(whole)}), p AS ({keyed.format(part)}),
        met AS (
            SELECT DISTINCT w.rid AS whole, p.rid AS part FROM w JOIN p USING (key)
            WHERE {timely} AND (w.mode = p.mode OR w.mode IS NULL OR p.mode IS NULL)
              AND p.mass BETWEEN w.mass - {held.lightest_part_log} AND w.mass + {held.decoy_log})
        SELECT met.whole, met.part, exp(p.mass - w.mass) AS mass, exp(p.value - w.value {usual} usual.value) AS value,
            p.packages, w.packages AS whole_packages, p.day,
            CASE WHEN w.hs6 = p.hs6 THEN 0 WHEN substr(w.hs6, 1, 4) = substr(p.hs6, 1, 4) THEN 1 ELSE 2 END AS goods
        FROM met JOIN {whole} w ON w.rid = met.whole JOIN {part} p ON p.rid = met.part, usual
        JOIN form we ON we.number = w.exporter JOIN form pe ON pe.number = p.exporter
        JOIN form wi ON wi.number = w.importer JOIN form pi ON pi.number = p.importer
        WHERE jaro_winkler_similarity(we.form, pe.form) >= {SIMILAR}
          AND jaro_winkler_similarity(wi.form, pi.form) >= {SIMILAR}
        QUALIFY row_number() OVER (PARTITION BY met.whole ORDER BY goods, met.part) <= {held.most_candidates}
        """,
        "CREATE OR REPLACE TABLE sets AS "
        + " UNION ALL ".join(f"({_summed(held, count)})" for count in range(2, held.most_parts + 1)),
    ]


def _summed(held: Groups, count: int) -> str:
    names = "abc"[:count]
    joined = "possible a" + "".join(
        f" JOIN possible {name} ON {name}.whole = a.whole AND {names[at]}.part < {name}.part"
        for at, name in enumerate(names[1:])
    )

    def summed(column: str) -> str:
        return " + ".join(f"{name}.{column}" for name in names)

    days, masses = (", ".join(f"{name}.{column}" for name in names) for column in ("day", "mass"))
    parts = ", ".join(f"{name}.part AS p{at}" for at, name in enumerate(names, start=1))
    missing = "".join(f", -1 AS p{at}" for at in range(count + 1, 4))
    return f"""
        WITH every AS (
            SELECT a.whole, {parts}{missing}, ln({summed("mass")}) AS mass, ln({summed("value")}) AS value,
                {summed("packages")} AS packages, a.whole_packages, {summed("goods")} AS goods,
                greatest({days}) - least({days}) AS apart, ln(greatest({masses})) AS heaviest
            FROM {joined}),
        shifted AS (
            SELECT * REPLACE (mass - shift * {held.decoy_log} AS mass, value - shift * {held.decoy_log} AS value,
                packages * exp(-shift * {held.decoy_log}) AS packages),
                abs(packages * exp(-shift * {held.decoy_log}) - whole_packages) AS off
            FROM every, (VALUES (-1), (0), (1)) moved(shift)
            WHERE abs(mass - shift * {held.decoy_log}) < {held.widest_sum_log}
              AND heaviest - shift * {held.decoy_log} < -{held.heaviest_part_log})
        SELECT whole, p1, p2, p3, shift,
            {_level("abs(mass)", held.mass_sum)} AS mass, {_level("abs(value)", held.value_sum)} AS value,
            CASE WHEN off IS NULL THEN 0
                WHEN off <= 1 THEN (CASE WHEN whole_packages > 100 THEN 1 WHEN whole_packages > 25 THEN 2 ELSE 3 END)
                WHEN off <= 4 THEN 4 WHEN off < 0.05 * whole_packages THEN 5
                WHEN off < 0.15 * whole_packages THEN 6 ELSE 7 END AS packages,
            1 + least(4, goods) * 2 + {count - 2} AS goods,
            {_level("apart", held.apart_days)} AS apart
        FROM shifted
    """


def _level(difference: str, bounds: tuple[float, ...] | tuple[int, ...]) -> str:
    cases = " ".join(f"WHEN {difference} < {bound} THEN {place}" for place, bound in enumerate(bounds, start=1))
    return f"CASE WHEN {difference} IS NULL THEN 0 {cases} ELSE {len(bounds) + 1} END"


def _weighed(owners: Whole, levels: dict[str, Whole], real: NDArray[np.bool_]) -> Numbers:
    """Return the weight of each set among those of its whole: log odds; expectation and maximisation on the real ones.

    What the levels of sets by chance are is taken from the decoys, so that only what real ones have more of is learned.
    """
    _, owner = np.unique(owners, return_inverse=True)
    u = {name: _spread(found, (~real).astype(np.float64)) for name, found in levels.items()}
    m = {name: _decaying(spread) if name in ("mass", "value", "packages") else spread for name, spread in u.items()}
    share = 0.02
    weight: Numbers = np.zeros(len(owners))
    for _ in range(ROUNDS):
        logs = np.full(len(owners), np.log(share / (1 - share)))
        for name, found in levels.items():
            logs += np.log(m[name] / u[name])[found]
        odds = np.exp(np.clip(logs, -80, 80))
        others = np.bincount(owner, weights=odds)[owner] - odds
        probable = odds / (1 + odds + others)
        weight = np.log(odds / (1 + np.maximum(others, 0.0)))
        m = {name: _spread(found, probable * real) for name, found in levels.items()}
        share = float(np.clip(probable[real].mean() if real.any() else 0.0, 1e-6, 0.5))
    return weight


def proved(weights: Numbers, decoys: Numbers, decoys_a_set: int) -> Numbers:
    """Return how probable sets of these weights are, given the weights of decoys (so many for each set by chance).

    Sets are taken together, `TOGETHER` of like weight; the probability never falls as the weight rises.
    """
    order = np.argsort(weights, kind="stable")
    begins = np.arange(0, len(order), TOGETHER)
    bounds = np.append(weights[order][begins], np.inf)
    bounds[0] = -np.inf
    many = np.diff(np.append(begins, len(order)))
    by_chance = np.diff(np.searchsorted(np.sort(decoys), bounds)) / decoys_a_set
    probable = np.empty(len(weights))
    probable[order] = np.repeat(1 - np.clip(_falling(by_chance / many, many), 0.0, 1.0), many)
    return probable


def _falling(shares: Numbers, many: Whole) -> Numbers:
    """Return the shares that never rise and are nearest to those given: neighbours that rise are taken together."""
    blocks: list[tuple[float, int, int]] = []  # share, sets, places
    for share, count in zip(shares.tolist(), many.tolist(), strict=True):
        block = (share, count, 1)
        while blocks and blocks[-1][0] < block[0]:
            before = blocks.pop()
            together = before[1] + block[1]
            block = ((before[0] * before[1] + block[0] * block[1]) / together, together, before[2] + block[2])
        blocks.append(block)
    return np.repeat([one[0] for one in blocks], [one[2] for one in blocks])


def _spread(levels: Whole, weights: Numbers) -> Numbers:
    shares = np.bincount(levels, weights=weights, minlength=int(levels.max()) + 1) + 0.5
    shares[0] = 0.0
    shares /= shares.sum()
    shares[0] = 1.0
    return np.asarray(shares, dtype=np.float64)


def _decaying(spread: Numbers) -> Numbers:
    """Return where learning begins for sums: the nearer, the likelier, each level half as likely as the one before."""
    shares = np.asarray(0.6 ** np.arange(len(spread)), dtype=np.float64)
    shares[0] = 0.0
    shares /= shares.sum()
    shares[0] = 1.0
    return np.asarray(shares, dtype=np.float64)
