"""What ports the World Port Index names (NGA Pub. 150), and under which UN/LOCODE, where it is one.

A port is kept under its index number: many have no UN/LOCODE, and many another than they say. Whether the code is in
UN/LOCODE is checked where that list is kept (`check_ports`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from comity.features.codes.entries import CodeEntry, Published, PublishedList, Remarks
from comity.features.codes.files.assemble import assembled
from comity.features.codes.files.cell import CellWrong, attribute_of, code_in, name_in, text_of
from comity.features.codes.files.layouts import plain
from comity.foundation.trade.identifiers import has_locode_form

LIST = "WorldPortIndex"
LOCODE = "UN/LOCODE"
_NUMBER, _NAME, _CODE = "worldportindexnumber", "mainportname", "unlocode"
_KEPT = ("countrycode", "latitude", "longitude", "harborsize", "harbortype", "alternateportname")
Rows = Sequence[tuple[int, Sequence[Any]]]


def is_port_index(rows: Rows) -> bool:
    """Claim that the first row has the headings of the World Port Index."""
    return {_NUMBER, _NAME, _CODE} <= {plain(text_of(cell)) for cell in rows[0][1]}


def read_ports(rows: Rows, remarks: Remarks) -> Published:
    """Return the list WorldPortIndex; a code not of UN/LOCODE's form is told and left out, the port is kept."""
    headings = [text_of(cell) for cell in rows[0][1]]
    place = {plain(heading): index for index, heading in enumerate(headings)}
    found: list[tuple[CodeEntry, str]] = []
    for number, cells in rows[1:]:
        try:
            index = code_in(_cell(cells, place[_NUMBER]))
            name = name_in(_cell(cells, place[_NAME]))
        except CellWrong as wrong:
            remarks.error("row-invalid", f"row {number}", f"Expected {wrong}. Correct the row.")
            continue
        attributes = {
            headings[place[one]]: kept
            for one in _KEPT
            if one in place and (kept := attribute_of(_cell(cells, place[one])))
        }
        locode = text_of(_cell(cells, place[_CODE])).replace(" ", "").upper()
        if locode and not has_locode_form(locode):
            remarks.warning(
                "locode-unknown",
                f"row {number}, column {headings[place[_CODE]]}",
                "Expected a UN/LOCODE of two letters and three letters or digits; another text came. The port is kept"
                " without it.",
            )
        elif locode:
            attributes[LOCODE] = locode
        found.append((CodeEntry(index, name, attributes=attributes or None), f"row {number}"))
    return Published([PublishedList(LIST, assembled(found, remarks))])


def _cell(cells: Sequence[Any], index: int) -> Any:
    return cells[index] if index < len(cells) else None
