"""What an event says beyond the standard: members of other namespaces, kept as pairs of a full name and a text.

Nested members become one pair each: `{namespace}address/{namespace}city`. In JSON a prefix stands for the namespace
that the document's context gives it; in XML the parser has resolved it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from comity.features.declarations.json_values import Context, Steps

MOST = 2_000
"""Pairs kept of one event: a guess, twenty times the most seen."""
_MAX_TEXT = 10_000


class Namespaces:
    """The prefixes a JSON-LD context declares, of a document and of the event within it."""

    __slots__ = ("_known",)

    def __init__(self, *contexts: Any) -> None:
        self._known = dict(_ALWAYS)
        for one in contexts:
            for found in one if isinstance(one, list) else [one]:
                if isinstance(found, Mapping):
                    self._known |= {name: uri for name, uri in found.items() if isinstance(uri, str)}

    def within(self, context: Any) -> Namespaces:
        """Return these with those of an inner context."""
        return self if context is None else Namespaces(self._known, context)

    def full(self, name: str) -> str | None:
        """Return a member's full name, or None where its prefix is not declared."""
        if name.startswith("{"):
            return name
        prefix, _, local = name.partition(":")
        if prefix in self._known:
            return f"{{{self._known[prefix]}}}{local}"
        return name if local.startswith("//") or prefix == "urn" else None


_ALWAYS = {
    "cbvmda": "urn:epcglobal:cbv:mda:",
    "cbv": "https://ref.gs1.org/cbv/",
    "epcis": "https://ref.gs1.org/epcis/",
    "gs1": "https://gs1.org/voc/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "dcterms": "http://purl.org/dc/terms/",
    "example": "https://ns.example.com/epcis/",
}
"""Prefixes that the GS1 context itself declares."""


def is_extension(name: str) -> bool:
    """Claim that a member's name is of another namespace: a full name, or one with a prefix."""
    return name.startswith("{") or ":" in name


def pairs_of(
    name: str, value: Any, at: Steps, *, namespaces: Namespaces, context: Context
) -> Iterator[tuple[str, str]]:
    """Yield a member of another namespace, and all within it, as pairs."""
    full = namespaces.full(name)
    if full is None:
        context.once(
            f"prefix {name.partition(':')[0]}",
            at,
            "prefix-undeclared",
            "A member has a prefix that no @context declares: it is kept under its short name. Declare the prefix.",
        )
        full = name
    yield from _flat(full, value, namespaces)


def _flat(name: str, value: Any, namespaces: Namespaces) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for inner, one in value.items():
            yield from _flat(f"{name}/{namespaces.full(inner) or inner}", one, namespaces)
    elif isinstance(value, list):
        for one in value:
            yield from _flat(name, one, namespaces)
    elif value is not None:
        yield name, (str(value).lower() if isinstance(value, bool) else str(value))[:_MAX_TEXT]
