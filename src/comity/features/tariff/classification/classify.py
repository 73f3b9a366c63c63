"""Which codes may these goods have, and why? The likeliest with their words, texts and rules, or a refusal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from comity.features.tariff.classification.evidence import letter_features, query
from comity.features.tariff.classification.general_rules import rule_text, rules_relied_on
from comity.features.tariff.classification.meaning import softmax
from comity.features.tariff.classification.model import (
    Model,
    deciding_words,
    national_codes,
    score_all,
    vague_score,
    vagueness_of,
)
from comity.features.tariff.classification.words import check_description

MOST_ASKED = 20
CLOSE = 0.5  # a rival of another heading with at least this share of the first's chance is close: a guess
MOST_WORDS = 5


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One subheading that the goods may have."""

    code: str
    chance: float
    text: str
    heading_text: str
    chapter_text: str
    words: tuple[str, ...]
    rules: tuple[str, ...]
    national: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the suggestion for machines."""
        return {
            "code": self.code,
            "chance": round(self.chance, 4),
            "text": self.text,
            "heading": {"code": self.code[:4], "text": self.heading_text},
            "chapter": {"code": self.code[:2], "text": self.chapter_text},
            "words": list(self.words),
            "rules": [{"rule": rule, "text": rule_text(rule)} for rule in self.rules],
            "national_codes": list(self.national),
        }


@dataclass(frozen=True, slots=True)
class Classified:
    """The answer: suggestions, the likeliest first, or none with the reason. It decides nothing; an officer does."""

    suggestions: tuple[Suggestion, ...]
    refusal: str | None
    model: str
    edition: str

    def as_json(self) -> dict[str, Any]:
        """Return the answer for machines."""
        return {
            "model": self.model,
            "edition": self.edition,
            "refused": self.refusal,
            "suggestions": [suggestion.as_json() for suggestion in self.suggestions],
        }


TOO_VAGUE = "too vague: say what the goods are, of which material, and what they are for"
NO_WORD_KNOWN = "nothing in it is known: say in English what the goods are"


def classify(model: Model, description: str, *, top: int = 5) -> Classified:
    """Return the likeliest subheadings of a description, or why none is suggested.

    Raises:
        DescriptionInvalid, ScriptUnsupported: it cannot be read.
    """
    text = check_description(description)
    scored = score_all(model, text)
    told = vagueness_of(model.parts, model.nomenclature, text, scored)
    if not len(query(model.parts.letters, letter_features(text)).features):
        return _refused(model, NO_WORD_KNOWN)
    if vague_score(model.vagueness, told) > model.vagueness.threshold:
        return _refused(model, TOO_VAGUE)
    chance = softmax(scored.logits)
    best = np.argsort(-chance, kind="stable")[: max(1, min(top, MOST_ASKED))]
    codes = [model.nomenclature.subheadings[number] for number in best]
    made = [
        _suggestion(model, text, code, chance=float(chance[number]), is_close=_is_close(codes, chance[best], place))
        for place, (number, code) in enumerate(zip(best, codes, strict=True))
    ]
    return Classified(tuple(made), None, model.version, model.nomenclature.edition)


def _refused(model: Model, reason: str) -> Classified:
    return Classified((), reason, model.version, model.nomenclature.edition)


def _is_close(codes: list[str], chances: Any, place: int) -> bool:
    return any(
        codes[other][:4] != codes[place][:4] and chances[other] >= CLOSE * chances[place]
        for other in range(len(codes))
        if other != place
    )


def _suggestion(model: Model, text: str, code: str, *, chance: float, is_close: bool) -> Suggestion:
    texts = model.nomenclature.texts
    heading = texts.get(code[:4], "")
    words = [word for word, share in deciding_words(model, text, code) if share > 0][:MOST_WORDS]
    return Suggestion(
        code=code,
        chance=chance,
        text=texts.get(code, ""),
        heading_text=heading,
        chapter_text=texts.get(code[:2], ""),
        words=tuple(words),
        rules=rules_relied_on(text, heading_text=heading, is_close=is_close),
        national=tuple(national_codes(model, text, code)),
    )
