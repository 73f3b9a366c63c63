"""Does any input make the reader of entry summary declarations raise?"""

from __future__ import annotations

from comity.features.declarations.formats.ens_xml.read import is_ens_xml, read_ens_xml
from comity.features.declarations.reading import DEFAULT_LIMITS


def one_input(data: bytes) -> None:
    """Read the bytes; a reader gives findings, whatever they are."""
    is_ens_xml(data[:4096])
    for _ in read_ens_xml(data, limits=DEFAULT_LIMITS):
        pass
