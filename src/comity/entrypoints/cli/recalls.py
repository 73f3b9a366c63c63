"""Commands of an originator and of a holder: `recall send|list`, `onward ask|list|consent|refuse|release`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer

from comity.cooperation.stewardship.consents.store import IN, OUT, KeptConsent, list_requests
from comity.cooperation.stewardship.recalls.store import KeptRecall, list_recalls
from comity.entrypoints.cli.acting import Officer, acting
from comity.entrypoints.cli.options import AsJson, Home, opened
from comity.entrypoints.cli.output import people, reporting, write_json, write_table
from comity.entrypoints.cli.stewardship import DAYS, MOST_LISTED

MessageIds = Annotated[list[str], typer.Argument(metavar="MESSAGE…", help="Ids of messages.")]
Request = Annotated[tuple[str, str], typer.Argument(metavar="CC REQUEST", help="Who asks, and the request's id.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    recall = typer.Typer(help="Withdraw, correct or replace what was sent.", no_args_is_help=True)
    recall.command("send")(send)
    recall.command("list")(show_recalls)
    app.add_typer(recall, name="recall")
    onward = typer.Typer(help="Pass on what a partner sent, with its consent.", no_args_is_help=True)
    onward.command("ask")(ask_for)
    onward.command("list")(show_requests)
    onward.command("consent")(give_consent)
    onward.command("refuse")(give_refusal)
    onward.command("release")(pass_on)
    app.add_typer(onward, name="onward")


def send(
    messages: MessageIds,
    home: Home,
    reason: Annotated[str, typer.Option(help="Why; every holder is told.")],
    by: Annotated[datetime, typer.Option("--until", formats=DAYS, help="Last day (UTC) for an answer.")],
    replaced_by: Annotated[
        str | None, typer.Option(metavar="MESSAGE", help="The message that corrects the one named.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Withdraw messages, or correct one; every partner that holds them, and whom it passed them to, is told."""
    from comity.flows.recall_messages import recall

    if replaced_by is not None and len(messages) != 1:
        raise typer.BadParameter("one message is corrected at a time", param_hint="--replaced-by")
    kind = "recall" if replaced_by is None else "correction"
    deadline = by.replace(tzinfo=UTC) + timedelta(days=1)
    with reporting(as_json=as_json), opened(home) as node, node.database.transaction() as session:
        named = dict.fromkeys(messages, replaced_by)
        made = recall(session, named, kind=kind, reason=reason, deadline=deadline, clearing=node.clearing())
    if as_json:
        write_json({"recalls": [{"partner": one.partner, "id": one.id, "kind": one.kind} for one in made]})
    else:
        people.print(f"Told to {', '.join(one.partner for one in made)}; answers: comity recall list")


def show_recalls(home: Home, as_json: AsJson = False) -> None:
    """List the recalls sent and received, what became of each message, and which are overdue."""
    with reporting(as_json=as_json), opened(home) as node, node.database.reading() as session:
        now = node.clock.now()
        sent, received = (list_recalls(session, direction, MOST_LISTED) for direction in (OUT, IN))
    if as_json:
        write_json({"sent": [_recall(one, now) for one in sent], "received": [_recall(one, now) for one in received]})
        return
    for title, some in (("Recalls sent", sent), ("Recalls received", received)):
        write_table(
            title,
            ["partner", "kind", "message", "outcome", "onward", "until", "state"],
            [
                [
                    one.partner,
                    one.kind,
                    message.message_id,
                    message.outcome or "not answered",
                    ", ".join(f"{holder}: {became}" for holder, became in message.onward),
                    f"{one.deadline:%Y-%m-%d}",
                    str(one.state(now)),
                ]
                for one in some
                for message in one.messages
            ],
        )


