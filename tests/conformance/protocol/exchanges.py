"""Vectors of the exchange: what a node answers to batches, and a vector for each refusal."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from comity.cooperation.exchange.batch import BATCH_TYPE
from tests.conformance.protocol.agreements import _signed as agreement_signature
from tests.conformance.protocol.agreements import document, read, refused
from tests.conformance.protocol.keys import FIRST_DAY, seeds_of
from tests.conformance.protocol.ledger import note_of
from tests.conformance.protocol.messages import (
    AT,
    BOMB,
    KENYA,
    RWANDA,
    UGANDA,
    batch,
    chain,
    endless,
    header,
    proof,
    remade,
    sealed,
    sealed_bytes,
    signed,
)

Vector = dict[str, Any]
SIGNED = FIRST_DAY + timedelta(days=1)
LATER = AT + timedelta(minutes=1)


def file_of(record: Vector, signers: tuple[str, ...] = ("KE", "UG")) -> Vector:
    """Return an agreement with signatures, as it travels."""
    return {"agreement": record, "signatures": [agreement_signature(record, seeds_of(one)) for one in signers]}


def scenario(name: str, *batches: bytes | tuple[datetime, bytes], tells: str = "", **changes: Any) -> Vector:
    """Return a vector in which Uganda is given batches; `tells` is the code that it must name."""
    timed = [(AT, one) if isinstance(one, bytes) else one for one in batches]
    given = {
        "keys": seeds_of("UG"),
        "partners": [KENYA.public.as_json()],
        "agreements": [file_of(document())],
        "signed_at": SIGNED.isoformat(),
        "batches": [{"at": at.isoformat(), "bytes": base64.b64encode(body).decode()} for at, body in timed],
        **changes,
    }
    vector = read(name, "batches-receive", given)
    return {**vector, "tells": tells} if tells else vector


def later(*messages: Any, **changes: Any) -> tuple[datetime, bytes]:
    """Return a second batch, a minute after the first, over the same log."""
    return LATER, batch(*messages, created=LATER, proof_from=5, **changes)


def vectors() -> Iterator[Vector]:
    yield from _taken()
    yield from _refused_batches()
    yield from _refused_messages()
    yield from _refused_by_agreement()
    yield from _witnessed()
    yield from _answers()


def _taken() -> Iterator[Vector]:
    three = [sealed(one) for one in chain(3)]
    yield scenario("three messages", batch(*three))
    yield scenario("no message: a co-signature is asked for", batch())
    yield scenario("messages in two batches", batch(*three[:2]), later(three[2]))
    yield scenario("a message that is known gets the receipt it got before", batch(three[0]), later(three[0], three[1]))
    yield scenario("the same message twice in a batch gets one receipt", batch(three[0], three[0]))


def _refused_batches() -> Iterator[Vector]:
    good = batch(sealed(chain(1)[0]))
    _, dot, rest = good.partition(b".")
    by_rwanda = batch(keys=replace(RWANDA, public=KENYA.public))
    yield scenario("bytes that are no batch", b"hello", tells="exchange.envelope-invalid")
    yield scenario("an empty body", b"", tells="exchange.envelope-invalid")
    yield scenario("a batch cut short", good[: len(good) // 2], tells="exchange.envelope-invalid")
    yield scenario(
        "a batch of another type", _typed("comity-batch.v9+jws") + dot + rest, tells="exchange.envelope-invalid"
    )
    first, feed, attached = good.partition(b"\n")
    invalid = "exchange.envelope-invalid"
    yield scenario("a batch without a line feed", first, tells=invalid)
    yield scenario("a batch whose attachment was changed", first + feed + attached[:-1] + b"x", tells=invalid)
    yield scenario("a batch whose attachment was cut", first + feed + attached[:-1], tells=invalid)
    yield scenario("a batch with more than its head lists", good + b"x", tells=invalid)
    algorithm = _protected({"alg": "none", "typ": BATCH_TYPE})
    yield scenario("a batch with another algorithm", algorithm + dot + rest, tells="exchange.suite-downgraded")
    critical = _protected({"alg": "Ed25519", "typ": BATCH_TYPE, "crit": ["exp"]})
    yield scenario("a batch with a critical field", critical + dot + rest, tells="exchange.critical-field-unknown")
    yield scenario("a batch of a stranger", batch(keys=RWANDA), tells="exchange.sender-unknown")
    yield scenario("a batch signed by another", by_rwanda, tells="exchange.signature-invalid")
    yield scenario("a batch for another", batch(recipient="RW"), tells="exchange.recipient-wrong")
    for name, moved in (("too old", -301), ("of the future", 301)):
        made = batch(created=AT + timedelta(seconds=moved))
        yield scenario(f"a batch {name}", made, tells="exchange.clock-skewed")
    yield scenario("a batch again", good, (LATER, good), tells="exchange.batch-replayed")
    older = (LATER, batch(created=AT - timedelta(seconds=1), proof_from=5))
    yield scenario("a batch made before the last one", good, older, tells="exchange.batch-replayed")


def _protected(fields: Vector) -> bytes:
    import json

    return base64.urlsafe_b64encode(json.dumps(fields, separators=(",", ":")).encode()).rstrip(b"=")


def _typed(typ: str) -> bytes:
    return _protected({"alg": "Ed25519", "typ": typ})


def _refused_messages() -> Iterator[Vector]:
    one, two, three = chain(3)
    box = sealed(one)
    changed = remade(box, sealed=box.sealed[:-1] + bytes([box.sealed[-1] ^ 1]))
    yield scenario("a seal with a bit changed", batch(changed), tells="exchange.seal-invalid")
    bomb = remade(box, sealed=base64.b64decode(sealed_bytes(BOMB, endless())))
    yield scenario("a message that inflates without end", batch(bomb), tells="exchange.decompression-bomb")
    foreign = sealed(one, to=RWANDA)
    yield scenario("a message sealed to another", batch(foreign), tells="exchange.seal-invalid")
    other = remade(box, agreement_hash="ab" * 32)
    yield scenario("a message sealed under another agreement", batch(other), tells="exchange.seal-invalid")
    renamed = remade(box, id=two[1])
    yield scenario("another id than the message's", batch(renamed), tells="exchange.envelope-invalid")
    under = sealed(one, under="cd" * 32)
    yield scenario("another agreement outside than inside", batch(under), tells="exchange.envelope-invalid")
    codes: dict[str, tuple[Vector, str]] = {
        "addressed to another": ({"recipient": "RW"}, "exchange.recipient-wrong"),
        "of another sender": ({"sender": "RW"}, "exchange.sender-wrong"),
        "made in the future": ({"created": "2026-03-02T00:05:01Z"}, "exchange.clock-skewed"),
        "past its expiry": ({"expires": "2026-03-01T23:59:59Z"}, "exchange.message-expired"),
        "of an unknown type": ({"type": "gossip.v1"}, "exchange.type-unknown"),
        "of an unknown version": ({"type": "export-record.v2"}, "exchange.type-unknown"),
        "without a field": ({"purpose": None}, "exchange.envelope-invalid"),
        "with an unknown field": ({"colour": "red"}, "exchange.envelope-invalid"),
    }
    for name, (change, code) in codes.items():
        shown = {field: value for field, value in header(**change).items() if value is not None}
        yield scenario(f"a message {name}", batch(sealed(signed(shown))), tells=code)
    by_rwanda = signed(header(), keys=RWANDA)
    yield scenario("a message signed by another", batch(sealed(by_rwanda)), tells="exchange.signature-invalid")
    deep: Any = "x"
    for _ in range(40):
        deep = {"mrn": deep}
    yield scenario(
        "a payload nested 40 deep", batch(sealed(signed(header(), deep))), tells="exchange.message-too-large"
    )
    yield scenario("a second message without the first", batch(sealed(two)), tells="exchange.message-withheld")
    yield scenario("a message left out", batch(sealed(one), sealed(three)), tells="exchange.message-withheld")
    fork = signed(header(1, subject="another declaration"))
    yield scenario(
        "a second message of one sequence", batch(sealed(one)), later(sealed(fork)), tells="exchange.chain-broken"
    )
    broken = signed(header(2, "ab" * 32))
    yield scenario(
        "a message after another that never was", batch(sealed(one), sealed(broken)), tells="exchange.chain-broken"
    )
    bad = signed(header(1, purpose="advertising"))
    after = signed(header(2, bad[1]))
    yield scenario(
        "a refused message moves the stream on", batch(sealed(bad), sealed(after)), tells="purpose-not-covered"
    )
    yield scenario(
        "a message behind one to be sent again waits", batch(changed, sealed(two)), tells="exchange.message-withheld"
    )


def _refused_by_agreement() -> Iterator[Vector]:
    box = sealed(chain(1)[0])
    yield scenario("no agreement with the sender", batch(box), agreements=[], tells="agreements.none")
    unsigned = [file_of(document(), ("KE",))]
    yield scenario(
        "an agreement that we did not sign", batch(box), agreements=unsigned, tells="agreements.not-in-force"
    )
    dated: dict[str, tuple[Vector, str]] = {
        "not yet valid": ({"valid_from": "2026-06-01"}, "agreements.not-in-force"),
        "expired": ({"valid_to": "2026-02-01"}, "agreements.expired"),
    }
    for name, (change, code) in dated.items():
        record = document(**change)
        made = _under(record)
        yield scenario(f"an agreement {name}", batch(made), agreements=[file_of(record)], tells=code)
    another = [file_of(document(title="Another text"))]
    yield scenario("another text of the agreement", batch(box), agreements=another, tells="agreements.hash-mismatch")
    codes: dict[str, tuple[Vector, str]] = {
        "for another purpose": ({"purpose": "advertising"}, "agreements.purpose-not-covered"),
        "of another data class": ({"data_class": "examination-result"}, "agreements.data-class-not-covered"),
        "that names another clause": ({"clause": "art-5"}, "agreements.clause-differs"),
        "that names a weaker marking": ({"marking": "open"}, "agreements.clause-differs"),
    }
    for name, (change, code) in codes.items():
        yield scenario(f"a message {name}", batch(sealed(signed(header(**change)))), tells=code)
    more = signed(header(), {"mrn": "26KE1", "goods": {"price": 7}})
    yield scenario("a payload with a field too many", batch(sealed(more)), tells="agreements.fields-not-covered")


def _under(record: Vector) -> Any:
    from comity.cooperation.agreements.agreement import agreement_hash, parse_agreement

    digest = agreement_hash(parse_agreement(record))
    return sealed(signed(header(agreement_hash=digest)), under=digest)


def _witnessed() -> Iterator[Vector]:
    first = batch()
    grown = {"checkpoint": note_of(13), "proof": proof(5, 13)}
    yield scenario("a log that grew", first, later(**grown))
    yield scenario("a log that grew, from a power of two", batch(checkpoint=note_of(8)), _from_eight())
    missing, fork = "ledger.consistency-proof-missing", "ledger.fork-detected"
    yield scenario("a log that grew, without proof", first, later(checkpoint=note_of(13)), tells=missing)
    elsewhere = (LATER, batch(created=LATER, checkpoint=note_of(13), proof_from=4, proof=proof(4, 13)))
    yield scenario("a proof from another size", first, elsewhere, tells=missing)
    shorter = later(checkpoint=note_of(3))
    yield scenario("a log that became shorter", first, shorter, tells="ledger.rollback-detected")
    another = later(checkpoint=note_of(5, " of another history"))
    yield scenario("another root at the same size", first, another, tells=fork)
    history = " of another history"
    forked = later(checkpoint=note_of(13, history), proof=proof(5, 13, history))
    yield scenario("a proof from another history", first, forked, tells=fork)
    yield scenario("a fork at a power of two", batch(checkpoint=note_of(8)), _from_eight(history), tells=fork)
    yield scenario(
        "a checkpoint of another log", batch(checkpoint=note_of(5, "", "UG")), tells="ledger.checkpoint-invalid"
    )
    yield scenario(
        "messages are taken whatever the log says",
        first,
        later(sealed(chain(1)[0]), checkpoint=note_of(3)),
        tells="ledger.rollback-detected",
    )


def _from_eight(history: str = "") -> tuple[datetime, bytes]:
    shown = {"checkpoint": note_of(13, history), "proof_from": 8, "proof": proof(8, 13, history)}
    return LATER, batch(created=LATER, **shown)


def _answers() -> Iterator[Vector]:
    """What a sender does with an answer: signed by the partner, to us, to this batch."""
    from tests.conformance.protocol.answering import answer_to

    sent = batch(*(sealed(one) for one in chain(2)))
    good = answer_to(sent)
    given = {
        "keys": seeds_of("KE"),
        "identity": UGANDA.public.as_json(),
        "at": AT.isoformat(),
        "batch": base64.b64encode(sent).decode(),
        "answer": base64.b64encode(good).decode(),
    }
    yield read("an answer", "answer-read", given)
    other = base64.b64encode(batch()).decode()
    yield refused("an answer to another batch", "answer-read", {**given, "batch": other}, "exchange.answer-wrong")
    rwanda = {**given, "identity": RWANDA.public.as_json()}
    yield refused("an answer signed by another", "answer-read", rwanda, "exchange.signature-invalid")
    wrong = {**given, "keys": seeds_of("RW")}
    yield refused("an answer to another sender", "answer-read", wrong, "exchange.recipient-wrong")
    cut = base64.b64encode(good[: len(good) // 2]).decode()
    yield refused("an answer cut short", "answer-read", {**given, "answer": cut}, "exchange.envelope-invalid")
