"""What listens where a partner's node should: a server with any certificate and protocol that answers fixed bytes."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from comity.cooperation.identity.tls import create_certificate


def a_certificate(folder: Path, name: str, at: datetime, *, hosts: list[str] | None = None) -> tuple[Path, Path]:
    """Make a certificate and its key; return their paths."""
    certificate, key = folder / f"{name}.pem", folder / f"{name}-key.pem"
    create_certificate(authority="UG", hosts=hosts or ["127.0.0.1"], certificate=certificate, key=key, at=at)
    return certificate, key


@contextmanager
def listening(
    answer: bytes = b"",
    *,
    certificate: tuple[Path, Path] | None = None,
    newest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3,
) -> Iterator[int]:
    """Answer every connection with the same bytes, over TLS where a certificate is given; give the port."""
    context = None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*map(str, certificate))
        context.maximum_version = newest
    listener = socket.create_server(("127.0.0.1", 0))
    stopping = threading.Event()
    thread = threading.Thread(target=_answer, args=(listener, context, answer, stopping), daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        stopping.set()
        listener.close()
        thread.join(5)


def _answer(listener: socket.socket, context: ssl.SSLContext | None, answer: bytes, stopping: threading.Event) -> None:
    listener.settimeout(0.1)
    while not stopping.is_set():
        try:
            connection, _ = listener.accept()
        except TimeoutError:
            continue
        except OSError:
            return
        connection.settimeout(2)
        try:
            with connection, context.wrap_socket(connection, server_side=True) if context else connection as spoken:
                spoken.recv(65536)
                spoken.sendall(answer)
        except OSError:  # the caller left in the middle of the handshake: that is what is being tested
            continue
