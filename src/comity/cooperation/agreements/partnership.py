"""What do two partners owe each other under every agreement, and before there is one? The partnership.

It begins when both pin each other's card. Its text is this version's, the same for every pair, so that both nodes know
its hash without asking. It carries what makes an agreement work (proposals, signatures, key successions) and what is
owed after a delivery (disposal receipts, recalls, consents, accounts): never trade data. It outlives the agreements
between the two, because the duties do.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from comity.cooperation.agreements.agreement import FORMAT, Agreement, parse_agreement

PARTNERSHIP_ID = "partnership-"
_TEXT = Path(__file__).parent / "partnership.toml"


@lru_cache(maxsize=256)
def partnership(one: str, other: str) -> Agreement:
    """Return the partnership of two administrations (ISO 3166 alpha-2), the same in either order."""
    text, parties = _text(), sorted((one, other))
    clauses = [
        {
            "id": clause["message"],
            "article": str(number),
            "data_class": clause["message"],
            "message_types": [clause["message"]],
            "purposes": [clause["purpose"]],
            "retention_days": text["retention_days"],
            "marking": text["marking"],
        }
        for number, clause in enumerate(text["clause"], start=1)
    ]
    return parse_agreement(
        {
            "format": FORMAT,
            "id": f"{PARTNERSHIP_ID}{parties[0]}-{parties[1]}".lower(),
            "title": text["title"],
            "parties": parties,
            "legal_basis": {"instrument": text["instrument"], "article": text["article"]},
            "clauses": clauses,
            "data_classes": {clause["message"]: clause["fields"] for clause in text["clause"]},
            "valid_from": text["valid_from"].isoformat(),
            "valid_to": text["valid_to"].isoformat(),
        }
    )


def purpose_of(message_type: str) -> str:
    """Return the one purpose for which a message of the partnership may be sent."""
    return next(str(clause["purpose"]) for clause in _text()["clause"] if clause["message"] == message_type)


@lru_cache(maxsize=1)
def _text() -> dict[str, Any]:
    return tomllib.loads(_TEXT.read_text(encoding="utf-8"))


PARTNERSHIP_TYPES = frozenset(str(clause["message"]) for clause in _text()["clause"])
