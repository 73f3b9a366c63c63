"""How segments become an interchange: release characters, counts and references (ISO 9735-1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from comity.features.declarations.formats.edifact.character_sets import codec_of
from comity.features.declarations.formats.edifact.message import Interchange
from comity.features.declarations.formats.edifact.separators import LEVEL_A, Separators

Element = str | Sequence[str]
"""An element: its text, or its components."""

Written = Sequence[Element]
"""A segment: the tag first."""


@dataclass(frozen=True, slots=True)
class WrittenMessage:
    """A message to be written: its identifier (`CUSRES:D:96B:UN`) and its segments without UNH and UNT."""

    identifier: str
    segments: Sequence[Written]
    reference: str = "1"


def write_interchange(
    header: Interchange, messages: Sequence[WrittenMessage], *, separators: Separators = LEVEL_A
) -> bytes:
    """Return the bytes of an interchange of messages, each counted; the UNA comes where it is needed.

    Raises:
        UnicodeEncodeError: a text has characters the header's character set has not.
    """
    separators = separators.for_version(header.syntax_version)
    reference = header.reference or "1"
    day, time = header.prepared[:-4], header.prepared[-4:]
    syntax = (header.syntax_identifier, header.syntax_version)
    lines: list[Written] = [("UNB", syntax, header.sender, header.recipient, (day, time), reference)]
    if header.is_test:
        lines[0] = (*lines[0], "", "", "", "", "", "1")
    for message in messages:
        lines.append(("UNH", message.reference, message.identifier.split(":")))
        lines += message.segments
        lines.append(("UNT", str(len(message.segments) + 2), message.reference))
    lines.append(("UNZ", str(len(messages)), reference))
    advice = "" if separators == LEVEL_A.for_version(header.syntax_version) else separators.service_string()
    text = advice + "".join(segment_text(line, separators) for line in lines)
    return text.encode(codec_of(header.syntax_identifier) or "ascii")


def segment_text(segment: Written, separators: Separators) -> str:
    """Return a segment with its terminator; empty elements and components at an end are left out.

    Raises:
        ValueError: a text holds a service character and there is no release character.
    """
    elements = [
        _released(element, separators)
        if isinstance(element, str)
        else _trimmed([_released(one, separators) for one in element], separators.component)
        for element in segment
    ]
    return _trimmed(elements, separators.element) + separators.terminator


def _trimmed(texts: list[str], separator: str) -> str:
    while texts and not texts[-1]:
        texts.pop()
    return separator.join(texts)


def _released(text: str, separators: Separators) -> str:
    for character in filter(None, separators.syntactic):
        if character in text:
            if not separators.release:
                raise ValueError("a service character cannot be written without a release character")
            text = text.replace(character, separators.release + character)
    return text
