"""Commands of a negotiation: `agreement propose|counter|amend|decline|suspend|resume|terminate`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from sqlalchemy.orm import Session

from comity.cooperation.agreements.agreement import parse_agreement
from comity.cooperation.agreements.notices import NoticeKind
from comity.cooperation.agreements.store import find_agreement, list_agreements
from comity.cooperation.negotiation.messages import Spoken
from comity.cooperation.negotiation.rules import named_text, open_texts
from comity.entrypoints.cli.options import AsJson, Home, opened, with_options
from comity.entrypoints.cli.output import people, reporting, write_json
from comity.flows.negotiate import Declared, Step, give_notice, propose

if TYPE_CHECKING:
    from comity.entrypoints.node import Node

Document = Annotated[Path, typer.Argument(help="The agreement's file.", exists=True, dir_okay=False)]
Note = Annotated[str, typer.Option(help="What the other parties should know, on one line.")]
Wording = Callable[[Session, Path, "Node"], Spoken]


@dataclass(frozen=True, slots=True)
class Notifying:
    """What a notice is made of."""

    name: Annotated[str, typer.Argument(metavar="ID", help="The agreement; of a proposal also its hash.")]
    home: Home
    reason: Annotated[str, typer.Option(help="The grounds, on one line; every party reads them.")]
    from_day: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day; today when absent.")
    ] = None
    as_json: AsJson = False


def register_in(group: typer.Typer) -> None:
    """Add the commands to `comity agreement`."""
    group.command("propose")(propose_file)
    group.command("counter")(counter)
    group.command("amend")(amend)
    for name, kind, told in (
        ("decline", NoticeKind.DECLINED, "Decline a proposal, and tell every party."),
        ("suspend", NoticeKind.SUSPENDED, "Suspend an agreement, from today or a later day, and tell every party."),
        ("resume", NoticeKind.RESUMED, "Resume what this administration suspended, and tell every party."),
        ("terminate", NoticeKind.TERMINATED, "Leave an agreement after its period of notice, for good."),
    ):
        group.command(name, help=told)(with_options(Notifying, partial(_notify, kind)))


def propose_file(file: Document, home: Home, note: Note = "", as_json: AsJson = False) -> None:
    """Propose a text to the other parties, with the signatures in the file if there are any."""
    _put_forward(file, home, as_json, wording=lambda _session, path, _node: _spoken(path, note=note))


def counter(
    file: Document,
    home: Home,
    to: Annotated[str, typer.Option(help="The proposal it answers: the agreement's id, or a hash.")],
    note: Note = "",
    as_json: AsJson = False,
) -> None:
    """Answer a proposal with another text; the file gets the proposal's id, version and what it replaces."""

    def wording(session: Session, path: Path, node: Node) -> Spoken:
        texts = list_agreements(session)
        answered = named_text(texts, to, open_texts(texts, node.clock.now()))
        place = {name: getattr(answered.agreement, name) for name in ("id", "version", "replaces")}
        return _spoken(path, place, answers=answered.hash, note=note)

    _put_forward(file, home, as_json, wording=wording)


def amend(file: Document, home: Home, note: Note = "", as_json: AsJson = False) -> None:
    """Propose a new text of the agreement in force; the file gets the next version and what it replaces."""

    def wording(session: Session, path: Path, node: Node) -> Spoken:
        current = find_agreement(session, _spoken(path).agreement.id, node.clock.now())
        place = {"version": current.agreement.version + 1, "replaces": current.hash}
        return _spoken(path, place, note=note)

    _put_forward(file, home, as_json, wording=wording)


def _spoken(path: Path, place: dict[str, object] | None = None, *, answers: str = "", note: str = "") -> Spoken:
    """Read the text in a file, put in its place in the agreement; signatures count only for the text as it stood."""
    from comity.entrypoints.cli.agreements import read_record

    record, signatures = read_record(path)
    before = parse_agreement(record)
    agreement = parse_agreement({**record, **(place or {})})
    return Spoken(agreement, tuple(signatures) if agreement == before else (), answers, note)


def _put_forward(file: Path, home: Path, as_json: bool, *, wording: Wording) -> None:
    from comity.entrypoints.cli.agreements import write_file
    from comity.entrypoints.cli.questions import remarks_on

    with reporting(as_json=as_json), opened(home) as node:
        with node.database.transaction() as session:
            spoken = wording(session, file, node)
            step = propose(session, spoken, clearing=node.clearing())
        write_file(file, spoken.agreement, list(step.text.signatures))
        remarks = remarks_on(spoken.agreement, node.clock.now().date())
        _report(step, node, as_json=as_json, remarks=remarks)


def _notify(kind: NoticeKind, notifying: Notifying) -> None:
    declared = Declared(kind, notifying.reason, notifying.from_day.date() if notifying.from_day else None)
    with reporting(as_json=notifying.as_json), opened(notifying.home) as node:
        with node.database.transaction() as session:
            step = give_notice(session, notifying.name, declared, clearing=node.clearing())
        _report(step, node, as_json=notifying.as_json)


def _report(step: Step, node: Node, *, as_json: bool, remarks: Sequence[Mapping[str, object]] = ()) -> None:
    """Tell what a step led to, and, of a text put forward, what the fixed questions found in it."""
    agreement, status, heard = step.text.agreement, step.text.status(node.clock.now()), step.heard
    if as_json:
        write_json(
            {
                "id": agreement.id,
                "hash": step.text.hash,
                "version": agreement.version,
                "status": status,
                "told": heard.told,
                "not_partners": heard.not_partners,
                "remarks": remarks,
            }
        )
        return
    people.print(f"{agreement.id}, version {agreement.version} ({step.text.hash[:12]}): {status}.")
    people.print(f"Told: {', '.join(heard.told) or 'nobody'}.")
    if heard.not_partners:
        missing = ", ".join(heard.not_partners)
        people.print(f"Not partners of this node: {missing}; give them the file, or add their cards first.")
    for one in remarks:
        people.print(f"{one['severity']}: {one['message']}", markup=False)
