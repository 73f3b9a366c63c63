"""How a trade document becomes an EDIFACT interchange, and what of it the message has no place for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from comity.features.declarations.canonical import to_record
from comity.features.declarations.errors import NotWritable
from comity.features.declarations.formats.edifact.message import Interchange
from comity.features.declarations.formats.edifact.read import read_edifact
from comity.features.declarations.formats.edifact.write_cuscar import cuscar
from comity.features.declarations.formats.edifact.write_cusres import cusres
from comity.features.declarations.formats.edifact.write_syntax import WrittenMessage, write_interchange
from comity.features.declarations.reading import DEFAULT_LIMITS
from comity.foundation.trade.cargo import CargoReport
from comity.foundation.trade.notice import Notice
from comity.foundation.trade.trade_document import TradeDocument, name_of

_WRITERS: dict[type[TradeDocument], Callable[[Any], WrittenMessage]] = {Notice: cusres, CargoReport: cuscar}


def write_edifact(
    document: TradeDocument, *, sender: str, recipient: str, prepared_at: datetime, reference: str = "1"
) -> bytes:
    """Return an interchange of one message: CUSRES for a notice, CUSCAR for a cargo report.

    Text in ISO 8859-1 goes as UNOC version 3, any other as UNOY version 4. `not_carried` says what is missing in it.

    Raises:
        NotWritable: the document has no message that is written here.
    """
    writer = _WRITERS.get(type(document))
    if writer is None:
        raise NotWritable(f"Expected a notice or a cargo report; a {name_of(document)} is not written as EDIFACT.")
    message = writer(document)
    short, long = prepared_at.strftime("%y%m%d%H%M"), prepared_at.strftime("%Y%m%d%H%M")
    try:
        return write_interchange(Interchange("UNOC", "3", sender, recipient, short, reference), [message])
    except UnicodeEncodeError:
        return write_interchange(Interchange("UNOY", "4", sender, recipient, long, reference), [message])


def not_carried(document: TradeDocument, content: bytes) -> tuple[str, ...]:
    """Return the fields of a document, dotted, that the written interchange does not give back; found by reading it."""
    read = next(read_edifact(content, limits=DEFAULT_LIMITS)).document
    return tuple(_differences(to_record(document), {} if read is None else to_record(read), ""))


def _differences(wanted: Any, given: Any, place: str) -> Iterator[str]:
    if isinstance(wanted, dict) and isinstance(given, dict):
        for name, value in wanted.items():
            yield from _differences(value, given.get(name), f"{place}.{name}".lstrip("."))
    elif isinstance(wanted, list) and isinstance(given, list):
        for index, value in enumerate(wanted):
            yield from _differences(value, given[index] if index < len(given) else None, f"{place}[{index}]")
    elif wanted != given:
        yield place
