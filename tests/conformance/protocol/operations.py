"""This project's answers to the operations of the test vectors: each takes JSON and returns JSON, or refuses."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from comity.cooperation.agreements.agreement import agreement_hash, as_record, parse_agreement
from comity.cooperation.agreements.lifecycle import (
    History,
    Signature,
    Successor,
    sign_agreement,
    status_of,
    verify_signature,
)
from comity.cooperation.agreements.minimise import fields_outside, minimise
from comity.cooperation.agreements.notices import Notice, sign_notice, verify_notice
from comity.cooperation.agreements.partnership import partnership
from comity.cooperation.agreements.permissions import Question, decide
from comity.cooperation.exchange.card import read_card
from comity.cooperation.identity.history import follow, read_history
from comity.cooperation.identity.keys import PublicIdentity
from comity.cooperation.ledger.checkpoint import (
    cosign,
    cosigned_at,
    log_verifier_key,
    read_checkpoint,
    sign_checkpoint,
    witness_verifier_key,
)
from comity.cooperation.ledger.contradiction import is_proved_fork
from comity.cooperation.ledger.store import LogHead
from comity.cooperation.ledger.tree import (
    commitment,
    leaf_hash,
    make_consistency_proof,
    make_inclusion_proof,
    node_hash,
    subtree_hash,
    verify_consistency,
    verify_inclusion,
)
from comity.cooperation.ledger.verify_evidence import verify_bundle
from comity.foundation.canonical_json import canonical_json
from tests.conformance.protocol import receiving
from tests.conformance.protocol.keys import keys_from

Answer = dict[str, Any]


def canonical(given: Answer) -> Answer:
    return {"canonical": canonical_json(json.loads(given["json"])).decode()}


def read_agreement(given: Answer) -> Answer:
    agreement = parse_agreement(given["agreement"])
    return {"canonical": canonical_json(as_record(agreement)).decode(), "hash": agreement_hash(agreement)}


def sign_an_agreement(given: Answer) -> Answer:
    return sign_agreement(parse_agreement(given["agreement"]), keys_from(given["keys"])).as_json()


def verify_an_agreement(given: Answer) -> Answer:
    identity = PublicIdentity.from_json(given["identity"])
    verify_signature(parse_agreement(given["agreement"]), Signature.from_json(given["signature"]), identity)
    return {"verified": True}


def sign_a_notice(given: Answer) -> Answer:
    unsigned = Notice.from_json({**given["notice"], "fingerprint": "", "signature": ""})
    return sign_notice(unsigned, keys_from(given["keys"])).as_json()


def verify_a_notice(given: Answer) -> Answer:
    identity = PublicIdentity.from_json(given["identity"])
    read = Notice.from_json(given["notice"])
    verify_notice(read, parse_agreement(given["agreement"]), identity, at=datetime.fromisoformat(given["at"]))
    return {"verified": True}


def tell_status(given: Answer) -> Answer:
    """Tell where a text stands; signatures and notices count as verified."""
    history = History(
        notices=tuple(
            Notice.from_json({**one, "fingerprint": "", "signature": ""}) for one in given.get("notices", [])
        ),
        successors=tuple(
            Successor(date.fromisoformat(one["first_day"]), frozenset(one["signers"]))
            for one in given.get("successors", [])
        ),
        is_proposed=given.get("is_proposed", False),
        is_countered=given.get("is_countered", False),
    )
    signatures = [Signature(one, "", b"") for one in given["signed_by"]]
    agreement, at = parse_agreement(given["agreement"]), datetime.fromisoformat(given["at"])
    return {"status": status_of(agreement, signatures, at, history, between=given["between"]).value}


def decide_question(given: Answer) -> Answer:
    clause = decide(parse_agreement(given["agreement"]), Question(**given["question"]))
    return {"clause": clause.id, "marking": clause.marking.value}


def minimise_payload(given: Answer) -> Answer:
    return {"payload": minimise(given["payload"], given["fields"])}


def find_fields_outside(given: Answer) -> Answer:
    return {"fields": fields_outside(given["payload"], given["fields"])}


def read_partnership(given: Answer) -> Answer:
    agreement = partnership(*given["parties"])
    return {"agreement": as_record(agreement), "hash": agreement_hash(agreement)}


def make_leaf(given: Answer) -> Answer:
    committed = commitment(bytes.fromhex(given["salt"]), bytes.fromhex(given["statement"]))
    return {"commitment": committed.hex(), "leaf": leaf_hash(committed).hex()}


def make_root(given: Answer) -> Answer:
    leaves = [bytes.fromhex(one) for one in given["leaves"]]
    return {"root": subtree_hash(0, len(leaves), node_at(leaves)).hex()}


def prove_inclusion(given: Answer) -> Answer:
    leaves = [bytes.fromhex(one) for one in given["leaves"]]
    proof = make_inclusion_proof(given["index"], len(leaves), node_at(leaves))
    return {"proof": [one.hex() for one in proof]}


def check_inclusion(given: Answer) -> Answer:
    leaf, root = bytes.fromhex(given["leaf"]), bytes.fromhex(given["root"])
    proof = [bytes.fromhex(one) for one in given["proof"]]
    verify_inclusion(leaf, index=given["index"], size=given["size"], proof=proof, root=root)
    return {"verified": True}


def prove_consistency(given: Answer) -> Answer:
    leaves = [bytes.fromhex(one) for one in given["leaves"]]
    proof = make_consistency_proof(given["old_size"], len(leaves), node_at(leaves))
    return {"proof": [one.hex() for one in proof]}


def check_consistency(given: Answer) -> Answer:
    verify_consistency(
        old_size=given["old_size"],
        old_root=bytes.fromhex(given["old_root"]),
        new_size=given["new_size"],
        new_root=bytes.fromhex(given["new_root"]),
        proof=[bytes.fromhex(one) for one in given["proof"]],
    )
    return {"verified": True}


def make_checkpoint(given: Answer) -> Answer:
    return {"note": sign_checkpoint(LogHead(given["size"], bytes.fromhex(given["root"])), keys_from(given["keys"]))}


def open_checkpoint(given: Answer) -> Answer:
    read = read_checkpoint(given["note"], PublicIdentity.from_json(given["identity"]))
    return {"size": read.size, "root": read.root.hex()}


def make_cosignature(given: Answer) -> Answer:
    checkpoint = read_checkpoint(given["note"], PublicIdentity.from_json(given["identity"]))
    return {"note": cosign(checkpoint, keys_from(given["keys"]), datetime.fromtimestamp(given["seconds"], UTC))}


def check_cosignature(given: Answer) -> Answer:
    checkpoint = read_checkpoint(given["note"], PublicIdentity.from_json(given["identity"]))
    at = cosigned_at(checkpoint, PublicIdentity.from_json(given["witness"]))
    return {"seconds": int(at.timestamp())}


def verifier_keys(given: Answer) -> Answer:
    identity = PublicIdentity.from_json(given["identity"])
    return {"log": log_verifier_key(identity), "witness": witness_verifier_key(identity)}


def judge_contradiction(given: Answer) -> Answer:
    owner = PublicIdentity.from_json(given["identity"])
    return {"proved": is_proved_fork(given["witnessed"], given["presented"], owner)}


def read_identity(given: Answer) -> Answer:
    identity = PublicIdentity.from_json(given["identity"])
    return {
        "authority": identity.authority,
        "fingerprint": identity.fingerprint,
        "statement": identity.history.last.hash,
        "signing_key": in_base64(identity.signing_key),
        "revoked": [in_base64(one.key) for one in identity.history.keys if one.revoked_since is not None],
    }


def open_card(given: Answer) -> Answer:
    card = read_card(given["card"], fingerprint=given.get("fingerprint"))
    return {"authority": card.identity.authority, "url": card.url, "fingerprint": card.identity.fingerprint}


def follow_history(given: Answer) -> Answer:
    pinned, presented = (read_history(given[name]) for name in ("pinned", "presented"))
    return {"statement": follow(pinned, presented).last.hash}


def node_at(leaves: list[bytes]) -> Callable[[int, int], bytes]:
    """Return the hashes of complete subtrees, straight from RFC 9162 section 2.1.1."""

    def at(level: int, index: int) -> bytes:
        if level == 0:
            return leaves[index]
        return node_hash(at(level - 1, 2 * index), at(level - 1, 2 * index + 1))

    return at


def verify_evidence(given: Answer) -> Answer:
    verified = verify_bundle(given["bundle"], trusted=given.get("trusted"))
    return {
        "signed_by": verified.signed_by,
        "fingerprint": verified.fingerprint,
        "size": verified.checkpoint_size,
        "witnessed": [[name, int(at.timestamp())] for name, at in zip(verified.witnessed_by, verified.witnessed_at)],
        "entries": [one.index for one in verified.entries],
    }


def in_base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


OPERATIONS: dict[str, Callable[[Answer], Answer]] = {
    "canonical-json": canonical,
    "agreement-read": read_agreement,
    "agreement-sign": sign_an_agreement,
    "agreement-verify": verify_an_agreement,
    "agreement-decide": decide_question,
    "notice-sign": sign_a_notice,
    "notice-verify": verify_a_notice,
    "agreement-status": tell_status,
    "payload-minimise": minimise_payload,
    "payload-outside": find_fields_outside,
    "partnership-read": read_partnership,
    "leaf-make": make_leaf,
    "root-make": make_root,
    "inclusion-prove": prove_inclusion,
    "inclusion-verify": check_inclusion,
    "consistency-prove": prove_consistency,
    "consistency-verify": check_consistency,
    "checkpoint-sign": make_checkpoint,
    "checkpoint-read": open_checkpoint,
    "checkpoint-cosign": make_cosignature,
    "cosignature-verify": check_cosignature,
    "verifier-keys": verifier_keys,
    "contradiction-judge": judge_contradiction,
    "message-sign": receiving.sign_a_message,
    "message-read": receiving.read_a_message,
    "message-open": receiving.open_a_message,
    "receipt-read": receiving.read_a_receipt,
    "answer-read": receiving.read_an_answer,
    "batches-receive": receiving.receive,
    "courier-file-read": receiving.read_a_file,
    "bundle-verify": verify_evidence,
    "identity-read": read_identity,
    "card-read": open_card,
    "history-follow": follow_history,
}
