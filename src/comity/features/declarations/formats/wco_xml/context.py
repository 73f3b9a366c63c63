"""Where in the document a fault is, and what has been found so far.

Places are XPaths of element names without namespace prefixes, with 1-based indexes where an element is repeated.
"""

from __future__ import annotations

from lxml.etree import _Element

from comity.foundation.errors import Finding, Severity

DECLARATION = "urn:wco:datamodel:WCO:DEC-DMS:2"
ENVELOPE = "urn:wco:datamodel:WCO:DocumentMetaData-DMS:2"
DATA_TYPES = "urn:wco:datamodel:WCO:Declaration_DS:DMS:2"
RESPONSE = "urn:wco:datamodel:WCO:RES-DMS:2"
RESPONSE_TYPES = "urn:wco:datamodel:WCO:Response_DS:DMS:2"


def local_name(tag: str) -> str:
    """Return an element's name without its namespace."""
    return tag.rpartition("}")[2]


class Places:
    """Tells the place of elements of one document: `/MetaData/Declaration/GoodsShipment/…[2]/…`.

    Siblings are numbered once per parent: numbering them at every fault took minutes for a hostile document.
    """

    __slots__ = ("_numbered",)

    def __init__(self) -> None:
        self._numbered: dict[_Element, dict[str, dict[_Element, int]]] = {}

    def of(self, element: _Element) -> str:
        """Return the place of an element."""
        steps: list[str] = []
        here: _Element | None = element
        while here is not None:
            parent = here.getparent()
            step = local_name(here.tag)
            if parent is not None:
                siblings = self._children_of(parent)[here.tag]
                if len(siblings) > 1:
                    step += f"[{siblings[here]}]"
            steps.append(step)
            here = parent
        return "/" + "/".join(reversed(steps))

    def _children_of(self, parent: _Element) -> dict[str, dict[_Element, int]]:
        numbered = self._numbered.get(parent)
        if numbered is None:
            numbered = {}
            for child in parent:
                same = numbered.setdefault(child.tag, {})
                same[child] = len(same) + 1
            self._numbered[parent] = numbered
        return numbered


class Context:
    """Collects the findings of one document, up to a limit; the last one then says that there were more."""

    __slots__ = ("_limit", "_places", "_unmapped", "findings", "is_forgiving", "namespaces")

    def __init__(self, limit: int, places: Places, namespaces: tuple[str, ...], *, is_forgiving: bool = False) -> None:
        self.namespaces = namespaces
        self.is_forgiving = is_forgiving
        self._places = places
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
                    self._places.of(element),
                    f"More than {self._limit} faults: the rest is not listed. Correct these and check again.",
                )
            )
        if len(self.findings) <= self._limit:
            self.findings.append(Finding(f"declarations.{code}", self._places.of(element), message, severity))
