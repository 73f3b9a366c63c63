"""How are the bytes of a dirty export made an XML document? Encodings found out, characters XML forbids left out.

Exports come through spreadsheets, mail and hand: a document that declares UTF-8 and holds Windows-1252, one in UTF-16,
one with control characters from a printer. What was done is told.
"""

from __future__ import annotations

import re

from comity.features.declarations.formats.tabular.encoding import CODE_PAGES, NAMES, encoding_of
from comity.features.declarations.reading import Limits
from comity.foundation.errors import Finding, Severity

_DECLARATION = re.compile(r"\A\s*<\?xml[^>]{0,200}?\?>")
_ENCODING = re.compile(r"""\bencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(r"&#(?:x([0-9A-Fa-f]{1,6})|([0-9]{1,7}));")
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_WIDE = ((b"<\x00", "utf-16-le"), (b"\x00<", "utf-16-be"))
_SINGLE_BYTE = {"windows-1250", "windows-1251", "windows-1252", "windows-1256", "cp1251", "cp1252", "iso-8859-1"}
_SINGLE_BYTE |= {"iso-8859-2", "iso-8859-5", "iso-8859-6", "iso-8859-15", "latin-1", "us-ascii", "ascii"}
_FALLBACK = "cp1252"
_SAMPLE_BYTES = 200_000
"""How much of a text is judged by its words where its encoding is not known: a guess, a few hundred items."""


def cleaned(content: bytes, *, limits: Limits) -> tuple[bytes, list[Finding]] | Finding:
    """Return the document in UTF-8 without an XML declaration, and what was done to it; or why it is not read."""
    if len(content) > limits.max_document_bytes:
        message = f"Expected a document of at most {limits.max_document_bytes} bytes; {len(content)} came."
        return Finding("declarations.too-large", "/", message)
    text, findings = _decoded(content)
    text = _DECLARATION.sub("", text, count=1)
    bare = _REFERENCE.sub(_without_forbidden, _FORBIDDEN.sub("", text))
    if len(bare) != len(text):
        message = "Characters came that XML does not allow; they were left out. Check the texts of the document."
        findings.append(_warning("control-characters", message))
    return bare.encode("utf-8"), findings


def _decoded(content: bytes) -> tuple[str, list[Finding]]:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, "replace"), []
    for mark, encoding in _WIDE:
        if content.startswith(mark):
            return content.decode(encoding, "replace"), []
    declared = _declared(content)
    try:
        if declared in _SINGLE_BYTE:
            return content.decode(declared), []
        return content.decode("utf-8"), _differing(declared)
    except (UnicodeDecodeError, LookupError):
        judged = encoding_of(content[:_SAMPLE_BYTES], known_headers=lambda _: 0)
        codec = judged.codec if judged is not None and judged.codec in CODE_PAGES else _FALLBACK
        message = f"The text is not in the encoding it declares; it was read as {NAMES[codec]}. Check names and places."
        return content.decode(codec, "replace"), [_warning("encoding-assumed", message)]


def _declared(content: bytes) -> str:
    found = _ENCODING.search(content[:250].split(b"?>")[0].decode("latin-1"))
    return found[1].lower() if found else "utf-8"


def _differing(declared: str) -> list[Finding]:
    if declared in ("utf-8", "utf8"):
        return []
    return [_warning("encoding-assumed", "Another encoding is declared; the text was read as UTF-8, which it is.")]


def _without_forbidden(reference: re.Match[str]) -> str:
    code = int(reference[1], 16) if reference[1] else int(reference[2])
    is_allowed = code in (9, 10, 13) or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000
    return reference[0] if is_allowed else ""


def _warning(code: str, message: str) -> Finding:
    return Finding(f"declarations.{code}", "/", message, Severity.WARNING)
