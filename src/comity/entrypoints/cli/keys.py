"""Commands of a node's keys: `key show`, `rotate`, `compromised`, `renew-tls`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from comity.cooperation.exchange.handover.follow import in_doubt
from comity.cooperation.exchange.store import find_peer
from comity.cooperation.identity.keys import PublicIdentity
from comity.cooperation.identity.store import forks_of
from comity.entrypoints.cli.options import AsJson, Home, opened
from comity.entrypoints.cli.output import people, reporting, write_json, write_table
from comity.entrypoints.keeping_keys import (
    KeysChanged,
    recover_keys,
    renew_certificate,
    revoke_earlier,
    rotate,
    switch_certificate,
)

Reason = Annotated[str, typer.Option(help="Why; it stands in the key history, which every partner reads.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    key = typer.Typer(help="The node's keys and certificate.", no_args_is_help=True)
    key.command("show")(show)
    key.command("rotate")(rotate_keys)
    key.command("compromised")(compromised)
    key.command("renew-tls")(renew_tls)
    app.add_typer(key, name="key")


def show(
    home: Home,
    partner: Annotated[str | None, typer.Argument(metavar="PEER", help="A partner; without it, this node.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show a key history, forks of it that were seen, and which messages a revocation puts in doubt."""
    with reporting(as_json=as_json), opened(home) as node, node.database.reading() as session:
        peer = find_peer(session, partner.upper()) if partner else None
        identity = peer.identity if peer else node.identity
        forks = forks_of(session, identity.authority)
        doubt = in_doubt(session, peer) if peer else None
    statements = _statements(identity)
    told = {
        "authority": identity.authority,
        "fingerprint": identity.fingerprint,
        "statements": statements,
        "forks": [{"at": one.at.isoformat(), "kept": one.kept, "presented": one.presented} for one in forks],
        "in_doubt": {"since": doubt.since.isoformat(), "messages": doubt.messages, "first": list(doubt.first)}
        if doubt
        else None,
    }
    if as_json:
        write_json(told)
        return
    people.print(f"{identity.name} ({identity.authority})\n  {identity.fingerprint}")
    columns = ["sequence", "kind", "made", "reason", "revoked_since"]
    write_table("Keys", columns, [[str(one[name] or "") for name in columns] for one in statements])
    if forks:
        people.print(f"{len(forks)} forks of this history were seen; the evidence is kept.")
    if doubt:
        people.print(
            f"{doubt.messages} messages came since {doubt.since.isoformat()}: signed with a revoked key or not?"
        )


def rotate_keys(home: Home, reason: Reason = "rotation", as_json: AsJson = False) -> None:
    """Hand over to fresh keys; a running node goes on without a restart, and partners follow by themselves."""
    with reporting(as_json=as_json), opened(home) as node:
        changed = rotate(node, reason=reason)
    _tell(changed, as_json=as_json)


def compromised(
    since: Annotated[str, typer.Option(metavar="TIME", help="From when on it may be in other hands (ISO 8601).")],
    home: Home,
    reason: Reason = "compromised",
    key: Annotated[
        int | None, typer.Option(metavar="SEQUENCE", help="An earlier key, by its statement; without it, today's.")
    ] = None,
    recovery_key: Annotated[
        Path | None, typer.Option(help="The recovery key from the safe; needed for the key in force.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Declare a key compromised: revoke it, hand over to fresh keys, sign again what waits, tell every partner."""
    at = _time(since)
    if key is None and recovery_key is None:
        raise typer.BadParameter("only the recovery key revokes the key in force", param_hint="--recovery-key")
    with reporting(as_json=as_json), opened(home) as node:
        if recovery_key is not None and key is None:
            changed = recover_keys(node, since=at, reason=reason, recovery_key=recovery_key)
        else:
            changed = revoke_earlier(node, key or 0, since=at, reason=reason)
    _tell(changed, as_json=as_json)
    if changed.recovery_key and not as_json:
        people.print(f"Move {changed.recovery_key} into the safe: it is the next recovery key; the old one is spent.")


def renew_tls(
    home: Home,
    now: Annotated[bool, typer.Option("--now", help="Use the announced certificate at once.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make the next TLS certificate and announce it; it is used when every partner knows it."""
    with reporting(as_json=as_json), opened(home) as node:
        told = 0 if now else renew_certificate(node)
        switched = switch_certificate(node) if now else False
    if as_json:
        write_json({"partners": told, "switched": switched})
    elif now:
        people.print("The announced certificate is in use." if switched else "No certificate is announced.")
    else:
        people.print(f"{told} partners are told; the certificate is used when all of them know it.")


def _statements(identity: PublicIdentity) -> list[dict[str, Any]]:
    revoked = {one.key: one.revoked_since for one in identity.history.keys}
    return [
        {
            "sequence": one.sequence,
            "kind": str(one.kind),
            "made": one.made.isoformat(),
            "reason": one.reason,
            "statement": one.hash,
            "revoked_since": since.isoformat() if (since := revoked[one.signing_key]) else None,
        }
        for one in identity.history.statements
    ]


def _tell(changed: KeysChanged, *, as_json: bool) -> None:
    if as_json:
        write_json({name: str(value) if isinstance(value, Path) else value for name, value in asdict(changed).items()})
    else:
        people.print(f"Statement {changed.sequence} is in the log; {changed.partners} partners are told.")


def _time(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(
            "a time was expected, for example 2026-03-02T08:00:00Z", param_hint="--since"
        ) from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)
