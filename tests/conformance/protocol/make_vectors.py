"""Write the test vectors: what is right is computed, what is refused is named here and checked.

    python tests/conformance/protocol/make_vectors.py

Everything is made from the seeds in `keys.py`. Signatures are deterministic (RFC 8032); seals are not, so a seal that
stands in a file is kept as long as it opens to what it should.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from tests.conformance.protocol import (
    agreements,
    canonical,
    couriers,
    envelopes,
    evidence,
    exchanges,
    identity,
    ledger,
    lifecycle,
)
from tests.conformance.protocol.adapter import answer

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "protocol" / "vectors"
LONG = 100  # characters of JSON, from which a value is written once for many vectors
FORMAT = "comity-vectors.v1"
AREAS = {
    "canonical-json": canonical.vectors,
    "agreement": agreements.vectors,
    "lifecycle": lifecycle.vectors,
    "tree": ledger.tree_vectors,
    "checkpoint": ledger.checkpoint_vectors,
    "identity": identity.vectors,
    "envelope": envelopes.vectors,
    "exchange": exchanges.vectors,
    "courier": couriers.vectors,
    "evidence": evidence.vectors,
}


def written(area: str) -> str:
    """Return the text of one file."""
    vectors = [_complete(one) for one in AREAS[area]()]
    names = [one["name"] for one in vectors]
    assert len(names) == len(set(names)), "two vectors of one name"
    common = _common(vectors)
    for one in vectors:
        shared = common.get(one["operation"], {})
        one["input"] = {name: value for name, value in one["input"].items() if shared.get(name) != value}
    content = {"format": FORMAT, "area": area, "common": common, "vectors": vectors}
    return json.dumps(content, indent=1, ensure_ascii=True) + "\n"


def _common(vectors: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return, by operation, the long values that most of its inputs have, where every input has the field."""
    common: dict[str, dict[str, Any]] = {}
    for operation in sorted({one["operation"] for one in vectors}):
        inputs = [one["input"] for one in vectors if one["operation"] == operation]
        for name in sorted(set.intersection(*(set(one) for one in inputs))):
            text, times = Counter(json.dumps(one[name]) for one in inputs).most_common(1)[0]
            if times > 2 and len(text) > LONG:
                common.setdefault(operation, {})[name] = json.loads(text)
    return common


def _complete(vector: dict[str, Any]) -> dict[str, Any]:
    """Add the expected answer of a good vector; check that a bad one is refused as it says."""
    question = {"operation": vector["operation"], "input": vector["input"]}
    found = answer(json.dumps(question))
    if "error" in vector:
        assert found == {"error": vector["error"]}, f"{vector['name']}: {found}"
    else:
        assert "result" in found, f"{vector['name']}: {found}"
    if "opens" in vector:
        assert found == {"result": {"jws": vector["opens"]}}, vector["name"]
    told = {"tells": vector["tells"]} if "tells" in vector else {}
    assert told.get("tells", "") in json.dumps(found), f"{vector['name']}: {found}"
    return {"name": vector["name"], **told, **question, "expected": found}


def main() -> None:
    """Write every file."""
    FOLDER.mkdir(exist_ok=True)
    for area in AREAS:
        (FOLDER / f"{area}.json").write_text(written(area), encoding="utf-8")


def all_vectors() -> Iterator[dict[str, Any]]:
    """Give every vector that is written down."""
    for file in sorted(FOLDER.glob("*.json")):
        content = json.loads(file.read_text(encoding="utf-8"))
        for one in content["vectors"]:
            yield {**one, "input": {**content["common"].get(one["operation"], {}), **one["input"]}}


if __name__ == "__main__":
    main()
