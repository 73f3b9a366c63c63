"""Which descriptions are near-identical? So that one is not learned from while the other is asked."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Sequence

from comity.features.tariff.classification.words import raw_words, stem

ALIKE = 0.75  # share of common words from which two descriptions are near-identical; a guess
_COMMONEST = 200  # a word in more descriptions than this does not bring two of them together


def folds_of(texts: Sequence[str], folds: int, *, seed: int) -> list[int]:
    """Return the fold of each text: near-identical ones are in the same."""
    groups = groups_of(texts)
    order = sorted(set(groups))
    random.Random(seed).shuffle(order)  # noqa: S311
    place = {group: number % folds for number, group in enumerate(order)}
    return [place[group] for group in groups]


def groups_of(texts: Sequence[str]) -> list[int]:
    """Return the group of each text: the number of its first member."""
    sets = [frozenset(stem(word) for word in raw_words(text) if len(word) > 1 and word.isalpha()) for text in texts]
    leader = list(range(len(texts)))

    def first(number: int) -> int:
        while leader[number] != number:
            leader[number] = leader[leader[number]]
            number = leader[number]
        return number

    holding: dict[str, list[int]] = defaultdict(list)
    same: dict[frozenset[str], int] = {}
    for number, words in enumerate(sets):
        leader[first(number)] = first(same.setdefault(words, number))
        shared: Counter[int] = Counter()
        for word in words:
            if len(holding[word]) < _COMMONEST:
                shared.update(holding[word])
                holding[word].append(number)
        for other, count in shared.items():
            if count >= ALIKE * len(words | sets[other]):
                leader[first(number)] = first(other)
    return [first(number) for number in range(len(texts))]
