"""How is a message that went nowhere told to a person? Whose turn it is, why it was refused, what may be done."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from comity.cooperation.exchange.dead_letters import DeadLetter
from comity.entrypoints.console.language import mark

ACTIONS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "theirs": {
            "anew": mark("Release it anew, as the agreement is now"),
            "give-up": mark("Give up: it rests, with the reason"),
        },
        "ours": {"skip": mark("Skip it: it is refused for good when it comes again, and the ones behind it go on")},
    }
)
_SIDES: Mapping[str, str] = MappingProxyType(
    {
        "theirs": mark("Sent by us, refused by the partner"),
        "ours": mark("Sent by the partner; this node fails at it, and the ones behind it wait"),
    }
)
_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "exchange.receiver-failed": mark("This node fails at the message; its log says where."),
        "exchange.message-skipped": mark("It was skipped after the recipient's node had failed at it."),
        "exchange.message-expired": mark("It had expired when it arrived."),
        "exchange.type-unknown": mark("The recipient does not take messages of this type."),
        "agreements.none": mark("The recipient knows of no agreement for it."),
        "agreements.amended": mark("A later text of the agreement is in force at the recipient."),
        "agreements.hash-mismatch": mark("The recipient has another text of the agreement."),
        "agreements.expired": mark("The agreement has expired."),
        "agreements.suspended": mark("The agreement is suspended."),
        "agreements.terminated": mark("The agreement is terminated."),
        "agreements.fields-not-covered": mark("It holds fields that the agreement does not cover."),
        "declarations.record-invalid": mark("The recipient cannot read it as a declaration."),
    }
)
_OTHER_REASON = mark("The recipient refused it; the code says why.")


def presented(letter: DeadLetter) -> dict[str, object]:
    """Return what the pages show of a message."""
    return {
        "id": letter.id,
        "partner": letter.partner,
        "told": _SIDES[letter.side],
        "reason": _REASONS.get(letter.code, _OTHER_REASON),
        "code": letter.code,
        "type": letter.type,
        "subject": letter.subject,
        "sequence": letter.sequence,
        "agreement": letter.agreement_id,
        "since": letter.since,
        "tries": letter.tries,
    }
