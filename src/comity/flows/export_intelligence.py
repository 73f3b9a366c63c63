"""What may a partner be given as intelligence? Discrepancies and results about its exports, as an agreement lets leave.

Each piece is released on its own: the decision is kept, the payload minimised. A piece that rests on a third country's
record as well, as where goods of two exporters came as one import, leaves only with that country's consent. The export
as a whole is a ledger entry that names its releases and the hash of the file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from comity.cooperation.agreements.errors import ReleaseRefused
from comity.cooperation.agreements.release import Release, ReleaseRequest, release
from comity.cooperation.agreements.store import find_text, first_released
from comity.cooperation.bridges.stix import DISCREPANCY, EXAMINATION, SharedItem, write_bundle
from comity.cooperation.exchange.store import find_peer
from comity.cooperation.ledger.append import NewEntry, append
from comity.cooperation.stewardship.errors import (
    ConsentDiffers,
    ConsentExpired,
    ConsentInvalid,
    ConsentMissing,
    MessageNotHeld,
    OnwardAgain,
    OnwardForbidden,
)
from comity.features.mirror.discrepancies import Discrepancy
from comity.features.mirror.record import MirrorRecord
from comity.features.mirror.store import (
    StoredMatch,
    all_exports,
    all_imports,
    discrepancies_of,
    find_export,
    matches_of,
)
from comity.features.risk.messages import examination_payload
from comity.features.risk.store import examinations_for
from comity.flows.clearing import Clearing
from comity.flows.release_onward import consented
from comity.flows.release_to_partners import RESULT_DATA_CLASS, RESULT_PURPOSE
from comity.foundation.canonical_json import canonical_json
from comity.foundation.errors import ComityError

DISCREPANCY_DATA_CLASS = "mirror-discrepancy"
DISCREPANCY_PURPOSE = "risk-assessment"
ENTRY = "export"


NOT_CONSENTED = (
    ConsentDiffers,
    ConsentExpired,
    ConsentInvalid,
    ConsentMissing,
    MessageNotHeld,
    OnwardAgain,
    OnwardForbidden,
)
"""Why what rests on a third country's record stays."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """One fact to release, and the messages of third countries that it rests on."""

    request: ReleaseRequest
    rests_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Exported:
    """What was exported: the file's bytes where anything may leave, how many pieces are in it, why others are not."""

    content: bytes | None
    items: int
    refusals: tuple[ComityError, ...]


def export_stix(session: Session, partner: str, *, clearing: Clearing) -> Exported:
    """Release what is held about a partner's exports and write it as a STIX bundle; every decision is kept.

    Raises:
        PeerUnknown: it is no partner of this node.
    """
    peer = find_peer(session, partner)
    released: list[Release] = []
    refusals: list[ComityError] = []
    for piece in _pieces(session, partner):
        try:
            for message_id in piece.rests_on:
                consented(session, message_id, recipient=partner, purpose=piece.request.purpose, clearing=clearing)
            released.append(release(session, request=piece.request, sender=clearing.authority, clock=clearing.clock))
        except (ReleaseRefused, *NOT_CONSENTED) as refused:
            refusals.append(refused)
    if not released:
        return Exported(None, 0, tuple(refusals))
    bundle = write_bundle(
        _shared(session, partner, released),
        sender=clearing.keys.public,
        recipient=peer.identity,
        agreements={each.agreement_id: find_text(session, each.agreement_hash).agreement for each in released},
        at=clearing.clock.now(),
    )
    content = json.dumps(bundle, indent=1, ensure_ascii=False).encode()
    statement = {
        "format": "stix-2.1",
        "recipient": partner,
        "sha256": hashlib.sha256(content).hexdigest(),
        "releases": [[one.id, one.message_type, one.agreement_id, one.clause, one.purpose] for one in released],
    }
    append(session, [NewEntry(ENTRY, bundle["id"], canonical_json(statement))], clearing.clock)
    return Exported(content, len(released), tuple(refusals))


def _shared(session: Session, partner: str, released: Sequence[Release]) -> list[SharedItem]:
    types = {one.message_type for one in released}
    first = {kind: first_released(session, partner, message_type=kind) for kind in types}
    return [SharedItem(one, first[one.message_type][one.subject], _facts_at(one.payload)) for one in released]


