"""What do two countries' records of the same trade look like when clerks type, round, leave out, split and join?

Columns of exports and imports, and the true pairs apart, for judging a matcher; made with numpy, a million in seconds.
Written from the noise that `docs/reference/linkage.md` lists, and apart from the matcher: neither imports the other.

A world has exporters that each sell to a few importers, again and again, a few kinds of goods at their usual size, in
containers that come round again. Each consignment is declared twice, once on each side, and distorted independently.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

LETTERS = np.array(list("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
LEGAL_FORMS = ("LTD", "LIMITED", "PLC", "CO LTD", "INC", "SARL", "SA", "GMBH", "LLC", "PTY LTD", "")
TRADES = (
    "TRADING", "IMPORT EXPORT", "COMMODITIES", "LOGISTICS", "FOODS", "TEXTILES", "MOTORS", "ELECTRONICS",
    "CHEMICALS", "HARDWARE", "AGRO", "INDUSTRIES", "SUPPLIES", "ENTERPRISES", "GENERAL TRADING", "MILLS",
)  # fmt: skip
ONSETS = (
    "B",
    "CH",
    "D",
    "F",
    "G",
    "H",
    "J",
    "K",
    "KW",
    "L",
    "M",
    "MB",
    "N",
    "NY",
    "P",
    "R",
    "S",
    "SH",
    "T",
    "V",
    "W",
    "Z",
)
VOWELS = ("A", "E", "I", "O", "U", "AI", "OU")
DAYS = 365
FIRST_DAY = np.datetime64("2025-01-01", "s")
LAGS = {"1": (32.0, 9.0), "3": (6.0, 2.5), "4": (3.0, 1.2)}
"""Mode of transport (UN/ECE Rec 19) -> days from export to import: mean and standard deviation. Guesses."""


@dataclass(frozen=True)
class Noise:
    """How much is wrong, as shares; masses and values as standard deviations of the ratio between the two sides."""

    container_missing: float
    document_missing: float
    wrong_character: float
    name_typed_wrong: float
    suffix_changed: float
    words_reordered: float
    hs_within_heading: float
    hs_anywhere: float
    mass_sd: float
    value_sd: float
    packages_changed: float
    split_or_joined: float
    near_duplicates: float
    without_twin: float = 0.15


MODERATE = Noise(0.30, 0.35, 0.02, 0.10, 0.30, 0.02, 0.12, 0.05, 0.03, 0.08, 0.05, 0.0, 0.0)
HEAVY = Noise(0.60, 0.65, 0.05, 0.20, 0.40, 0.05, 0.12, 0.05, 0.08, 0.15, 0.20, 0.10, 0.05)


@dataclass(frozen=True)
class Mirror:
    """Two tables of equal columns (numpy arrays by name) and the true pairs, as the ids of both sides."""

    imports: dict[str, Any]
    exports: dict[str, Any]
    true_imports: Any
    true_exports: Any


def noisy_mirror(records: int, noise: Noise, *, seed: int) -> Mirror:
    """Return about `records` exports and as many imports; `noise.without_twin` of each have no twin."""
    draw = np.random.default_rng(seed)
    twins = int(records * (1 - noise.without_twin))
    alone = records - twins
    whole = _consignments(draw, twins + 2 * alone, noise, records)
    split = draw.random(twins) < noise.split_or_joined
    parts = np.where(split, draw.integers(2, 4, twins), 1)
    splits_import = draw.random(twins) < 0.5
    exported = np.where(splits_import, 1, parts)
    imported = np.where(splits_import, parts, 1)
    exports = _side(
        draw, np.r_[np.arange(twins), np.arange(twins, twins + alone)], np.r_[exported, np.ones(alone, int)]
    )
    imports = _side(
        draw,
        np.r_[np.arange(twins), np.arange(twins + alone, twins + 2 * alone)],
        np.r_[imported, np.ones(alone, int)],
    )
    told = [
        _declared(draw, whole, side, noise, is_import=is_import)
        for side, is_import in ((exports, False), (imports, True))
    ]
    ours, theirs = _truth(imports["source"], exports["source"], twins)
    return Mirror(told[1], told[0], told[1]["id"][ours], told[0]["id"][theirs])


def _consignments(draw: np.random.Generator, count: int, noise: Noise, records: int) -> dict[str, Any]:
    """Return what was really traded, one row a consignment."""
    exporters = max(20, records // 40)
    partners = draw.integers(1, 7, exporters)
    relations = int(partners.sum())
    relation_exporter = np.repeat(np.arange(exporters), partners)
    importers = max(20, records // 50)
    relation_importer = (importers * draw.random(relations) ** 1.6).astype(int)
    goods_of_relation = draw.integers(1, 4, relations)
    lines = int(goods_of_relation.sum())
    line_relation = np.repeat(np.arange(relations), goods_of_relation)
    chapters = draw.integers(1, 97, lines)
    chapters[chapters == 77] = 84
    line_hs = chapters * 10_000 + draw.integers(1, 30, lines) * 100 + draw.integers(1, 10, lines) * 10
    line_mass = np.exp(draw.normal(8.2, 1.3, lines))
    line_price = np.exp(draw.normal(1.2, 1.1, lines))
    line_pack = np.exp(draw.normal(3.0, 0.9, lines))
    weight = draw.pareto(1.8, lines) + 0.2
    line = draw.choice(lines, size=count, p=weight / weight.sum())
    mode = draw.choice(np.array(["1", "3", "4"]), size=count, p=[0.6, 0.3, 0.1])
    day = draw.integers(0, DAYS, count)
    mass = line_mass[line] * np.exp(draw.normal(0, 0.35, count))
    copies = draw.random(count) < noise.near_duplicates
    copies[0] = False
    source = np.maximum(np.flatnonzero(copies) - 1, 0)
    at = np.flatnonzero(copies)
    line[at], mode[at] = line[source], mode[source]
    day[at] = np.clip(day[source] + draw.integers(-5, 6, len(at)), 0, DAYS - 1)
    mass[at] = mass[source] * np.exp(draw.normal(0, 0.02, len(at)))
    relation = line_relation[line]
    return {
        "exporter": relation_exporter[relation],
        "importer": relation_importer[relation],
        "hs6": line_hs[line],
        "mass": mass,
        "value": mass * line_price[line] * np.exp(draw.normal(0, 0.30, count)),
        "packages": np.maximum(1, (mass / line_pack[line]).round()).astype(int),
        "day": day,
        "mode": mode,
        "container": draw.integers(0, max(50, records // 4), count),
        "document": draw.permutation(count * 3)[:count],
        "exporter_names": _names(draw, exporters),
        "importer_names": _names(draw, importers),
    }


def _names(draw: np.random.Generator, count: int) -> list[str]:
    words = [
        "".join(draw.choice(ONSETS) + draw.choice(VOWELS) for _ in range(int(draw.integers(2, 4))))
        for _ in range(2_500)
    ]
    first, second = draw.integers(0, len(words), count), draw.integers(0, len(words), count)
    trade, form = draw.integers(0, len(TRADES), count), draw.integers(0, len(LEGAL_FORMS), count)
    has_two = draw.random(count) < 0.5
    return [
        " ".join(
            filter(
                None,
                (words[first[at]], words[second[at]] if has_two[at] else "", TRADES[trade[at]], LEGAL_FORMS[form[at]]),
            )
        )
        for at in range(count)
    ]


def _side(draw: np.random.Generator, rows: Any, parts: Any) -> dict[str, Any]:
    """Return one side's records: the consignment each is (part of), and its share of it."""
    source = np.repeat(rows, parts)
    share = draw.dirichlet([6.0, 6.0, 6.0], len(rows))
    shares = [share[at, : parts[at]] / share[at, : parts[at]].sum() for at in range(len(rows)) if parts[at] > 1]
    fraction = np.ones(len(source))
    is_part = np.repeat(parts > 1, parts)
    if shares:
        fraction[is_part] = np.concatenate(shares)
    order = draw.permutation(len(source))
    return {"source": source[order], "share": fraction[order], "is_part": is_part[order]}


