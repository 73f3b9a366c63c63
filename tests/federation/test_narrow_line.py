"""At 64 kbit/s, 600 ms away and broken off again and again: everything arrives once, in batches the line bears."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from comity.features.mirror.store import all_exports
from tests.simulators.lines import Line
from tests.simulators.processes import queue, reach_over, serve_pair, settled, wait_for

MESSAGES = 12


@pytest.fixture
def pair(tmp_path):
    kenya, uganda = serve_pair(tmp_path)
    yield kenya, uganda
    for served in (kenya, uganda):
        served.kill()
        served.node.close()


def test_everything_arrives_once_over_a_narrow_line_that_breaks(pair):
    kenya, uganda = pair
    queue(kenya, MESSAGES)
    uganda.start()
    with ExitStack() as stack:
        port = uganda.node.configuration.port
        line = stack.enter_context(Line(port, latency_seconds=0.3, cut_every=30_000))
        reach_over(kenya, "UG", line.port)
        reach_over(uganda, "KE", 1)
        kenya.start()

        wait_for(lambda: settled(kenya) == MESSAGES, seconds=180)

    assert line.breaks >= 1
    with uganda.node.database.reading() as session:
        assert sorted(record.mrn for record in all_exports(session)) == sorted(f"M{one}" for one in range(MESSAGES))
