"""What a node is made of: its home folder, keys, database, clock and equipment, wired in one place."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from random import Random, SystemRandom
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from comity.cooperation.bridges.xroad import XRoadTransport
from comity.cooperation.bridges.xroad_settings import XRoad, load_xroad
from comity.cooperation.exchange.card import PeerCard, write_card
from comity.cooperation.exchange.taking import Handler, ReceivedMessage
from comity.cooperation.exchange.transport import HttpTransport, Transport
from comity.cooperation.identity.key_file import KeyFile, no_token, save_keys, save_recovery_key
from comity.cooperation.identity.keys import NodeKeys, PublicIdentity, generate_keys, new_signer
from comity.cooperation.identity.statement import Signer, recovery_hash
from comity.cooperation.identity.tls import create_certificate
from comity.cooperation.identity.token import Token, TokenSigner, read_address
from comity.entrypoints.meters import Meters
from comity.features.declarations.requirements import Requirements, read_requirements
from comity.features.mirror.settings import load_thresholds
from comity.features.risk.assess import SelectionPolicy
from comity.features.risk.profile_memory import ProfileMemory
from comity.features.risk.profiles import load_profiles
from comity.flows.change_keys import announce_keys
from comity.flows.check_codes import CodeChecks
from comity.flows.clearing import Clearing
from comity.flows.keep_received import keep_received
from comity.flows.receive_message import handlers_for
from comity.flows.train_classification import ModelMemory
from comity.foundation.clock import Clock, SystemClock
from comity.foundation.errors import ComityError, Severity
from comity.foundation.rates import load_rates
from comity.foundation.settings import Settings, read_settings
from comity.foundation.storage.session import Database
from comity.migrations.upgrade import migrate

KEYS, CERTIFICATE, TLS_KEY, CONFIGURATION, CARD = "keys.json", "tls-cert.pem", "tls-key.pem", "node.json", "card.json"
NEXT_CERTIFICATE, NEXT_TLS_KEY, RECOVERY_KEY = "tls-cert.next.pem", "tls-key.next.pem", "recovery-key.json"
KEY_STORE_FILE = "file"


WITNESS_POLICY = "witness-policy.txt"
RULES, SCHEMAS = "rules", "schemas"


class HomeExists(ComityError):
    """This folder already holds a node; choose another folder, or use the node that is there."""

    code = "node.home-exists"
    status = 409


class HomeMissing(ComityError):
    """This folder holds no node; make one with `comity init`."""

    code = "node.home-missing"
    status = 500


@dataclass(frozen=True, slots=True)
class NodeConfiguration:
    """What a node's home says about it: who it is and where it listens."""

    authority: str
    name: str
    url: str
    host: str
    port: int


