"""Whether bytes are safe, well-formed XML: entities off, network off, no DTD, bounded size, depth and element count.

Refusals come before the parser sees the bytes wherever they can. XML 1.0 (W3C); depth at most 256 (libxml2).
"""

from __future__ import annotations

import re

from lxml import etree
from lxml.etree import _Element

from comity.features.declarations.reading import Limits
from comity.foundation.errors import Finding

ENCODINGS = frozenset({"utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "latin-1", "windows-1252"})
"""Encodings read: all agree with ASCII below 128, so that a document type is seen before parsing."""

_DECLARED = re.compile(rb"""\A<\?xml[^>]{0,200}?\bencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_SMALLEST_ELEMENT = len(b"<a/>")
_BOM = b"\xef\xbb\xbf"
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")


def strict_parser() -> etree.XMLParser:
    """Return a parser that resolves nothing, loads nothing and keeps libxml2's own limits."""
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        strip_cdata=True,
    )


def parsed(content: bytes, *, limits: Limits, parser: etree.XMLParser | None = None) -> _Element | Finding:
    """Return the root element, or the finding why there is none. Never raises on any bytes."""
    refusal = refused_before_parsing(content, limits=limits)
    if refusal is not None:
        return refusal
    try:
        return etree.fromstring(content, strict_parser() if parser is None else parser)
    except etree.XMLSyntaxError as error:
        return _not_well_formed(content, error)
    except (ValueError, LookupError):
        return _finding("encoding", "The text is not in the encoding it declares. Save it as UTF-8.")


def refused_before_parsing(content: bytes, *, limits: Limits) -> Finding | None:
    """Return why these bytes are not given to a parser, or None."""
    if len(content) > limits.max_document_bytes:
        return _finding(
            "too-large",
            f"Expected a document of at most {limits.max_document_bytes} bytes; {len(content)} came."
            " Send the declarations in several files.",
        )
    encoding = refused_encoding(content)
    if encoding is not None:
        return encoding
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        bare = _COMMENT.sub(b"", content)
        if b"<!DOCTYPE" in bare or b"<!ENTITY" in bare:
            return _finding(
                "doctype-refused",
                "A document type declaration came (<!DOCTYPE …>): entities are never read. Remove it.",
            )
    if not is_within(content, limits):
        return _finding(
            "too-many-elements", f"Expected at most {limits.max_elements} elements. Send several files instead."
        )
    return None


def is_within(content: bytes, limits: Limits) -> bool:
    """Claim that these bytes are within the limits of size and of elements; most are by their size alone."""
    if len(content) <= _SMALLEST_ELEMENT * limits.max_elements:
        return len(content) <= limits.max_document_bytes
    return (
        len(content) <= limits.max_document_bytes and content.count(b"<") - content.count(b"</") <= limits.max_elements
    )


def refused_encoding(head: bytes) -> Finding | None:
    """Return why the encoding is not read: UTF-16 and UTF-32, NUL bytes, or one that is declared and not known."""
    if head.startswith(_WIDE):
        return _finding("encoding", "Expected UTF-8; UTF-16 or UTF-32 came. Save the document as UTF-8.")
    if b"\x00" in head:
        return _finding("encoding", "NUL bytes came, which XML does not allow. Export the document again as UTF-8.")
    declared = _declared_encoding(head)
    if declared is not None and declared not in ENCODINGS:
        return _finding("encoding", "Expected UTF-8; another encoding is declared. Save the document as UTF-8.")
    return None


def _declared_encoding(head: bytes) -> str | None:
    declared = _DECLARED.match(head.removeprefix(_BOM))
    return None if declared is None else declared[1].decode("ascii").lower()


def is_in_utf8(content: bytes) -> bool:
    """Claim that the XML declaration says nothing else than UTF-8."""
    return _declared_encoding(content) in (None, "utf-8", "utf8")


def _not_well_formed(content: bytes, error: etree.XMLSyntaxError) -> Finding:
    line, column = error.position
    code: int = getattr(error, "code", -1)  # lxml sets it, its stubs do not know it
    place = f"line {line}, column {column}"
    if code in _LIMIT_CODES:
        return _finding(
            "limit-exceeded",
            "Elements are nested deeper than 256, or a text or name is longer than any declaration needs. Correct it.",
        )
    if not _is_utf8(content) and is_in_utf8(content):
        return _finding("encoding", f"Expected UTF-8; at {place} came bytes that are not. Save it as UTF-8.")
    if not content.strip():
        return _finding("document-empty", "The document is empty. Send the declaration again.")
    if not content.rstrip().endswith(b">"):
        return _finding(
            "xml-truncated", f"The document ends before its elements do ({place}): it was cut off. Send it again."
        )
    if code == etree.ErrorTypes.ERR_DOCUMENT_END:
        return _finding("xml-malformed", f"One root element was expected, and more came after it ({place}).")
    return _finding(
        "xml-malformed",
        f"The document is not well-formed XML: {_REASONS.get(code, 'a syntax error')} at {place}. Correct it.",
    )


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _finding(code: str, message: str) -> Finding:
    return Finding(f"declarations.{code}", "/", message)


_LIMIT_CODES = frozenset({etree.ErrorTypes.ERR_NAME_TOO_LONG, etree.ErrorTypes.ERR_RESOURCE_LIMIT})
_REASONS = {
    etree.ErrorTypes.ERR_TAG_NAME_MISMATCH: "an end tag does not match its start tag",
    etree.ErrorTypes.ERR_TAG_NOT_FINISHED: "an element is not closed",
    etree.ErrorTypes.ERR_GT_REQUIRED: "a tag is not finished with “>”",
    etree.ErrorTypes.ERR_NAME_REQUIRED: "a name was expected, perhaps because “&” or “<” is not escaped",
    etree.ErrorTypes.ERR_UNDECLARED_ENTITY: "an entity that is not declared",
    etree.ErrorTypes.ERR_ATTRIBUTE_REDEFINED: "an attribute given twice",
    etree.ErrorTypes.ERR_INVALID_CHAR: "a character XML does not allow",
    etree.ErrorTypes.NS_ERR_UNDEFINED_NAMESPACE: "a prefix without a namespace",
    etree.ErrorTypes.ERR_DOCUMENT_EMPTY: "no element at all",
}
