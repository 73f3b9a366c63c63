"""Commands of what is owed after delivery, on two nodes in their home folders, for people and for machines."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from comity.cooperation.agreements.agreement import OnwardSharing
from comity.cooperation.agreements.draft import draft_agreement
from comity.cooperation.agreements.lifecycle import sign_agreement
from comity.cooperation.exchange.deliver import deliver_batch
from comity.cooperation.exchange.inbox import InboxLimits, receive_batch
from comity.cooperation.exchange.store import is_waiting
from comity.cooperation.exchange.transport import InMemoryTransport
from comity.entrypoints.chores import CHORES, run_chore
from comity.entrypoints.cli.main import command_line
from comity.features.declarations.canonical import declaration_id
from comity.features.declarations.read import ReadDocument
from comity.flows.clear_declaration import clear
from comity.flows.sign_agreement import take_in
from comity.foundation.trade.declaration import DeclarationKind
from comity.foundation.trade.documents import PreviousDocument
from comity.foundation.trade.money import Money
from tests.simulators.introduce import introduce
from tests.simulators.league import MRN, an_export
from tests.simulators.processes import Served, queue

UNTIL = "2099-12-31"


@pytest.fixture
def pair(tmp_path):
    kenya, uganda = Served("KE", tmp_path), Served("UG", tmp_path)
    introduce(kenya.node, uganda.node)
    introduce(uganda.node, kenya.node)
    day = kenya.node.clock.now().date()
    drafted = draft_agreement(
        id="ke-ug", parties=("KE", "UG"), valid_from=day - timedelta(days=9), valid_to=day + timedelta(days=300)
    )
    clauses = tuple(replace(one, onward_sharing=OnwardSharing.WITH_CONSENT) for one in drafted.clauses)
    agreement = replace(drafted, clauses=clauses)
    signatures = [sign_agreement(agreement, served.node.keys) for served in (kenya, uganda)]
    for served in (kenya, uganda):
        with served.node.database.transaction() as session:
            take_in(session, agreement, signatures, clearing=served.node.clearing())
    queue(kenya, 2)
    settle(kenya, uganda)
    yield kenya, uganda
    for served in (kenya, uganda):
        served.node.close()


def settle(*pair) -> None:
    """Deliver what waits, both ways, until nothing does."""
    for _ in range(4):
        for sender, recipient in (pair, pair[::-1]):
            name = recipient.node.keys.authority
            with sender.node.database.reading() as session:
                waits = is_waiting(session, name)
            if waits:
                deliver_batch(
                    sender.node.database,
                    name,
                    keys=sender.node.keys,
                    transport=InMemoryTransport({name: lambda body, to=recipient.node: taken(to, body)}),
                    clock=sender.node.clock,
                    limit=100,
                )


def taken(node, body) -> bytes:
    limits = InboxLimits(keeper=node.keep_received)
    return receive_batch(node.database, body, keys=node.keys, clock=node.clock, handlers=node.handlers, limits=limits)


def run(served, *words: str, expected: int = 0) -> str:
    ran = CliRunner().invoke(command_line(words), [*words, "--home", str(served.home)])
    assert ran.exit_code == expected, ran.output
    return ran.output


def told(served, *words: str, expected: int = 0) -> dict:
    return json.loads(run(served, *words, "--json", expected=expected))


def held(uganda) -> list[str]:
    return [one["message_id"] for one in told(uganda, "retention", "list")["held"]]


def test_what_is_held_is_listed_put_on_hold_and_disposed_of(pair):
    _, uganda = pair
    first, _second = held(uganda)

    assert "Held of partners" in run(uganda, "retention", "list", "--partner", "ke")
    assert told(uganda, "retention", "list", "--partner", "RW")["held"] == []
    number = told(uganda, "retention", "hold", first, "--case", "UG-17", "appeal", "--until", UNTIL)["hold"]
    assert told(uganda, "retention", "list")["holds"][0]["case_name"] == "UG-17"
    assert "lifted" in run(uganda, "retention", "lift", str(number))
    refused = told(uganda, "retention", "lift", str(number), expected=1)
    assert refused["error"]["code"] == "stewardship.hold-unknown"
    assert told(uganda, "retention", "run") == {"disposed": {}}
    assert "0 messages" in run(uganda, "retention", "run")


def test_evidence_with_a_partners_message_is_a_use_that_the_partner_can_be_told(pair, tmp_path):
    _, uganda = pair
    message, _ = held(uganda)
    out = str(tmp_path / "bundle.json")

    run(uganda, "prove", message, "-o", out)
    refused = told(uganda, "prove", message, "-o", out, "--purpose", "statistics", expected=1)

    assert refused["error"]["code"] == "stewardship.purpose-refused"
    (use,) = told(uganda, "retention", "uses", "--partner", "ke")["uses"]
    assert (use["message_id"], use["purpose"], use["door"]) == (message, "risk-assessment", "cli")
    assert told(uganda, "retention", "uses", "--partner", "KE", "--until", "2020-01-01")["uses"] == []
    assert "Readings of records of KE" in run(uganda, "retention", "uses", "--partner", "KE", "--since", "2020-01-01")


def test_a_recall_is_sent_and_its_answer_listed(pair):
    kenya, uganda = pair
    first, second = held(uganda)

    run(kenya, "recall", "send", first, "--reason", "declared in error", "--until", UNTIL)
    corrected = ("recall", "send", second, "--replaced-by", first, "--reason", "wrong", "--until", UNTIL)
    assert told(kenya, *corrected)["recalls"][0]["kind"] == "correction"
    settle(kenya, uganda)

    states = {one["kind"]: one["state"] for one in told(kenya, "recall", "list")["sent"]}
    assert states == {"recall": "complete", "correction": "complete"}
    assert "superseded" in run(uganda, "recall", "list")
    unknown = told(kenya, "recall", "send", "f" * 64, "--reason", "x", "--until", UNTIL, expected=1)
    assert unknown["error"]["code"] == "stewardship.message-not-sent"
    run(kenya, *corrected[:3], second, *corrected[3:], expected=2)


def test_a_request_to_pass_on_is_asked_answered_and_used(pair):
    kenya, uganda = pair
    first, second = held(uganda)
    to = ("--to", "rw", "--purpose", "mirror-matching")
    asked = told(uganda, "onward", "ask", first, *to, "--reason", "goes on")["request"]
    other = told(uganda, "onward", "ask", second, *to, "--reason", "goes on")["request"]
    settle(kenya, uganda)

    assert "not yet" in run(kenya, "onward", "list")
    assert "consents" in run(kenya, "onward", "consent", "UG", asked, "--until", UNTIL, "--officer", "lucy")
    assert told(kenya, "onward", "refuse", "UG", other, "--reason", "pending")["consents"] is False
    settle(kenya, uganda)

    answers = {one["id"]: one["consents"] for one in told(uganda, "onward", "list")["asked"]}
    assert answers == {asked: True, other: False}
    without = told(uganda, "onward", "release", second, *to, expected=1)
    assert without["error"]["code"] == "stewardship.consent-differs"
    nobody = told(uganda, "onward", "release", first, *to, expected=1)
    assert nobody["error"]["code"] == "agreements.none"


def test_a_mirror_run_that_shows_partners_records_is_a_use_of_them(pair):
    kenya, uganda = pair
    sent = an_export()
    shipment = replace(
        sent.goods_shipment,
        previous_documents=(PreviousDocument(MRN, "MRN"),),
        items=tuple(
            replace(item, invoice_amount=Money(item.invoice_amount.amount / 4, "USD"), statistical_value=None)
            for item in sent.goods_shipment.items
        ),
    )
    imported = replace(
        sent, kind=DeclarationKind.IMPORT, type_code="IMA", mrn="26UG004400123456B7", goods_shipment=shipment
    )
    for served, declaration in ((kenya, sent), (uganda, imported)):
        with served.node.database.transaction() as session:
            document = ReadDocument(declaration, (), 1, declaration_id(declaration))
            clear(session, document, clearing=served.node.clearing())
        settle(kenya, uganda)

    table = told(uganda, "mirror", "run", "KE")["table"]

    assert "undervaluation" in {row[0] for row in table}
    (use,) = told(uganda, "retention", "uses", "--partner", "KE")["uses"]
    assert (use["purpose"], use["door"]) == ("mirror-matching", "cli")


def test_the_hourly_chores_go_through_and_the_log_commits_to_what_was_read(pair, tmp_path):
    _, uganda = pair
    run(uganda, "prove", held(uganda)[0], "-o", str(tmp_path / "bundle.json"))
    ours = [chore for chore in CHORES if chore.name in ("dispose-due", "chase-recalls", "log-uses")]

    assert [run_chore(chore, uganda.node) for chore in ours] == [True] * 3

    (use,) = told(uganda, "retention", "uses", "--partner", "KE")["uses"]
    assert use["leaf"] is not None
