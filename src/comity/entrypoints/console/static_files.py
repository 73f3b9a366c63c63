"""How style sheets and script reach the browser: read once, named by content, cached for ever, compressed."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fastapi import Request, Response

FOLDER = Path(__file__).resolve().parent / "static"
PREFIX = "/console/static"
_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file in memory, plain and compressed, and the address that changes with its content."""

    address: str
    content_type: str
    plain: bytes
    compressed: bytes


def read_static_files(folder: Path = FOLDER) -> Mapping[str, StaticFile]:
    """Return every style sheet, script and picture of the console by its name (`vendor/pico.min.css`)."""
    files = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix not in _TYPES or not path.is_file():
            continue
        name, plain = path.relative_to(folder).as_posix(), path.read_bytes()
        mark = hashlib.sha256(plain).hexdigest()[:12]
        compressed = gzip.compress(plain, mtime=0)
        files[name] = StaticFile(f"{PREFIX}/{mark}/{name}", _TYPES[path.suffix], plain, compressed)
    return files


def answer_static(files: Mapping[str, StaticFile], request: Request, name: str) -> Response | None:
    """Return the file called `name`, compressed where the browser says it can; None when there is none."""
    file = files.get(name)
    if file is None:
        return None
    headers = {
        "content-type": file.content_type,
        "cache-control": "public, max-age=31536000, immutable",
        "vary": "accept-encoding",
    }
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(file.compressed, headers=headers | {"content-encoding": "gzip"})
    return Response(file.plain, headers=headers)
