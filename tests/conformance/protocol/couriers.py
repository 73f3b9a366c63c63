"""Vectors of the courier's files: one part of a signed batch each."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

from comity.cooperation.exchange.batch import COURIER_TYPE, Batch, write
from comity.cooperation.exchange.courier.part import SMALLEST_FILE_BYTES, Whole, cut
from tests.conformance.protocol.agreements import read, refused
from tests.conformance.protocol.ledger import note_of
from tests.conformance.protocol.messages import AT, KENYA, RWANDA, UGANDA, chain, sealed

Vector = dict[str, Any]


def files(count: int) -> list[bytes]:
    """Return the files of a batch with some messages, as small as files may be."""
    messages = [sealed(one) for one in chain(count)]
    batch = write(Batch("KE", "UG", AT, note_of(5), 0, [], messages), typ=COURIER_TYPE, keys=KENYA)
    whole = Whole("batch", "UG", AT, 1, batch)
    return [content for _, content in cut(whole, most_bytes=SMALLEST_FILE_BYTES, keys=KENYA)]


def vectors() -> Iterator[Vector]:
    partners = {"partners": [KENYA.public.as_json(), UGANDA.public.as_json()]}
    (single,) = files(2)
    for number, file in enumerate([single, *files(12)], start=1):
        yield read(f"file {number}", "courier-file-read", {**partners, "file": in_base64(file)})
    first, header, content = single.split(b"\n", 2)
    other = cut(Whole("batch", "UG", AT, 1, b"x"), most_bytes=SMALLEST_FILE_BYTES, keys=RWANDA)
    cases = {
        "that is none": (b"Dear colleague", "exchange.courier-file-foreign"),
        "of another version": (single.replace(b"v1\n", b"v9\n", 1), "exchange.courier-file-foreign"),
        "that is empty": (b"", "exchange.courier-file-foreign"),
        "cut in its first line": (single[:9], "exchange.courier-file-truncated"),
        "cut in its header": (first + b"\n" + header[:40], "exchange.courier-file-truncated"),
        "cut in its bytes": (single[:-1], "exchange.courier-file-truncated"),
        "with a byte changed": (single[:-1] + bytes([single[-1] ^ 1]), "exchange.courier-file-damaged"),
        "with a byte too many": (single + b"x", "exchange.courier-file-damaged"),
        "of a stranger": (next(iter(other))[1], "exchange.peer-unknown"),
        "whose header was changed": (
            b"\n".join((first, header[:-6] + b"AAAAAA", content)),
            "exchange.signature-invalid",
        ),
        "whose header is none": (b"\n".join((first, b"hello", content)), "exchange.envelope-invalid"),
    }
    for name, (file, code) in cases.items():
        yield refused(f"a file {name}", "courier-file-read", {**partners, "file": in_base64(file)}, code)


def in_base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
