"""What does one check of the way to a partner say? Whether it is fine, on which side a fault is, and what to do."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

OURS, THEIRS, BETWEEN = "ours", "theirs", "between"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One check: whether it is fine, on which side the fault is or would be, and what to do."""

    check: str
    side: str
    message: str
    ok: bool

    def as_json(self) -> dict[str, Any]:
        """Return the diagnosis for a machine."""
        return asdict(self)


def fine(check: str, side: str, message: str) -> Diagnosis:
    """Return a check that found no fault."""
    return Diagnosis(check, side, message, ok=True)


def fault(check: str, side: str, message: str) -> Diagnosis:
    """Return a check that found one."""
    return Diagnosis(check, side, message, ok=False)
