"""Which import declaration is the mirror image of which export declaration?

Staged as the domain requires: the export MRN cited in the import (WCO DM D018), one UCR (016), container with
transport document, transport document; then the weight of all evidence. Every export is used by one pair only; several
imports share it in one pair when together they do not outweigh it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from comity.features.mirror.assign import assign
from comity.features.mirror.evidence import (
    Evidence,
    Prepared,
    are_kin,
    cites,
    prepare,
    same_document,
    same_transport,
    same_ucr,
    weigh,
)
from comity.features.mirror.groups import Group, best_sum, join_documented, join_exports, join_imports
from comity.features.mirror.in_words import Reason
from comity.features.mirror.keys import strong_keys, weak_keys
from comity.features.mirror.record import MirrorRecord
from comity.features.mirror.settings import matching_settings

Link = Callable[[Prepared, Prepared], bool]
STAGES: tuple[tuple[str, Link], ...] = (
    ("mrn", cites),
    ("ucr", same_ucr),
    ("container-and-document", same_transport),
    ("document", same_document),
)
CITED = ("mrn", "ucr")
SCORED = "scored"
LONGEST_DAYS = 180  # weak evidence further apart is not looked at
MOST_CANDIDATES = 60  # per import, the most often hit first


@dataclass(frozen=True, slots=True)
class Pair:
    """Imports and exports of the same goods. `key` is the strongest key they share; `probability` from 0 to 1."""

    import_ids: tuple[str, ...]
    export_ids: tuple[str, ...]
    probability: float
    key: str
    reasons: tuple[Reason, ...]


@dataclass(slots=True)
class _Pool:
    """What is not paired yet, and the weights already computed."""

    imports: dict[str, Prepared]
    exports: dict[str, Prepared]
    weighed: dict[tuple[str, str], Evidence] = field(default_factory=dict)
    pairs: list[Pair] = field(default_factory=list)

    def evidence(self, ours: Prepared, theirs: Prepared) -> Evidence:
        at = (ours.record.id, theirs.record.id)
        if at not in self.weighed:
            self.weighed[at] = weigh(ours, theirs)
        return self.weighed[at]

    def take(self, group: Group, key: str, probability: float | None = None) -> None:
        """Turn a group into a pair: nothing in it can be used again."""
        best = max(
            (self.evidence(ours, theirs) for ours in group.imports for theirs in group.exports),
            key=lambda evidence: (evidence.bits, evidence.findings),
        )
        reasons = best.reasons()
        if len(group.exports) > 1:
            reasons += (Reason("mirror.reason.consolidated", (("count", str(len(group.exports))),)),)
        if len(group.imports) > 1:
            reasons += (Reason("mirror.reason.split", (("count", str(len(group.imports))),)),)
        import_ids = tuple(sorted(part.record.id for part in group.imports))
        export_ids = tuple(sorted(part.record.id for part in group.exports))
        self.pairs.append(Pair(import_ids, export_ids, probability or best.probability, key, reasons))
        for part in group.imports:
            del self.imports[part.record.id]
        for part in group.exports:
            del self.exports[part.record.id]


def pair(imports: Iterable[MirrorRecord], exports: Iterable[MirrorRecord]) -> list[Pair]:
    """Pair imports with exports; the order of either input changes nothing. Ids must be unique on each side.

    One import against a few candidates (online) and two whole periods (batch) take the same way.
    """
    pool = _Pool(
        {record.id: prepare(record) for record in sorted(imports, key=lambda record: record.id)},
        {record.id: prepare(record) for record in sorted(exports, key=lambda record: record.id)},
    )
    strong = _candidates(pool, strong_keys_of)
    for key, is_linked in STAGES:
        _pair_stage(pool, strong, key=key, is_linked=is_linked)
    weak = _candidates(pool, all_keys_of)
    settings = matching_settings()
    _pair_scored(pool, weak, accept=settings.sure_bits)
    _pair_sums(pool, weak)
    _pair_scored(pool, weak, accept=settings.accept_bits)
    return sorted(pool.pairs, key=lambda found: (found.import_ids, found.export_ids))


def strong_keys_of(part: Prepared, *, is_export: bool) -> set[str]:
    """Return the keys that name the consignment."""
    return strong_keys(part.keys, is_export=is_export)


def all_keys_of(part: Prepared, *, is_export: bool) -> set[str]:
    """Return the keys under which a record is looked up, strong and weak: the store indexes the same ones."""
    return strong_keys(part.keys, is_export=is_export) | weak_keys(part.record, part.keys, is_export=is_export)


def _candidates(pool: _Pool, keys: Callable[..., set[str]]) -> dict[str, list[str]]:
    """Return for every free import the free exports that share a key, most keys first."""
    index: defaultdict[str, list[str]] = defaultdict(list)
    for export in pool.exports.values():
        for key in keys(export, is_export=True):
            index[key].append(export.record.id)
    found: dict[str, list[str]] = {}
    for ours in pool.imports.values():
        hits = Counter(export_id for key in keys(ours, is_export=False) for export_id in index.get(key, ()))
        near = [each for each in hits if abs(ours.day - pool.exports[each].day) <= LONGEST_DAYS]
        found[ours.record.id] = sorted(near, key=lambda each: (-hits[each], each))[:MOST_CANDIDATES]
    return found


def _pair_stage(pool: _Pool, candidates: Mapping[str, Sequence[str]], *, key: str, is_linked: Link) -> None:
    accept = matching_settings().accept_bits
    edges: dict[tuple[str, str], float] = {}
    for import_id, ours in pool.imports.items():
        for export_id in candidates[import_id]:
            theirs = pool.exports.get(export_id)
            if theirs is None or not is_linked(ours, theirs):
                continue
            bits = pool.evidence(ours, theirs).bits
            if bits >= accept:
                edges[import_id, export_id] = bits - accept + 1e-6
    if not edges:
        return
    groups = {
        import_id: Group((pool.imports[import_id],), (pool.exports[export_id],))
        for import_id, export_id in assign(edges)
    }
    _join_left_exports(pool, edges, groups, is_cited=key in CITED)
    _join_left_imports(pool, edges, groups)
    if key not in CITED:
        _join_documented(pool, candidates, groups)
    for group in groups.values():
        pool.take(group, key)


def _join_left_exports(
    pool: _Pool, edges: Mapping[tuple[str, str], float], groups: dict[str, Group], *, is_cited: bool
) -> None:
    """Give each export that was not assigned to the import it weighs most with, when that one can take it."""
    used = {part.record.id for group in groups.values() for part in group.exports}
    offers: defaultdict[str, list[Prepared]] = defaultdict(list)
    for export_id in sorted({export_id for _, export_id in edges} - used):
        linked = [import_id for import_id, other in edges if other == export_id and import_id in groups]
        if linked:
            best = max(linked, key=lambda import_id: (edges[import_id, export_id], import_id))
            offers[best].append(pool.exports[export_id])
    for import_id, leftover in offers.items():
        groups[import_id] = join_exports(groups[import_id], leftover, is_cited=lambda _export: is_cited)


def _join_documented(pool: _Pool, candidates: Mapping[str, Sequence[str]], groups: dict[str, Group]) -> None:
    """Give each import that names several documents the free exports that alone bear one of them."""
    used = {part.record.id for group in groups.values() for part in group.exports}
    bearers = Counter(
        paper for side in (pool.imports, pool.exports) for part in side.values() for paper in part.keys.documents
    )
    for import_id, group in groups.items():
        ours = group.imports[0].keys.documents
        free = [pool.exports[each] for each in candidates[import_id] if each in pool.exports and each not in used]
        alone = [export for export in free if any(bearers[paper] == 2 for paper in ours & export.keys.documents)]
        if len(group.imports) == 1 and len(ours) > 1 and alone:
            groups[import_id] = join_documented(group, alone)


def _join_left_imports(pool: _Pool, edges: Mapping[tuple[str, str], float], groups: dict[str, Group]) -> None:
    """Let imports that were not assigned share the one export of a group, when it is heavy enough for all."""
    offers: defaultdict[str, list[Prepared]] = defaultdict(list)
    owner = {part.record.id: import_id for import_id, group in groups.items() for part in group.exports}
    for import_id in sorted({import_id for import_id, _ in edges} - set(groups)):
        linked = [export_id for other, export_id in edges if other == import_id and export_id in owner]
        if linked:
            best = max(linked, key=lambda export_id: (edges[import_id, export_id], export_id))
            offers[owner[best]].append(pool.imports[import_id])
    for import_id, leftover in offers.items():
        if len(groups[import_id].exports) == 1:
            groups[import_id] = join_imports(groups[import_id], leftover)


def _pair_scored(pool: _Pool, candidates: Mapping[str, Sequence[str]], *, accept: float) -> None:
    edges: dict[tuple[str, str], float] = {}
    odds: defaultdict[str, float] = defaultdict(float)
    for import_id, ours in pool.imports.items():
        for export_id in candidates[import_id]:
            if export_id not in pool.exports:
                continue
            bits = pool.evidence(ours, pool.exports[export_id]).bits
            odds[import_id] += 2.0 ** min(bits, 200.0)
            if bits >= accept:
                edges[import_id, export_id] = bits - accept + 1e-6
    for import_id, export_id in assign(edges):
        group = Group((pool.imports[import_id],), (pool.exports[export_id],))
        own = 2.0 ** min(pool.weighed[import_id, export_id].bits, 200.0)
        pool.take(group, SCORED, own / (1.0 + odds[import_id]))


def _pair_sums(pool: _Pool, candidates: Mapping[str, Sequence[str]]) -> None:
    """Pair what is left when the masses of several kin on one side add up to one on the other, and the goods agree."""
    probability = 1.0 / (1.0 + 2.0 ** -matching_settings().accept_bits)
    reverse: defaultdict[str, list[str]] = defaultdict(list)
    for import_id, ours in list(pool.imports.items()):
        for export_id in candidates[import_id]:
            reverse[export_id].append(import_id)
        free = [pool.exports[each] for each in candidates[import_id] if each in pool.exports]
        exports = best_sum([theirs for theirs in free if _may_be_part(ours, theirs)], _with_import(ours))
        if len(exports) > 1:
            pool.take(Group((ours,), exports), SCORED, probability)
    for export_id, theirs in list(pool.exports.items()):
        free = [pool.imports[each] for each in reverse[export_id] if each in pool.imports]
        parts = best_sum([ours for ours in free if _may_be_part(ours, theirs)], _with_export(theirs))
        if len(parts) > 1:
            pool.take(Group(parts, (theirs,)), SCORED, probability)


def _with_import(ours: Prepared) -> Callable[[tuple[Prepared, ...]], Group]:
    return lambda exports: Group((ours,), exports)


def _with_export(theirs: Prepared) -> Callable[[tuple[Prepared, ...]], Group]:
    return lambda imports: Group(imports, (theirs,))


def _may_be_part(ours: Prepared, theirs: Prepared) -> bool:
    share_goods = not ours.goods or not theirs.goods or bool(ours.goods & theirs.goods)
    return share_goods and are_kin(ours, theirs)
