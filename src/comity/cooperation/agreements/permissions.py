"""Does an agreement permit this message? Cedar decides; the refusal says which clause, or that there is none."""

from __future__ import annotations

from dataclasses import dataclass

from comity.cooperation.agreements.agreement import Agreement, Clause
from comity.cooperation.agreements.errors import DataClassNotCovered, PurposeNotCovered, ReleaseRefused
from comity.cooperation.agreements.policies import permitting_clause


@dataclass(frozen=True, slots=True)
class Question:
    """May `sender` send this data class to `recipient`, in this message, for this purpose?"""

    sender: str
    recipient: str
    data_class: str
    message_type: str
    purpose: str


def decide(agreement: Agreement, question: Question) -> Clause:
    """Return the clause that permits it. Whether the agreement is in force is not looked at.

    Raises:
        PurposeNotCovered: a clause covers the data class in this direction, but not for this purpose.
        DataClassNotCovered: no clause does.
    """
    found = permitting_clause(
        agreement,
        sender=question.sender,
        recipient=question.recipient,
        data_class=question.data_class,
        message_type=question.message_type,
        purpose=question.purpose,
    )
    if found is None or question.sender == question.recipient:
        raise refusal(agreement, question)
    return next(clause for clause in agreement.clauses if clause.id == found)


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
