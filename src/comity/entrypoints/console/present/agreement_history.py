"""What has happened to an agreement, and what may this administration do about it now? For its page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from comity.cooperation.agreements.lifecycle import OPEN, AgreementStatus
from comity.cooperation.agreements.notices import NoticeKind, leaving_days, suspended_on
from comity.cooperation.agreements.texts import StoredAgreement
from comity.cooperation.negotiation.rules import waiting_for
from comity.entrypoints.console.formats import Formats
from comity.entrypoints.console.language import mark
from comity.entrypoints.console.present.agreements import TONES
from comity.entrypoints.console.present.words import AGREEMENT_STATES, word_for


@dataclass(frozen=True, slots=True)
class Act:
    """One thing an officer may do for the administration: its words, and what its form asks for."""

    code: str
    label: str
    meaning: str
    done: str
    kind: NoticeKind | None = None
    asks_day: bool = False


ACTS: Mapping[str, Act] = MappingProxyType(
    {
        act.code: act
        for act in (
            Act(
                "sign",
                mark("Sign this text"),
                mark("The signature binds the administration and cannot be withdrawn. Every party is told."),
                mark("The text is signed. The other parties are told."),
            ),
            Act(
                "decline",
                mark("Decline this text"),
                mark("The text can then come into force without this administration only, if at all."),
                mark("The text is declined. The other parties are told."),
                NoticeKind.DECLINED,
            ),
            Act(
                "suspend",
                mark("Suspend this agreement"),
                mark("From that day nothing leaves and nothing is taken in under it, until it is resumed."),
                mark("The agreement will be suspended. The other parties are told."),
                NoticeKind.SUSPENDED,
                asks_day=True,
            ),
            Act(
                "resume",
                mark("Resume this agreement"),
                mark("From that day it is in force again as it was before."),
                mark("The agreement will be resumed. The other parties are told."),
                NoticeKind.RESUMED,
                asks_day=True,
            ),
            Act(
                "terminate",
                mark("Terminate this agreement"),
                mark("The administration leaves it after the period of notice. This is final."),
                mark("The agreement will end for this administration. The other parties are told."),
                NoticeKind.TERMINATED,
                asks_day=True,
            ),
        )
    }
)
_NOTICES = MappingProxyType(
    {
        NoticeKind.DECLINED: mark("declined the text"),
        NoticeKind.SUSPENDED: mark("suspended the agreement"),
        NoticeKind.RESUMED: mark("resumed the agreement"),
        NoticeKind.TERMINATED: mark("terminated the agreement"),
    }
)
_BINDING = (AgreementStatus.IN_FORCE, AgreementStatus.NOT_YET_VALID, AgreementStatus.SUSPENDED)


def acts_open_to(authority: str, text: StoredAgreement, at: datetime) -> list[Act]:
    """Return what an administration may do about a text now."""
    status, notices = text.status(at), text.history.notices
    codes: list[str] = []
    if waiting_for(authority, [text], at):
        codes = ["sign", "decline"] if status in OPEN else ["sign"]
    elif authority in text.signers and status in _BINDING and authority not in leaving_days(notices):
        codes = ["resume" if authority in suspended_on(notices, at.date()) else "suspend", "terminate"]
    return [ACTS[code] for code in codes]


def text_shown(text: StoredAgreement, at: datetime, formats: Formats) -> dict[str, object]:
    """Return one text as the history and the list of what waits show it."""
    status, proposal = text.status(at), text.proposal
    return {
        "id": text.agreement.id,
        "title": text.agreement.title,
        "version": text.agreement.version,
        "hash": text.hash,
        "state": word_for(AGREEMENT_STATES, status.value),
        "tone": TONES.get(status.value.replace(" ", "-"), ""),
        "valid_from": text.agreement.valid_from,
        "signed_by": formats.listed([formats.country(one) for one in sorted(text.signers)]),
        "proposed_by": formats.country(proposal.by) if proposal else "",
        "proposed_at": proposal.at if proposal else None,
        "note": proposal.note if proposal else "",
    }


def notices_shown(texts: Sequence[StoredAgreement], formats: Formats) -> list[dict[str, object]]:
    """Return the notices about an agreement, as they came."""
    return [
        {
            "by": formats.country(notice.authority),
            "did": _NOTICES[notice.kind],
            "from_day": notice.from_day,
            "given_at": notice.given_at,
            "reason": notice.reason,
        }
        for notice in texts[0].history.notices
    ]
