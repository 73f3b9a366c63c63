"""Does any input make the reader of transit messages raise, in XML or JSON?"""

from __future__ import annotations

from comity.features.declarations.formats.ncts_xml.read import read_ncts
from comity.features.declarations.reading import DEFAULT_LIMITS


def one_input(data: bytes) -> None:
    """Read the bytes; a reader gives findings, whatever they are."""
    for _ in read_ncts(data, limits=DEFAULT_LIMITS):
        pass
