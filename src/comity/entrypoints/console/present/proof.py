"""What does an officer see of contradictions in logs and of books compared with partners? Words, no codes; pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from comity.cooperation.accounts.store import AccountState, Reconciliation
from comity.cooperation.ledger.store import KeptEvidence
from comity.entrypoints.console.present.words import ACCOUNT_STATES, CONTRADICTIONS, DIFFERENCES, word_for

MOST_DIFFERENCES = 20  # on the page; the command line lists all
_TONES = {AccountState.AGREED: "good", AccountState.DIFFERS: "bad"}


def contradictions_shown(kept: Sequence[KeptEvidence]) -> list[dict[str, Any]]:
    """Return the contradictions, newest first."""
    return [
        {
            "number": one.id,
            "authority": one.authority,
            "what": word_for(CONTRADICTIONS, one.kind),
            "shown_to": one.shown_to,
            "at": one.at,
            "acknowledged_at": one.acknowledged_at,
        }
        for one in reversed(kept)
    ]


def books_shown(compared: Sequence[Reconciliation]) -> list[dict[str, Any]]:
    """Return the last comparison with each partner, with the first of its differences."""
    latest = {one.partner: one for one in reversed(compared)}
    return [
        {
            "partner": partner,
            "period_from": one.period_from,
            "period_to": one.period_to,
            "messages": one.messages,
            "state": word_for(ACCOUNT_STATES, one.state.value),
            "tone": _TONES.get(one.state, ""),
            "differences": [
                {
                    "what": word_for(DIFFERENCES, told["kind"]),
                    "agreement_id": told["agreement_id"],
                    "sender": told["sender"],
                    "sequence": told["sequence"],
                }
                for told in one.differences[:MOST_DIFFERENCES]
            ],
            "more": max(0, len(one.differences) - MOST_DIFFERENCES),
        }
        for partner, one in sorted(latest.items())
    ]
