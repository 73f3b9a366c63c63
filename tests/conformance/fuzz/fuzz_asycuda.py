"""Does any input make the reader of ASYCUDA World exports raise?"""

from __future__ import annotations

from comity.features.declarations.formats.asycuda_sad.read import read_asycuda
from comity.features.declarations.reading import DEFAULT_LIMITS


def one_input(data: bytes) -> None:
    """Read the bytes; a reader gives findings, whatever they are."""
    for _ in read_asycuda(data, limits=DEFAULT_LIMITS):
        pass
