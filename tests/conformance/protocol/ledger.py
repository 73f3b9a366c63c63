"""Vectors of the ledger: leaves, roots, proofs (RFC 9162), checkpoints and co-signatures (C2SP), contradictions."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from typing import Any

from comity.cooperation.ledger.contradiction import Presented
from tests.conformance.protocol.agreements import read, refused
from tests.conformance.protocol.keys import keys_from, seeds_of
from tests.conformance.protocol.operations import OPERATIONS

Vector = dict[str, Any]
SIZES = (0, 1, 2, 3, 4, 5, 7, 8, 13, 16, 33)
SECONDS = 1_767_225_600  # 2026-01-01T00:00:00Z


def salted(number: int, history: str = "") -> tuple[str, str]:
    """Return salt and statement of an entry, in hex."""
    salt = hashlib.sha256(f"comity vectors salt {number}".encode()).hexdigest()
    return salt, f"statement {number}{history}".encode().hex()


def leaves_of(size: int, history: str = "") -> list[str]:
    """Return the leaves of a log; another history is another log."""
    entries = [salted(number, history) for number in range(size)]
    return [OPERATIONS["leaf-make"]({"salt": salt, "statement": text})["leaf"] for salt, text in entries]


def root_of(leaves: list[str]) -> str:
    return str(OPERATIONS["root-make"]({"leaves": leaves})["root"])


def consistency(old: int, leaves: list[str]) -> list[str]:
    return list(OPERATIONS["consistency-prove"]({"leaves": leaves, "old_size": old})["proof"])


def tree_vectors() -> Iterator[Vector]:
    for number in (0, 1, 2):
        salt, statement = salted(number)
        yield read(f"leaf of statement {number}", "leaf-make", {"salt": salt, "statement": statement})
    yield read("leaf of an empty statement", "leaf-make", {"salt": "00" * 32, "statement": ""})
    for size in SIZES:
        yield read(f"root of {size} leaves", "root-make", {"leaves": leaves_of(size)})
    for size in SIZES[1:]:
        for index in sorted({0, size // 2, size - 1}):
            yield from _inclusion(index, size)
    for old in (0, 1, 2, 3, 4, 6, 7, 8, 12, 13):
        for new in (8, 13):
            if old <= new:
                yield from _consistency(old, new)
    yield from _bad_inclusion()
    yield from _bad_consistency()


def _inclusion(index: int, size: int) -> Iterator[Vector]:
    leaves = leaves_of(size)
    yield read(f"inclusion of {index} in {size}", "inclusion-prove", {"leaves": leaves, "index": index})
    yield read(f"inclusion of {index} in {size} verifies", "inclusion-verify", included(index, leaves))


def included(index: int, leaves: list[str]) -> Vector:
    proof = OPERATIONS["inclusion-prove"]({"leaves": leaves, "index": index})["proof"]
    return {"leaf": leaves[index], "index": index, "size": len(leaves), "proof": proof, "root": root_of(leaves)}


def _consistency(old: int, new: int) -> Iterator[Vector]:
    leaves = leaves_of(new)
    yield read(f"consistency of {old} and {new}", "consistency-prove", {"leaves": leaves, "old_size": old})
    yield read(f"consistency of {old} and {new} verifies", "consistency-verify", continued(old, leaves))


def continued(old: int, leaves: list[str]) -> Vector:
    return {
        "old_size": old,
        "old_root": root_of(leaves[:old]),
        "new_size": len(leaves),
        "new_root": root_of(leaves),
        "proof": consistency(old, leaves),
    }


def _bad_inclusion() -> Iterator[Vector]:
    good = included(5, leaves_of(13))
    proof = good["proof"]
    changes: dict[str, Vector] = {
        "another index": {"index": 4},
        "an index beyond the log": {"index": 13},
        "a negative index": {"index": -1},
        "another size": {"size": 20},
        "another leaf": {"leaf": leaves_of(13)[6]},
        "another root": {"root": "00" * 32},
        "a proof cut short": {"proof": proof[:-1]},
        "a proof with one hash too many": {"proof": [*proof, proof[-1]]},
        "a proof with a hash of 31 bytes": {"proof": [proof[0][:-2], *proof[1:]]},
        "a proof in another order": {"proof": proof[::-1]},
    }
    for name, change in changes.items():
        yield refused(f"inclusion with {name}", "inclusion-verify", {**good, **change}, "ledger.proof-invalid")


def _bad_consistency() -> Iterator[Vector]:
    good = continued(6, leaves_of(13))
    proof = good["proof"]
    changes: dict[str, Vector] = {
        "another old root": {"old_root": root_of(leaves_of(6, " of another history"))},
        "another new root": {"new_root": "00" * 32},
        "a new size smaller than the old": {"new_size": 5},
        "an empty proof": {"proof": []},
        "a proof cut short": {"proof": proof[:-1]},
        "a proof with one hash too many": {"proof": [*proof, proof[-1]]},
        "a proof where none is needed": {"old_size": 13, "old_root": good["new_root"]},
    }
    for name, change in changes.items():
        yield refused(f"consistency with {name}", "consistency-verify", {**good, **change}, "ledger.proof-invalid")


def note_of(size: int, history: str = "", authority: str = "KE") -> str:
    given = {"size": size, "root": root_of(leaves_of(size, history)), "keys": seeds_of(authority)}
    return str(OPERATIONS["checkpoint-sign"](given)["note"])


def checkpoint_vectors() -> Iterator[Vector]:
    kenya, uganda = seeds_of("KE"), seeds_of("UG")
    log, witness = keys_from(kenya).public.as_json(), keys_from(uganda).public.as_json()
    for size in (0, 1, 13):
        given = {"size": size, "root": root_of(leaves_of(size)), "keys": kenya}
        yield read(f"a checkpoint of {size} entries is signed", "checkpoint-sign", given)
        yield read(f"a checkpoint of {size} entries", "checkpoint-read", {"note": note_of(size), "identity": log})
    given = {"note": note_of(13), "identity": log, "keys": uganda, "seconds": SECONDS}
    yield read("a co-signature is added", "checkpoint-cosign", given)
    cosigned = OPERATIONS["checkpoint-cosign"](given)["note"]
    yield read("a checkpoint that bears a co-signature", "checkpoint-read", {"note": cosigned, "identity": log})
    yield read("a co-signature", "cosignature-verify", {"note": cosigned, "identity": log, "witness": witness})
    yield read("verifier keys for C2SP tools", "verifier-keys", {"identity": log})
    yield from _bad_checkpoints(log)
    yield from _bad_cosignatures(log, witness, cosigned)
    yield from _contradictions(log)


def _bad_checkpoints(log: Vector) -> Iterator[Vector]:
    good = note_of(13)
    zero = base64.b64encode(bytes(32)).decode()
    body, _, signatures = good.partition("\n\n")
    lines = body.split("\n")
    changes = {
        "with another size": good.replace("\n13\n", "\n14\n"),
        "with another root": good.replace(lines[2], zero),
        "of another log": note_of(13, authority="UG"),
        "with leading zeros": good.replace("\n13\n", "\n013\n"),
        "whose size is no number": good.replace("\n13\n", "\nten\n"),
        "without signature": f"{body}\n\n",
        "without its last line end": good[:-1],
        "with a line end of two characters": good.replace("\n", "\r\n"),
        "with a control character": good.replace("comity", "com\x07ity", 1),
        "with an empty line": f"{lines[0]}\n\n{lines[1]}\n{lines[2]}\n\n{signatures}",
        "with a short root": good.replace(lines[2], base64.b64encode(bytes(31)).decode()),
        "that is longer than a note": good + "x" * 16_384,
        "that is empty": "",
    }
    for name, note in changes.items():
        given = {"note": note, "identity": log}
        yield refused(f"a checkpoint {name}", "checkpoint-read", given, "ledger.checkpoint-invalid")
    given = {"size": 0, "root": "00" * 32, "keys": seeds_of("KE")}
    wrong = {"note": OPERATIONS["checkpoint-sign"](given)["note"], "identity": log}
    yield refused("an empty log with another root", "checkpoint-read", wrong, "ledger.checkpoint-invalid")


def _bad_cosignatures(log: Vector, witness: Vector, cosigned: str) -> Iterator[Vector]:
    code = "ledger.checkpoint-invalid"
    rwanda = keys_from(seeds_of("RW")).public.as_json()
    given = {"note": cosigned, "identity": log}
    yield refused("a co-signature of one who gave none", "cosignature-verify", {**given, "witness": rwanda}, code)
    start, _, line = cosigned.removesuffix("\n").rpartition(" ")
    blob = bytearray(base64.b64decode(line))
    blob[11] ^= 1
    moved = f"{start} {base64.b64encode(blob).decode()}\n"
    yield refused(
        "a co-signature whose time was changed",
        "cosignature-verify",
        {"note": moved, "identity": log, "witness": witness},
        code,
    )
    cut = f"{start} {base64.b64encode(bytes(blob[:-1])).decode()}\n"
    yield refused("a co-signature cut short", "cosignature-verify", {**given, "note": cut, "witness": witness}, code)


def _contradictions(log: Vector) -> Iterator[Vector]:
    """What an owner who shows two histories has signed: from every old size it convicts him."""
    for old in (5, 8):
        forked = leaves_of(13, " of another history")
        path = [bytes.fromhex(one) for one in consistency(old, forked)]
        presented = Presented(note_of(13, " of another history"), old, path).text
        yield read(
            f"a fork of a log of {old} entries",
            "contradiction-judge",
            {"witnessed": note_of(old), "presented": presented, "identity": log},
        )
    same = Presented(note_of(13, " of another history")).text
    given = {"witnessed": note_of(13), "presented": same, "identity": log}
    yield read("two roots of one size", "contradiction-judge", given)
    shorter = Presented(note_of(5)).text
    yield read(
        "a log restored from a backup proves nothing by itself",
        "contradiction-judge",
        {"witnessed": note_of(13), "presented": shorter, "identity": log},
    )
    leaves = leaves_of(13)
    grown = Presented(note_of(13), 5, [bytes.fromhex(one) for one in consistency(5, leaves)]).text
    given = {"witnessed": note_of(5), "presented": grown, "identity": log}
    yield read("a log that grew contradicts nothing", "contradiction-judge", given)
