"""Vectors of the envelope: messages signed, read and opened, receipts read; and every seal that another vector holds."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterator
from typing import Any

from comity.cooperation.exchange import jws
from comity.cooperation.exchange.envelope import MESSAGE_TYPE
from tests.conformance.protocol import couriers, exchanges
from tests.conformance.protocol.agreements import read, refused
from tests.conformance.protocol.answering import receipt
from tests.conformance.protocol.keys import seeds_of
from tests.conformance.protocol.messages import (
    BOMB,
    HASH,
    KENYA,
    OVERSIZE,
    SEALS,
    UGANDA,
    endless,
    good,
    header,
    oversize,
    sealed_bytes,
    signed,
)

Vector = dict[str, Any]
CODE = "exchange.envelope-invalid"


def vectors() -> Iterator[Vector]:
    kenya = {"identity": KENYA.public.as_json()}
    payload = {"mrn": "26KE1", "goods": [{"code": "090240", "mass_kg": "1000"}], "text": "Thé, 茶", "none": None}
    yield read("a message is signed", "message-sign", {"header": header(), "payload": payload, "keys": seeds_of("KE")})
    yield read("a message", "message-read", {**kenya, "jws": good()[0].decode()})
    yield from _refused(kenya)
    yield from _receipts()
    for area in (exchanges, couriers):
        list(area.vectors())  # fills SEALS
    for number, ((message, to, under), text) in enumerate(sorted(SEALS.items()), start=1):
        given = {"keys": seeds_of(to), "agreement_hash": under, "sealed": text}
        yield {**read(f"seal {number}", "message-open", given), "opens": message}
    yield from _refused_seals()


def _refused(kenya: Vector) -> Iterator[Vector]:
    text = good()[0]
    start, body, signature = text.split(b".")
    heads: dict[str, tuple[Vector, str]] = {
        "without algorithm": ({"typ": MESSAGE_TYPE}, "exchange.suite-downgraded"),
        "with the algorithm none": ({"alg": "none", "typ": MESSAGE_TYPE}, "exchange.suite-downgraded"),
        "with another algorithm": ({"alg": "ES256", "typ": MESSAGE_TYPE}, "exchange.suite-downgraded"),
        "with a critical field": (
            {"alg": "Ed25519", "typ": MESSAGE_TYPE, "crit": ["x"], "x": 1},
            "exchange.critical-field-unknown",
        ),
        "with a key id": ({"alg": "Ed25519", "typ": MESSAGE_TYPE, "kid": "1"}, "exchange.critical-field-unknown"),
        "of another type": ({"alg": "Ed25519", "typ": "comity-receipt.v1+jws"}, CODE),
    }
    for name, (fields, code) in heads.items():
        forged = b".".join((_encoded(json.dumps(fields).encode()), body, signature)).decode()
        yield refused(f"a message {name}", "message-read", {**kenya, "jws": forged}, code)
    texts = {
        "that is empty": b"",
        "of two parts": start + b"." + body,
        "of four parts": text + b".x",
        "whose header is no base64": b"?." + body + b"." + signature,
        "whose header is no JSON": _encoded(b"x") + b"." + body + b"." + signature,
        "cut short": text[:-3],
    }
    for name, forged_text in texts.items():
        code = "exchange.signature-invalid" if name == "cut short" else CODE
        yield refused(f"a message {name}", "message-read", {**kenya, "jws": forged_text.decode()}, code)
    rwanda = {"identity": UGANDA.public.as_json(), "jws": text.decode()}
    yield refused("a message read with another's key", "message-read", rwanda, "exchange.signature-invalid")
    changes: dict[str, Vector] = {
        "a sequence that is text": {"sequence": "1"},
        "a negative sequence": {"sequence": -1},
        "a hash in capitals": {"previous_hash": "AB" * 32},
        "a time without a zone": {"created": "2026-03-02T00:00:00"},
        "a time that is none": {"expires": "tomorrow"},
        "a sender of three letters": {"sender": "KEN"},
        "a control character": {"subject": "a\nb"},
        "a purpose too long": {"purpose": "x" * 65},
        "a subject too long": {"subject": "x" * 129},
    }
    for name, change in changes.items():
        made = signed(header(**change))[0].decode()
        yield refused(f"a header with {name}", "message-read", {**kenya, "jws": made}, CODE)
    for name, bad in (("a list", [1]), ("a text", "x")):
        made = signed(header(), bad)[0].decode()
        yield refused(f"a payload that is {name}", "message-read", {**kenya, "jws": made}, CODE)
    nul = signed(header(), {"mrn": "a\u0000b"})[0].decode()
    yield refused("a payload with the character NUL", "message-read", {**kenya, "jws": nul}, CODE)


def _receipts() -> Iterator[Vector]:
    uganda = {"identity": UGANDA.public.as_json()}
    message = good()[1]
    cases: dict[str, Vector] = {
        "stored": {},
        "refused": {"result": "refused", "outcome": "agreements.purpose-not-covered"},
        "to be sent again": {
            "result": "again",
            "outcome": "exchange.message-withheld",
            "ledger_index": None,
            "missing": 4,
        },
    }
    for name, change in cases.items():
        made = receipt(message, 1, **change).decode()
        yield read(f"a receipt: {name}", "receipt-read", {**uganda, "jws": made})
    made = receipt(message, 1).decode()
    other = {"identity": KENYA.public.as_json(), "jws": made}
    yield refused("a receipt read with another's key", "receipt-read", other, "exchange.signature-invalid")
    yield refused("a message is no receipt", "receipt-read", {**uganda, "jws": good()[0].decode()}, CODE)
    wrong = jws.sign(b'{"message_id":"x"}', typ="comity-receipt.v1+jws", keys=UGANDA).decode()
    yield refused("a receipt without its fields", "receipt-read", {**uganda, "jws": wrong}, CODE)


def _refused_seals() -> Iterator[Vector]:
    (_, to, under), text = next(iter(sorted(item for item in SEALS.items() if item[0][1] == "UG")))
    given = {"keys": seeds_of(to), "agreement_hash": under, "sealed": text}
    box = bytearray(base64.b64decode(text))
    for name, place in (("the encapsulated key", 7), ("the content", len(box) - 1)):
        changed = bytearray(box)
        changed[place] ^= 1
        bad = {**given, "sealed": base64.b64encode(bytes(changed)).decode()}
        yield refused(f"a seal with a bit of {name} changed", "message-open", bad, "exchange.seal-invalid")
    content = good()[0].split(b".")[1]
    whole = zlib.compressobj(wbits=-15)
    fine = whole.compress(base64.urlsafe_b64decode(content + b"=" * (-len(content) % 4))) + whole.flush()
    plain: dict[str, tuple[bytes, str]] = {
        BOMB: (endless(), "exchange.decompression-bomb"),
        OVERSIZE: (oversize(), "exchange.message-too-large"),
        "a seal with something after its content": (bytes(64) + fine + b"x", CODE),
        "a seal whose content is cut short": (bytes(64) + fine[:-4], CODE),
        "a seal whose content does not inflate": (bytes(64) + b"\xff" * 40, CODE),
    }
    for name, (plaintext, code) in plain.items():
        bad = {"keys": seeds_of("UG"), "agreement_hash": HASH, "sealed": sealed_bytes(name, plaintext)}
        yield refused(name, "message-open", bad, code)
    short = {**given, "sealed": base64.b64encode(bytes(box[:100])).decode()}
    yield refused("a seal cut short", "message-open", short, "exchange.seal-invalid")
    yield refused("a seal for another", "message-open", {**given, "keys": seeds_of("RW")}, "exchange.seal-invalid")
    other = {**given, "agreement_hash": "ab" * 32}
    yield refused("a seal under another agreement", "message-open", other, "exchange.seal-invalid")


def _encoded(content: bytes) -> bytes:
    return base64.urlsafe_b64encode(content).rstrip(b"=")
