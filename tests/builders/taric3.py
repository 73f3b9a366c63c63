"""TARIC3 envelopes for tests."""

from __future__ import annotations

from collections.abc import Mapping
from xml.sax.saxutils import escape

_HEAD = (
    '<env:envelope id="240001" xmlns="urn:publicid:-:DGTAXUD:TARIC:MESSAGE:1.0"'
    ' xmlns:env="urn:publicid:-:DGTAXUD:GENERAL:ENVELOPE:1.0">'
)


def record(element: str, fields: Mapping[str, str], update_type: str = "3") -> bytes:
    """Return one record; update type 1 updates, 2 deletes, 3 creates."""
    body = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in fields.items())
    return (
        "<record><transaction.id>1</transaction.id><record.code>000</record.code><subrecord.code>00</subrecord.code>"
        f"<record.sequence.number>1</record.sequence.number><update.type>{update_type}</update.type>"
        f"<{element}>{body}</{element}></record>"
    ).encode()


def envelope(*records: bytes) -> bytes:
    """Return an envelope with each record in its own message of one transaction."""
    messages = b"".join(
        b'<env:app.message id="%d"><transmission>%s</transmission></env:app.message>' % (number, one)
        for number, one in enumerate(records, start=1)
    )
    return _HEAD.encode() + b'<env:transaction id="1">' + messages + b"</env:transaction></env:envelope>"
