"""How do partners introduce themselves? A card: identity, address, TLS certificate, signed by the key it names."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Any

from cryptography import x509

from comity.cooperation.exchange.errors import CardInvalid, FingerprintDiffers
from comity.cooperation.identity.keys import KeyInvalid, NodeKeys, PublicIdentity
from comity.foundation.canonical_json import canonical_json

FORMAT = "comity-card.v1"
MOST_CERTIFICATES = 2  # the one in use, and the next while it is announced


@dataclass(frozen=True, slots=True)
class PeerCard:
    """What a node tells partners: who it is, where it is, and the certificates to pin (PEM): in use, and next."""

    identity: PublicIdentity
    url: str
    tls_certificate: str


def write_card(card: PeerCard, keys: NodeKeys) -> dict[str, Any]:
    """Return the card as JSON, signed."""
    content = _content(card)
    return {**content, "signature": base64.b64encode(keys.sign(canonical_json(content))).decode()}


def read_card(record: object, *, fingerprint: str | None = None) -> PeerCard:
    """Read a card and verify its signature; compare the fingerprint when one is given.

    Raises:
        CardInvalid: it is damaged, or not signed by the key it names.
        FingerprintDiffers: it is another node's card.
    """
    try:
        if not isinstance(record, dict) or record["format"] != FORMAT or not record["url"].startswith("https://"):
            raise CardInvalid
        card = PeerCard(PublicIdentity.from_json(record["identity"]), record["url"], record["tls_certificate"])
        if not 1 <= len(x509.load_pem_x509_certificates(card.tls_certificate.encode())) <= MOST_CERTIFICATES:
            raise CardInvalid
        signature = base64.b64decode(record["signature"], validate=True)
    except (KeyError, TypeError, AttributeError, ValueError, binascii.Error, KeyInvalid) as error:
        raise CardInvalid from error
    if not card.identity.verifies(signature, canonical_json(_content(card))):
        raise CardInvalid
    if fingerprint is not None and "".join(fingerprint.split()).lower() != card.identity.fingerprint.replace(" ", ""):
        raise FingerprintDiffers
    return card


def _content(card: PeerCard) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "identity": card.identity.as_json(),
        "url": card.url,
        "tls_certificate": card.tls_certificate,
    }
