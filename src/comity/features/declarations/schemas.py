"""Whether a document keeps an administration's XML schemas (W3C XML Schema 1.0), and what to correct where it does not.

The schemas are the administration's: nothing is shipped. How to use it::

    schemas = Schemas(folder)                      # or one .xsd file; SchemaUnreadable when there is none to use
    findings = schemas.findings(root, limits=DEFAULT_LIMITS)      # a parsed document (`formats.wco_xml.parse.parsed`)

The schema is the one that declares the root element; where a document changes namespace (an envelope around a
declaration), the schemas of both are imported together. Where several files declare the same root (two versions in
one folder), a document is right if it keeps one of them, else the faults against the nearest are told; name one file
instead of the folder to have it judged by that alone. Codes, paths and advice are those of the readers.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, product
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from xml.sax.saxutils import quoteattr

from lxml import etree
from lxml.etree import _Element

from comity.features.declarations.errors import SchemaUnreadable
from comity.features.declarations.formats.wco_xml.context import Places, local_name
from comity.features.declarations.reading import Limits
from comity.features.declarations.schema_messages import Declared, Judge
from comity.foundation.errors import Finding

MAX_FILES = 2_000
"""Schema files of one folder: TARIC3, NCTS and the WCO's together are under 100; a guess with room."""

MAX_FILE_BYTES = 16 * 2**20
"""Size of one schema file; the largest known, the types of NCTS, has 1 MB: a guess with room."""

MAX_VERSIONS = 16
"""Combinations of versions tried for one document: a guess."""

_XSD = "{http://www.w3.org/2001/XMLSchema}"
_SCHEMA = '<schema xmlns="http://www.w3.org/2001/XMLSchema">{}</schema>'


