"""Which of an agreement's texts counts, and what may still follow it? Decided from what is kept of all of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from comity.cooperation.agreements.agreement import Agreement
from comity.cooperation.agreements.errors import AgreementChanged, AmendmentUnfounded, NoticeOutOfPlace
from comity.cooperation.agreements.lifecycle import (
    ENDED,
    NOTHING_HAPPENED,
    OPEN,
    AgreementStatus,
    History,
    Signature,
    Successor,
    refusal_for,
    status_of,
)
from comity.cooperation.agreements.notices import Notice, NoticeKind, leaving_days, suspended_on


@dataclass(frozen=True, slots=True)
class Proposal:
    """Who proposed a text over the wire and when; `answers` is the hash of the proposal it counters, if any."""

    by: str
    at: datetime
    answers: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class StoredAgreement:
    """One text of an agreement as kept, with its verified signatures and what happened to it."""

    agreement: Agreement
    hash: str
    signatures: tuple[Signature, ...]
    history: History = NOTHING_HAPPENED
    proposal: Proposal | None = None
    is_partnership: bool = False

    @property
    def signers(self) -> frozenset[str]:
        """Return which parties have signed."""
        return frozenset(one.authority for one in self.signatures)

    @property
    def declined_by(self) -> frozenset[str]:
        """Return which parties have declined this text."""
        declined = [one for one in self.history.notices if one.kind is NoticeKind.DECLINED]
        return frozenset(one.authority for one in declined if one.agreement_hash == self.hash)

    @property
    def is_signed(self) -> bool:
        """Claim that enough parties have signed."""
        return len(self.signers) >= self.agreement.signatures_needed

    def status(self, at: datetime, *, between: Collection[str] = ()) -> AgreementStatus:
        """Return where it stands at an instant, for all its signers or between two of them."""
        if self.is_partnership:
            return AgreementStatus.IN_FORCE
        return status_of(self.agreement, self.signatures, at, self.history, between=between)


def current_text(texts: Sequence[StoredAgreement], at: datetime | None) -> StoredAgreement:
    """Return which of an agreement's texts counts: in force, else signed by enough and the newest, else the newest."""
    signed = [one for one in texts if one.is_signed]
    states = {one.hash: one.status(at) for one in signed} if at else {}
    counting = [one for one in signed if states.get(one.hash) in (AgreementStatus.IN_FORCE, AgreementStatus.SUSPENDED)]
    return (counting or signed or texts)[-1]


def successors_of(text: StoredAgreement, texts: Iterable[StoredAgreement]) -> tuple[Successor, ...]:
    """Return the later texts that enough have signed; for an unfinished text also one signed in its stead."""
    version = text.agreement.version
    least = version + 1 if text.is_signed else version
    return tuple(
        Successor(one.agreement.valid_from, one.signers)
        for one in texts
        if one.agreement.id == text.agreement.id
        and one.hash != text.hash
        and one.agreement.version >= least
        and one.is_signed
    )


def check_place(agreement: Agreement, texts: Iterable[StoredAgreement], at: datetime) -> None:
    """Check that a new text fits those that are kept: a first version while none is signed, else an amendment.

    Raises:
        AgreementChanged: enough have signed another text of this version, or a later one.
        AmendmentUnfounded: no text that enough have signed is what the amendment replaces.
        ReleaseRefused: what it replaces is over, by name.
    """
    signed = [one for one in texts if one.is_signed]
    if any(one.agreement.version >= agreement.version for one in signed):
        raise AgreementChanged
    if agreement.version == 1:
        return
    replaced = [
        one for one in signed if (one.hash, one.agreement.version + 1) == (agreement.replaces, agreement.version)
    ]
    if not replaced:
        raise AmendmentUnfounded
    status = replaced[0].status(at)
    if status in ENDED:
        raise refusal_for(status, agreement.id)


def check_notice(notice: Notice, stored: StoredAgreement, at: datetime) -> None:
    """Check that a notice fits where its author stands: declined before signing, the others after, none once out.

    Raises:
        NoticeOutOfPlace: it does not fit.
        AgreementTerminated: its author is out already, or will be.
    """
    has_signed, notices = notice.authority in stored.signers, stored.history.notices
    is_declined = notice.kind is NoticeKind.DECLINED
    if is_declined == has_signed or (is_declined and stored.status(at) not in OPEN):
        raise NoticeOutOfPlace
    if not is_declined and notice.authority in leaving_days(notices):
        raise refusal_for(AgreementStatus.TERMINATED, notice.agreement_id)
    if notice.kind is NoticeKind.RESUMED and notice.authority not in suspended_on(notices, notice.from_day):
        raise NoticeOutOfPlace(f"{notice.authority} has not suspended {notice.agreement_id} on that day")