def _facts_at(payload: dict[str, Any]) -> datetime | None:
    text = payload.get("found_at", payload.get("examined_at"))
    return None if text is None else datetime.fromisoformat(text)


def _pieces(session: Session, partner: str) -> Iterator[_Piece]:
    """Give each discrepancy, then each examination: a result refers to the discrepancy that led there."""
    exports = {one.id: one for one in all_exports(session, partner)}
    imports = {one.id: one for one in all_imports(session)}
    by_export = matches_of(session, list(exports))
    matches = list({match.id: match for match in by_export.values()}.values())
    others = {match.id: _others(session, match, exports) for match in matches}
    for match in matches:
        if match.comparison.discrepancies:
            yield _Piece(_discrepancy_request(partner, match, imports, exports), others[match.id])
    for request in _unpaired(session, partner, imports=imports, exports=exports, matched=set(by_export)):
        yield _Piece(request)
    for match in matches:
        for request in _examination_requests(session, partner, match, imports, exports):
            yield _Piece(request, others[match.id])


def _others(session: Session, match: StoredMatch, exports: dict[str, MirrorRecord]) -> tuple[str, ...]:
    """Return the messages of other partners whose exports are in the pair."""
    found = (find_export(session, one) for one in match.pair.export_ids if one not in exports)
    return tuple(export.message_id for export in found if export is not None)


def _discrepancy_request(
    partner: str, match: StoredMatch, imports: dict[str, MirrorRecord], exports: dict[str, MirrorRecord]
) -> ReleaseRequest:
    payload = {
        "import_mrns": _numbers(match.pair.import_ids, imports),
        "export_mrns": _numbers(match.pair.export_ids, exports),
        "found_at": match.matched_at.isoformat(),
        "discrepancies": _told(match.comparison.discrepancies),
    }
    return ReleaseRequest(
        partner, DISCREPANCY, DISCREPANCY_DATA_CLASS, DISCREPANCY_PURPOSE, match.pair.import_ids[0], payload
    )


def _unpaired(
    session: Session,
    partner: str,
    *,
    imports: dict[str, MirrorRecord],
    exports: dict[str, MirrorRecord],
    matched: set[str],
) -> Iterator[ReleaseRequest]:
    """Tell what was found of a declaration that has no counterpart."""
    of_partner = [one.id for one in imports.values() if one.dispatch_country == partner]
    paired = matched | set(matches_of(session, of_partner))
    alone = [one for one in (*of_partner, *exports) if one not in paired]
    for record_id, found in discrepancies_of(session, alone).items():
        if found:
            payload = {
                "import_mrns": _numbers([record_id], imports),
                "export_mrns": _numbers([record_id], exports),
                "discrepancies": _told(found),
            }
            yield ReleaseRequest(partner, DISCREPANCY, DISCREPANCY_DATA_CLASS, DISCREPANCY_PURPOSE, record_id, payload)


def _examination_requests(
    session: Session,
    partner: str,
    match: StoredMatch,
    imports: dict[str, MirrorRecord],
    exports: dict[str, MirrorRecord],
) -> Iterator[ReleaseRequest]:
    """Tell the last result about each import of a pair."""
    own = next((one for one in match.pair.export_ids if one in exports), None)
    export = find_export(session, own) if own else None
    if export is None:
        return
    for import_id, examination in examinations_for(session, match.pair.import_ids).items():
        payload = examination_payload(
            examination.result,
            export_message_id=export.message_id,
            export_mrn=next(iter(_numbers(match.pair.export_ids, exports)), None),
            import_mrn=next(iter(_numbers([import_id], imports)), None),
            discrepancies=[one.kind.value for one in match.comparison.discrepancies],
            examined_at=examination.at,
        )
        yield ReleaseRequest(partner, EXAMINATION, RESULT_DATA_CLASS, RESULT_PURPOSE, import_id, payload)


def _numbers(ids: Sequence[str], records: dict[str, MirrorRecord]) -> list[str]:
    return [records[one].mrn or "" for one in ids if one in records and records[one].mrn]


def _told(discrepancies: Sequence[Discrepancy]) -> list[dict[str, Any]]:
    return [
        {
            "kind": one.kind.value,
            "path": one.path,
            "ours": one.ours,
            "theirs": one.theirs,
            "ratio": one.ratio,
            "severity": one.severity,
        }
        for one in discrepancies
    ]
