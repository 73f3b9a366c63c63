"""Does any input make the reader of WCO XML raise?"""

from __future__ import annotations

from comity.features.declarations.formats.wco_xml.read import read_wco_xml
from comity.features.declarations.reading import DEFAULT_LIMITS


def one_input(data: bytes) -> None:
    """Read the bytes; a reader gives findings, whatever they are."""
    for _ in read_wco_xml(data, limits=DEFAULT_LIMITS):
        pass
