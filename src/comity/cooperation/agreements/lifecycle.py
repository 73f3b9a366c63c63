"""Where does a text of an agreement stand on a day, for all its parties or between two of them?

Draft, proposed, countered, signed by some, declined; not yet valid, in force, suspended; and the three ends, from which
nothing leads back: amended (a later text took its place), terminated, expired. The earliest end counts.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

from comity.cooperation.agreements.agreement import Agreement, agreement_hash
from comity.cooperation.agreements.errors import (
    AgreementAmended,
    AgreementDeclined,
    AgreementExpired,
    AgreementNotInForce,
    AgreementSuspended,
    AgreementTerminated,
    ReleaseRefused,
    SignatureInvalid,
)
from comity.cooperation.agreements.notices import Notice, NoticeKind, leaving_days, suspended_on
from comity.cooperation.identity.keys import NodeKeys, PublicIdentity

_CONTEXT = b"comity-agreement-signature.v1\n"


class AgreementStatus(StrEnum):
    """The states of an agreement."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    COUNTERED = "countered"
    PARTLY_SIGNED = "signed by some"
    DECLINED = "declined"
    NOT_YET_VALID = "not yet valid"
    IN_FORCE = "in force"
    SUSPENDED = "suspended"
    AMENDED = "amended"
    TERMINATED = "terminated"
    EXPIRED = "expired"


OPEN = frozenset(
    {AgreementStatus.DRAFT, AgreementStatus.PROPOSED, AgreementStatus.COUNTERED, AgreementStatus.PARTLY_SIGNED}
)
"""Not yet signed by enough, and still can be."""
ENDED = frozenset(
    {AgreementStatus.DECLINED, AgreementStatus.AMENDED, AgreementStatus.TERMINATED, AgreementStatus.EXPIRED}
)
"""Over for good."""


@dataclass(frozen=True, slots=True)
class Successor:
    """A later text that enough have signed: from its first day it takes the place of this one between its signers."""

    first_day: date
    signers: frozenset[str]


@dataclass(frozen=True, slots=True)
class History:
    """What happened to a text, beside its signatures; everything in it must have been verified."""

    notices: tuple[Notice, ...] = ()
    """Every notice about the agreement, whichever text it names."""
    successors: tuple[Successor, ...] = ()
    """For an unfinished text also the one that was signed in its stead."""
    is_proposed: bool = False
    is_countered: bool = False


NOTHING_HAPPENED = History()


@dataclass(frozen=True, slots=True)
class Signature:
    """One party's Ed25519 signature over the agreement's hash."""

    authority: str
    fingerprint: str
    signature: bytes

    def as_json(self) -> dict[str, str]:
        """Return the signature as JSON."""
        return {
            "authority": self.authority,
            "fingerprint": self.fingerprint,
            "signature": base64.b64encode(self.signature).decode(),
        }

    @classmethod
    def from_json(cls, record: object) -> Signature:
        """Read what `as_json` wrote.

        Raises:
            SignatureInvalid: the form is wrong.
        """
        try:
            if not isinstance(record, dict):
                raise SignatureInvalid
            signature = base64.b64decode(record["signature"], validate=True)
            return cls(str(record["authority"]), str(record["fingerprint"]), signature)
        except (KeyError, TypeError, binascii.Error, ValueError) as error:
            raise SignatureInvalid("a signature in the agreement's file is damaged") from error


def sign_agreement(agreement: Agreement, keys: NodeKeys) -> Signature:
    """Sign an agreement for the administration that holds `keys`.

    Raises:
        SignatureInvalid: the administration is not a party.
    """
    if keys.authority not in agreement.parties:
        raise SignatureInvalid(f"{keys.authority} is not a party of {agreement.id}")
    return Signature(keys.authority, keys.public.fingerprint, keys.sign(_signed(agreement)))


def verify_signature(agreement: Agreement, signature: Signature, identity: PublicIdentity) -> None:
    """Check a party's signature with its pinned key.

    Raises:
        SignatureInvalid: it is not a party, or the signature is not over this text with this key.
    """
    if signature.authority not in agreement.parties or signature.authority != identity.authority:
        raise SignatureInvalid(f"{signature.authority} is not a party of {agreement.id}")
    if not identity.has_signed(signature.signature, _signed(agreement)):
        raise SignatureInvalid


