"""Which exports and imports of two administrations are the same goods? From two tables to pairs with probabilities.

Blocks, compares, learns, chooses; then parts of split and consolidated consignments among what is left. Everything
that grows with the records is done by DuckDB within its memory limit; nothing is shown any label.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import duckdb
import numpy as np
from numpy.typing import NDArray

from comity.features.mirror.linkage.block import blocking
from comity.features.mirror.linkage.choose import Candidates, chosen, probabilities
from comity.features.mirror.linkage.columns import Fault, Source, take_in
from comity.features.mirror.linkage.compare import Field, comparing, fields_of
from comity.features.mirror.linkage.explain import Explanation, asked_about, explained
from comity.features.mirror.linkage.groups import chosen_sets, sets_of
from comity.features.mirror.linkage.learn import Model, learned, levels_of
from comity.features.mirror.linkage.prepare import preparing
from comity.features.mirror.linkage.settings import LinkageSettings, linkage_settings

ACCEPTED = 0.5
"""A pair or a set of parts that is more likely than not is taken; what it means is for the comparison to weigh."""

LEAST_TOLD = 0.05
"""Chosen candidates below this are not told at all."""

STEPS = ("reading", "preparing", "blocking", "comparing", "learning", "choosing", "joining parts")
LEAST_HINT = 0.01
"""An export whose pairs and sets, told or not, are together as probable as this is not told as alone."""

Step = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Engine:
    """What DuckDB may use: memory in megabytes and threads; above the memory it spills beside the temporary files."""

    memory_mb: int = 2_200
    threads: int = 2


@dataclass(frozen=True, slots=True)
class Pairs:
    """The pairs told, each by the ids of both sides, its probability, and the group it belongs to.

    `group` numbers consignments: whole ones have one pair, split and consolidated ones several. `pattern` is the level
    of each field (-1 in groups, whose parts are weighed together); `bits` its weight.
    """

    import_ids: NDArray[np.object_]
    export_ids: NDArray[np.object_]
    probability: NDArray[np.float64]
    group: NDArray[np.int64]
    pattern: NDArray[np.int64]
    bits: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.probability)


@dataclass(frozen=True, slots=True)
class Linked:
    """What linking gave: the pairs, the model that was learned, how many candidates each pass gave, what was wrong.

    `exports_alone` have no pair, not even an unlikely one: goods that left and did not arrive.
    """

    pairs: Pairs
    model: Model | None
    fields: tuple[Field, ...]
    candidates: dict[str, int]
    import_ids: NDArray[np.object_]
    export_ids: NDArray[np.object_]
    exports_alone: NDArray[np.object_]
    faults: tuple[Fault, ...] = ()
    explanation: Explanation | None = None

    def accepted(self) -> NDArray[np.bool_]:
        """Return which of the pairs are taken."""
        return np.asarray(self.pairs.probability >= ACCEPTED)

    def reasons(self, pattern: int) -> tuple[tuple[str, str, float], ...]:
        """Return field, level and weight in bits of a pattern, the weightiest first; unknown levels say nothing."""
        if self.model is None or pattern < 0:
            return ()
        levels = levels_of(np.array([pattern], dtype=np.int64), self.fields)
        told = [
            (one.name, one.levels[int(levels[one.name][0])], float(self.model.weights[one.name][levels[one.name][0]]))
            for one in self.fields
            if levels[one.name][0]
        ]
        return tuple(sorted(told, key=lambda each: (-abs(each[2]), each[0])))


@dataclass(slots=True)
class _Kept:
    """Pairs collected while linking: numbers of records on both sides."""

    ours: list[NDArray[np.int64]] = field(default_factory=list)
    theirs: list[NDArray[np.int64]] = field(default_factory=list)
    probable: list[NDArray[np.float64]] = field(default_factory=list)
    group: list[NDArray[np.int64]] = field(default_factory=list)
    pattern: list[NDArray[np.int64]] = field(default_factory=list)
    bits: list[NDArray[np.float64]] = field(default_factory=list)
    hinted: list[NDArray[np.int64]] = field(default_factory=list)
    """Exports that may have a twin, told or not."""


def link(
    imports: Source,
    exports: Source,
    *,
    settings: LinkageSettings | None = None,
    engine: Engine = Engine(),
    why: tuple[str, str] | None = None,
    step: Step = lambda _title: None,
) -> Linked:
    """Pair imports with exports; `step` is told what begins, `why` are an import and an export to be explained.

    Raises:
        LinkageInputInvalid: a side cannot be read, or has no id or no day, or not the record asked about.
    """
    held = settings or linkage_settings()
    with tempfile.TemporaryDirectory(prefix="comity-linkage-") as folder, duckdb.connect() as connection:
        connection.execute(f"SET threads = {engine.threads}")
        connection.execute(f"SET memory_limit = '{engine.memory_mb}MB'")
        connection.execute("SET preserve_insertion_order = false")
        connection.execute("SET temp_directory = ?", [folder])
        step("reading")
        faults = (*take_in(connection, "imports", imports), *take_in(connection, "exports", exports))
        return _linked(connection, held, faults, step, why)


def _linked(
    connection: duckdb.DuckDBPyConnection,
    settings: LinkageSettings,
    faults: tuple[Fault, ...],
    step: Step,
    why: tuple[str, str] | None,
) -> Linked:
    step("preparing")
    for statement in preparing(settings):
        connection.execute(statement)
    fields = fields_of(settings)
    asked = asked_about(connection, why, fields) if why else None
    step("blocking")
    counts, met = _block(connection, settings, (asked.ours, asked.theirs) if asked else None)
    kept = _Kept()
    model, explanation = None, None
    if sum(counts.values()):
        step("comparing")
        for statement in comparing(fields, "candidates"):
            connection.execute(statement)
        step("learning")
        model = _learn_and_weigh(connection, fields, settings)
        if asked:
            explanation = explained(connection, asked, met, model, fields)
        step("choosing")
        _choose(connection, kept)
        step("joining parts")
        _join_parts(connection, settings, kept)
    ids = {side: connection.execute(f"SELECT id FROM {side} ORDER BY rid").fetchnumpy()["id"] for side in ("i", "e")}
    ours, theirs = np.asarray(ids["i"], dtype=object), np.asarray(ids["e"], dtype=object)
    return Linked(
        _told(kept, ours, theirs), model, fields, counts, ours, theirs, _alone(kept, theirs), faults, explanation
    )


def _block(
    connection: duckdb.DuckDBPyConnection, settings: LinkageSettings, asked: tuple[int, int] | None
) -> tuple[dict[str, int], list[str]]:
    """Make the table of candidates; return how many each pass gave, and which passes met the pair asked about."""
    counts, tables, met = {}, [], []
    for place, (name, query) in enumerate(blocking(settings).items()):
        table = f"pass_{place}"
        connection.execute(f"CREATE TABLE {table} AS {query}")
        counts[name] = _number(connection, f"SELECT count(*) FROM {table}")
        tables.append(table)
        if asked and _number(connection, f"SELECT count(*) FROM {table} WHERE i = {asked[0]} AND e = {asked[1]}"):
            met.append(name)
    connection.execute("CREATE TABLE candidates AS " + " UNION ".join(f"SELECT i, e FROM {table}" for table in tables))
    for table in tables:
        connection.execute(f"DROP TABLE {table}")
    return counts, met


def _learn_and_weigh(
    connection: duckdb.DuckDBPyConnection, fields: Sequence[Field], settings: LinkageSettings
) -> Model:
    found = connection.execute("SELECT pattern, count(*)::DOUBLE AS many FROM compared GROUP BY pattern").fetchnumpy()
    patterns = np.asarray(found["pattern"], dtype=np.int64)
    model = learned(patterns, np.asarray(found["many"], dtype=np.float64), fields, settings.learning)
    weights = {"pattern": patterns, "bits": model.bits(levels_of(patterns, fields))}  # found by its name in this frame
    connection.execute(
        "CREATE TABLE weighed AS SELECT i, e, pattern, bits FROM compared JOIN weights USING (pattern)"
        f" WHERE bits > {settings.learning.least_bits}"
    )
    del weights
    connection.execute("DROP TABLE compared; DROP TABLE candidates")
    return model


def _choose(connection: duckdb.DuckDBPyConnection, kept: _Kept) -> None:
    found = connection.execute("SELECT i, e, pattern, bits FROM weighed ORDER BY i, e").fetchnumpy()
    candidates = Candidates(
        np.asarray(found["i"], dtype=np.int64),
        np.asarray(found["e"], dtype=np.int64),
        np.asarray(found["bits"], dtype=np.float64),
    )
    probable = probabilities(candidates)
    hints = np.bincount(candidates.theirs, weights=probable)
    kept.hinted.append(np.flatnonzero(hints >= LEAST_HINT))
    at = chosen(candidates, probable)
    at = at[probable[at] >= LEAST_TOLD]
    _keep(kept, candidates.ours[at], candidates.theirs[at], probable[at])
    kept.pattern.append(np.asarray(found["pattern"], dtype=np.int64)[at])
    kept.bits.append(candidates.bits[at])
    kept.group.append(np.arange(len(at), dtype=np.int64))


def _join_parts(connection: duckdb.DuckDBPyConnection, settings: LinkageSettings, kept: _Kept) -> None:
    """Join parts among what found no accepted twin; a set that is likelier takes the place of a doubtful pair."""
    sure = kept.probable[0] >= ACCEPTED
    paired = {"i": kept.ours[0][sure], "e": kept.theirs[0][sure]}
    for side, numbers in paired.items():
        taken = {"rid": numbers}  # found by its name in this frame
        connection.execute(f"CREATE TABLE left_{side} AS SELECT r.* FROM {side} r ANTI JOIN taken USING (rid)")
        del taken
    number = len(kept.group[0])
    for whole in ("e", "i"):
        sets = sets_of(connection, settings, whole=whole)
        hints = sets.probable >= LEAST_HINT
        kept.hinted.append(sets.whole[hints] if whole == "e" else sets.parts[hints].ravel())
        for owner, parts, probable in chosen_sets(sets, least=ACCEPTED):
            owners = np.full(len(parts), owner, dtype=np.int64)
            of_parts = np.asarray(parts, dtype=np.int64)
            ours, theirs = (of_parts, owners) if whole == "e" else (owners, of_parts)
            _keep(kept, ours, theirs, np.full(len(parts), probable))
            kept.pattern.append(np.full(len(parts), -1, dtype=np.int64))
            kept.bits.append(np.full(len(parts), np.nan))
            kept.group.append(np.full(len(parts), number, dtype=np.int64))
            number += 1
    _drop_doubtful(kept)


def _drop_doubtful(kept: _Kept) -> None:
    """Leave out the doubtful pairs of records that a set explains."""
    in_sets = [np.concatenate([np.zeros(0, dtype=np.int64), *side[1:]]) for side in (kept.ours, kept.theirs)]
    doubtful = (kept.probable[0] < ACCEPTED) & (np.isin(kept.ours[0], in_sets[0]) | np.isin(kept.theirs[0], in_sets[1]))
    for held in (kept.ours, kept.theirs, kept.pattern, kept.group):
        held[0] = held[0][~doubtful]
    for numbers in (kept.probable, kept.bits):
        numbers[0] = numbers[0][~doubtful]


def _keep(kept: _Kept, ours: NDArray[np.int64], theirs: NDArray[np.int64], probable: NDArray[np.float64]) -> None:
    kept.ours.append(ours)
    kept.theirs.append(theirs)
    kept.probable.append(probable)


def _told(kept: _Kept, import_ids: NDArray[np.object_], export_ids: NDArray[np.object_]) -> Pairs:
    whole = np.zeros(0, dtype=np.int64)
    return Pairs(
        import_ids[np.concatenate([whole, *kept.ours])],
        export_ids[np.concatenate([whole, *kept.theirs])],
        np.concatenate([np.zeros(0), *kept.probable]),
        np.concatenate([whole, *kept.group]),
        np.concatenate([whole, *kept.pattern]),
        np.concatenate([np.zeros(0), *kept.bits]),
    )


def _alone(kept: _Kept, export_ids: NDArray[np.object_]) -> NDArray[np.object_]:
    is_alone = np.ones(len(export_ids), dtype=bool)
    for numbers in (*kept.theirs, *kept.hinted):
        is_alone[numbers[numbers >= 0]] = False
    return np.asarray(export_ids[is_alone], dtype=object)


def _number(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0
