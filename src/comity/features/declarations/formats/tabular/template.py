"""What an office without a system types into: an empty table of each kind, in six languages, with its explanation."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from comity.features.declarations.formats.tabular.column import Column, Form
from comity.features.declarations.formats.tabular.table_kinds import TABLES, TableKind
from comity.features.declarations.formats.tabular.words import Words, words_of
from comity.features.declarations.formats.tabular.write import labels_of
from comity.features.declarations.formats.tabular.write_ods import ods_of
from comity.features.declarations.formats.tabular.write_xlsx import xlsx_of
from comity.features.declarations.formats.tabular.written_sheets import CodeRange, SheetColumn, WrittenSheet

OPEN_ROWS = 1_000
"""Rows prepared for typing; further ones can be used without lists to choose from (a guess)."""
ENDINGS = ("xlsx", "ods", "csv")
_FILE = Path(__file__).with_name("templates.toml")


@dataclass(frozen=True, slots=True)
class Template:
    """A template: its kind of table, its columns in order, those that must be filled in, its types of declaration."""

    name: str
    kind: TableKind
    columns: tuple[Column, ...]
    needed: frozenset[str]
    type_codes: tuple[str, ...]


@cache
def templates() -> dict[str, Template]:
    """Return every template by its name."""
    found = {}
    for name, one in _said().items():
        if "table" not in one:
            continue
        kind = next(kind for kind in TABLES if kind.name == one["table"])
        by_name = {column.name: column for column in kind.columns}
        columns = tuple(by_name[column] for column in one["columns"]) or kind.columns
        found[name] = Template(name, kind, columns, frozenset(one["needed"]), tuple(one.get("type_code", ())))
    return found


def write_template(
    name: str, ending: str, *, language: str, countries: Mapping[str, str], currencies: Mapping[str, str]
) -> bytes:
    """Return an empty table: `ending` is one of `ENDINGS`. Countries and currencies are those to choose from, by code.

    A CSV template is its header row alone: it has no room for explanation or lists.
    """
    template, words = templates()[name], words_of(language)
    if ending == "csv":
        text = io.StringIO(newline="")
        delimiter = ";" if words.decimal_mark == "," else ","
        csv.writer(text, delimiter=delimiter).writerow(labels_of(template.columns, words))
        return text.getvalue().encode("utf-8-sig")
    lists = _lists(template, words, countries, currencies)
    sheets = [_typed(template, words, lists), _explanation(template, words), _codes(words, lists)]
    sheets = [replace(sheet, is_right_to_left=words.is_right_to_left) for sheet in sheets]
    return xlsx_of(sheets) if ending == "xlsx" else ods_of(sheets)


def _typed(template: Template, words: Words, lists: Mapping[str, Sequence[str]]) -> WrittenSheet:
    places = {name: place for place, name in enumerate(lists, start=1)}
    columns = []
    for column, label in zip(template.columns, labels_of(template.columns, words), strict=True):
        list_name = _list_of(column, lists)
        choices = None
        if list_name is not None:
            choices = CodeRange(words.sheets["codes"], places[list_name], len(lists[list_name]))
        columns.append(SheetColumn(max(12, min(len(label) + 2, 40)), column.form is not Form.NUMBER, choices))
    rows = [labels_of(template.columns, words)]
    return WrittenSheet(words.sheets[template.name], rows, columns, open_rows=OPEN_ROWS)


def _explanation(template: Template, words: Words) -> WrittenSheet:
    titles = [words.sheets[name] for name in ("column", "needed", "meaning", "form", "example")]
    rows = [[f"# {titles[0]}", *titles[1:], "WCO"]]
    for column in template.columns:
        notes = [words.notes.get(column.name, "")]
        if not column.is_item and column.name != template.kind.key:
            notes.append(words.sheets["of_all"])
        needed = words.yes if column.name in template.needed else ""
        label, note = words.label_of(column.name), " ".join(note for note in notes if note)
        rows.append([label, needed, note, form_of(column, words), _example(column, template), column.element])
    widths = (40, 14, 60, 45, 28, 50)
    return WrittenSheet(words.sheets["explanation"], rows, [SheetColumn(width) for width in widths])


def _codes(words: Words, lists: Mapping[str, Sequence[str]]) -> WrittenSheet:
    """Return the sheet of the lists to choose from, one a column; after countries and currencies their names."""
    header = [f"# {words.sheets['codes']}", *(_title(name, words) for name in lists)]
    longest = max(map(len, lists.values()))
    rows = [["", *(codes[row] if row < len(codes) else "" for codes in lists.values())] for row in range(longest)]
    return WrittenSheet(words.sheets["codes"], [header, *rows], [SheetColumn() for _ in header])


def _lists(
    template: Template, words: Words, countries: Mapping[str, str], currencies: Mapping[str, str]
) -> dict[str, list[str]]:
    lists: dict[str, list[str]] = {}
    for column in template.columns:
        name = _list_of(column, _said()["codes"])
        if name == "country" and name not in lists:
            lists |= {name: list(countries), "country names": list(countries.values())}
        elif name == "currency" and name not in lists:
            lists |= {name: list(currencies), "currency names": list(currencies.values())}
        elif name == "flag":
            lists[name] = [words.yes, words.no]
        elif name is not None and name not in ("country", "currency"):
            lists[name] = list(template.type_codes if name == "type_code" else ()) or _said()["codes"][name]
    return lists


def _list_of(column: Column, codes: Mapping[str, Any]) -> str | None:
    if column.form in (Form.COUNTRY, Form.CURRENCY, Form.FLAG):
        return column.form.value
    if column.name.endswith("origin_country") or column.name == "preferential_origin":
        return "country"
    return column.name if column.name in codes else None


def _title(name: str, words: Words) -> str:
    if name.startswith(("country", "currency", "flag")):
        return words.forms[name.partition(" ")[0]].format(yes=words.yes, no=words.no)
    return words.label_of(name)


def form_of(column: Column, words: Words) -> str:
    """Return in words how the cells of a column are written."""
    choices = ", ".join(one.value for one in column.choices)
    return words.forms[column.form.value].format(
        length=column.length, places=column.places, choices=choices, yes=words.yes, no=words.no
    )


def _example(column: Column, template: Template) -> str:
    if column.name == "type_code" and template.type_codes:
        return template.type_codes[0]
    examples: dict[str, Any] = _said()["examples"]
    found = examples.get(column.name) or examples["parts"].get(column.name.rpartition("_")[2], "")
    return str(found)


@cache
def _said() -> dict[str, Any]:
    with _FILE.open("rb") as file:
        return tomllib.load(file)
