"""What is around a plain message: its envelope, its namespaces, its place in the document.

The envelopes of one sender are alike, so what stands around a message is parsed once, by the parser of the tree, and
then recognised by its text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from comity.features.declarations.formats.wco_xml.context import Places, local_name
from comity.features.declarations.formats.wco_xml.envelope import BATCH, messages_in
from comity.features.declarations.formats.wco_xml.messages import MESSAGES
from comity.features.declarations.formats.wco_xml.parse import is_in_utf8, is_within, parsed
from comity.features.declarations.formats.wco_xml.plain import Unusual, reader_of
from comity.features.declarations.reading import DEFAULT_LIMITS, Limits
from comity.foundation.errors import Finding
from comity.foundation.trade.declaration import Declaration
from comity.foundation.trade.notice import Notice

_START = re.compile(rf"<((?:[A-Za-z_][A-Za-z0-9_.-]*:)?(?:{'|'.join(MESSAGES)}))(?:[ \t\r\n][^<>]*)?>")
_LONGEST_FRAME = 4096  # characters; the longest published one has 1,300 (2026-11)
_BOM = "\ufeff"


class Frame(NamedTuple):
    """Where the message is (its XPath), and how the text inside it is read."""

    path: str
    read: Callable[[str, str], Declaration | Notice]


def read_plain(content: bytes, limits: Limits) -> tuple[Declaration | Notice, str]:
    """Return the one message of a plain document within the limits, and its place.

    Raises:
        Unusual, Fault: the document is not plain, or not right; the tree tells what is wrong with it.
    """
    if not is_within(content, limits):
        raise Unusual
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unusual from error
    text = _without_comments(text.removeprefix(_BOM))
    start = _START.search(text)
    if start is None:
        raise Unusual
    stop = text.rfind(f"</{start[1]}>")
    if stop < start.end() or start.end() + len(text) - stop > _LONGEST_FRAME:
        raise Unusual
    frame = _frame(text[: start.end()], text[stop:])
    if frame is None:
        raise Unusual
    end_tag = f"</{start[1]}>"
    return frame.read(text[start.end() : stop + len(end_tag)], end_tag), frame.path


def _without_comments(text: str) -> str:
    """Return the text without its comments; one that ends otherwise than XML 1.0 wants is unusual."""
    if "!" not in text:
        return text
    kept, *commented = text.split("<!--")
    pieces = [kept]
    for piece in commented:
        _comment, _dashes, rest = piece.partition("--")
        if rest[:1] != ">":
            raise Unusual
        pieces.append(rest[1:])
    return "".join(pieces)


@lru_cache(maxsize=256)
def _frame(before: str, after: str) -> Frame | None:
    """Return what stands around one message, or None where it is not one envelope of one message."""
    content = (before + after).encode("utf-8")
    root = parsed(content, limits=DEFAULT_LIMITS)
    if isinstance(root, Finding) or local_name(root.tag) == BATCH or not is_in_utf8(content):
        return None
    places = Places()
    found = list(messages_in(root, places))
    if len(found) != 1 or isinstance(found[0], Finding):
        return None
    element = found[0]
    message = MESSAGES[local_name(element.tag)]
    prefixes = {
        f"{prefix}:" if prefix else "" for prefix, namespace in element.nsmap.items() if namespace in message.namespaces
    }
    if None not in element.nsmap:
        prefixes.add("")
    return Frame(places.of(element), _reader(local_name(element.tag), tuple(sorted(prefixes))))


@lru_cache(maxsize=4)
def _reader(name: str, prefixes: tuple[str, ...]) -> Callable[[str, str], Declaration | Notice]:
    return reader_of(MESSAGES[name].kind, prefixes)
