"""How does a node start in a fraction of a second? A process that has imported everything forks one for each start.

A child runs what `comity serve` runs, in a process of its own, and can be killed as any other.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Nursery:
    """The forking process; everything it started ends with it."""

    def __enter__(self) -> Nursery:
        environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.simulators.nursery"],
            cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            start_new_session=True,
        )  # fmt: skip
        self._asking = threading.Lock()
        self._ask("ready")
        return self

    def __exit__(self, *_error: object) -> None:
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()

    def start(self, home: Path) -> int:
        """Start the node in `home` and return its process id."""
        return int(self._ask(str(home)))

    def _ask(self, line: str) -> str:
        assert self._process.stdin and self._process.stdout
        with self._asking:
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()
            return self._process.stdout.readline().strip()


def kill(pid: int) -> None:
    """Kill a process as a power cut would (signal 9), and wait until it is gone."""
    os.kill(pid, signal.SIGKILL)
    while True:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.002)


def _serve(home: Path) -> None:
    from comity.entrypoints.node import open_node
    from comity.entrypoints.server import run_server
    from comity.foundation.settings import read_settings

    log = os.open(home / "serve.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(log, stream)
    run_server(open_node(replace(read_settings({}), home=home, requests_per_minute=1_000_000)))


def _rear() -> None:
    import comity.entrypoints.server
    import comity.migrations.upgrade  # noqa: F401 - all that a node needs is imported before the first fork

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the system takes away those that were killed
    for line in sys.stdin:
        if line.strip() == "ready":
            answer = "ready"
        else:
            child = os.fork()
            if child == 0:
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                os.close(0)
                try:
                    _serve(Path(line.strip()))
                finally:
                    os._exit(3)
            answer = str(child)
        sys.stdout.write(answer + "\n")
        sys.stdout.flush()
    os.killpg(0, signal.SIGKILL)  # whoever asked has ended: so do all that it started


if __name__ == "__main__":
    _rear()
