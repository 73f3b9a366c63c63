"""What does a line of 64 kbit/s carry that is 600 ms there and back and breaks off? Real export records, all proofs on.

Run with `python benchmarks/narrow_line.py` from the project's root. Two nodes run as processes with a TCP proxy between
them that is as narrow, as far and as unreliable; the share of overhead is all bytes that crossed it, both ways and with
what breaks wasted, over the bytes of the payloads. The last line is one JSON object.
"""

from __future__ import annotations

import sys
import tempfile
import time
from argparse import ArgumentParser
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from benchmarks.figures import figure, tell  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.progress import Progress  # noqa: E402
from sqlalchemy import text  # noqa: E402
from tests.simulators.lines import Line  # noqa: E402
from tests.simulators.processes import Served, reach_over, serve_pair, settled, wait_for  # noqa: E402

from comity.cooperation.agreements.release import ReleaseRequest, release  # noqa: E402
from comity.cooperation.exchange.outbox import enqueue_many  # noqa: E402
from comity.entrypoints.demo.world.generate import generate_world  # noqa: E402
from comity.features.declarations.canonical import to_record  # noqa: E402
from comity.foundation.canonical_json import canonical_json  # noqa: E402

MESSAGES, BYTES_PER_SECOND, LATENCY_SECONDS, CUT_EVERY = 60, 8_000.0, 0.3, 40_000


def queue(kenya: Served, messages: int) -> int:
    """Queue export records and return the bytes of their payloads."""
    records = [to_record(one) for one in generate_world(seed=1, consignments=messages).exports]
    with kenya.node.database.transaction() as session:
        releases = []
        for number in range(messages):
            request = ReleaseRequest(
                "UG",
                "export-record.v1",
                "export-declaration",
                "mirror-matching",
                f"d{number}",
                records[number % len(records)],
            )
            releases.append(release(session, request=request, sender="KE", clock=kenya.node.clock))
        enqueue_many(session, releases, keys=kenya.node.keys, clock=kenya.node.clock)
    return sum(len(canonical_json(one.payload)) for one in releases)


def carry(messages: int, cut_every: int | None, bar: Progress) -> dict[str, float]:
    """Carry a backlog over the line and return what it took."""
    with tempfile.TemporaryDirectory() as folder:
        kenya, uganda = serve_pair(Path(folder))
        payload = queue(kenya, messages)
        uganda.start()
        port = uganda.node.configuration.port
        with Line(port, BYTES_PER_SECOND, LATENCY_SECONDS, cut_every) as line:
            reach_over(kenya, "UG", line.port)
            reach_over(uganda, "KE", 1)
            kenya.start()
            wait_for(lambda: line.connections > 0)
            task, begun = bar.add_task(f"cut every {cut_every}", total=messages), time.monotonic()

            def is_through() -> bool:
                through = settled(kenya)
                bar.update(task, completed=through)
                return through == messages

            wait_for(is_through, seconds=3_600, every=0.2)
            seconds, carried, breaks = time.monotonic() - begun, line.carried, line.breaks
        with uganda.node.database.reading() as session:
            came = session.execute(
                text("SELECT count(*) FROM exchange_inbox WHERE refusal IS NULL AND agreement_id = 'ke-ug'")
            ).scalar_one()
        for served in (kenya, uganda):
            served.kill()
            served.node.close()
    return {
        "seconds": seconds,
        "overhead": carried / payload,
        "breaks": breaks,
        "lost": messages - came,
        "used": carried / (seconds * BYTES_PER_SECOND),
    }


def main() -> None:
    """Measure and print."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=MESSAGES)
    messages = parser.parse_args().messages
    with Progress(console=Console(stderr=True)) as bar:
        whole, broken = carry(messages, None, bar), carry(messages, CUT_EVERY, bar)
    figures = [
        figure("narrow_line_seconds_a_message", whole["seconds"] / messages, "s"),
        figure("narrow_line_wire_bytes_per_payload_byte", whole["overhead"], "bytes"),
        figure("narrow_line_share_of_width_used", whole["used"], "share"),
        figure("broken_line_seconds_a_message", broken["seconds"] / messages, "s"),
        figure("broken_line_wire_bytes_per_payload_byte", broken["overhead"], "bytes"),
        figure("broken_line_breaks", broken["breaks"], "breaks"),
        figure("lost", whole["lost"] + broken["lost"], "messages", most=0),
    ]
    tell("narrow_line", figures)


if __name__ == "__main__":
    main()
