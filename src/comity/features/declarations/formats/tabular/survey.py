"""What must be known of a whole table before its first row is read: its notation, and which rows stand apart.

One pass over the rows; what it keeps does not grow with them, but for eight bytes a document.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from comity.features.declarations.formats.tabular.cells import text_of
from comity.features.declarations.formats.tabular.column import Form
from comity.features.declarations.formats.tabular.header import Header
from comity.features.declarations.formats.tabular.notation import Evidence, Notation
from comity.features.declarations.formats.tabular.table import Chunk, TableCut
from comity.foundation.errors import Finding

_BUCKETS = 64


@dataclass(frozen=True, slots=True)
class Survey:
    """What one pass has shown: the notation, the references (by hash) that stand in several places, and faults."""

    notation: Notation
    scattered: frozenset[int]
    rows: int
    findings: tuple[Finding, ...]


def survey(header: Header, chunks: Iterator[Chunk]) -> Survey:
    """Look at every row once."""
    evidence = Evidence()
    runs = _Runs()
    places = header.positions()
    columns = {column.name: column.form for column in header.columns if column is not None}
    numbers = {name: places[name] for name, form in columns.items() if form is Form.NUMBER}
    dates = {name: places[name] for name, form in columns.items() if form in (Form.INSTANT, Form.DAY)}
    key = places[header.kind.key]
    is_english = header.language == "en"
    rows = 0
    for chunk in _until_cut(chunks):
        rows += len(chunk.numbers)
        by_column = chunk.columns
        runs.see(by_column[key])
        for name, place in numbers.items():
            texts = _texts(by_column[place])
            joined = "\n".join(texts)
            if not is_english or "," in joined or not joined.isascii():
                evidence.see_numbers(name, texts)
        for name, place in dates.items():
            evidence.see_dates(name, set(_texts(by_column[place])))
    notation, findings = evidence.decide(is_english=is_english)
    return Survey(notation, runs.scattered(), rows, tuple(findings))


def _until_cut(chunks: Iterator[Chunk]) -> Iterator[Chunk]:
    """Yield the chunks; where the file is cut off is told when its documents are read."""
    with suppress(TableCut):
        yield from chunks


def _texts(cells: tuple[object, ...]) -> list[str]:
    return [cell for cell in cells if type(cell) is str]


class _Runs:
    """Whether the rows of a reference stand together, told from the hash of the reference that begins each run."""

    def __init__(self) -> None:
        self._begun = [array("q") for _ in range(_BUCKETS)]
        self._last: object = None

    def see(self, references: tuple[object, ...]) -> None:
        last = self._last
        begun = self._begun
        for reference in references:
            if reference != last:
                last = reference
                digest = hash(text_of(reference))  # type: ignore[arg-type]  # cells are of the types text_of takes
                begun[digest % _BUCKETS].append(digest)
        self._last = last

    def scattered(self) -> frozenset[int]:
        """Return the hashes that began more than one run: equal references, or (once in 10⁸ files) unequal ones."""
        found: set[int] = set()
        for bucket in self._begun:
            if len(set(bucket)) < len(bucket):
                seen: set[int] = set()
                for digest in bucket:
                    (found if digest in seen else seen).add(digest)
        return frozenset(found)
