"""What a published file gives: lists of codes with their validity, correlations of editions, and what was wrong.

Dates are days, both ends included; an absent first day means that the file does not say since when.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

import msgspec

from comity.foundation.errors import Finding, Severity

_encoder = msgspec.json.Encoder(order="deterministic")

MAX_CODE = 70
MAX_NAME = 4_000
MAX_SEARCHED = 300


class CodeLimits(NamedTuple):
    """How much of a file of codes is looked at.

    Guesses above the largest list known (UN/LOCODE, 116,000 rows, 9 MB); revisit when one comes that is larger.
    """

    max_file_bytes: int = 64 * 2**20
    max_unpacked_bytes: int = 96 * 2**20
    max_members: int = 200
    max_entries: int = 1_000_000
    max_columns: int = 256
    max_cells: int = 5_000_000
    max_findings: int = 500


DEFAULT_LIMITS = CodeLimits()


class CodeEntry(NamedTuple):
    """One code of a list with its name and the days it is valid on; `attributes` is what else the file says of it."""

    code: str
    name: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    attributes: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class PublishedList:
    """A list as a file gives it. `published` is the day the file says it is of, where it says one."""

    name: str
    entries: tuple[CodeEntry, ...]
    published: date | None = None


@dataclass(frozen=True, slots=True)
class PublishedCorrelation:
    """Which code of the earlier HS edition became which of the later: pairs of six digits."""

    earlier: str
    later: str
    pairs: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Published:
    """All that one file holds; findings are bounded, and what they name is left out while the rest goes on."""

    lists: list[PublishedList] = field(default_factory=list)
    correlations: list[PublishedCorrelation] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


class Remarks:
    """Collects what is wrong with the rows of one file, up to a limit; the last then tells how many more."""

    __slots__ = ("_found", "_left_out", "_limit")

    def __init__(self, limit: int) -> None:
        self._found: list[Finding] = []
        self._left_out = 0
        self._limit = limit

    def error(self, code: str, path: str, message: str) -> None:
        """Note an error: what it names is not taken in. `code` is without its prefix `codes.`."""
        self._add(Finding(f"codes.{code}", path, message))

    def warning(self, code: str, path: str, message: str) -> None:
        """Note what should be looked at. `code` is without its prefix `codes.`."""
        self._add(Finding(f"codes.{code}", path, message, Severity.WARNING))

    def _add(self, finding: Finding) -> None:
        if len(self._found) < self._limit:
            self._found.append(finding)
        else:
            self._left_out += 1

    @property
    def findings(self) -> list[Finding]:
        """Return what was noted."""
        if not self._left_out:
            return self._found
        message = f"{self._left_out} further faults are not listed. Correct these and import again."
        return [*self._found, Finding("codes.too-many-findings", "/", message, Severity.WARNING)]


def searched_form(*texts: str) -> str:
    """Return what a search looks through: without accents and capitals, so that `sao` finds `São`."""
    text = " ".join(text for text in texts if text)[: 2 * MAX_SEARCHED]
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(one for one in plain if not unicodedata.combining(one))[:MAX_SEARCHED]


def content_hash(entries: tuple[CodeEntry, ...]) -> str:
    """Return the hash of a list's content, whatever the order of its rows or the layout of its file."""
    ordered = sorted(entries, key=lambda one: (one.code, str(one.valid_from)))
    return hashlib.sha256(_encoder.encode(ordered)).hexdigest()


def correlation_hash(pairs: tuple[tuple[str, str], ...]) -> str:
    """Return the hash of a correlation's pairs, whatever their order."""
    text = "\n".join(f"{earlier} {later}" for earlier, later in sorted(pairs))
    return hashlib.sha256(text.encode()).hexdigest()
