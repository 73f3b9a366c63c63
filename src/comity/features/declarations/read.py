"""What trade documents a file holds: sniff the format, read every document, report every fault at once.

Nothing of a bad document is returned, and a good one beside it is not held up. No bytes make it raise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from comity.features.declarations.formats.asycuda_sad.read import is_asycuda, read_asycuda
from comity.features.declarations.formats.dcsa.read import is_dcsa, read_dcsa
from comity.features.declarations.formats.edifact.read import looks_like_edifact, read_edifact
from comity.features.declarations.formats.ens_xml.read import is_ens_xml, read_ens_xml
from comity.features.declarations.formats.epcis.read import read_epcis_json, read_epcis_xml
from comity.features.declarations.formats.epcis.sniff import is_epcis_json, is_epcis_xml
from comity.features.declarations.formats.ncts_xml.read import is_ncts, read_ncts
from comity.features.declarations.formats.record_json.read import is_record_json, read_record_json
from comity.features.declarations.formats.tabular.read import read_csv, read_workbook
from comity.features.declarations.formats.wco_xml.read import read_wco_xml
from comity.features.declarations.reading import DEFAULT_LIMITS, FileSource, Limits, ReadDocument, Reading
from comity.features.declarations.requirements import Requirements
from comity.features.declarations.sniff import HEAD_BYTES, looks_like_xml
from comity.foundation.errors import Finding

__all__ = ["DEFAULT_LIMITS", "Limits", "ReadDocument", "Reading", "Stream", "iter_documents", "read_documents"]

Source = Path | str | bytes
_NOTHING = b" \t\r\n\x00\xef\xbb\xbf"


@dataclass(slots=True)
class Stream:
    """A file being read: `format` is known at once, `findings` (of the file itself) when `documents` is used up."""

    format: str
    documents: Iterator[ReadDocument]
    findings: list[Finding] = field(default_factory=list)


def read_documents(
    source: Source,
    *,
    name: str | None = None,
    limits: Limits = DEFAULT_LIMITS,
    requirements: Requirements | None = None,
) -> Reading:
    """Read a file (a path, or its bytes; `name` is then its name, for the ending) and return every document.

    With `requirements`, XML documents and their JSON twins must keep an administration's schemas and rules too. A file
    that is too large, cannot be opened or is in no known format gives findings, not an exception.

    Raises:
        SchemaUnreadable: a schema that is required cannot be compiled.
    """
    stream = _whole(source, name, limits, requirements)
    documents = tuple(stream.documents)
    return Reading(stream.format, documents, tuple(stream.findings))


def iter_documents(
    source: Source,
    *,
    name: str | None = None,
    limits: Limits = DEFAULT_LIMITS,
    requirements: Requirements | None = None,
    on_read: Callable[[int], None] | None = None,
) -> Stream:
    """Read as `read_documents` does, but give the documents one by one, so that a large batch is not all in memory.

    A file given by its path in a format that can be read in parts may be of any size: its bytes are never all there.
    `on_read` is then told of each part read; a table larger than 16 MiB is gone through twice.
    """
    if not isinstance(source, bytes):
        path = Path(source)
        head = _bytes_of(path, limits, only=HEAD_BYTES)
        found = None if isinstance(head, Finding) else _format_of(head, name or path.name)
        is_judged_whole = requirements is not None and not isinstance(head, Finding) and looks_like_xml(head)
        if found is not None and found.stream is not None and not is_judged_whole:
            findings: list[Finding] = []
            return Stream(found.name, found.stream(FileSource(path, on_read), limits, findings), findings)
    return _whole(source, name, limits, requirements)


def _whole(source: Source, name: str | None, limits: Limits, requirements: Requirements | None) -> Stream:
    if isinstance(source, bytes):
        content: bytes | Finding = source if len(source) <= limits.max_file_bytes else _too_large(limits)
    else:
        content = _bytes_of(Path(source), limits)
        name = name or Path(source).name
    if isinstance(content, Finding):
        return Stream(_format_by_name(name), iter(()), [content])
    stream = _stream(content, name or "", limits)
    if requirements is not None and (stream.format == "ncts" or looks_like_xml(content[:HEAD_BYTES])):
        folder = "" if isinstance(source, bytes) else Path(source).absolute().parent.name
        stream.documents = requirements.judged(content, stream.documents, folder=folder, limits=limits)
    return stream


def _stream(content: bytes, name: str, limits: Limits) -> Stream:
    head = content[:HEAD_BYTES]
    if not content.strip(_NOTHING):
        return _refused(name, "document-empty", "The file is empty. Send the document again.")
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return _refused(name, "format-unknown", "An old or protected workbook came. Save it as .xlsx without password.")
    one = _format_of(head, name)
    if one is None:
        return _refused(name, "format-unknown", f"Expected one of {', '.join(KNOWN)}; another format came.")
    findings: list[Finding] = []
    return Stream(one.name, one.read(content, limits, findings), findings)


def _format_of(head: bytes, name: str) -> Format | None:
    if not head.strip(_NOTHING) or head.startswith(b"\xd0\xcf\x11\xe0"):
        return None
    return next((one for one in FORMATS if one.recognises(head, name.lower())), None)


def _is_text_table(head: bytes, name: str) -> bool:
    """Claim that it may be a table in text: nothing else recognises it, and its name or first line says so."""
    if name.endswith((".csv", ".tsv", ".txt")):
        return True
    first_line = head.splitlines()[0] if head else b""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        first_line = head.replace(b"\x00", b"").splitlines()[0]
    elif b"\x00" in head:
        return False
    return any(delimiter in first_line for delimiter in (b",", b";", b"\t", b"|"))


ODS = b"application/vnd.oasis.opendocument.spreadsheet"
"""The first entry of an ODS file, stored unpacked, says this."""


class Format(NamedTuple):
    """A format: its name, the ending of its files, how the first bytes (and the name) show it, and its reader.

    `stream` reads a file of any size by its path, in parts.
    """

    name: str
    ending: str
    recognises: Callable[[bytes, str], bool]
    read: Callable[[bytes, Limits, list[Finding]], Iterator[ReadDocument]]
    stream: Callable[[FileSource, Limits, list[Finding]], Iterator[ReadDocument]] | None = None


FORMATS: tuple[Format, ...] = (
    Format(
        "xlsx",
        "xlsx",
        lambda head, _: head.startswith(b"PK\x03\x04") and ODS not in head[:120],
        lambda content, limits, findings: read_workbook(content, limits=limits, findings=findings),
    ),
    Format(
        "ods",
        "ods",
        lambda head, _: head.startswith(b"PK\x03\x04"),
        lambda content, limits, findings: read_workbook(content, limits=limits, findings=findings),
    ),
    Format(
        "edifact",
        "edi",
        lambda head, _: looks_like_edifact(head),
        lambda content, limits, _: read_edifact(content, limits=limits),
        lambda file, limits, _: read_edifact(file.path, limits=limits),
    ),
    Format(
        "epcis-xml",
        "xml",
        lambda head, _: is_epcis_xml(head),
        lambda content, limits, _: read_epcis_xml(content, limits=limits),
    ),
    Format(
        "json",
        "json",
        lambda head, _: is_record_json(head),
        lambda content, limits, findings: read_record_json(content, limits=limits, findings=findings),
        lambda file, limits, findings: read_record_json(file, limits=limits, findings=findings),
    ),
    Format(
        "epcis-json",
        "json",
        lambda head, _: is_epcis_json(head),
        lambda content, limits, _: read_epcis_json(content, limits=limits),
    ),
    Format(
        "asycuda",
        "xml",
        lambda head, _: is_asycuda(head),
        lambda content, limits, _: read_asycuda(content, limits=limits),
    ),
    Format(
        "ncts",
        "xml",
        lambda head, _: is_ncts(head),
        lambda content, limits, _: read_ncts(content, limits=limits),
    ),
    Format(
        "ens-xml",
        "xml",
        lambda head, _: is_ens_xml(head),
        lambda content, limits, _: read_ens_xml(content, limits=limits),
    ),
    Format(
        "dcsa",
        "json",
        lambda head, _: is_dcsa(head),
        lambda content, limits, _: read_dcsa(content, limits=limits),
    ),
    # The last of the XML formats: any other root is refused there, with the roots that are known.
    Format(
        "wco-xml",
        "xml",
        lambda head, _: looks_like_xml(head),
        lambda content, limits, _: read_wco_xml(content, limits=limits),
    ),
    Format(
        "csv",
        "csv",
        _is_text_table,
        lambda content, limits, findings: read_csv(content, limits=limits, findings=findings),
        lambda file, limits, findings: read_csv(file, limits=limits, findings=findings),
    ),
)
"""Asked in this order: the first that recognises the file reads it."""


KNOWN = tuple(one.name for one in FORMATS)


def _refused(name: str, code: str, message: str) -> Stream:
    return Stream(_format_by_name(name), iter(()), [Finding(f"declarations.{code}", "/", message)])


def _format_by_name(name: str | None) -> str:
    ending = (name or "").lower().rpartition(".")[2]
    return next((one.name for one in reversed(FORMATS) if one.ending == ending), "unknown")


def _bytes_of(path: Path, limits: Limits, *, only: int | None = None) -> bytes | Finding:
    """Read at most the limit, whatever the file system says of the size; a larger file is not read at all.

    `only` so many of its first bytes are read whatever its size.
    """
    try:
        if not path.is_file():
            return Finding("declarations.file-unreadable", "/", "Expected a file; none is there. Check the path.")
        if only is None and path.stat().st_size > limits.max_file_bytes:
            return _too_large(limits)
        with path.open("rb") as file:
            content = file.read(limits.max_file_bytes + 1 if only is None else only)
    except OSError:
        return Finding("declarations.file-unreadable", "/", "The file cannot be opened. Check its permissions.")
    return content if len(content) <= limits.max_file_bytes else _too_large(limits)


def _too_large(limits: Limits) -> Finding:
    return Finding(
        "declarations.too-large",
        "/",
        f"Expected a file of at most {limits.max_file_bytes} bytes; more came. Send the declarations in several files.",
    )
