"""How the XML of a workbook's parts is read: as a stream that keeps nothing, with no entities and no network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from lxml import etree
from lxml.etree import _Element

_CHUNK_BYTES = 2**16
_MOST_UNREAD = 1_000_000
"""Tags and attributes one after another of which none is asked for: a guess; about 150 MB of tree. More are refused."""


def elements(part: Any, tags: tuple[str, ...]) -> Iterator[_Element]:
    """Yield the elements asked for as they end; what was read, and all before it, is let go of.

    Raises:
        ValueError: too much comes between them.
        etree.XMLSyntaxError: it is not well-formed, or nests too deeply, or holds a text that is too long.
    """
    parser = etree.XMLPullParser(("end",), tag=tags, resolve_entities=False, no_network=True, huge_tree=False)
    unread = 0
    while chunk := part.read(_CHUNK_BYTES):
        parser.feed(chunk)
        unread += chunk.count(b"<") + chunk.count(b"=")
        last: _Element | None = None
        for _, element in cast("Iterator[tuple[str, _Element]]", parser.read_events()):
            yield element
            _forget(element)
            last = element
        if last is not None:
            unread = 0
            for above in last.iterancestors():
                _forget_before(above)
        elif unread > _MOST_UNREAD:
            raise ValueError("too much that nobody asks for")
    parser.close()


def _forget(element: _Element) -> None:
    element.clear()
    _forget_before(element)


def _forget_before(element: _Element) -> None:
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
