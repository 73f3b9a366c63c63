"""Whether the first bytes of a file are an EPCIS document: by its root element, or by its JSON type or context."""

from __future__ import annotations

import re

from comity.features.declarations.formats.epcis.read import ROOTS
from comity.features.declarations.sniff import head_text, looks_like_json, root_name

_TYPE = re.compile(rf'"(?:type|isA)"\s*:\s*"(?:{"|".join(sorted(ROOTS))})"')
_CONTEXT = re.compile(r'"@context"\s*:\s*\[?\s*"https?://[^"]*epcis')
_PARAMETER = re.compile(
    r'"(?:(?:GE|LT)_(?:eventTime|recordTime)|EQ_(?:action|bizStep|disposition)|MATCH_(?:any)?[eE]pc)"'
)


def is_epcis_xml(head: bytes) -> bool:
    """Claim that the root element is one of EPCIS."""
    return root_name(head) in ROOTS


def is_epcis_json(head: bytes) -> bool:
    """Claim that a JSON document has the type of an EPCIS document, event or query, or the context of EPCIS."""
    if not looks_like_json(head):
        return False
    text = head_text(head)
    return any(pattern.search(text) for pattern in (_TYPE, _CONTEXT, _PARAMETER))
