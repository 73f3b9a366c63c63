"""How does a profile come into force and out of it? Back-tested, proposed, approved by another, each act logged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from comity.cooperation.ledger.append import NewEntry, append
from comity.features.risk.facts import read_facts
from comity.features.risk.governance.backtest import JudgedLine, back_test
from comity.features.risk.governance.life import (
    Act,
    KeptAct,
    KeptProfile,
    Source,
    Status,
    after,
    check_profile,
    check_reason,
)
from comity.features.risk.governance.store import find_profile, keep_act, keep_profile, last_version
from comity.features.risk.history.store import past_lines, window_values
from comity.features.risk.profiles import CompiledProfiles, Profile, compile_profiles
from comity.features.risk.rules.accept import accept_rule
from comity.features.risk.store import propensities
from comity.flows.clearing import Clearing
from comity.flows.profiles_in_force import with_profiles_in_force
from comity.foundation.canonical_json import canonical_json

HISTORY = timedelta(days=365)


def try_on_history(session: Session, profile: Profile, *, clearing: Clearing) -> dict[str, Any]:
    """Return what a profile would have done in the last year of this node, beside those in force; nothing is stored.

    Raises:
        ProfileInvalid, RuleInvalid: it may not be a profile.
    """
    in_force = with_profiles_in_force(session, clearing).profiles
    check_profile(profile)
    accept_rule(profile.expression, profile_ids={one.id for one in in_force.profiles} | {profile.id})
    others = {one.id: one for one in in_force.profiles if one.id != profile.id}
    together = compile_profiles([*others.values(), profile])
    kind = profile.applies_to[0]
    lines = _judged(session, together, kind=kind, clearing=clearing)
    return {"kind": kind, **back_test(profile, lines, others=others)}


def propose(session: Session, profile: Profile, *, officer: str, reason: str, clearing: Clearing) -> KeptProfile:
    """Keep a new version with the back-test of that very version; it does not act yet.

    Raises:
        ProfileInvalid, RuleInvalid: it may not be a profile; nothing is stored.
    """
    act = KeptAct(Act.PROPOSE, officer, check_reason(reason), clearing.clock.now())
    seeded = clearing.profile_memory.seed.find(profile.id) if clearing.profile_memory else None
    version = max(last_version(session, profile.id), seeded.version if seeded else 0) + 1
    profile = profile.as_version(version)
    tested = try_on_history(session, profile, clearing=clearing)
    kept = KeptProfile(profile, Source.NATIONAL, None, Status.PROPOSED, tested, (act,))
    keep_profile(session, kept)
    _log(session, kept, act, clearing=clearing)
    return kept


def approve(
    session: Session, profile_id: str, *, version: int | None = None, officer: str, reason: str, clearing: Clearing
) -> KeptProfile:
    """Approve a proposed version: it acts from then on, within its validity, in place of the version before.

    Raises:
        ProfileUnknown, ActOutOfPlace, SecondPersonNeeded: it cannot be approved, or not by this person.
    """
    return _act(session, find_profile(session, profile_id, version), Act.APPROVE, (officer, reason), clearing=clearing)


def withdraw(
    session: Session, profile_id: str, *, version: int | None = None, officer: str, reason: str, clearing: Clearing
) -> KeptProfile:
    """Withdraw a version: no version of the profile acts until a later one is approved.

    Raises:
        ProfileUnknown, ActOutOfPlace: it is not there, or withdrawn already.
    """
    return _act(session, find_profile(session, profile_id, version), Act.WITHDRAW, (officer, reason), clearing=clearing)


def _act(session: Session, kept: KeptProfile, act: Act, why: tuple[str, str], *, clearing: Clearing) -> KeptProfile:
    officer, reason = why
    status = after(kept, act, officer)
    done = KeptAct(act, officer, check_reason(reason), clearing.clock.now())
    keep_act(session, kept.profile, done, status=status)
    changed = replace(kept, status=status, acts=(*kept.acts, done))
    _log(session, changed, done, clearing=clearing)
    return changed


def _judged(session: Session, compiled: CompiledProfiles, *, kind: str, clearing: Clearing) -> Iterator[JudgedLine]:
    chances = propensities(session, kind)
    now = clearing.clock.now()
    for line in list(past_lines(session, kind=kind, since=now - HISTORY, until=now)):
        windows = window_values(session, compiled.windows, [line.facts], kind=kind, at=line.accepted_at)
        hits = compiled.hits(read_facts(line.facts | windows[0], compiled.windows))
        office = line.facts.get("office")
        yield JudgedLine(
            line.declaration_id,
            str(office) if office else None,
            line.accepted_at,
            line.irregular,
            chances.get(line.declaration_id),
            [compiled.profiles[hit].id for hit in hits],
        )


def _log(session: Session, kept: KeptProfile, act: KeptAct, *, clearing: Clearing) -> None:
    statement = {
        "profile": kept.profile.id,
        "version": kept.profile.version,
        "act": act.act.value,
        "officer": act.officer,
        "reason": act.reason,
        "status": kept.status.value,
        "expression": kept.profile.expression,
        "lane": kept.profile.lane.value,
        "weight": f"{kept.profile.weight:.6f}",
    }
    append(session, [NewEntry("risk-profile", kept.profile.id, canonical_json(statement))], clearing.clock)
