"""Write the test vectors: what is right is computed, what is refused is named here and checked.

    python tests/conformance/protocol/make_vectors.py

Everything is made from the seeds in `keys.py`. Signatures are deterministic (RFC 8032); seals are not, so a seal that
stands in a file is kept as long as it opens to what it should.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from tests.conformance.protocol import agreements, canonical, evidence, identity, ledger
from tests.conformance.protocol.adapter import answer

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "protocol" / "vectors"
FORMAT = "comity-vectors.v1"
AREAS = {
    "canonical-json": canonical.vectors,
    "agreement": agreements.vectors,
    "tree": ledger.tree_vectors,
    "checkpoint": ledger.checkpoint_vectors,
    "identity": identity.vectors,
    "evidence": evidence.vectors,
}


def written(area: str) -> str:
    """Return the text of one file."""
    vectors = [_complete(one) for one in AREAS[area]()]
    names = [one["name"] for one in vectors]
    assert len(names) == len(set(names)), "two vectors of one name"
    return json.dumps({"format": FORMAT, "area": area, "vectors": vectors}, indent=1, ensure_ascii=True) + "\n"


def _complete(vector: dict[str, Any]) -> dict[str, Any]:
    """Add the expected answer of a good vector; check that a bad one is refused as it says."""
    question = {"operation": vector["operation"], "input": vector["input"]}
    found = answer(json.dumps(question))
    if "error" in vector:
        assert found == {"error": vector["error"]}, f"{vector['name']}: {found}"
    else:
        assert "result" in found, f"{vector['name']}: {found}"
    return {"name": vector["name"], **question, "expected": found}


def main() -> None:
    """Write every file."""
    FOLDER.mkdir(exist_ok=True)
    for area in AREAS:
        (FOLDER / f"{area}.json").write_text(written(area), encoding="utf-8")


def all_vectors() -> Iterator[dict[str, Any]]:
    """Give every vector that is written down."""
    for file in sorted(FOLDER.glob("*.json")):
        yield from json.loads(file.read_text(encoding="utf-8"))["vectors"]


if __name__ == "__main__":
    main()
