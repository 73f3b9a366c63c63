"""What do two nodes say to each other in a private run? `private-match.v1`: offer, answer, meetings, results, refusal.

Each step is one message or several parts. Closed forms, bounded before anything is done with them. Points travel as one
base64url text, 32 bytes each (RFC 7748).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Annotated, Any, Literal

import msgspec

from comity.features.mirror.private.blinding import POINT_BYTES
from comity.features.mirror.private.errors import PrivateMatchInvalid
from comity.features.mirror.private.keys import Buckets, Threshold

PRIVATE_MATCH = "private-match.v1"
MOST_PARTS = 100
MOST_POINTS = 40_000  # in one message: 1.7 MB of text; twice as much in an answer that doubles as many
MOST_GROUPS, MOST_KEYS = 20_000, 1_000

_Id = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{32}\Z")]
_Points = Annotated[str, msgspec.Meta(max_length=MOST_POINTS * 44, pattern=r"\A[A-Za-z0-9_=-]*\Z")]
_Step = Annotated[int, msgspec.Meta(ge=-2_000, le=2_000)]
_Chapter = Annotated[str, msgspec.Meta(pattern=r"\A[0-9]{2}\Z")]
_Part = Annotated[int, msgspec.Meta(ge=1, le=MOST_PARTS)]
_Steps = Annotated[int, msgspec.Meta(ge=1, le=1_000)]
_Ground = Literal["budget-spent", "agreement", "not-possible"]


class _Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A closed object: unknown fields are refused, absent ones are left out."""


class Group(_Form, frozen=True):
    """One meeting: digests of its keys, what the sender's records tell, whether the threshold is crossed."""

    keys: Annotated[list[_Id], msgspec.Meta(min_length=1, max_length=MOST_KEYS)]
    value: _Step | None = None
    mass: _Step | None = None
    chapters: Annotated[list[_Chapter], msgspec.Meta(max_length=99)] = []
    crossed: bool | None = None

    @property
    def buckets(self) -> Buckets:
        """Return what the group tells."""
        return Buckets(self.value, self.mass, tuple(self.chapters))


class Step(_Form, frozen=True, kw_only=True):
    """One part of a step. An offer says the period, whose records the asker's are, and its threshold."""

    run_id: _Id
    step: Literal["offer", "answer", "meetings", "results", "refused"]
    part: _Part = 1
    parts: _Part = 1
    side: Literal["import", "export"] | None = None
    from_day: date | None = None
    to_day: date | None = None
    value_steps: _Steps | None = None
    mass_steps: _Steps | None = None
    points: _Points = ""
    doubled: _Points = ""
    groups: Annotated[list[Group], msgspec.Meta(max_length=MOST_GROUPS)] = []
    ground: _Ground | None = None

    @property
    def threshold(self) -> Threshold:
        """Return the offer's threshold."""
        return Threshold(self.value_steps or 1, self.mass_steps or 1)


def read_step(payload: dict[str, Any]) -> Step:
    """Return a part of a step.

    Raises:
        PrivateMatchInvalid: the payload is not of the form, or says what does not belong to its step.
    """
    try:
        step = msgspec.convert(payload, Step)
    except msgspec.ValidationError as error:
        raise PrivateMatchInvalid from error
    if step.part > step.parts or not _is_complete(step):
        raise PrivateMatchInvalid
    return step


def write_step(step: Step) -> dict[str, Any]:
    """Return the payload of a part of a step.

    Raises:
        PrivateMatchInvalid: it holds what a partner would refuse.
    """
    payload: dict[str, Any] = msgspec.to_builtins(step)
    read_step(payload)
    return payload


def pack(points: Sequence[bytes]) -> str:
    """Return points as one text."""
    return base64.urlsafe_b64encode(b"".join(points)).decode("ascii")


def unpack(text: str) -> list[bytes]:
    """Return the points of a text.

    Raises:
        PrivateMatchInvalid: it is no whole number of points.
    """
    try:
        content = base64.urlsafe_b64decode(text)
    except (binascii.Error, ValueError) as error:
        raise PrivateMatchInvalid from error
    if len(content) % POINT_BYTES:
        raise PrivateMatchInvalid
    return [content[at : at + POINT_BYTES] for at in range(0, len(content), POINT_BYTES)]


def parts_of(length: int, most: int) -> Iterator[tuple[int, int, slice]]:
    """Give number, count and slice of the parts that `length` things take, at least one part.

    Raises:
        PrivateMatchInvalid: more parts than a step can have.
    """
    count = max(1, -(-length // most))
    if count > MOST_PARTS:
        raise PrivateMatchInvalid("too much for one run: choose a shorter period")
    for number in range(count):
        yield number + 1, count, slice(number * most, (number + 1) * most)


def _is_complete(step: Step) -> bool:
    has = {
        "offer": step.side is not None and step.from_day is not None and step.to_day is not None,
        "answer": bool(step.doubled) or bool(step.points),
        "meetings": True,
        "results": True,
        "refused": step.ground is not None,
    }
    alien = {
        "offer": bool(step.doubled or step.groups or step.ground) or not step.points,
        "answer": bool(step.groups or step.ground or step.side),
        "meetings": bool(step.points or step.doubled or step.ground or step.side),
        "results": bool(step.points or step.doubled or step.ground or step.side),
        "refused": bool(step.points or step.doubled or step.groups or step.side),
    }
    return has[step.step] and not alien[step.step]
