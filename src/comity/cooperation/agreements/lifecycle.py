"""Where does an agreement stand on a day? Drafted, signed by some, in force, expired, terminated."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from comity.cooperation.agreements.agreement import Agreement, agreement_hash
from comity.cooperation.agreements.errors import SignatureInvalid
from comity.cooperation.identity.keys import NodeKeys, PublicIdentity

_CONTEXT = b"comity-agreement-signature.v1\n"


class AgreementStatus(StrEnum):
    """The states of an agreement."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    NOT_YET_VALID = "not yet valid"
    IN_FORCE = "in force"
    EXPIRED = "expired"
    TERMINATED = "terminated"


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
    if not identity.verifies(signature.signature, _signed(agreement)):
        raise SignatureInvalid


def status_of(
    agreement: Agreement, signatures: Iterable[Signature], at: datetime, terminated_at: datetime | None = None
) -> AgreementStatus:
    """Return where the agreement stands at an instant; the signatures must have been verified. Days are UTC."""
    signed = {signature.authority for signature in signatures} & set(agreement.parties)
    if terminated_at is not None and at >= terminated_at:
        return AgreementStatus.TERMINATED
    if not signed:
        return AgreementStatus.DRAFT
    if signed != set(agreement.parties):
        return AgreementStatus.PROPOSED
    if at.date() < agreement.valid_from:
        return AgreementStatus.NOT_YET_VALID
    return AgreementStatus.EXPIRED if at.date() > agreement.valid_to else AgreementStatus.IN_FORCE


def _signed(agreement: Agreement) -> bytes:
    return _CONTEXT + agreement_hash(agreement).encode()
