"""Which messages an interchange holds, and whether its envelopes agree with what is in them (ISO 9735-1, 9 to 11).

UNB…UNZ around UNG…UNE around UNH…UNT. Wrong counts and references are warnings, because every message is there to be
read; a broken structure is an error at the segment's position.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from comity.features.declarations.formats.edifact.character_sets import codec_of
from comity.features.declarations.formats.edifact.message import Interchange, Message, Segment, part
from comity.features.declarations.formats.edifact.segments import Block, blocks
from comity.features.declarations.formats.edifact.separators import LEVEL_A, Separators
from comity.features.declarations.reading import Limits
from comity.foundation.errors import Finding, Severity

_TAG = re.compile(r"[A-Z][A-Z0-9]{2}")
_SECURITY = re.compile("US[A-FHLRTXY]")
"""Segments of security around and in messages (ISO 9735-5): nothing of a message, and nothing is verified by them."""

_NUMBER = re.compile(r"[0-9]{1,9}")


def messages(chunks: Iterable[bytes], *, limits: Limits) -> Iterator[Message | Finding]:
    """Yield the messages of every interchange in the bytes, each with its findings; last, what belongs to none."""
    reader = _Envelopes(limits)
    for block in blocks(chunks):
        if isinstance(block, Finding):
            reader.note_finding(block)
            break
        yield from reader.read(block)
    yield from reader.end()


class _Envelopes:
    """Follows the envelopes segment by segment; only segments that open or close one, or are wrong, cost a call."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._interchange: Interchange | None = None
        self._separators: Separators = LEVEL_A
        self._group: str | None = None
        self._open: Message | None = None
        self._closed: Message | None = None
        self._loose: list[Finding] = []
        self._plain: set[str] = set()
        self._block = Block([], LEVEL_A)
        self._tag = ""
        self._is_cut = False
        self._size = 0
        self._passed = 0
        self._messages = 0
        self._in_interchange = 0
        self._in_group = 0
        self._groups = 0
        self._services: dict[str, Callable[[Segment], Iterator[Message]]] = {
            "UNB": self._unb,
            "UNG": self._ung,
            "UNH": self._unh,
            "UNT": self._unt,
            "UNE": self._une,
            "UNZ": self._unz,
        }

    def read(self, block: Block) -> Iterator[Message]:
        """Take in a block; yield the messages that are complete, with all that is known about them."""
        self._separators, self._block = block.separators, block
        self._note_characters()
        separator, plain = block.separators.element, self._plain
        elsewhere: list[Segment] = []
        kept = self._open.segments if self._open else elsewhere
        for text in block.texts:
            segment = text.split(separator)
            if segment[0] in plain and kept is not elsewhere:
                kept.append(segment)
            else:
                yield from self._unusual(segment)
                kept = self._open.segments if self._open else elsewhere
        if block.rest:
            self._cut_off()
        self._bound(block)

    def _unusual(self, segment: Segment) -> Iterator[Message]:
        segment[0] = segment[0].lstrip(" ")
        self._tag = tag = segment[0].split(self._separators.component)[0]
        if tag in self._services:
            yield from self._services[tag](segment)
        elif segment == [""]:
            return
        elif _SECURITY.fullmatch(tag):
            self._pass_over(segment)
        elif not _TAG.fullmatch(tag):
            self._tag = ""
            self._error("segment-tag", "Expected a segment tag of three capitals; other text came.", _RELEASE_ADVICE)
            self._pass_over(["???"])
        elif tag in ("UIB", "UIH", "UIT", "UIZ"):
            if tag == "UIB":
                self._error("interactive", "Expected batch EDIFACT; an interactive interchange (UIB) came.", "")
            self._pass_over(segment)
        elif self._open is None:
            self._error(
                "segment-outside-message", f"Expected UNH before {tag}: the segment is outside of any message.", ""
            )
            self._passed += 1
        else:
            if tag == segment[0]:
                self._plain.add(tag)
            segment[0] = tag
            self._open.segments.append(segment)

    def _pass_over(self, segment: Segment) -> None:
        if self._open is None:
            self._passed += 1
        else:
            self._open.segments.append(segment)

    def _unb(self, segment: Segment) -> Iterator[Message]:
        yield from self._close_interchange()
        self._tag = "UNB"
        self._passed, self._in_interchange, self._groups = 0, 0, 0
        if self._block.is_inferred:
            self._warn("service-string-missing", "Expected UNA, because the service characters are not the defaults.")
        part = self._part
        syntax = part(segment, 1, 0)
        if codec_of(syntax) is None:
            self._warn("character-set-unknown", "Expected a syntax identifier UNOA to UNOY; read as ISO 8859-1.")
        if part(segment, 11, 0) == "1":
            self._warn("test", "The sender marked the interchange as a test (0035): nothing in it is meant to count.")
        self._passed = 1
        self._interchange = Interchange(
            syntax_identifier=syntax,
            syntax_version=part(segment, 1, 1),
            sender=part(segment, 2, 0),
            recipient=part(segment, 3, 0),
            prepared=part(segment, 4, 0) + part(segment, 4, 1),
            reference=part(segment, 5, 0),
            is_test=part(segment, 11, 0) == "1",
        )

    def _ung(self, segment: Segment) -> Iterator[Message]:
        yield from self._close_message()
        self._passed += 1
        self._groups += 1
        self._group, self._in_group = self._part(segment, 5, 0), 0

    def _unh(self, segment: Segment) -> Iterator[Message]:
        yield from self._close_message()
        if self._interchange is None:
            self._warn("interchange-header-missing", "Expected UNB before the first message; sender and time are lost.")
            self._interchange = Interchange()
        self._messages += 1
        self._in_interchange += 1
        self._in_group += 1
        part = self._part
        self._size = 0
        self._open = Message(
            number=self._messages,
            interchange=self._interchange,
            separators=self._separators,
            reference=part(segment, 1, 0),
            type=part(segment, 2, 0),
            version=part(segment, 2, 1),
            release=part(segment, 2, 2),
            agency=part(segment, 2, 3),
            association=part(segment, 2, 4),
            segments=[segment],
            findings=self._loose,
        )
        self._loose = []
        self._note_characters()

    def _unt(self, segment: Segment) -> Iterator[Message]:
        message = self._open
        if message is None:
            self._error(
                "segment-outside-message", "Expected UNH before UNT: the segment is outside of any message.", ""
            )
            self._passed += 1
            return
        self._compare(segment, "message-count", message.skipped + len(message.segments) + 1, "segments of the message")
        if self._part(segment, 2, 0) != message.reference:
            self._warn("message-reference", "Expected in UNT the reference of the message's UNH; another came.")
        message.segments.append(segment)
        self._passed += message.skipped + len(message.segments)
        self._open, self._closed = None, message
        yield from ()

    def _une(self, segment: Segment) -> Iterator[Message]:
        yield from self._close_message(keep=True)
        if self._group is None:
            self._error("group", "Expected UNG before UNE: no group is open.", "")
            self._passed += 1
            return
        self._compare(segment, "group-count", self._in_group, "messages of the group")
        if self._part(segment, 2, 0) != self._group:
            self._warn("group-reference", "Expected in UNE the reference of the group's UNG; another came.")
        self._group = None
        self._passed += 1

    def _unz(self, segment: Segment) -> Iterator[Message]:
        yield from self._close_message(keep=True)
        if self._interchange is None:
            self._error("interchange-trailer", "Expected UNB before UNZ: no interchange is open.", "")
            self._passed += 1
            return
        count, what = (self._groups, "groups") if self._groups else (self._in_interchange, "messages")
        self._compare(segment, "interchange-count", count, f"{what} of the interchange")
        if self._interchange.reference and self._part(segment, 2, 0) != self._interchange.reference:
            self._warn("interchange-reference", "Expected in UNZ the reference of UNB; another came.")
        if not self._in_interchange:
            self._error("no-message", "Expected at least one message in the interchange; none came.", "")
        self._interchange = None
        self._passed += 1

    def _close_message(self, *, keep: bool = False) -> Iterator[Message]:
        """End what is open, in whatever state; `keep` the closed message where more may still be said about it."""
        if self._open is not None:
            if not self._is_cut:
                self._error(
                    "message-cut", "Expected UNT at the message's end; it does not come.", "Send the interchange again."
                )
            self._passed += self._open.skipped + len(self._open.segments)
            if self._closed is not None:
                yield self._closed
            self._open, self._closed = None, self._open
        if self._closed is not None and not keep:
            yield self._closed
            self._closed = None

    def _close_interchange(self) -> Iterator[Message]:
        is_told = self._open is not None or self._is_cut
        yield from self._close_message(keep=True)
        self._is_cut, self._tag = False, ""
        if self._interchange is not None and self._interchange != Interchange() and not is_told:
            self._error(
                "interchange-cut",
                "Expected UNZ at the interchange's end; it does not come, so that messages may be missing.",
                "Send the interchange again.",
                is_loose=True,
            )
        self._interchange, self._group = None, None
        yield from self._close_message()

    def end(self) -> Iterator[Message | Finding]:
        """Yield the last message and the findings that belong to none."""
        self._tag = ""
        yield from self._close_interchange()
        if not self._messages and not self._loose:
            self._error("no-message", "Expected at least one message; none came.", "")
        yield from self._loose

    def note_finding(self, finding: Finding) -> None:
        """Note what ended the stream."""
        self._loose.append(finding)

    def _cut_off(self) -> None:
        self._is_cut, self._tag = True, ""
        self._error(
            "segment-cut",
            f"Expected the segment terminator {self._separators.terminator!r} at the end; the text stops before it.",
            "Send the interchange again.",
        )

    def _note_characters(self) -> None:
        """Say of the message that is open how its characters were read, once."""
        message, block = self._open, self._block
        if message is None or (block.codec == block.declared and not block.has_controls):
            return
        said = {one.code for one in message.findings}
        for is_so, code, what in (
            (
                block.codec != block.declared,
                "character-set",
                f"Expected the characters of the declared set ({block.declared}); read as {block.codec}.",
            ),
            (
                block.has_controls,
                "control-character",
                "Control characters came and were left out. Export without them.",
            ),
        ):
            finding = Finding(f"declarations.edifact-{code}", message.place(0), what, Severity.WARNING)
            if is_so and finding.code not in said:
                message.findings.append(finding)

    def _bound(self, block: Block) -> None:
        """Keep no more of a message than the limits allow; what is too large is refused as a whole."""
        message = self._open
        if message is None:
            return
        self._size += sum(map(len, block.texts))
        is_large = self._size > self._limits.max_document_bytes
        if not is_large and len(message.segments) <= self._limits.max_elements:
            return
        if not message.skipped:
            self._error(
                "message-too-large",
                f"Expected a message of at most {self._limits.max_document_bytes} characters and"
                f" {self._limits.max_elements} segments; more came.",
                "Send several messages.",
            )
        message.skipped += len(message.segments) - 1
        del message.segments[1:]

    def _part(self, segment: Segment, element: int, component: int) -> str:
        return part(segment, element, component, self._separators)

    def _compare(self, segment: Segment, code: str, counted: int, what: str) -> None:
        said = self._part(segment, 1, 0)
        if not _NUMBER.fullmatch(said) or int(said) != counted:
            self._warn(code, f"Expected the number of {what}, which is {counted}; another number came in {segment[0]}.")

    def _error(self, code: str, what: str, advice: str, *, is_loose: bool = False) -> None:
        self._note(
            code, f"{what} {advice or 'Correct it and send the interchange again.'}", Severity.ERROR, is_loose=is_loose
        )

    def _warn(self, code: str, message: str) -> None:
        self._note(code, message, Severity.WARNING, is_loose=False)

    def _note(self, code: str, message: str, severity: Severity, *, is_loose: bool) -> None:
        about = None if is_loose else self._open or self._closed
        findings = self._loose if about is None else about.findings
        if len(findings) > self._limits.max_findings:
            return
        if self._open is not None:
            place = self._open.place(len(self._open.segments), self._tag)
        else:
            place = f"segment {self._passed + 1}" + (f" ({self._tag})" if self._tag else "")
        findings.append(Finding(f"declarations.edifact-{code}", place, message, severity))


_RELEASE_ADVICE = "Where a text holds the terminator, put the release character before it."
