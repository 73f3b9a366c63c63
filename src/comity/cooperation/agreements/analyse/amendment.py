"""What does an amendment change, as who gains what? Every flow that becomes possible or impossible, and on which terms.

A flow is: this sender may send this field to that recipient, in this message, for this purpose. Flows are listed by
reading both texts, and the solver proves the list complete. Parties that both texts treat alike are told together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from comity.cooperation.agreements.agreement import Agreement, Clause
from comity.cooperation.agreements.analyse import terms
from comity.cooperation.agreements.analyse.errors import ReplayDisagrees, TooLargeToQuestion
from comity.cooperation.agreements.analyse.fields import is_covered
from comity.cooperation.agreements.analyse.law import Case, Law, carrying
from comity.cooperation.agreements.analyse.terms import Difference
from comity.cooperation.agreements.in_words import Sentence
from comity.cooperation.agreements.permissions import looseness

OLD, NEW = "old", "new"
MOST_CASES = 100_000
"""Of changed clauses: pairs of groups of parties, messages and purposes; a guess, told in a few seconds."""

GAINED = (
    "New: %(senders)s may send %(count)s more fields to %(recipients)s, in message %(messages)s, for %(purposes)s:"
    " %(fields)s."
)
LOST = (
    "No longer: %(senders)s may not send %(count)s fields to %(recipients)s any more, in message %(messages)s, for"
    " %(purposes)s: %(fields)s."
)
LOOSER = "Looser: %(term)s of clause %(clause)s changes from %(before)s to %(after)s, for example for %(field)s."
STRICTER = "Stricter: %(term)s of clause %(clause)s changes from %(before)s to %(after)s, for example for %(field)s."
OTHER_TERM = "Changed: %(term)s, from %(before)s to %(after)s."
WIDENS = (
    "The amendment widens the agreement. For example, %(sender)s may send %(field)s to %(recipient)s, in message"
    " %(message)s, for %(purpose)s, under clause %(clause)s (article %(article)s)."
)
LOOSENS = "The amendment lets no more go, but on looser terms."
LONGER = "The amendment lets no more go, but for longer."
NOT_WIDER = "The amendment widens nothing; this is proved for every case there is."
PARTIES, LEGAL_BASIS, FIRST_DAY, LAST_DAY = "parties", "legal basis", "first day", "last day"
RECIPROCITY, REPLY, NOTICE = "reciprocity", "days for a reply", "days of notice"
SIGNATURES = "signatures that bring it into force"
TERMS = (PARTIES, LEGAL_BASIS, FIRST_DAY, LAST_DAY, RECIPROCITY, REPLY, NOTICE, SIGNATURES)
SENTENCES = (GAINED, LOST, LOOSER, STRICTER, OTHER_TERM, WIDENS, LOOSENS, LONGER, NOT_WIDER)


@dataclass(frozen=True, slots=True)
class Flow:
    """Each of the senders may send each of the fields to each of the (other) recipients, so and for that."""

    senders: tuple[str, ...]
    recipients: tuple[str, ...]
    messages: tuple[str, ...]
    purposes: tuple[str, ...]
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TermChange:
    """Something goes before and after, on other terms: the clause that decides, and a case that Cedar decided."""

    clause: str
    difference: Difference
    case: Case


@dataclass(frozen=True, slots=True)
class Amendment:
    """What a new text changes of an old one. `wider` is a case that only the new one lets go."""

    gained: tuple[Flow, ...]
    lost: tuple[Flow, ...]
    terms: tuple[TermChange, ...]
    others: tuple[tuple[str, str, str], ...]
    wider: Case | None
    is_longer: bool

    @property
    def widens(self) -> bool:
        """Claim that the new text lets anything more be done: a flow, a looser term, or a longer time."""
        return self.wider is not None or self.is_longer or any(one.difference.is_looser for one in self.terms)

    @property
    def sentences(self) -> list[Sentence]:
        """Return the amendment in words, what matters first."""
        return list(_in_words(self))


def compare(old: Agreement, new: Agreement) -> Amendment:
    """Say what `new` changes of `old`.

    Raises:
        ReplayDisagrees: the solver, Cedar, and the reading of the texts do not say the same; no answer is given.
    """
    law = Law({OLD: old, NEW: new})
    gained, lost = _flows(old, new)
    wider = _found_once(law, NEW, OLD, gained)
    _found_once(law, OLD, NEW, lost)
    others = tuple(
        (name, str(before), str(after))
        for name, before, after in (
            (PARTIES, ", ".join(old.parties), ", ".join(new.parties)),
            (LEGAL_BASIS, f"{old.instrument}, {old.article}", f"{new.instrument}, {new.article}"),
            (FIRST_DAY, old.valid_from, new.valid_from),
            (LAST_DAY, old.valid_to, new.valid_to),
            (RECIPROCITY, old.reciprocal, new.reciprocal),
            (REPLY, old.reply_days, new.reply_days),
            (NOTICE, old.notice_days, new.notice_days),
            (SIGNATURES, old.signatures_needed, new.signatures_needed),
        )
        if before != after
    )
    is_longer = new.valid_to > old.valid_to or new.valid_from < old.valid_from
    return Amendment(gained, lost, tuple(_terms(law)), others, wider, is_longer)


def _found_once(law: Law, label: str, other: str, listed: tuple[Flow, ...]) -> Case | None:
    """Return a case of one text that the other has not; the solver must find one exactly where the list names one."""
    case = law.find(law.of(label), unless=law.of(other))
    if (case is None) != (not listed) or (case is not None and not any(_is_in(case, flow) for flow in listed)):
        raise ReplayDisagrees
    return case


def _is_in(case: Case, flow: Flow) -> bool:
    return (
        case.sender in flow.senders
        and case.recipient in flow.recipients
        and case.message_type in flow.messages
        and case.purpose in flow.purposes
        and is_covered(case.field, flow.fields)
    )


def _terms(law: Law) -> Iterator[TermChange]:
    """Find what goes before and after, but on terms that were not had before, or are not had any more.

    Where several clauses carry the same field, the loosest counts: the sender chooses the data class.
    """
    for label, other in ((NEW, OLD), (OLD, NEW)):
        for clause in law.agreements[label].clauses:
            for place in range(len(terms.TERMS)):
                change = _term(law, label, clause, other, place)
                if change is not None:
                    yield change


def _term(law: Law, label: str, clause: Clause, other: str, place: int) -> TermChange | None:
    """Return what a clause lets go on a looser term than the other text does, as a change from the old to the new."""

    def is_as_loose(one: str, there: Clause) -> bool:
        return one == other and looseness(there)[place] >= looseness(clause)[place]

    case = law.find([(label, clause.id)], also=law.of(other), unless=law.deciding(is_as_loose))
    if case is None:
        return None
    there = max(carrying(law.agreements[other], case), key=lambda one: looseness(one)[place])
    before, after = (there, clause) if label == NEW else (clause, there)
    named = terms.TERMS[place]
    difference = next(one for one in terms.differences(before, after) if one.term == named)
    return TermChange(after.id, difference, case)


_Way = tuple[str, str]  # message and purpose
_Bound = list[tuple[Clause, frozenset[str], frozenset[str]]]  # each clause with its senders and recipients


def _flows(old: Agreement, new: Agreement) -> tuple[tuple[Flow, ...], tuple[Flow, ...]]:
    """Return what only the new text lets go, and what only the old one does.

    Raises:
        TooLargeToQuestion: the change has more cases than are told in reasonable time.
    """
    groups = _groups(old, new)
    return tuple(_beyond(new, old, groups)), tuple(_beyond(old, new, groups))


def _groups(old: Agreement, new: Agreement) -> list[tuple[str, ...]]:
    """Return the parties of both texts, together those that no clause of either tells apart."""
    bound = [*_bound(old), *_bound(new)]
    alike: dict[tuple[bool, ...], list[str]] = {}
    for party in sorted({*old.parties, *new.parties}):
        marks = [side for _, senders, recipients in bound for side in (party in senders, party in recipients)]
        alike.setdefault(tuple(marks), []).append(party)
    return [tuple(group) for group in alike.values()]


def _bound(agreement: Agreement) -> _Bound:
    return [
        (clause, frozenset(agreement.senders_under(clause)), frozenset(agreement.recipients_under(clause)))
        for clause in agreement.clauses
    ]


def _beyond(text: Agreement, other: Agreement, groups: list[tuple[str, ...]]) -> Iterator[Flow]:
    """Yield what `text` lets go and `other` does not; only clauses that the other has not alike can let it."""
    there = _bound(other)
    alike = {_permitted(other, *one) for one in there}
    changed = [one for one in _bound(text) if _permitted(text, *one) not in alike]
    cases = sum(
        len([group for group in groups if group[0] in senders])
        * len([group for group in groups if group[0] in recipients])
        * len(clause.message_types)
        * len(clause.purposes)
        for clause, senders, recipients in changed
    )
    if cases > MOST_CASES:
        raise TooLargeToQuestion
    for senders in groups:
        for recipients in groups:
            recipient = next((one for one in recipients if one != senders[0]), None)
            if recipient is not None:
                ways = _ways(text, _between(changed, senders[0], recipient))
                here = _between(there, senders[0], recipient)
                yield from _told(senders, recipients, dict(_more(ways, other, here)))


def _permitted(text: Agreement, clause: Clause, *bound: frozenset[str]) -> tuple[object, ...]:
    """Return all of a clause that says what may go."""
    return frozenset(text.fields_of(clause.data_class)), clause.message_types, clause.purposes, *bound


def _between(bound: _Bound, sender: str, recipient: str) -> list[Clause]:
    return [clause for clause, senders, recipients in bound if sender in senders and recipient in recipients]


def _ways(text: Agreement, clauses: Iterable[Clause]) -> dict[_Way, set[str]]:
    ways: dict[_Way, set[str]] = {}
    for clause in clauses:
        for way in product(clause.message_types, clause.purposes):
            ways.setdefault(way, set()).update(text.fields_of(clause.data_class))
    return ways


def _more(
    ways: Mapping[_Way, set[str]], other: Agreement, clauses: list[Clause]
) -> Iterator[tuple[_Way, tuple[str, ...]]]:
    """Yield of each way the fields that none of the other text's clauses carries."""
    for (message, purpose), fields in ways.items():
        carried = {
            field
            for clause in clauses
            if message in clause.message_types and purpose in clause.purposes
            for field in other.fields_of(clause.data_class)
        }
        more = tuple(sorted(field for field in fields if not is_covered(field, carried)))
        if more:
            yield (message, purpose), more


