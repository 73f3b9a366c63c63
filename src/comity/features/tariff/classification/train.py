"""How is a classifier made of published terms and a nomenclature? Scorers first, then their weights on unseen folds.

The weights of the scorers (a conditional logit) and the judgement of vagueness are learned on terms that the scorers of
their fold have not seen; near-identical descriptions are in the same fold. Equal files and seed give an equal model.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from comity.features.tariff.classification.alike import folds_of
from comity.features.tariff.classification.evidence import Numbers, Whole, learn, letter_features, word_features
from comity.features.tariff.classification.meaning import Softmax, Vectors, learn_softmax
from comity.features.tariff.classification.model import (
    Known,
    Meaning,
    Model,
    Parts,
    Scored,
    Vagueness,
    columns,
    vagueness_of,
)
from comity.features.tariff.classification.nomenclature import Nomenclature
from comity.features.tariff.classification.words import telling_words

FOLDS = 4
CANDIDATES = 150  # the strongest wrong subheadings a term is told apart from when weights are learned
GOOD_REFUSED = 0.05  # share of good terms that may be refused as vague; a choice, see decision record 0023
FEWEST_TERMS = 8
_RIDGE = 1e-3
_VAGUE_RIDGE = 3e-3
_DOUBT = 4  # the place of doubt in `vagueness_of`


@dataclass(frozen=True, slots=True)
class Term:
    """A description and its goods code, of which the first six digits are learned."""

    text: str
    code: str


@dataclass(frozen=True, slots=True)
class Lesson:
    """All that is learned from."""

    terms: Sequence[Term]
    vague: Sequence[str]
    nomenclature: Nomenclature
    vectors: Vectors | None
    seed: int = 1


def train(lesson: Lesson, *, told: Callable[[str], None] = lambda _: None) -> Model:
    """Return a classifier; its `version` is empty until its bytes are kept. `told` hears which step begins."""
    nomenclature = lesson.nomenclature
    folds = folds_of([term.text for term in lesson.terms], FOLDS, seed=lesson.seed)
    vague_folds = folds_of(lesson.vague, FOLDS, seed=lesson.seed)
    rows: list[Numbers] = []
    fold_parts: list[Parts] = []
    for fold in range(FOLDS):
        told(f"fold {fold + 1} of {FOLDS}")
        seen = [term for term, at in zip(lesson.terms, folds, strict=True) if at != fold]
        unseen = [term for term, at in zip(lesson.terms, folds, strict=True) if at == fold]
        parts = learn_parts(replace(lesson, terms=seen))
        fold_parts.append(parts)
        for term in unseen:
            made, _ = columns(parts, nomenclature, term.text)
            right = nomenclature.place[term.code[:6]]
            chosen = _candidates(made, right)
            rows.append(made[chosen] - made[right])
    fusion = _conditional_logit(rows)
    told("vagueness")
    asked = [
        *zip((term.text for term in lesson.terms), folds, strict=True),
        *zip(lesson.vague, vague_folds, strict=True),
    ]
    vagueness = _learn_vagueness(lesson, fusion, asked, fold_parts)
    told("all terms")
    return Model("", nomenclature, learn_parts(lesson), fusion, vagueness, known_by_subheading(lesson.terms))


def learn_parts(lesson: Lesson) -> Parts:
    """Return the scorers learned from all terms of a lesson and the nomenclature's texts."""
    nomenclature = lesson.nomenclature
    texts = [*(term.text for term in lesson.terms), *nomenclature.texts_at(6)]
    places = [*(nomenclature.place[term.code[:6]] for term in lesson.terms), *range(len(nomenclature.subheadings))]
    classes = np.array(places, np.int64)
    times = np.bincount(classes[: len(lesson.terms)], minlength=len(nomenclature.subheadings))
    return Parts(
        words=learn(texts, classes, nomenclature.above, word_features),
        letters=learn(texts, classes, nomenclature.above, letter_features),
        frequency=np.log1p(times).astype(np.float32),
        meaning=_learn_meaning(lesson, texts, classes) if lesson.vectors else None,
    )


def known_by_subheading(terms: Sequence[Term]) -> dict[str, list[Known]]:
    """Return the terms by subheading, with their words."""
    found: dict[str, list[Known]] = defaultdict(list)
    for term in terms:
        found[term.code[:6]].append(Known(term.text, term.code, frozenset(telling_words(term.text))))
    return dict(found)


def _learn_meaning(lesson: Lesson, texts: Sequence[str], classes: Whole) -> Meaning:
    assert lesson.vectors is not None  # noqa: S101
    own = lesson.vectors.of_all(texts)
    levels: list[Softmax] = []
    for level, above, size in zip((6, 4, 2), lesson.nomenclature.above, lesson.nomenclature.sizes, strict=True):
        vectors, targets = own, above[classes]
        if level != 6:
            vectors = np.concatenate([own, lesson.vectors.of_all(lesson.nomenclature.texts_at(level))])
            targets = np.concatenate([targets, np.arange(size)])
        levels.append(learn_softmax(vectors, targets, size, seed=lesson.seed))
    return Meaning(lesson.vectors, (levels[0], levels[1], levels[2]))


