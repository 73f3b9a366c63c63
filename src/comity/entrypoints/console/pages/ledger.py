"""What the log holds and how it is proved: the checkpoint, the latest entries, an evidence bundle to take away."""

from __future__ import annotations

import json
import logging

from fastapi import Response

from comity.cooperation.accounts.store import list_reconciliations
from comity.cooperation.exchange.store import list_peers
from comity.cooperation.ledger.checkpoint import sign_checkpoint
from comity.cooperation.ledger.store import cosigned_size, evidence_against, head, latest
from comity.entrypoints.console.errors import PageUnknown
from comity.entrypoints.console.officers import Permission
from comity.entrypoints.console.present.declaration import entry_shown
from comity.entrypoints.console.present.proof import books_shown, contradictions_shown
from comity.entrypoints.console.site import Site, Visit
from comity.flows.prove import bundle_for
from comity.flows.use_partner_record import FOR_THE_LANE, Reader, use_evidence
from comity.foundation.errors import ComityError

ROWS_A_PAGE = 50
log = logging.getLogger(__name__)


def show(site: Site, visit: Visit) -> Response:
    """Show the head of the log, who has cosigned it, and its latest entries."""
    before = _number(visit.asked("before"))
    with site.node.database.reading() as session:
        now = head(session)
        entries = latest(session, ROWS_A_PAGE, before=before)
        witnesses = [
            {"authority": peer.authority, "size": cosigned_size(session, peer.authority)}
            for peer in list_peers(session)
        ]
        contradictions, compared = evidence_against(session), list_reconciliations(session)
    last = entries[-1].index if entries else 0
    return site.page(
        visit,
        "ledger.html",
        size=now.size,
        root=now.root.hex(),
        checkpoint=sign_checkpoint(now, site.node.keys),
        witnesses=witnesses,
        contradictions=contradictions_shown(contradictions),
        books=books_shown(compared),
        entries=[entry_shown(entry) for entry in entries],
        older=f"/console/ledger?before={last}" if last else "",
        may_take_evidence=visit.may(Permission.TAKE_EVIDENCE),
    )


def checkpoint(site: Site, visit: Visit) -> Response:
    """Send the checkpoint as a file (C2SP tlog-checkpoint)."""
    with site.node.database.reading() as session:
        now = head(session)
    log.info("console.checkpoint-taken officer=%s size=%s", visit.signed_in.name, now.size)
    name = f"checkpoint-{site.node.keys.authority}-{now.size}.txt"
    return _download(sign_checkpoint(now, site.node.keys).encode(), "text/plain; charset=utf-8", name)


def evidence(site: Site, visit: Visit) -> Response:
    """Send the evidence bundle of one subject as a file that `comity verify` reads."""
    subject = visit.request.path_params["subject"]
    with site.node.database.reading() as session:
        try:
            bundle = bundle_for(
                session, subject, keys=site.node.keys, clock=site.node.clock, policy=site.node.witness_policy
            )
        except ComityError as error:
            raise PageUnknown from error
    reader = Reader(visit.signed_in.name, visit.asked("purpose") or FOR_THE_LANE, "console")
    with site.node.database.transaction() as session:
        use_evidence(session, subject, reader=reader, clearing=site.node.clearing())
    log.info("console.evidence-taken officer=%s subject=%s", visit.signed_in.name, subject)
    content = json.dumps(bundle, indent=2, ensure_ascii=False).encode()
    safe = "".join(character for character in subject if character.isascii() and character.isalnum())[:16]
    return _download(content, "application/json", f"evidence-{safe or 'record'}.json")


def _download(content: bytes, content_type: str, name: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}"', "content-type": content_type}
    return Response(content, headers=headers)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None
