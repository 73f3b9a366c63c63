"""What becomes of a trade document that declares nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from comity.features.declarations.canonical import from_record, to_record
from comity.features.declarations.errors import NotKept
from comity.features.declarations.reading import ReadDocument
from comity.features.declarations.store import documents_about
from comity.flows.clear_declaration import DocumentNotReadable
from comity.flows.take_document import take
from comity.foundation.clock import FixedClock
from comity.foundation.trade.notice import Notice, NoticeKind
from comity.foundation.trade.travellers import TravellerList
from tests.builders.declarations import a_declaration

MRN = "25KE0012345678ABJ5"
CLOCK = FixedClock(datetime(2026, 3, 2, 8, tzinfo=UTC))


def test_notice_is_kept_once_and_found_by_its_mrn(database):
    notice = Notice(kind=NoticeKind.RELEASED, mrn=MRN)
    document = ReadDocument(notice, (), 1, "a" * 64)

    with database.transaction() as session:
        first = take(session, document, clock=CLOCK)
        again = take(session, document, clock=CLOCK)

    with database.reading() as session:
        (kept,) = documents_about(session, MRN)
    assert (first.is_new, again.is_new) == (True, False)
    assert kept.document == notice


def test_list_of_travellers_is_not_kept(database):
    document = ReadDocument(TravellerList(report_id="1"), (), 1, "a" * 64)

    with database.transaction() as session, pytest.raises(NotKept):
        take(session, document, clock=CLOCK)


def test_declaration_is_not_kept_as_another_document(database):
    document = ReadDocument(a_declaration(), (), 1, "a" * 64)

    with database.transaction() as session, pytest.raises(DocumentNotReadable):
        take(session, document, clock=CLOCK)


def test_record_of_a_notice_is_read_back_as_one():
    notice = Notice(kind=NoticeKind.REJECTED, mrn=MRN, declaration=a_declaration())

    assert from_record(to_record(notice), Notice) == notice
