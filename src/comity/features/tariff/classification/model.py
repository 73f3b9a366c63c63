"""What does a description's every part say about each subheading? The scorers, weighed together into a chance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from comity.features.tariff.classification.evidence import (
    Evidence,
    Feature,
    Numbers,
    letter_features,
    query,
    score,
    shares,
    word_features,
)
from comity.features.tariff.classification.meaning import Softmax, Vectors, softmax
from comity.features.tariff.classification.nomenclature import Nomenclature
from comity.features.tariff.classification.words import stem, telling_words

SCORERS = ("words", "letters", "frequency", "meaning_6", "meaning_4", "meaning_2")


@dataclass(frozen=True, slots=True)
class Meaning:
    """Vectors of word pieces, and a softmax over them for subheadings, headings and chapters."""

    vectors: Vectors
    levels: tuple[Softmax, Softmax, Softmax]


@dataclass(frozen=True, slots=True)
class Parts:
    """All scorers; `frequency` is how often goods of a subheading are described in the terms, as log(1 + n)."""

    words: Evidence
    letters: Evidence
    frequency: Numbers
    meaning: Meaning | None


@dataclass(frozen=True, slots=True)
class Vagueness:
    """A logistic score of how little a description says, and the score above which it is refused."""

    weights: Numbers
    means: Numbers
    scales: Numbers
    threshold: float


@dataclass(frozen=True, slots=True)
class Known:
    """A description that was learned from, with its code."""

    text: str
    code: str
    words: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Model:
    """A trained classifier: `version` names the bytes it was read from."""

    version: str
    nomenclature: Nomenclature
    parts: Parts
    fusion: Numbers
    vagueness: Vagueness
    known: Mapping[str, Sequence[Known]]
    """What was learned from, by subheading."""


@dataclass(frozen=True, slots=True)
class Scored:
    """The logits of all subheadings, and what the judgement of vagueness needs."""

    logits: Numbers
    vector: Numbers | None


def columns(parts: Parts, nomenclature: Nomenclature, text: str) -> tuple[Numbers, Numbers | None]:
    """Return one column a scorer for all subheadings, and the description's vector."""
    made = [
        _from_evidence(parts.words, nomenclature, word_features(text)),
        _from_evidence(parts.letters, nomenclature, letter_features(text)),
        parts.frequency,
    ]
    if parts.meaning is None:
        return np.stack(made, axis=1), None
    vector = parts.meaning.vectors.of(text)
    for level, above in zip(parts.meaning.levels, nomenclature.above, strict=True):
        made.append(level.score(vector)[above])
    return np.stack(made, axis=1), vector


def score_all(model: Model, text: str) -> Scored:
    """Return the logits of all subheadings for one description."""
    made, vector = columns(model.parts, model.nomenclature, text)
    return Scored(made @ model.fusion, vector)


def vagueness_of(parts: Parts, nomenclature: Nomenclature, text: str, scored: Scored) -> Numbers:
    """Return what tells a vague description: how undecided the ranking is, how few words are known, its vector."""
    chance = softmax(scored.logits)
    top = np.sort(chance)[::-1][:5]
    by_heading = np.bincount(nomenclature.above[1], chance)
    by_chapter = np.bincount(nomenclature.above[2], chance)
    doubt = -float((chance * np.log(chance + 1e-12)).sum())
    words = telling_words(text)
    known = [parts.words.vocabulary[word] for word in words if word in parts.words.vocabulary]
    told = [
        float(np.log(top[0] + 1e-6)),
        float(np.log(top.sum() + 1e-6)),
        float(np.log(by_heading.max())),
        float(np.log(by_chapter.max())),
        doubt,
        float(np.log1p(len(words))),
        len(known) / max(len(words), 1),
        float(np.log1p(len(known))),
        float(parts.words.rarity[known].max()) if known else 0.0,
        float(parts.words.rarity[known].min()) if known else 0.0,
    ]
    vector = scored.vector if scored.vector is not None else np.zeros(0, np.float32)
    return np.concatenate([np.array(told, np.float32), vector])


def vague_score(vagueness: Vagueness, told: Numbers) -> float:
    """Return the log-odds that a description is vague."""
    scaled = (told - vagueness.means) / vagueness.scales
    return float(scaled @ vagueness.weights[:-1] + vagueness.weights[-1])


def deciding_words(model: Model, text: str, subheading: str) -> list[tuple[str, float]]:
    """Return the words that spoke for a subheading beside all others, the strongest first."""
    place = model.nomenclature.place[subheading]
    path = (place, int(model.nomenclature.above[1][place]), int(model.nomenclature.above[2][place]))
    total: dict[str, float] = {}
    for weight, evidence, features in (
        (model.fusion[0], model.parts.words, word_features(text)),
        (model.fusion[1], model.parts.letters, letter_features(text)),
    ):
        for origin, share in shares(evidence, query(evidence, features), path).items():
            total[origin] = total.get(origin, 0.0) + share * float(weight)
    return sorted(((word, round(share, 3)) for word, share in total.items() if share > 0), key=lambda one: -one[1])


def national_codes(model: Model, text: str, subheading: str, most: int = 3) -> list[str]:
    """Return the longer codes that like descriptions of this subheading had, the likest first."""
    words = frozenset(telling_words(text))
    best: dict[str, tuple[float, int]] = {}
    for known in model.known.get(subheading, ()):
        likeness = len(words & known.words) / max(len(words | known.words), 1)
        before, count = best.get(known.code, (0.0, 0))
        best[known.code] = (max(before, likeness), count + 1)
    ordered = sorted(best, key=lambda code: (-best[code][0], -best[code][1], code))
    return [code for code in ordered if len(code) > 6][:most]


def heading_words(text: str) -> frozenset[str]:
    """Return the stems in a heading's text, for saying whether a description meets it."""
    return frozenset(stem(word) for word in telling_words(text))


def _from_evidence(evidence: Evidence, nomenclature: Nomenclature, features: Iterator[Feature]) -> Numbers:
    asked = query(evidence, features)
    total = np.zeros(nomenclature.sizes[0], np.float32)
    for level, above, size in zip(evidence.levels, nomenclature.above, nomenclature.sizes, strict=True):
        total += score(level, asked, size)[above]
    return total
