"""Does any input make the reader of EDIFACT raise?"""

from __future__ import annotations

from comity.features.declarations.formats.edifact.read import read_edifact
from comity.features.declarations.reading import DEFAULT_LIMITS
from tests.builders.edifact import ALL, interchange

GOOD = [interchange(message) for message in ALL]


def one_input(data: bytes) -> None:
    """Read the bytes as they are, and put into a good interchange at a place that their beginning chooses."""
    for _ in read_edifact(data, limits=DEFAULT_LIMITS):
        pass
    if len(data) > 4:
        good = GOOD[data[0] % len(GOOD)]
        start = int.from_bytes(data[1:3], "big") % len(good)
        for _ in read_edifact(good[:start] + data[4:] + good[start + data[3] :], limits=DEFAULT_LIMITS):
            pass
