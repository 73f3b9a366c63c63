"""The least that could take a partner's bytes: HTTPS, a body read to its end, an answer of the same size."""

from __future__ import annotations

import multiprocessing
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from comity.entrypoints.demo.stage import free_port


@contextmanager
def served_bare(certificate: Path, key: Path, answer_bytes: int) -> Iterator[str]:
    """Serve in a process of its own, with the same server as a node, and give the address."""
    port = free_port()
    process = multiprocessing.get_context("spawn").Process(
        target=_serve, args=(str(certificate), str(key), port, answer_bytes), daemon=True
    )
    process.start()
    deadline = time.monotonic() + 30
    while not _answers(port):
        assert time.monotonic() < deadline, "the bare server did not start"
        time.sleep(0.05)
    try:
        yield f"https://127.0.0.1:{port}/"
    finally:
        process.kill()
        process.join()


def _serve(certificate: str, key: str, port: int, answer_bytes: int) -> None:
    answer = b"a" * answer_bytes

    async def app(scope, receive, send):
        if scope["type"] != "http":
            return
        while (await receive()).get("more_body"):
            pass
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": answer})

    uvicorn.run(
        app, host="127.0.0.1", port=port, ssl_certfile=certificate, ssl_keyfile=key, log_level="error", lifespan="off"
    )


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex(("127.0.0.1", port)) == 0
