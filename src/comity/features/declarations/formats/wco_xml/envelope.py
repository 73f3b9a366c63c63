"""Where in a document the messages are, or what the document is instead.

Envelope: WCO DocumentMetaData (`MetaData`), bare `Declaration` or `Response`, the UK's `submitDeclarationRequest` and
`cancelDeclarationRequest`, and this project's batch `Declarations` of any of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml.etree import _Element

from comity.features.declarations.formats.wco_xml.context import ENVELOPE, Places, local_name
from comity.features.declarations.formats.wco_xml.messages import MESSAGES
from comity.foundation.errors import Finding

BATCH = "Declarations"
WRAPPERS = frozenset({"submitDeclarationRequest", "cancelDeclarationRequest", "requestDetail"})
_ENVELOPE_ELEMENTS = frozenset(
    {
        "WCODataModelVersionCode",
        "WCOTypeName",
        "ResponsibleCountryCode",
        "ResponsibleAgencyName",
        "AgencyAssignedCustomizationCode",
        "AgencyAssignedCustomizationVersionCode",
        "CommunicationMetaData",
    }
)
_ASIDE = frozenset({"requestCommon"})
_OTHER_MESSAGES = {
    "inventoryLinkingMovementRequest": "an inventory-linking movement message",
    "inventoryLinkingMovementResponse": "an inventory-linking movement response",
    "inventoryLinkingMovementTotalsResponse": "an inventory-linking movement response",
    "inventoryLinkingConsolidationRequest": "an inventory-linking consolidation message",
    "inventoryLinkingControlResponse": "an inventory-linking control response",
    "inventoryLinkingQueryRequest": "an inventory-linking query",
    "inventoryLinkingQueryResponse": "an inventory-linking query response",
}


def messages_in(root: _Element, places: Places) -> Iterator[_Element | Finding]:
    """Yield every element below `root` that is a message, and a finding for everything that is none."""
    name = local_name(root.tag)
    namespace = root.tag[1:].partition("}")[0] if root.tag.startswith("{") else ""
    if name in MESSAGES:
        expected = MESSAGES[name].namespace
        yield root if namespace in ("", expected) else _wrong_namespace(root, places, expected)
    elif name == "MetaData":
        yield from (
            _in_envelope(root, places) if namespace in ("", ENVELOPE) else [_wrong_namespace(root, places, ENVELOPE)]
        )
    elif name in WRAPPERS or (name == BATCH and not namespace):
        yield from _in_wrapper(root, places)
    else:
        yield _not_a_declaration(root, places)


def _in_wrapper(wrapper: _Element, places: Places) -> Iterator[_Element | Finding]:
    found = False
    for child in wrapper:
        if local_name(child.tag) not in _ASIDE:
            found = True
            yield from messages_in(child, places)
    if not found:
        yield _finding(places, wrapper, "not-a-declaration", "Expected a declaration or a response inside; none came.")


def _in_envelope(envelope: _Element, places: Places) -> Iterator[_Element | Finding]:
    found = False
    for child in envelope:
        name = local_name(child.tag)
        if name in MESSAGES:
            if found:
                yield _finding(
                    places, child, "element-repeated", f"An envelope holds one {name}; it came again. Keep one."
                )
                continue
            found = True
            yield from messages_in(child, places)
        elif name in _OTHER_MESSAGES:
            found = True
            yield _not_a_declaration(child, places)
        elif name not in _ENVELOPE_ELEMENTS:
            yield _finding(
                places, child, "element-unknown", "Expected WCO metadata and one message; another element came."
            )
    if not found:
        yield _finding(
            places,
            envelope,
            "not-a-declaration",
            "Expected a Declaration or a Response in the envelope; none came. Add it.",
        )


def _not_a_declaration(element: _Element, places: Places) -> Finding:
    what = _OTHER_MESSAGES.get(local_name(element.tag), "another kind of document")
    return _finding(
        places,
        element,
        "not-a-declaration",
        f"Expected a goods declaration of the WCO Data Model, or a response to one; {what} came."
        " Send it where such messages are read.",
    )


def _wrong_namespace(element: _Element, places: Places, expected: str) -> Finding:
    return _finding(
        places,
        element,
        "namespace-unknown",
        f"Expected the namespace {expected} or none; another one came. Send WCO Data Model 3.6.",
    )


def _finding(places: Places, element: _Element, code: str, message: str) -> Finding:
    return Finding(f"declarations.{code}", places.of(element), message)
