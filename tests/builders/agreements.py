"""Agreements for tests: one of each kind by hand, and random ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import strategies as st

from comity.cooperation.agreements.agreement import (
    Agreement,
    Annex,
    Clause,
    Marking,
    OnwardSharing,
    as_record,
    parse_agreement,
)

PARTIES = ("KE", "RW", "TZ", "UG")
NAMES = ("a", "b", "c")
FIELDS = ("p", "p.q", "p.q.r", "s", "t.u")


def a_clause(**changes) -> Clause:
    """Return a clause on export records, for risk assessment."""
    clause = Clause(
        id="art-3",
        article="3",
        data_class="export-declaration",
        message_types=("export-record.v1",),
        purposes=("risk-assessment",),
        retention_days=1095,
    )
    return replace(clause, **changes)


def an_agreement(*clauses: Clause, **changes) -> Agreement:
    """Return an agreement of KE and UG; the first of its classes holds a name, the second does not."""
    agreement = Agreement(
        id="ke-ug",
        title="Agreement",
        parties=("KE", "UG"),
        instrument="Instrument",
        article="6",
        clauses=clauses or (a_clause(),),
        data_classes=(
            ("examination-result", ("examined_at", "outcome")),
            ("export-declaration", ("goods_shipment.exporter.name", "mrn")),
        ),
        valid_from=date(2026, 1, 1),
        valid_to=date(2028, 12, 31),
    )
    return parse_agreement(as_record(replace(agreement, **changes)))


def _some(values, *, least=1):
    return st.lists(st.sampled_from(values), min_size=least, max_size=3, unique=True).map(tuple)


@st.composite
def agreements(draw, name="one") -> Agreement:
    """Draw an agreement: three of four parties, clauses that overlap, an annex that some accepted."""
    parties = tuple(sorted(draw(st.permutations(PARTIES))[:3]))
    clauses = draw(
        st.lists(
            st.builds(
                Clause,
                id=st.just("x"),
                article=st.just("1"),
                data_class=st.sampled_from(NAMES),
                message_types=_some(NAMES),
                purposes=_some(NAMES),
                retention_days=st.integers(1, 3),
                senders=_some(parties, least=0),
                recipients=_some(parties, least=0),
                marking=st.sampled_from(Marking),
                onward_sharing=st.sampled_from(OnwardSharing),
                annex=st.sampled_from(("", "", "ii")),
            ),
            min_size=1,
            max_size=5,
        )
    )
    return an_agreement(
        *(replace(clause, id=f"c{number}") for number, clause in enumerate(clauses)),
        id=name,
        parties=parties,
        data_classes=tuple((one, draw(_some(FIELDS))) for one in NAMES),
        annexes=(Annex("ii", "On request", draw(_some(parties, least=0))),),
    )
