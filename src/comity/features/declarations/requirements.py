"""What an administration requires of a document beyond its format: that it keeps its XML schemas and business rules.

A document is judged in stages, each of which presupposes the one before: the schema, then the rules, then whether
every value can be kept. What is told is the first stage that fails, as the administration's own system tells it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lxml import etree
from lxml.etree import _Element

from comity.features.declarations.formats.ncts_xml.read import tree_in
from comity.features.declarations.reading import Limits, ReadDocument, capped, is_refused
from comity.features.declarations.rule_packs.book import RuleBook
from comity.features.declarations.rule_packs.structure import Structure
from comity.features.declarations.schemas import Schemas
from comity.foundation.clock import Clock
from comity.foundation.errors import Finding, Severity


@dataclass(frozen=True, slots=True)
class Requirements:
    """The schemas and the rules of an administration, either of which may be absent."""

    schemas: Schemas | None
    rules: RuleBook | None
    clock: Clock

    def judged(
        self, content: bytes, documents: Iterator[ReadDocument], *, folder: str, limits: Limits
    ) -> Iterator[ReadDocument]:
        """Yield the documents read from an XML file or a JSON twin of one, refused that do not keep what is required.

        `folder` is the name of the folder the file is in. Bytes that are neither were refused by the reader.
        """
        tree = tree_in(content, limits=limits)
        if isinstance(tree, list):
            yield from documents
            return
        root, places = tree
        found = [self._findings(element, places, folder, limits) for element in self._messages(root)]
        position, digest = 0, ""
        for position, document in enumerate(documents, start=1):  # noqa: B007 - the last ones are used below
            digest = document.content_sha256
            yield _refused(document, found.pop(0), limits) if found else document
        for position, own in enumerate(filter(is_refused, found), start=position + 1):  # noqa: B020
            yield ReadDocument(None, own, position, digest)

    def _messages(self, root: _Element) -> list[_Element]:
        """Return what is judged: the root, or the messages within an envelope or a batch that is itself unknown."""
        if self._is_known(root):
            return [root]
        outermost: list[_Element] = []
        for element in root.iter(etree.Element):
            if self._is_known(element) and not any(one in outermost for one in element.iterancestors()):
                outermost.append(element)
        return outermost or [root]

    def _is_known(self, element: _Element) -> bool:
        if self.schemas is not None:
            return self.schemas.declares(element)
        return self.rules is not None and self.rules.is_for(element)

    def _findings(self, message: _Element, places: Any, folder: str, limits: Limits) -> tuple[Finding, ...]:
        found = () if self.schemas is None else tuple(self.schemas.findings(message, limits=limits, places=places))
        if is_refused(found) or self.rules is None or not self.rules.is_for(message):
            return found
        broken = self.rules.findings(message, folder=folder, today=self.clock.now().date(), limits=limits)
        return found + broken


def read_requirements(
    *, rules: Path | None, schemas: Path | None, variants: Path | None = None, clock: Clock
) -> Requirements | None:
    """Load rule packs and schemas from their folders; None where neither is given.

    `variants` is a file that says which packs apply when, instead of the one beside them.

    Raises:
        RulePacksRefused, SchemaUnreadable: something of them cannot be used; nothing is loaded then.
    """
    if rules is None and schemas is None:
        return None
    structure = None if rules is None or schemas is None else Structure(schemas)
    only = schemas.stem if schemas is not None and schemas.is_file() else None
    book = None if rules is None else RuleBook(rules, structure=structure, variants=variants, schema=only)
    return Requirements(None if schemas is None else Schemas(schemas), book, clock)


def _refused(document: ReadDocument, own: tuple[Finding, ...], limits: Limits) -> ReadDocument:
    """Return the document as the administration's requirements leave it: their errors, else the reader's."""
    if not is_refused(own):
        return replace(document, findings=capped([*own, *document.findings], limits.max_findings))
    remarks = [one for one in document.findings if one.severity is Severity.WARNING]
    return replace(document, document=None, findings=capped([*own, *remarks], limits.max_findings))
