"""How does a node get its classification model? Trained, written to its home, its hash signed and put in the log."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from comity.cooperation.identity.keys import NodeKeys
from comity.cooperation.ledger.append import NewEntry, append
from comity.features.tariff.classification.errors import ModelAltered, ModelMissing
from comity.features.tariff.classification.model import Model
from comity.features.tariff.classification.model_file import read_model, sha256_of, to_bytes, version_of
from comity.foundation.canonical_json import canonical_json
from comity.foundation.clock import Clock

FOLDER, RECORD = "classification", "model.json"
_ABOUT = ("version", "sha256", "edition", "seed", "terms", "vague", "sources", "trained_at")
_LARGEST_RECORD = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Made:
    """A trained model with what its record says of it."""

    model: Model
    seed: int
    terms: int
    vague: int
    sources: Sequence[Path]


def keep_model(session: Session, made: Made, *, home: Path, keys: NodeKeys, clock: Clock) -> dict[str, Any]:
    """Write the model and its signed record to the node's home, log the hash, return the record."""
    content = to_bytes(made.model)
    sha256 = sha256_of(content)
    version = version_of(made.model.nomenclature.edition, sha256)
    record: dict[str, Any] = {
        "version": version,
        "sha256": sha256,
        "edition": made.model.nomenclature.edition,
        "seed": made.seed,
        "terms": made.terms,
        "vague": made.vague,
        "sources": [{"name": path.name, "sha256": _hash_of(path)} for path in made.sources],
        "trained_at": clock.now().isoformat(),
    }
    statement = canonical_json(record)
    append(session, [NewEntry("classification-model", version, statement)], clock)
    folder = home / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    _replace(folder / f"{version}.npz", content)
    _replace(folder / RECORD, json.dumps({**record, "signature": keys.sign(statement).hex()}, indent=1).encode())
    return record


def open_model(home: Path, *, keys: NodeKeys) -> Model:
    """Read the node's model.

    Raises:
        ModelMissing: none has been trained here.
        ModelAltered: the record is not signed by this node, or the file is not the recorded one.
    """
    path = home / FOLDER / RECORD
    if not path.is_file():
        raise ModelMissing
    if path.stat().st_size > _LARGEST_RECORD:
        raise ModelAltered
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        statement = canonical_json({name: record[name] for name in _ABOUT})
        version, sha256 = str(record["version"]), str(record["sha256"])
        signature = bytes.fromhex(record["signature"])
    except (ValueError, KeyError, TypeError) as error:
        raise ModelAltered from error
    if not keys.public.has_signed(signature, statement) or version != version_of(str(record["edition"]), sha256):
        raise ModelAltered
    return read_model(home / FOLDER / f"{version}.npz", sha256=sha256)


def model_record(home: Path) -> Path:
    """Return where the record of the model in force lies: it changes when another model is trained."""
    return home / FOLDER / RECORD


def _replace(path: Path, content: bytes) -> None:
    beside = path.with_suffix(path.suffix + ".new")
    beside.write_bytes(content)
    beside.replace(path)


def _hash_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


class ModelMemory:
    """Keeps the node's model between questions, until another one is trained."""

    def __init__(self) -> None:
        self._known: tuple[int, Model] | None = None

    def current(self, home: Path, *, keys: NodeKeys) -> Model:
        """Return the model in force, read again when its record has changed.

        Raises:
            ModelMissing, ModelAltered: as `open_model`.
        """
        path = model_record(home)
        stamp = path.stat().st_mtime_ns if path.is_file() else 0
        if self._known is None or self._known[0] != stamp:
            self._known = stamp, open_model(home, keys=keys)
        return self._known[1]
