"""Does an agreement permit this message? Cedar decides; the refusal says which clause, or that there is none."""

from __future__ import annotations

from dataclasses import dataclass

from comity.cooperation.agreements.agreement import Agreement, Clause, Marking, OnwardSharing
from comity.cooperation.agreements.errors import DataClassNotCovered, PurposeNotCovered, ReleaseRefused
from comity.cooperation.agreements.policies import permitting_clauses

_MARKINGS = tuple(Marking)  # the most open first
_ONWARD = (OnwardSharing.NONE, OnwardSharing.WITH_CONSENT)


@dataclass(frozen=True, slots=True)
class Question:
    """May `sender` send this data class to `recipient`, in this message, for this purpose?"""

    sender: str
    recipient: str
    data_class: str
    message_type: str
    purpose: str


def decide(agreement: Agreement, question: Question) -> Clause:
    """Return the clause that permits it, the strictest of several. Whether the agreement is in force is not looked at.

    Raises:
        PurposeNotCovered: a clause covers the data class in this direction, but not for this purpose.
        DataClassNotCovered: no clause does.
    """
    found = permitting_clauses(
        agreement,
        sender=question.sender,
        recipient=question.recipient,
        data_class=question.data_class,
        message_type=question.message_type,
        purpose=question.purpose,
    )
    if not found:
        raise refusal(agreement, question)
    return min(found, key=strictness)


def strictness(clause: Clause) -> tuple[int, int, int, str]:
    """Return the place of a clause among others, the strictest first: marking, onward sharing, retention, then its id.

    Where several permit the same message, it leaves under the strictest: nothing is downgraded silently.
    """
    return (*looseness(clause), clause.id)


def looseness(clause: Clause) -> tuple[int, int, int]:
    """Return how much a clause lets be done with what it carries: by marking, by onward sharing, by retention."""
    return -_MARKINGS.index(clause.marking), _ONWARD.index(clause.onward_sharing), clause.retention_days


def refusal(agreement: Agreement, question: Question) -> ReleaseRefused:
    """Return why the agreement does not permit it."""
    near = [
        clause
        for clause in agreement.clauses
        if clause.data_class == question.data_class
        and question.message_type in clause.message_types
        and agreement.lets(clause, sender=question.sender, recipient=question.recipient)
    ]
    if not near:
        return DataClassNotCovered(
            f"no clause of {agreement.id} lets {question.sender} send {question.data_class} as"
            f" {question.message_type} to {question.recipient}; nothing leaves"
        )
    clause = near[0]
    return PurposeNotCovered(
        f"clause {clause.id} of {agreement.id} (article {clause.article}) covers {question.data_class} for"
        f" {', '.join(clause.purposes)}, not for {question.purpose}"
    )
