"""Which subheadings, headings and chapters are there, and what do their texts say? One edition of the HS."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Whole = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Nomenclature:
    """An edition (`HS2022`) and its texts by code of two, four and six digits."""

    edition: str
    texts: Mapping[str, str]

    @cached_property
    def subheadings(self) -> tuple[str, ...]:
        """Return the six-digit codes in order."""
        return tuple(sorted(code for code in self.texts if len(code) == 6))

    @cached_property
    def headings(self) -> tuple[str, ...]:
        """Return the four-digit codes of the subheadings in order."""
        return tuple(sorted({code[:4] for code in self.subheadings}))

    @cached_property
    def chapters(self) -> tuple[str, ...]:
        """Return the two-digit codes of the subheadings in order."""
        return tuple(sorted({code[:2] for code in self.subheadings}))

    @cached_property
    def place(self) -> dict[str, int]:
        """Return the number of each subheading."""
        return {code: number for number, code in enumerate(self.subheadings)}

    @cached_property
    def above(self) -> tuple[Whole, Whole, Whole]:
        """Return for each subheading its own number, its heading's and its chapter's."""
        headings = {code: number for number, code in enumerate(self.headings)}
        chapters = {code: number for number, code in enumerate(self.chapters)}
        return (
            np.arange(len(self.subheadings)),
            np.array([headings[code[:4]] for code in self.subheadings]),
            np.array([chapters[code[:2]] for code in self.subheadings]),
        )

    @property
    def sizes(self) -> tuple[int, int, int]:
        """Return how many subheadings, headings and chapters there are."""
        return len(self.subheadings), len(self.headings), len(self.chapters)

    def texts_at(self, level: int) -> list[str]:
        """Return the texts of the codes of six, four or two digits, in order; empty where a code has none."""
        codes = {6: self.subheadings, 4: self.headings, 2: self.chapters}[level]
        return [self.texts.get(code, "") for code in codes]
