"""Which partners are reached over X-Road, and as whom? Read once from `xroad.toml` in the node's home.

Identifiers are those of the X-Road Message Protocol for REST 1.0 (PR-REST), sections 4.1 and 4.2: parts in UTF-8, each
percent-encoded by itself, joined by slashes. A road is this node's own matter and stands in no card: what a partner
signs are its keys, and those stay the authority whichever way a batch came.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from comity.cooperation.bridges.errors import XRoadHeaderInvalid, XRoadSettingsInvalid

FILE = "xroad.toml"
LONGEST_PART = 255  # characters of one part of an identifier, as in X-Road's own database
FORBIDDEN = frozenset(':;/\\%"')  # PR-REST 4.8 advises against them in identifiers; the quote ends a header's text

Identifier = tuple[str, ...]
CLIENT_PARTS, SERVICE_PARTS, SERVER_PARTS, PARTY_PARTS = (3, 4), (4, 5), (4,), (1, 2)


@dataclass(frozen=True, slots=True)
class XRoadPartner:
    """One partner's places on X-Road: `service` is where our batches go, `client` where its own come from."""

    service: Identifier | None = None
    client: Identifier | None = None
    represented_party: Identifier | None = None
    security_server: Identifier | None = None


@dataclass(frozen=True, slots=True)
class XRoad:
    """Our security server and subsystem, and the partners on X-Road by authority."""

    security_server: str
    client: Identifier
    certificate: Path | None = None
    client_certificate: Path | None = None
    client_key: Path | None = None
    represented_party: Identifier | None = None
    partners: Mapping[str, XRoadPartner] = field(default_factory=lambda: MappingProxyType({}))

    def reaches(self, authority: str) -> bool:
        """Claim that batches for this partner go over X-Road."""
        return self.partners.get(authority, XRoadPartner()).service is not None

    def authority_of(self, client: Identifier, represented_party: Identifier | None) -> str | None:
        """Return the partner that sends from this client for this party, or None."""
        for authority, partner in self.partners.items():
            if (partner.client, partner.represented_party) == (client, represented_party):
                return authority
        return None


def read_identifier(text: str, *, parts: Iterable[int]) -> Identifier:
    """Read an X-Road identifier of one of these numbers of parts.

    Raises:
        XRoadHeaderInvalid: it has another number of parts, or a part that no identifier may be.
    """
    raw = text.split("/")
    if len(raw) not in tuple(parts) or len(text) > 5 * 3 * LONGEST_PART:
        raise XRoadHeaderInvalid(f"an X-Road identifier of {' or '.join(map(str, parts))} parts was expected")
    try:
        read = tuple(unquote(part, errors="strict") for part in raw)
    except UnicodeDecodeError as error:
        raise XRoadHeaderInvalid("a part of an X-Road identifier is not percent-encoded UTF-8") from error
    for part in read:
        if not 0 < len(part) <= LONGEST_PART or not part.isprintable() or FORBIDDEN & set(part) or part in (".", ".."):
            raise XRoadHeaderInvalid("a part of an X-Road identifier is empty, too long or holds a forbidden character")
    return read


def write_identifier(identifier: Identifier) -> str:
    """Return an identifier as it stands in a header or an address."""
    return "/".join(quote(part, safe="") for part in identifier)


def load_xroad(home: Path) -> XRoad | None:
    """Read `xroad.toml` in a node's home; None when there is none.

    Raises:
        XRoadSettingsInvalid: the file is not one, or has a field too many or too few.
    """
    path = home / FILE
    if not path.exists():
        return None
    try:
        return _read(tomllib.loads(path.read_text(encoding="utf-8")), home)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise XRoadSettingsInvalid(f"{FILE} is not TOML: {error}", path=FILE) from error


