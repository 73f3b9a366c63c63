"""Which codec an interchange's characters are in, by its syntax identifier (ISO 9735-1, element 0001 and 0133).

Real senders often write another character set than they declare; what is read instead is said.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator

CODECS = {
    "UNOA": "ascii",
    "UNOB": "ascii",
    "UNOC": "iso8859-1",
    "UNOD": "iso8859-2",
    "UNOE": "iso8859-5",
    "UNOF": "iso8859-7",
    "UNOG": "iso8859-3",
    "UNOH": "iso8859-4",
    "UNOI": "iso8859-6",
    "UNOJ": "iso8859-8",
    "UNOK": "iso8859-9",
    "UNOW": "utf-8",
    "UNOX": "utf-8",
    "UNOY": "utf-8",
}
"""The codec of each syntax identifier. UNOX (ISO 2022) is turned to UTF-8 before its segments are sought."""

OTHER_AGENCIES = {"IATA": "ascii", "IATB": "ascii", "KECA": "cp949"}
"""Syntax identifiers of other agencies: IATA's levels A and B, and Korea's EDIFACT committee."""

_WIDE = {
    b"\xff\xfeU": "utf-16",
    b"\xfe\xff\x00": "utf-16",
    b"U\x00N": "utf-16-le",
    b"\x00U\x00": "utf-16-be",
    b"\xe4\xd5\xc1": "cp500",
    b"\xe4\xd5\xc2": "cp500",
}
"""How an interchange begins whose bytes do not agree with ASCII: UTF-16, and EBCDIC (UNA, UNB in code page 500)."""


def codec_of(syntax_identifier: str) -> str | None:
    """Return the codec declared by element 0001, or None where the identifier is not known."""
    name = syntax_identifier.strip().upper()
    return CODECS.get(name) or OTHER_AGENCIES.get(name)


def text_of(content: bytes, declared: str) -> tuple[str, str]:
    """Return the text and the codec it was read in, which differs from `declared` where the bytes are otherwise.

    Bytes above 127 that are UTF-8 are read as UTF-8 whatever is declared: text in an eight-bit set is almost never so
    by chance. Bytes an eight-bit set does not define, and those of levels A and B, are read as ISO 8859-1.
    """
    if content.isascii():
        return content.decode("ascii"), declared
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    if declared not in ("ascii", "utf-8"):
        try:
            return content.decode(declared), declared
        except UnicodeDecodeError:
            pass
    return content.decode("iso8859-1"), "iso8859-1"


def agreeing_with_ascii(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Give the chunks as they are where bytes below 128 are ASCII, else turned to UTF-8 (UTF-16, EBCDIC, ISO 2022)."""
    arriving = iter(chunks)
    first = next(arriving, b"")
    codec = _WIDE.get(first[:3])
    if codec is None and b"UNOX" in first[:64]:
        codec = "iso2022_jp_2"
    if codec is None:
        yield first.removeprefix(codecs.BOM_UTF8)
        yield from arriving
        return
    decoder = codecs.getincrementaldecoder(codec)(errors="replace")
    yield decoder.decode(first).encode()
    for chunk in arriving:
        yield decoder.decode(chunk).encode()
    yield decoder.decode(b"", final=True).encode()
