"""What a page of questions says: answers, remarks and changes, in the reader's language and names."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

from comity.cooperation.agreements.in_words import Sentence
from comity.entrypoints.console.formats import Formats
from comity.entrypoints.console.language import Language, mark
from comity.entrypoints.console.present.agreements import say_code

if TYPE_CHECKING:
    from comity.cooperation.agreements.analyse.ask import Answer
    from comity.cooperation.agreements.analyse.fixed_questions import FixedQuestion, Remark

VERDICTS = MappingProxyType(
    {"yes": mark("Yes"), "with-consent": mark("Only with the originator's consent"), "no": mark("No")}
)
_ADMINISTRATIONS = frozenset({"sender", "senders", "recipient", "recipients", "onward"})
_CODES = frozenset(
    {
        "purpose",
        "purposes",
        "data",
        "data_class",
        "stricter_class",
        "looser_class",
        "before",
        "after",
        "first",
        "second",
    }
)
_SPOKEN = frozenset({"data", "purposes", "term", "expected", "sender", "purpose", "agreement", "recipient"})
SPOKEN_WORDS = (
    mark("anyone"),
    mark("anyone else"),
    mark("anything else"),
    mark("any"),
    mark("personal data"),
    mark("any data"),
)


def said(sentence: Sentence, language: Language) -> str:
    """Say a sentence about agreements."""
    message, values = sentence
    told = language.say(message, **{name: _value(name, str(value), language) for name, value in values.items()})
    return told[:1].upper() + told[1:]


def all_said(sentences: Iterable[Sentence], language: Language) -> list[str]:
    """Say several sentences."""
    return [said(sentence, language) for sentence in sentences]


def answered(answer: Answer, language: Language) -> dict[str, object]:
    """Return an answer as the page shows it."""
    return {"verdict": VERDICTS[answer.verdict.value], "sentences": all_said(answer.sentences, language)}


def asked_of_draft(
    questions: Iterable[FixedQuestion], remarks: Iterable[Remark], language: Language
) -> list[dict[str, object]]:
    """Return each fixed question with what it found."""
    found = list(remarks)
    return [
        {
            "asks": question.asks,
            "reason": question.reason,
            "is_grave": question.severity.value == "error",
            "remarks": all_said((one.sentence for one in found if one.question is question), language),
        }
        for question in questions
    ]


def _value(name: str, text: str, language: Language) -> str:
    formats = Formats(language.locale)
    if name == "day":
        return formats.day(date.fromisoformat(text))
    if name in _ADMINISTRATIONS:
        return formats.listed([_administration(one, formats, language) for one in text.split(", ")])
    if name in _CODES and not text[:1].isdigit():
        return ", ".join(_word(one, language) for one in text.split(", "))
    return language.say(text) if name in _SPOKEN else text


def _administration(name: str, formats: Formats, language: Language) -> str:
    return formats.country(name) if len(name) == 2 and name.isupper() else _word(name, language)


def _word(text: str, language: Language) -> str:
    return language.say(text) if text in SPOKEN_WORDS else say_code(text, language)
