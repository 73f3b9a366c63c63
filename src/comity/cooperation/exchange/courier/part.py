"""What is in a courier's file? One part of a signed batch or answer, behind a header that its sender signed.

A file is the line `comity-courier.v1`, one line with the header as a compact JWS (RFC 7515), and the part's bytes. The
header binds them by SHA-256, so that a part is known to be the partner's before it is kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

import msgspec

from comity.cooperation.exchange import jws
from comity.cooperation.exchange.courier.errors import (
    CourierFileDamaged,
    CourierFileForeign,
    CourierFileTooLarge,
    CourierFileTruncated,
)
from comity.cooperation.exchange.envelope import Authority, Digest
from comity.cooperation.exchange.errors import EnvelopeInvalid
from comity.cooperation.identity.keys import NodeKeys, PublicIdentity

FIRST_LINE = b"comity-courier.v1\n"
PART_TYPE = "comity-courier-part.v1+jws"
LARGEST_HEADER_BYTES = 2_048
LARGEST_WHOLE_BYTES = 64 * 1024 * 1024  # what a node takes as one batch
LARGEST_FILE_BYTES = len(FIRST_LINE) + LARGEST_HEADER_BYTES + 1 + LARGEST_WHOLE_BYTES
SMALLEST_FILE_BYTES = 16 * 1024  # a guess: below it the headers weigh more than what they head
MOST_PARTS = LARGEST_WHOLE_BYTES // (SMALLEST_FILE_BYTES - len(FIRST_LINE) - LARGEST_HEADER_BYTES - 1) + 1

Kind = Literal["batch", "answer"]
Numbered = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
PartNumber = Annotated[int, msgspec.Meta(ge=1, le=MOST_PARTS)]
WholeBytes = Annotated[int, msgspec.Meta(ge=1, le=LARGEST_WHOLE_BYTES)]


class PartHeader(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a file says of itself: part `part` of `parts` of the batch or answer whose SHA-256 is `whole`.

    `number` counts the batches of one packing, from 1; an answer bears the number of its batch.
    """

    kind: Kind
    sender: Authority
    recipient: Authority
    packed: datetime
    number: Numbered
    whole: Digest
    whole_bytes: WholeBytes
    part: PartNumber
    parts: PartNumber
    content: Digest
    content_bytes: WholeBytes

    def name(self, part: int | None = None) -> str:
        """Return the name of the file with this part, or with another part of the same batch or answer."""
        which = f"{part or self.part}of{self.parts}"
        return f"{self.sender}-to-{self.recipient}-{self.kind}-{self.number:04}-{self.whole[:8]}-{which}.comity"


@dataclass(frozen=True, slots=True)
class Whole:
    """A signed batch or answer that is to travel."""

    kind: Kind
    recipient: str
    packed: datetime
    number: int
    content: bytes

    @property
    def digest(self) -> str:
        """Return its hex SHA-256."""
        return hashlib.sha256(self.content).hexdigest()


def cut(whole: Whole, *, most_bytes: int, keys: NodeKeys) -> Iterator[tuple[str, bytes]]:
    """Give names and contents of the files in which a batch or answer travels, none larger than `most_bytes`."""
    room = room_in(most_bytes)
    pieces = [whole.content[at : at + room] for at in range(0, len(whole.content), room)]
    for part, piece in enumerate(pieces, start=1):
        header = PartHeader(
            kind=whole.kind,
            sender=keys.authority,
            recipient=whole.recipient,
            packed=whole.packed,
            number=whole.number,
            whole=whole.digest,
            whole_bytes=len(whole.content),
            part=part,
            parts=len(pieces),
            content=hashlib.sha256(piece).hexdigest(),
            content_bytes=len(piece),
        )
        signed = jws.sign(msgspec.json.encode(header), typ=PART_TYPE, keys=keys)
        yield header.name(), FIRST_LINE + signed + b"\n" + piece


def room_in(file_bytes: int) -> int:
    """Return how many bytes of a batch a file of this size holds."""
    if file_bytes < SMALLEST_FILE_BYTES:
        raise ValueError(f"a courier's file has at least {SMALLEST_FILE_BYTES} bytes")
    return min(file_bytes, LARGEST_FILE_BYTES) - len(FIRST_LINE) - LARGEST_HEADER_BYTES - 1


def read_part(file: bytes, *, identity_of: Callable[[str], PublicIdentity]) -> tuple[PartHeader, bytes]:
    """Return header and bytes of a file, after verifying that its sender wrote both.

    `identity_of` gives the pinned identity of an authority, or raises. Not checked: to whom it is addressed.

    Raises:
        ExchangeError: CourierFileForeign, CourierFileTooLarge, CourierFileTruncated, CourierFileDamaged,
            EnvelopeInvalid, CriticalFieldUnknown or SignatureInvalid.
    """
    if len(file) > LARGEST_FILE_BYTES:
        raise CourierFileTooLarge
    if not file.startswith(FIRST_LINE):
        raise CourierFileTruncated if file and FIRST_LINE.startswith(file) else CourierFileForeign
    begins = len(FIRST_LINE)
    ends = file.find(b"\n", begins, begins + LARGEST_HEADER_BYTES + 1)
    if ends < 0:
        raise CourierFileForeign if len(file) > begins + LARGEST_HEADER_BYTES else CourierFileTruncated
    header = _header(file[begins:ends], identity_of)
    content = file[ends + 1 :]
    if len(content) < header.content_bytes:
        raise CourierFileTruncated(f"{len(content)} of {header.content_bytes} bytes are there; ask for the file again")
    if len(content) > header.content_bytes or hashlib.sha256(content).hexdigest() != header.content:
        raise CourierFileDamaged
    return header, content


class _Claim(msgspec.Struct, frozen=True):
    sender: Authority


def _header(signed: bytes, identity_of: Callable[[str], PublicIdentity]) -> PartHeader:
    try:
        claimed = msgspec.json.decode(jws.peek(signed), type=_Claim)
        content = jws.verify(signed, typ=PART_TYPE, sender=identity_of(claimed.sender))
        header = msgspec.json.decode(content, type=PartHeader)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise EnvelopeInvalid(f"the file's header is not of this version: {error}") from error
    if header.packed.tzinfo is None or header.part > header.parts or header.content_bytes > header.whole_bytes:
        raise EnvelopeInvalid("the file's header contradicts itself")
    return header