def _read(record: dict[str, Any], home: Path) -> XRoad:
    known = {"security_server", "client", "certificate", "client_certificate", "client_key", "represented_party"}
    _only(record, known | {"partners"}, "")
    partners = record.get("partners", {})
    if not isinstance(partners, dict) or not all(isinstance(partner, dict) for partner in partners.values()):
        raise XRoadSettingsInvalid("a table [partners.CC] for each partner was expected", path="partners")
    xroad = XRoad(
        security_server=_address(record),
        client=_needed(_identifier(record, "client", "client", CLIENT_PARTS), "client"),
        certificate=_file(record, "certificate", home),
        client_certificate=_file(record, "client_certificate", home),
        client_key=_file(record, "client_key", home),
        represented_party=_identifier(record, "represented_party", "represented_party", PARTY_PARTS),
        partners=MappingProxyType({name: _partner(name, partner) for name, partner in partners.items()}),
    )
    if xroad.security_server.startswith("https:") and xroad.certificate is None:
        raise XRoadSettingsInvalid("the security server's certificate (PEM) is needed to trust it", path="certificate")
    if (xroad.client_certificate is None) != (xroad.client_key is None):
        raise XRoadSettingsInvalid("client_certificate and client_key belong together", path="client_key")
    _check_distinct(xroad)
    return xroad


def _partner(name: str, record: dict[str, Any]) -> XRoadPartner:
    place = f"partners.{name}"
    if not (len(name) == 2 and name.isascii() and name.isalpha() and name.isupper()):
        raise XRoadSettingsInvalid("a partner is named by two capital letters", path=place)
    _only(record, {"service", "client", "represented_party", "security_server"}, f"{place}.")
    partner = XRoadPartner(
        service=_identifier(record, "service", f"{place}.service", SERVICE_PARTS),
        client=_identifier(record, "client", f"{place}.client", CLIENT_PARTS),
        represented_party=_identifier(record, "represented_party", f"{place}.represented_party", PARTY_PARTS),
        security_server=_identifier(record, "security_server", f"{place}.security_server", SERVER_PARTS),
    )
    if partner.service is None and partner.client is None:
        raise XRoadSettingsInvalid("a service, a client or both are needed", path=place)
    return partner


def _check_distinct(xroad: XRoad) -> None:
    """Two partners with one client would make the client say nothing about who sent a batch."""
    senders = [(one.client, one.represented_party) for one in xroad.partners.values() if one.client is not None]
    if len(senders) != len(set(senders)):
        raise XRoadSettingsInvalid("two partners have the same client and represented party", path="partners")


def _address(record: dict[str, Any]) -> str:
    text = record.get("security_server")
    parts = urlsplit(text) if isinstance(text, str) else None
    if parts is None or parts.scheme not in ("https", "http") or not parts.hostname or parts.query or parts.fragment:
        raise XRoadSettingsInvalid("https://… or http://… of the security server was expected", path="security_server")
    return parts.geturl().rstrip("/")


def _identifier(record: dict[str, Any], name: str, place: str, parts: Iterable[int]) -> Identifier | None:
    text = record.get(name)
    if text is None:
        return None
    if not isinstance(text, str):
        raise XRoadSettingsInvalid("an X-Road identifier in quotes was expected", path=place)
    try:
        return read_identifier(text, parts=parts)
    except XRoadHeaderInvalid as error:
        raise XRoadSettingsInvalid(error.message, path=place) from error


def _file(record: dict[str, Any], name: str, home: Path) -> Path | None:
    text = record.get(name)
    if text is None:
        return None
    if not isinstance(text, str) or not (home / text).is_file():
        raise XRoadSettingsInvalid("a file was expected, its path from the node's home", path=name)
    return home / text


def _needed(identifier: Identifier | None, name: str) -> Identifier:
    if identifier is None:
        raise XRoadSettingsInvalid("an X-Road identifier was expected", path=name)
    return identifier


def _only(record: dict[str, Any], known: set[str], place: str) -> None:
    for name in sorted(set(record) - known):
        raise XRoadSettingsInvalid(f"only {', '.join(sorted(known))} are known here", path=f"{place}{name}")
