"""What may one party declare by itself? Declined, suspended, resumed, terminated: signed, from a day, with its reason.

Vienna Convention on the Law of Treaties: denunciation and withdrawal (art. 56), suspension (art. 57 and 65), a
declaration in a signed instrument that is communicated to the other parties (art. 67). A notice is about the agreement
and names the text that its author saw; it stays when the text is amended. A termination is final.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from comity.cooperation.agreements.agreement import LONGEST_TEXT, Agreement
from comity.cooperation.agreements.errors import NoticeInvalid, NoticeTooShort, NoticeUntimely
from comity.cooperation.identity.keys import NodeKeys, PublicIdentity
from comity.foundation.canonical_json import canonical_json

_CONTEXT = b"comity-agreement-notice.v1\n"
OLDEST = timedelta(days=60)  # the life of a message (`release.DELIVERY_DAYS`): no notice can be longer on its way
SKEW = timedelta(seconds=300)  # how far clocks may differ, as in the exchange
_UNWRITABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class NoticeKind(StrEnum):
    """What a party declares."""

    DECLINED = "declined"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    TERMINATED = "terminated"


@dataclass(frozen=True, slots=True)
class Notice:
    """One party's declaration about an agreement, effective from the beginning of `from_day` (UTC)."""

    agreement_id: str
    agreement_hash: str
    kind: NoticeKind
    authority: str
    from_day: date
    given_at: datetime
    reason: str
    fingerprint: str = ""
    signature: bytes = b""

    @property
    def digest(self) -> str:
        """Return the hex SHA-256 of what is signed: the notice's own id."""
        return hashlib.sha256(_signed(self)).hexdigest()

    def as_json(self) -> dict[str, str]:
        """Return the notice as JSON."""
        signature = base64.b64encode(self.signature).decode()
        return {**_content(self), "fingerprint": self.fingerprint, "signature": signature}

    @classmethod
    def from_json(cls, record: object) -> Notice:
        """Read what `as_json` wrote.

        Raises:
            NoticeInvalid: the form is wrong.
        """
        if not isinstance(record, dict) or not all(isinstance(value, str) for value in record.values()):
            raise NoticeInvalid
        try:
            notice = _read(cls, record)
        except (KeyError, OverflowError, binascii.Error, ValueError) as error:
            raise NoticeInvalid from error
        if notice.as_json() != record or not is_reason(notice.reason):
            raise NoticeInvalid
        return notice


def is_reason(text: str) -> bool:
    """Claim that a text can stand as the reason: something said, on one line, not too long."""
    return bool(text.strip()) and len(text) <= LONGEST_TEXT and not _UNWRITABLE.search(text)


def sign_notice(notice: Notice, keys: NodeKeys) -> Notice:
    """Return the notice signed by the administration that holds `keys`.

    Raises:
        NoticeInvalid: there is no reason in it, or it is another administration's.
    """
    if notice.authority != keys.authority or not is_reason(notice.reason):
        raise NoticeInvalid
    return replace(notice, fingerprint=keys.public.fingerprint, signature=keys.sign(_signed(notice)))


def verify_notice(notice: Notice, agreement: Agreement, identity: PublicIdentity, *, at: datetime) -> None:
    """Check a notice with its author's pinned key, and its days at the instant it is taken in.

    Raises:
        NoticeInvalid: it is not by a party, not about this agreement, or the signature does not verify.
        NoticeUntimely: it is dated in the future or too old, or begins before it was given.
        NoticeTooShort: it terminates sooner than the agreement's period of notice allows.
    """
    if notice.authority not in agreement.parties or notice.authority != identity.authority:
        raise NoticeInvalid(f"{notice.authority} is not a party of {agreement.id}")
    if notice.agreement_id != agreement.id:
        raise NoticeInvalid
    is_by = notice.fingerprint == identity.fingerprint and identity.verifies(notice.signature, _signed(notice))
    if not is_by:
        raise NoticeInvalid
    if not at - OLDEST <= notice.given_at <= at + SKEW or notice.from_day < notice.given_at.date():
        raise NoticeUntimely
    if notice.kind is NoticeKind.TERMINATED and notice.from_day < first_day_out(agreement, notice.given_at):
        raise NoticeTooShort(f"{agreement.id} may be terminated with {agreement.notice_days} days' notice")


def first_day_out(agreement: Agreement, given_at: datetime) -> date:
    """Return the first day from which a termination given at an instant may take effect."""
    return given_at.astimezone(UTC).date() + timedelta(days=agreement.notice_days)


def leaving_days(notices: Iterable[Notice]) -> dict[str, date]:
    """Return from which day each party that terminated for itself is out."""
    days: dict[str, date] = {}
    for notice in notices:
        if notice.kind is NoticeKind.TERMINATED:
            days[notice.authority] = min(notice.from_day, days.get(notice.authority, notice.from_day))
    return days


def suspended_on(notices: Iterable[Notice], day: date) -> set[str]:
    """Return which parties have suspended the agreement on a day; whatever the order the notices came in."""
    about = [
        notice
        for notice in notices
        if notice.kind in (NoticeKind.SUSPENDED, NoticeKind.RESUMED) and notice.from_day <= day
    ]
    latest = {
        notice.authority: notice.kind
        for notice in sorted(about, key=lambda one: (one.from_day, one.given_at, one.digest))
    }
    return {authority for authority, kind in latest.items() if kind is NoticeKind.SUSPENDED}


def _read(cls: type[Notice], record: dict[str, str]) -> Notice:
    return cls(
        agreement_id=record["agreement_id"],
        agreement_hash=record["agreement_hash"],
        kind=NoticeKind(record["kind"]),
        authority=record["authority"],
        from_day=date.fromisoformat(record["from_day"]),
        given_at=datetime.fromisoformat(record["given_at"]).astimezone(UTC),
        reason=record["reason"],
        fingerprint=record["fingerprint"],
        signature=base64.b64decode(record["signature"], validate=True),
    )


def _content(notice: Notice) -> dict[str, str]:
    return {
        "agreement_id": notice.agreement_id,
        "agreement_hash": notice.agreement_hash,
        "kind": notice.kind.value,
        "authority": notice.authority,
        "from_day": notice.from_day.isoformat(),
        "given_at": notice.given_at.astimezone(UTC).isoformat(),
        "reason": notice.reason,
    }


def _signed(notice: Notice) -> bytes:
    return _CONTEXT + canonical_json(_content(notice))
