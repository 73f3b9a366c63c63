"""How a transit declaration is written as CC015C, or what is done to one as CC013C, CC014C or CC170C; in XML or JSON.

The bindings that read are used the other way round, and the grammar gives the order. Reading what is written gives the
same value, for a value in the form reading gives.
"""

from __future__ import annotations

import json
from typing import Any

from lxml import etree
from lxml.etree import _Element

from comity.features.declarations.errors import NotWritable
from comity.features.declarations.formats.bind import Record, write_by
from comity.features.declarations.formats.ncts_xml.compose import MEANINGS, fields_from
from comity.features.declarations.formats.ncts_xml.consistency import inconsistencies
from comity.features.declarations.formats.ncts_xml.elements import MESSAGE
from comity.features.declarations.formats.ncts_xml.grammar import NAMESPACE, Part, Walk, grammar
from comity.features.declarations.formats.wco_xml.context import Places
from comity.features.declarations.reading import DEFAULT_LIMITS, is_refused
from comity.foundation.trade.declaration import Declaration, DeclarationKind


def write_ncts(declaration: Declaration) -> bytes:
    """Return the message in UTF-8.

    Raises:
        NotWritable: it is no transit declaration, or lacks what the message must hold; the findings say what.
    """
    return etree.tostring(_tree(declaration), encoding="UTF-8", xml_declaration=True)


def write_ncts_json(declaration: Declaration) -> bytes:
    """Return the message's JSON twin in UTF-8.

    Raises:
        NotWritable: as for `write_ncts`.
    """
    root = _tree(declaration)
    name = etree.QName(root).localname
    attributes = {"@PhaseID": root.get("PhaseID")} if "PhaseID" in root.attrib else {}
    values = _values(root, grammar().messages[name])
    return json.dumps({f"n1:{name}": attributes | values}, ensure_ascii=False).encode()


def _tree(declaration: Declaration) -> _Element:
    if declaration.kind is not DeclarationKind.TRANSIT:
        raise NotWritable("Expected a transit declaration; another came. Write it as WCO XML.")
    name = next(name for name, meaning in MEANINGS.items() if meaning is declaration.function)
    root = etree.Element(f"{{{NAMESPACE}}}{name}", nsmap={"ncts": NAMESPACE})
    if declaration.message_version is not None:
        root.set("PhaseID", declaration.message_version)
    _fill(root, write_by(MESSAGE, fields_from(declaration, name)), grammar().messages[name])
    walk = Walk(Places(), DEFAULT_LIMITS.max_findings)
    walk.message(root)
    findings = [*walk.findings, *inconsistencies(root, Places())]
    if is_refused(findings):
        wrong = "The declaration lacks what the message must hold, or holds it in another form: see the findings."
        raise NotWritable(wrong, findings=findings)
    return root


def _fill(element: _Element, record: Record, part: Part) -> None:
    """Put a record's values into an element in the order of its part; what the part does not know is left out."""
    for name, child in part.children.items():
        value = record.get(name)
        if value is None and child.least and child.part is not None and not child.part.required:
            value = {}  # a part that must be there, but of which nothing must be told
        for one in value if isinstance(value, list) else () if value is None else (value,):
            made = etree.SubElement(element, name)
            if child.part is None:
                made.text = one
            else:
                _fill(made, one, child.part)


def _values(element: _Element, part: Part) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for one in element:
        child = part.children[one.tag]
        value = one.text if child.part is None else _values(one, child.part)
        if child.most > 1:
            values.setdefault(one.tag, []).append(value)
        else:
            values[one.tag] = value
    return values
