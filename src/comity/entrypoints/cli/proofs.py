"""Commands of proof: `prove` (from a node) and `verify` (from a file, no node needed)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from comity.cooperation.ledger.evidence import verify_bundle
from comity.entrypoints.cli.options import AsJson, Home, opened
from comity.entrypoints.cli.output import people, reporting, write_json
from comity.flows.prove import bundle_for
from comity.foundation.errors import ComityError

LARGEST_BUNDLE_BYTES = 64 * 1024 * 1024


class BundleUnreadable(ComityError):
    """This file is not an evidence bundle: it is too large or not JSON; ask for it again."""

    code = "ledger.bundle-unreadable"


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("prove")(prove)
    app.command("verify")(verify)


def prove(
    record: Annotated[str, typer.Argument(metavar="RECORD", help="A declaration's id or MRN, or a message's id.")],
    home: Home,
    output: Annotated[Path, typer.Option("-o", "--output", help="File to write.")],
    as_json: AsJson = False,
) -> None:
    """Write the evidence of a record into one file that anyone can verify offline."""
    with reporting(as_json=as_json), opened(home) as node, node.database.reading() as session:
        bundle = bundle_for(session, record, keys=node.keys)
    output.write_text(json.dumps(bundle, indent=1), encoding="utf-8")
    if as_json:
        write_json({"file": str(output), "entries": len(bundle["entries"])})
    else:
        people.print(f"{output}: {len(bundle['entries'])} entries. Anyone verifies it with: comity verify {output}")


def verify(
    file: Annotated[Path, typer.Argument(metavar="BUNDLE", exists=True, dir_okay=False)], as_json: AsJson = False
) -> None:
    """Verify an evidence bundle offline: signatures, inclusion, co-signatures."""
    with reporting(as_json=as_json):
        verified = verify_bundle(_read(file))
    if as_json:
        write_json({"file": str(file), "verified": True, **verified.as_json()})
        return
    people.print(f"[green]Verified[/green]: the log of {verified.signed_by}, {verified.checkpoint_size} entries,")
    people.print(f"co-signed by {', '.join(verified.witnessed_by) or 'nobody yet'}; what it proves:")
    for entry in verified.entries:
        people.print(f"  entry {entry.index}, {entry.at}: {entry.kind}")


def _read(file: Path) -> dict[str, object]:
    if file.stat().st_size > LARGEST_BUNDLE_BYTES:
        raise BundleUnreadable
    try:
        bundle = json.loads(file.read_bytes())
    except (ValueError, RecursionError) as error:
        raise BundleUnreadable from error
    if not isinstance(bundle, dict):
        raise BundleUnreadable
    return bundle