class Node:
    """One administration's node, open: the doors take from it what they pass to a flow."""

    def __init__(self, settings: Settings, configuration: NodeConfiguration, clock: Clock) -> None:
        self.settings = settings
        self.configuration = configuration
        self.token = open_token(settings)
        self.key_file = KeyFile(settings.home / KEYS, self.token.find if self.token else no_token)
        self.certificate_taken_up: Callable[[], None] = lambda: None
        self.clock = clock
        self.database = Database(settings.resolved_database_url)

    @property
    def keys(self) -> NodeKeys:
        """Return the node's keys as they are now: a rotation in another process is seen at once."""
        return self.key_file.keys()

    @property
    def identity(self) -> PublicIdentity:
        """Return what partners know of this node."""
        return self.keys.public

    @property
    def certificate(self) -> Path:
        """Return the path of the node's TLS certificate (PEM)."""
        return self.settings.home / CERTIFICATE

    @property
    def tls_key(self) -> Path:
        """Return the path of the TLS private key (PEM)."""
        return self.settings.home / TLS_KEY

    @property
    def witness_policy(self) -> str | None:
        """Return the operator's witness policy (C2SP tlog-policy), where there is one in the home folder."""
        path = self.settings.home / WITNESS_POLICY
        return path.read_text(encoding="utf-8") if path.exists() else None

    @cached_property
    def requirements(self) -> Requirements | None:
        """Return what the home folder's `rules` and `schemas` require of documents, read once; None without either.

        Raises:
            RulePacksRefused, SchemaUnreadable: something of them cannot be used.
        """
        rules, schemas = self.settings.home / RULES, self.settings.home / SCHEMAS
        return read_requirements(
            rules=rules if rules.is_dir() else None, schemas=schemas if schemas.is_dir() else None, clock=self.clock
        )

    def new_signer(self) -> Signer:
        """Make a fresh signing key where this node keeps its signing key."""
        return self.token.generate() if self.token else new_signer()

    def forget_signer(self, signer: Signer) -> None:
        """Destroy a signing key that was handed over, where it lies in the token."""
        if self.token is not None and isinstance(signer, TokenSigner):
            self.token.destroy(signer.public_key)

    def take_up_certificate(self) -> None:
        """Let the running server use the certificate that lies in the home now."""
        self.certificate_taken_up()

    @property
    def equipment(self) -> Clearing:
        """Return the equipment of clearing, with the keys as they are now."""
        keys, equipment = self.keys, self._equipment
        return equipment if equipment.keys is keys else replace(equipment, keys=keys)

    @cached_property
    def _equipment(self) -> Clearing:
        """Return the equipment of clearing: profiles, rates and thresholds are read once."""
        return Clearing(
            keys=self.keys,
            clock=self.clock,
            profiles=(profiles := load_profiles()),
            profile_memory=ProfileMemory(profiles),
            rates=load_rates(),
            thresholds=load_thresholds(),
            policy=SelectionPolicy(),
            random=SystemRandom(),
            most_waiting=self.settings.max_waiting_messages,
            codes=CodeChecks(
                self.keys.authority, severity=Severity(self.settings.unknown_codes), home=self.settings.home
            ),
        )

    def clearing(self, random: Random | None = None) -> Clearing:
        """Return the equipment of clearing, with `random` in place of the system's when given."""
        return self.equipment if random is None else replace(self.equipment, random=random)

    @cached_property
    def classification(self) -> ModelMemory:
        """Return the memory of the classification model."""
        return ModelMemory()

    @cached_property
    def meters(self) -> Meters:
        """Return what this process measures while it works."""
        return Meters()

    @property
    def handlers(self) -> Mapping[str, Handler]:
        """Return the one table from message type to the flow that takes it."""
        return handlers_for(self.equipment)

    def keep_received(self, session: Session, messages: Sequence[ReceivedMessage]) -> None:
        """Start what begins when messages have come in: the retention clock."""
        keep_received(session, messages, clearing=self.equipment)

    @cached_property
    def xroad(self) -> XRoad | None:
        """Return which partners are reached over X-Road, or None when this node is not on X-Road."""
        return load_xroad(self.settings.home)

    def transport_to(self, authority: str) -> Transport:
        """Return what carries batches to a partner: X-Road where it is set so, else HTTPS to the card's address."""
        if self.xroad is not None and self.xroad.reaches(authority):
            return XRoadTransport(self.xroad)
        return HttpTransport()

    def close(self) -> None:
        """Close the database."""
        self.database.dispose()


def create_node(configuration: NodeConfiguration, settings: Settings, clock: Clock | None = None) -> Node:
    """Make a node in `settings.home`: keys, recovery key, certificate, card, database at the newest schema.

    Raises:
        HomeExists: the folder already holds keys.
    """
    home, clock = settings.home, clock or SystemClock()
    home.mkdir(parents=True, exist_ok=True)
    if (home / KEYS).exists():
        raise HomeExists
    token, recovery = open_token(settings), new_signer()
    keys = generate_keys(
        configuration.authority,
        configuration.name,
        signer=token.generate() if token else new_signer(),
        recovery=recovery_hash(recovery.public_key),
        at=clock.now(),
    )
    save_recovery_key(recovery, home / RECOVERY_KEY)
    save_keys(keys, home / KEYS)
    create_certificate(
        authority=configuration.authority,
        hosts=hosts_of(configuration.host, configuration.url),
        certificate=home / CERTIFICATE,
        key=home / TLS_KEY,
        at=clock.now(),
    )
    _write_new(home / CONFIGURATION, json.dumps(asdict(configuration), indent=2))
    card = PeerCard(keys.public, configuration.url, (home / CERTIFICATE).read_text(encoding="ascii"))
    _write_new(home / CARD, json.dumps(write_card(card, keys), indent=2))
    node = open_node(settings, clock)
    with node.database.transaction() as session:
        announce_keys(session, keys=node.keys, clock=clock)
    return node


def open_node(settings: Settings | None = None, clock: Clock | None = None) -> Node:
    """Open the node in `settings.home` and bring its database to the newest schema.

    Raises:
        HomeMissing: the folder holds no node.
    """
    settings = settings or read_settings()
    path = settings.home / CONFIGURATION
    if not path.exists():
        raise HomeMissing(f"{settings.home} holds no node; make one with `comity init --home {settings.home}`")
    configuration = NodeConfiguration(**json.loads(path.read_text(encoding="utf-8")))
    node = Node(settings, configuration, clock or SystemClock())
    migrate(node.database)
    node.key_file.keys()  # fails here, with its name, where they cannot be read
    return node


def open_token(settings: Settings) -> Token | None:
    """Return the token that holds the signing key, or None when the key file holds it.

    Raises:
        TokenUnusable: the setting names no token.
    """
    return None if settings.key_store == KEY_STORE_FILE else Token(read_address(settings.key_store))


def hosts_of(host: str, url: str) -> list[str]:
    """Return under which names and addresses partners reach a node."""
    return sorted({host, "127.0.0.1", "localhost", urlsplit(url).hostname or ""})


def _write_new(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
