"""Whether the reference pages name every column and every fault code the code has."""

from __future__ import annotations

import re
from pathlib import Path

from comity.features.declarations.formats.tabular.table_kinds import TABLES
from comity.features.declarations.formats.wco_xml.messages import MESSAGES
from comity.features.declarations.formats.wco_xml.structure import Class
from comity.features.declarations.read import read_documents

ROOT = Path(__file__).resolve().parents[3]
FEATURE = ROOT / "src" / "comity" / "features" / "declarations"
PAGES = ROOT / "docs" / "reference"
CODE_PLACES = re.compile(
    r'(?:Fault\(\s*|Finding\(\s*"declarations\.|_error\(\s*|_warning\(\s*|_finding\(\s*|code: ClassVar\[str\] = "declarations\.'
    r'|context\.(?:error|warning)\(\s*\w+,\s*|code=|_finding\(places, \w+, |_refused\(\s*name, )"?([a-z]+(?:-[a-z0-9]+)+)"'
)


def test_every_column_is_on_its_page_with_its_meaning():
    page = (PAGES / "csv-columns.md").read_text(encoding="utf-8")

    for column in (column for kind in TABLES for column in kind.columns):
        assert f"| `{column.name}` |" in page, column.name
        assert column.meaning in page, column.name


def test_the_example_of_the_page_is_accepted():
    page = (PAGES / "csv-columns.md").read_text(encoding="utf-8")
    example = re.search(r"```csv\n(.*?)```", page, re.DOTALL)[1]

    (document,) = read_documents(example.encode()).documents

    assert document.findings == ()
    assert len(document.declaration.goods_shipment.items) == 2


def test_every_fault_code_is_on_a_page():
    page = "".join(one.read_text(encoding="utf-8") for one in sorted(PAGES.glob("*.md")))
    codes = {code for path in FEATURE.rglob("*.py") for code in CODE_PLACES.findall(path.read_text(encoding="utf-8"))}

    assert len(codes) > 30
    assert sorted(code for code in codes if f"{code}`" not in page) == []


def test_every_element_of_wco_xml_is_on_its_page_with_its_value():
    rows = re.findall(
        r"^\| `(\w+)` \| .* \| (.*) \|$", (PAGES / "wco-xml-elements.md").read_text(encoding="utf-8"), re.M
    )
    told = set(rows)
    classes, waiting = set(), [message.kind for message in MESSAGES.values()]
    while waiting:
        if (kind := waiting.pop()) not in classes:
            classes.add(kind)
            waiting += [child.content for child in kind.children.values() if isinstance(child.content, Class)]

    for kind in classes:
        assert all((element, "not kept: noted with a warning") in told for element in kind.unmapped)
        for element, child in kind.children.items():
            values = {value for name, value in told if name == element}
            assert values or element == "DateTimeString", element
            if child.name is not None and element != "DateTimeString":
                assert any(value.startswith(f"`{child.name}`") for value in values), (element, child.name)
