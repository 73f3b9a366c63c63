"""How is data treated that comes from several sources? As the most restrictive of them asks; nothing is downgraded."""

from __future__ import annotations

from collections.abc import Iterable

from comity.cooperation.agreements.agreement import Marking

_RANK = {marking: rank for rank, marking in enumerate(Marking)}  # the most open first


def read_marking(text: object) -> Marking:
    """Return the marking that a text names; a missing or unknown one means the most restrictive."""
    return next((marking for marking in Marking if marking.value == text), Marking.CONFIDENTIAL)


def merged(markings: Iterable[Marking]) -> Marking:
    """Return the most restrictive of some markings; of none, the most restrictive there is."""
    return max(markings, key=_RANK.__getitem__, default=Marking.CONFIDENTIAL)
