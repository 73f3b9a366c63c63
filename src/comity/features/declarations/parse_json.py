"""Whether bytes are safe, well-formed JSON (RFC 8259): bounded size, number of values and depth before they are read.

Numbers with a fraction come as exact decimals.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from comity.features.declarations.reading import Limits
from comity.foundation.errors import Finding

MAX_DEPTH = 64
"""How deep values may be nested: a guess, four times the deepest document seen."""

_MOST_VALUES = 1_000_000
"""Values of a document at most: 100 bytes each in memory stay under the bound of 300 MB."""
_MAX_DIGITS = 40
_BOM = b"\xef\xbb\xbf"


def _decimal(text: str) -> Decimal:
    if len(text) > _MAX_DIGITS:
        raise ValueError("a number of too many digits")
    return Decimal(text)


_decoder = msgspec.json.Decoder(float_hook=_decimal)


def parsed_json(content: bytes, *, limits: Limits) -> Any | Finding:
    """Return the value, or the finding why there is none. Never raises on any bytes."""
    if len(content) > limits.max_document_bytes:
        return _finding("too-large", f"Expected at most {limits.max_document_bytes} bytes. Send several files instead.")
    bare = content.removeprefix(_BOM)
    if bare.count(b"{") + bare.count(b"[") > limits.max_elements or bare.count(b",") > _MOST_VALUES:
        return _finding("too-many-elements", f"Expected at most {limits.max_elements} objects and lists in a document.")
    try:
        value = _decoder.decode(bare)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _finding(
            "json-malformed", "The document is not well-formed JSON in UTF-8: correct it, or send it again."
        )
    except (ValueError, InvalidOperation):
        return _finding("json-malformed", f"A number has more than {_MAX_DIGITS} digits. Correct it.")
    except RecursionError:
        return _too_deep()
    return value if _depth_within(value) else _too_deep()


def _depth_within(value: Any) -> bool:
    """Claim that nothing is nested deeper than allowed, whatever the value's size."""
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(MAX_DEPTH):
        if not level:
            return True
        inner = [one for each in level for one in (each.values() if isinstance(each, dict) else each)]
        level = [one for one in inner if isinstance(one, dict | list)]
    return not level


def _too_deep() -> Finding:
    return _finding("limit-exceeded", f"Values are nested deeper than {MAX_DEPTH}. Correct the document.")


def _finding(code: str, message: str) -> Finding:
    return Finding(f"declarations.{code}", "/", message)
