"""How the XML of a workbook's parts is read: safely, and as a stream."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from typing import Any

from lxml import etree
from lxml.etree import _Element


def elements(part: Any, tags: tuple[str, ...]) -> Iterator[tuple[str, _Element]]:
    """Yield elements as they end, safely: no entities, no network, no document type, no huge texts."""
    return iter(
        etree.iterparse(part, events=("end",), tag=tags, resolve_entities=False, no_network=True, huge_tree=False)
    )


def forget(element: _Element) -> None:
    """Let go of an element that was read, and of all before it, so that memory does not grow with the sheet."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def tree_of(archive: zipfile.ZipFile, path: str) -> _Element:
    """Return a small part as a whole."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    return etree.fromstring(archive.read(path), parser)
