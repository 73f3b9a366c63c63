"""Do two agreements say different things of the same data? Which is the stricter, and what the node does.

An agreement only permits. So two agreements never forbid what the other commands; but they can let the same field go
between the same parties on other terms, or one can let it go for a purpose that the other does not have.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations, permutations, product

from comity.cooperation.agreements.agreement import Agreement, Clause
from comity.cooperation.agreements.analyse.fields import is_covered
from comity.cooperation.agreements.analyse.law import Case, Law, law_of
from comity.cooperation.agreements.analyse.terms import Difference, differences
from comity.cooperation.agreements.in_words import Sentence
from comity.cooperation.agreements.permissions import looseness

OTHER_TERMS = (
    "%(sender)s may send %(field)s to %(recipient)s, in message %(message)s, for %(purpose)s, under clause"
    " %(stricter)s of %(stricter_agreement)s and under clause %(looser)s of %(looser_agreement)s, on other terms:"
)
TERM = "%(term)s: %(first)s under the former, %(second)s under the latter."
SAME_CLASS = "It leaves under clause %(stricter)s of %(stricter_agreement)s, the stricter, unless the other is named."
OTHER_CLASS = "It leaves as %(stricter_class)s under the former or as %(looser_class)s under the latter, as it is sent."
OTHER_PURPOSE = (
    "%(sender)s may send %(field)s to %(recipient)s, in message %(message)s, for %(purpose)s, under clause %(clause)s"
    " of %(agreement)s; clause %(limited)s of %(limited_agreement)s lets the same go for %(purposes)s only."
)
STILL_LEAVES = "Nothing in %(limited_agreement)s forbids it to the node: it leaves under %(agreement)s."
NONE = "No two of these agreements let the same data go on other terms; this is proved for every case there is."
SENTENCES = (OTHER_TERMS, TERM, SAME_CLASS, OTHER_CLASS, OTHER_PURPOSE, STILL_LEAVES, NONE)


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two clauses of two agreements on the same data; the first is the stricter, or the one that lets it go."""

    first: tuple[str, Clause]
    second: tuple[str, Clause]
    differences: tuple[Difference, ...]
    case: Case

    @property
    def sentences(self) -> list[Sentence]:
        """Return the conflict in words."""
        return list(_in_words(self))


def find_conflicts(agreements: Iterable[Agreement]) -> list[Conflict]:
    """Return where two of the agreements differ on the same data, with a case that Cedar decided for each.

    Raises:
        ReplayDisagrees: an example is not what Cedar decides.
    """
    law = law_of(agreements)
    labels = sorted(law.agreements)
    found = [conflict for pair in combinations(labels, 2) for conflict in _other_terms(law, *pair)]
    found += [conflict for pair in permutations(labels, 2) for conflict in _other_purposes(law, *pair)]
    return found


def _meet(one: Agreement, other: Agreement) -> bool:
    """Claim that both bind the same two parties on the same day, and are not two texts of one agreement."""
    is_between = len(set(one.parties) & set(other.parties)) >= 2
    return one.id != other.id and is_between and one.valid_from <= other.valid_to and other.valid_from <= one.valid_to


def _clause_pairs(law: Law, one: str, other: str) -> Iterable[tuple[Clause, Clause]]:
    first, second = law.agreements[one], law.agreements[other]
    return product(first.clauses, second.clauses) if _meet(first, second) else ()


def _other_terms(law: Law, one: str, other: str) -> Iterator[Conflict]:
    """Find what both let go, on other terms."""
    for here, there in _clause_pairs(law, one, other):
        sides = sorted([(one, here), (other, there)], key=lambda side: looseness(side[1]))
        (first, stricter), (second, looser) = sides
        changed = differences(stricter, looser)
        if not changed or not _overlap(law.agreements[one], here, law.agreements[other], there):
            continue
        case = law.find([(first, stricter.id)], also=[(second, looser.id)])
        if case is not None:
            yield Conflict((first, stricter), (second, looser), changed, case)


def _overlap(one: Agreement, here: Clause, other: Agreement, there: Clause) -> bool:
    """Claim that a message may be of both clauses, before the solver is asked whether any is."""
    return not any(
        set(first).isdisjoint(second)
        for first, second in (
            (here.message_types, there.message_types),
            (here.purposes, there.purposes),
            (one.senders_under(here), other.senders_under(there)),
            (one.recipients_under(here), other.recipients_under(there)),
        )
    )


def _other_purposes(law: Law, one: str, other: str) -> Iterator[Conflict]:
    """Find what one lets go for a purpose that no clause of the other has for the same field and direction."""
    limiting = law.agreements[other]
    for here, there in _clause_pairs(law, one, other):
        if not set(here.purposes) - set(there.purposes):
            continue
        fields = frozenset(limiting.fields_of(there.data_class))
        where = {
            "sender": limiting.senders_under(there),
            "recipient": limiting.recipients_under(there),
            "message_type": there.message_types,
            "field": tuple(field for field in law.names("field") if is_covered(field, fields)),
        }
        case = law.find([(one, here.id)], where, unless=law.of(other)) if all(where.values()) else None
        if case is not None:
            yield Conflict((one, here), (other, there), (), case)


def _in_words(conflict: Conflict) -> Iterator[Sentence]:
    (first, clause), (second, other), case = conflict.first, conflict.second, conflict.case
    told: dict[str, object] = {"sender": case.sender, "recipient": case.recipient, "field": case.field}
    told |= {"message": case.message_type, "purpose": case.purpose}
    if not conflict.differences:
        sides: dict[str, object] = {"agreement": first, "limited_agreement": second}
        purposes = ", ".join(other.purposes)
        yield OTHER_PURPOSE, told | sides | {"clause": clause.id, "limited": other.id, "purposes": purposes}
        yield STILL_LEAVES, sides
        return
    sides = {"stricter": clause.id, "stricter_agreement": first, "looser": other.id, "looser_agreement": second}
    yield OTHER_TERMS, told | sides
    for one in conflict.differences:
        yield TERM, {"term": one.term, "first": one.first, "second": one.second}
    if clause.data_class == other.data_class:
        yield SAME_CLASS, sides
    else:
        yield OTHER_CLASS, {"stricter_class": clause.data_class, "looser_class": other.data_class}
