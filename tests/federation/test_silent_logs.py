"""What was traded stands in no log line and in no metric, whatever happens to it: taken, refused, failed, retried."""

from __future__ import annotations

import logging

import pytest

from comity.cooperation.exchange.dead_letters import dead_letters, release_anew
from comity.cooperation.identity.key_file import save_keys
from comity.entrypoints.logs import JsonLines, TextLines
from comity.entrypoints.metrics import exposition
from comity.entrypoints.node import KEYS, Node, NodeConfiguration
from comity.foundation.errors import ComityError
from comity.foundation.settings import Settings
from tests.simulators.nodes import EXPORT

SECRETS = ("26KE000111222333A4", "Lakeside Roasters", "5400.25", "COFFEE-LOT-7")


class _Lines(logging.Handler):
    def __init__(self):
        super().__init__()
        self.lines = []

    def emit(self, record):
        self.lines += [JsonLines().format(record), TextLines().format(record)]


@pytest.fixture
def lines():
    """Return every line that the process log would hold, from information on, in both forms."""
    handler, root = _Lines(), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield handler.lines
    root.removeHandler(handler)
    root.setLevel(level)


def fail(_session, message):
    raise RuntimeError(f"cannot store {message.payload}")


class _Refusal(ComityError):
    """The record is refused."""

    code = "declarations.record-invalid"


def refuse(_session, message):
    raise _Refusal(f"not a declaration: {message.payload}")


def test_no_line_and_no_metric_holds_what_was_traded(pair, lines, tmp_path):
    number, trader, price, lot = SECRETS
    for handler in (fail, refuse, pair.uganda.take):
        pair.uganda.handlers = {EXPORT: handler}
        pair.declare("d1", mrn=number, exporter=trader, price=price, marks=lot)
        pair.deliver()
    pair.tamper = lambda body: body[:-1]
    with pytest.raises(ComityError):
        pair.declare("d2", mrn=number)
        pair.deliver()
    with pair.kenya.database.transaction() as session:
        (letter, *_) = dead_letters(session)
        release_anew(session, letter.id, officer="eric", keys=pair.kenya.keys, clock=pair.clock)
    save_keys(pair.kenya.keys, tmp_path / KEYS)
    node = Node(
        Settings(home=tmp_path, database_url=pair.kenya.database.url),
        NodeConfiguration("KE", "Kenya", "https://127.0.0.1:1", "127.0.0.1", 1),
        pair.clock,
    )
    told = "\n".join(lines) + exposition(node).decode()
    node.close()

    assert "exchange.receiver-failed" in told
    assert 'comity_messages_total{happening="refused-there"' in told
    assert [secret for secret in SECRETS if secret in told] == []
