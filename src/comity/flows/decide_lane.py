"""How does a declaration get its lane, and when is it decided again? From what is known; until a person has acted.

The second part of a split, or an export record that comes late, changes what is known of an import that has a lane
already. Its lane is then decided again with the same draw, so that honest trade is not held on an outdated reason and
chance is not asked twice; where nothing new is known, the lane stays, whatever the rule of the new day would say. Every
decision is an entry of the ledger, with all that repeats it.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.orm import Session

from comity.cooperation.ledger.append import NewEntry, append
from comity.features.declarations.store import find_many
from comity.features.risk.assess import OF_SELECTION, Assessment, Finding, find, select
from comity.features.risk.history.store import keep_lines
from comity.features.risk.selection.draws import draw_of
from comity.features.risk.selection.rule import SCORE_DIGITS, use
from comity.features.risk.selection.store import keep_hits, keep_used
from comity.features.risk.store import StoredDecision, keep_decision, open_decisions, replace_decision
from comity.flows.clearing import Clearing
from comity.flows.gather_context import Context, gather_again
from comity.flows.profiles_in_force import with_profiles_in_force
from comity.flows.selection_day import Today, today
from comity.foundation.canonical_json import canonical_json
from comity.foundation.trade.declaration import Declaration, DeclarationId, DeclarationKind

MOST_DECIDED_AGAIN = 10  # at one event, so that its cost is bounded; a mirror run decides what is left


def decide(
    session: Session, declaration: Declaration, *, declaration_id: DeclarationId, context: Context, clearing: Clearing
) -> Assessment:
    """Decide the lane of a new declaration and of the imports whose mirror image it changed."""
    now = today(session, _office(declaration, context), clearing=clearing)
    assessment = _select(session, _find(declaration, context, clearing), now, draw_of(now.seed, declaration_id))
    keep_decision(session, declaration_id, assessment, context=context.worklist_columns, clock=clearing.clock)
    _keep_lines(session, declaration_id, declaration, context)
    keep_hits(session, declaration_id, assessment.versions, is_new=True)
    append(session, [_entry(declaration_id, assessment, context)], clearing.clock)
    decide_again(session, sorted(context.touched)[:MOST_DECIDED_AGAIN], clearing=clearing)
    return assessment


def decide_again(session: Session, declaration_ids: Collection[str], *, clearing: Clearing) -> None:
    """Decide the lane of imports again as far as no person has acted on them; the same findings change nothing."""
    if not declaration_ids:
        return
    clearing = with_profiles_in_force(session, clearing)
    decisions = {one.declaration_id: one for one in open_decisions(session, declaration_ids)}
    kept = {name: one.declaration for name, one in find_many(session, list(decisions)).items()}
    entries = []
    for name, declaration, context in gather_again(session, kept, clearing=clearing):
        finding, earlier = _find(declaration, context, clearing), decisions[name]
        if not _is_same(earlier, finding, context):
            now = today(session, _office(declaration, context), clearing=clearing)
            if earlier.decided_at.date() == now.day:
                now = now.without(earlier.choice)
            assessment = _select(session, finding, now, earlier.draw)
            replace_decision(session, name, assessment, context=context.worklist_columns, clock=clearing.clock)
            _keep_lines(session, name, declaration, context)
            keep_hits(session, name, assessment.versions, is_new=False)
            entries.append(_entry(name, assessment, context))
    append(session, entries, clearing.clock)


def _keep_lines(session: Session, name: str, declaration: Declaration, context: Context) -> None:
    keep_lines(session, name, context.items, kind=declaration.kind.value, accepted_at=context.accepted_at)


def _find(declaration: Declaration, context: Context, clearing: Clearing) -> Finding:
    return find(context.items, declaration.kind.value, profiles=clearing.profiles, at=clearing.clock.now())


def _select(session: Session, finding: Finding, now: Today, draw: float) -> Assessment:
    assessment = select(finding, rule=now.rule, draw=draw, used=now.used)
    used = use(now.used, assessment.choice)
    if now.office is not None and used != now.kept:
        keep_used(session, now.day, now.office, used)
    return assessment


def _office(declaration: Declaration, context: Context) -> str | None:
    """Return the office whose capacity counts: examinations are of imports."""
    is_import = declaration.kind is DeclarationKind.IMPORT
    return context.worklist_columns["office"] if is_import else None


def _is_same(earlier: StoredDecision, finding: Finding, context: Context) -> bool:
    hits = tuple(reason for reason in earlier.reasons if reason.code not in OF_SELECTION)
    return (hits, round(earlier.score, SCORE_DIGITS), list(earlier.discrepancy_kinds)) == (
        finding.reasons,
        round(finding.score, SCORE_DIGITS),
        context.worklist_columns["discrepancy_kinds"],
    )


def _entry(declaration_id: str, assessment: Assessment, context: Context) -> NewEntry:
    statement = {
        "declaration": declaration_id,
        "kind": context.worklist_columns["kind"],
        "office": context.worklist_columns["office"],
        "lane": assessment.lane.value,
        "score": f"{assessment.score:.{SCORE_DIGITS}f}",
        "reasons": [reason.code for reason in assessment.reasons],
        "hit_lane": assessment.hit_lane.value,
        "mandatory": assessment.mandatory.value if assessment.mandatory else None,
        "curiosity": repr(assessment.curiosity),
        "ground": assessment.ground.value,
        "slot": assessment.has_slot,
        "random": assessment.random_selected,
        "propensity": f"{assessment.propensity:.6f}",
        "draw": repr(assessment.draw),
        "engine": assessment.engine_version,
        "twin": list(context.twin_ids),
    }
    return NewEntry("decision", declaration_id, canonical_json(statement))
