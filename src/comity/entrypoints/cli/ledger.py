"""Commands about logs: `ledger evidence|acknowledge|policy`."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from comity.cooperation.identity.keys import PublicIdentity
from comity.cooperation.ledger.acknowledge import Acknowledgement
from comity.cooperation.ledger.checkpoint import CheckpointInvalid
from comity.cooperation.ledger.contradiction import is_proved_fork
from comity.cooperation.ledger.store import KeptEvidence, evidence_against
from comity.entrypoints.cli.options import AsJson, Home, opened
from comity.entrypoints.cli.output import people, reporting, write_json, write_table


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    ledger = typer.Typer(help="Logs: what contradicts, and who must have co-signed.", no_args_is_help=True)
    ledger.command("evidence")(evidence)
    ledger.command("acknowledge")(acknowledge)
    ledger.command("policy")(policy)
    app.add_typer(ledger, name="ledger")


def evidence(
    home: Home,
    partner: Annotated[str | None, typer.Argument(metavar="PEER", help="Of this log only, for example KE.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the contradictions found in logs, with what each proves and what was said of it."""
    from comity.cooperation.exchange.store import list_peers

    with reporting(as_json=as_json), opened(home) as node, node.database.reading() as session:
        owners = {peer.authority: peer.identity for peer in list_peers(session)} | {node.keys.authority: node.identity}
        kept = evidence_against(session, partner.upper() if partner else None)
        rows = [_as_json(one, owners.get(one.authority)) for one in kept]
    if as_json:
        write_json({"evidence": rows})
        return
    write_table(
        "Contradictions",
        ["number", "log", "what", "shown to", "when", "proof to anyone", "acknowledged"],
        [
            [
                str(row["id"]),
                row["authority"],
                row["kind"],
                row["shown_to"] or "us",
                row["at"],
                "yes" if row["proves_fork"] else "no",
                row["acknowledged_at"] or "no",
            ]
            for row in rows
        ],
    )


def acknowledge(
    number: Annotated[int, typer.Argument(help="Its number in `comity ledger evidence`.")],
    home: Home,
    reason: Annotated[str, typer.Option(help="What the clarification found; signed and logged.")],
    by: Annotated[str, typer.Option(help="Who says so.")],
    accept_history: Annotated[
        bool, typer.Option("--accept-history", help="Witness the log further from what was presented.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Say what the clarification of a contradiction found; the evidence and the reason stay."""
    from comity.flows.acknowledge_contradiction import acknowledge_contradiction

    with reporting(as_json=as_json), opened(home) as node, node.database.transaction() as session:
        told = Acknowledgement(by, reason, accept_history)
        found = acknowledge_contradiction(session, number, told, keys=node.keys, clock=node.clock)
    if as_json:
        write_json({"id": found.id, "authority": found.authority, "accepts_history": accept_history})
    else:
        people.print(f"Contradiction {found.id} in the log of {found.authority} is acknowledged; the evidence stays.")


def policy(home: Home, as_json: AsJson = False) -> None:
    """Show who must have co-signed this node's log before a proof counts as witnessed (C2SP tlog-policy)."""
    from comity.cooperation.ledger.quorum import read_policy
    from comity.flows.prove import default_policy

    with reporting(as_json=as_json), opened(home) as node, node.database.reading() as session:
        text = node.witness_policy or default_policy(session, keys=node.keys, clock=node.clock)
        read = read_policy(text)
        is_own = node.witness_policy is not None
    if as_json:
        write_json({"policy": text, "is_own": is_own, "witnesses": list(read.witnesses), "quorum": read.quorum})
    else:
        people.print(text, markup=False)


def _as_json(kept: KeptEvidence, owner: PublicIdentity | None) -> dict[str, Any]:
    return {
        "id": kept.id,
        "authority": kept.authority,
        "kind": kept.kind,
        "shown_to": kept.shown_to,
        "at": kept.at.isoformat(timespec="seconds"),
        "proves_fork": owner is not None and _proves(kept, owner),
        "acknowledged_at": kept.acknowledged_at.isoformat(timespec="seconds") if kept.acknowledged_at else None,
        "acknowledgement": kept.acknowledgement,
        "stated": kept.witnessed_note,
        "presented": kept.presented_note,
    }


def _proves(kept: KeptEvidence, owner: PublicIdentity) -> bool:
    try:
        return is_proved_fork(kept.witnessed_note, kept.presented_note, owner)
    except CheckpointInvalid:  # the owner's key has changed since: it does not verify under today's
        return False
