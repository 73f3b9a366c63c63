"""Whether a plain document is read from its text just as from its tree, and nothing else passes as plain."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comity.features.declarations.formats.wco_xml.context import Context, Places, local_name
from comity.features.declarations.formats.wco_xml.envelope import messages_in
from comity.features.declarations.formats.wco_xml.frame import read_plain
from comity.features.declarations.formats.wco_xml.leaf import Fault
from comity.features.declarations.formats.wco_xml.messages import MESSAGES
from comity.features.declarations.formats.wco_xml.parse import parsed
from comity.features.declarations.formats.wco_xml.plain import Unusual
from comity.features.declarations.formats.wco_xml.tree import read_element
from comity.features.declarations.formats.wco_xml.write import write_wco_xml
from comity.features.declarations.reading import DEFAULT_LIMITS
from comity.foundation.errors import Finding
from tests.builders.declarations import a_declaration, declarations
from tests.builders.notices import notices

unhurried = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
GOOD = write_wco_xml(a_declaration())
HEADER = b"<FunctionCode>9</FunctionCode>"


def from_tree(content: bytes):
    """Return what the tree says: the document and its place, or the findings."""
    root = parsed(content, limits=DEFAULT_LIMITS)
    if isinstance(root, Finding):
        return [root]
    places = Places()
    (element,) = messages_in(root, places)
    message = MESSAGES[local_name(element.tag)]
    context = Context(100, places, message.namespaces, is_forgiving=message.is_forgiving)
    document = read_element(element, message.kind, context)
    return context.findings or (document, places.of(element))


def is_plain(content: bytes) -> bool:
    """Claim that the document is read from its text, and check that the tree says the same."""
    try:
        found = read_plain(content, DEFAULT_LIMITS)
    except (Unusual, Fault):
        return False
    assert found == from_tree(content)
    return True


@unhurried
@given(declarations() | notices())
def test_what_is_written_is_plain_and_read_as_from_its_tree(document):
    assert is_plain(write_wco_xml(document))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"><", b">\n\t <"),
        (b"><", b">\r\n<"),
        (HEADER, b"<!-- <FunctionCode>1</FunctionCode> what? -->" + HEADER),
        (b"Highland Coffee", b"Highland &amp; &lt;Coffee&gt; &quot;&apos;"),
        (b"Highland Coffee", " Hochland-Käffee ".encode()),
        (b"Highland Coffee", b"Highland > Coffee"),
        (b"<?xml version='1.0' encoding='UTF-8'?>", b"\xef\xbb\xbf"),
        (b"p1", b"udt"),
        (
            b"<md:MetaData",
            b"<md:MetaData xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:schemaLocation='a b'",
        ),
    ],
)
def test_what_is_usual_is_plain(old, new):
    assert old in GOOD

    assert is_plain(GOOD.replace(old, new))


def test_a_prefix_of_the_declaration_itself_is_plain():
    content = GOOD.replace(b"<", b"<ns2:").replace(b"<ns2:/", b"</ns2:").replace(b"<ns2:?", b"<?")
    for prefix in (b"md", b"p1"):
        content = content.replace(b"ns2:" + prefix + b":", prefix + b":")

    assert is_plain(content.replace(b'xmlns="', b'xmlns:ns2="'))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (HEADER, b"<FunctionCode>9</FunctionCodes>"),
        (HEADER, b"<FunctionCode>9"),
        (HEADER, b"<FunctionCode >9</FunctionCode>"),
        (HEADER, b"<FunctionCode a='1' a='2'>9</FunctionCode>"),
        (HEADER, b"<FunctionCode><![CDATA[9]]></FunctionCode>"),
        (HEADER, HEADER + b"<?instruction?>"),
        (HEADER, b"<!-- a -- b -->" + HEADER),
        (HEADER, b"<!-- a --->" + HEADER),
        (HEADER, b"<!-- never ends" + HEADER),
        (HEADER, HEADER + HEADER),
        (HEADER, HEADER + b"loose"),
        (HEADER, HEADER + b"\xc2\xa0"),
        (HEADER, HEADER + b"\x0c"),
        (HEADER, HEADER + b"<Unknown/>"),
        (HEADER, b"<p2:FunctionCode>9</p2:FunctionCode>"),
        (HEADER, b'<FunctionCode xmlns="urn:x">9</FunctionCode>'),
        (HEADER, b"<p1:FunctionCode>9</FunctionCode>"),
        (b"Highland Coffee", b"Highland\x01Coffee"),
        (b"Highland Coffee", b"Highland ]]> Coffee"),
        (b"Highland Coffee", b"Highland & Coffee"),
        (b"Highland Coffee", b"Highland &unknown; Coffee"),
        (b"Highland Coffee", b"Highland &#1; Coffee"),
        (b"Highland Coffee", "Highland\ufffeCoffee".encode()),
        (b"<Declaration>", b"<!DOCTYPE a><Declaration>"),
        (b"UTF-8", b"ISO-8859-1"),
        (b"</Declaration>", b"</Declaration><Declaration></Declaration>"),
        (b"</Declaration>", b"</Declaration>tail<"),
        (b"</md:MetaData>", b""),
        (b"</md:MetaData>", b"</md:MetaData><a/>"),
        (b"</Exporter>", b"<ID>1</ID></Exporter>"),
        (b"<Exporter>", b"<Exporter><Exporter>"),
        (b"<ID>KE000040</ID>", b""),
    ],
)
def test_what_is_not_usual_is_left_to_the_tree(old, new):
    assert old in GOOD

    assert not is_plain(GOOD.replace(old, new, 1))


def test_what_is_remembered_of_one_document_is_not_taken_for_another():
    changed = GOOD.replace(b"Lakeside Roasters", b"Riverside Roasters").replace(b"<ID>10</ID>", b"<ID>90</ID>")

    for content in (GOOD, changed, GOOD):
        assert is_plain(content)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_damage_makes_the_text_say_other_than_the_tree(data):
    content = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(content) - 1))
        piece = data.draw(
            st.sampled_from([b"", b"<", b">", b"/", b"&", b" ", b"\n", b"<ID>", b"</ID>", b"p1:", b"-->"])
        )
        content[start : start + data.draw(st.integers(0, 12))] = piece

    is_plain(bytes(content))
