"""What is kept of classification? Decisions with their reasons, binding rulings, and second opinions of partners.

Binding rulings are the advance rulings of the WTO Agreement on Trade Facilitation, article 3: they bind the
administration towards their holder, for the goods described, while they are valid.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from comity.features.tariff.classification.errors import DecisionInvalid, OpinionInvalid, RulingInvalid
from comity.features.tariff.classification.general_rules import rule_names
from comity.features.tariff.classification.words import LONGEST, telling_words

GOODS_CODE = re.compile(r"\d{6,12}")  # WCO DM 145: six digits of the HS, then national ones
SHORTEST_REASON = 10
LONGEST_TEXT = 2_000
LIKE = 0.8  # share of a ruling's words that the goods' description must say: a guess, to be revisited with real rulings


class RulingState(StrEnum):
    """Whether a ruling binds on a day."""

    VALID = "valid"
    NOT_YET_VALID = "not-yet-valid"
    EXPIRED = "expired"
    REVOKED = "revoked"
    EDITION_ENDED = "edition-ended"


@dataclass(frozen=True, slots=True)
class Ruling:
    """A binding ruling; days are the administration's, both included."""

    reference: str
    holder: str
    code: str
    edition: str
    description: str
    reasons: str
    valid_from: date
    valid_to: date
    revoked_on: date | None = None
    revoked_reason: str | None = None

    def state(self, day: date, edition: str) -> RulingState:
        """Return whether it binds on a day, under the edition of the HS in force."""
        if self.revoked_on is not None and self.revoked_on <= day:
            return RulingState.REVOKED
        if day < self.valid_from:
            return RulingState.NOT_YET_VALID
        if day > self.valid_to:
            return RulingState.EXPIRED
        return RulingState.VALID if self.edition == edition else RulingState.EDITION_ENDED

    def describes(self, description: str) -> bool:
        """Claim that a description says nearly all words of the ruling's."""
        own, said = set(telling_words(self.description)), set(telling_words(description))
        return bool(own) and len(own & said) >= LIKE * len(own)


@dataclass(frozen=True, slots=True)
class Decision:
    """What an officer decided about goods: the code, the rules, the notes used, and why.

    `uncertainty`: the share of chance that the model gave to other codes, or None where it was not asked.
    """

    description: str
    facts: str
    code: str
    edition: str
    rules: tuple[str, ...]
    notes: str
    reasons: str
    valid_from: date
    valid_to: date | None = None
    declaration_id: str | None = None
    item: int | None = None
    declared_code: str | None = None
    ruling_reference: str | None = None
    opinion_id: str | None = None
    model: str | None = None
    uncertainty: float | None = None


@dataclass(frozen=True, slots=True)
class KeptDecision:
    """A decision with its id, by whom and when."""

    id: str
    decision: Decision
    officer: str
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Question:
    """What one administration asks another: the goods, never whose they are."""

    description: str
    facts: str
    proposed_code: str
    edition: str
    due_on: date


@dataclass(frozen=True, slots=True)
class Opinion:
    """The partner's answer: a code with reasons, or a refusal with its ground."""

    code: str | None
    reasons: str
    rules: tuple[str, ...] = ()
    refusal_ground: str | None = None
    model: str | None = None


@dataclass(frozen=True, slots=True)
class KeptQuestion:
    """A question sent (`out`) or received (`in`), and its answer once there is one."""

    direction: str
    partner: str
    id: str
    question: Question
    asked_at: datetime
    declaration_id: str | None = None
    item: int | None = None
    opinion: Opinion | None = None
    answered_at: datetime | None = None
    officer: str | None = None

    def state(self, day: date) -> str:
        """Return `answered`, `refused`, `open` or `overdue`."""
        if self.opinion is not None:
            return "refused" if self.opinion.refusal_ground else "answered"
        return "overdue" if day > self.question.due_on else "open"


GROUNDS = ("not-competent", "too-little-known", "resources", "domestic-law", "pending-proceedings")
"""Why an opinion may be refused, after TFA article 3.2 and the WCO model agreement's article 20."""


def check_ruling(ruling: Ruling) -> None:
    """Check that a ruling is complete.

    Raises:
        RulingInvalid: it is not.
    """
    texts = (ruling.reference, ruling.holder, ruling.reasons)
    if not all(_is_text(text) for text in texts) or len(ruling.reference) > 70 or len(ruling.holder) > 70:
        raise RulingInvalid
    if not GOODS_CODE.fullmatch(ruling.code) or ruling.valid_to < ruling.valid_from:
        raise RulingInvalid
    if not _is_text(ruling.description) or not telling_words(ruling.description):
        raise RulingInvalid


def check_decision(decision: Decision) -> None:
    """Check that a decision is complete.

    Raises:
        DecisionInvalid: it is not.
    """
    complete = (
        GOODS_CODE.fullmatch(decision.code),
        _is_text(decision.description),
        decision.rules and set(decision.rules) <= set(rule_names()),
        SHORTEST_REASON <= len(decision.reasons.strip()) <= LONGEST_TEXT,
        len(decision.facts) <= LONGEST_TEXT and len(decision.notes) <= LONGEST_TEXT,
        decision.valid_to is None or decision.valid_from <= decision.valid_to,
    )
    if not all(complete):
        raise DecisionInvalid


def check_opinion(opinion: Opinion) -> None:
    """Check that an opinion has a code, reasons and rules, or a ground of refusal.

    Raises:
        OpinionInvalid: it has not.
    """
    if opinion.refusal_ground is not None:
        complete = opinion.refusal_ground in GROUNDS and opinion.code is None and not opinion.rules
    else:
        complete = bool(GOODS_CODE.fullmatch(opinion.code or "")) and bool(opinion.rules)
    if not complete or not set(opinion.rules) <= set(rule_names()) or not _is_text(opinion.reasons):
        raise OpinionInvalid


def _is_text(text: str) -> bool:
    return 0 < len(text.strip()) <= LONGEST and text.replace("\n", " ").replace("\r", " ").isprintable()
