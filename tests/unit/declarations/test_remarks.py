"""Whether a checked table comes back as it was, with remarks beside the rows that are wrong."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest

from comity.features.declarations.errors import NotWritable
from comity.features.declarations.formats.tabular.write import write_csv, write_ods, write_xlsx
from comity.features.declarations.formats.tabular.write_remarks import write_remarks
from comity.features.declarations.formats.wco_xml.write import write_wco_xml
from comity.features.declarations.read import read_documents
from comity.foundation.sheets.ods import ods_sheets
from comity.foundation.sheets.xlsx import xlsx_sheets
from tests.builders.declarations import a_declaration
from tests.unit.declarations.test_tables import a_plain_declaration

GOOD = 'B;IMA;1;090111;"a;b";5,5\r\n'
FRENCH = "Numéro de référence;Type de déclaration;Numéro d'article;Code des marchandises;Désignation des marchandises;"
FRENCH += "Masse brute (kg)\r\nA;IMA;1;09;caf\u00e9;lourd\r\n" + GOOD + "\r\n;IMA\r\n"


def remarked(content: bytes, **options) -> bytes:
    return write_remarks(content, read_documents(content, name="a.csv"), **options)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_text_table_comes_back_with_remarks_and_its_good_rows_untouched(encoding):
    lines = remarked(FRENCH.encode(encoding)).decode(encoding).splitlines(keepends=True)

    assert lines[0].endswith("Masse brute (kg);" + lines[0].rpartition(";")[2])
    assert "# Remarques du contrôle" in lines[0]
    assert lines[1].startswith("A;IMA;1;09;café;lourd;")
    assert "Code des marchandises: Code des marchandises de 6 à 12 chiffres attendu" in lines[1]
    assert "Masse brute (kg): Nombre attendu" in lines[1]
    assert lines[2] == GOOD
    assert lines[3] == "\r\n"
    assert lines[4].startswith(";IMA;;;;;")
    assert "Le numéro de référence manque." in lines[4]


def test_remarks_are_in_the_language_asked_for():
    assert "Ожидается код товара" in remarked(FRENCH.encode(), language="ru").decode()


def test_a_corrected_table_is_sent_back_as_it_is_and_its_old_remarks_go():
    once = remarked(FRENCH.encode()).decode()
    corrected = once.replace(";09;café;lourd;", ";090111;café;1,5;").replace(
        "\r\n;IMA;;;;;", "\r\nC;IMA;1;090111;x;1,5;"
    )

    again = remarked(corrected.encode()).decode().splitlines()

    assert all(document.document for document in read_documents(corrected.encode(), name="a.csv").documents)
    assert [line.count("chiffres attendu") for line in again] == [0] * len(again)
    assert again[0].count("#") == 1


@pytest.mark.parametrize("language", ["en", "fr", "ar", "ru"])
@pytest.mark.parametrize("write", [write_xlsx, write_ods])
def test_a_workbook_comes_back_with_remarks_on_the_rows_that_are_wrong(write, language):
    good = a_plain_declaration("R1", items=1)
    first, second = (
        write([good], language=language),
        write([good, a_plain_declaration("R2", items=1)], language=language),
    )
    wrong = _replaced(second, "0901110010", "09", of_row=2)

    content = remarked(wrong)
    again = read_documents(content)

    assert len(first) > 100
    assert [one.document is not None for one in again.documents] == [False, True]
    assert [one.document for one in again.documents][1].functional_reference_id == "R2"
    texts = _rows(content)
    assert texts[0][-1].startswith("# ")
    assert texts[1][-1]
    assert texts[1][-1] != texts[2][-1]  # of the other row only the number of packages is remarked on


def _rows(content: bytes) -> list[list[str]]:

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheets = (ods_sheets if "content.xml" in archive.namelist() else xlsx_sheets)(archive)
        return [row for _, row in next(iter(sheets)).rows()]


def _replaced(content: bytes, old: str, new: str, *, of_row: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(out, "w") as changed:
        for part in archive.infolist():
            said = archive.read(part)
            if part.filename in ("content.xml", "xl/worksheets/sheet1.xml"):
                said = said.replace(old.encode(), new.encode(), of_row - 1)
            changed.writestr(part, said)
    return out.getvalue()


def test_a_file_with_a_row_that_is_no_csv_comes_back_whole():
    content = b'reference,goods_description\nA,"cut'

    assert remarked(content).decode().endswith('A,"cut')


def test_only_tables_are_given_back():
    content = write_wco_xml(a_declaration())

    with pytest.raises(NotWritable):
        write_remarks(content, read_documents(content))


def test_formats_of_a_typed_workbook_stay():
    content = write_xlsx([a_plain_declaration("R1", items=1)])
    wrong = _replaced(content, "0901110010", "09", of_row=2)

    book = openpyxl.load_workbook(io.BytesIO(remarked(wrong)))

    assert book.worksheets[0].freeze_panes == "A2"
    assert write_csv([a_plain_declaration()]).startswith(b"reference,")
