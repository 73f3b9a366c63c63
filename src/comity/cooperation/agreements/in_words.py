"""What does an agreement say, in words? Message ids with parameters; each id is its English sentence."""

from __future__ import annotations

from collections.abc import Iterator

from comity.cooperation.agreements.agreement import Agreement, Clause, OnwardSharing
from comity.cooperation.agreements.lifecycle import AgreementStatus

Sentence = tuple[str, dict[str, object]]

PARTIES = "%(title)s, between %(parties)s, on the basis of: %(instrument)s, article %(article)s."
STATUS = "It is valid from %(valid_from)s to %(valid_to)s. Today it stands: %(status)s."
CLAUSE = (
    "Clause %(clause)s (article %(article)s): %(senders)s may send %(data_class)s to %(recipients)s,"
    " for %(purposes)s only; marked %(marking)s, kept for at most %(days)s days."
)
EACH_CLAUSE = (
    "Clause %(clause)s (article %(article)s): each party may send %(data_class)s to the others,"
    " for %(purposes)s only; marked %(marking)s, kept for at most %(days)s days."
)
NOT_ONWARD = "What is received under clause %(clause)s may not be passed on."
ONWARD_WITH_CONSENT = "What is received under clause %(clause)s may be passed on with the sender's consent only."
FIELDS = "%(data_class)s holds %(count)s fields: %(fields)s. Every other field is removed before anything leaves."
SENTENCES = (PARTIES, STATUS, CLAUSE, EACH_CLAUSE, NOT_ONWARD, ONWARD_WITH_CONSENT, FIELDS)


def agreement_in_words(agreement: Agreement, status: AgreementStatus) -> list[Sentence]:
    """Return the agreement as sentences: `message % parameters`, in the order a reader wants them."""
    sentences: list[Sentence] = [
        (
            PARTIES,
            {
                "title": agreement.title,
                "parties": ", ".join(agreement.parties),
                "instrument": agreement.instrument,
                "article": agreement.article,
            },
        ),
        (
            STATUS,
            {
                "valid_from": agreement.valid_from.isoformat(),
                "valid_to": agreement.valid_to.isoformat(),
                "status": status.value,
            },
        ),
    ]
    for clause in agreement.clauses:
        sentences += _clause_in_words(agreement, clause)
    sentences += [
        (FIELDS, {"data_class": name, "count": len(fields), "fields": ", ".join(fields)})
        for name, fields in agreement.data_classes
    ]
    return sentences


def _clause_in_words(agreement: Agreement, clause: Clause) -> Iterator[Sentence]:
    yield (
        CLAUSE if clause.senders or clause.recipients else EACH_CLAUSE,
        {
            "clause": clause.id,
            "article": clause.article,
            "senders": ", ".join(clause.senders or agreement.parties),
            "recipients": ", ".join(clause.recipients or agreement.parties),
            "data_class": clause.data_class,
            "purposes": ", ".join(clause.purposes),
            "marking": clause.marking.value,
            "days": clause.retention_days,
        },
    )
    onward = NOT_ONWARD if clause.onward_sharing is OnwardSharing.NONE else ONWARD_WITH_CONSENT
    yield onward, {"clause": clause.id}
