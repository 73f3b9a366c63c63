"""How is an agreement taken in? The document, every signature that verifies, and a ledger entry for each."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from comity.cooperation.agreements.agreement import Agreement, agreement_hash
from comity.cooperation.agreements.errors import SignerUnknown
from comity.cooperation.agreements.lifecycle import Signature
from comity.cooperation.agreements.store import add_signature, find_text, keep_agreement
from comity.cooperation.agreements.texts import StoredAgreement
from comity.cooperation.exchange.store import list_peers
from comity.flows.clearing import Clearing


def take_in(
    session: Session, agreement: Agreement, signatures: Sequence[Signature], *, clearing: Clearing
) -> StoredAgreement:
    """Keep an agreement with every signature given; each is verified against the key this node has pinned.

    Raises:
        SignerUnknown: a signature is by a party whose card this node does not have.
        SignatureInvalid: a signature does not verify.
    """
    identities = {peer.authority: peer.identity for peer in list_peers(session)}
    identities[clearing.authority] = clearing.keys.public
    keep_agreement(session, agreement, clock=clearing.clock)
    for signature in signatures:
        identity = identities.get(signature.authority)
        if identity is None:
            raise SignerUnknown(
                f"{signature.authority} signed, but its card is not here; add it first with `comity peer add`"
            )
        add_signature(session, agreement.id, signature, identity=identity, clock=clearing.clock)
    return find_text(session, agreement_hash(agreement))
