"""Vectors of identity: public identity and fingerprint."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.conformance.protocol.agreements import read, refused
from tests.conformance.protocol.keys import keys_from, seeds_of


def vectors() -> Iterator[dict[str, Any]]:
    for authority in ("KE", "UG", "RW"):
        identity = keys_from(seeds_of(authority)).public.as_json()
        yield read(f"the identity of {authority}", "identity-read", {"identity": identity, "keys": seeds_of(authority)})
    good = keys_from(seeds_of("KE")).public.as_json()
    bad: dict[str, dict[str, Any]] = {
        "a signing key too short": {"signing_key": "AAAA"},
        "a key that is no base64": {"encryption_key": "?"},
        "an encryption key cut short": {"encryption_key": good["encryption_key"][:-44]},
        "another suite": {"suite": "HPKE-X25519-HKDFSHA256-AES128GCM-1"},
    }
    for name, change in bad.items():
        yield refused(name, "identity-read", {"identity": {**good, **change}}, "identity.key-invalid")
