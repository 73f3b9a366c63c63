"""What a message of an interchange is: its identifier, its segments, and how a value in a segment is reached."""

from __future__ import annotations

from dataclasses import dataclass, field

from comity.features.declarations.formats.edifact.separators import Separators
from comity.foundation.errors import Finding

Segment = list[str]
"""The elements of a segment, the tag first; components within an element are not yet apart."""


@dataclass(frozen=True, slots=True)
class Interchange:
    """What UNB says: who sent it to whom and when, its control reference, and how it is to be read."""

    syntax_identifier: str = ""
    syntax_version: str = ""
    sender: str = ""
    recipient: str = ""
    prepared: str = ""
    reference: str = ""
    is_test: bool = False


@dataclass(slots=True)
class Message:
    """One message, UNH to UNT. `number` counts messages of the file.

    `type`, `version`, `release` and `association` are the message identifier S009 (BAPLIE, D, 95B, SMDG20). `skipped`
    counts segments that were not kept, because the message is too large.
    """

    number: int
    interchange: Interchange
    separators: Separators
    reference: str = ""
    type: str = ""
    version: str = ""
    release: str = ""
    agency: str = ""
    association: str = ""
    segments: list[Segment] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    skipped: int = 0

    def place(self, index: int, tag: str = "") -> str:
        """Return how the place of its segment `index` (from 0) is named; segments are counted as UNT counts them."""
        tag = tag or (self.segments[index][0] if index < len(self.segments) else "")
        return f"message {self.number}, segment {self.skipped + index + 1}{f' ({tag})' if tag else ''}"


def part(segment: Segment, element: int, component: int, separators: Separators) -> str:
    """Return one component, released and without outer blanks; empty where it is absent. Elements count from 1."""
    if element >= len(segment):
        return ""
    text = segment[element]
    if component or separators.component in text:
        parts = text.split(separators.component, component + 1)
        if component >= len(parts):
            return ""
        text = parts[component]
    return separators.restored(text).strip()


def components(segment: Segment, separators: Separators) -> list[list[str]]:
    """Return the components of every element, released."""
    separator = separators.component
    apart = [element.split(separator) if separator in element else [element] for element in segment]
    if "".join(segment).isprintable():
        return apart
    return [[separators.restored(one) for one in element] for element in apart]