def _truth(imported: Any, exported: Any, twins: int) -> tuple[Any, Any]:
    """Return every pair of an import and an export that are (parts of) the same consignment, as row numbers."""
    order = np.argsort(exported, kind="stable")
    ours = np.flatnonzero(imported < twins)
    begins = np.searchsorted(exported[order], imported[ours], "left")
    many = np.searchsorted(exported[order], imported[ours], "right") - begins
    within = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
    return np.repeat(ours, many), order[np.repeat(begins, many) + within]


def _declared(
    draw: np.random.Generator, whole: dict[str, Any], side: dict[str, Any], noise: Noise, *, is_import: bool
) -> dict[str, Any]:
    """Return what is declared: each record distorted on its own."""
    source, share, count = side["source"], side["share"], len(side["source"])
    hs = whole["hs6"][source].copy()
    if is_import:
        within, anywhere = draw.random(count) < noise.hs_within_heading, draw.random(count) < noise.hs_anywhere
        hs[within] = hs[within] // 100 * 100 + draw.integers(1, 10, int(within.sum())) * 10
        hs[anywhere] = draw.integers(1, 97, int(anywhere.sum())) * 10_000 + draw.integers(
            100, 3_000, int(anywhere.sum())
        )
    half = 1 / np.sqrt(2)
    mass = whole["mass"][source] * share * np.exp(draw.normal(0, noise.mass_sd * half, count))
    value = whole["value"][source] * share * np.exp(draw.normal(0, noise.value_sd * half, count))
    packages = np.maximum(1, np.round(whole["packages"][source] * share)).astype(int)
    changed = draw.random(count) < noise.packages_changed * 0.5
    packages[changed] = np.maximum(1, packages[changed] + draw.integers(-3, 4, int(changed.sum())))
    day = whole["day"][source].astype(float)
    if is_import:
        lag = np.array([LAGS[one] for one in whole["mode"][source]])
        day = day + np.maximum(0, draw.normal(lag[:, 0], lag[:, 1]))
        value = value * 1.06
    return {
        "id": np.array([f"{'i' if is_import else 'e'}{at}" for at in range(count)], dtype=object),
        "day": FIRST_DAY + day.round().astype("timedelta64[D]"),
        "mode": whole["mode"][source].astype(object),
        "exporter_name": _typed(draw, [whole["exporter_names"][at] for at in whole["exporter"][source]], noise),
        "importer_name": _typed(draw, [whole["importer_names"][at] for at in whole["importer"][source]], noise),
        "container": _references(
            draw, [f"MSKU{at:07d}" for at in whole["container"][source]], noise.container_missing, noise
        ),
        "document": _references(
            draw, [f"BL{at:08d}" for at in whole["document"][source]], noise.document_missing, noise
        ),
        "hs6": np.array([f"{one:06d}" for one in hs.tolist()], dtype=object),
        "gross_mass_kg": mass.round(2),
        "value": value.round(2),
        "packages": packages,
    }


