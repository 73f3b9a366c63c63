"""Which elements may stand where in a message: read from an administration's XML schemas (W3C XML Schema 1.0).

Only what is needed to say that a path can lead somewhere: names below names. Where a schema leaves open what may
stand (`any`, a type that is not found), everything may.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

from lxml import etree
from lxml.etree import _Element

from comity.features.declarations.errors import SchemaUnreadable

_XSD = "{http://www.w3.org/2001/XMLSchema}"
_DEFINITIONS = frozenset({"element", "complexType", "group"})
_GROUPS = frozenset({f"{_XSD}{name}" for name in ("sequence", "choice", "all", "complexContent", "complexType")})

Types: TypeAlias = tuple[_Element, ...]


class Structure:
    """The elements of every message a folder's schemas declare; several versions of a message are taken together."""

    def __init__(self, folder: Path) -> None:
        """Read every schema of a folder, and of those below it.

        Raises:
            SchemaUnreadable: one of the files is not XML.
        """
        self._defined: dict[tuple[str, str, str], list[_Element]] = defaultdict(list)
        self._children: dict[_Element, dict[str, Types]] = {}
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
        for file in sorted((folder if folder.is_dir() else folder.parent).rglob("*.xsd")):
            try:
                schema = etree.parse(file, parser).getroot()
            except (OSError, etree.XMLSyntaxError) as error:
                raise SchemaUnreadable(f"The schema {file.name} cannot be read as XML.") from error
            space = schema.get("targetNamespace") or ""
            for child in schema.iterchildren(etree.Element):
                kind = child.tag.removeprefix(_XSD)
                if kind in _DEFINITIONS:
                    self._defined[kind, space, child.get("name") or ""].append(child)
        self._roots: dict[str, list[_Element]] = defaultdict(list)
        for (kind, _, name), found in list(self._defined.items()):
            if kind == "element":
                self._roots[name] += found

    def knows(self, message: str, names: tuple[str, ...]) -> bool:
        """Claim that within a message (by its local name) a path of names can lead to an element."""
        level: Types = tuple(self._roots.get(message, ()))
        for name in names:
            if any(self._is_open(element) for element in level):
                return True
            level = tuple(child for element in level for child in self._below(element).get(name, ()))
        return bool(level)

    def _is_open(self, element: _Element) -> bool:
        return "*" in self._below(element)

    def _below(self, element: _Element) -> dict[str, Types]:
        """Return the elements that may stand directly in one, by local name; `*` where any may."""
        below = self._children.get(element)
        if below is None:
            found: dict[str, list[_Element]] = defaultdict(list)
            for content in self._contents(element):
                for child in self._particles(content, frozenset()):
                    name = child.get("name")
                    if child.tag == f"{_XSD}element" and name:
                        found[name].append(child)
                    else:
                        found["*"].append(child)
            below = self._children[element] = {name: tuple(children) for name, children in found.items()}
        return below

    def _contents(self, element: _Element) -> Iterator[_Element]:
        """Yield the complex types of an element: its own, or those its type names (none for a simple one)."""
        own = element.find(f"{_XSD}complexType")
        if own is not None:
            yield own
        elif element.get("type") is not None:
            yield from self._named("complexType", element, element.get("type") or "")

    def _particles(self, content: _Element, seen: frozenset[_Element]) -> Iterator[_Element]:
        """Yield the element declarations of a content model; `any` and endless definitions as they are."""
        if content in seen:
            return
        seen |= {content}
        for child in content.iterchildren(etree.Element):
            name = child.tag.removeprefix(_XSD)
            reference = child.get("ref") or child.get("base")
            if name == "element":
                yield from (self._named("element", child, reference) if reference else (child,))
            elif name == "any":
                yield child
            elif name == "group" and reference:
                for group in self._named("group", child, reference):
                    yield from self._particles(group, seen)
            elif name in ("extension", "restriction"):
                for base in self._named("complexType", child, reference or "") if name == "extension" else ():
                    yield from self._particles(base, seen)
                yield from self._particles(child, seen)
            elif child.tag in _GROUPS:
                yield from self._particles(child, seen)

    def _named(self, kind: str, at: _Element, reference: str) -> list[_Element]:
        prefix, _, name = reference.rpartition(":")
        space = at.nsmap.get(prefix or None) or ""
        return self._defined.get((kind, space, name), [])
