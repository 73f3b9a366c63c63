"""Commands of proof: `prove` (from a node) and `verify` (from a file, no node needed)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from comity.cooperation.accounts.reciprocity import FORMAT as RECIPROCITY_FORMAT
from comity.cooperation.accounts.reciprocity import VerifiedStatement, verify_statement
from comity.cooperation.exchange.card import read_card
from comity.cooperation.identity.history import KeyHistory
from comity.cooperation.ledger.quorum import Quorum, read_policy
from comity.cooperation.ledger.receipt_cose import in_one_file
from comity.cooperation.ledger.verify_evidence import verify_bundle
from comity.entrypoints.cli.acting import acting
from comity.entrypoints.cli.options import AsJson, Home, opened
from comity.entrypoints.cli.output import people, reporting, write_json
from comity.foundation.errors import ComityError

FINGERPRINT_DIGITS = 64
LARGEST_BUNDLE_BYTES = 64 * 1024 * 1024


class Form(StrEnum):
    """In which form a proof is written."""

    BUNDLE = "bundle"
    COSE = "cose"


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
    form: Annotated[
        Form, typer.Option("--format", help="bundle for `comity verify`; cose for tools of SCITT (RFC 9943).")
    ] = Form.BUNDLE,
    purpose: Annotated[
        str | None, typer.Option(help="For what it is read, where it holds what partners sent; risk-assessment.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write the evidence of a record into one file that anyone can verify offline."""
    from comity.flows.prove import bundle_for, cose_for
    from comity.flows.use_partner_record import FOR_THE_LANE, Reader, use_evidence

    with reporting(as_json=as_json), opened(home) as node, node.database.transaction() as session:
        reader = Reader(acting(None), purpose or FOR_THE_LANE, "cli")
        use_evidence(session, record, reader=reader, clearing=node.clearing())
        if form is Form.COSE:
            statements = cose_for(session, record, keys=node.keys)
            content, entries = in_one_file(statements), len(statements)
        else:
            bundle = bundle_for(session, record, keys=node.keys, clock=node.clock, policy=node.witness_policy)
            content, entries = json.dumps(bundle, indent=1).encode(), len(bundle["entries"])
    output.write_bytes(content)
    if as_json:
        write_json({"file": str(output), "entries": entries, "format": form})
    elif form is Form.COSE:
        people.print(f"{output}: {entries} transparent statements in one CBOR array.")
    else:
        people.print(f"{output}: {entries} entries. Anyone verifies it with: comity verify {output}")


def verify(
    file: Annotated[Path, typer.Argument(metavar="BUNDLE", exists=True, dir_okay=False)],
    trust: Annotated[
        list[str] | None,
        typer.Option(metavar="CC=FINGERPRINT", help="A fingerprint the administration told you; for every one named."),
    ] = None,
    policy: Annotated[
        Path | None,
        typer.Option(help="Your own witness policy (C2SP tlog-policy) in place of the owner's.", exists=True),
    ] = None,
    card: Annotated[
        list[Path] | None,
        typer.Option(help="An administration's newer card: what it has revoked since no longer counts.", exists=True),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Verify an evidence bundle offline: signatures, inclusion, co-signatures, and whether enough partners co-signed.

    A reciprocity statement is verified as well: that both parties signed it.
    Whose keys they are is for you to know: give the fingerprints with --trust, or compare those that are printed.
    """
    trusted = _fingerprints(trust) if trust else None
    with reporting(as_json=as_json):
        record = _read(file)
        if record.get("format") == RECIPROCITY_FORMAT:
            _tell_statement(verify_statement(record, trusted=trusted), file, as_json=as_json)
            return
        own = read_policy(policy.read_text(encoding="utf-8")) if policy else None
        verified = verify_bundle(record, trusted=trusted, policy=own, known=_histories(card or []))
    if as_json:
        write_json({"file": str(file), "verified": True, **verified.as_json()})
        return
    people.print(f"[green]Verified[/green]: the log of {verified.signed_by}, {verified.checkpoint_size} entries,")
    people.print(f"co-signed by {', '.join(verified.witnessed_by) or 'nobody yet'}; what it proves:")
    if verified.quorum is not None:
        people.print(_quorum_in_words(verified.quorum))
    for entry in verified.entries:
        people.print(f"  entry {entry.index}, {entry.at}: {entry.kind}")
    _tell_fingerprints(
        (verified.signed_by, *verified.witnessed_by),
        (verified.fingerprint, *verified.witness_fingerprints),
        are_compared=trusted is not None,
    )


def _tell_statement(verified: VerifiedStatement, file: Path, *, as_json: bool) -> None:
    if as_json:
        write_json({"file": str(file), "verified": True, **verified.as_json()})
        return
    told = verified.statement
    people.print(f"[green]Verified[/green]: both signed what they gave each other under {told['agreement_id']},")
    people.print(f"from {told['period_from']} until before {told['period_to']}:")
    people.print(json.dumps(told["given"], indent=2), markup=False)
    _tell_fingerprints(verified.signed_by, verified.fingerprints, are_compared=False)


def _tell_fingerprints(authorities: Sequence[str], fingerprints: Sequence[str], *, are_compared: bool) -> None:
    if not are_compared:
        people.print(
            "It holds only if these are the administrations' fingerprints; compare them with what they told you:"
        )
    for authority, fingerprint in zip(authorities, fingerprints, strict=True):
        people.print(f"  {authority}  {fingerprint}")


def _quorum_in_words(quorum: Quorum) -> str:
    if quorum.reached:
        return "Witnessed: as many partners co-signed as the policy asks."
    return f"[yellow]Not yet witnessed[/yellow]: the policy asks for more; missing are {', '.join(quorum.missing)}."


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


def _histories(cards: Sequence[Path]) -> dict[str, KeyHistory]:
    """Return the key histories in cards, by authority."""
    read = [read_card(json.loads(one.read_text(encoding="utf-8"))).identity for one in cards]
    return {identity.authority: identity.history for identity in read}


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
