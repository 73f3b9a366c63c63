"""How fast does the log grow, and how long do its proofs take? Appends, proofs at ten million, bundles, COSE receipts.

Run with `python benchmarks/ledger.py` from the project's root; `--entries` sets another size of the large log, for a
short run. On SQLite, each batch committed with one fsync. Beside the appends stand the hashing of the same rows alone,
and a plain insert of the same rows. The large log is made by writing its tiles, without statements. Times are medians.
The last line is one JSON object.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

import scitt_cose  # noqa: E402
from benchmarks.figures import Figure, figure, tell  # noqa: E402
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: E402
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat  # noqa: E402

from comity.cooperation.identity.keys import generate_keys  # noqa: E402
from comity.cooperation.ledger.append import NewEntry, append, head, inclusion_proof, root_at  # noqa: E402
from comity.cooperation.ledger.checkpoint import cosign, read_checkpoint, sign_checkpoint  # noqa: E402
from comity.cooperation.ledger.evidence import build_bundle, verify_bundle  # noqa: E402
from comity.cooperation.ledger.receipt_cose import inclusion_receipt  # noqa: E402
from comity.cooperation.ledger.store import (  # noqa: E402
    LedgerEntry,
    LogHead,
    insert_entries,
    lock_head,
    move_head,
    write_tiles,
)
from comity.cooperation.ledger.tiles import edge_of, grown, root_of  # noqa: E402
from comity.cooperation.ledger.tree import commitment, leaf_hash, verify_inclusion  # noqa: E402
from comity.cooperation.ledger.witness import keep_cosigned  # noqa: E402
from comity.foundation.clock import SystemClock  # noqa: E402
from comity.foundation.storage.base import Base  # noqa: E402
from comity.foundation.storage.session import Database  # noqa: E402

ENTRIES = 10_000_000
BATCH, BATCHES = 1_000, 40
STATEMENT_BYTES = 1_500  # of a signed message, as the exchange measures it
AT_ONCE = 65_536  # leaves in one step of making the large log: whole tiles of the second level
ASKED = 300  # proofs asked for, at places drawn with a fixed seed
CLOCK = SystemClock()
KENYA, UGANDA, RWANDA = (generate_keys(name, name) for name in ("KE", "UG", "RW"))


def appends(folder: Path) -> tuple[float, float, float]:
    """Return entries a second: appended and committed, hashed only, inserted only; medians of batches."""
    entries = [NewEntry("message-sent", f"d{number}", os.urandom(STATEMENT_BYTES)) for number in range(BATCH)]
    database = _database(folder / "appends.db")
    appended = [_seconds(lambda: _append(database, entries)) for _ in range(BATCHES)]
    hashed = [_seconds(lambda: _hash(entries)) for _ in range(BATCHES)]
    plain = _database(folder / "plain.db")
    inserted = [_seconds(_inserting(plain, entries, start)) for start in range(0, BATCH * BATCHES, BATCH)]
    for one in (database, plain):
        one.dispose()
    return BATCH / median(appended), BATCH / median(hashed), BATCH / median(inserted)


def proofs(folder: Path, entries: int) -> dict[str, float]:
    """Return milliseconds: a proof in the large log, a bundle verified, a COSE receipt verified."""
    database = _database(folder / "large.db")
    _make_large(database, entries)
    record = [NewEntry("message-sent", "d1", os.urandom(STATEMENT_BYTES)) for _ in range(4)]
    with database.transaction() as session:
        logged = append(session, record, CLOCK)
        _cosign(session)
        bundle = json.loads(
            json.dumps(build_bundle(session, subjects=["d1"], keys=KENYA, partners=[UGANDA.public, RWANDA.public]))
        )
    times = sorted(_proof_seconds(database, entries))
    told = {"inclusion": median(times) * 1000, "inclusion_p95": times[int(len(times) * 0.95)] * 1000}
    told["bundle"] = median(_seconds(lambda: verify_bundle(bundle)) for _ in range(ASKED)) * 1000
    told["cose"] = _cose_milliseconds(database, logged[0])
    database.dispose()
    return told


def _make_large(database: Database, entries: int) -> None:
    """Write the tiles of a log of `entries` leaves."""
    edge: dict[tuple[int, int], bytes] = {}
    for size in range(0, entries, AT_ONCE):
        count = min(AT_ONCE, entries - size)
        leaves = [hashlib.sha256(number.to_bytes(8, "big")).digest() for number in range(size, size + count)]
        with database.transaction() as session:
            changed = grown(size, edge, leaves)
            write_tiles(session, changed, kept=edge)
            tiles = {**edge, **changed}
            edge = {place: tiles[place] for place in edge_of(size + count)}
            move_head(session, LogHead(size + count, root_of(size + count, edge)))


def _cosign(session: Any) -> None:
    for witness in (UGANDA, RWANDA):
        own = read_checkpoint(sign_checkpoint(head(session), KENYA), KENYA.public)
        note = cosign(own, witness, CLOCK.now())
        keep_cosigned(session, partner=witness.public, note=note, own=KENYA.public, clock=CLOCK)
        append(session, [NewEntry("decision", "other", b"x")], CLOCK)


def _proof_seconds(database: Database, entries: int) -> list[float]:
    """Ask for proofs of entries all over the log, each in a session of its own, and check each."""
    with database.reading() as session:
        now = head(session)
    times = []
    for index in Random(1).choices(range(entries), k=ASKED):
        begun = time.perf_counter()
        with database.reading() as session:
            proof = inclusion_proof(session, index=index, size=now.size)
        times.append(time.perf_counter() - begun)
        leaf = hashlib.sha256(index.to_bytes(8, "big")).digest()
        verify_inclusion(leaf, index=index, size=now.size, proof=proof, root=now.root)
    return times


def _cose_milliseconds(database: Database, entry: LedgerEntry) -> float:
    with database.reading() as session:
        size = head(session).size
        log = LogHead(size, root_at(session, size))
        receipt = inclusion_receipt(
            entry, log=log, proof=inclusion_proof(session, index=entry.index, size=size), keys=KENYA
        )
    key = Ed25519PublicKey.from_public_bytes(KENYA.public.signing_key)
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    leaf = commitment(entry.salt or b"", entry.statement or b"").hex()

    def verify() -> None:
        if not scitt_cose.verify_receipt(receipt, leaf_entry_hex=leaf, log_public_key_pem=pem).ok:
            raise SystemExit("the receipt does not verify")

    return median(_seconds(verify) for _ in range(ASKED)) * 1000


def _append(database: Database, entries: list[NewEntry]) -> None:
    with database.transaction() as session:
        append(session, entries, CLOCK)


def _hash(entries: list[NewEntry]) -> None:
    salts = os.urandom(32 * len(entries))
    leaves = [leaf_hash(commitment(salts[at * 32 : at * 32 + 32], one.statement)) for at, one in enumerate(entries)]
    grown(0, {}, leaves)


def _inserting(database: Database, entries: list[NewEntry], start: int) -> Callable[[], None]:
    at, salt = CLOCK.now(), base64.b64encode(bytes(24))
    rows = [
        LedgerEntry(start + place, one.kind, one.subject, at, salt, salt, one.statement)
        for place, one in enumerate(entries)
    ]

    def insert() -> None:
        with database.transaction() as session:
            insert_entries(session, rows)

    return insert


def _database(path: Path) -> Database:
    database = Database(f"sqlite:///{path}")
    Base.metadata.create_all(database.engine)
    with database.transaction() as session:
        lock_head(session)
    return database


def _seconds(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def measure(entries: int) -> list[Figure]:
    """Measure every figure, the proofs in a log of this many entries."""
    with tempfile.TemporaryDirectory() as folder:
        appended, hashed, inserted = appends(Path(folder))
        told = proofs(Path(folder), entries)
    at = "10m" if entries == ENTRIES else str(entries)
    return [
        figure("ledger_appends_per_second", appended, "entries/s", least=50_000),
        figure("ledger_hashing_alone_per_second", hashed, "entries/s"),
        figure("ledger_plain_insert_per_second", inserted, "entries/s"),
        figure(f"inclusion_proof_ms_at_{at}", told["inclusion"], "ms", most=5),
        figure(f"inclusion_proof_p95_ms_at_{at}", told["inclusion_p95"], "ms"),
        figure("bundle_verify_ms", told["bundle"], "ms", most=20),
        figure("cose_receipt_verify_ms", told["cose"], "ms"),
    ]


def main() -> None:
    """Measure and print."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=ENTRIES)
    tell("ledger", measure(parser.parse_args().entries))


if __name__ == "__main__":
    main()
