"""A connection whose request head is slow or large is closed; one that behaves is answered."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pytest
import uvicorn
from uvicorn.server import ServerState

from comity.entrypoints import connection
from comity.entrypoints.connection import HEAD_BYTES, BoundedHttp

REQUEST = b"GET / HTTP/1.1\r\nhost: node\r\n\r\n"


async def answering(_scope, _receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


@asynccontextmanager
async def connected():
    configuration = uvicorn.Config(answering, http=BoundedHttp, log_config=None, lifespan="off")
    configuration.load()
    state = ServerState()
    server = await asyncio.get_running_loop().create_server(
        lambda: BoundedHttp(configuration, state, {}), "127.0.0.1", 0
    )
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    try:
        yield reader, writer
    finally:
        writer.close()
        server.close()


@pytest.fixture(autouse=True)
def short_patience(monkeypatch):
    monkeypatch.setattr(connection, "HEAD_SECONDS", 0.3)


async def drip(writer, letters):
    for letter in letters:
        writer.write(letter)
        await asyncio.sleep(0.05)


def run(act):
    async def within():
        async with asyncio.timeout(10), connected() as line:
            return await act(*line)

    return asyncio.run(within())


def test_whole_request_is_answered():
    async def act(reader, writer):
        writer.write(REQUEST)
        return await reader.readuntil(b"ok")

    assert b"200" in run(act)


def test_second_request_on_the_same_line_is_answered_after_a_pause():
    async def act(reader, writer):
        for _ in range(2):
            writer.write(REQUEST)
            await reader.readuntil(b"ok")
            await asyncio.sleep(0.4)
        writer.write(REQUEST)
        return await reader.readuntil(b"ok")

    assert b"200" in run(act)


def test_head_that_drips_in_is_cut_off():
    async def act(reader, writer):
        dripping = asyncio.create_task(drip(writer, [b"G", b"E", b"T", b" "] * 20))
        came = await reader.read()
        dripping.cancel()
        return came

    assert run(act) == b""


def test_line_that_says_nothing_is_cut_off():
    async def act(reader, _writer):
        return await reader.read()

    assert run(act) == b""


def test_second_head_that_drips_in_is_cut_off():
    async def act(reader, writer):
        writer.write(REQUEST)
        await reader.readuntil(b"ok")
        dripping = asyncio.create_task(drip(writer, [b"\r\n"] * 60))
        came = await reader.read()
        dripping.cancel()
        return came

    assert run(act) == b""


def test_head_beyond_its_bound_is_cut_off():
    async def act(reader, writer):
        writer.write(b"GET / HTTP/1.1\r\nx: " + b"a" * (HEAD_BYTES + 1))
        return await reader.read()

    assert run(act) == b""


def test_body_larger_than_the_bound_of_a_head_is_taken():
    async def act(reader, writer):
        size = HEAD_BYTES * 4
        writer.write(b"POST / HTTP/1.1\r\nhost: node\r\ncontent-length: %d\r\n\r\n" % size + b"a" * size)
        return await reader.readuntil(b"ok")

    assert b"200" in run(act)
