"""Whether a reference came before, for millions of them: a table of hashes with eight bytes a place.

A set of Python would take eight times as much. Two texts have one hash of 64 bits once in 10⁵ files of ten million.
"""

from __future__ import annotations

from array import array


class Seen:
    """The references that came so far, by hash; open addressing with linear probing, at most two thirds full."""

    def __init__(self) -> None:
        self._places = array("q", bytes(8 * 1024))
        self._number = 0

    def add(self, reference: str) -> bool:
        """Add a reference; claim that it was not there."""
        if 3 * self._number > 2 * len(self._places):
            self._grow()
        is_new = _put(self._places, hash(reference) or 1)
        self._number += is_new
        return is_new

    def _grow(self) -> None:
        places = array("q", bytes(16 * len(self._places)))
        for digest in self._places:
            if digest:
                _put(places, digest)
        self._places = places


def _put(places: array[int], digest: int) -> bool:
    last = len(places) - 1
    place = digest & last
    while places[place]:
        if places[place] == digest:
            return False
        place = (place + 1) & last
    places[place] = digest
    return True