class Schemas:
    """The schemas of a folder and those below it, each compiled when a document first needs it."""

    def __init__(self, source: Path) -> None:
        """Look through a folder, or the folder of one file of which alone the root elements then count.

        Raises:
            SchemaUnreadable: there is no schema, or one of the files is not XML or too large.
        """
        is_file = source.is_file()
        self._folder = (source.parent if is_file else source).resolve()
        files = sorted(self._folder.rglob("*.xsd"))[: MAX_FILES + 1]
        if not files or len(files) > MAX_FILES:
            raise SchemaUnreadable(f"Expected a folder with 1 to {MAX_FILES} schema files (.xsd): check the path.")
        self._parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        self._parser.resolvers.add(_WithinFolder(files))
        self._declaring: dict[str, list[tuple[str, Path]]] = {}
        self._declared = Declared(set(), {})
        for file in files:
            self._index(file, is_entry=not is_file or file == source.resolve())
        self._compiled: dict[tuple[Path, ...], Judge] = {}

    def findings(self, root: _Element, *, limits: Limits, places: Any = None) -> list[Finding]:
        """Return the faults of a document against its schema, none if it keeps it; `places` tells the paths.

        Raises:
            SchemaUnreadable: the schema for this document cannot be compiled; the message says which file.
        """
        places = Places() if places is None else places
        if not self.declares(root):
            return [self._unknown(root, places)]
        nearest: list[Finding] | None = None
        for files in islice(product(*self._choices(root)), MAX_VERSIONS):
            found = self._judge(files).findings(root, limit=limits.max_findings, places=places)
            if not found:
                return []
            if nearest is None or len(found) < len(nearest):
                nearest = found
        return nearest or []

    def declares(self, element: _Element) -> bool:
        """Claim that one of the schemas declares this element as one that a document may begin with."""
        return element.tag in self._declaring

    def _choices(self, root: _Element) -> Iterator[tuple[tuple[str, Path], ...]]:
        """Yield for each namespace of the document the schema files that declare the element it begins with."""
        tags = {element.tag for element in root.iter()}
        if tags & self._declaring.keys() == {root.tag}:
            return iter((tuple(self._declaring[root.tag]),))  # by far most documents: one namespace begins here
        entries: dict[str, str] = {}
        for element in root.iter(etree.Element):
            tag, parent = element.tag, element.getparent()
            space = _namespace(tag)
            if space not in entries and tag in self._declaring and (parent is None or _namespace(parent.tag) != space):
                entries[space] = tag
        return (tuple(self._declaring[tag]) for tag in entries.values())

    def _judge(self, files: tuple[tuple[str, Path], ...]) -> Judge:
        key = tuple(path for _, path in files)
        compiled = self._compiled.get(key)
        if compiled is None:
            imports = "".join(
                f"<import schemaLocation={quoteattr(path.as_uri())}"
                + (f" namespace={quoteattr(space)}/>" if space else "/>")
                for space, path in files
            )
            try:
                # "within" gives the driver a place in the folder, from which the resolver reads.
                driver = etree.fromstring(_SCHEMA.format(imports), self._parser, base_url=str(self._folder / "within"))
                compiled = Judge(etree.XMLSchema(driver), self._declared)
            except (etree.XMLSchemaParseError, etree.XMLSyntaxError) as error:
                raise SchemaUnreadable(f"The schema {key[0].name} or one it includes is not usable.") from error
            self._compiled[key] = compiled
        return compiled

    def _index(self, file: Path, *, is_entry: bool) -> None:
        try:
            if file.stat().st_size > MAX_FILE_BYTES:
                raise SchemaUnreadable(f"Expected schema files of at most {MAX_FILE_BYTES} bytes: {file.name}.")
            schema = etree.parse(file, self._parser).getroot()
        except (OSError, etree.XMLSyntaxError) as error:
            raise SchemaUnreadable(f"The schema {file.name} cannot be read as XML.") from error
        if schema.tag != f"{_XSD}schema":
            return
        self._declared.elements.update(name for one in schema.iter(f"{_XSD}element") if (name := one.get("name")))
        for simple in schema.iterchildren(f"{_XSD}simpleType"):
            restriction = simple.find(f"{_XSD}restriction")
            if restriction is not None:
                self._declared.bases[simple.get("name") or ""] = (restriction.get("base") or "").rpartition(":")[2]
        if not is_entry:
            return
        space = schema.get("targetNamespace") or ""
        for declared in schema.iterchildren(f"{_XSD}element"):
            name = declared.get("name")
            if name:
                tag = f"{{{space}}}{name}" if space else name
                self._declaring.setdefault(tag, []).append((space, file))

    def _unknown(self, root: _Element, places: Any) -> Finding:
        name = local_name(root.tag)
        spaces = sorted({_namespace(tag) for tag in self._declaring if local_name(tag) == name})
        if spaces:
            expected = " or ".join(spaces) or "none"
            message = f"Expected the namespace {expected} for {name}; another came. Correct it."
            return Finding("declarations.namespace-unknown", places.of(root), message)
        message = "No schema of the folder declares this root element: name the folder that holds its schema."
        return Finding("declarations.schema-missing", places.of(root), message)


class _WithinFolder(etree.Resolver):
    """Gives the parser the files of one folder and nothing else; what stands elsewhere is looked up by its name."""

    def __init__(self, files: list[Path]) -> None:
        super().__init__()
        self._files = frozenset(files)
        self._by_name = {file.name: file for file in reversed(files)}

    def resolve(self, system_url: str, public_id: str, *context: Any) -> Any:  # noqa: ARG002 - lxml's signature
        wanted = Path(unquote(urlsplit(system_url).path))
        file = wanted if wanted in self._files else self._by_name.get(wanted.name)
        content = _SCHEMA.format("").encode() if file is None else file.read_bytes()
        return self.resolve_string(content, *context, base_url=None if file is None else file.as_uri())


def _namespace(tag: str) -> str:
    return tag[1:].partition("}")[0] if tag.startswith("{") else ""
