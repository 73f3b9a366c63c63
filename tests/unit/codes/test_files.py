"""The layouts code lists are published in: each gives the same entries; faults are told with their row, the rest goes on."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from datetime import date

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.features.codes.entries import CodeLimits, content_hash
from comity.features.codes.files.read import list_name, read_code_lists

PLAIN = "code,name,valid_from,valid_to\nBX,Box,,\nCT,Carton,2020-01-01,2026-12-31\n"


def only(published):
    assert [finding.message for finding in published.findings] == []
    (found,) = published.lists
    return found


def codes(published):
    return [finding.code.removeprefix("codes.") for finding in published.findings]


def test_a_plain_table_gives_codes_names_and_days():
    found = only(read_code_lists("packages.csv", PLAIN.encode()))

    assert found.name == "packages"
    assert [(one.code, one.name, one.valid_from, one.valid_to) for one in found.entries] == [
        ("BX", "Box", None, None),
        ("CT", "Carton", date(2020, 1, 1), date(2026, 12, 31)),
    ]


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_the_separator_is_seen_from_the_first_line(delimiter):
    found = only(read_code_lists("units.csv", PLAIN.replace(",", delimiter).encode()))

    assert [one.code for one in found.entries] == ["BX", "CT"]


def test_a_workbook_gives_the_same_entries_as_the_table():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["code", "name", "valid_from", "valid_to"])
    sheet.append(["BX", "Box"])
    sheet.append(["CT", "Carton", date(2020, 1, 1), date(2026, 12, 31)])
    content = io.BytesIO()
    book.save(content)

    found = only(read_code_lists("packages.xlsx", content.getvalue()))

    assert content_hash(found.entries) == content_hash(only(read_code_lists("p.csv", PLAIN.encode())).entries)


def test_a_snapshot_of_many_lists_is_read_with_its_day_and_the_names_in_each_language():
    office = {"state": "valid", "activeFrom": "2019-01-01", "id": "KE000001", "countryId": "KE"}
    told = {
        "messageInformation": {"snapshotDate": "2026-02-12"},
        "lists": {
            "offices": {
                "listName": "CustomsOffices",
                "listEntries": [
                    {**office, "languageCode": "FR", "name": "Bureau d'exemple"},
                    {**office, "languageCode": "EN", "name": "Example office"},
                ],
            },
            "docs": {"listName": "Docs", "listEntries": [{"documentType": "N380", "description": "Invoice"}]},
        },
    }

    published = read_code_lists("snapshot.json.gz", gzip.compress(json.dumps(told).encode()))

    offices, documents = published.lists
    assert (offices.name, offices.published) == ("CustomsOffices", date(2026, 2, 12))
    (entry,) = offices.entries
    assert (entry.code, entry.name) == ("KE000001", "Example office")
    assert entry.attributes["names"] == {"EN": "Example office", "FR": "Bureau d'exemple"}
    assert [(one.code, one.name) for one in documents.entries] == [("N380", "Invoice")]


def test_json_lines_and_a_mapping_are_lists_too():
    lines = b'{"code":"BX","name":"Box"}\n{"code":"CT","name":"Carton"}\n'

    assert [one.code for one in only(read_code_lists("a.jsonl", lines)).entries] == ["BX", "CT"]
    assert [one.name for one in only(read_code_lists("b.json", b'{"BX":"Box"}')).entries] == ["Box"]


def test_a_code_whose_state_is_no_longer_valid_ends_on_the_day_beside_it():
    rows = b"code,description,state,activeFrom\nBX,Box,invalid,2024-05-01\n"

    (entry,) = only(read_code_lists("a.csv", rows)).entries

    assert (entry.valid_from, entry.valid_to) == (None, date(2024, 5, 1))


def test_unece_s_own_locode_parts_become_one_list():
    first = ',"KE",,".KENYA",,,,,,,,\n+,"KE","MBA","Mombasa","Mombasa",,"AI","12345---","0401",,"0403S 03940E",\n'
    second = ',"UG","KLA","Kampala","Kampala",,"AI","-23456--","0401",,"0019N 03235E",\n'
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("2026-1 UNLOCODE CodeListPart1.csv", first.encode("cp1252"))
        archive.writestr("2026-1 UNLOCODE CodeListPart2.csv", second.encode("cp1252"))

    found = only(read_code_lists("loc261csv.zip", content.getvalue()))

    assert found.name == "UNLOCODE"
    assert [(one.code, one.name) for one in found.entries] == [("KEMBA", "Mombasa"), ("UGKLA", "Kampala")]
    assert found.entries[0].attributes["function"] == "12345---"


def test_concordances_get_their_leading_zeros_back_and_other_nomenclatures_are_left_out():
    rows = b"code.after,code.before,Relationship,adjustment\n10121,10119,1:1,2022 to 2017\n1,2,1:1,1976 to 1962\n"

    published = read_code_lists("concordances.csv", rows)

    (found,) = published.correlations
    assert (found.earlier, found.later, found.pairs) == ("HS2017", "HS2022", (("010119", "010121"),))
    assert codes(published) == ["edition-left-out"]


def test_a_correlation_table_may_have_a_column_for_each_edition():
    (found,) = read_code_lists("t.csv", b"HS 2022,HS 2017\n0307.21,0307.21\n0307.22,0307.91\n").correlations

    assert found.pairs == (("030721", "030721"), ("030791", "030722"))


def test_a_port_keeps_its_place_when_its_locode_is_none():
    rows = b'World Port Index Number,Main Port Name,UN/LOCODE,Latitude\n1,Example Haven,KE MBA,-4.0\n2,Other Haven,ME",5.0\n'

    published = read_code_lists("ports.csv", rows)

    assert [one.attributes.get("UN/LOCODE") for one in published.lists[0].entries] == ["KEMBA", None]
    assert codes(published) == ["locode-unknown"]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (",Nothing,,", "row-invalid"),
        ("AA,Name,31.31.2024,", "row-invalid"),
        ("AA,Name,2026-01-02,2026-01-01", "days-reversed"),
        ("BX,Another box,,", "code-repeated"),
        ("AA,Name,,,surplus", "row-invalid"),
        (f"{'A' * 71},Name,,", "row-invalid"),
        (f"AA,{'n' * 4001},,", "row-invalid"),
    ],
)
def test_a_malformed_row_is_told_with_its_number_and_the_rest_goes_on(row, code):
    published = read_code_lists("packages.csv", f"{PLAIN}{row}\nPK,Package,,\n".encode())

    (finding,) = published.findings
    assert finding.code == f"codes.{code}"
    assert finding.path.startswith("row 4")
    assert [one.code for one in published.lists[0].entries] == ["BX", "CT", "PK"]


def test_a_bomb_is_refused_before_it_is_unpacked():
    limits = CodeLimits(max_unpacked_bytes=1 << 16)
    bomb = b"code\n" + b"A" * (1 << 20)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("a.csv", bomb)

    assert codes(read_code_lists("a.csv.gz", gzip.compress(bomb), limits=limits)) == ["too-large"]
    assert codes(read_code_lists("a.zip", archive.getvalue(), limits=limits)) == ["too-large"]
    assert codes(read_code_lists("a.csv.gz", gzip.compress(bomb)[:-9])) == ["archive-refused"]


def test_names_of_lists_come_from_file_names():
    assert list_name("folder/COL Generic-2025.json.gz") == "COL-Generic-2025"


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400) | st.text(max_size=200).map(str.encode))
def test_no_bytes_raise(content):
    read_code_lists("anything", content)
    read_code_lists("anything", gzip.compress(content))


@settings(max_examples=60, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(st.sampled_from(["lists", "listEntries", "code", "name", "validFrom"]), inner, max_size=4)
        ),
        max_leaves=12,
    )
)
def test_no_json_raises(value):
    read_code_lists("anything.json", json.dumps(value).encode())
