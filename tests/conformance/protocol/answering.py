"""An answer and its receipts as Uganda writes them."""

from __future__ import annotations

import hashlib
from typing import Any

from comity.cooperation.exchange.batch import ANSWER_TYPE, RECEIPT_TYPE, Answer, Receipt, write
from tests.conformance.protocol.messages import AT, UGANDA, chain


def receipt(message_id: str, sequence: int, **changes: Any) -> bytes:
    """Return a signed receipt."""
    told = {
        "message_id": message_id,
        "sender": "UG",
        "recipient": "KE",
        "sequence": sequence,
        "result": "stored",
        "outcome": "stored",
        "received": AT,
        "ledger_index": 7 + sequence,
        **changes,
    }
    return write(Receipt(**told), typ=RECEIPT_TYPE, keys=UGANDA)


def answer_to(batch: bytes) -> bytes:
    """Return a signed answer to a batch with two messages."""
    answer = Answer(
        sender="UG",
        recipient="KE",
        batch=hashlib.sha256(batch).hexdigest(),
        created=AT,
        receipts=[receipt(one[1], sequence) for sequence, one in enumerate(chain(2), start=1)],
        cosigned=None,
        witnessed_size=0,
        refusal="ledger.consistency-proof-missing",
    )
    return write(answer, typ=ANSWER_TYPE, keys=UGANDA)
