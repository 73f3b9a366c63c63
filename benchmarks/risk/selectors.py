"""Who competes: ours, XGBoost with the published features, XGBoost on our features, and the simple ones."""

from __future__ import annotations

from collections.abc import Callable

import lightgbm
import numpy as np
import xgboost
from numpy.typing import NDArray

from comity.features.risk.learning.features import FEATURES, History, Labels, Lines
from comity.features.risk.learning.measures import number

Floats = NDArray[np.float64]
THREADS = 1
DIAL = 0.5  # power of the expected revenue beside P(irregular): 1 is revenue alone, 0 precision alone. A guess: on two
# seeds of a made trade that is not the world it found as much as 1, at a third more precision. Never on judged seeds.


class Collected:
    """What a selector has examined: the matrix as it was on the day, and what was found."""

    def __init__(self) -> None:
        self.parts: list[tuple[NDArray[np.float32], Labels]] = []

    def whole(self) -> tuple[NDArray[np.float32], Floats, Floats, Floats]:
        """Return matrix, irregular, revenue and propensity of all."""
        matrices, labels = zip(*self.parts, strict=True)
        return (
            np.concatenate(matrices),
            np.concatenate([one.irregular for one in labels]),
            np.concatenate([one.revenue_usd for one in labels]),
            np.concatenate([one.propensity for one in labels]),
        )


class OnFeatures:
    """A selector on our features; what it makes of the matrix is a model or a single column."""

    def __init__(self, model: Callable[..., Callable[[NDArray[np.float32]], Floats]] | None, column: str = "") -> None:
        self.history, self.collected = History(), Collected()
        self.model, self.column = model, column
        self.scorer: Callable[[NDArray[np.float32]], Floats] | None = None
        self.today: tuple[Lines, NDArray[np.float32]] | None = None

    def score(self, lines: Lines) -> Floats:
        matrix = self.history.take_day(lines)
        self.today = lines, matrix
        if self.column:
            sign = -1.0 if self.column.startswith("price") else 1.0
            return sign * np.nan_to_num(matrix[:, FEATURES.index(self.column)].astype(np.float64))
        return self.scorer(matrix) if self.scorer else np.zeros(len(matrix))

    def learn(self, lines: Lines, labels: Labels, *, day: float) -> None:
        seen, matrix = self.today or (lines, self.history.features(lines))
        place = {(name, item): row for row, (name, item) in enumerate(_names(seen))}
        rows = [place[one] for one in _names(lines)]
        self.collected.parts.append((matrix[rows], labels))
        self.history.learn(lines, labels, day=day)

    def train(self) -> None:
        if self.model is not None:
            self.scorer = self.model(*self.collected.whole())


class AtRandom:
    """A selector that draws lots."""

    def __init__(self, seed: int) -> None:
        self.chance = np.random.default_rng(seed)

    def score(self, lines: Lines) -> Floats:
        return self.chance.random(len(lines["item"]))

    def learn(self, lines: Lines, labels: Labels, *, day: float) -> None:
        """Learn nothing."""

    def train(self) -> None:
        """Learn nothing."""


class Published:
    """XGBoost on the published columns: raw facts, prices by weight, and risky values of each text.

    A value of a text is risky when its hit rate in what was examined is among the highest tenth (the risk profiles of
    that line of work). Ranked by P(irregular), or by that times the value, whichever is asked for.
    """

    TEXTS = ("importer_id", "exporter_id", "declarant_id", "office", "hs6", "hs4", "origin_country", "export_country")
    NUMBERS = ("customs_value_usd", "invoice_value_usd", "net_mass_kg", "gross_mass_kg", "package_count", "quantity",
               "item_count", "containers", "duty_rate")  # fmt: skip

    def __init__(self, *, by_value: bool) -> None:
        self.by_value = by_value
        self.examined: list[tuple[Lines, Labels]] = []
        self.risky: dict[str, dict[str, float]] = {}
        self.model: Callable[[NDArray[np.float32]], Floats] | None = None

    def score(self, lines: Lines) -> Floats:
        if self.model is None:
            return np.zeros(len(lines["item"]))
        told = self.model(self._matrix(lines))
        return told * np.nan_to_num(number(lines, "customs_value_usd")) if self.by_value else told

    def learn(self, lines: Lines, labels: Labels, *, day: float) -> None:  # noqa: ARG002
        self.examined.append((lines, labels))

    def train(self) -> None:
        names = self.examined[0][0].keys()
        lines = {name: np.concatenate([one[name] for one, _ in self.examined]) for name in names}
        irregular = np.concatenate([labels.irregular for _, labels in self.examined])
        if not 0 < irregular.sum() < len(irregular):
            return
        self.risky = {text: _risky(lines[text], irregular) for text in self.TEXTS if text in lines}
        self.model = boosted(self._matrix(lines), irregular)

    def _matrix(self, lines: Lines) -> NDArray[np.float32]:
        value, mass = number(lines, "customs_value_usd"), number(lines, "net_mass_kg")
        columns = [number(lines, name) for name in self.NUMBERS]
        with np.errstate(divide="ignore", invalid="ignore"):
            columns += [value / mass, value / number(lines, "quantity"), mass / number(lines, "gross_mass_kg")]
            columns += [number(lines, "duty_rate") * value]
        for text, risky in self.risky.items():
            columns.append(np.array([risky.get(one, 0.0) for one in lines[text]]))
        return np.nan_to_num(np.stack(columns, axis=1), nan=-1.0, posinf=-1.0, neginf=-1.0).astype(np.float32)


