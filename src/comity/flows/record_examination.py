"""How is the result of an examination recorded? Kept, logged, and fed back to the partner whose record led there."""

from __future__ import annotations

from sqlalchemy.orm import Session

from comity.cooperation.ledger.append import NewEntry, append
from comity.features.mirror.store import find_export, match_of
from comity.features.risk.examination import ExaminationResult, OutcomeCode
from comity.features.risk.history.store import keep_result
from comity.features.risk.messages import examination_payload
from comity.features.risk.store import keep_examination
from comity.flows.clearing import Clearing
from comity.flows.find_declaration import declared
from comity.flows.release_to_partners import release_result
from comity.foundation.canonical_json import canonical_json


def record(
    session: Session, declaration_id: str, result: ExaminationResult, *, officer: str, clearing: Clearing
) -> int:
    """Keep what an examiner found; return how many partners the result was queued for.

    Raises:
        DeclarationUnknown: no such declaration is kept here.
    """
    declaration = declared(session, declaration_id)
    keep_examination(session, declaration_id, result, officer=officer, clock=clearing.clock)
    if result.outcome is not OutcomeCode.NOT_CARRIED_OUT:
        keep_result(session, declaration_id, irregular=result.outcome.is_irregular, at=clearing.clock.now())
    statement = canonical_json({"declaration": declaration_id, "outcome": result.outcome.value, "officer": officer})
    append(session, [NewEntry("examination", declaration_id, statement)], clearing.clock)
    match = match_of(session, declaration_id)
    if match is None:
        return 0
    queued = 0
    for export_id in match.pair.export_ids:
        export = find_export(session, export_id)
        if export is None:
            continue
        payload = examination_payload(
            result,
            export_message_id=export.message_id,
            export_mrn=export.mirror.mrn,
            import_mrn=declaration.mrn,
            discrepancies=[each.kind.value for each in match.comparison.discrepancies],
            examined_at=clearing.clock.now(),
        )
        queued += release_result(
            session, partner=export.partner, subject=declaration_id, payload=payload, clearing=clearing
        )
    return queued
