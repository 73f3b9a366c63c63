"""How strongly does each word, pair of words or group of letters speak for a chapter, a heading, a subheading?

The likelihood ratio of a feature in a class, shrunk towards the class above it (hierarchical shrinkage, McCallum,
Rosenfeld, Mitchell and Ng 1998): `log(a·p(f|subheading) + b·p(f|heading) + c·p(f|chapter) + d·p(f))` over `p(f)`. It is
kept as three additive parts, one a level, so that a score is a plain sum and each word's share in it can be told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from comity.features.tariff.classification.words import telling_words, with_meanings

Numbers = npt.NDArray[np.float32]
Whole = npt.NDArray[np.int64]
LEVELS = (6, 4, 2)
SHRINKAGE = (0.8, 0.1, 0.05, 0.3)  # subheading, heading, chapter, all goods: chosen by cross-validation in training
PAIR_WEIGHT = 0.7  # of a pair of words beside a word; 0 and 1.2 were tried: decision record 0023
MEANING_WEIGHT = 0.5  # of a word put in by the table of goods words: a guess, to be measured
LETTERS = (3, 4, 5)


@dataclass(frozen=True, slots=True)
class Level:
    """One part of the evidence: for feature `f`, the classes `classes[starts[f]:starts[f+1]]` and their values."""

    starts: Whole
    classes: npt.NDArray[np.uint16]
    values: Numbers


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that one kind of feature says, at each of the three levels."""

    vocabulary: dict[str, int]
    rarity: Numbers
    levels: tuple[Level, Level, Level]


@dataclass(frozen=True, slots=True)
class Query:
    """A description's features: their numbers, their weights (of length one together), the words they came from."""

    features: Whole
    weights: Numbers
    origins: tuple[str, ...]


Feature = tuple[str, float, str]
"""The feature, its weight, and the word it came from."""


def word_features(text: str) -> Iterator[Feature]:
    """Give the words, the pairs of neighbours, and what trade's words stand for."""
    words = telling_words(text)
    for word in words:
        yield word, 1.0, word
    for one, following in pairwise(words):
        yield f"{one} {following}", PAIR_WEIGHT, f"{one} {following}"
    for word in with_meanings(words):
        yield word, MEANING_WEIGHT, word


def letter_features(text: str) -> Iterator[Feature]:
    """Give groups of three to five letters within a word and its borders: they bridge spelling and inflection."""
    for word in telling_words(text):
        if word.startswith("~"):
            continue
        bordered = f"<{word}>"
        for size in LETTERS:
            for start in range(len(bordered) - size + 1):
                yield bordered[start : start + size], 1.0, word


def query(evidence: Evidence, features: Iterator[Feature]) -> Query:
    """Return the known features of a description."""
    counts: Counter[int] = Counter()
    weights: dict[int, float] = {}
    origins: dict[int, str] = {}
    for name, weight, origin in features:
        number = evidence.vocabulary.get(name)
        if number is not None:
            counts[number] += 1
            weights[number] = max(weight, weights.get(number, 0.0))
            origins.setdefault(number, origin)
    numbers = np.fromiter(counts, np.int64, len(counts))
    raw = np.array([(1 + np.log(counts[n])) * weights[n] for n in counts], np.float32) * evidence.rarity[numbers]
    return Query(numbers, raw / max(float(np.linalg.norm(raw)), 1e-9), tuple(origins[n] for n in counts))


def score(level: Level, asked: Query, size: int) -> Numbers:
    """Return the sum of evidence for each of `size` classes of a level."""
    spans = [(level.starts[feature], level.starts[feature + 1]) for feature in asked.features]
    if not spans:
        return np.zeros(size, np.float32)
    classes = np.concatenate([level.classes[start:end] for start, end in spans])
    values = [level.values[start:end] * weight for (start, end), weight in zip(spans, asked.weights, strict=True)]
    return np.bincount(classes, np.concatenate(values), size).astype(np.float32)