def two_heads(matrix: NDArray[np.float32], irregular: Floats, revenue: Floats, propensity: Floats) -> Callable:
    """Return a score: P(irregular) times a power of the revenue expected where it is, learned on the logarithm."""
    weight = np.minimum(1 / propensity, 4.0)  # damped: full weights let a few random choices drown the rest
    settings = {"num_leaves": 15, "learning_rate": 0.05, "min_data_in_leaf": 20, "feature_fraction": 0.5,
                "bagging_fraction": 0.8, "bagging_freq": 1, "lambda_l2": 5.0, "num_threads": THREADS,
                "verbosity": -1, "seed": 1}  # fmt: skip
    if not 0 < irregular.sum() < len(irregular):
        return lambda seen: np.zeros(len(seen))
    told = lightgbm.train(settings | {"objective": "binary"}, lightgbm.Dataset(matrix, irregular, weight=weight), 200)
    wrong = irregular > 0
    if wrong.sum() < 60:
        return told.predict
    at_stake = lightgbm.train(
        settings | {"objective": "regression", "min_data_in_leaf": 10},
        lightgbm.Dataset(matrix[wrong], np.log1p(revenue[wrong])),
        100,
    )
    return lambda seen: told.predict(seen) * np.expm1(np.clip(at_stake.predict(seen), 0.0, 20.0)) ** DIAL


def by_xgboost(matrix: NDArray[np.float32], irregular: Floats, *_: Floats) -> Callable:
    """Return P(irregular) of XGBoost with the settings that it has on the published features."""
    if not 0 < irregular.sum() < len(irregular):
        return lambda seen: np.zeros(len(seen))
    return boosted(matrix, irregular)


def boosted(matrix: NDArray[np.float32], irregular: Floats) -> Callable[[NDArray[np.float32]], Floats]:
    """Train XGBoost on what was examined; return P(irregular) of a matrix."""
    settings = {"objective": "binary:logistic", "max_depth": 5, "eta": 0.08, "subsample": 0.8,
                "colsample_bytree": 0.8, "min_child_weight": 3, "nthread": THREADS, "seed": 1}  # fmt: skip
    model = xgboost.train(settings, xgboost.DMatrix(matrix, irregular), 150)
    return lambda seen: model.predict(xgboost.DMatrix(seen)).astype(np.float64)


SELECTORS: dict[str, Callable[[int], object]] = {
    "ours": lambda _: OnFeatures(two_heads),
    "xgboost": lambda _: Published(by_value=False),
    "xgboost_by_value": lambda _: Published(by_value=True),
    "xgboost_on_our_features": lambda _: OnFeatures(by_xgboost),
    "random": AtRandom,
    "price_only": lambda _: OnFeatures(None, "price_goods_origin_distance"),
    "importer_history": lambda _: OnFeatures(None, "importer_irregular"),
}


def _names(lines: Lines) -> list[tuple[str, int]]:
    return list(zip(lines["declaration_id"].tolist(), lines["item"].tolist(), strict=True))


def _risky(values: NDArray, irregular: Floats) -> dict[str, float]:
    names, of = np.unique(np.array([str(one) for one in values]), return_inverse=True)
    rate = np.bincount(of, irregular) / np.bincount(of)
    least = max(float(np.quantile(rate, 0.9)), 1e-9)
    return {str(name): float(one >= least) for name, one in zip(names, rate, strict=True)}
