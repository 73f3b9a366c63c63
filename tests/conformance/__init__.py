"""Conformance tests: documents and schemas that nobody in this project wrote, where they are present."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"


def shared_data(folder: str) -> Path:
    """Return a folder of third-party data beside the project; without it the test says that it could not run."""
    found = SHARED / folder
    if not found.is_dir():
        pytest.skip(f"third-party data {folder} is not beside the project (../shared/data)")
    return found
