"""What do partners say to each other about a goods code? `classification-question.v1` and `classification-answer.v1`.

A question holds the goods and never whose they are; an answer a code with reasons and general rules, or a refusal with
its ground. Closed forms, bounded before anything is done with them.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, TypeVar

import msgspec

from comity.features.tariff.classification.errors import OpinionInvalid
from comity.features.tariff.classification.records import Opinion, Question, check_opinion
from comity.features.tariff.classification.words import telling_words

QUESTION, ANSWER = "classification-question.v1", "classification-answer.v1"
_PLAIN = r"[^\x00-\x08\x0b-\x1f\x7f]"
_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=2000, pattern=rf"\A{_PLAIN}+\Z")]
_MaybeText = Annotated[str, msgspec.Meta(max_length=2000, pattern=rf"\A{_PLAIN}*\Z")]
_Id = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{32}\Z")]
_Code = Annotated[str, msgspec.Meta(pattern=r"\A[0-9]{6,12}\Z")]
_Edition = Annotated[str, msgspec.Meta(pattern=r"\AHS[0-9]{4}\Z")]
_Rule = Annotated[str, msgspec.Meta(pattern=r"\A[1-6](\([abc]\))?\Z")]


class _Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A closed object: unknown fields are refused, absent ones are left out."""


class QuestionForm(_Form, frozen=True):
    """A question as it travels."""

    question_id: _Id
    description: _Text
    proposed_code: _Code
    edition: _Edition
    due_on: date
    facts: _MaybeText = ""


class AnswerForm(_Form, frozen=True):
    """An answer as it travels; `model` names the model where one was asked too."""

    question_id: _Id
    outcome: Literal["opinion", "refused"]
    reasons: _Text
    code: _Code | None = None
    rules: Annotated[list[_Rule], msgspec.Meta(max_length=10)] = []
    refusal_ground: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    model: Annotated[str, msgspec.Meta(max_length=64)] | None = None


_Any = TypeVar("_Any", bound=_Form)


def write_question(question_id: str, question: Question) -> dict[str, Any]:
    """Return the payload of a question.

    Raises:
        OpinionInvalid: it does not hold what a partner would accept.
    """
    form = QuestionForm(
        question_id=question_id,
        description=question.description,
        proposed_code=question.proposed_code,
        edition=question.edition,
        due_on=question.due_on,
        facts=question.facts,
    )
    payload: dict[str, Any] = msgspec.to_builtins(form)
    read_question(payload)
    return payload


def read_question(payload: dict[str, Any]) -> tuple[str, Question]:
    """Return a question's id and the question.

    Raises:
        OpinionInvalid: the payload is not of the form, or says nothing about goods.
    """
    form = _read(payload, QuestionForm)
    if not telling_words(form.description):
        raise OpinionInvalid
    return form.question_id, Question(form.description, form.facts, form.proposed_code, form.edition, form.due_on)


def write_answer(question_id: str, opinion: Opinion) -> dict[str, Any]:
    """Return the payload of an answer.

    Raises:
        OpinionInvalid: it is neither an opinion with a code, reasons and rules, nor a refusal with its ground.
    """
    form = AnswerForm(
        question_id=question_id,
        outcome="refused" if opinion.refusal_ground else "opinion",
        reasons=opinion.reasons,
        code=opinion.code,
        rules=list(opinion.rules),
        refusal_ground=opinion.refusal_ground,
        model=opinion.model,
    )
    payload: dict[str, Any] = msgspec.to_builtins(form)
    read_answer(payload)
    return payload


def read_answer(payload: dict[str, Any]) -> tuple[str, Opinion]:
    """Return the id of the question answered and the opinion.

    Raises:
        OpinionInvalid: the payload is not of the form, or its outcome and its content differ.
    """
    form = _read(payload, AnswerForm)
    opinion = Opinion(form.code, form.reasons, tuple(form.rules), form.refusal_ground, form.model)
    check_opinion(opinion)
    if (form.outcome == "refused") != (opinion.refusal_ground is not None):
        raise OpinionInvalid
    return form.question_id, opinion


def _read(payload: dict[str, Any], form: type[_Any]) -> _Any:
    try:
        return msgspec.convert(payload, form)
    except msgspec.ValidationError as error:
        raise OpinionInvalid from error
