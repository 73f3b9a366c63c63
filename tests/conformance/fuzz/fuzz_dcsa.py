"""Does any input make the reader of DCSA messages raise?"""

from __future__ import annotations

from comity.features.declarations.formats.dcsa.read import read_dcsa
from comity.features.declarations.reading import DEFAULT_LIMITS


def one_input(data: bytes) -> None:
    """Read the bytes; a reader gives findings, whatever they are."""
    for _ in read_dcsa(data, limits=DEFAULT_LIMITS):
        pass
