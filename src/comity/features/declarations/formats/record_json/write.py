"""How a document is written as JSON: its canonical record under the name of its kind, on one line."""

from __future__ import annotations

import msgspec

from comity.features.declarations.canonical import to_record
from comity.foundation.trade.trade_document import TradeDocument, name_of


def write_record_json(document: TradeDocument) -> bytes:
    """Return one line of JSON in UTF-8, with its line end. Nothing of the document is lost."""
    return msgspec.json.encode({name_of(document): to_record(document)}) + b"\n"
