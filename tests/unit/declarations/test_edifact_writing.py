"""Notices and cargo reports are written as CUSRES and CUSCAR that read back as the same, or it is said what is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.features.declarations.errors import NotWritable
from comity.features.declarations.formats.edifact.read import read_edifact
from comity.features.declarations.formats.edifact.write import not_carried, write_edifact
from comity.features.declarations.formats.edifact.write_segments import lines
from comity.features.declarations.reading import DEFAULT_LIMITS
from comity.foundation.trade.cargo import CargoConsignment, CargoReport, CarriedEquipment, StowagePlan
from comity.foundation.trade.declaration import DutyTaxFee
from comity.foundation.trade.documents import AdditionalDocument, AdditionalInformation, Pointer, TransportDocument
from comity.foundation.trade.money import Money
from comity.foundation.trade.notice import Notice, NoticeError, NoticeKind, NoticeStatus
from comity.foundation.trade.parties import Address, Party
from tests.builders.edifact import CUSCAR, CUSRES, interchange

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp")), min_size=1, max_size=30
)
NUMBERS = st.from_regex(r"[A-Z0-9]{1,17}", fullmatch=True)
AMOUNTS = st.builds(Money, st.decimals(0, 10**9, places=2), st.sampled_from(["EUR", "KES", "JPY"]))
PARTIES = st.builds(
    Party,
    id=NUMBERS,
    name=st.none() | st.lists(WORDS, min_size=1, max_size=3).map(" ".join),
    address=st.none() | st.builds(Address, line=WORDS, city=st.none() | WORDS, country=st.sampled_from(["KE", "UG"])),
    role_code=st.just("DT"),
    contact_name=st.none() | WORDS,
)
NOTICES = st.builds(
    Notice,
    kind=st.just(NoticeKind.REJECTED),
    notice_id=NUMBERS,
    type_code=st.just("962"),
    mrn=st.none() | NUMBERS,
    functional_reference_id=st.none() | NUMBERS,
    issued_at=st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)).map(
        lambda at: at.replace(microsecond=0)
    ),
    recipient=st.none() | PARTIES,
    statuses=st.just((NoticeStatus(code="2"),)),
    errors=st.lists(
        st.builds(
            NoticeError,
            code=NUMBERS,
            description=st.none() | st.lists(WORDS, min_size=1, max_size=20).map(" ".join),
            pointers=st.just((Pointer(section_code="2", sequence=4),)),
        ),
        max_size=3,
    ).map(tuple),
    duties=st.lists(st.builds(DutyTaxFee, type_code=NUMBERS, assessed=AMOUNTS), max_size=2).map(tuple),
    additional_information=st.lists(
        st.builds(AdditionalInformation, description=WORDS, type_code=st.just("AAI")), max_size=2
    ).map(tuple),
)


def written(document):
    return write_edifact(document, sender="EXAMPLE CUSTOMS", recipient="EXAMPLE CARRIER", prepared_at=AT)


def read(content):
    (document,) = read_edifact(content, limits=DEFAULT_LIMITS)
    assert all(", element " in finding.message for finding in document.findings)
    return document.document


@pytest.mark.parametrize("message", [CUSCAR, CUSRES], ids=["CUSCAR", "CUSRES"])
def test_what_is_read_written_and_read_is_equal(message):
    document = read(interchange(message))

    content = written(document)

    assert read(content) == document
    assert not_carried(document, content) == ()


@given(NOTICES)
@settings(max_examples=80, deadline=None)
def test_any_notice_reads_back_as_it_was(notice):
    assert read(written(notice)) == notice


def test_a_report_of_several_consignments_keeps_their_bills_and_containers():
    equipment = tuple(CarriedEquipment(id=f"EXEU000000{index}", gross_mass_kg=Decimal(index)) for index in (1, 2))
    bills = [TransportDocument(f"BOL-{index}", "705") for index in (1, 2)]
    master = TransportDocument("MASTER-1", "704")
    report = CargoReport(
        type_code="85",
        report_id="R1",
        equipment=equipment,
        consignments=(
            CargoConsignment(sequence=1, transport_document=bills[0], master_document=master, ucr="6XA1-1"),
            CargoConsignment(sequence=2, transport_document=bills[1], value=Money(Decimal("1.50"), "EUR")),
        ),
    )

    assert read(written(report)) == report


def test_text_outside_latin_goes_as_utf_8():
    notice = Notice(
        notice_id="1", type_code="962", additional_information=(AdditionalInformation(None, "Груз?", "AAI"),)
    )

    content = written(notice)

    assert content.startswith(b"UNB+UNOY:4+")
    assert read(content).additional_information == notice.additional_information


def test_what_the_message_has_no_place_for_is_named():
    document = replace(read(interchange(CUSRES)), appeal_office="XB9")
    other = Notice(notice_id="1", additional_documents=(AdditionalDocument(id="X", type_code="N380", name="INVOICE"),))

    assert not_carried(document, written(document)) == ("appeal_office",)
    assert not_carried(other, written(other)) == ()


def test_other_documents_are_refused_by_name():
    with pytest.raises(NotWritable, match="stowage-plan"):
        written(StowagePlan())


@given(st.text(st.sampled_from("ab  c"), max_size=400), st.integers(5, 70))
def test_a_text_is_parted_into_at_most_five_lines_that_give_it_back(text, width):
    parts = lines(text, width)

    assert len(parts) <= 5
    assert " ".join(parts) == text
