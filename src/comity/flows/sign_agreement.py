"""How is an agreement taken in? The document, every signature that verifies, and a ledger entry for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from comity.cooperation.agreements.agreement import Agreement, agreement_hash
from comity.cooperation.agreements.errors import SignerUnknown
from comity.cooperation.agreements.lifecycle import Signature
from comity.cooperation.agreements.store import add_signature, find_text, keep_agreement
from comity.cooperation.agreements.texts import Proposal, StoredAgreement
from comity.cooperation.exchange.store import list_peers
from comity.cooperation.identity.keys import PublicIdentity
from comity.flows.clearing import Clearing


def take_in(
    session: Session,
    agreement: Agreement,
    signatures: Sequence[Signature],
    *,
    clearing: Clearing,
    proposal: Proposal | None = None,
) -> StoredAgreement:
    """Keep a text with every signature given; each is verified against the key this node has pinned.

    Raises:
        SignerUnknown: a signature is by a party whose card this node does not have.
        SignatureInvalid: a signature does not verify.
        AgreementChanged, AmendmentUnfounded: the text does not follow those that are kept.
    """
    identities = pinned_identities(session, clearing)
    keep_agreement(session, agreement, clock=clearing.clock, proposal=proposal)
    for signature in signatures:
        identity = identities.get(signature.authority)
        if identity is None:
            raise SignerUnknown(
                f"{signature.authority} signed, but its card is not here; add it first with `comity peer add`"
            )
        add_signature(session, agreement.id, signature, identity=identity, clock=clearing.clock)
    return find_text(session, agreement_hash(agreement))


def pinned_identities(session: Session, clearing: Clearing) -> Mapping[str, PublicIdentity]:
    """Return this node's own identity and every partner's that is pinned, by authority."""
    identities = {peer.authority: peer.identity for peer in list_peers(session)}
    return {**identities, clearing.authority: clearing.keys.public}
