"""How sheets are written as an ODS workbook (ISO/IEC 26300, OpenDocument 1.3): small enough to need no library."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from comity.features.declarations.formats.tabular.written_sheets import WrittenSheet, letters_of

MEDIA_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
_URN = "urn:oasis:names:tc:opendocument:xmlns"
_SPACES = " ".join(
    f'xmlns:{short}="{_URN}:{name}:1.0"'
    for short, name in {
        "office": "office",
        "table": "table",
        "text": "text",
        "style": "style",
        "fo": "xsl-fo-compatible",
        "number": "datastyle",
        "config": "config",
    }.items()
)
_MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    f'<manifest:manifest xmlns:manifest="{_URN}:manifest:1.0" manifest:version="1.3">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{MEDIA_TYPE}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
    '<manifest:file-entry manifest:full-path="settings.xml" manifest:media-type="text/xml"/>'
    "</manifest:manifest>"
)
_STYLES = (
    '<number:text-style style:name="N"><number:text-content/></number:text-style>'
    '<style:style style:name="text" style:family="table-cell" style:data-style-name="N"/>'
    '<style:style style:name="head" style:family="table-cell" style:data-style-name="N">'
    '<style:text-properties fo:font-weight="bold"/></style:style>'
    '<style:style style:name="ltr" style:family="table">'
    '<style:table-properties table:display="true" style:writing-mode="lr-tb"/></style:style>'
    '<style:style style:name="rtl" style:family="table">'
    '<style:table-properties table:display="true" style:writing-mode="rl-tb"/></style:style>'
)


def ods_of(sheets: Sequence[WrittenSheet]) -> bytes:
    """Return the workbook. Cells of text columns are text, so that no code loses its zeros."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", MEDIA_TYPE, zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", _MANIFEST)
        archive.writestr("content.xml", "".join(_content(sheets)))
        archive.writestr("settings.xml", "".join(_settings(sheets)))
    return content.getvalue()


def _content(sheets: Sequence[WrittenSheet]) -> Iterator[str]:
    yield f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_SPACES} office:version="1.3">'
    yield f"<office:automatic-styles>{_STYLES}"
    for width in sorted({column.width for sheet in sheets for column in sheet.columns}):
        yield f'<style:style style:name="w{width}" style:family="table-column">'
        yield f'<style:table-column-properties style:column-width="{width * 0.22:.2f}cm"/></style:style>'
    yield "</office:automatic-styles><office:body><office:spreadsheet>"
    yield from _validations(sheets)
    for sheet in sheets:
        yield from _sheet(sheet)
    yield "</office:spreadsheet></office:body></office:document-content>"


def _validations(sheets: Sequence[WrittenSheet]) -> Iterator[str]:
    lists = {column.choices for sheet in sheets for column in sheet.columns if column.choices is not None}
    if not lists:
        return
    yield "<table:content-validations>"
    for one in sorted(lists, key=lambda one: (one.sheet, one.column)):
        letters = letters_of(one.column)
        name = one.sheet.replace("'", "''")
        cells = f"of:cell-content-is-in-list([$'{name}'.${letters}$2:.${letters}${one.number + 1}])"
        yield f'<table:content-validation table:name="v{one.column}" table:condition={quoteattr(cells)}'
        yield ' table:allow-empty-cell="true"><table:error-message table:display="true"'
        yield ' table:message-type="warning"/></table:content-validation>'
    yield "</table:content-validations>"


def _sheet(sheet: WrittenSheet) -> Iterator[str]:
    yield f'<table:table table:name={quoteattr(sheet.name)} table:style-name="{_direction(sheet)}">'
    for column in sheet.columns:
        style = ' table:default-cell-style-name="text"' if column.is_text else ""
        yield f'<table:table-column table:style-name="w{column.width}"{style}/>'
    for number, row in enumerate(sheet.rows):
        yield "<table:table-row>"
        for text in row:
            yield _cell(text, "head" if number == 0 else "text")
        yield "</table:table-row>"
    if sheet.open_rows:
        yield f'<table:table-row table:number-rows-repeated="{sheet.open_rows}">'
        for column in sheet.columns:
            style = ' table:style-name="text"' if column.is_text else ""
            choice = "" if column.choices is None else f' table:content-validation-name="v{column.choices.column}"'
            yield f"<table:table-cell{style}{choice}/>"
        yield "</table:table-row>"
    yield "</table:table>"


def _cell(text: str, style: str) -> str:
    if not text:
        return "<table:table-cell/>"
    paragraphs = "".join(f"<text:p>{_spaced(line)}</text:p>" for line in text.split("\n"))
    return f'<table:table-cell table:style-name="{style}" office:value-type="string">{paragraphs}</table:table-cell>'


def _spaced(line: str) -> str:
    """Return a line with its blanks kept: OpenDocument collapses them otherwise."""
    marked = escape(line).replace("\t", "<text:tab/>").replace("  ", ' <text:s text:c="1"/>')
    return f'<text:s text:c="1"/>{marked[1:]}' if marked.startswith(" ") else marked


def _direction(sheet: WrittenSheet) -> str:
    return "rtl" if sheet.is_right_to_left else "ltr"


def _settings(sheets: Sequence[WrittenSheet]) -> Iterator[str]:
    """Yield the view settings: the header row of each sheet stays in view."""
    yield f'<?xml version="1.0" encoding="UTF-8"?><office:document-settings {_SPACES} office:version="1.3">'
    yield '<office:settings><config:config-item-set config:name="ooo:view-settings">'
    yield '<config:config-item-map-indexed config:name="Views"><config:config-item-map-entry>'
    yield '<config:config-item-map-named config:name="Tables">'
    for sheet in sheets:
        yield f"<config:config-item-map-entry config:name={quoteattr(sheet.name)}>"
        for name, value in (("VerticalSplitMode", 2), ("VerticalSplitPosition", 1), ("PositionBottom", 1)):
            kind = "short" if name == "VerticalSplitMode" else "int"
            yield f'<config:config-item config:name="{name}" config:type="{kind}">{value}</config:config-item>'
        yield "</config:config-item-map-entry>"
    yield "</config:config-item-map-named></config:config-item-map-entry></config:config-item-map-indexed>"
    yield "</config:config-item-set></office:settings></office:document-settings>"
