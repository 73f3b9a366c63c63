"""Rule packs of a folder: loaded whole or refused with file, rule, position and advice; the right ones apply."""

from __future__ import annotations

import json
from datetime import date

import pytest
from lxml import etree

from comity.features.declarations.reading import DEFAULT_LIMITS
from comity.features.declarations.rule_packs.book import RuleBook
from comity.features.declarations.rule_packs.errors import RulePacksRefused
from comity.features.declarations.rule_packs.structure import Structure

ANOTHER_DAY = date(2020, 1, 1)
SCHEMA = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:example" targetNamespace="urn:example">
<xs:element name="CC315A" type="Message"/>
<xs:complexType name="Message"><xs:sequence><xs:group ref="Head"/>
  <xs:element name="GOOITEGDS" maxOccurs="unbounded"><xs:complexType><xs:complexContent><xs:extension base="Item">
    <xs:choice><xs:element ref="PACGS2"/></xs:choice></xs:extension></xs:complexContent></xs:complexType></xs:element>
</xs:sequence></xs:complexType>
<xs:group name="Head"><xs:sequence><xs:element name="HEAHEA"><xs:complexType><xs:sequence>
  <xs:element name="Mode"/></xs:sequence></xs:complexType></xs:element></xs:sequence></xs:group>
<xs:complexType name="Item"><xs:sequence><xs:element name="IteNumGDS7"/><xs:element name="FREE"><xs:complexType>
  <xs:sequence><xs:any/></xs:sequence></xs:complexType></xs:element></xs:sequence></xs:complexType>
