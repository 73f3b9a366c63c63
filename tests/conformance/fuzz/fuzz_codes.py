"""Does any input make the reader of code lists raise, plain or packed?"""

from __future__ import annotations

import gzip

from comity.features.codes.files.read import read_code_lists


def one_input(data: bytes) -> None:
    """Read the bytes as they are and packed; a reader gives findings, whatever they are."""
    read_code_lists("list.csv", data)
    read_code_lists("list.gz", gzip.compress(data, 1))
