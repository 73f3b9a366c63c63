"""Which act may follow, by whom? Two persons answer for every profile, and its very version has been back-tested.

Of a profile of our own these are its author and another who approves it; of one that a partner shared, two who approve.
The lane changes nothing in it: a lenient profile can take a declaration out of sight as a strict one can hold it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from comity.features.risk.errors import ActOutOfPlace, ProfileInvalid, SecondPersonNeeded
from comity.features.risk.profiles import Profile

LONGEST_REASON = 4_000
LONGEST = {"title": 200, "risk_area": 64, "instruction": 4_000, "owner": 200}
KINDS = frozenset({"import", "export", "transit"})
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


class Status(StrEnum):
    """Where a version of a profile stands. Only what is approved acts, within its validity."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"


class Source(StrEnum):
    """Whose profile it is: our own, or one that a partner shared."""

    NATIONAL = "national"
    SHARED = "shared"


class Act(StrEnum):
    """What a person does to a version of a profile; each is an entry of the log."""

    PROPOSE = "propose"
    APPROVE = "approve"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class KeptAct:
    """Who did what, when and why."""

    act: Act
    officer: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class KeptProfile:
    """One version of a profile with its life. `backtest` is what was found in history when it was proposed."""

    profile: Profile
    source: Source
    sender: str | None
    status: Status
    backtest: dict[str, Any]
    acts: tuple[KeptAct, ...]


def check_profile(profile: Profile) -> None:
    """Check all but the condition.

    Raises:
        ProfileInvalid: a field is out of its bounds.
    """
    if not _ID.fullmatch(profile.id):
        raise ProfileInvalid("A profile's id has 1 to 64 small letters, digits and hyphens.", path="id")
    for name, most in LONGEST.items():
        if not 1 <= len(getattr(profile, name).strip()) <= most:
            raise ProfileInvalid(f"{name} needs 1 to {most} characters.", path=name)
    if not 0 <= profile.weight < 1:
        raise ProfileInvalid("A weight is from 0 to below 1.", path="weight")
    if not profile.applies_to or not KINDS.issuperset(profile.applies_to):
        raise ProfileInvalid(f"applies_to takes {', '.join(sorted(KINDS))}.", path="applies_to")
    if profile.valid_from > profile.valid_to:
        raise ProfileInvalid("The last day is before the first.", path="valid_to")


def check_reason(reason: str) -> str:
    """Return the reason of an act without the space around it.

    Raises:
        ProfileInvalid: it is empty or too long.
    """
    if not 1 <= len(reason.strip()) <= LONGEST_REASON:
        raise ProfileInvalid(f"An act needs a reason of 1 to {LONGEST_REASON} characters.", path="reason")
    return reason.strip()


def after(kept: KeptProfile, act: Act, officer: str) -> Status:
    """Return where the version stands after an act of an officer.

    Raises:
        ActOutOfPlace: it cannot follow.
        SecondPersonNeeded: this person has written or approved it already.
    """
    if act is Act.WITHDRAW and kept.status is not Status.WITHDRAWN:
        return Status.WITHDRAWN
    if act is not Act.APPROVE or kept.status is not Status.PROPOSED:
        raise ActOutOfPlace
    answering = {one.officer for one in kept.acts if one.act in (Act.PROPOSE, Act.APPROVE)}
    if officer in answering:
        raise SecondPersonNeeded
    return Status.APPROVED if len(answering | {officer}) >= 2 else Status.PROPOSED
