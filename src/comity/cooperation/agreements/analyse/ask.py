"""May this data reach that administration, for this purpose? Yes with an example, or no with a proof.

What a recipient may pass on with the originator's consent counts, and is said as such. Onward, a consent names its own
recipient and purpose, so that with consent data can reach anyone, for anything.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from comity.cooperation.agreements.agreement import Agreement, OnwardSharing
from comity.cooperation.agreements.analyse.fields import overlap
from comity.cooperation.agreements.analyse.formula import ELSE
from comity.cooperation.agreements.analyse.grammar import (
    ANYONE,
    EVERYTHING,
    PERSONAL,
    Asked,
    Kind,
    Vocabulary,
    understand,
)
from comity.cooperation.agreements.analyse.law import Case, ClauseOf, Law, law_of
from comity.cooperation.agreements.analyse.personal import personal_among
from comity.cooperation.agreements.in_words import Sentence

ANYONE_ELSE = "anyone else"
ANYTHING_ELSE = "anything else"
ANY = "any"

YES = "Yes: %(data)s may reach %(recipient)s."
CONSENT = "Only with the consent of the originator (%(senders)s): %(data)s may be passed on to %(recipient)s."
NO = "No: nothing lets %(data)s reach %(recipient)s."
WHO_DIRECT = "%(recipients)s may receive %(data)s."
WHO_CONSENT = "%(data)s may be passed on to %(recipients)s only with the consent of the originator."
NOBODY = "Nobody may receive %(data)s."
NOBODY_ELSE = "Nobody else may receive %(data)s; this is proved for every administration there is."
PURPOSES = "%(data)s may reach %(recipient)s for: %(purposes)s, and for nothing else."
NO_PURPOSE = "No: %(data)s may reach %(recipient)s for no purpose."
EXAMPLE = (
    "For example, %(sender)s may send %(field)s to %(recipient)s: it is part of %(data_class)s, in message"
    " %(message)s, for %(purpose)s, under clause %(clause)s (article %(article)s) of %(agreement)s."
)
ONWARD = (
    "For example, %(recipient)s receives %(field)s from %(sender)s as part of %(data_class)s, in message %(message)s,"
    " for %(purpose)s, under clause %(clause)s (article %(article)s) of %(agreement)s. It may pass it on to %(onward)s"
    " if %(sender)s consents, for the purpose that the consent names, under an agreement of its own with %(onward)s."
)
WITHIN = "This is about: sender %(sender)s, purpose %(purpose)s, agreement %(agreement)s."
UNKNOWN_PURPOSE = "No clause names the purpose %(purpose)s."
NEAR_PURPOSE = "No clause names the purpose %(purpose)s; the nearest is %(near)s."
PROOF = "This is proved for every sender, message and purpose within the question, not tried out."
SENTENCES = (
    YES, CONSENT, NO, WHO_DIRECT, WHO_CONSENT, NOBODY, NOBODY_ELSE, PURPOSES, NO_PURPOSE, EXAMPLE, ONWARD,
    WITHIN, UNKNOWN_PURPOSE, NEAR_PURPOSE, PROOF,
)  # fmt: skip


class Verdict(StrEnum):
    """What the agreements say."""

    YES = "yes"
    WITH_CONSENT = "with-consent"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Found:
    """The verdict on one recipient or purpose, with a case that Cedar decided; a no has none.

    `consent_of` are the originators one of whom must consent.
    """

    subject: str
    verdict: Verdict
    case: Case | None = None
    consent_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """The question as understood, the verdict, and what was found for each recipient or purpose asked about."""

    asked: Asked
    verdict: Verdict
    found: tuple[Found, ...]
    sentences: tuple[Sentence, ...]


def ask(text: str, agreements: Iterable[Agreement]) -> Answer:
    """Answer a question about these agreements together. Whether they are in force is not looked at.

    Raises:
        QuestionUnclear: the question is not of the grammar.
        ReplayDisagrees: an example is not what Cedar decides; no answer is given.
    """
    law = law_of(agreements)
    return answer(understand(text, vocabulary_of(law)), law)


def vocabulary_of(law: Law) -> Vocabulary:
    """Return the names one can ask about: data classes, fields and what lies above them, agreements."""
    fields = {
        ".".join(parts[:depth])
        for parts in (field.split(".") for field in law.names("field"))
        for depth in range(1, len(parts) + 1)
    }
    return Vocabulary(
        frozenset(fields | set(law.names("data_class"))),
        frozenset(agreement.id for agreement in law.agreements.values()),
    )


def answer(asked: Asked, law: Law) -> Answer:
    """Answer a question that was understood."""
    reach = _Reach(asked, law)
    if asked.kind is Kind.WHO:
        authorities = [one for one in (*law.names("recipient"), ELSE) if one != asked.sender]
        found = tuple(reach.judge(ANYONE_ELSE if one == ELSE else one, recipient=(one,)) for one in authorities)
    elif asked.kind is Kind.PURPOSES:
        purposes = (*law.names("purpose"), ELSE)
        found = tuple(
            reach.judge(ANYTHING_ELSE if one == ELSE else one, purpose=(one,), onward=False) for one in purposes
        )
        if all(one.verdict is Verdict.NO for one in found):
            found = (*found, reach.judge(asked.recipient or ANYONE))
    else:
        found = (reach.judge(asked.recipient or ANYONE),)
    best = next((one for one in Verdict if any(each.verdict is one for each in found)), Verdict.NO)
    return Answer(asked, best, found, tuple(_in_words(asked, found, law)))


class _Reach:
    """Where the data of one question may go, within the agreement, sender and purpose that it names."""

    def __init__(self, asked: Asked, law: Law) -> None:
        self._asked, self._law = asked, law
        sender: dict[str, Collection[str]] = {} if asked.sender is None else {"sender": (asked.sender,)}
        self._within = sender | _data(asked.data, law)
        self._clauses = law.deciding(lambda label, _: asked.agreement_id in (None, law.agreements[label].id))
        self._passing_on = self._clauses & law.deciding(
            lambda _, clause: clause.onward_sharing is OnwardSharing.WITH_CONSENT
        )

    def judge(
        self,
        subject: str,
        *,
        recipient: Collection[str] | None = None,
        purpose: Collection[str] | None = None,
        onward: bool = True,
    ) -> Found:
        """Return whether the data may reach the recipient: directly, or passed on with consent."""
        asked = self._asked
        recipient = recipient or ((asked.recipient,) if asked.recipient else None)
        purpose = purpose or ((asked.purpose,) if asked.purpose else None)
        direct = self._find(self._clauses, recipient=recipient, purpose=purpose)
        if direct is not None:
            return Found(subject, Verdict.YES, direct)
        onward_cases = self._onward(recipient) if onward and recipient else {}
        if onward_cases:
            case = next(iter(onward_cases.values()))
            return Found(subject, Verdict.WITH_CONSENT, case, tuple(onward_cases))
        return Found(subject, Verdict.NO)

    def _onward(self, recipient: Collection[str]) -> dict[str, Case]:
        """Return, for each originator, a case whose recipient may pass the data on to `recipient` with its consent."""
        others = [one for one in (*self._law.names("recipient"), ELSE) if one not in recipient or one == ELSE]
        senders = [one for one in others if self._asked.sender in (None, one)]
        cases = {one: self._find(self._passing_on, recipient=others, sender=(one,)) for one in senders}
        return {sender: case for sender, case in cases.items() if case is not None}

    def _find(self, clauses: Collection[ClauseOf], **where: Collection[str] | None) -> Case | None:
        if not clauses:
            return None
        return self._law.find(clauses, self._within | {name: tuple(one) for name, one in where.items() if one})


def _data(words: str, law: Law) -> dict[str, Collection[str]]:
    if words == EVERYTHING:
        return {}
    if words in law.names("data_class"):
        return {"data_class": (words,)}
    fields = law.names("field")
    held = personal_among(fields) if words == PERSONAL else [one for one in fields if overlap(one, words)]
    return {"field": tuple(sorted(held)) or (ELSE,)}


def _in_words(asked: Asked, found: tuple[Found, ...], law: Law) -> Iterator[Sentence]:
    if asked.kind is Kind.WHO:
        yield from _who_in_words(asked, found)
    elif asked.kind is Kind.PURPOSES and any(one.verdict is Verdict.YES for one in found):
        purposes = ", ".join(one.subject for one in found if one.verdict is Verdict.YES)
        yield PURPOSES, {"data": asked.data, "recipient": asked.recipient or ANYONE, "purposes": purposes}
    else:
        yield from _whether_in_words(asked, found[-1])
    case = next((one for one in found if one.case is not None), None)
    if case is not None and case.case is not None:
        yield _example(case, case.case)
    else:
        yield PROOF, {}
    if asked.sender or asked.purpose or asked.agreement_id:
        within = {"sender": asked.sender, "purpose": asked.purpose, "agreement": asked.agreement_id}
        told: dict[str, object] = {name: value or ANY for name, value in within.items()}
        yield WITHIN, told
    yield from _about_purpose(asked, law)


def _whether_in_words(asked: Asked, found: Found) -> Iterator[Sentence]:
    told: dict[str, object] = {"data": asked.data, "recipient": asked.recipient or ANYONE}
    if found.verdict is Verdict.WITH_CONSENT and found.case is not None:
        yield CONSENT, told | {"senders": ", ".join(found.consent_of)}
    elif asked.kind is Kind.PURPOSES:
        yield NO_PURPOSE, told
    else:
        yield (YES if found.verdict is Verdict.YES else NO), told


def _who_in_words(asked: Asked, found: tuple[Found, ...]) -> Iterator[Sentence]:
    told: dict[str, object] = {"data": asked.data}
    for verdict, sentence in ((Verdict.YES, WHO_DIRECT), (Verdict.WITH_CONSENT, WHO_CONSENT)):
        recipients = ", ".join(one.subject for one in found if one.verdict is verdict)
        if recipients:
            yield sentence, told | {"recipients": recipients}
    if all(one.verdict is Verdict.NO for one in found):
        yield NOBODY, told
    elif found[-1].verdict is Verdict.NO:
        yield NOBODY_ELSE, told


def _example(found: Found, case: Case) -> Sentence:
    told: dict[str, object] = {
        "sender": case.sender,
        "recipient": case.recipient,
        "field": case.field,
        "data_class": case.data_class,
        "message": case.message_type,
        "purpose": case.purpose,
        "clause": case.clause.id,
        "article": case.clause.article,
        "agreement": case.agreement_id,
    }
    if found.verdict is Verdict.WITH_CONSENT:
        return ONWARD, told | {"onward": found.subject}
    return EXAMPLE, told


def _about_purpose(asked: Asked, law: Law) -> Iterator[Sentence]:
    known = law.names("purpose")
    if asked.purpose is None or asked.purpose in known:
        return
    near = get_close_matches(asked.purpose, known, n=1)
    if near:
        yield NEAR_PURPOSE, {"purpose": asked.purpose, "near": near[0]}
    else:
        yield UNKNOWN_PURPOSE, {"purpose": asked.purpose}
