"""What does an amendment change, as who gains what? Every flow that becomes possible or impossible, and on which terms.

A flow is: this sender may send this field to that recipient, in this message, for this purpose. Flows are listed by
reading both texts, and the solver proves the list complete. Parties that both texts treat alike are told together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from comity.cooperation.agreements.agreement import Agreement, Clause
from comity.cooperation.agreements.analyse.errors import ReplayDisagrees
from comity.cooperation.agreements.analyse.fields import is_covered
from comity.cooperation.agreements.analyse.law import Case, Law
from comity.cooperation.agreements.analyse.terms import Difference, differences
from comity.cooperation.agreements.in_words import Sentence

OLD, NEW = "old", "new"

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
    return Amendment(gained, lost, tuple(_terms(law, old, new)), others, wider, is_longer)


def _found_once(law: Law, label: str, other: str, listed: tuple[Flow, ...]) -> Case | None:
    """Return a case of one text that the other has not; the solver must find one exactly where the list names one."""
    case = law.find(law.deciding(lambda one, _: one == label), unless=other)
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


def _terms(law: Law, old: Agreement, new: Agreement) -> Iterator[TermChange]:
    seen: set[tuple[str, str, str, str]] = set()
    for before in old.clauses:
        for after in new.clauses:
            changed = differences(before, after)
            if not changed or not _may_meet(before, after):
                continue
            case = law.find([(NEW, after.id)], also=[(OLD, before.id)])
            for one in changed if case is not None else ():
                key = (after.id, one.term, one.first, one.second)
                if case is not None and key not in seen:
                    seen.add(key)
                    yield TermChange(after.id, one, case)


def _may_meet(one: Clause, other: Clause) -> bool:
    shares_message = not set(one.message_types).isdisjoint(other.message_types)
    return shares_message and not set(one.purposes).isdisjoint(other.purposes)


_Way = tuple[str, str]  # message and purpose


def _flows(old: Agreement, new: Agreement) -> tuple[tuple[Flow, ...], tuple[Flow, ...]]:
    groups = _groups(old, new)
    gained: list[Flow] = []
    lost: list[Flow] = []
    for senders in groups:
        for recipients in groups:
            sender = senders[0]
            recipient = next((one for one in recipients if one != sender), None)
            if recipient is None:
                continue
            before, after = _ways(old, sender, recipient), _ways(new, sender, recipient)
            gained += _told(senders, recipients, _more(after, before))
            lost += _told(senders, recipients, _more(before, after))
    return tuple(gained), tuple(lost)


def _groups(old: Agreement, new: Agreement) -> list[tuple[str, ...]]:
    """Return the parties of both texts, together those that no clause of either tells apart."""
    alike: dict[tuple[bool, ...], list[str]] = {}
    for party in sorted({*old.parties, *new.parties}):
        marks = [
            side
            for text in (old, new)
            for clause in text.clauses
            for side in (party in text.senders_under(clause), party in text.recipients_under(clause))
        ]
        alike.setdefault(tuple(marks), []).append(party)
    return [tuple(group) for group in alike.values()]


def _ways(agreement: Agreement, sender: str, recipient: str) -> dict[_Way, set[str]]:
    ways: dict[_Way, set[str]] = {}
    for clause in agreement.clauses:
        if agreement.lets(clause, sender=sender, recipient=recipient):
            for message in clause.message_types:
                for purpose in clause.purposes:
                    ways.setdefault((message, purpose), set()).update(agreement.fields_of(clause.data_class))
    return ways


def _more(ways: Mapping[_Way, set[str]], than: Mapping[_Way, set[str]]) -> dict[_Way, tuple[str, ...]]:
    more = {
        way: tuple(sorted(field for field in fields if not is_covered(field, than.get(way, set()))))
        for way, fields in ways.items()
    }
    return {way: fields for way, fields in more.items() if fields}


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
