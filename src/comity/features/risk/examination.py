"""What did an examiner find? Closed outcome codes and words (project's domain notes on risk management)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from comity.foundation.trade.money import Money


class OutcomeCode(StrEnum):
    """The result of an examination."""

    NO_IRREGULARITY = "no-irregularity"
    DOCUMENTARY = "documentary-irregularity"
    CLASSIFICATION = "classification"
    VALUE = "value"
    ORIGIN = "origin"
    QUANTITY = "quantity"
    PROHIBITED = "prohibited"
    IPR = "ipr"
    SECURITY = "security"
    SEIZURE = "seizure"
    NOT_CARRIED_OUT = "not-carried-out"

    @property
    def is_irregular(self) -> bool:
        """Claim that something was wrong."""
        return self not in (OutcomeCode.NO_IRREGULARITY, OutcomeCode.NOT_CARRIED_OUT)


@dataclass(frozen=True, slots=True)
class ExaminationResult:
    """What was found: the code, the examiner's words, the revenue recovered."""

    outcome: OutcomeCode
    found: str
    revenue_recovered: Money | None = None
