"""A hypothesis strategy of responses to declarations, in the form reading gives."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from comity.features.declarations.notice_kinds import kind_of_notice
from comity.foundation.trade.declaration import Commodity, Declaration, GoodsItem, GoodsShipment
from comity.foundation.trade.notice import (
    BankAccount,
    Communication,
    ContactOffice,
    Notice,
    NoticeError,
    NoticeStatus,
)
from tests.builders.declarations import (
    _amendment,
    _code,
    _duty,
    _information,
    _instant,
    _many,
    _maybe,
    _money,
    _pointers,
    _sequence,
    _some,
    _text,
)


def notices() -> st.SearchStrategy[Notice]:
    """Return a strategy of responses to declarations, in the form reading gives."""
    repeated = st.builds(
        lambda items: Declaration(goods_shipment=GoodsShipment(items=items)),
        st.lists(
            st.builds(
                GoodsItem,
                sequence=_sequence,
                commodity=st.builds(Commodity, duties=_many(_duty)),
            ),
            min_size=1,
            max_size=2,
        ).map(tuple),
    )
    amended = st.builds(
        lambda packages, amount: Declaration(function_code="9", total_packages=packages, invoice_amount=amount),
        _sequence,
        _maybe(_money),
    )
    way = _some(Communication, id=_maybe(_text(50)), type_code=_maybe(_text(3)))
    office = st.builds(
        ContactOffice, id=_maybe(_text(12)), communications=st.lists(way, min_size=1, max_size=2).map(tuple)
    )
    raw = st.builds(
        Notice,
        function_code=_code("(0[1-9]|1[0-9]|[1-9])"),
        notice_id=_maybe(_text(35)),
        mrn=_text(70),
        functional_reference_id=_maybe(_text(35)),
        issued_at=_maybe(_instant),
        appeal_office=_maybe(_text(12)),
        version=_maybe(_text(9)),
        accepted_at=_maybe(_instant),
        rejected_at=_maybe(_instant),
        cancelled_at=_maybe(_instant),
        statuses=_many(
            _some(
                NoticeStatus,
                code=_maybe(_text(3)),
                effective_at=_maybe(_instant),
                released_at=_maybe(_instant),
                pointers=_pointers,
            )
        ),
        errors=_many(_some(NoticeError, code=_maybe(_text(8)), description=_maybe(_text(512)), pointers=_pointers)),
        amendments=_many(_amendment),
        additional_information=_many(_information),
        duties=_many(_duty),
        bank=_maybe(_some(BankAccount, bank_id=_maybe(_text(35)), account_id=_maybe(_text(35)))),
        declaration=_maybe(repeated),
        amended=_maybe(amended),
    )
    offices = st.one_of(
        st.builds(lambda name: {"contact_office": name}, _maybe(_text(12))),
        st.builds(lambda several: {"contact_offices": tuple(several)}, st.lists(office, max_size=2)),
    )
    return st.builds(lambda notice, named: _of_its_kind(replace(notice, **named)), raw, offices)


def _of_its_kind(notice: Notice) -> Notice:
    kind = kind_of_notice(
        notice.function_code,
        is_rejected=notice.rejected_at is not None,
        is_cancelled=notice.cancelled_at is not None,
        is_released=any(status.released_at is not None for status in notice.statuses),
    )
    return replace(notice, kind=kind)
