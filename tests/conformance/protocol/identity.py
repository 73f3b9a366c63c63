"""Vectors of identity: key histories, fingerprints, and which of two histories holds."""

from __future__ import annotations

import base64
import copy
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from comity.cooperation.identity.history import KeyHistory, NewKeys, recover, succeed
from comity.cooperation.identity.statement import Revocation, recovery_hash
from comity.foundation.canonical_json import canonical_json
from tests.conformance.protocol.agreements import read, refused
from tests.conformance.protocol.keys import FIRST_DAY, keys_from, opening_from, seeds_of, signer_from

Vector = dict[str, Any]


def handed_over(generation: int = 2, reason: str = "yearly rotation") -> KeyHistory:
    """Return Kenya's history after a succession to the keys of a generation."""
    keys, new = keys_from(seeds_of("KE")), seeds_of("KE", generation)
    to = NewKeys(signer_from(new["signing"]), opening_from(new).public_key)
    return succeed(keys.public.history, to, by=keys.signer, made=FIRST_DAY + timedelta(days=90), reason=reason)


def recovered(history: KeyHistory, generation: int = 3) -> KeyHistory:
    """Return a history after a recovery that revokes the key before."""
    old, new = seeds_of("KE"), seeds_of("KE", generation)
    promised = recovery_hash(signer_from(new["recovery"]).public_key)
    return recover(
        history,
        NewKeys(signer_from(new["signing"]), opening_from(new).public_key, promised),
        by=signer_from(old["recovery"]),
        made=FIRST_DAY + timedelta(days=120),
        reason="the signing key was stolen",
        revoked=[Revocation(len(history.statements) - 1, FIRST_DAY + timedelta(days=100))],
    )


def identity_of(history: list[Vector]) -> Vector:
    return {"authority": "KE", "name": "Kenya", "history": history}


def vectors() -> Iterator[Vector]:
    for authority in ("KE", "UG", "RW"):
        identity = keys_from(seeds_of(authority)).public.as_json()
        yield read(f"the identity of {authority}", "identity-read", {"identity": identity, "keys": seeds_of(authority)})
    once, stolen = handed_over(), recovered(handed_over())
    for name, history in (
        ("keys that were handed over", once),
        ("keys that were recovered", stolen),
        ("keys recovered at once", recovered(keys_from(seeds_of("KE")).public.history)),
    ):
        yield read(name, "identity-read", {"identity": identity_of(history.as_json())})
    yield from _refused_statements()
    yield from _refused_links(once.as_json(), stolen.as_json())
    yield from _followed(once)
    yield from _cards()


def card_of(authority: str, **changes: Any) -> Vector:
    """Return an administration's card with some fields changed, signed as it then is."""
    keys = keys_from(seeds_of(authority))
    content = {
        "format": "comity-card.v1",
        "identity": keys.public.as_json(),
        "url": "https://node.example.org:8443",
        "tls_certificate": certificate(authority),
        **changes,
    }
    return {**content, "signature": base64.b64encode(keys.sign(canonical_json(content))).decode()}


def certificate(authority: str) -> str:
    """Return a TLS certificate (PEM) that is the same whenever it is made."""
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seeds_of(authority, 9)["signing"]))
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "node.example.org")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    made = made.not_valid_before(FIRST_DAY).not_valid_after(FIRST_DAY + timedelta(days=3650))
    return made.sign(key, None).public_bytes(Encoding.PEM).decode()


def _cards() -> Iterator[Vector]:
    good, heard = card_of("KE"), keys_from(seeds_of("KE")).public.fingerprint
    yield read("a card", "card-read", {"card": good})
    yield read("a card with the fingerprint heard", "card-read", {"card": good, "fingerprint": heard})
    joined = heard.replace(" ", "").upper()
    yield read("a fingerprint in another spelling", "card-read", {"card": good, "fingerprint": joined})
    other = {"card": good, "fingerprint": keys_from(seeds_of("UG")).public.fingerprint}
    yield refused("another node's fingerprint", "card-read", other, "exchange.fingerprint-differs")
    cases: dict[str, Vector] = {
        "with another address on the way": {**good, "url": "https://elsewhere.example.org"},
        "without TLS": card_of("KE", url="http://node.example.org"),
        "whose certificate is none": card_of("KE", tls_certificate="hello"),
        "of another format": card_of("KE", format="comity-card.v2"),
        "that names another's keys": card_of("KE", identity=keys_from(seeds_of("UG")).public.as_json()),
        "without signature": {name: value for name, value in good.items() if name != "signature"},
    }
    for name, card in cases.items():
        yield refused(f"a card {name}", "card-read", {"card": card}, "exchange.card-invalid")


