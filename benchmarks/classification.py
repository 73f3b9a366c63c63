"""How often is the right subheading among the first, beside plain BM25, and how much that is vague is refused?

Run with `python benchmarks/classification.py` from the project's root (a minute and a half on a quiet core), or with
`--short` for a lesson of a few terms. Data: the published search terms, trader descriptions and vague terms beside the
project, a fifth of them held out (fixed seed; near-identical descriptions are on one side), and two hundred clear
descriptions written for Comity. BM25 (`bm25s`, its own tokens, English stop words) is given the same texts; its k1, b
chosen on training terms. Intervals are of 95 %, by 1,000 resamplings of the held-out descriptions. The last line is
one JSON object.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
import tomllib
from collections.abc import Sequence
from pathlib import Path

for _threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_threads, "1")

import bm25s  # noqa: E402
import numpy as np  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from benchmarks.figures import figure, tell  # noqa: E402

from comity.features.tariff.classification.alike import folds_of  # noqa: E402
from comity.features.tariff.classification.classify import classify  # noqa: E402
from comity.features.tariff.classification.learn_from import read_nomenclature, read_terms, read_vague  # noqa: E402
from comity.features.tariff.classification.meaning import shipped_vectors  # noqa: E402
from comity.features.tariff.classification.model import Model, score_all  # noqa: E402
from comity.features.tariff.classification.nomenclature import Nomenclature  # noqa: E402
from comity.features.tariff.classification.train import Lesson, Term, train  # noqa: E402

SHARED = ROOT.parent / "shared" / "data"
CLEAR = Path(__file__).parent / "classification" / "clear_descriptions.toml"
SEED = 2022
PARTS = 5
SETTINGS = [(k1, b) for k1 in (0.5, 0.9, 1.2, 1.5, 2.0) for b in (0.4, 0.75, 0.9)]
LEVELS, PLACES = (2, 4, 6), (1, 3, 5)
GOALS: dict[str, dict[str, float]] = {
    "classify_p95_ms": {"most": 50.0},
    "hs6_top1_over_bm25": {"least": 1.3},
    "hs6_top5_over_bm25": {"least": 1.25},
    "clear_hs6_top1": {"least": 0.75},
    "clear_hs6_top5": {"least": 0.92},
}
Ranking = list[str]
Figures = dict[str, float]


def read_lesson() -> tuple[Lesson, list[Term], list[str]] | None:
    """Return what is learned from, and the terms and vague terms held out; None where the data is not there."""
    folder = SHARED / "hs-classification"
    if not folder.is_dir():
        return None
    nomenclature = read_nomenclature(SHARED / "harmonized-system" / "harmonized-system.csv", edition="HS2022")
    files = [folder / "search_references.json", *sorted(folder.glob("extra_references*.csv"))]
    terms = read_terms(files, nomenclature).terms
    vague = read_vague(folder / "vague_terms.csv")
    at, vague_at = (folds_of(texts, PARTS, seed=SEED) for texts in ([term.text for term in terms], vague))
    lesson = Lesson(
        [term for term, part in zip(terms, at, strict=True) if part],
        [text for text, part in zip(vague, vague_at, strict=True) if part],
        nomenclature,
        shipped_vectors(),
        SEED,
    )
    held = [term for term, part in zip(terms, at, strict=True) if not part]
    return lesson, held, [text for text, part in zip(vague, vague_at, strict=True) if not part]


def short_lesson() -> tuple[Lesson, list[Term], list[str]]:
    """Return a lesson of a moment, from the tests."""
    from tests.unit.classification.lessons import TERMS, VAGUE, a_lesson

    return a_lesson(terms=TERMS[:-2]), list(TERMS[-2:]), list(VAGUE)


class Bm25:
    """Plain BM25 over the same texts: a subheading has the score of its best text."""

    def __init__(self, lesson: Lesson, terms: Sequence[Term], settings: tuple[float, float]) -> None:
        nomenclature = lesson.nomenclature
        texts = [*(term.text for term in terms), *nomenclature.texts_at(6)]
        own = range(len(nomenclature.subheadings))
        self._places = np.array([*(nomenclature.place[term.code[:6]] for term in terms), *own])
        self._codes = nomenclature.subheadings
        self._index = bm25s.BM25(k1=settings[0], b=settings[1])
        self._index.index(bm25s.tokenize(texts, stopwords="en", show_progress=False), show_progress=False)

    def rank(self, text: str) -> Ranking:
        """Return the subheadings, the likeliest first."""
        (words,) = bm25s.tokenize([text], stopwords="en", return_ids=False, show_progress=False)
        known = [word for word in words if word in self._index.vocab_dict]
        best = np.full(len(self._codes), -1.0)
        if known:
            np.maximum.at(best, self._places, self._index.get_scores(known))
        return [self._codes[place] for place in np.argsort(-best, kind="stable")[:60]]


def tuned_bm25(lesson: Lesson) -> Bm25:
    """Return BM25 with the settings that find most training terms it has not seen."""
    at = folds_of([term.text for term in lesson.terms], PARTS, seed=SEED + 1)
    seen = [term for term, part in zip(lesson.terms, at, strict=True) if part]
    unseen = [term for term, part in zip(lesson.terms, at, strict=True) if not part]

    def found(settings: tuple[float, float]) -> int:
        index = Bm25(lesson, seen, settings)
        return sum(index.rank(term.text)[0] == term.code[:6] for term in unseen)

    return Bm25(lesson, lesson.terms, max(SETTINGS, key=found))


def rank(model: Model, text: str) -> Ranking:
    """Return the subheadings, the likeliest first, whether the description is refused or not."""
    order = np.argsort(-score_all(model, text).logits, kind="stable")[:60]
    return [model.nomenclature.subheadings[place] for place in order]


def hits(rankings: Sequence[Ranking], terms: Sequence[Term], level: int, places: int) -> np.ndarray:
    """Return for each term whether its code is among the first different codes of a level."""
    return np.array(
        [
            term.code[:level] in list(dict.fromkeys(code[:level] for code in ranking))[:places]
            for ranking, term in zip(rankings, terms, strict=True)
        ],
        float,
    )


def interval(found: np.ndarray) -> tuple[float, float]:
    """Return the interval in which the share lies in 95 % of resamplings."""
    draws = np.random.default_rng(SEED).integers(0, len(found), (1000, len(found)))
    low, high = np.quantile(found[draws].mean(axis=1), [0.025, 0.975])
    return float(low), float(high)


def refused(model: Model, texts: Sequence[str]) -> float:
    """Return the share of texts that are refused."""
    return sum(classify(model, text, top=1).refusal is not None for text in texts) / max(len(texts), 1)


def p95_ms(model: Model, texts: Sequence[str]) -> float:
    """Return the 95th percentile of the time of a whole answer, reasons included, in milliseconds."""
    spent = []
    for text in texts:
        started = time.perf_counter()
        classify(model, text, top=5)
        spent.append(time.perf_counter() - started)
    return float(np.quantile(spent, 0.95)) * 1000


def judged(name: str, rankings: Sequence[Ranking], terms: Sequence[Term], ending: str = "") -> Figures:
    """Return the shares found at each level and place, with the interval of those at HS6."""
    figures: Figures = {}
    for level in LEVELS:
        for places in PLACES:
            found = hits(rankings, terms, level, places)
            key = f"{name}hs{level}_top{places}{ending}"
            figures[key] = float(found.mean())
            if level == 6 and places != 3:
                figures[f"{key}_low"], figures[f"{key}_high"] = interval(found)
    return figures


def measure(*, short: bool = False, told: bool = False) -> Figures:
    """Return all figures; an empty result where the data is not beside the project."""
    read = short_lesson() if short else read_lesson()
    if read is None:
        return {}
    lesson, held, vague = read
    started = time.perf_counter()
    model = train(lesson, told=lambda step: print(f"  {step}", file=sys.stderr) if told else None)
    figures: Figures = {"train_seconds": time.perf_counter() - started, "held_out": float(len(held))}
    plain = tuned_bm25(lesson)
    figures |= judged("", [rank(model, term.text) for term in held], held)
    figures |= judged("", [plain.rank(term.text) for term in held], held, "_bm25")
    for places in (1, 5):
        base = figures[f"hs6_top{places}_bm25"]
        figures[f"hs6_top{places}_over_bm25"] = figures[f"hs6_top{places}"] / base if base else 0.0
    figures["vague_refused"] = refused(model, vague)
    figures["good_refused"] = refused(model, [term.text for term in held])
    figures["classify_p95_ms"] = p95_ms(model, [term.text for term in held][:300])
    if not short:
        clear = clear_terms(lesson.nomenclature)
        figures |= judged("clear_", [rank(model, term.text) for term in clear], clear)
        figures |= judged("clear_", [plain.rank(term.text) for term in clear], clear, "_bm25")
        figures["clear_refused"] = refused(model, [term.text for term in clear])
    return figures


def clear_terms(nomenclature: Nomenclature) -> list[Term]:
    """Return the clear descriptions."""
    table = tomllib.loads(CLEAR.read_text(encoding="utf-8"))["descriptions"]
    return [Term(text, code) for text, code in table.items() if code in nomenclature.place]


def unit_of(name: str) -> str:
    """Return the unit of a figure by its name."""
    if name == "held_out":
        return "descriptions"
    return "ms" if name.endswith("_ms") else "s" if name.endswith("_seconds") else "share"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true")
    options = parser.parse_args()
    figures = measure(short=options.short, told=not options.short)
    tell(
        "classification",
        [figure(name, value, unit_of(name), **GOALS.get(name, {})) for name, value in figures.items()],
    )


if __name__ == "__main__":
    main()
