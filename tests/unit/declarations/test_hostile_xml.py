"""Whether no bytes, however hostile, make reading raise, hang or reach outside."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.features.declarations.formats.wco_xml.write import write_wco_xml
from comity.features.declarations.read import DEFAULT_LIMITS, read_documents
from tests.builders.declarations import a_declaration

GOOD = write_wco_xml(a_declaration())
START = b'<Declaration xmlns="urn:wco:datamodel:WCO:DEC-DMS:2">'
END = b"</Declaration>"
BOMB = b'<!DOCTYPE a [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;">]>' + START + b"<ID>&b;</ID>" + END
EXTERNAL = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>' + START + b"<ID>&x;</ID>" + END


def codes_of(content: bytes, **options) -> list[str]:
    reading = read_documents(content, **options)
    assert all(document.declaration is None for document in reading.documents)
    found = [*reading.findings, *(one for document in reading.documents for one in document.findings)]
    return [finding.code.removeprefix("declarations.") for finding in found]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (EXTERNAL, "doctype-refused"),
        (BOMB, "doctype-refused"),
        (START + b"<ID>&undeclared;</ID>" + END, "xml-malformed"),
        (GOOD[: len(GOOD) // 2], "xml-truncated"),
        (GOOD.replace(b"UTF-8", b"UTF-16").decode().encode("utf-16"), "encoding"),
        (GOOD.decode().encode("utf-16-le"), "encoding"),
        (GOOD.decode().encode("utf-32"), "encoding"),
        (GOOD[:500] + b"\x00" + GOOD[500:], "encoding"),
        (GOOD.replace(b"Nairobi", b"Nair\xf6bi"), "encoding"),
        (GOOD.replace(b"UTF-8", b"UTF-7"), "encoding"),
        (START + b"<a>" * 1000 + b"</a>" * 1000 + END, "limit-exceeded"),
        (START + b"<ID>" + b"a" * 12_000_000 + b"</ID>" + END, "limit-exceeded"),
        (START + b"<ID/>" * 300_000 + END, "too-many-elements"),
        (b"", "document-empty"),
        (b" \r\n ", "document-empty"),
        (b"%PDF-1.7 and so on", "format-unknown"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "format-unknown"),
        (b"<html><body/></html>", "not-a-declaration"),
        (b"<", "xml-truncated"),
    ],
)
def test_refuses_by_name(content, code):
    assert codes_of(content) == [code]


def test_reads_a_declared_latin_1_document():
    content = GOOD.replace(b"Nairobi", b"Nair\xf6bi").replace(b"UTF-8", b"ISO-8859-1")

    exporter = read_documents(content).documents[0].declaration.goods_shipment.exporter

    assert exporter.address.city == "Nairöbi"


def test_a_document_type_named_in_a_comment_is_no_document_type():
    content = GOOD.replace(b"<Declaration", b"<!-- never <!DOCTYPE --><Declaration", 1)

    assert read_documents(content).documents[0].declaration == a_declaration()


def test_refuses_more_than_the_limit_before_parsing():
    small = DEFAULT_LIMITS._replace(max_file_bytes=100)

    assert codes_of(GOOD, limits=small) == ["too-large"]
    assert codes_of(GOOD, limits=DEFAULT_LIMITS._replace(max_document_bytes=100)) == ["too-large"]


@pytest.mark.parametrize(
    "inside",
    [
        b"<Amendment>" + b"<Foo/>" * 200_000 + b"</Amendment>",
        b"<AuthorisationHolder/>" * 200_000,
        b"<FunctionCode>9</FunctionCode><GoodsShipment>"
        + b"<GovernmentAgencyGoodsItem/>" * 200_000
        + b"</GoodsShipment>",
    ],
)
def test_a_fault_in_every_element_is_bounded_in_time_and_in_number(inside):
    started = time.perf_counter()

    reading = read_documents(START + inside + END)

    assert reading.documents[0].declaration is None
    assert len(reading.documents[0].findings) <= DEFAULT_LIMITS.max_findings + 2
    assert time.perf_counter() - started < 15


def test_more_documents_than_the_limit_are_refused_after_the_limit():
    content = b"\n".join([GOOD] * 4)

    reading = read_documents(content, limits=DEFAULT_LIMITS._replace(max_documents=3))

    assert [document.declaration is not None for document in reading.documents] == [True, True, True, False]
    assert reading.documents[3].findings[0].code == "declarations.too-many-documents"


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_make_reading_raise(content):
    read_documents(content)
    read_documents(START + content + END)
    read_documents(b"reference,item,goods_code\n" + content, name="a.csv")


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_damage_to_a_good_document_makes_reading_raise(data):
    content = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content) - 1))
        content[start : start + data.draw(st.integers(0, 30))] = data.draw(st.binary(max_size=8))

    reading = read_documents(bytes(content))

    for document in reading.documents:
        is_refused = any(finding.severity == "error" for finding in document.findings)
        assert (document.declaration is None) == is_refused


def test_messages_never_echo_what_came():
    secret = "Zanzibarqueen"
    declaration = a_declaration(declarant=replace(a_declaration().declarant, id=secret * 3), type_code=secret)
    content = write_wco_xml(declaration).replace(b"<CountryCode>KE", b"<CountryCode>" + secret.encode())

    findings = read_documents(content).documents[0].findings

    assert len(findings) >= 3
    assert not any(secret in finding.message + finding.path for finding in findings)