def ask_for(
    messages: MessageIds,
    home: Home,
    recipient: Annotated[str, typer.Option("--to", metavar="CC", help="Who should get it.")],
    purpose: Annotated[str, typer.Option(help="For what.")],
    reason: Annotated[str, typer.Option(help="Why; the originator is told.")],
    as_json: AsJson = False,
) -> None:
    """Ask the originator of received messages whether they may go on to another administration."""
    from comity.flows.ask_onward import ask

    with reporting(as_json=as_json), opened(home) as node, node.database.transaction() as session:
        request = ask(
            session,
            messages,
            recipient=recipient.upper(),
            purpose=purpose,
            reason=reason,
            clearing=node.clearing(),
        )
    if as_json:
        write_json({"request": request.id, "originator": request.partner})
    else:
        people.print(f"{request.partner} is asked (request {request.id}); its answer: comity onward list")


def show_requests(home: Home, as_json: AsJson = False) -> None:
    """List the requests we made and got, and their answers."""
    with reporting(as_json=as_json), opened(home) as node, node.database.reading() as session:
        ours, theirs = (list_requests(session, direction, limit=MOST_LISTED) for direction in (OUT, IN))
    if as_json:
        write_json({"asked": [_request(one) for one in ours], "to_answer": [_request(one) for one in theirs]})
        return
    for title, some in (("We asked", ours), ("We are asked", theirs)):
        write_table(
            title,
            ["partner", "request", "to", "purpose", "messages", "answer", "until"],
            [
                [
                    one.partner,
                    one.id,
                    one.recipient,
                    one.purpose,
                    str(len(one.messages)),
                    _answer(one),
                    one.valid_to.isoformat() if one.valid_to else "",
                ]
                for one in some
            ],
        )


def give_consent(
    request: Request,
    home: Home,
    until: Annotated[datetime, typer.Option(formats=DAYS, help="Last day (UTC) on which it may be passed on.")],
    conditions: Annotated[str, typer.Option(help="Conditions, as the recipient will read them.")] = "",
    officer: Officer = None,
    as_json: AsJson = False,
) -> None:
    """Consent to a request: signed, for its messages, recipient and purpose only."""
    from comity.flows.ask_onward import consent

    with reporting(as_json=as_json), opened(home) as node, node.database.transaction() as session:
        answered = consent(
            session,
            request,
            conditions=conditions,
            valid_to=until.date(),
            officer=acting(officer),
            clearing=node.clearing(),
        )
    _tell_answer(answered, as_json=as_json)


def give_refusal(
    request: Request,
    home: Home,
    reason: Annotated[str, typer.Option(help="Why; whoever asks is told.")],
    officer: Officer = None,
    as_json: AsJson = False,
) -> None:
    """Refuse a request, with the reason."""
    from comity.flows.ask_onward import refuse

    with reporting(as_json=as_json), opened(home) as node, node.database.transaction() as session:
        answered = refuse(session, request, reason=reason, officer=acting(officer), clearing=node.clearing())
    _tell_answer(answered, as_json=as_json)


def pass_on(
    message: Annotated[str, typer.Argument(metavar="MESSAGE", help="Id of the received message.")],
    home: Home,
    recipient: Annotated[str, typer.Option("--to", metavar="CC", help="Who gets it.")],
    purpose: Annotated[str, typer.Option(help="The purpose that the originator consented to.")],
    as_json: AsJson = False,
) -> None:
    """Pass a received message on, under our agreement with the recipient and the originator's consent."""
    from comity.flows.release_onward import release_onward

    with reporting(as_json=as_json), opened(home) as node, node.database.transaction() as session:
        sent = release_onward(session, message, recipient=recipient.upper(), purpose=purpose, clearing=node.clearing())
    if as_json:
        write_json({"message": sent.id, "agreement": sent.agreement_id})
    else:
        people.print(f"Queued for {sent.partner} as {sent.id} under {sent.agreement_id}.")


def _tell_answer(answered: KeptConsent, *, as_json: bool) -> None:
    if as_json:
        write_json(_request(answered))
    else:
        people.print(f"{answered.partner} is told: {_answer(answered)}.")


def _answer(one: KeptConsent) -> str:
    return "not yet" if one.consents is None else "consents" if one.consents else f"refuses: {one.answer_reason}"


def _request(one: KeptConsent) -> dict[str, Any]:
    return asdict(one) | {"signature": one.signature.hex()}


def _recall(one: KeptRecall, now: datetime) -> dict[str, Any]:
    return asdict(one) | {"state": str(one.state(now))}
