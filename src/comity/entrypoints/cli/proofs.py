"""Commands of proof: `prove` (from a node) and `verify` (from a file, no node needed)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from comity.cooperation.ledger.verify_evidence import verify_bundle
from comity.entrypoints.cli.options import AsJson, Home, opened
from comity.entrypoints.cli.output import people, reporting, write_json
from comity.foundation.errors import ComityError

FINGERPRINT_DIGITS = 64
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
    from comity.flows.prove import bundle_for

    with reporting(as_json=as_json), opened(home) as node, node.database.reading() as session:
        bundle = bundle_for(session, record, keys=node.keys)
    output.write_text(json.dumps(bundle, indent=1), encoding="utf-8")
    if as_json:
        write_json({"file": str(output), "entries": len(bundle["entries"])})
    else:
        people.print(f"{output}: {len(bundle['entries'])} entries. Anyone verifies it with: comity verify {output}")


def verify(
    file: Annotated[Path, typer.Argument(metavar="BUNDLE", exists=True, dir_okay=False)],
    trust: Annotated[
        list[str] | None,
        typer.Option(metavar="CC=FINGERPRINT", help="A fingerprint the administration told you; for every one named."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Verify an evidence bundle offline: signatures, inclusion, co-signatures.

    Whose keys they are is for you to know: give the fingerprints with --trust, or compare those that are printed.
    """
    trusted = _fingerprints(trust) if trust else None
    with reporting(as_json=as_json):
        verified = verify_bundle(_read(file), trusted=trusted)
    if as_json:
        write_json({"file": str(file), "verified": True, **verified.as_json()})
        return
    people.print(f"[green]Verified[/green]: the log of {verified.signed_by}, {verified.checkpoint_size} entries,")
    people.print(f"co-signed by {', '.join(verified.witnessed_by) or 'nobody yet'}; what it proves:")
    for entry in verified.entries:
        people.print(f"  entry {entry.index}, {entry.at}: {entry.kind}")
    if trusted is None:
        people.print(
            "It holds only if these are the administrations' fingerprints; compare them with what they told you:"
        )
    keys = zip(
        (verified.signed_by, *verified.witnessed_by),
        (verified.fingerprint, *verified.witness_fingerprints),
        strict=True,
    )
    for authority, fingerprint in keys:
        people.print(f"  {authority}  {fingerprint}")


def _fingerprints(texts: list[str]) -> dict[str, str]:
    """Read `CC=FINGERPRINT`; spaces and capitals of the fingerprint do not count."""
    trusted = {}
    for text in texts:
        authority, _, fingerprint = text.partition("=")
        digits = "".join(fingerprint.split()).lower()
        if len(authority) != 2 or len(digits) != FINGERPRINT_DIGITS:
            raise typer.BadParameter("CC=FINGERPRINT was expected, for example KE=4f1c…", param_hint="--trust")
        trusted[authority.upper()] = " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))
    return trusted


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
