"""The floors: the import contracts of pyproject.toml hold."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_imports_keep_every_contract():
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]

    # In a process of its own, since it sets up logging for itself.
    ran = subprocess.run(command, cwd=Path(__file__).resolve().parents[2], capture_output=True, text=True)

    assert ran.returncode == 0, ran.stdout + ran.stderr
