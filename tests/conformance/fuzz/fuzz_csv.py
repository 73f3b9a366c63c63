"""Does any input make the reader of tables in text raise?"""

from __future__ import annotations

from comity.features.declarations.formats.tabular.read import read_csv
from comity.features.declarations.reading import DEFAULT_LIMITS


def one_input(data: bytes) -> None:
    """Read the bytes; a reader gives findings, whatever they are."""
    for _ in read_csv(data, limits=DEFAULT_LIMITS, findings=[]):
        pass
