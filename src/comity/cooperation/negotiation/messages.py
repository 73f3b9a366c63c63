"""What do parties say to each other about an agreement? Three messages of the partnership, written and read.

A proposal and a signature carry the whole text: with three parties a signature can be there before the proposal is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from comity.cooperation.agreements.agreement import Agreement, as_record, parse_agreement
from comity.cooperation.agreements.lifecycle import Signature
from comity.cooperation.agreements.notices import is_reason
from comity.cooperation.negotiation.errors import NegotiationMessageInvalid

PROPOSAL = "agreement-proposal.v1"
SIGNATURE = "agreement-signature.v1"
NOTICE = "agreement-notice.v1"
_DIGEST_LENGTH = 64


@dataclass(frozen=True, slots=True)
class Spoken:
    """A text with signatures on it; in a proposal also what it answers and a note."""

    agreement: Agreement
    signatures: tuple[Signature, ...]
    answers: str = ""
    note: str = ""


def write_proposal(spoken: Spoken) -> dict[str, Any]:
    """Return the payload of a proposal."""
    return {**write_signatures(spoken.agreement, spoken.signatures), "answers": spoken.answers, "note": spoken.note}


def write_signatures(agreement: Agreement, signatures: Sequence[Signature]) -> dict[str, Any]:
    """Return the payload that carries signatures."""
    return {"agreement": as_record(agreement), "signatures": [one.as_json() for one in signatures]}


def read_spoken(payload: dict[str, Any], *, is_proposal: bool) -> Spoken:
    """Read a proposal or signatures. Nothing is verified here.

    Raises:
        NegotiationMessageInvalid: a field is missing or holds something else.
        AgreementInvalid: the text is no agreement.
        SignatureInvalid: a signature is not in its form.
    """
    expected = {"agreement", "signatures", *(("answers", "note") if is_proposal else ())}
    if payload.keys() != expected:
        raise NegotiationMessageInvalid(f"the message must hold {', '.join(sorted(expected))}")
    agreement = _agreement(payload["agreement"])
    answers, note, signatures = payload.get("answers", ""), payload.get("note", ""), payload["signatures"]
    if not isinstance(answers, str) or len(answers) not in (0, _DIGEST_LENGTH):
        raise NegotiationMessageInvalid("answers must be empty or the hash of a proposal", path="answers")
    if not isinstance(note, str) or not (note == "" or is_reason(note)):
        raise NegotiationMessageInvalid("note must be a text on one line, or empty", path="note")
    if not isinstance(signatures, list) or len(signatures) > len(agreement.parties):
        raise NegotiationMessageInvalid("signatures must be a list, at most one a party", path="signatures")
    return Spoken(agreement, tuple(Signature.from_json(one) for one in signatures), answers, note)


def _agreement(record: object) -> Agreement:
    """Read the text, and refuse one that is not written in its canonical form: its hash would be another's."""
    agreement = parse_agreement(record)
    if as_record(agreement) != record:
        raise NegotiationMessageInvalid("the agreement must be in its canonical form", path="agreement")
    return agreement
