"""Which words stand for the codes a page meets: discrepancy kinds, outcomes, agreement and log states."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from comity.entrypoints.console.language import mark

DISCREPANCIES: Mapping[str, str] = MappingProxyType(
    {
        "undervaluation": mark("value lower than at export"),
        "overvaluation": mark("value higher than at export"),
        "quantity": mark("quantity differs"),
        "mass": mark("mass differs"),
        "goods-shift": mark("other goods code"),
        "origin": mark("other origin"),
        "orphan-export": mark("export never imported"),
        "ghost-import": mark("no export record"),
        "container-elsewhere": mark("container also elsewhere"),
    }
)

OUTCOMES: Mapping[str, str] = MappingProxyType(
    {
        "no-irregularity": mark("No irregularity"),
        "documentary-irregularity": mark("Irregular documents"),
        "classification": mark("Wrong goods code"),
        "value": mark("Wrong value"),
        "origin": mark("Wrong origin"),
        "quantity": mark("Wrong quantity or mass"),
        "prohibited": mark("Prohibited or restricted goods"),
        "intellectual-property": mark("Counterfeit goods"),
        "security": mark("Danger to security"),
        "seizure": mark("Goods seized"),
        "not-carried-out": mark("Examination not carried out"),
    }
)

AGREEMENT_STATES: Mapping[str, str] = MappingProxyType(
    {
        "draft": mark("Draft"),
        "proposed": mark("Proposed"),
        "countered": mark("Answered by a counter-proposal"),
        "signed-by-some": mark("Waits for a signature"),
        "declined": mark("Declined"),
        "in-force": mark("In force"),
        "not-yet-valid": mark("Signed, not yet valid"),
        "suspended": mark("Suspended"),
        "amended": mark("Replaced by a later text"),
        "expired": mark("Expired"),
        "terminated": mark("Terminated"),
    }
)

PARTNER_STATES: Mapping[str, str] = MappingProxyType(
    {
        "new": mark("Not yet contacted"),
        "reached": mark("Connected"),
        "unreachable": mark("Not reached"),
        "refusing": mark("Refuses our messages"),
        "contradicting": mark("Its log contradicts itself"),
    }
)

ENTRY_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "message-sent": mark("Message sent"),
        "message-received": mark("Message received"),
        "receipt": mark("Receipt"),
        "decision": mark("Lane decided"),
        "release": mark("Released to a partner"),
        "agreement": mark("Agreement signed"),
        "agreement-proposal": mark("Agreement proposed"),
        "agreement-notice": mark("Notice about an agreement"),
        "agreement-act": mark("Officer acted on an agreement"),
        "examination": mark("Examination recorded"),
        "override": mark("Lane changed"),
    }
)

DECLARATION_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "import": mark("Import"),
        "export": mark("Export"),
        "transit": mark("Transit"),
        "other": mark("Declaration"),
    }
)


OTHER_REASONS = (mark("Selected at random"), mark("No profile matched"))
"""What the engine says where no profile speaks."""


def word_for(words: Mapping[str, str], code: str) -> str:
    """Return the message id for `code`; an unknown code is shown as it is, with spaces."""
    spelled = str(code).strip().lower().replace("_", "-").replace(" ", "-")
    return words.get(spelled, spelled.replace("-", " "))
