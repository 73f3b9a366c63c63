"""How far does one get towards a partner? Name, connection, TLS, certificate, clock: each step needs the one before.

The clock is read from the Date of an HTTP answer (RFC 9110 section 6.6.1), exact to a second.
"""

from __future__ import annotations

import hashlib
import socket
import ssl
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from cryptography import x509

from comity.cooperation.exchange.operation.diagnosis import BETWEEN, OURS, THEIRS, Diagnosis, fault, fine
from comity.cooperation.exchange.store import Peer
from comity.foundation.clock import Clock

CONNECT_SECONDS = 5.0
LARGEST_HEAD_BYTES = 16 * 1024
Found = tuple[list[Diagnosis], timedelta | None]


class _Stopped(Exception):
    """A step found a fault, so that those behind it cannot be taken."""

    def __init__(self, diagnosis: Diagnosis) -> None:
        self.diagnosis = diagnosis


def reach(peer: Peer, clock: Clock, *, seconds: float = CONNECT_SECONDS) -> Found:
    """Return what each step found, up to the first fault, and how far the partner's clock is ahead, where it told."""
    checks: list[Diagnosis] = []
    try:
        host, port = _address(peer, checks)
        _resolve(host, port, checks)
        presented = _presented(host, port, seconds, checks)
        _compare(presented, peer, clock, checks)
        return checks, _ahead(host, port, peer, clock, seconds, checks)
    except _Stopped as stopped:
        return [*checks, stopped.diagnosis], None


def _address(peer: Peer, checks: list[Diagnosis]) -> tuple[str, int]:
    try:
        parts = urlsplit(peer.url)
        host, port = parts.hostname, parts.port or 443
    except ValueError:
        host, port, parts = None, 0, urlsplit("")
    if parts.scheme != "https" or not host:
        raise _Stopped(fault("address", THEIRS, "the card's address is not https://…; ask for a new card"))
    checks.append(fine("address", THEIRS, f"{host}, port {port}"))
    return host, port


def _resolve(host: str, port: int, checks: list[Diagnosis]) -> None:
    try:
        socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        if error.errno == socket.EAI_AGAIN:
            message = f"our name server does not answer for {host}; look at this machine's resolver"
            raise _Stopped(fault("dns", OURS, message)) from error
        message = f"the name {host} does not exist; ask the partner whether its address has changed"
        raise _Stopped(fault("dns", THEIRS, message)) from error
    except UnicodeError as error:
        raise _Stopped(fault("dns", THEIRS, "the card's host is no name; ask for a new card")) from error
    checks.append(fine("dns", THEIRS, f"{host} resolves"))


def _connect(host: str, port: int, seconds: float) -> socket.socket:
    try:
        return socket.create_connection((host, port), timeout=seconds)
    except ConnectionRefusedError as error:
        message = f"{host} refuses port {port}: its node does not run, or not there; ask the partner to start it"
        raise _Stopped(fault("tcp", THEIRS, message)) from error
    except TimeoutError as error:
        message = (
            f"no answer from {host}, port {port}, within {seconds:.0f} s: a firewall on the way, or the machine is off"
        )
        raise _Stopped(fault("tcp", BETWEEN, message)) from error
    except OSError as error:
        message = f"there is no way from here to {host} ({error.strerror}); look at this machine's network"
        raise _Stopped(fault("tcp", OURS, message)) from error


def _presented(host: str, port: int, seconds: float, checks: list[Diagnosis]) -> bytes:
    """Return the certificate that the partner presents (DER), trusted or not."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    connection = _connect(host, port, seconds)
    checks.append(fine("tcp", BETWEEN, f"port {port} is open"))
    with closing(connection):
        try:
            with context.wrap_socket(connection, server_hostname=host) as secured:
                return secured.getpeercert(binary_form=True) or b""
        except ssl.SSLError as error:
            raise _Stopped(fault("tls", THEIRS, _why_no_tls(error))) from error
        except OSError as error:
            message = "the connection ends before TLS begins: a proxy or firewall on the way, or the node is overloaded"
            raise _Stopped(fault("tls", BETWEEN, message)) from error


def _why_no_tls(error: ssl.SSLError) -> str:
    reason = error.reason or ""
    if "PROTOCOL_VERSION" in reason or "UNSUPPORTED_PROTOCOL" in reason:
        return (
            "the partner does not speak TLS 1.3, which the exchange needs; a proxy in front of it must pass TLS through"
        )
    if reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNEXPECTED_EOF_WHILE_READING", "RECORD_LAYER_FAILURE"):
        return "what listens there does not speak TLS; ask the partner which port its node has"
    return f"the partner ends the TLS handshake ({reason.lower().replace('_', ' ')}); ask it to look at its node"


def _compare(presented: bytes, peer: Peer, clock: Clock, checks: list[Diagnosis]) -> None:
    try:
        pinned = ssl.PEM_cert_to_DER_cert(peer.tls_certificate)
        ends = x509.load_der_x509_certificate(pinned).not_valid_after_utc
    except ValueError as error:
        raise _Stopped(
            fault("certificate", OURS, "the certificate kept here is damaged; add the card again")
        ) from error
    if presented != pinned:
        message = (
            f"the partner presents certificate {_short(presented)}, pinned is {_short(pinned)}: it has a new one, or "
            "someone stands between; ask by telephone, then add its new card"
        )
        raise _Stopped(fault("certificate", THEIRS, message))
    if ends < clock.now():
        message = f"the certificate ended on {ends.date()}; the partner must make a new one and send its card"
        raise _Stopped(fault("certificate", THEIRS, message))
    checks.append(fine("certificate", THEIRS, f"as pinned, {_short(pinned)}, valid until {ends.date()}"))


def _ahead(host: str, port: int, peer: Peer, clock: Clock, seconds: float, checks: list[Diagnosis]) -> timedelta | None:
    """Return how far the partner's clock is ahead of ours, or None when it does not say."""
    context = ssl.create_default_context(cadata=peer.tls_certificate)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    try:
        with closing(_connect(host, port, seconds)) as raw, context.wrap_socket(raw, server_hostname=host) as secured:
            begun = clock.now()
            secured.sendall(f"GET /health HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode("ascii"))
            head = _head(secured.recv)
            middle = begun + (clock.now() - begun) / 2
    except ssl.SSLCertVerificationError as error:
        message = f"the pinned certificate is not good for {host}: {error.verify_message}; ask for a new card"
        raise _Stopped(fault("tls", THEIRS, message)) from error
    except (ssl.SSLError, OSError, UnicodeError) as error:
        message = "the partner ends the connection without an answer; ask it to look at its node"
        raise _Stopped(fault("http", THEIRS, message)) from error
    checks.append(fine("tls", BETWEEN, "TLS 1.3"))
    told = next((line for line in head.split(b"\r\n") if line.lower().startswith(b"date:")), None)
    try:
        return None if told is None else _instant(told) - middle
    except (ValueError, TypeError):
        return None


def _instant(line: bytes) -> datetime:
    at = parsedate_to_datetime(line.partition(b":")[2].decode("ascii", "replace").strip())
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _head(receive: Callable[[int], bytes]) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head and len(head) < LARGEST_HEAD_BYTES:
        piece = receive(4096)
        if not piece:
            break
        head += piece
    return head.partition(b"\r\n\r\n")[0]


def _short(certificate: bytes) -> str:
    return hashlib.sha256(certificate).hexdigest()[:16]
