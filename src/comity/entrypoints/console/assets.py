"""Where the console's vendored assets come from: two files of npm packages, copied beside our own style sheets."""

from __future__ import annotations

import shutil
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[3]
VENDORED = {
    "pico.min.css": "@picocss/pico/css/pico.min.css",
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
}


def copy_assets(modules: Path, target: Path) -> list[Path]:
    """Copy the vendored files from `modules` (a `node_modules` folder) to `target`; return what was written."""
    target.mkdir(parents=True, exist_ok=True)
    written = []
    for name, source in VENDORED.items():
        shutil.copyfile(modules / source, target / name)
        written.append(target / name)
    return written


if __name__ == "__main__":
    copy_assets(ROOT / "node_modules", HERE / "static" / "vendor")
