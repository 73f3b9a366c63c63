"""What a response of customs means for the declaration: from its function code (WCO DM 017) and what it says."""

from __future__ import annotations

from comity.foundation.trade.notice import NoticeKind

KINDS = {
    "1": NoticeKind.ACCEPTED,
    "3": NoticeKind.REJECTED,
    "5": NoticeKind.CONTROL,
    "8": NoticeKind.RELEASED,
    "9": NoticeKind.RELEASED,
    "10": NoticeKind.CANCELLED,
}
"""Function codes of responses as the UK CDS publishes its notifications: 1 accepted, 3 rejected, 5 control, 8 goods
released, 9 cleared, 10 invalidated. Others (2 received, 6 documents wanted, 7 amended, 11 request answered, 13 tax)
change nothing that a kind would name."""


def kind_of_notice(
    function_code: str | None, *, is_rejected: bool, is_cancelled: bool, is_released: bool
) -> NoticeKind:
    """Return the kind. An instant of rejection, cancellation or release decides over the function code."""
    if is_rejected:
        return NoticeKind.REJECTED
    if is_cancelled:
        return NoticeKind.CANCELLED
    if is_released:
        return NoticeKind.RELEASED
    return KINDS.get((function_code or "").lstrip("0"), NoticeKind.RESPONSE)
