"""How is a batch made small for a narrow line or a file? Deflated (zlib, RFC 1950) behind a first line, and bounded.

Base64 within base64 takes 16 letters for 9 bytes; deflated, hardly more than the bytes remain.
"""

from __future__ import annotations

import zlib

from comity.cooperation.exchange.errors import BatchTooLarge, EnvelopeInvalid

FIRST_LINE = b"comity-deflated.v1\n"
_LEVEL = 6  # a narrow line waits for bytes, not for the processor


def deflated(content: bytes) -> bytes:
    """Return a batch or an answer in its small form."""
    return FIRST_LINE + zlib.compress(content, _LEVEL)


def is_deflated(body: bytes) -> bool:
    """Claim that this is the small form of something."""
    return body.startswith(FIRST_LINE)


def inflated(body: bytes, *, most_bytes: int) -> bytes:
    """Return the batch or answer; what is not in the small form comes back as it is.

    Raises:
        BatchTooLarge: it would be larger than `most_bytes`; no more than that is unpacked.
        EnvelopeInvalid: it is not what zlib writes, or something follows it.
    """
    if not is_deflated(body):
        return body
    opening = zlib.decompressobj()
    try:
        content = opening.decompress(memoryview(body)[len(FIRST_LINE) :], most_bytes + 1)
    except zlib.error as error:
        raise EnvelopeInvalid("the batch does not unpack; was it truncated?") from error
    if len(content) > most_bytes:
        raise BatchTooLarge
    if not opening.eof or opening.unused_data:
        raise EnvelopeInvalid("the batch does not unpack whole, or something follows it")
    return content
