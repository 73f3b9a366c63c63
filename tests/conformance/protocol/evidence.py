"""Vectors of evidence bundles: good ones, and ones whose owner signed what does not hold."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from comity.cooperation.identity.history import KeyHistory
from comity.cooperation.identity.keys import MemorySigner, NodeKeys, PublicIdentity
from comity.cooperation.ledger.checkpoint import cosign, read_checkpoint, sign_checkpoint
from comity.cooperation.ledger.store import LogHead
from comity.cooperation.ledger.verify_evidence import signed_content
from tests.conformance.protocol.agreements import document, read, refused
from tests.conformance.protocol.identity import handed_over, recovered
from tests.conformance.protocol.keys import FIRST_DAY, keys_from, opening_from, seeds_of, signer_from
from tests.conformance.protocol.ledger import SECONDS, consistency, included, leaves_of, root_of, salted

Vector = dict[str, Any]
CODE = "ledger.evidence-invalid"
DAY = 86_400


def text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def as_text(hexadecimal: str) -> str:
    return text(bytes.fromhex(hexadecimal))


def owner(history: KeyHistory | None = None, generation: int = 1) -> NodeKeys:
    """Return Kenya's keys, after a history where one is given."""
    seeds = seeds_of("KE", generation)
    signer: MemorySigner = signer_from(seeds["signing"])
    public = keys_from(seeds).public if history is None else PublicIdentity("KE", "Kenya", history)
    return NodeKeys(public, signer, (opening_from(seeds),))


def entry(index: int, size: int = 13, history: str = "") -> Vector:
    """Return an entry of the log with its proof."""
    salt, statement = salted(index, history)
    shown = included(index, leaves_of(size, history))
    return {
        "index": index,
        "kind": "decision",
        "subject": f"declaration {index}",
        "at": "2026-03-02T08:00:00+00:00",
        "leaf": as_text(shown["leaf"]),
        "salt": as_text(salt),
        "statement": as_text(statement),
        "proof": [as_text(one) for one in shown["proof"]],
    }


def note(size: int, keys: NodeKeys, witness: str = "", *, history: str = "", days: int = 60) -> str:
    """Return a checkpoint, co-signed some days after the first where a witness is named."""
    head = LogHead(size, bytes.fromhex(root_of(leaves_of(size, history))))
    signed = sign_checkpoint(head, keys)
    if not witness:
        return signed
    at = datetime.fromtimestamp(SECONDS + days * DAY, UTC)
    return cosign(read_checkpoint(signed, keys.public), keys_from(seeds_of(witness)), at)


def bundle(keys: NodeKeys | None = None, **changes: Any) -> Vector:
    """Return a bundle with some fields changed, signed by its owner as it then is."""
    by = keys or owner()
    made = {
        "format": "comity-evidence.v1",
        "log": by.public.as_json(),
        "size": 13,
        "checkpoints": [note(13, owner(), "UG"), note(16, owner(), "RW")],
        "consistency": [[], [as_text(one) for one in consistency(13, leaves_of(16))]],
        "witnesses": [keys_from(seeds_of(one)).public.as_json() for one in ("UG", "RW")],
        "policy": None,
        "entries": [entry(3), entry(9)],
        "context": {"record": "declaration 3", "agreements": [{"agreement": document(), "signatures": []}]},
        **changes,
    }
    return {**made, "signature": text(by.sign(signed_content(made)))}


def good_bundles() -> Iterator[tuple[str, Vector]]:
    yield "two witnesses at two sizes", bundle()
    alone = {"checkpoints": [note(13, owner())], "consistency": [[]], "witnesses": []}
    yield "no witness yet", bundle(**alone)
    one_size = bundle(checkpoints=[note(13, owner(), "UG")], witnesses=[keys_from(seeds_of("UG")).public.as_json()])
    one_size["consistency"] = [[]]
    yield "one witness", bundle(**{name: one_size[name] for name in ("checkpoints", "witnesses", "consistency")})
    yield "an erased statement", bundle(entries=[{**entry(3), "salt": None, "statement": None}, entry(9)])
    yield "keys that were handed over since", bundle(owner(handed_over(), 2))
    yield (
        "a key that was revoked after a witness saw it",
        bundle(owner(recovered(keys_from(seeds_of("KE")).public.history), 3)),
    )


def bad_bundles() -> Iterator[tuple[str, Vector]]:
    three, nine = entry(3), entry(9)
    entries: dict[str, Vector] = {
        "another statement": {"statement": text(b"another")},
        "another salt": {"salt": text(bytes(32))},
        "a salt of 33 bytes": {"salt": text(bytes(33))},
        "a salt without statement": {"statement": None},
        "another leaf": {"leaf": nine["leaf"]},
        "another index": {"index": 4},
        "an index beyond the log": {"index": 13},
        "a negative index": {"index": -1},
        "no proof": {"proof": []},
        "a proof cut short": {"proof": three["proof"][:-1]},
        "a proof with one hash too many": {"proof": [*three["proof"], three["proof"][0]]},
        "a proof of another log": {"proof": entry(3, history=" of another history")["proof"]},
    }
    for name, change in entries.items():
        yield f"an entry with {name}", bundle(entries=[{**three, **change}, nine])
    forked = note(16, owner(), "RW", history=" of another history")
    wholes: dict[str, Vector] = {
        "of another format": {"format": "comity-evidence.v2"},
        "of another size": {"size": 16},
        "without entries": {"entries": []},
        "without checkpoints": {"checkpoints": [], "consistency": []},
        "with a fork": {"checkpoints": [note(13, owner(), "UG"), forked]},
        "without the proof between its checkpoints": {"consistency": [[], []]},
        "with a checkpoint of another log": {
            "checkpoints": [note(13, keys_from(seeds_of("UG"))), note(16, owner(), "RW")]
        },
        "with a witness who did not co-sign": {"checkpoints": [note(13, owner()), note(16, owner(), "RW")]},
        "whose owner is his own witness": {
            "witnesses": [owner().public.as_json(), keys_from(seeds_of("RW")).public.as_json()]
        },
        "with one witness twice": {
            "witnesses": [keys_from(seeds_of("RW")).public.as_json()] * 2,
            "checkpoints": [note(13, owner(), "RW")] * 2,
            "consistency": [[], []],
        },
    }
    for name, change in wholes.items():
        yield f"a bundle {name}", bundle(**change)
    good = bundle()
    yield "a label changed on the way", {**good, "entries": [{**three, "subject": "declaration 4"}, nine]}
    yield "a context changed on the way", {**good, "context": {}}
    yield "a bundle signed by another", {**good, "signature": text(keys_from(seeds_of("UG")).sign(b"x"))}
    stolen = owner(recovered(handed_over()), 3)
    late = [note(13, owner(handed_over(), 2), "UG", days=110), note(16, owner(handed_over(), 2), "RW", days=110)]
    yield "a revoked key that nobody saw in time", bundle(stolen, checkpoints=late)


def vectors() -> Iterator[Vector]:
    for name, made in good_bundles():
        yield read(name, "bundle-verify", {"bundle": made})
    for name, made in bad_bundles():
        yield refused(name, "bundle-verify", {"bundle": made}, CODE)
    trusted = {"KE": keys_from(seeds_of("UG")).public.fingerprint}
    yield refused(
        "a fingerprint that is not the one told", "bundle-verify", {"bundle": bundle(), "trusted": trusted}, CODE
    )


assert FIRST_DAY.timestamp() == SECONDS