<xs:element name="PACGS2"><xs:complexType><xs:sequence><xs:element name="Kind"/><xs:element ref="PACGS2"/></xs:sequence>
</xs:complexType></xs:element></xs:schema>"""


def a_rule(number="8001", test="exists('Mode')"):
    return {"test": test, "errorCode": number, "errorMessage": f"Rule {number} is kept.", "localErrorMessage": "…"}


def written(folder, name, *rules, element="/HEAHEA"):
    content = {"element": element, "name": name, "asserts": list(rules or [a_rule()])}
    (folder / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")


def broken(packs, content, *, day=ANOTHER_DAY, **options):
    root = etree.fromstring(f'<ie:CC315A xmlns:ie="urn:example">{content}</ie:CC315A>')
    found = RuleBook(packs).findings(root, today=day, limits=DEFAULT_LIMITS, **({"folder": ""} | options))
    return [(one.code, one.path) for one in found]


def faults(folder, **options):
    with pytest.raises(RulePacksRefused) as refused:
        RuleBook(folder, **options)
    return [(one.code.removeprefix("rule-packs."), one.path) for one in refused.value.findings]


def test_a_broken_rule_is_told_with_its_number_at_each_element_it_is_broken_at(tmp_path):
    written(tmp_path, "p1", a_rule("8001", "exists('Kind')"), a_rule("8002"), element="/GOOITEGDS/PACGS2")

    found = broken(tmp_path, "<GOOITEGDS><PACGS2/></GOOITEGDS><GOOITEGDS><PACGS2><Kind/></PACGS2><PACGS2/></GOOITEGDS>")

    item = "/ie:CC315A[1]/GOOITEGDS"
    assert found == [
        ("ens.8001", f"{item}[1]/PACGS2[1]"),
        ("ens.8002", f"{item}[1]/PACGS2[1]"),
        ("ens.8002", f"{item}[2]/PACGS2[1]"),
        ("ens.8001", f"{item}[2]/PACGS2[2]"),
        ("ens.8002", f"{item}[2]/PACGS2[2]"),
    ]


def test_rules_of_the_message_itself_and_of_absent_elements(tmp_path):
    written(tmp_path, "p2", a_rule("8002", "count('GOOITEGDS') >= 1"), element="/")
    written(tmp_path, "p10", a_rule("8010"), element="/NOTPAR670")

    assert broken(tmp_path, "<HEAHEA/>") == [("ens.8002", "/ie:CC315A[1]")]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("{", ("file", "p1.json")),
        ('{"element": "/", "element": "/", "name": "p1", "asserts": []}', ("file", "p1.json")),
        ("[" * 100_000, ("file", "p1.json")),
        ("[]", ("form", "p1.json")),
        ('{"element": "/", "name": "p1", "asserts": []}', ("form", "p1.json")),
        ('{"element": "HEAHEA", "name": "p1", "asserts": [{}]}', ("element", "p1.json")),
        ('{"element": "/A/*", "name": "p1", "asserts": [{}]}', ("element", "p1.json")),
        ('{"element": "/", "name": "p1", "asserts": [{}]}', ("form", "p1.json, rule no. 1")),
        ('{"element": "/", "name": "p1", "asserts": [{"test": 1, "errorCode": "8", "errorMessage": ""}]}', None),
        ('{"element": "/", "name": "p1", "asserts": [{"test": "", "errorCode": "8", "errorMessage": ""}]}', None),
    ],
)
def test_a_file_that_is_no_pack_is_refused(tmp_path, content, fault):
    (tmp_path / "p1.json").write_text(content, encoding="utf-8")

    assert faults(tmp_path) == [fault or ("form", "p1.json, rule 8")]


def test_every_fault_of_every_pack_is_told_and_none_is_loaded(tmp_path):
    written(tmp_path, "p1", a_rule("8001", "exists('A'"), a_rule("8002"), a_rule("8003", "trim('A') == 1"))
    written(tmp_path, "p2", a_rule("8004", "launch('A')"))
    written(tmp_path, "p3")

    assert faults(tmp_path) == [
        ("syntax", "p1.json, rule 8001, character 11"),
        ("type", "p1.json, rule 8003, character 14"),
        ("function-unknown", "p2.json, rule 8004, character 1"),
    ]


def test_a_folder_without_packs_is_refused(tmp_path):
    assert faults(tmp_path / "absent") == [("folder", "absent")]
    assert faults(tmp_path)[0][0] == "folder"


def test_two_packs_that_hold_the_same_rule_are_ambiguous(tmp_path):
    written(tmp_path, "p1")
    written(tmp_path, "p1_Old")

    assert faults(tmp_path) == [("ambiguous", "p1_Old.json, rule 8001")]


def test_a_rule_may_not_come_twice_in_a_pack(tmp_path):
    written(tmp_path, "p1", a_rule(), a_rule(test="not('Mode')"))

    assert faults(tmp_path) == [("ambiguous", "p1.json, rule 8001")] * 2


@pytest.mark.parametrize(
    ("content", "options", "expected"),
    [
        ("<HEAHEA><TotNumOfIteHEA305/><DecPlaHEA394/></HEAHEA>", {}, "ens.1"),
        ("<HEAHEA><TotNumOfIteHEA305/><AmdPlaHEA598/></HEAHEA>", {}, "ens.1"),
        ("<HEAHEA><DecPlaHEA394/></HEAHEA>", {}, "ens.2"),
        ("<HEAHEA><TotNumOfIteHEA305/></HEAHEA>", {}, "ens.2"),
        ("<HEAHEA><TotNumOfIteHEA305/><DecPlaHEA394/></HEAHEA>", {"folder": "messagesNew"}, "ens.2"),
        ("<HEAHEA><TotNumOfIteHEA305/><DecPlaHEA394/></HEAHEA>", {"day": date(2024, 10, 31)}, "ens.2"),
        (
            "<HEAHEA><TotNumOfIteHEA305/><DecPlaHEA394/><DecDatTimHEA114>202410301200</DecDatTimHEA114></HEAHEA>",
            {"day": date(2026, 1, 1)},
            "ens.1",
        ),
        (
            "<HEAHEA><TotNumOfIteHEA305/><DecPlaHEA394/><DecDatTimHEA114>202410310000</DecDatTimHEA114></HEAHEA>",
            {},
            "ens.2",
        ),
        (
            "<HEAHEA><TotNumOfIteHEA305/><DecPlaHEA394/><DecDatTimHEA114>999999999999</DecDatTimHEA114></HEAHEA>",
            {},
            "ens.1",
        ),
    ],
)
def test_the_pack_of_the_reduced_dataset_takes_the_place_of_the_other(tmp_path, content, options, expected):
    written(tmp_path, "p1", a_rule("1"))
    written(tmp_path, "p1_New", a_rule("2"))

    assert broken(tmp_path, content, **options) == [(expected, "/ie:CC315A[1]/HEAHEA[1]")]


@pytest.mark.parametrize(("schema", "expected"), [("message-New", "ens.2"), ("message", "ens.1"), (None, "ens.2")])
def test_the_one_schema_that_holds_says_which_version_the_message_is_of(tmp_path, schema, expected):
    written(tmp_path, "p1", a_rule("1"))
    written(tmp_path, "p1_New", a_rule("2"))
    root = etree.fromstring("<CC315A><HEAHEA/></CC315A>")

    found = RuleBook(tmp_path, schema=schema).findings(root, folder="", today=ANOTHER_DAY, limits=DEFAULT_LIMITS)

    assert [one.code for one in found] == [expected]


def test_a_variant_whose_counterpart_is_not_there_applies_alone(tmp_path):
    written(tmp_path, "p1_New", a_rule("2"))

    assert broken(tmp_path, "<HEAHEA><TotNumOfIteHEA305/><DecPlaHEA394/></HEAHEA>")[0][0] == "ens.2"


def test_packs_about_foreign_traders_apply_beside_the_others(tmp_path):
    written(tmp_path, "p1", a_rule("1"))
    written(tmp_path, "p1_non_GB_Eori_CR", a_rule("2"))

    codes = [code for code, _ in broken(tmp_path, "<HEAHEA><TotNumOfIteHEA305/><DecPlaHEA394/></HEAHEA>")]

    assert codes == ["ens.1", "ens.2"]


def test_a_folder_of_packs_may_hold_its_own_choice(tmp_path):
    written(tmp_path, "p1", a_rule("1"))
    written(tmp_path, "p1_Trial", a_rule("1", "not('Mode')"))
    choice = (
        'source = "example"\ncode = "xx"\n[messages]\nCC315A = "CC315A"\n[variants.Trial]\ntakes_the_place = true\n'
    )
    (tmp_path / "variants.toml").write_text(choice + "until = 2026-12-31\n", encoding="utf-8")

    assert broken(tmp_path, "<HEAHEA/>", day=date(2027, 1, 1)) == [("xx.1", "/CC315A[1]/HEAHEA[1]")]
    assert broken(tmp_path, "<HEAHEA/>", day=date(2026, 12, 31)) == []


@pytest.mark.parametrize(
    "choice",
    [
        "",
        "=",
        'code = "x"\nmessages = 3\n',
        'code = "x"\nwhatever = 1\n[messages]\n',
        'code = "x"\n[messages]\n[variants.A]\ntakes_the_place = "yes"\n',
        'code = "x"\n[messages]\n[variants.A]\ntakes_the_place = true\nfrom = "2026-01-01"\n',
        'code = "x"\n[messages]\n[variants.A]\ntakes_the_place = true\nwhen_absent = [["/A"]]\n',
    ],
)
def test_a_choice_of_another_form_is_refused(tmp_path, choice):
    written(tmp_path, "p1")
    (tmp_path / "variants.toml").write_text(choice, encoding="utf-8")

    assert faults(tmp_path) == [("variants", "variants.toml")]


def test_paths_that_lead_nowhere_in_the_schema_are_refused(tmp_path):
    (tmp_path / "message.xsd").write_text(SCHEMA, encoding="utf-8")
    written(tmp_path, "p1", a_rule("1", "exists('Mode') || exists('../GOOITEGDS/PACGS2/PACGS2/Kind')"))
    written(tmp_path, "p2", a_rule("2", "exists('FREE/Anything') && not('Mode')"), element="/GOOITEGDS")
    written(tmp_path, "p3", a_rule("3"), element="/HEADER")

    assert faults(tmp_path, structure=Structure(tmp_path)) == [
        ("element-unknown", "p2.json, rule 2, character 32"),
        ("element-unknown", "p3.json"),
    ]


def test_packs_of_messages_without_a_schema_are_not_held_against_it(tmp_path):
    (tmp_path / "other.xsd").write_text(SCHEMA.replace("CC315A", "Other"), encoding="utf-8")
    written(tmp_path, "p1", element="/NOWHERE")

    assert RuleBook(tmp_path, structure=Structure(tmp_path)).rule_count == 1


def test_a_message_that_takes_too_many_steps_is_told_so(tmp_path):
    pairs = "exists('../PACGS2', {ContextHelper a, ContextHelper b -> a.trim('Kind') != b.trim('Kind')})"
    written(tmp_path, "p1", a_rule("1", pairs), element="/GOOITEGDS/PACGS2")
    content = f"<GOOITEGDS>{'<PACGS2><Kind>VQ</Kind></PACGS2>' * 60}</GOOITEGDS>"

    assert broken(tmp_path, content, max_steps=3_000) == [("rule-packs.too-costly", "/")]
    assert len(broken(tmp_path, content, max_steps=4_000)) == 60


def test_findings_are_capped(tmp_path):
    written(tmp_path, "p1", a_rule("1"), element="/GOOITEGDS")
    root = etree.fromstring(f"<CC315A>{'<GOOITEGDS/>' * 30}</CC315A>")

    found = RuleBook(tmp_path).findings(
        root, folder="", today=ANOTHER_DAY, limits=DEFAULT_LIMITS._replace(max_findings=10)
    )

    assert len(found) == 11
    assert found[-1].code == "declarations.too-many-findings"
