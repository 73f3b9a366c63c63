"""How the demonstration's two administrations are set up: homes, partners, one agreement, accounts, two processes."""

from __future__ import annotations

import secrets
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import httpx

from comity.cooperation.agreements.agreement import Agreement, agreement_hash
from comity.cooperation.agreements.draft import draft_agreement
from comity.cooperation.agreements.lifecycle import sign_agreement
from comity.cooperation.exchange.card import PeerCard
from comity.cooperation.exchange.store import add_peer
from comity.entrypoints.api.scopes import Scope
from comity.entrypoints.api.tokens import issue_token
from comity.entrypoints.console.accounts import add_officer
from comity.entrypoints.node import Node, NodeConfiguration, create_node
from comity.flows.sign_agreement import take_in
from comity.foundation.errors import ComityError
from comity.foundation.settings import read_settings

NAMES = {"KE": "Kenya Revenue Authority", "UG": "Uganda Revenue Authority"}
EXPORTER, IMPORTER = "KE", "UG"
AGREEMENT_ID = "ke-ug-demo"
START_SECONDS = 60.0
ROLES = ("examiner", "analyst", "legal", "engineer")


class NodeNotStarted(ComityError):
    """A node of the demonstration did not answer in time; its output is in `serve.log` in its home folder."""

    code = "demo.node-not-started"
    status = 500


@dataclass(frozen=True, slots=True)
class StagedNode:
    """One running node of the demonstration."""

    node: Node
    token: str
    accounts: tuple[tuple[str, str], ...]
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        """Return the node's address."""
        return self.node.configuration.url

    def client(self) -> httpx.Client:
        """Return a client that trusts this node's certificate only and carries the trader system's token."""
        context = ssl.create_default_context(cafile=str(self.node.certificate))
        return httpx.Client(
            base_url=self.url, verify=context, headers={"Authorization": f"Bearer {self.token}"}, timeout=60.0
        )


@dataclass(frozen=True, slots=True)
class Stage:
    """The two nodes and what they agreed."""

    exporter: StagedNode
    importer: StagedNode
    agreement: Agreement

    @property
    def agreement_hash(self) -> str:
        """Return the hash both nodes signed."""
        return agreement_hash(self.agreement)


@contextmanager
def staged(folder: Path) -> Iterator[Stage]:
    """Set up both nodes under `folder`, run them as processes, and stop them when the block ends."""
    with ExitStack() as closing:
        nodes = {authority: _create(authority, folder) for authority in (EXPORTER, IMPORTER)}
        for node in nodes.values():
            closing.callback(node.close)
        _introduce(nodes[EXPORTER], nodes[IMPORTER])
        _introduce(nodes[IMPORTER], nodes[EXPORTER])
        agreement = _agree(nodes)
        running = {}
        for authority, node in nodes.items():
            accounts, token = _make_accounts(node)
            running[authority] = StagedNode(node, token, accounts, closing.enter_context(serving(node)))
        for staged_node in running.values():
            wait_until_healthy(staged_node)
        yield Stage(running[EXPORTER], running[IMPORTER], agreement)


@contextmanager
def serving(node: Node) -> Iterator[subprocess.Popen[bytes]]:
    """Run `comity serve` for `node` as a process of its own."""
    command = [sys.executable, "-m", "comity", "serve", "--home", str(node.settings.home)]
    with (node.settings.home / "serve.log").open("ab") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)  # noqa: S603 - our own command
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_until_healthy(staged_node: StagedNode) -> None:
    """Wait until the node answers.

    Raises:
        NodeNotStarted: it ended, or did not answer in time.
    """
    deadline = time.monotonic() + START_SECONDS
    with staged_node.client() as client:
        while time.monotonic() < deadline and staged_node.process.poll() is None:
            try:
                if client.get("/health").status_code == httpx.codes.OK:
                    return
            except httpx.TransportError:
                time.sleep(0.1)
    raise NodeNotStarted


def free_port() -> int:
    """Return a port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _create(authority: str, folder: Path) -> Node:
    port = free_port()
    configuration = NodeConfiguration(authority, NAMES[authority], f"https://127.0.0.1:{port}", "127.0.0.1", port)
    return create_node(configuration, replace(read_settings({}), home=folder / authority.lower()))


def _introduce(node: Node, partner: Node) -> None:
    card = PeerCard(partner.identity, partner.configuration.url, partner.certificate.read_text(encoding="ascii"))
    with node.database.transaction() as session:
        add_peer(session, card, clock=node.clock)


def _agree(nodes: dict[str, Node]) -> Agreement:
    today = nodes[EXPORTER].clock.now().date()
    agreement = draft_agreement(
        id=AGREEMENT_ID,
        parties=(EXPORTER, IMPORTER),
        valid_from=date(today.year, 1, 1),
        valid_to=date(today.year + 5, 12, 31),
    )
    signatures = [sign_agreement(agreement, node.keys) for node in nodes.values()]
    for node in nodes.values():
        with node.database.transaction() as session:
            take_in(session, agreement, signatures, clearing=node.clearing())
    return agreement


def _make_accounts(node: Node) -> tuple[tuple[tuple[str, str], ...], str]:
    with node.database.transaction() as session:
        accounts = []
        for role in ROLES:
            password = secrets.token_urlsafe(12)
            add_officer(session, role, password, (role,), clock=node.clock)
            accounts.append((role, password))
        token = issue_token(session, "demo-customs-system", list(Scope), node.clock)
    return tuple(accounts), token
