"""What the tests of onward sharing do again and again: send, ask, consent, pass on."""

from __future__ import annotations

from comity.cooperation.exchange.store import sent_about, sent_messages
from comity.cooperation.stewardship.consent import from_shown, shown
from comity.cooperation.stewardship.consents.store import (
    OUT,
    KeptConsent,
    find_request,
)
from comity.cooperation.stewardship.holdings.store import find_holding
from comity.flows.ask_onward import ask, consent
from comity.flows.release_onward import release_onward
from tests.simulators.databases import sqlite_with_tables
from tests.simulators.league import an_export, day_after, make_league

PURPOSE = "mirror-matching"
OTHER_MRN = "26KE000111222334A4"


def send(league, **changes) -> str:
    cleared = league.kenya.clear(an_export(**changes))
    league.settle()
    with league.kenya.database.reading() as session:
        (message,) = sent_about(session, [cleared.declaration_id], message_type="export-record.v1")
    return message.id


def request(league, *messages, purpose=PURPOSE, recipient="RW") -> str:
    """Let Uganda ask Kenya; return the request's id."""
    with league.uganda.database.transaction() as session:
        asked = ask(
            session,
            messages,
            recipient=recipient,
            purpose=purpose,
            reason="the goods go on",
            clearing=league.uganda.clearing,
        )
    league.settle()
    return asked.id


def consent_to(league, request_id, *, days=20, conditions="not in court") -> None:
    with league.kenya.database.transaction() as session:
        consent(
            session,
            ("UG", request_id),
            conditions=conditions,
            valid_to=day_after(league.clock, days),
            officer="lucy",
            clearing=league.kenya.clearing,
        )
    league.settle()


def go_on(league, message_id, *, purpose=PURPOSE, recipient="RW", member=None):
    member = member or league.uganda
    with member.database.transaction() as session:
        return release_onward(session, message_id, recipient=recipient, purpose=purpose, clearing=member.clearing)


def answer_at(league, request_id) -> KeptConsent:
    with league.uganda.database.reading() as session:
        found = find_request(session, OUT, "KE", request_id)
    assert found is not None
    return found


def outcome(member, message_id) -> str | None:
    with member.database.reading() as session:
        return sent_messages(session, [message_id])[message_id].outcome


def request_payload(message_id, *, recipient="RW"):
    return {
        "request_id": "e" * 32,
        "messages": [message_id],
        "recipient": recipient,
        "purpose": PURPOSE,
        "reason": "curious",
    }


def onward_block(league, message_id, given: KeptConsent):
    """Return what a holder may say of an originator, before it is changed."""
    with league.uganda.database.reading() as session:
        due = find_holding(session, message_id).due_at
    travelling = shown(given)
    assert from_shown(travelling, originator="KE", at=league.clock.now()).signature == given.signature
    return {
        "originator": "KE",
        "message": message_id,
        "marking": "confidential",
        "due_at": due.isoformat(),
        "consent": {
            "request_id": travelling.request_id,
            "messages": travelling.messages,
            "recipient": travelling.recipient,
            "purpose": travelling.purpose,
            "conditions": travelling.conditions,
            "reason": travelling.reason,
            "valid_to": travelling.valid_to.isoformat(),
            "signature": travelling.signature,
        },
    }


def a_league(database, tmp_path, clock, *agreements):
    others = {name: sqlite_with_tables(tmp_path / f"{name}.db") for name in ("KE", "RW")}
    return make_league({**others, "UG": database}, clock, *agreements)
