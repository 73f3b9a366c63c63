"""How does a batch travel over X-Road? As the body of a REST call from security server to security server.

X-Road Message Protocol for REST 1.0 (PR-REST). X-Road adds its own log and its members' certificates; who sent a batch
is still what the batch's signature says. The two must agree, or the batch is refused.
"""

from __future__ import annotations

import hashlib
import logging
import ssl
from collections.abc import Callable, Mapping
from uuid import uuid4

import httpx

from comity.cooperation.bridges.errors import XRoadClientMismatch, XRoadClientUnknown, XRoadFailed, XRoadHeaderInvalid
from comity.cooperation.bridges.xroad_settings import (
    CLIENT_PARTS,
    PARTY_PARTS,
    Identifier,
    XRoad,
    read_identifier,
    write_identifier,
)
from comity.cooperation.exchange.batch import Claim, decode
from comity.cooperation.exchange.errors import PartnerUnreachable
from comity.cooperation.exchange.jws import peek
from comity.cooperation.exchange.store import Peer
from comity.cooperation.exchange.transport import ANSWER_SECONDS, CONNECT_SECONDS, PATH, bounded, refusal

PROTOCOL = "r1"  # PR-REST 2.3: the major version stands in the address
CLIENT, MESSAGE_ID, ISSUE, ERROR = "X-Road-Client", "X-Road-Id", "X-Road-Issue", "X-Road-Error"
REPRESENTED_PARTY, SECURITY_SERVER = "X-Road-Represented-Party", "X-Road-Security-Server"
REQUEST_ID = "X-Road-Request-Id"

# Beginning of the error's type (PR-REST 4.6) -> where it failed; the first that fits counts.
SIDES = (
    ("Client", "our request is not one that X-Road takes"),
    ("Server.ClientProxy", "our security server failed"),
    ("Server.ServerProxy.AccessDenied", "the partner has not given our X-Road client the right to call its service"),
    ("Server.ServerProxy.Service", "the partner's security server got no answer from the partner's node"),
    ("Server.ServerProxy.NetworkError", "the partner's security server got no answer from the partner's node"),
    ("Server.ServerProxy", "the partner's security server failed"),
    ("", "X-Road failed"),
)

log = logging.getLogger(__name__)


class XRoadTransport:
    """Posts batches through this node's security server; see `exchange.transport.Transport`."""

    def __init__(self, xroad: XRoad, new_id: Callable[[], str] = lambda: str(uuid4())) -> None:
        self._xroad = xroad
        self._new_id = new_id
        self._client: httpx.Client | None = None

    def post(self, peer: Peer, body: bytes) -> bytes:
        """Return the partner's answer to `body`.

        Raises:
            XRoadFailed: one of the security servers failed or refused; nothing reached the partner, or no answer came.
            PartnerUnreachable: our security server does not answer.
            PartnerRefused: the partner's node answered with an error.
        """
        headers = self._headers(peer, body)
        try:
            with self._open().stream("POST", self._address(peer), content=body, headers=headers) as answer:
                content = bounded(answer)
        except (httpx.HTTPError, ssl.SSLError, OSError) as error:
            raise PartnerUnreachable(f"our security server: {type(error).__name__}: {error}") from error
        log.info(
            "bridges.xroad-carried partner=%s id=%s request=%s",
            peer.authority,
            headers[MESSAGE_ID],
            answer.headers.get(REQUEST_ID, "none")[:64],
        )
        if ERROR in answer.headers:
            raise XRoadFailed(_where(answer.headers[ERROR]))
        if answer.status_code != httpx.codes.OK:
            raise refusal(answer, content)
        return content

    def close(self) -> None:
        """Close the connection to the security server."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def _address(self, peer: Peer) -> str:
        service = self._xroad.partners[peer.authority].service
        if service is None:
            raise PartnerUnreachable(f"{peer.authority} has no service on X-Road; name it in xroad.toml")
        return f"{self._xroad.security_server}/{PROTOCOL}/{write_identifier(service)}{PATH}"

    def _headers(self, peer: Peer, body: bytes) -> dict[str, str]:
        partner = self._xroad.partners[peer.authority]
        headers = {
            CLIENT: write_identifier(self._xroad.client),
            MESSAGE_ID: self._new_id(),
            ISSUE: hashlib.sha256(body).hexdigest(),  # finds the batch in the security servers' logs
            "Content-Type": "application/octet-stream",
            "Accept": "application/octet-stream, application/json",
        }
        if self._xroad.represented_party is not None:
            headers[REPRESENTED_PARTY] = write_identifier(self._xroad.represented_party)
        if partner.security_server is not None:
            headers[SECURITY_SERVER] = write_identifier(partner.security_server)
        return headers

    def _open(self) -> httpx.Client:
        if self._client is None:
            timeout = httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS)
            self._client = httpx.Client(verify=_trust(self._xroad), timeout=timeout, trust_env=False)
        return self._client


def check_client(xroad: XRoad, headers: Mapping[str, list[str]], body: bytes) -> str:
    """Return the partner whose batch this is: the one that the X-Road client and the batch both name.

    `headers` are all values of each header, by its name in lower case. The batch is not verified here: the inbox does
    that, with the key of the sender that the batch names.

    Raises:
        XRoadHeaderInvalid: the client or the represented party is absent, given twice or not of its form.
        XRoadClientUnknown: no partner sends from this client.
        XRoadClientMismatch: the batch says it is from another partner.
        EnvelopeInvalid: it is no batch.
    """
    client = _one(headers, CLIENT, CLIENT_PARTS)
    if client is None:
        raise XRoadHeaderInvalid(path=CLIENT)
    authority = xroad.authority_of(client, _one(headers, REPRESENTED_PARTY, PARTY_PARTS))
    if authority is None:
        raise XRoadClientUnknown(path=CLIENT)
    if decode(peek(body), Claim).sender != authority:
        raise XRoadClientMismatch(path=CLIENT)
    return authority


def _one(headers: Mapping[str, list[str]], name: str, parts: tuple[int, ...]) -> Identifier | None:
    given = headers.get(name.lower(), [])
    if len(given) > 1:
        raise XRoadHeaderInvalid(f"{name} is given {len(given)} times", path=name)
    if not given:
        return None
    try:
        return read_identifier(given[0], parts=parts)
    except XRoadHeaderInvalid as error:
        raise XRoadHeaderInvalid(error.message, path=name) from error


def _where(error_type: str) -> str:
    told = "".join(character for character in error_type[:100] if character.isprintable())
    return f"{next(side for start, side in SIDES if told.startswith(start))}: {told}"


def _trust(xroad: XRoad) -> ssl.SSLContext:
    """Trust the certificate in the settings and no other; without one, an address with https cannot be reached."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if xroad.certificate is not None:
        context.load_verify_locations(cafile=str(xroad.certificate))
    if xroad.client_certificate is not None:
        context.load_cert_chain(str(xroad.client_certificate), str(xroad.client_key))
    return context
