"""How near in meaning are words that share no letters? Static word-piece vectors, averaged, then a learned softmax.

The vectors come from the `wordllama` package (extra `classification`), whose files are read without importing it; what
is needed of them goes into the model file, so that a node that only asks needs neither the package nor a network.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from comity.features.tariff.classification.words import raw_words

Numbers = npt.NDArray[np.float32]
Whole = npt.NDArray[np.int64]
_BORDER = "\u2581"  # what the vocabulary of pieces puts before a word
EPOCHS = 5  # chosen by cross-validation in training
_BATCH, _RATE, _PULL, _SCALE = 512, 0.02, 1e-4, 10.0  # guesses; a rate and scale of 0.05 and 20 were worse


@dataclass(frozen=True, slots=True)
class Vectors:
    """Word pieces and the vector of each; a piece's number is also its rank in merging (byte-pair encoding)."""

    pieces: dict[str, int]
    table: npt.NDArray[np.float16]

    def of(self, text: str) -> Numbers:
        """Return the mean vector of a text's pieces, of length one; zeros where nothing is known."""
        found = [piece for word in raw_words(text) for piece in pieces_of(word, self.pieces)]
        if not found:
            return np.zeros(self.table.shape[1], np.float32)
        mean = self.table[found].astype(np.float32).mean(axis=0)
        return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9), np.float32)

    def of_all(self, texts: Sequence[str]) -> Numbers:
        """Return one row a text."""
        return np.stack([self.of(text) for text in texts])


@dataclass(frozen=True, slots=True)
class Softmax:
    """A row of weights and a bias for each class of one level."""

    weights: Numbers
    bias: Numbers

    def score(self, vectors: Numbers) -> Numbers:
        """Return the logits of one vector, or of a row of them."""
        return np.asarray(vectors @ self.weights.T + self.bias, np.float32)


def pieces_of(word: str, pieces: dict[str, int]) -> list[int]:
    """Return a word's pieces: neighbours are joined, the earliest in the vocabulary first, until none can be."""
    parts = [sign for sign in _BORDER + word if sign in pieces]
    while len(parts) > 1:
        ranks = [pieces.get(one + following, len(pieces) * 2) for one, following in pairwise(parts)]
        best = min(range(len(ranks)), key=ranks.__getitem__)
        if ranks[best] >= len(pieces) * 2:
            break
        parts[best : best + 2] = [parts[best] + parts[best + 1]]
    return [pieces[part] for part in parts]


@lru_cache(maxsize=1)
def shipped_vectors() -> Vectors | None:
    """Return the vectors of the installed package, or None where it is not installed."""
    found = find_spec("wordllama")
    if found is None or found.origin is None:
        return None
    folder = Path(found.origin).parent
    weights = folder / "weights" / "l2_supercat_256.safetensors"
    tokens = folder / "tokenizers" / "l2_supercat_tokenizer_config.json"
    if not (weights.is_file() and tokens.is_file()):
        return None
    ranks: dict[str, int] = json.loads(tokens.read_text(encoding="utf-8"))["model"]["vocab"]
    usable = {piece for piece in ranks if piece.removeprefix(_BORDER).isascii() and _is_plain(piece)}
    kept = sorted(usable, key=ranks.__getitem__)
    table = _safetensors(weights)
    return Vectors({piece: number for number, piece in enumerate(kept)}, table[[ranks[piece] for piece in kept]])


def _is_plain(piece: str) -> bool:
    rest = piece.removeprefix(_BORDER)
    return not rest or (rest.isalnum() and rest == rest.lower())


def _safetensors(path: Path) -> npt.NDArray[np.float16]:
    """Return the one table of a safetensors file: eight bytes of length, a JSON header, the numbers."""
    content = path.read_bytes()
    length = int.from_bytes(content[:8], "little")
    (described,) = (each for name, each in json.loads(content[8 : 8 + length]).items() if name != "__metadata__")
    start, end = described["data_offsets"]
    return np.frombuffer(content[8 + length + start : 8 + length + end], np.float16).reshape(described["shape"])


def learn_softmax(vectors: Numbers, classes: Whole, size: int, *, seed: int) -> Softmax:
    """Learn a softmax that starts at each class's mean vector and is pulled back to it (Adam, fixed epochs)."""
    start = np.zeros((size, vectors.shape[1]), np.float32)
    np.add.at(start, classes, vectors)
    start *= _SCALE / np.maximum(np.linalg.norm(start, axis=1, keepdims=True), 1e-9)
    draw = np.random.default_rng(seed)
    weights, bias = start.copy(), np.zeros(size, np.float32)
    first: Numbers = np.zeros_like(start)
    second: Numbers = np.zeros_like(start)
    step = 0
    for _ in range(EPOCHS):
        order = draw.permutation(len(vectors))
        for begin in range(0, len(vectors), _BATCH):
            rows = order[begin : begin + _BATCH]
            chance = softmax(vectors[rows] @ weights.T + bias)
            chance[np.arange(len(rows)), classes[rows]] -= 1
            slope = chance.T @ vectors[rows] / len(rows) + _PULL * (weights - start)
            step += 1
            first += np.float32(0.1) * (slope - first)
            second += np.float32(0.01) * (slope * slope - second)
            weights -= _RATE * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.99**step)) + 1e-8)
            bias -= 0.1 * chance.mean(axis=0)
    return Softmax(weights.astype(np.float32), bias.astype(np.float32))


def softmax(logits: Numbers) -> Numbers:
    """Return chances that sum to one along the last axis."""
    raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True), np.float32)
