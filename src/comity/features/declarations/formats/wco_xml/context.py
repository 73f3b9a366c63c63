"""Where in the document a fault is, and what has been found so far.

Places are XPaths of element names without namespace prefixes, with 1-based indexes where an element is repeated.
"""

from __future__ import annotations

from lxml.etree import _Element

from comity.foundation.errors import Finding, Severity

BARE = ""
DECLARATION = "urn:wco:datamodel:WCO:DEC-DMS:2"
ENVELOPE = "urn:wco:datamodel:WCO:DocumentMetaData-DMS:2"
DATA_TYPES = "urn:wco:datamodel:WCO:Declaration_DS:DMS:2"


def local_name(tag: str) -> str:
    """Return an element's name without its namespace."""
    return tag.rpartition("}")[2]


def path_of(element: _Element) -> str:
    """Return the place of an element: `/MetaData/Declaration/GoodsShipment/GovernmentAgencyGoodsItem[2]/…`."""
    steps: list[str] = []
    here: _Element | None = element
    while here is not None:
        parent = here.getparent()
        step = local_name(here.tag)
        if parent is not None:
            siblings = [sibling for sibling in parent if sibling.tag == here.tag]
            if len(siblings) > 1:
                step += f"[{siblings.index(here) + 1}]"
        steps.append(step)
        here = parent
    return "/" + "/".join(reversed(steps))


class Context:
    """Collects the findings of one document, up to a limit; the last one then says that there were more."""

    __slots__ = ("_limit", "_unmapped", "findings")

    def __init__(self, limit: int) -> None:
        self.findings: list[Finding] = []
        self._limit = limit
        self._unmapped: set[str] = set()

    def error(self, element: _Element, code: str, message: str) -> None:
        """Note an error at `element`; `code` is without its prefix `declarations.`."""
        self._add(element, code, message, Severity.ERROR)

    def warning(self, element: _Element, code: str, message: str) -> None:
        """Note a warning at `element`; `code` is without its prefix `declarations.`."""
        self._add(element, code, message, Severity.WARNING)

    def unmapped(self, element: _Element) -> None:
        """Note once per element name that a WCO element is not carried into the canonical value."""
        name = local_name(element.tag)
        if name not in self._unmapped:
            self._unmapped.add(name)
            self.warning(
                element,
                "element-not-mapped",
                f"{name} is an element of the WCO Data Model that is not kept as a value; it stays in the original"
                " document, whose hash is kept. Nothing to do.",
            )

    def _add(self, element: _Element, code: str, message: str, severity: Severity) -> None:
        if len(self.findings) == self._limit:
            self.findings.append(
                Finding(
                    "declarations.too-many-findings",
                    path_of(element),
                    f"More than {self._limit} faults: the rest is not listed. Correct these and check again.",
                )
            )
        if len(self.findings) <= self._limit:
            self.findings.append(Finding(f"declarations.{code}", path_of(element), message, severity))
