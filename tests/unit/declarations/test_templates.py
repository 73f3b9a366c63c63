"""Whether every template, filled in with its own examples, is read in each language and format."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest

from comity.features.declarations.formats.tabular.header import header_of
from comity.features.declarations.formats.tabular.table_kinds import TABLES
from comity.features.declarations.formats.tabular.template import templates, write_template
from comity.features.declarations.formats.tabular.words import LANGUAGES, alike, words_of
from comity.features.declarations.read import read_documents
from comity.foundation.errors import Severity

COUNTRIES = {"KE": "Kenya", "UG": "Uganda", "TZ": "Tanzania"}
CURRENCIES = {"USD": "US dollar", "KES": "Kenyan shilling"}


def template(name: str, ending: str, language: str) -> bytes:
    return write_template(name, ending, language=language, countries=COUNTRIES, currencies=CURRENCIES)


def filled(content: bytes) -> bytes:
    """Return the workbook with the example of its explanation typed into the first row."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    typed, explanation = book.worksheets[:2]
    examples = {row[0]: row[4] for row in explanation.iter_rows(min_row=2, values_only=True)}
    typed.append([examples[cell.value] for cell in typed[1]])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", list(templates()))
def test_a_template_filled_with_its_examples_is_read(name, language):
    reading = read_documents(filled(template(name, "xlsx", language)))

    found = [*reading.findings, *(one for document in reading.documents for one in document.findings)]
    assert [one for one in found if one.severity is Severity.ERROR] == []
    assert [type(one.document) for one in reading.documents] == [templates()[name].kind.document]


@pytest.mark.parametrize("ending", ["ods", "csv"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_template_of_another_ending_is_known_as_a_table_without_rows(ending, language):
    reading = read_documents(template("import", ending, language), name=f"a.{ending}")

    assert reading.format == ending
    assert [one.code for one in reading.findings] == ["declarations.document-empty"]


def test_workbook_keeps_zeros_offers_codes_and_holds_its_header():
    book = openpyxl.load_workbook(io.BytesIO(template("import", "xlsx", "fr")))

    typed = book.worksheets[0]
    letters = {cell.value: cell.column_letter for cell in typed[1]}
    lists = {str(one.sqref).partition("2:")[0]: one.formula1 for one in typed.data_validations.dataValidation}
    assert typed.freeze_panes == "A2"
    assert typed.column_dimensions[letters["Code des marchandises"]].number_format == "@"
    assert typed.column_dimensions[letters["Masse brute (kg)"]].number_format == "General"
    assert lists[letters["Pays d'exportation"]].startswith("'Codes'!")
    assert [typed.sheet_view.rightToLeft for typed in book.worksheets] == [False, False, False]


def test_arabic_sheets_run_from_right_to_left():
    book = openpyxl.load_workbook(io.BytesIO(template("export", "xlsx", "ar")))

    assert [sheet.sheet_view.rightToLeft for sheet in book.worksheets] == [True, True, True]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_a_word_for_every_column_and_no_two_are_alike(language):
    words = words_of(language)
    for kind in TABLES:
        labels = [alike(words.label_of(column.name)) for column in kind.columns]

        assert len(set(labels)) == len(labels)
    assert set(words.notes) == set(words_of("en").notes)
    assert set(words.forms) == set(words_of("en").forms)
    assert set(words.sheets) == set(words_of("en").sheets)
    assert all(len(words.sheets[name]) <= 31 for name in templates())


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - {"en"}))
def test_every_language_has_a_remark_for_every_fault(language):
    assert set(words_of(language).remarks) == set(words_of("fr").remarks)


@pytest.mark.parametrize("language", LANGUAGES)
def test_header_of_a_template_is_known_column_by_column(language):
    for name, one in templates().items():
        line = template(name, "csv", language).decode("utf-8-sig")
        cells = next(csv.reader([line], delimiter=";" if words_of(language).decimal_mark == "," else ","))

        header, findings = header_of(cells, place="row 1")

        assert findings == []
        assert header.columns == one.columns


def test_advice_names_the_nearest_column_in_the_language_of_the_header():
    reading = read_documents("Numéro de référence;Masse brut (kg)\nA;1\n".encode(), name="a.csv")

    assert "Masse brute (kg)" in reading.findings[0].message
