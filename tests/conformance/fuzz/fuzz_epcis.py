"""Does any input make the readers of EPCIS raise, in JSON or XML?"""

from __future__ import annotations

from comity.features.declarations.formats.epcis.read import read_epcis_json, read_epcis_xml
from comity.features.declarations.reading import DEFAULT_LIMITS


def one_input(data: bytes) -> None:
    """Read the bytes in both syntaxes; a reader gives findings, whatever they are."""
    for read in (read_epcis_json, read_epcis_xml):
        for _ in read(data, limits=DEFAULT_LIMITS):
            pass
