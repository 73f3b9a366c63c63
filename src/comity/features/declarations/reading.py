"""What reading a file gives: its format, its documents good and bad, and what could not be attributed to one."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from comity.foundation.errors import Finding, Severity
from comity.foundation.trade.declaration import Declaration
from comity.foundation.trade.trade_document import TradeDocument


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """One document of a file. `document` is None when any finding is an error: nothing of it is returned.

    `position` counts from 1 within the file. `content_sha256` is the hash of the file's bytes when it holds one
    document, else of the document's own canonical bytes, so that the same document is recognised in another file.
    """

    document: TradeDocument | None
    findings: tuple[Finding, ...]
    position: int
    content_sha256: str

    @property
    def declaration(self) -> Declaration | None:
        """Return the document where it is a declaration, else None."""
        return self.document if isinstance(self.document, Declaration) else None


@dataclass(frozen=True, slots=True)
class Reading:
    """A file read: `format` is the name of a format or `unknown`; `findings` are those of the file itself."""

    format: str
    documents: tuple[ReadDocument, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class FileSource:
    """A file that is read in parts, as often as needed; `on_read` is told how many bytes each part had."""

    path: Path
    on_read: Callable[[int], None] | None = None

    @property
    def size(self) -> int:
        """Return the number of bytes the file has now."""
        return self.path.stat().st_size

    def open(self) -> BinaryIO:
        """Return the file, opened for reading bytes.

        Raises:
            OSError: it cannot be opened.
        """
        if self.on_read is None:
            return self.path.open("rb")
        return io.BufferedReader(_Counted(self.path, self.on_read), 2**20)


class _Counted(io.FileIO):
    """A file that tells how many bytes were read from it."""

    def __init__(self, path: Path, on_read: Callable[[int], None]) -> None:
        super().__init__(path)
        self._on_read = on_read

    def readinto(self, buffer: Any) -> int | None:
        """Read into a buffer, and tell how much."""
        number = super().readinto(buffer)
        self._on_read(number or 0)
        return number


class Limits(NamedTuple):
    """How much of a file is looked at. Every limit is a guess above the largest document known; revisit with use.

    The WCO Data Model allows 999 items; one of CDS with comments takes about 20 kB, so 999 items stay under 16 MiB.
    """

    max_file_bytes: int = 64 * 2**20
    max_document_bytes: int = 16 * 2**20
    max_elements: int = 250_000
    max_documents: int = 20_000
    max_rows: int = 200_000
    max_findings: int = 500


DEFAULT_LIMITS = Limits()


def capped(findings: list[Finding], limit: int) -> tuple[Finding, ...]:
    """Return at most `limit` findings, errors before warnings where some must go, and say so."""
    if len(findings) <= limit:
        return tuple(findings)
    kept = sorted(findings, key=lambda finding: finding.severity is Severity.WARNING)[:limit]
    message = f"More than {limit} faults and remarks: the rest is not listed. Correct these and check again."
    return (*kept, Finding("declarations.too-many-findings", "/", message, kept[0].severity))


def is_refused(findings: tuple[Finding, ...] | list[Finding]) -> bool:
    """Claim that one of the findings is an error, so that nothing of the document may be used."""
    return any(finding.severity is Severity.ERROR for finding in findings)
