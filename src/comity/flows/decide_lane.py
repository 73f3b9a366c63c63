"""How does a declaration get its lane, and when is it decided again? From what is known; until a person has acted.

The second part of a split, or an export record that comes late, changes what is known of an import that has a lane
already. Its lane is then decided again with the same draw, so that honest trade is not held on an outdated reason and
chance is not asked twice. Every decision is an entry of the ledger.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.orm import Session

from comity.cooperation.ledger.append import NewEntry, append
from comity.features.declarations.store import find_many
from comity.features.risk.assess import Assessment, assess
from comity.features.risk.history.store import keep_lines
from comity.features.risk.store import StoredDecision, keep_decision, open_decisions, replace_decision
from comity.flows.clearing import Clearing
from comity.flows.gather_context import Context, gather_again
from comity.flows.profiles_in_force import with_profiles_in_force
from comity.foundation.canonical_json import canonical_json
from comity.foundation.trade.declaration import Declaration, DeclarationId

MOST_DECIDED_AGAIN = 10  # at one event, so that its cost is bounded; a mirror run decides what is left


def decide(
    session: Session, declaration: Declaration, *, declaration_id: DeclarationId, context: Context, clearing: Clearing
) -> Assessment:
    """Decide the lane of a new declaration and of the imports whose mirror image it changed."""
    assessment = _assess(declaration, context, draw=clearing.random.random(), clearing=clearing)
    keep_decision(session, declaration_id, assessment, context=context.worklist_columns, clock=clearing.clock)
    _keep_lines(session, declaration_id, declaration, context)
    append(session, [_entry(declaration_id, assessment, context)], clearing.clock)
    decide_again(session, sorted(context.touched)[:MOST_DECIDED_AGAIN], clearing=clearing)
    return assessment


def decide_again(session: Session, declaration_ids: Collection[str], *, clearing: Clearing) -> None:
    """Decide the lane of imports again as far as no person has acted on them; the same outcome changes nothing."""
    if not declaration_ids:
        return
    clearing = with_profiles_in_force(session, clearing)
    decisions = {one.declaration_id: one for one in open_decisions(session, declaration_ids)}
    kept = {name: one.declaration for name, one in find_many(session, list(decisions)).items()}
    entries = []
    for name, declaration, context in gather_again(session, kept, clearing=clearing):
        assessment = _assess(declaration, context, draw=decisions[name].draw, clearing=clearing)
        if not _is_same(decisions[name], assessment, context):
            replace_decision(session, name, assessment, context=context.worklist_columns, clock=clearing.clock)
            _keep_lines(session, name, declaration, context)
            entries.append(_entry(name, assessment, context))
    append(session, entries, clearing.clock)


def _keep_lines(session: Session, name: str, declaration: Declaration, context: Context) -> None:
    keep_lines(session, name, context.items, kind=declaration.kind.value, accepted_at=context.accepted_at)


def _assess(declaration: Declaration, context: Context, *, draw: float, clearing: Clearing) -> Assessment:
    return assess(
        context.items,
        declaration.kind.value,
        profiles=clearing.profiles,
        draw=draw,
        at=clearing.clock.now(),
        policy=clearing.policy,
    )


def _is_same(earlier: StoredDecision, assessment: Assessment, context: Context) -> bool:
    return (earlier.lane, earlier.reasons, list(earlier.discrepancy_kinds)) == (
        assessment.lane,
        assessment.reasons,
        context.worklist_columns["discrepancy_kinds"],
    )


def _entry(declaration_id: str, assessment: Assessment, context: Context) -> NewEntry:
    statement = {
        "declaration": declaration_id,
        "lane": assessment.lane.value,
        "score": f"{assessment.score:.6f}",
        "reasons": [reason.code for reason in assessment.reasons],
        "random": assessment.random_selected,
        "propensity": f"{assessment.propensity:.6f}",
        "draw": repr(assessment.draw),
        "engine": assessment.engine_version,
        "twin": list(context.twin_ids),
    }
    return NewEntry("decision", declaration_id, canonical_json(statement))
