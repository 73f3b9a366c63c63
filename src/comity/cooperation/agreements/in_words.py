"""What does an agreement say, in words? Message ids with parameters; each id is its English sentence."""

from __future__ import annotations

from collections.abc import Iterator

from comity.cooperation.agreements.agreement import Agreement, Clause, OnwardSharing
from comity.cooperation.agreements.lifecycle import AgreementStatus

Sentence = tuple[str, dict[str, object]]

PARTIES = "%(title)s, between %(parties)s, on the basis of: %(instrument)s, article %(article)s."
AMENDMENT = "It is text number %(version)s of this agreement and takes the place of the text %(replaces)s."
STATUS = "It is valid from %(valid_from)s to %(valid_to)s. Today it stands: %(status)s."
IN_FORCE_WHEN_ALL = "It comes into force when every party has signed it."
IN_FORCE_WHEN = "It comes into force when %(count)s parties have signed it, between those that have."
ENDS_BETWEEN_TWO = "Either party may end it at any time with a notice of %(days)s days, and suspend it at once."
ENDS_FOR_ONE = (
    "A party may leave it at any time with a notice of %(days)s days, and suspend it at once;"
    " it stays in force between the others."
)
RECIPROCAL = "It is reciprocal: a party that cannot give what it asks for says so, and the other then decides freely."
NOT_RECIPROCAL = "It is not reciprocal: a party may ask for what it could not give itself."
REPLY = "A request is answered within %(days)s days."
ANNEX = "Annex %(annex)s, %(title)s, is accepted by %(parties)s; its clauses hold between these only."
ANNEX_OF_NOBODY = "Annex %(annex)s, %(title)s, is accepted by fewer than two parties; its clauses bind nobody."
CLAUSE = (
    "Clause %(clause)s (article %(article)s): %(senders)s may send %(data_class)s to %(recipients)s,"
    " for %(purposes)s only; marked %(marking)s, kept for at most %(days)s days."
)
EACH_CLAUSE = (
    "Clause %(clause)s (article %(article)s): each party may send %(data_class)s to the others,"
    " for %(purposes)s only; marked %(marking)s, kept for at most %(days)s days."
)
ANNEX_CLAUSE = (
    "Clause %(clause)s (annex %(annex)s, article %(article)s): %(senders)s may send %(data_class)s to %(recipients)s,"
    " for %(purposes)s only; marked %(marking)s, kept for at most %(days)s days."
)
NOT_ONWARD = "What is received under clause %(clause)s may not be passed on."
ONWARD_WITH_CONSENT = "What is received under clause %(clause)s may be passed on with the sender's consent only."
FIELDS = "%(data_class)s holds %(count)s fields: %(fields)s. Every other field is removed before anything leaves."
SENTENCES = (
    PARTIES, AMENDMENT, STATUS, IN_FORCE_WHEN_ALL, IN_FORCE_WHEN, ENDS_BETWEEN_TWO, ENDS_FOR_ONE, RECIPROCAL,
    NOT_RECIPROCAL, REPLY, ANNEX, ANNEX_OF_NOBODY, CLAUSE, EACH_CLAUSE, ANNEX_CLAUSE, NOT_ONWARD, ONWARD_WITH_CONSENT,
    FIELDS,
)  # fmt: skip


def agreement_in_words(agreement: Agreement, status: AgreementStatus) -> list[Sentence]:
    """Return the agreement as sentences: `message % parameters`, in the order a reader wants them."""
    sentences = [*_frame(agreement, status), *_duties(agreement), *_annexes(agreement)]
    for clause in agreement.clauses:
        sentences += _clause_in_words(agreement, clause)
    sentences += [
        (FIELDS, {"data_class": name, "count": len(fields), "fields": ", ".join(fields)})
        for name, fields in agreement.data_classes
    ]
    return sentences


def _frame(agreement: Agreement, status: AgreementStatus) -> Iterator[Sentence]:
    yield (
        PARTIES,
        {
            "title": agreement.title,
            "parties": ", ".join(agreement.parties),
            "instrument": agreement.instrument,
            "article": agreement.article,
        },
    )
    if agreement.version > 1:
        yield AMENDMENT, {"version": agreement.version, "replaces": agreement.replaces[:12]}
    yield (
        STATUS,
        {
            "valid_from": agreement.valid_from.isoformat(),
            "valid_to": agreement.valid_to.isoformat(),
            "status": status.value,
        },
    )


def _duties(agreement: Agreement) -> Iterator[Sentence]:
    if agreement.in_force_when is None or agreement.in_force_when == len(agreement.parties):
        yield IN_FORCE_WHEN_ALL, {}
    else:
        yield IN_FORCE_WHEN, {"count": agreement.in_force_when}
    between_two = len(agreement.parties) == 2
    yield ENDS_BETWEEN_TWO if between_two else ENDS_FOR_ONE, {"days": agreement.notice_days}
    yield RECIPROCAL if agreement.reciprocal else NOT_RECIPROCAL, {}
    yield REPLY, {"days": agreement.reply_days}


def _annexes(agreement: Agreement) -> Iterator[Sentence]:
    for annex in agreement.annexes:
        said: dict[str, object] = {"annex": annex.id.upper(), "title": annex.title}
        if len(annex.accepted_by) > 1:
            yield ANNEX, {**said, "parties": ", ".join(annex.accepted_by)}
        else:
            yield ANNEX_OF_NOBODY, said


def _clause_in_words(agreement: Agreement, clause: Clause) -> Iterator[Sentence]:
    senders, recipients = agreement.senders_under(clause), agreement.recipients_under(clause)
    if not any(agreement.lets(clause, sender=one, recipient=other) for one in senders for other in recipients):
        return  # of an annex that binds nobody: its sentence says so
    message = EACH_CLAUSE if senders == recipients == agreement.parties else CLAUSE
    yield (
        ANNEX_CLAUSE if clause.annex else message,
        {
            "clause": clause.id,
            "annex": clause.annex.upper(),
            "article": clause.article,
            "senders": ", ".join(senders),
            "recipients": ", ".join(recipients),
            "data_class": clause.data_class,
            "purposes": ", ".join(clause.purposes),
            "marking": clause.marking.value,
            "days": clause.retention_days,
        },
    )
    onward = NOT_ONWARD if clause.onward_sharing is OnwardSharing.NONE else ONWARD_WITH_CONSENT
    yield onward, {"clause": clause.id}
