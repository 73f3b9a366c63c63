"""How many megabytes of EDIFACT one core tokenises and checks in a second, beside pydifact and a bare bytes.split.

Run with `python benchmarks/edifact.py [--megabytes 2000]` from the project's root. Data: generated interchanges of
every mapped message type with release characters in one message of eight, and the published BAPLIE repeated where it
is beside the project. Each figure is the best of several passes, in seconds of processor time, so that neither
another process nor its share of the core counts as ours. `peak` is by how much the process grew over an
interchange of so many megabytes, read chunk by chunk. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from tests.builders.edifact import ALL, interchange  # noqa: E402

from comity.features.declarations.formats.edifact.interchange import messages  # noqa: E402
from comity.features.declarations.formats.edifact.message import Message  # noqa: E402
from comity.features.declarations.formats.edifact.read import read_edifact  # noqa: E402
from comity.features.declarations.formats.edifact.segments import chunked  # noqa: E402
from comity.features.declarations.reading import DEFAULT_LIMITS  # noqa: E402

GOAL_MB_PER_SECOND = 20
PASSES = 5
SAMPLE = ROOT.parent / "shared" / "data" / "edifact" / "samples" / "files" / "D95BBAPLIE.edi"
LIMITS = DEFAULT_LIMITS._replace(max_documents=10**9)


def generated(copies: int) -> bytes:
    """Return one interchange with every message type, `copies` times."""
    return interchange(*ALL * copies, joint="\r\n")


def published(copies: int) -> bytes | None:
    """Return the published BAPLIE's message repeated within its interchange, or None where it is not there."""
    if not SAMPLE.is_file():
        return None
    content = SAMPLE.read_bytes()
    start, end = content.index(b"UNH"), content.index(b"UNZ")
    return content[:start] + content[start:end] * copies + f"UNZ+{copies}+1865'".encode()


def tokenised(content: bytes) -> int:
    """Tokenise and check; return the number of segments."""
    count = 0
    for message in messages(chunked(content), limits=LIMITS):
        if not isinstance(message, Message) or any(one.code.endswith("-count") for one in message.findings):
            raise SystemExit("a good interchange was found to be bad")
        count += len(message.segments)
    return count


def mapped(content: bytes) -> int:
    """Read into values; return how many documents."""
    return sum(one.document is not None for one in read_edifact(content, limits=LIMITS))


def bare(content: bytes) -> int:
    """Split at the terminator and nothing else."""
    return len(content.split(b"'"))


def with_pydifact(content: bytes) -> int:
    """Parse as a user of pydifact would."""
    from pydifact.segmentcollection import Interchange

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        text = content.replace(b"\r\n", b"").decode("latin-1")
        return sum(len(message.segments) for message in Interchange.from_str(text).get_messages())


def mb_per_second(act: Callable[[bytes], int], content: bytes, passes: int = PASSES) -> float:
    """Return megabytes (10⁶ bytes) a second of processor time in the best pass."""
    best = float("inf")
    for _ in range(passes):
        started = time.process_time()
        act(content)
        best = min(best, time.process_time() - started)
    return len(content) / best / 1e6


def peak_mb(megabytes: int) -> float:
    """Return by how many megabytes the process's peak grew over an interchange of so many, made as it is read."""
    whole = interchange(*ALL)
    start, end = whole.index(b"UNH"), whole.index(b"UNZ")
    piece = whole[start:end] * 40
    rounds = megabytes * 1_000_000 // len(piece) + 1

    def chunks() -> Iterator[bytes]:
        yield whole[:start]
        for _ in range(rounds):
            yield piece
        yield f"UNZ+{rounds * 40 * len(ALL)}+REF7'".encode()

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    read = sum(isinstance(one, Message) for one in messages(chunks(), limits=LIMITS))
    if read != rounds * 40 * len(ALL):
        raise SystemExit("messages were lost")
    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


def figures(megabytes: int) -> Iterator[tuple[str, float, str, float | None]]:
    """Give each figure: name, value, unit, goal."""
    yield f"peak over {megabytes} MB", peak_mb(megabytes), "MiB", None
    for name, content in (("generated", generated(100)), ("published BAPLIE repeated", published(800))):
        if content is None:
            continue
        small = generated(6) if name == "generated" else published(60) or b""
        yield f"{name}: tokenised and checked", mb_per_second(tokenised, content), "MB/s", GOAL_MB_PER_SECOND
        yield f"{name}: bare bytes.split", mb_per_second(bare, content), "MB/s", None
        yield f"{name}: read into values", mb_per_second(mapped, small), "MB/s", None
        yield f"{name}: pydifact", mb_per_second(with_pydifact, small, passes=2), "MB/s", None


def measure(megabytes: int = 200) -> dict[str, float]:
    """Return the figures named in `benchmarks/documents.py`: the worse of generated and published interchanges."""
    found = {name: value for name, value, _, _ in figures(megabytes)}

    def worst(ending: str) -> float:
        return min(value for name, value in found.items() if name.endswith(ending))

    return {
        "edifact_mb_per_second": worst("tokenised and checked"),
        "edifact_mapped_mb_per_second": worst("read into values"),
        "edifact_bare_split_mb_per_second": worst("bare bytes.split"),
        "edifact_pydifact_mb_per_second": worst("pydifact"),
        "edifact_peak_mb": found[f"peak over {megabytes} MB"],
    }


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser()
    options.add_argument("--megabytes", type=int, default=200)
    told = []
    for name, value, unit, goal in figures(options.parse_args().megabytes):
        print(f"{name:48} {value:10.2f} {unit}")
        holds = None if goal is None else value >= goal
        told.append({"name": name, "value": round(value, 2), "unit": unit, "goal": goal, "holds": holds})
    print(json.dumps({"benchmark": "edifact", "cores": os.cpu_count(), "figures": told}))


if __name__ == "__main__":
    main()
