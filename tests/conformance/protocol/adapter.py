"""This project behind the command interface of the test vectors: one line of JSON in, one line out."""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from comity.foundation.errors import ComityError
from tests.conformance.protocol.operations import OPERATIONS


def answer(line: str) -> dict[str, object]:
    """Answer one question."""
    question = json.loads(line)
    operation = OPERATIONS.get(question["operation"])
    if operation is None:
        return {"unsupported": True}
    try:
        return {"result": operation(question["input"])}
    except ComityError as refusal:
        return {"error": refusal.code}


if __name__ == "__main__":
    for line in sys.stdin:
        sys.stdout.write(json.dumps(answer(line)) + "\n")
        sys.stdout.flush()
