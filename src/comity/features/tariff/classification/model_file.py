"""How does a model lie in a file? Plain arrays and JSON, no pickled object; read only when its hash is as recorded."""

from __future__ import annotations

import hashlib
import io
import json
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from comity.features.tariff.classification.errors import ModelAltered, ModelMissing
from comity.features.tariff.classification.evidence import Evidence, Level
from comity.features.tariff.classification.meaning import Softmax, Vectors
from comity.features.tariff.classification.model import Known, Meaning, Model, Parts, Vagueness
from comity.features.tariff.classification.nomenclature import Nomenclature
from comity.features.tariff.classification.words import telling_words

FORM = 1
LARGEST = 512 * 1024 * 1024  # bytes; a guess, twenty times what the published terms make
Arrays = dict[str, Any]


def to_bytes(model: Model) -> bytes:
    """Return the file of a model; equal models give equal bytes."""
    arrays: Arrays = {"fusion": model.fusion, "frequency": model.parts.frequency}
    for name, evidence in (("words", model.parts.words), ("letters", model.parts.letters)):
        arrays[f"{name}.rarity"] = evidence.rarity
        for number, level in enumerate(evidence.levels):
            arrays[f"{name}.{number}.starts"] = level.starts
            arrays[f"{name}.{number}.classes"] = level.classes
            arrays[f"{name}.{number}.values"] = level.values.astype(np.float32)
    for part in ("weights", "means", "scales"):
        arrays[f"vagueness.{part}"] = getattr(model.vagueness, part)
    if model.parts.meaning is not None:
        arrays["vectors"] = model.parts.meaning.vectors.table
        for number, softmax in enumerate(model.parts.meaning.levels):
            arrays[f"meaning.{number}.weights"] = softmax.weights.astype(np.float16)
            arrays[f"meaning.{number}.bias"] = softmax.bias
    text = json.dumps(_texts(model), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    arrays["texts"] = np.frombuffer(text.encode(), np.uint8)
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def sha256_of(content: bytes) -> str:
    """Return the hash by which a model's bytes are recorded."""
    return hashlib.sha256(content).hexdigest()


def version_of(edition: str, sha256: str) -> str:
    """Return the name of a model's version: its edition and the beginning of its hash."""
    return f"{edition.lower()}-{sha256[:12]}"


def read_model(path: Path, *, sha256: str) -> Model:
    """Read a model whose bytes have the recorded hash.

    Raises:
        ModelMissing: there is no file.
        ModelAltered: its bytes are others, or not a model of this form.
    """
    if not path.is_file():
        raise ModelMissing
    if path.stat().st_size > LARGEST:
        raise ModelAltered
    content = path.read_bytes()
    if sha256_of(content) != sha256:
        raise ModelAltered
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            return _model(arrays, sha256)
    except (BadZipFile, ValueError, KeyError, OSError, EOFError) as error:
        raise ModelAltered from error


def _texts(model: Model) -> dict[str, Any]:
    meaning = model.parts.meaning
    return {
        "form": FORM,
        "edition": model.nomenclature.edition,
        "nomenclature": dict(model.nomenclature.texts),
        "words": list(model.parts.words.vocabulary),
        "letters": list(model.parts.letters.vocabulary),
        "pieces": list(meaning.vectors.pieces) if meaning else [],
        "threshold": model.vagueness.threshold,
        "known": [[known.text, known.code] for each in model.known.values() for known in each],
    }


def _model(arrays: Mapping[str, Any], sha256: str) -> Model:
    texts = json.loads(arrays["texts"].tobytes())
    if texts["form"] != FORM:
        raise ModelAltered("The model file is of another version of Comity: train again")
    known: dict[str, list[Known]] = defaultdict(list)
    for text, code in texts["known"]:
        known[code[:6]].append(Known(text, code, frozenset(telling_words(text))))
    parts = Parts(
        words=_evidence(arrays, texts, "words"),
        letters=_evidence(arrays, texts, "letters"),
        frequency=arrays["frequency"],
        meaning=_meaning(arrays, texts) if texts["pieces"] else None,
    )
    vagueness = Vagueness(
        arrays["vagueness.weights"], arrays["vagueness.means"], arrays["vagueness.scales"], texts["threshold"]
    )
    nomenclature = Nomenclature(texts["edition"], texts["nomenclature"])
    version = version_of(nomenclature.edition, sha256)
    return Model(version, nomenclature, parts, arrays["fusion"], vagueness, dict(known))


def _evidence(arrays: Mapping[str, Any], texts: Mapping[str, Any], name: str) -> Evidence:
    levels = [
        Level(*(arrays[f"{name}.{number}.{part}"] for part in ("starts", "classes", "values"))) for number in range(3)
    ]
    vocabulary = {word: number for number, word in enumerate(texts[name])}
    return Evidence(vocabulary, arrays[f"{name}.rarity"], (levels[0], levels[1], levels[2]))


def _meaning(arrays: Mapping[str, Any], texts: Mapping[str, Any]) -> Meaning:
    vectors = Vectors({piece: number for number, piece in enumerate(texts["pieces"])}, arrays["vectors"])
    levels = [
        Softmax(arrays[f"meaning.{number}.weights"].astype(np.float32), arrays[f"meaning.{number}.bias"])
        for number in range(3)
    ]
    return Meaning(vectors, (levels[0], levels[1], levels[2]))
