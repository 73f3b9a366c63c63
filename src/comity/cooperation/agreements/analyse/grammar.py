"""What is being asked? A small closed grammar, so that a question means one thing.

    may DATA reach RECIPIENT        [from SENDER] [for PURPOSE] [under AGREEMENT]
    who may receive DATA            [from SENDER] [for PURPOSE] [under AGREEMENT]
    for which purposes may DATA reach RECIPIENT   [from SENDER] [under AGREEMENT]

`can` means `may`, `be sent to` means `reach`, and `for purpose P` means `for P`. DATA is `personal data`, `any data`, a
data class, or a dotted field; an administration is its ISO 3166 alpha-2 code, or `anyone`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from comity.cooperation.agreements.analyse.errors import QuestionUnclear

LONGEST_QUESTION = 500
"""Characters; a guess: the longest question of the grammar with the longest names has about 300."""

ANYONE = "anyone"
PERSONAL, EVERYTHING = "personal data", "any data"
_MAY = ("may", "can")
_AUTHORITY = re.compile(r"[A-Z]{2}")
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,127}")


class Kind(StrEnum):
    """What kind of answer is wanted."""

    WHETHER = "whether"
    WHO = "who"
    PURPOSES = "purposes"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as understood. None means any; `data` is the words the asker used."""

    kind: Kind
    data: str
    recipient: str | None = None
    sender: str | None = None
    purpose: str | None = None
    agreement_id: str | None = None


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The names that the agreements in question use; only they can be asked about without a dot."""

    data: frozenset[str]
    agreement_ids: frozenset[str]


def understand(text: str, vocabulary: Vocabulary) -> Asked:
    """Read a question.

    Raises:
        QuestionUnclear: with the position of the first word that does not fit, and the nearest one that would.
    """
    if len(text) > LONGEST_QUESTION:
        raise QuestionUnclear(f"a question has at most {LONGEST_QUESTION} characters", path=f"character {len(text)}")
    return _Reader(text, vocabulary).question()


class _Reader:
    def __init__(self, text: str, vocabulary: Vocabulary) -> None:
        self._words = [(match.group(), match.start() + 1) for match in re.finditer(r"[^\s?]+", text)]
        self._end = len(text.rstrip(" ?\n\t")) + 1
        self._vocabulary = vocabulary
        self._at = 0

    def question(self) -> Asked:
        """Read the whole question."""
        opening = self._one_of((*_MAY, "who", "for"))
        if opening == "who":
            self._one_of(_MAY)
            self._one_of(("receive", "get"))
            return self._with_tail(Asked(Kind.WHO, self._data()), ("from", "for", "under"))
        if opening == "for":
            self._one_of(("which", "what"))
            self._one_of(("purposes", "purpose"))
            self._one_of(_MAY)
            return self._with_tail(Asked(Kind.PURPOSES, self._data(), self._reached()), ("from", "under"))
        return self._with_tail(Asked(Kind.WHETHER, self._data(), self._reached()), ("from", "for", "under"))

    def _with_tail(self, asked: Asked, allowed: tuple[str, ...]) -> Asked:
        values: dict[str, str | None] = {}
        while self._at < len(self._words):
            word = self._one_of([one for one in allowed if one not in values])
            if word == "from":
                values[word] = self._authority()
            elif word == "for":
                values[word] = self._purpose()
            else:
                values[word] = self._agreement()
        return Asked(
            asked.kind, asked.data, asked.recipient, values.get("from"), values.get("for"), values.get("under")
        )

    def _reached(self) -> str | None:
        if self._one_of(("reach", "be")) == "be":
            self._one_of(("sent",))
            self._one_of(("to",))
        return self._authority()

    def _data(self) -> str:
        word, place = self._next(f"“{PERSONAL}”, “{EVERYTHING}”, a data class or a field")
        if word in ("personal", "any") and self._peek() == "data":
            self._at += 1
            return f"{word} data"
        if word in self._vocabulary.data or ("." in word and _NAME.fullmatch(word)):
            return word
        known = [PERSONAL, EVERYTHING, *self._vocabulary.data]
        raise self._unclear(word, place, known, "no agreement asked has a data class or a field of this name")

    def _authority(self) -> str | None:
        word, place = self._next("an administration, for example UG")
        if word == ANYONE:
            return None
        if not _AUTHORITY.fullmatch(word.upper()):
            raise self._unclear(word, place, [], "an administration is two letters (ISO 3166), for example UG")
        return word.upper()

    def _purpose(self) -> str:
        words = {"the": "", "purpose": "", "of": ""}
        while (self._peek() or "") in words and self._at + 1 < len(self._words):
            self._at += 1
        word, place = self._next("a purpose, for example risk-assessment")
        if not _NAME.fullmatch(word):
            raise self._unclear(word, place, [], "a purpose is lower-case letters, digits, dots and hyphens")
        return word

    def _agreement(self) -> str:
        word, place = self._next("the id of an agreement")
        if word not in self._vocabulary.agreement_ids:
            raise self._unclear(word, place, self._vocabulary.agreement_ids, "no agreement asked has this id")
        return word

    def _one_of(self, expected: Collection[str]) -> str:
        wanted = " or ".join(f"“{one}”" for one in expected) if expected else "the end of the question"
        word, place = self._next(wanted)
        if word not in expected:
            raise self._unclear(word, place, expected, f"{wanted} was expected here")
        return word

    def _next(self, wanted: str) -> tuple[str, int]:
        if self._at >= len(self._words):
            raise QuestionUnclear(f"the question ends where {wanted} was expected", path=f"character {self._end}")
        word, place = self._words[self._at]
        self._at += 1
        return word.lower(), place

    def _peek(self) -> str | None:
        return self._words[self._at][0].lower() if self._at < len(self._words) else None

    @staticmethod
    def _unclear(word: str, place: int, known: Iterable[str], reason: str) -> QuestionUnclear:
        near = get_close_matches(word, sorted(known), n=1, cutoff=0.5)
        hint = f"; did you mean “{near[0]}”?" if near else ""
        return QuestionUnclear(f"“{word}”: {reason}{hint}", path=f"character {place}")
