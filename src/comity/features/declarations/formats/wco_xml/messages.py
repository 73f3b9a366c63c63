"""Which messages of the WCO Data Model are read: the element that is the message, its class and its namespaces."""

from __future__ import annotations

from typing import NamedTuple

from comity.features.declarations.formats.wco_xml.classes import declaration
from comity.features.declarations.formats.wco_xml.context import (
    DATA_TYPES,
    DECLARATION,
    RESPONSE,
    RESPONSE_TYPES,
)
from comity.features.declarations.formats.wco_xml.responses import response
from comity.features.declarations.formats.wco_xml.structure import Class


class Message(NamedTuple):
    """A message: its class, its own namespace, and those its elements may be in besides none.

    `is_forgiving`: an element that came empty, or an instant without its formatCode, is noted and read as it was meant.
    Customs send such responses and cannot be asked to send them again; a declarant is asked.
    """

    kind: Class
    namespace: str
    namespaces: tuple[str, ...]
    is_forgiving: bool = False


MESSAGES = {
    "Declaration": Message(declaration, DECLARATION, (DECLARATION, DATA_TYPES)),
    "Response": Message(response, RESPONSE, (RESPONSE, RESPONSE_TYPES, DECLARATION, DATA_TYPES), is_forgiving=True),
}
