"""Whether a message is built as its type demands: every element known, in its place, as often as allowed, well formed.

The structure is a table (`structure.toml`); this walks a document by it once and gives its values as plain records: a
part as a dict, a repeated one as a list, a value as text. All faults of a document are found, each at its place.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from lxml import etree
from lxml.etree import _Element

from comity.features.declarations.formats.ncts_xml.forms import Form, forms_of
from comity.features.declarations.formats.wco_xml.context import local_name
from comity.foundation.errors import Finding, Severity

NAMESPACE = "http://ncts.dgtaxud.ec"
Record = dict[str, Any]

_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_PHASES = frozenset({"NCTS5.0", "NCTS5.1", "NCTS6"})
_WITH_ATTRIBUTES: Any = etree.XPath("/*//*[@*]")
_MANY = {"?": (0, 1), "": (1, 1)}


class Child(NamedTuple):
    """What may come inside a part: at which place, how often, the form or part it names, and that form or part."""

    place: int
    least: int
    most: int
    notation: str
    form: Form | None
    part: Part | None


@dataclass(frozen=True, slots=True)
class Part:
    """A structure: its children by name, in their order."""

    children: dict[str, Child] = field(default_factory=dict)
    required: list[str] = field(default_factory=list)


class Grammar(NamedTuple):
    """Every message by its name, and the names of all elements of any."""

    messages: dict[str, Part]
    names: frozenset[str]


@cache
def grammar() -> Grammar:
    """Return the grammar of the messages that are read, from its table."""
    table = tomllib.loads(files(__package__).joinpath("structure.toml").read_text(encoding="utf-8"))
    written = table["parts"] | table["messages"]
    parts: dict[str, Part] = {name: Part() for name in written}
    split = {name: [_child(one) for one in _words(text, written)] for name, text in written.items()}
    forms = forms_of(table["forms"], {ref for children in split.values() for _, _, ref in children} - written.keys())
    for name, children in split.items():
        for place, (child, often, ref) in enumerate(children):
            least, most = _MANY.get(often) or (int(often[0] == "+"), int(often[1:]))
            parts[name].children[child] = Child(place, least, most, ref, forms.get(ref), parts.get(ref))
            if least:
                parts[name].required.append(child)
    names = frozenset(child for part in parts.values() for child in part.children)
    return Grammar({name: parts[name] for name in table["messages"]}, names)


def _words(text: str, written: dict[str, str]) -> list[str]:
    words = text.split()
    return written["MESSAGE"].split() + words[1:] if words[0] == "MESSAGE" else words


def _child(word: str) -> tuple[str, str, str]:
    named, _, ref = word.partition(":")
    name = named.rstrip("?*+0123456789")
    return name, named[len(name) :], ref or name


class Walk:
    """One pass over one document; `findings` are its faults, at most `limit` and one that says there were more."""

    __slots__ = ("_is_namespace_told", "_limit", "_names", "_places", "findings")

    def __init__(self, places: Any, limit: int) -> None:
        self._names = grammar().names
        self._places = places
        self._limit = limit
        self._is_namespace_told = False
        self.findings: list[Finding] = []

    def message(self, root: _Element) -> Record:
        """Return the values of a whole message by its root's name, which is one of the grammar's."""
        name = local_name(root.tag)
        if root.tag != f"{{{NAMESPACE}}}{name}":
            self.fault(root, "namespace-unknown", f"Expected {name} in the namespace {NAMESPACE}; correct it.")
        self._attributes(root)
        for element in _WITH_ATTRIBUTES(root):
            self.fault(element, "attribute-unknown", "Expected no attribute here; one came. Remove it.")
        values = self._part(root, grammar().messages[name])
        said = values.get("messageType", name)
        if said != name:
            at = root.find("messageType")
            self.fault(root if at is None else at, "message-type-differs", f"Expected {name}, as the root is named.")
        return values

    def fault(self, element: _Element, code: str, message: str, *, child: str = "") -> None:
        """Note an error at an element, or at a child that did not come."""
        if len(self.findings) > self._limit:
            return
        if len(self.findings) == self._limit:
            code, message = "too-many-findings", f"More than {self._limit} faults: correct these and check again."
        place = self._places.of(element) + (f"/{child}" if child else "")
        self.findings.append(Finding(f"declarations.{code}", place, message, Severity.ERROR))

    def _attributes(self, root: _Element) -> None:
        for name, value in root.attrib.items():
            if name == "PhaseID":
                if str(value).strip() not in _PHASES:
                    self.fault(root, "version-unknown", "Expected PhaseID NCTS5.0, NCTS5.1 or NCTS6; another came.")
            elif not str(name).startswith(_XSI):
                self.fault(root, "attribute-unknown", "Expected no attribute but PhaseID; another came. Remove it.")

    def _part(self, element: _Element, part: Part) -> Record:
        values: Record = {}
        children, here = part.children, 0
        text = element.text
        if text and not text.isspace():
            self.fault(element, "text-unexpected", "Text came between elements: remove it.")
        for one in element:
            name: Any = one.tag
            child = children.get(name)
            if child is None:
                name = self._stranger(one, children)
                child = children.get(name)
                if child is None:
                    continue
            if child.place < here:
                self.fault(one, "element-misplaced", f"{name} came after elements it must come before: move it.")
            else:
                here = child.place
            self._put(one, name, child, values)
        for name in part.required:
            if name not in values:
                self.fault(element, "element-missing", f"Expected {name} here; none came. Add it.", child=name)
        return values

    def _put(self, element: _Element, name: str, child: Child, values: Record) -> None:
        value: Any = self._part(element, child.part) if child.part is not None else self._value(element, child.form)
        if child.most == 1:
            if name in values:
                self.fault(element, "element-repeated", f"{name} may come once here; it came again. Keep one.")
            values[name] = value
        else:
            values.setdefault(name, []).append(value)
            if len(values[name]) == child.most + 1:
                self.fault(element, "element-repeated", f"{name} may come {child.most} times here; more came.")
        tail = element.tail
        if tail and not tail.isspace():
            self.fault(element, "text-unexpected", "Text came after this element: remove it.")

    def _value(self, element: _Element, form: Form | None) -> str | None:
        if len(element):
            self.fault(element, "element-nested", "Expected a value only; elements came inside. Remove them.")
            return None
        value = element.text or ""
        accepted = form.accept(value) if form is not None else value
        if accepted is not None:
            return accepted
        if not value.strip():
            self.fault(element, "value-missing", f"{local_name(element.tag)} came empty: give its value or remove it.")
        elif form is not None:
            self.fault(element, form.code, f"Expected {form.expected}; {len(value)} characters came. Correct it.")
        return None

    def _stranger(self, element: _Element, children: dict[str, Child]) -> str:
        """Note an element that does not belong here and return its bare name, by which it may be read nevertheless."""
        name = local_name(element.tag)
        if name in children:
            if not self._is_namespace_told:
                message = f"Expected {name} and every element but the root without a namespace. Correct all of them."
                self.fault(element, "namespace-unknown", message)
            self._is_namespace_told = True
        elif name in self._names:
            self.fault(element, "element-misplaced", f"{name} does not belong here: move or remove it.")
        else:
            self.fault(element, "element-unknown", f"{name[:40]} is not an element of these messages: check its name.")
        return name
