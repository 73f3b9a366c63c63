"""What is written beside each row of a table that was checked: its faults in words, in one language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from comity.features.declarations.formats.tabular.cells import Cell, text_of
from comity.features.declarations.formats.tabular.words import LANGUAGES, Words, alike, words_of
from comity.features.declarations.reading import Reading
from comity.foundation.errors import Finding, Severity

_PLACE = re.compile(r"(?:sheet (?P<sheet>.*?), )?(?:row (?P<row>[0-9]+)(?:, )?)?(?:column (?P<column>[a-z_0-9]+))?")


@dataclass(frozen=True, slots=True)
class Remarks:
    """The remarks on a file: by sheet (empty in a text file) and row; `header` on what concerns no row."""

    title: str
    rows: dict[tuple[str, int], list[str]] = field(default_factory=dict)
    header: list[str] = field(default_factory=list)

    def at(self, sheet: str, row: int) -> str:
        """Return the remark on a row; empty where nothing is wrong."""
        return "; ".join(self.rows.get((sheet, row), ()))

    def heading(self) -> str:
        """Return the header of the column: it begins with `#`, so that the column is not read."""
        return f"# {self.title}" + (f": {'; '.join(self.header)}" if self.header else "")


def remarks_on(reading: Reading, *, language: str) -> Remarks:
    """Return the remarks on what was read, errors before warnings."""
    words = words_of(language)
    found = Remarks(words.sheets["remark"])
    findings = [*reading.findings, *(one for document in reading.documents for one in document.findings)]
    for finding in sorted(findings, key=lambda one: one.severity is Severity.WARNING):
        match = _PLACE.fullmatch(finding.path)
        column = match and match["column"]
        text = _said(finding, words)
        if column:
            text = f"{_label(column, words)}: {text}"
        if match and match["row"]:
            said = found.rows.setdefault((match["sheet"] or "", int(match["row"])), [])
        elif finding.severity is Severity.WARNING:
            continue  # how the file was read: nothing to correct
        else:
            said = found.header
        if text not in said:
            said.append(text)
    return found


def remark_column(cells: Sequence[Cell]) -> int | None:
    """Return the position of a column of remarks that an earlier check has written into a header, or None."""
    titles = tuple(alike(f"# {words_of(language).sheets['remark']}") for language in LANGUAGES)
    return next((place for place, cell in enumerate(cells) if alike(text_of(cell)).startswith(titles)), None)


def _said(finding: Finding, words: Words) -> str:
    """Return a finding in the language; English has the message itself, which says more."""
    if not words.remarks:
        return finding.message
    code = finding.code.removeprefix("declarations.")
    return words.remarks.get(code) or f"{words.remarks['other']} ({code})"


def _label(column: str, words: Words) -> str:
    try:
        return words.label_of(column)
    except KeyError:
        return column
