"""Which characters separate in an interchange: the service string advice UNA, or the defaults (ISO 9735-1, 6 and 8)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from comity.foundation.errors import Finding


@dataclass(frozen=True, slots=True)
class Separators:
    """The service characters of one interchange; `release` and `repetition` are empty where there are none."""

    component: str = ":"
    element: str = "+"
    decimal: str = "."
    release: str = "?"
    repetition: str = "*"
    terminator: str = "'"

    def __post_init__(self) -> None:
        used = [one for one in self.syntactic if one]
        if len(set(used)) != len(used) or any(not one.isascii() or one.isalnum() or one in STAND_INS for one in used):
            raise ValueError("service characters must differ and be no letters or digits")

    @property
    def syntactic(self) -> tuple[str, ...]:
        """Return release, component, element, repetition and terminator, in the order of their stand-ins."""
        return (self.release, self.component, self.element, self.repetition, self.terminator)

    def for_version(self, syntax_version: str) -> Separators:
        """Return these as that syntax version uses them: only version 4 repeats elements."""
        return self if syntax_version[:1] >= "4" else replace(self, repetition="")

    def restored(self, text: str) -> str:
        """Return a token's text with released characters in the place of their stand-ins."""
        if text.isprintable():
            return text
        return text.translate({ord(one): released for one, released in zip(STAND_INS, self.syntactic, strict=True)})

    def service_string(self) -> str:
        """Return the service string advice, nine characters."""
        return f"UNA{self.component}{self.element}{self.decimal}{self.release or ' '}{self.repetition or ' '}" + (
            self.terminator
        )


STAND_INS = "\x01\x02\x03\x04\x05"
"""What stands for a released character between tokenising and use; control characters never reach the tokens."""

LEVEL_A = Separators()
LEVEL_B = Separators(component="\x1f", element="\x1d", release="", repetition="", terminator="\x1c")
"""ISO 9735:1988, 4: level B separates by information separators where no UNA says otherwise."""

SERVICE_STRING_BYTES = 9

_FIRST_SEGMENT = re.compile(rb"UN[BGH]\+[^\r\n]{0,600}?(.)([\r\n]*) *(?:UN[GH]|BGM)\+", re.DOTALL)


def separators_at(head: bytes) -> tuple[Separators, int] | Finding:
    """Return the separators an interchange beginning with `head` uses and how many bytes its UNA takes (0 or 9).

    Without UNA they are the defaults; where another character stands before the first group or message, that is the
    terminator, as of senders that write `"` or a line for each segment.
    """
    if not head.startswith(b"UNA"):
        return (LEVEL_B if head[3:4] == b"\x1d" else _with_terminator_of(head)), 0
    advice = head[3:SERVICE_STRING_BYTES].decode("latin-1")
    try:
        component, element, decimal, release, repetition, terminator = tuple(advice)
        told = Separators(component, element, decimal, release.strip(" "), repetition.strip(" "), terminator)
    except ValueError:
        return Finding(
            "declarations.edifact-service-string",
            "segment 1 (UNA)",
            "Expected six different service characters after UNA, none of them a letter or digit. Correct the UNA.",
        )
    return told, SERVICE_STRING_BYTES


def _with_terminator_of(head: bytes) -> Separators:
    found = _FIRST_SEGMENT.match(head)
    if found is None or found[1] == b"'":
        return LEVEL_A
    terminator = found[1].decode("latin-1")
    if terminator.isalnum() and found[2]:
        terminator = "\n" if b"\n" in found[2] else "\r"
    try:
        return replace(LEVEL_A, terminator=terminator)
    except ValueError:
        return LEVEL_A
