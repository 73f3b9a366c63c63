"""Does any input make the reader of canonical records raise?"""

from __future__ import annotations

from comity.features.declarations.formats.record_json.read import read_record_json
from comity.features.declarations.reading import DEFAULT_LIMITS


def one_input(data: bytes) -> None:
    """Read the bytes; a reader gives findings, whatever they are."""
    for _ in read_record_json(data, limits=DEFAULT_LIMITS, findings=[]):
        pass