def status_of(
    agreement: Agreement,
    signatures: Iterable[Signature],
    at: datetime,
    history: History = NOTHING_HAPPENED,
    *,
    between: Collection[str] = (),
) -> AgreementStatus:
    """Return where a text stands at an instant, for all its signers or between two; days begin at 00:00 UTC.

    A party that left or suspended does so for itself: the text stays in force while two others are bound, also when
    fewer remain than were needed to bring it into force (Vienna Convention on the Law of Treaties, art. 55).
    """
    day = at.astimezone(UTC).date()
    signers = {signature.authority for signature in signatures} & set(agreement.parties)
    if len(signers) < agreement.signatures_needed:
        return _unfinished(agreement, signers, day, history)
    if not set(between) <= signers:
        return AgreementStatus.PARTLY_SIGNED
    members = set(between) or signers
    leaving = leaving_days(history.notices)
    first_day_after, end = min(_ends(agreement, members, leaving, history))
    if day.toordinal() >= first_day_after:
        return end
    if day < agreement.valid_from:
        return AgreementStatus.NOT_YET_VALID
    away = {one for one in members if one in leaving and leaving[one] <= day} | suspended_on(history.notices, day)
    return AgreementStatus.SUSPENDED if len(members - away) < 2 else AgreementStatus.IN_FORCE


def amended_on(history: History, between: Collection[str]) -> date | None:
    """Return the day on which a later text took the place of this one between two parties, or None."""
    days = [one.first_day for one in history.successors if set(between) <= one.signers]
    return min(days) if days else None


def refusal_for(status: AgreementStatus, agreement_id: str) -> ReleaseRefused:
    """Return the refusal that names why nothing leaves, or is taken in, under a text that stands so."""
    error, why = _REFUSALS.get(status, (AgreementNotInForce, f"is not in force: {status}; nothing leaves"))
    return error(f"{agreement_id} {why}")


def _unfinished(agreement: Agreement, signers: set[str], day: date, history: History) -> AgreementStatus:
    text = agreement_hash(agreement) if history.notices else ""
    last = min(day, agreement.valid_to)
    left = {one for one, first in leaving_days(history.notices).items() if first <= last}
    declined = {
        notice.authority
        for notice in history.notices
        if notice.kind is NoticeKind.DECLINED and notice.agreement_hash == text
    }
    willing = set(agreement.parties) - (declined - signers)
    claims = (
        (history.successors, AgreementStatus.AMENDED),
        (len(willing) < agreement.signatures_needed, AgreementStatus.DECLINED),
        (len(willing - left) < agreement.signatures_needed, AgreementStatus.TERMINATED),
        (day > agreement.valid_to, AgreementStatus.EXPIRED),
        (history.is_countered, AgreementStatus.COUNTERED),
        (signers, AgreementStatus.PARTLY_SIGNED),
        (history.is_proposed, AgreementStatus.PROPOSED),
    )
    return next((status for is_so, status in claims if is_so), AgreementStatus.DRAFT)


def _ends(
    agreement: Agreement, members: set[str], leaving: dict[str, date], history: History
) -> Iterator[tuple[int, AgreementStatus]]:
    """Give the first day after each end that has a day; as ordinals, because 9999-12-31 has no day after it."""
    yield agreement.valid_to.toordinal() + 1, AgreementStatus.EXPIRED
    left = sorted(leaving[one].toordinal() for one in members if one in leaving)
    if len(members) - len(left) < 2:
        yield left[len(members) - 2], AgreementStatus.TERMINATED
    for successor in history.successors:
        outside = members - successor.signers
        if outside <= leaving.keys():
            days = [successor.first_day, *(leaving[one] for one in outside)]
            yield max(days).toordinal(), AgreementStatus.AMENDED


def _signed(agreement: Agreement) -> bytes:
    return _CONTEXT + agreement_hash(agreement).encode()


_REFUSALS: dict[AgreementStatus, tuple[type[ReleaseRefused], str]] = {
    AgreementStatus.DECLINED: (AgreementDeclined, "was declined by a party whose signature is needed"),
    AgreementStatus.SUSPENDED: (AgreementSuspended, "is suspended by a party; nothing leaves until it is resumed"),
    AgreementStatus.AMENDED: (AgreementAmended, "has a later text in place of this one; use the text in force"),
    AgreementStatus.TERMINATED: (AgreementTerminated, "is terminated; nothing leaves under it any more"),
    AgreementStatus.EXPIRED: (AgreementExpired, "has expired; nothing leaves any more"),
}
