"""Where one segment ends and the next begins, for bytes arriving in chunks (ISO 9735-1, 7 and 8).

The work is done on whole blocks by the C code behind `bytes` and `str`: line ends deleted, released characters put
behind stand-ins, one split. Block by block the memory held is that of a chunk, whatever the interchange's size.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from comity.features.declarations.formats.edifact.character_sets import agreeing_with_ascii, codec_of, text_of
from comity.features.declarations.formats.edifact.separators import (
    LEVEL_A,
    LEVEL_B,
    STAND_INS,
    Separators,
    separators_at,
)
from comity.foundation.errors import Finding

CHUNK_BYTES = 256 * 1024
MAX_SEGMENT_BYTES = 64 * 1024
"""A guess above the longest segment known (FTX, five texts of 512 characters); revisit with use."""

_CONTROLS = bytes(range(32)) + b"\x7f"
_LINE_ENDS = b"\r\n"
_BETWEEN = b" \t\r\n\x00\x1a"
_LOOK_BACK_BYTES = 1024
_NEXT_INTERCHANGE = re.compile(rb"UN[AB](?![A-Za-z0-9])")
_BEGINNINGS = (b"", b"U", b"UN")
_HEAD_BYTES = 1024
"""How much of an interchange is awaited before its service characters are sought: UNA and UNB are shorter."""

_NEEDLESS_RELEASE = "{release}(?![0-9A-Za-z ])"


@dataclass(slots=True)
class Block:
    """Some segments of one interchange, each a text in which elements are not yet apart.

    `declared` and `codec` are the character set named and the one read, `has_controls` tells that control characters
    other than line ends were removed, `is_inferred` that there is no UNA and yet another terminator.
    """

    texts: list[str]
    separators: Separators
    declared: str = "ascii"
    codec: str = "ascii"
    has_controls: bool = False
    rest: str = ""
    is_inferred: bool = False


def chunked(content: bytes, size: int = CHUNK_BYTES) -> Iterator[bytes]:
    """Give bytes in memory as chunks."""
    for start in range(0, len(content), size):
        yield content[start : start + size]


def blocks(chunks: Iterable[bytes]) -> Iterator[Block | Finding]:
    """Yield the segments of one or more interchanges, block by block.

    A finding ends the stream: the service string is wrong, or a segment does not end. Text after the last terminator
    is the last block's `rest`.
    """
    splitter = _Splitter()
    pending = b""
    for chunk in agreeing_with_ascii(chunks):
        pending += chunk
        for block in splitter.split(pending, is_last=False):
            yield block
            if isinstance(block, Finding):
                return
        pending = splitter.left
    yield from splitter.split(pending, is_last=True)


class _Splitter:
    """Holds what of the interchange decides how the next bytes are read."""

    __slots__ = ("begins", "declared", "is_first", "is_inferred", "left", "separators")

    def __init__(self) -> None:
        self.left = b""
        self.separators = LEVEL_A
        self.declared = "ascii"
        self.begins = True
        self.is_first = False
        self.is_inferred = False

    def split(self, content: bytes, *, is_last: bool) -> Iterator[Block | Finding]:
        """Yield blocks of complete segments; the bytes that must wait for more are left in `left`.

        `content` always begins where a segment does.
        """
        while content:
            if not self.is_first:
                content, may_begin = self._at_next(content)
                if may_begin and len(content) < _HEAD_BYTES and not is_last:
                    break
            if self.begins:
                started = self._start(content)
                if isinstance(started, Finding):
                    yield started
                    return
                content = content[started:].lstrip(_BETWEEN)
            end = self._end_of_block(content) or (len(content) if is_last else 0)
            if end == 0:
                if len(content) > MAX_SEGMENT_BYTES + CHUNK_BYTES:
                    yield _endless()
                    return
                break
            self.is_first = False
            yield self._block(content[:end])
            content = content[end:]
        self.left = content

    def _at_next(self, content: bytes) -> tuple[bytes, bool]:
        """Return the content from its first segment on, and whether another interchange begins there, or may begin."""
        found = content.lstrip(_BETWEEN)
        may_begin = self.begins or _NEXT_INTERCHANGE.match(found) is not None or found in _BEGINNINGS
        self.begins = self.begins or (may_begin and len(found) > 2)
        return found, may_begin

    def _start(self, content: bytes) -> int | Finding:
        """Find the service characters and the character set of the interchange that begins here."""
        found = separators_at(content[:_HEAD_BYTES])
        if isinstance(found, Finding):
            return found
        self.begins, self.is_first = False, True
        self.separators, taken = found
        self.is_inferred = not taken and self.separators.terminator not in (LEVEL_A.terminator, LEVEL_B.terminator)
        head = content[taken : taken + 200].lstrip(b" \t\r\n")
        syntax = re.match(rb"UNB.([A-Za-z0-9]{4})(?:.([0-9]))?", head, re.DOTALL)
        self.declared = (codec_of(syntax[1].decode("ascii")) if syntax else None) or "ascii"
        self.separators = self.separators.for_version((syntax[2] or b"3").decode("ascii") if syntax else "3")
        return taken

    def _end_of_block(self, content: bytes) -> int:
        """Return where the last complete segment before another interchange, or of the content, ends; 0 for nowhere."""
        for match in _NEXT_INTERCHANGE.finditer(content, 3):
            if self._ends_segment(content, match.start()):
                return match.start()
        terminator = self.separators.terminator.encode("latin-1")
        end = len(content)
        while True:
            end = content.rfind(terminator, 0, end)
            if end < 0 or self._ends_segment(content, end + 1):
                return end + 1

    def _ends_segment(self, content: bytes, end: int) -> bool:
        """Claim that what comes before `end`, line ends and blanks aside, is a terminator that is not released."""
        terminator, release = (one.encode("latin-1") for one in (self.separators.terminator, self.separators.release))
        before = content[max(0, end - _LOOK_BACK_BYTES) : end].translate(None, _LINE_ENDS.replace(terminator, b""))
        before = before.rstrip(b" ")
        if not before.endswith(terminator):
            return False
        before = before.removesuffix(terminator)
        return not release or (len(before) - len(before.rstrip(release))) % 2 == 0

    def _block(self, content: bytes) -> Block:
        separators = self.separators
        used = "".join(separators.syntactic).encode("latin-1")
        removed = bytes(one for one in _CONTROLS if one not in used)
        clean = content.translate(None, removed)
        has_controls = len(content) - len(clean) > sum(content.count(one) for one in (b"\r", b"\n"))
        if separators.release and separators.release.encode("latin-1") in clean:
            clean = _protected(clean, separators)
        text, codec = text_of(clean, self.declared)
        texts = text.split(separators.terminator)
        rest = texts.pop().strip()
        return Block(texts, separators, self.declared, codec, has_controls, rest, self.is_inferred)


def _protected(content: bytes, separators: Separators) -> bytes:
    """Put a stand-in for every released service character, so that plain splitting is right."""
    release = separators.release.encode("latin-1")
    for stand_in, character in zip(STAND_INS, separators.syntactic, strict=True):
        if character:
            content = content.replace(release + character.encode("latin-1"), stand_in.encode("latin-1"))
    if release in content:
        content = re.sub(_NEEDLESS_RELEASE.format(release=re.escape(separators.release)).encode(), b"", content)
    return content


def _endless() -> Finding:
    return Finding(
        "declarations.edifact-segment-endless",
        "segment 1",
        f"Expected a segment terminator at least every {MAX_SEGMENT_BYTES} bytes; none came. Check the UNA and send the"
        " interchange again.",
    )
