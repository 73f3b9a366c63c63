"""Which way the goods go, and what a document does: from its type code (WCO DM D013) and function code (017)."""

from __future__ import annotations

from comity.foundation.trade.declaration import DeclarationFunction, DeclarationKind

FUNCTIONS = {
    "1": DeclarationFunction.CANCELLATION,
    "4": DeclarationFunction.AMENDMENT,
    "5": DeclarationFunction.AMENDMENT,
    "9": DeclarationFunction.ORIGINAL,
    "13": DeclarationFunction.AMENDMENT,
    "14": DeclarationFunction.PRESENTATION,
}
"""UN/EDIFACT 1225: 1 cancellation, 4 change, 5 replace, 9 original, 13 request, 14 advance notification."""

REQUESTS = {
    "INV": DeclarationFunction.CANCELLATION,
    "COR": DeclarationFunction.AMENDMENT,
    "GPR": DeclarationFunction.PRESENTATION,
}
"""Type codes of the UK CDS that say what is requested: invalidation, correction, presentation of goods."""

_TRANSIT = ("TR", "T1", "T2", "TIR")


def kind_of(type_code: str | None) -> DeclarationKind:
    """Return the direction of the goods from the first letters of the type code."""
    if type_code is None:
        return DeclarationKind.OTHER
    if type_code.startswith("IM"):
        return DeclarationKind.IMPORT
    if type_code.startswith("EX"):
        return DeclarationKind.EXPORT
    if type_code.startswith(_TRANSIT):
        return DeclarationKind.TRANSIT
    return DeclarationKind.OTHER


def function_of(function_code: str | None, type_code: str | None) -> DeclarationFunction:
    """Return what the document does. A type code that names a request decides over the function code.

    An unknown function code counts as original; validation refuses it.
    """
    if type_code in REQUESTS:
        return REQUESTS[type_code]
    return FUNCTIONS.get((function_code or "").lstrip("0"), DeclarationFunction.ORIGINAL)
