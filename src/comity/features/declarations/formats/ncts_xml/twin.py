"""How is the JSON form of a message the same document as its XML? Keys are elements, lists repeat them, "@" attributes.

JSON has no order: the elements are put into the order of the grammar. Places are JSON pointers (RFC 6901). The text is
read here and not by `parse_json`, because a key that comes twice must be told and a number must keep its digits.
"""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

from lxml import etree
from lxml.etree import _Element

from comity.features.declarations.formats.ncts_xml.grammar import NAMESPACE, Child, Part, grammar
from comity.features.declarations.reading import Limits
from comity.features.declarations.sniff import head_text, looks_like_json
from comity.foundation.errors import Finding

MAX_DEPTH = 32
"""Objects within objects: the deepest message has eight, a guess with room."""

_MOST_VALUES = 1_000_000
"""Values of a document at most: at 100 bytes each in memory they stay under the bound of 300 MB."""

_FIRST_KEY = re.compile(r'[\[{\s]*"(?:[A-Za-z_][\w.-]{0,40}:)?(C[CD][0-9]{3}[A-Z])"')
_ROOT_KEY = re.compile(r"(?:[A-Za-z_][\w.-]{0,40}:)?(C[CD][0-9]{3}[A-Z])")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,79}")
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Twin(NamedTuple):
    """A message of JSON as a tree, and the pointers to its values."""

    root: _Element
    places: Pointers


class Pointers:
    """Tells the place of an element in the JSON it was made from."""

    __slots__ = ("_places",)

    def __init__(self) -> None:
        self._places: dict[_Element, str] = {}

    def put(self, element: _Element, pointer: str) -> None:
        """Remember where an element came from."""
        self._places[element] = pointer

    def of(self, element: _Element) -> str:
        """Return the JSON pointer of an element."""
        return self._places.get(element, "/")


class _Object(list[tuple[str, Any]]):
    """A JSON object as it stands, with its keys as often as they come."""


def message_name(head: bytes) -> str | None:
    """Return the type of the message whose JSON form begins with these bytes, or None."""
    found = _FIRST_KEY.match(head_text(head)) if looks_like_json(head) else None
    return found[1] if found else None


def tree_of(content: bytes, *, limits: Limits) -> Twin | list[Finding]:
    """Return the message a JSON document holds, or the findings why there is none. Never raises on any bytes."""
    if len(content) > limits.max_document_bytes:
        return [_finding("too-large", "/", f"Expected at most {limits.max_document_bytes} bytes; more came.")]
    if content.count(b",") > _MOST_VALUES:
        return [_finding("too-many-elements", "/", "More values than are read: send several documents.")]
    try:
        document = json.loads(
            content, object_pairs_hook=_Object, parse_int=str, parse_float=str, parse_constant=_no_constant
        )
    except UnicodeDecodeError:
        return [_finding("encoding", "/", "Expected UTF-8; other bytes came. Save the document as UTF-8.")]
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        return [_finding("json-malformed", "/", f"The document is not well-formed JSON at {place}. Correct it.")]
    except (ValueError, RecursionError):
        return [_finding("json-malformed", "/", "Expected JSON of objects, lists, texts and numbers. Correct it.")]
    return _Builder(limits).build(document)


class _Builder:
    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._elements = 0
        self._pointers = Pointers()
        self._findings: list[Finding] = []

    def build(self, document: Any) -> Twin | list[Finding]:
        key = document[0][0] if isinstance(document, _Object) and len(document) == 1 else ""
        named = _ROOT_KEY.fullmatch(key)
        if named is None or not isinstance(document[0][1], _Object):
            return [_finding("not-a-declaration", "/", "Expected one object named as a message, such as CC015C.")]
        root = etree.Element(f"{{{NAMESPACE}}}{named[1]}", nsmap={"ncts": NAMESPACE})
        self._pointers.put(root, f"/{key}")
        self._fill(root, document[0][1], part=grammar().messages.get(named[1]), pointer=f"/{key}", depth=1)
        return self._findings or Twin(root, self._pointers)

    def _fill(self, element: _Element, pairs: _Object, *, part: Part | None, pointer: str, depth: int) -> None:
        if depth > MAX_DEPTH:
            self._fault("limit-exceeded", pointer, f"Expected at most {MAX_DEPTH} objects within each other.")
            return
        children = part.children if part is not None else {}
        seen: set[str] = set()
        for key, value in sorted(pairs, key=lambda pair: _place(children.get(pair[0]))):
            place = f"{pointer}/{key[:80]}"
            if key in seen:
                self._fault(
                    "element-repeated", place, "Expected each key once in an object; it came again. Use a list."
                )
            elif key.startswith("@"):
                self._attribute(element, key[1:], value, place)
            elif _NAME.fullmatch(key) is None:
                self._fault("element-unknown", pointer, "Expected keys named as elements; another came. Correct it.")
            else:
                child = children.get(key)
                self._child(element, key, value, part=child.part if child else None, pointer=place, depth=depth)
            seen.add(key)

    def _child(self, parent: _Element, name: str, value: Any, *, part: Part | None, pointer: str, depth: int) -> None:
        is_list = isinstance(value, list) and not isinstance(value, _Object)
        for index, one in enumerate(value) if is_list else ((None, value),):
            place = pointer if index is None else f"{pointer}/{index}"
            self._elements += 1
            if self._elements > self._limits.max_elements:
                if self._elements == self._limits.max_elements + 1:
                    self._fault("too-many-elements", place, "More values than are read: send several documents.")
                return
            element = etree.SubElement(parent, name)
            self._pointers.put(element, place)
            if isinstance(one, _Object):
                self._fill(element, one, part=part, pointer=place, depth=depth + 1)
            elif isinstance(one, str) and _NOT_XML.search(one) is None:
                element.text = one
            elif one is None:
                self._fault("value-missing", place, "Expected a value; null came. Give it or leave the key out.")
            else:
                self._fault("value-form", place, "Expected a text, a number or an object; something else came.")

    def _attribute(self, element: _Element, name: str, value: Any, place: str) -> None:
        if name.startswith(("xmlns", "xsi:")):
            return
        if isinstance(value, str) and _NAME.fullmatch(name) and _NOT_XML.search(value) is None:
            element.set(name, value)
        else:
            self._fault("attribute-unknown", place, "Expected @PhaseID with a text; another came. Correct it.")

    def _fault(self, code: str, place: str, message: str) -> None:
        if len(self._findings) < self._limits.max_findings:
            self._findings.append(_finding(code, place, message))


def _place(child: Child | None) -> int:
    return 10_000 if child is None else child.place  # what is not known comes last, in the order it came


def _no_constant(_name: str) -> None:
    raise ValueError("no number")


def _finding(code: str, place: str, message: str) -> Finding:
    return Finding(f"declarations.{code}", place, message)
