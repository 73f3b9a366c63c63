"""What is being asked? A small closed grammar, in English and French words, so that a question means one thing.

    may DATA reach RECIPIENT        [from SENDER] [for PURPOSE] [under AGREEMENT]
    who may receive DATA            [from SENDER] [for PURPOSE] [under AGREEMENT]
    for which purposes may DATA reach RECIPIENT   [from SENDER] [under AGREEMENT]

`can` means `may`, `be sent to` means `reach`, and `for purpose P` means `for P`. DATA is `personal data`, `any data`, a
data class, or a dotted field; an administration is its ISO 3166 alpha-2 code, or `anyone`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from enum import StrEnum
from types import MappingProxyType

from comity.cooperation.agreements.analyse.errors import QuestionUnclear

LONGEST_QUESTION = 500
"""Characters; a guess: the longest question of the grammar with the longest names has about 300."""

ANYONE = "anyone"
PERSONAL, EVERYTHING = "personal data", "any data"

TOO_LONG = "A question has at most %(most)s characters."
ENDS = "The question ends where this was expected: %(expected)s."
EXPECTED = "“%(word)s” was read where this was expected: %(expected)s."
DID_YOU_MEAN = "“%(word)s” was read where this was expected: %(expected)s. Did you mean “%(near)s”?"
SENTENCES = (TOO_LONG, ENDS, EXPECTED, DID_YOU_MEAN)

A_DATA = "personal data, any data, a data class or a field of these agreements"
AN_AUTHORITY = "the two letters of an administration (ISO 3166), for example UG"
A_PURPOSE = "a purpose in lower-case letters, digits, dots and hyphens"
AN_AGREEMENT = "the id of one of these agreements"
THE_END = "the end of the question"
EXPECTATIONS = (A_DATA, AN_AUTHORITY, A_PURPOSE, AN_AGREEMENT, THE_END)

# Each word of the grammar, in English and in French; the first of each is the one that messages show.
WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "may": ("may", "can", "peut", "peuvent"),
        "who": ("who", "qui"),
        "receive": ("receive", "get", "recevoir"),
        "which": ("which", "what", "quelles", "quelle"),
        "purposes": ("purposes", "purpose", "finalités", "finalité"),
        "reach": ("reach", "parvenir"),
        "be": ("be", "être"),
        "sent": ("sent", "envoyé", "envoyée", "envoyées"),
        "to": ("to", "à"),
        "from": ("from", "de"),
        "for": ("for", "pour"),
        "under": ("under", "selon"),
    }
)
_DATA = {
    ("personal", "data"): PERSONAL,
    ("données", "personnelles"): PERSONAL,
    ("any", "data"): EVERYTHING,
    ("toute", "donnée"): EVERYTHING,
}
_ANYONE = (ANYONE, "quiconque")
_FILLING = frozenset({"the", "of", "la", "purpose", "finalité"})
_AUTHORITY = re.compile(r"[A-Z]{2}")
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,127}")


class Kind(StrEnum):
    """What kind of answer is wanted."""

    WHETHER = "whether"
    WHO = "who"
    PURPOSES = "purposes"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as understood. None means any; `data` is what was asked about, in the grammar's English words."""

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
        raise QuestionUnclear(TOO_LONG, {"most": LONGEST_QUESTION}, at=LONGEST_QUESTION + 1)
    return _Reader(text, vocabulary).question()


class _Reader:
    def __init__(self, text: str, vocabulary: Vocabulary) -> None:
        self._words = [(match.group(), match.start() + 1) for match in re.finditer(r"[^\s?]+", text)]
        self._end = len(text.rstrip(" ?\n\t")) + 1
        self._vocabulary = vocabulary
        self._at = 0

    def question(self) -> Asked:
        """Read the whole question."""
        opening = self._word(("may", "who", "for"))
        if opening == "who":
            self._word(("may",))
            self._word(("receive",))
            return self._with_tail(Asked(Kind.WHO, self._data()), ("from", "for", "under"))
        if opening == "for":
            self._word(("which",))
            self._word(("purposes",))
            self._word(("may",))
            return self._with_tail(Asked(Kind.PURPOSES, self._data(), self._reached()), ("from", "under"))
        return self._with_tail(Asked(Kind.WHETHER, self._data(), self._reached()), ("from", "for", "under"))

    def _with_tail(self, asked: Asked, allowed: tuple[str, ...]) -> Asked:
        left = list(allowed)
        while self._at < len(self._words):
            word = self._word(left)
            left.remove(word)
            if word == "from":
                asked = replace(asked, sender=self._authority())
            elif word == "for":
                asked = replace(asked, purpose=self._purpose())
            else:
                asked = replace(asked, agreement_id=self._agreement())
        return asked

    def _reached(self) -> str | None:
        verb = self._word(("reach", "be"))
        if verb == "be":
            self._word(("sent",))
        if verb == "be" or self._peek() == "à":
            self._word(("to",))
        return self._authority()

    def _data(self) -> str:
        word, place = self._next(A_DATA)
        both = (word, self._peek() or "")
        if both in _DATA:
            self._at += 1
            return _DATA[both]
        if word in self._vocabulary.data or ("." in word and _NAME.fullmatch(word)):
            return word
        known = [PERSONAL, EVERYTHING, *self._vocabulary.data]
        raise self._unclear(word, place, known, A_DATA)

    def _authority(self) -> str | None:
        word, place = self._next(AN_AUTHORITY)
        if word in _ANYONE:
            return None
        if not _AUTHORITY.fullmatch(word.upper()):
            raise self._unclear(word, place, [], AN_AUTHORITY)
        return word.upper()

    def _purpose(self) -> str:
        while (self._peek() or "") in _FILLING and self._at + 1 < len(self._words):
            self._at += 1
        word, place = self._next(A_PURPOSE)
        if not _NAME.fullmatch(word):
            raise self._unclear(word, place, [], A_PURPOSE)
        return word

    def _agreement(self) -> str:
        word, place = self._next(AN_AGREEMENT)
        if word not in self._vocabulary.agreement_ids:
            raise self._unclear(word, place, self._vocabulary.agreement_ids, AN_AGREEMENT)
        return word

    def _word(self, expected: Collection[str]) -> str:
        """Read one of the grammar's words, in either language, and return which it is."""
        wanted = ", ".join(f"“{WORDS[one][0]}”" for one in expected) or THE_END
        word, place = self._next(wanted)
        meant = next((one for one in expected if word in WORDS[one]), None)
        if meant is None:
            raise self._unclear(word, place, [near for one in expected for near in WORDS[one]], wanted)
        return meant

    def _next(self, wanted: str) -> tuple[str, int]:
        if self._at >= len(self._words):
            raise QuestionUnclear(ENDS, {"expected": wanted}, at=self._end)
        word, place = self._words[self._at]
        self._at += 1
        return word.lower(), place

    def _peek(self) -> str | None:
        return self._words[self._at][0].lower() if self._at < len(self._words) else None

    @staticmethod
    def _unclear(word: str, place: int, known: Iterable[str], expected: str) -> QuestionUnclear:
        near = get_close_matches(word, sorted(known), n=1, cutoff=0.5)
        told: dict[str, object] = {"word": word, "expected": expected}
        if near:
            return QuestionUnclear(DID_YOU_MEAN, told | {"near": near[0]}, at=place)
        return QuestionUnclear(EXPECTED, told, at=place)
