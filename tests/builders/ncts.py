"""Transit messages made from the grammar: whole ones with every element, and broken ones with one fault."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from functools import partial
from typing import Any

from lxml import etree

from comity.features.declarations.formats.ncts_xml.grammar import NAMESPACE, Child, Part, grammar

VALUES = {
    "date": "2026-03-14",
    "instant": "2026-03-14T09:30:00",
    "flag": "1",
    "office": "XI000142",
    "office-country": "XI",
    "mrn": "26XI000142A1B2C3J7",
    "grn": "26XI0000010000053",
    "tin": "XI000111222333",
    "tir-carnet": "XA26000001",
    "email": "desk@example.test",
    "email.": "desk@example.test",
    "latitude": "54.59728",
    "longitude": "-5.93012",
    "error-code": "12",
    "message-type": "CC015C",
    "AN1": "1",
    "n..16,2": "1250.50",
    "n..16,6": "812.345",
    "n..16,6+": "812.345",
    "n..1999+": "1",
    "t6": "847130",
    "A2": "XI",
    "an2": "00",
    "an2.": "00",
}
_OTHERS = {
    "date": "2026-04-15",
    "instant": "2026-04-15T10:45:00",
    "flag": "0",
    "office": "XI000081",
    "office-country": "FR",
    "mrn": "26XI000142A1B2C3J8",
    "grn": "26XI0000010000061",
    "tin": "XI000111222444",
    "tir-carnet": "XA26000002",
    "email": "other@example.test",
    "email.": "other@example.test",
    "latitude": "54.50000",
    "longitude": "-5.50000",
    "error-code": "14",
    "AN1": "2",
    "n..16,2": "77.25",
    "n..16,6": "99.5",
    "n..16,6+": "99.5",
    "n..1999+": "9",
    "t6": "847150",
    "A2": "FR",
    "message-type": "CC013C",
}
_NUMBERS = ("sequenceNumber", "goodsItemNumber", "declarationGoodsItemNumber")
_SPOILT = ("", " ", "x" * 600, "-1", "0", "1.2345678", "2026-02-30", "ä", "two  words ", "99999999999", "É1\t2")


def value_of(form: str) -> str:
    """Return a value of a form, by its name in the grammar's table."""
    if form in VALUES:
        return VALUES[form]
    kind, size = re.match(r"([A-Za-z]+)\.{0,2}([0-9]+)", form).groups()
    length = int(size) if ".." not in form else max(1, int(size) // 2)
    return {"a": "A", "A": "X", "d": "1", "n": "1"}.get(kind, "V")[0] * (1 if kind == "n" else length)


def message(name: str, *, draw: random.Random | None = None, most: int = 2) -> etree._Element:
    """Return a message with every element up to `most` times, or with a draw of the optional ones."""
    root = etree.Element(f"{{{NAMESPACE}}}{name}", nsmap={"ncts": NAMESPACE}, PhaseID="NCTS5.1")
    _fill(root, grammar().messages[name], partial(_times, draw=draw, most=most), number=1)
    root.find("messageType").text = name
    return root


def _fill(element: etree._Element, part: Part, times: Callable[[Child], int], *, number: int) -> None:
    for name, child in part.children.items():
        for place in range(1, times(child) + 1):
            made = etree.SubElement(element, name)
            if child.part is not None:
                _fill(made, child.part, times, number=place)
            else:
                made.text = str(number) if name in _NUMBERS else value_of(child.notation)


def _times(child: Child, *, draw: random.Random | None, most: int) -> int:
    if draw is None:
        return min(child.most, most)
    return max(child.least, min(child.most, draw.choice((0, 0, 1, 1, 2))))


def as_json(root: etree._Element, *, prefix: str = "n1:") -> bytes:
    """Return the JSON twin of a message, its keys in another order than its elements."""

    def value(element: etree._Element) -> Any:
        if not len(element):
            return element.text
        record: dict[str, list[Any]] = {}
        for child in element:
            record.setdefault(child.tag, []).append(value(child))
        return {name: found[0] if len(found) == 1 else found for name, found in reversed(record.items())}

    name = root.tag.rpartition("}")[2]
    return json.dumps({prefix + name: {"@PhaseID": root.get("PhaseID"), **value(root)}}).encode()


def spoil(root: etree._Element, draw: random.Random) -> None:
    """Break one thing of a message: drop, double, move, rename, empty or spoil an element."""
    elements = [one for one in root.iter(etree.Element) if one is not root]
    chosen = draw.choice(elements)
    parent = chosen.getparent()
    act = draw.choice(("drop", "double", "move", "rename", "value", "value", "text", "attribute"))
    if act == "drop":
        parent.remove(chosen)
    elif act == "double":
        chosen.addnext(etree.fromstring(etree.tostring(chosen)))
    elif act == "move":
        parent.insert(draw.randrange(len(parent)), chosen)
    elif act == "rename":
        chosen.tag = draw.choice((draw.choice(elements).tag, "unheardOf"))
    elif act == "attribute":
        chosen.set("note", "1")
    elif act == "text" and len(chosen):
        chosen.text = "words"
    elif not len(chosen):
        chosen.text = draw.choice(_SPOILT)


def another_value(form: str) -> str:
    """Return another value of a form than `value_of` does."""
    if form in _OTHERS:
        return _OTHERS[form]
    value = value_of(form)
    return value[:-1] + {"V": "W", "X": "Y", "A": "B", "1": "2", "0": "5"}[value[-1]]
