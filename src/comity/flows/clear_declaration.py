"""How is a declaration cleared? Kept, compared, judged and released to partners, in the caller's one transaction.

Only this node's own database is read: clearing never waits for a partner.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from comity.features.declarations.read import ReadDocument
from comity.features.declarations.store import keep
from comity.features.risk.assess import Assessment
from comity.features.risk.lanes import Lane
from comity.features.risk.store import decision_of
from comity.flows.amend_export import CHANGES, apply_change
from comity.flows.assess_duty import Duty, assess_import, kept_assessment
from comity.flows.check_codes import CodesRefused
from comity.flows.clearing import Clearing
from comity.flows.decide_lane import decide
from comity.flows.gather_context import gather
from comity.flows.profiles_in_force import with_profiles_in_force
from comity.flows.release_to_partners import release_export
from comity.foundation.errors import ComityError, Finding, Severity
from comity.foundation.trade.declaration import Declaration, DeclarationFunction, DeclarationId, DeclarationKind

JUDGED = (DeclarationKind.IMPORT, DeclarationKind.EXPORT, DeclarationKind.TRANSIT)


class DocumentNotReadable(ComityError):
    """The document has errors and cannot be cleared; correct what its findings name and send it again."""

    code = "declarations.not-readable"
    status = 422


@dataclass(frozen=True, slots=True)
class Cleared:
    """What clearing decided. `lane` is None for what is kept but not judged: amendments and cancellations."""

    declaration_id: DeclarationId
    mrn: str | None
    is_new: bool
    kind: DeclarationKind
    lane: Lane | None
    score: float | None
    reasons: tuple[str, ...]
    released: int
    findings: tuple[Finding, ...]
    duty: Mapping[str, Any] | None = None
    """The assessment of an import: value, origin, charges, with their arithmetic."""


def clear(session: Session, document: ReadDocument, *, clearing: Clearing) -> Cleared:
    """Clear one document that was read without errors; the same document again changes nothing.

    Raises:
        DocumentNotReadable: the document has no declaration.
        CodesRefused: a code is not in force, and the node is set to refuse that.
    """
    declaration = document.declaration
    if declaration is None:
        raise DocumentNotReadable
    clearing = with_profiles_in_force(session, clearing)
    kept = keep(
        session,
        declaration=declaration,
        content_sha256=document.content_sha256,
        source="declared",
        clock=clearing.clock,
    )
    if not kept.is_new:
        return _known(session, kept.id, declaration, document.findings)
    findings = (*document.findings, *_checked(session, declaration, clearing))
    if declaration.function in CHANGES:
        apply_change(session, declaration, declaration_id=kept.id, clearing=clearing)
    if not _is_judged(declaration):
        return _cleared(kept.id, declaration, findings)
    duty = assess_import(session, declaration, declaration_id=kept.id, clearing=clearing)
    context = gather(session, declaration, declaration_id=kept.id, clearing=clearing)
    assessment = decide(session, declaration, declaration_id=kept.id, context=context, clearing=clearing)
    released = release_export(session, declaration, declaration_id=kept.id, clearing=clearing)
    return _cleared(kept.id, declaration, findings, assessment=assessment, released=released, duty=duty)


def _checked(session: Session, declaration: Declaration, clearing: Clearing) -> tuple[Finding, ...]:
    if clearing.codes is None:
        return ()
    findings = tuple(clearing.codes.check(session, declaration, clock=clearing.clock))
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise CodesRefused(findings)
    return findings


def _is_judged(declaration: Declaration) -> bool:
    return declaration.function is DeclarationFunction.ORIGINAL and declaration.kind in JUDGED


def _known(
    session: Session, declaration_id: DeclarationId, declaration: Declaration, findings: tuple[Finding, ...]
) -> Cleared:
    decision = decision_of(session, declaration_id)
    return Cleared(
        declaration_id,
        declaration.mrn,
        is_new=False,
        kind=declaration.kind,
        lane=decision.lane if decision else None,
        score=decision.score if decision else None,
        reasons=tuple(reason.text for reason in decision.reasons) if decision else (),
        released=0,
        findings=findings,
        duty=kept_assessment(session, declaration_id),
    )


def _cleared(
    declaration_id: DeclarationId,
    declaration: Declaration,
    findings: tuple[Finding, ...],
    *,
    assessment: Assessment | None = None,
    released: int = 0,
    duty: Duty | None = None,
) -> Cleared:
    return Cleared(
        declaration_id,
        declaration.mrn,
        is_new=True,
        kind=declaration.kind,
        lane=assessment.lane if assessment else None,
        score=assessment.score if assessment else None,
        reasons=tuple(reason.text for reason in assessment.reasons) if assessment else (),
        released=released,
        findings=(*findings, *(duty.findings if duty else ())),
        duty=duty.record if duty else None,
    )