def shares(evidence: Evidence, asked: Query, path: tuple[int, int, int]) -> dict[str, float]:
    """Return what each word adds to the score of one subheading, whose class at each level is in `path`."""
    total: dict[str, float] = {}
    for level, wanted in zip(evidence.levels, path, strict=True):
        for feature, weight, origin in zip(asked.features, asked.weights, asked.origins, strict=True):
            start, end = level.starts[feature], level.starts[feature + 1]
            place = start + int(np.searchsorted(level.classes[start:end], wanted))
            if place < end and level.classes[place] == wanted:
                total[origin] = total.get(origin, 0.0) + float(level.values[place] * weight)
    return total


def learn(
    texts: Sequence[str],
    classes: Whole,
    above: tuple[Whole, Whole, Whole],
    features: Callable[[str], Iterator[Feature]],
) -> Evidence:
    """Learn from texts and the subheading of each.

    `above`: for each subheading its class at level 6 (itself), 4 and 2.
    """
    vocabulary: dict[str, int] = {}
    documents: list[tuple[Whole, Numbers]] = []
    for text in texts:
        counts: Counter[int] = Counter()
        weights: dict[int, float] = {}
        for name, weight, _ in features(text):
            number = vocabulary.setdefault(name, len(vocabulary))
            counts[number] += 1
            weights[number] = max(weight, weights.get(number, 0.0))
        values = np.array([(1 + np.log(counts[n])) * weights[n] for n in counts], np.float32)
        documents.append((np.fromiter(counts, np.int64, len(counts)), values))
    seen = np.concatenate([numbers for numbers, _ in documents])
    rarity = (np.log((1 + len(texts)) / (1 + np.bincount(seen, minlength=len(vocabulary)))) + 1).astype(np.float32)
    masses = [values * rarity[numbers] for numbers, values in documents]
    masses = [mass / max(float(np.linalg.norm(mass)), 1e-9) for mass in masses]
    of_document = np.repeat(np.arange(len(texts)), [len(mass) for mass in masses])
    levels = _levels(seen, np.concatenate(masses), [level[classes][of_document] for level in above], above)
    return Evidence(vocabulary, rarity, levels)


def _levels(
    features: Whole, masses: Numbers, classes: list[Whole], above: tuple[Whole, Whole, Whole]
) -> tuple[Level, Level, Level]:
    """Return the three additive parts; the floor `d` is the same everywhere and falls out of the ranking."""
    total = np.bincount(features, masses).astype(np.float64) + 1e-3
    total /= total.sum()
    sizes = [int(level.max()) + 1 for level in above]
    keys, ratios = [], []
    for of_entry, size in zip(classes, sizes, strict=True):
        key, place = np.unique(features * size + of_entry, return_inverse=True)
        mass = np.bincount(place, masses)
        share = mass / np.bincount(key % size, mass, size)[key % size]
        keys.append(key)
        ratios.append(share / total[key // size])
    to_chapter = np.zeros(sizes[1], np.int64)
    to_chapter[above[1]] = above[2]
    of_subheading, of_heading, of_chapter, floor = SHRINKAGE
    chapter = of_chapter * ratios[2] + floor
    heading_base = _at(keys[2], chapter, keys[1] // sizes[1] * sizes[2] + to_chapter[keys[1] % sizes[1]])
    heading = of_heading * ratios[1] + heading_base
    base = _at(keys[1], heading, keys[0] // sizes[0] * sizes[1] + above[1][keys[0] % sizes[0]])
    subheading = of_subheading * ratios[0] + base
    parts = (np.log(subheading / base), np.log(heading / heading_base), np.log(chapter / floor))
    made = [_level(key, size, part, len(total)) for key, size, part in zip(keys, sizes, parts, strict=True)]
    return made[0], made[1], made[2]


def _at(keys: Whole, values: npt.NDArray[np.float64], wanted: Whole) -> npt.NDArray[np.float64]:
    return values[np.searchsorted(keys, wanted)]


def _level(keys: Whole, size: int, values: npt.NDArray[np.float64], features: int) -> Level:
    starts = np.concatenate([[0], np.cumsum(np.bincount(keys // size, minlength=features))]).astype(np.int64)
    return Level(starts, (keys % size).astype(np.uint16), values.astype(np.float32))