def _references(draw: np.random.Generator, texts: list[str], missing: float, noise: Noise) -> Any:
    is_missing, is_wrong = draw.random(len(texts)) < missing, draw.random(len(texts)) < noise.wrong_character
    place, digit = draw.integers(2, 9, len(texts)), draw.integers(0, 10, len(texts))
    told: list[str | None] = []
    for at, text in enumerate(texts):
        if is_missing[at]:
            told.append(None)
        elif is_wrong[at]:
            told.append(text[: place[at]] + str(digit[at]) + text[place[at] + 1 :])
        else:
            told.append(text)
    return np.array(told, dtype=object)


def _typed(draw: np.random.Generator, names: list[str], noise: Noise) -> Any:
    count = len(names)
    wrong, suffix = draw.random(count) < noise.name_typed_wrong, draw.random(count) < noise.suffix_changed
    turned, place = draw.random(count) < noise.words_reordered, draw.random(count)
    kind, letter, form = (
        draw.integers(0, 3, count),
        draw.integers(0, 26, count),
        draw.integers(0, len(LEGAL_FORMS), count),
    )
    told = list(names)
    for at in np.flatnonzero(suffix):
        told[at] = _other_form(told[at], LEGAL_FORMS[form[at]])
    for at in np.flatnonzero(turned):
        words = told[at].split()
        told[at] = " ".join((*words[1:], words[0]))
    for at in np.flatnonzero(wrong):
        told[at] = _mistyped(told[at], place[at], kind[at], LETTERS[letter[at]])
    return np.array(told, dtype=object)


def _other_form(name: str, form: str) -> str:
    for known in sorted(LEGAL_FORMS, key=len, reverse=True):
        if known and name.endswith(" " + known):
            name = name[: -len(known) - 1]
            break
    return f"{name} {form}".strip()


def _mistyped(name: str, place: float, kind: int, letter: str) -> str:
    at = int(place * (len(name) - 1))
    if kind == 0:
        return name[:at] + letter + name[at + 1 :]
    if kind == 1:
        return name[:at] + name[at + 1 :]
    return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