def _candidates(made: Numbers, right: int) -> Whole:
    """Return the right subheading and the strongest others, by the scorers' sum after scaling each to one."""
    strength = (made / np.maximum(np.abs(made).max(axis=0), 1e-9)).sum(axis=1)
    strength[right] = np.inf
    most = min(CANDIDATES, len(strength) - 1)
    return np.argsort(-strength, kind="stable")[: most + 1].astype(np.int64)


def _conditional_logit(rows: Sequence[Numbers]) -> Numbers:
    """Return the weights that make the right candidate likeliest (Newton's method; convex). Row 0 of each is right."""
    size = max(len(row) for row in rows)
    width = rows[0].shape[1]
    made = np.zeros((len(rows), size, width))
    absent = np.ones((len(rows), size), bool)
    for number, row in enumerate(rows):
        made[number, : len(row)] = row
        absent[number, : len(row)] = False
    scale = np.sqrt((made**2).sum(axis=(0, 1)) / (~absent).sum()) + 1e-9
    made /= scale
    weights, loss, chance = np.zeros(width), np.inf, absent * 0.0
    step, share = np.zeros(width), 1.0
    for _ in range(60):
        logits = np.where(absent, -np.inf, made @ (weights - share * step))
        raised = np.exp(logits - logits.max(axis=1, keepdims=True))
        tried = raised / raised.sum(axis=1, keepdims=True)
        now = float(-np.log(tried[:, 0] + 1e-30).mean() + _RIDGE * ((weights - share * step) ** 2).sum())
        if now > loss:
            share /= 2
            continue
        weights, chance, gained, loss = weights - share * step, tried, loss - now, now
        if gained < 1e-7:
            break
        mean = np.einsum("nk,nkd->nd", chance, made)
        square = np.einsum("nk,nkd,nke->de", chance, made, made, optimize=True) - mean.T @ mean
        slope = mean.mean(axis=0) + 2 * _RIDGE * weights
        step, share = np.linalg.solve(square / len(rows) + 2 * _RIDGE * np.eye(width), slope), 1.0
    return np.asarray(weights / scale, np.float32)


def _learn_vagueness(
    lesson: Lesson, fusion: Numbers, asked: Sequence[tuple[str, int]], fold_parts: Sequence[Parts]
) -> Vagueness:
    """Return the judgement of vagueness; without vague terms only doubt counts, at the same share of good terms.

    `asked`: every term, then every vague term, each with the fold whose scorers have not seen it.
    """
    told: list[Numbers] = []
    for text, fold in asked:
        made, vector = columns(fold_parts[fold], lesson.nomenclature, text)
        told.append(vagueness_of(fold_parts[fold], lesson.nomenclature, text, Scored(made @ fusion, vector)))
    table = np.stack(told)
    of_fold = np.array([fold for _, fold in asked])
    is_vague = (np.arange(len(asked)) >= len(lesson.terms)).astype(np.float32)
    means, scales = table.mean(axis=0), table.std(axis=0) + 1e-6
    scaled = np.concatenate([(table - means) / scales, np.ones((len(table), 1))], axis=1)
    if not lesson.vague:
        weights = np.eye(scaled.shape[1], dtype=np.float32)[_DOUBT]
        judged = scaled @ weights
    else:
        weights = _logistic(scaled, is_vague)
        judged = np.empty(len(table))
        for fold in range(FOLDS):
            judged[of_fold == fold] = scaled[of_fold == fold] @ _logistic(
                scaled[of_fold != fold], is_vague[of_fold != fold]
            )
    threshold = float(np.quantile(judged[is_vague == 0], 1 - GOOD_REFUSED))
    return Vagueness(weights.astype(np.float32), means.astype(np.float32), scales.astype(np.float32), threshold)


def _logistic(rows: Numbers, is_true: Numbers) -> Numbers:
    """Return the weights of a ridge logistic regression, both classes weighing the same (Newton's method)."""
    share = is_true.mean()
    importance = np.where(is_true == 1, 0.5 / max(share, 1e-9), 0.5 / max(1 - share, 1e-9)) / len(rows)
    weights = np.zeros(rows.shape[1])
    for _ in range(25):
        chance = 1 / (1 + np.exp(-np.clip(rows @ weights, -30, 30)))
        slope = rows.T @ (importance * (chance - is_true)) + _VAGUE_RIDGE * weights
        curve = (rows * (importance * chance * (1 - chance))[:, None]).T @ rows
        step = np.linalg.solve(curve + _VAGUE_RIDGE * np.eye(len(weights)), slope)
        weights -= step
        if float(np.abs(step).max()) < 1e-6:
            break
    return weights.astype(np.float32)
