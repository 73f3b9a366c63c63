"""How a declaration or a response is written as WCO Data Model 3.6 XML: envelope and elements as the UK CDS has them.

Reading what is written gives the same value, for a value in the form reading gives: kind and function follow from
type and function code, instants are whole seconds, and the tariff code is not among the classifications.
"""

from __future__ import annotations

from dataclasses import replace

from lxml import etree

from comity.features.declarations.formats.wco_xml.context import (
    DATA_TYPES,
    DECLARATION,
    ENVELOPE,
    RESPONSE,
    RESPONSE_TYPES,
)
from comity.features.declarations.formats.wco_xml.write_declaration import declaration
from comity.features.declarations.formats.wco_xml.write_parts import Writer
from comity.features.declarations.formats.wco_xml.write_response import response
from comity.foundation.trade.declaration import Declaration
from comity.foundation.trade.notice import Notice

FUNCTION_CODES = {"original": "9", "amendment": "13", "cancellation": "13", "presentation": "13"}


def write_wco_xml(document: Declaration | Notice) -> bytes:
    """Return the declaration or response as a document in UTF-8: MetaData with one Declaration or Response.

    A declaration without a function code is written with that of its function.
    """
    if isinstance(document, Notice):
        envelope, root = _envelope("RES", "Response", RESPONSE, RESPONSE_TYPES)
        response(Writer(root, namespace=RESPONSE, types=RESPONSE_TYPES), document)
    else:
        envelope, root = _envelope("DEC", "Declaration", DECLARATION, DATA_TYPES)
        code = document.function_code or FUNCTION_CODES[document.function.value]
        declaration(Writer(root), replace(document, function_code=code))
    return etree.tostring(envelope, encoding="UTF-8", xml_declaration=True)


def write_wco_xml_batch(documents: list[Declaration]) -> bytes:
    """Return several declarations as one file: XML documents one after another, each with its own declaration."""
    return b"\n".join(write_wco_xml(document) for document in documents) + b"\n"


def _envelope(type_name: str, name: str, namespace: str, types: str) -> tuple[etree._Element, etree._Element]:
    prefixes: dict[str | None, str] = {"md": ENVELOPE, None: namespace, "p1": types}
    if namespace != DECLARATION:  # what an amendment changed is a declaration in its own namespace
        prefixes |= {"dec": DECLARATION, "p2": DATA_TYPES}
    envelope = etree.Element(f"{{{ENVELOPE}}}MetaData", nsmap=prefixes)  # type: ignore[arg-type] # None: the default
    for element_name, value in (("WCODataModelVersionCode", "3.6"), ("WCOTypeName", type_name)):
        etree.SubElement(envelope, f"{{{ENVELOPE}}}{element_name}").text = value
    return envelope, etree.SubElement(envelope, f"{{{namespace}}}{name}")
