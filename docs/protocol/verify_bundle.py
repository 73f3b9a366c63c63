"""Verify Comity evidence bundles without Comity: `python verify_bundle.py BUNDLE.json …`; needs `cryptography`.

All that ledger.md says is checked, but the witness policy. Compare the fingerprints with those that you were told.
"""

import base64
import hashlib
import json
import sys
import time

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def check(key, signature, text):
    Ed25519PublicKey.from_public_bytes(key).verify(signature, text.encode())  # raises InvalidSignature


def need(holds, words):
    if not holds:
        raise ValueError(words)


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def raw(text, length=None):
    content = base64.b64decode(text, validate=True)
    need(base64.b64encode(content).decode() == text and length in (None, len(content)), "base64 has one spelling")
    return content


def canonical(value, without=""):
    """RFC 8785 for what a bundle holds: names in ASCII, no fractions. Anything else would not verify."""
    value = {name: value[name] for name in value if name != without}
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def read_identity(record):
    """Verify the key history; return authority, fingerprint, and each signing key with the time it is revoked since."""
    authority, history, hashes, revoked = record["authority"], record["history"], ["0" * 64], {}
    for at, one in enumerate(history):
        text = "comity-key-statement.v1\n" + canonical(one, "signatures")
        before, recovers = history[max(at - 1, 0)], one["kind"] == "recovery"
        need((one["authority"], one["sequence"], one["previous"]) == (authority, at, hashes[-1]), "a broken history")
        promise = sha(raw(one["recovery_key"], 32)).hex() if recovers and at else one["recovery"]
        need(promise == before["recovery"], "not the recovery key that was promised")
        vouching = [one["recovery_key"] if recovers else before["signing_key"], one["signing_key"]]
        for key, signature in zip(vouching if at else vouching[1:], one["signatures"], strict=True):
            check(raw(key, 32), raw(signature, 64), text)
        hashes.append(sha(text.encode()).hex())
        for gone in one["revoked"]:
            key = history[gone["sequence"]]["signing_key"]
            revoked[key] = min(gone["since"], revoked.get(key, gone["since"]))
    return authority, hashes[1], {raw(one["signing_key"]): revoked.get(one["signing_key"]) for one in history}


def signed_in(note, authority, keys, kind):
    """Return the note's text, and key and signature of the line of this kind that one of the keys made."""
    body, _, lines = note.rpartition("\n\n")
    name = f"comity/{authority}"
    for key in keys:
        for line in lines.splitlines():
            signer, _, blob = line.removeprefix("— ").rpartition(" ")
            if signer == name and raw(blob)[:4] == sha(name.encode(), b"\n", kind, key)[:4]:
                return body + "\n", key, raw(blob)[4:]
    raise ValueError(f"no signature of {name}")


def climb(path, at, last, grows):
    """Walk up the tree of RFC 9162, sections 2.1.3.2 and (if it grows) 2.1.4.2; return the older and newer root."""
    while grows and at & 1:
        at, last = at >> 1, last >> 1
    older = newer = path[0]
    for step in path[1:]:
        need(last, "proof too long")
        if at & 1 or at == last:
            older, newer = sha(b"\1", step, older), sha(b"\1", step, newer)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            older, newer = older if grows else sha(b"\1", older, step), sha(b"\1", newer, step)
        at, last = at >> 1, last >> 1
    need(not last, "proof too short")
    return older, newer


def check_entry(entry, size, root, agreements):
    index, leaf, statement = entry["index"], raw(entry["leaf"], 32), entry["statement"]
    path = [leaf, *(raw(step, 32) for step in entry["proof"])]
    need(0 <= index < size and climb(path, index, size - 1, False)[1] == root, "not in the log")
    if statement is None:
        return need(entry["salt"] is None, "a salt without its statement")
    need(sha(b"\0", sha(raw(entry["salt"], 32), raw(statement))) == leaf, "statement and salt do not make the leaf")
    if entry["kind"] in ("message-sent", "message-received", "message-refused"):
        content = raw(statement).split(b".")[1]
        header = json.loads(base64.urlsafe_b64decode(content + b"=" * (-len(content) % 4)))["header"]
        known = agreements.get(header["agreement_id"], header["agreement_hash"])
        need(known == header["agreement_hash"], "a message is under another text of its agreement")


def verify(bundle):
    """Give what the bundle proves, line by line; raises where it does not hold."""
    authority, fingerprint, keys = read_identity(bundle["log"])
    check(list(keys)[-1], raw(bundle["signature"], 64), "comity-evidence.v1\n" + canonical(bundle, "signature"))
    stated, seen, others, notes = [], [], {authority, *keys}, bundle["checkpoints"]
    for note in notes:
        text, key, signature = signed_in(note, authority, keys, b"\1")
        check(key, signature, text)
        origin, size, root = text.split("\n")[:3]
        need(origin == f"comity/{authority}", "another log")
        stated.append((int(size), raw(root, 32), keys[key] or ""))
    size, root, _ = min(stated)
    need(bundle["format"] == "comity-evidence.v1" and bundle["size"] == size and bundle["entries"], "another form")
    for (new, its_root, _), proof in zip(stated, bundle.get("consistency") or [[]] * len(notes), strict=True):
        path = [*([] if size & (size - 1) else [root]), *(raw(step, 32) for step in proof)]
        reached = climb(path, size - 1, new - 1, True) if size != new else (root, root)
        need(reached == (root, its_root), "the checkpoints contradict each other")
    yield f"log of {authority}, {size} entries; fingerprint {fingerprint}"
    for position, record in enumerate(bundle["witnesses"]):
        witness, fingerprint, its_keys = read_identity(record)
        need(not others & {witness, *its_keys}, "a witness confirms itself")
        others |= {witness, *its_keys}
        text, key, blob = signed_in(notes[min(position, len(notes) - 1)], witness, its_keys, b"\4")
        seconds = int.from_bytes(blob[:8], "big")
        check(key, blob[8:], f"cosignature/v1\ntime {seconds}\n{text}")
        seen.append((time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds)), its_keys[key]))
        need(its_keys[key] is None or seen[-1][0] < its_keys[key], "co-signed with a revoked key")
        yield f"co-signed by {witness} at {seen[-1][0]}; fingerprint {fingerprint}"
    for _, _, since in stated:
        need(not since or any(at < since for at, gone in seen if not gone), "seen by nobody before its key was revoked")
    shown = [one["agreement"] for one in bundle["context"].get("agreements", [])]
    agreements = {one["id"]: sha(canonical(one).encode()).hex() for one in shown}
    for entry in bundle["entries"]:
        check_entry(entry, size, root, agreements)
        yield f"entry {entry['index']}, {entry['at']}: {entry['kind']} {entry['subject']}"


if __name__ == "__main__":
    failed = len(sys.argv) < 2
    for name in sys.argv[1:]:
        try:
            with open(name, encoding="utf-8") as file:
                print(f"{name}: holds", *verify(json.load(file)), sep="\n  ")
        except Exception as error:
            failed = True
            print(f"{name}: DOES NOT HOLD: {type(error).__name__}: {error}")
    sys.exit(failed)