def _told(senders: tuple[str, ...], recipients: tuple[str, ...], ways: dict[_Way, tuple[str, ...]]) -> Iterator[Flow]:
    """Tell ways with the same fields together, where they are all combinations of some messages and some purposes."""
    by_fields: dict[tuple[tuple[str, ...], str], list[str]] = {}
    for (message, purpose), fields in sorted(ways.items()):
        by_fields.setdefault((fields, message), []).append(purpose)
    together: dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]] = {}
    for (fields, message), purposes in by_fields.items():
        together.setdefault((fields, tuple(purposes)), []).append(message)
    for (fields, purposes_of), messages in together.items():
        yield Flow(senders, recipients, tuple(messages), purposes_of, fields)


def _in_words(amendment: Amendment) -> Iterator[Sentence]:
    case = amendment.wider
    if case is not None:
        told: dict[str, object] = {"sender": case.sender, "recipient": case.recipient, "field": case.field}
        told |= {"message": case.message_type, "purpose": case.purpose}
        yield WIDENS, told | {"clause": case.clause.id, "article": case.clause.article}
    elif any(one.difference.is_looser for one in amendment.terms):
        yield LOOSENS, {}
    else:
        yield (LONGER if amendment.is_longer else NOT_WIDER), {}
    yield from _flows_in_words(GAINED, amendment.gained)
    yield from _flows_in_words(LOST, amendment.lost)
    for change in amendment.terms:
        one = change.difference
        values: dict[str, object] = {"term": one.term, "before": one.first, "after": one.second}
        yield (
            LOOSER if one.is_looser else STRICTER,
            values | {"clause": change.clause, "field": change.case.field},
        )
    for term, before, after in amendment.others:
        yield OTHER_TERM, {"term": term, "before": before, "after": after}


def _flows_in_words(message: str, flows: Iterable[Flow]) -> Iterator[Sentence]:
    for flow in flows:
        yield (
            message,
            {
                "senders": ", ".join(flow.senders),
                "recipients": ", ".join(flow.recipients),
                "messages": ", ".join(flow.messages),
                "purposes": ", ".join(flow.purposes),
                "count": len(flow.fields),
                "fields": ", ".join(flow.fields),
            },
        )