def _refused_statements() -> Iterator[Vector]:
    good = keys_from(seeds_of("KE")).public.as_json()["history"][0]
    changes: dict[str, Vector] = {
        "a signing key too short": {"signing_key": "AAAA"},
        "a key that is no base64": {"encryption_key": "?"},
        "an encryption key cut short": {"encryption_key": good["encryption_key"][:-44]},
        "another format": {"format": "comity-key-statement.v2"},
        "an unknown field": {"colour": "red"},
        "another administration": {"authority": "UG"},
        "a sequence that is no number": {"sequence": "0"},
        "a time of another spelling": {"made": "2026-01-01T00:00:00+00:00"},
        "a reason in the first statement": {"reason": "because"},
        "a changed promise": {"recovery": "00" * 32},
        "no signature": {"signatures": []},
        "a signature of nothing": {"signatures": [base64.b64encode(bytes(64)).decode()]},
    }
    for name, change in changes.items():
        given = {"identity": identity_of([{**good, **change}])}
        yield refused(f"a first statement with {name}", "identity-read", given, "identity.key-invalid")
    given = {"identity": identity_of([{**good, "suite": "HPKE-X25519-HKDFSHA256-AES128GCM-1"}])}
    yield refused("another suite", "identity-read", given, "identity.suite-unknown")
    yield refused("an empty history", "identity-read", {"identity": identity_of([])}, "identity.key-invalid")


def _refused_links(once: list[Vector], stolen: list[Vector]) -> Iterator[Vector]:
    first, second = once
    other = handed_over(4, "another").as_json()[1]
    cases: dict[str, list[Vector]] = {
        "without its first statement": [second],
        "with a statement left out": [stolen[0], stolen[2]],
        "with a statement twice": [first, first],
        "with a changed reason": [first, {**second, "reason": "another"}],
        "with one signature": [first, {**second, "signatures": second["signatures"][:1]}],
        "signed by the new key only": [first, {**second, "signatures": second["signatures"][1:] * 2}],
        "with a recovery that was not promised": [first, second, _recovery_by_another(stolen)],
        "with a succession after another": [first, second, other],
    }
    for name, history in cases.items():
        yield refused(f"a history {name}", "identity-read", {"identity": identity_of(history)}, "identity.key-invalid")


def _recovery_by_another(stolen: list[Vector]) -> Vector:
    changed = copy.deepcopy(stolen[2])
    changed["recovery_key"] = base64.b64encode(signer_from(seeds_of("UG")["recovery"]).public_key).decode()
    return changed


def _followed(once: KeyHistory) -> Iterator[Vector]:
    first, other = keys_from(seeds_of("KE")).public.history, handed_over(4, "another")
    uganda = keys_from(seeds_of("UG")).public.history
    saved = recovered(first)
    for name, pinned, presented in (
        ("the same", first, first),
        ("a history continued", first, once),
        ("an older state of it", once, first),
        ("a recovery beats the succession of a thief", once, saved),
    ):
        yield read(name, "history-follow", {"pinned": pinned.as_json(), "presented": presented.as_json()})
    given = {"pinned": saved.as_json(), "presented": once.as_json()}
    yield refused("a thief's succession after the recovery", "history-follow", given, "identity.history-forked")
    given = {"pinned": once.as_json(), "presented": other.as_json()}
    yield refused("two successions", "history-follow", given, "identity.history-forked")
    given = {"pinned": first.as_json(), "presented": uganda.as_json()}
    yield refused("another node", "history-follow", given, "identity.history-invalid")
