"""How are versions of profiles and the acts about them kept? Versions are never overwritten."""

from __future__ import annotations

import msgspec
from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from comity.features.risk.errors import ProfileUnknown
from comity.features.risk.governance.life import Act, KeptAct, KeptProfile, Source, Status
from comity.features.risk.governance.tables import ProfileActRow, ProfileRow
from comity.features.risk.profiles import Profile


def last_act(session: Session) -> int:
    """Return the number of the last act about any profile, 0 where there was none: what is in force changes with it."""
    return int(session.scalar(select(func.max(ProfileActRow.number))) or 0)


def last_version(session: Session, profile_id: str) -> int:
    """Return the highest version kept of a profile, 0 where there is none."""
    return int(session.scalar(select(func.max(ProfileRow.version)).where(ProfileRow.id == profile_id)) or 0)


def keep_profile(session: Session, kept: KeptProfile) -> None:
    """Keep a new version with its first act."""
    session.execute(
        insert(ProfileRow).values(
            id=kept.profile.id,
            version=kept.profile.version,
            content=msgspec.to_builtins(kept.profile),
            source=kept.source.value,
            sender=kept.sender,
            status=kept.status.value,
            backtest=kept.backtest,
        )
    )
    for act in kept.acts:
        keep_act(session, kept.profile, act, status=kept.status)


def keep_act(session: Session, profile: Profile, act: KeptAct, *, status: Status) -> None:
    """Keep an act, and where the version stands after it."""
    session.execute(
        insert(ProfileActRow).values(
            profile_id=profile.id,
            version=profile.version,
            act=act.act.value,
            officer=act.officer,
            reason=act.reason,
            at=act.at,
        )
    )
    session.execute(
        update(ProfileRow)
        .where(ProfileRow.id == profile.id, ProfileRow.version == profile.version)
        .values(status=status.value)
    )


def find_profile(session: Session, profile_id: str, version: int | None = None) -> KeptProfile:
    """Return a version of a profile, the highest where none is named.

    Raises:
        ProfileUnknown: it is not kept here.
    """
    found = [one for one in kept_profiles(session, profile_id) if version in (None, one.profile.version)]
    if not found:
        raise ProfileUnknown
    return found[-1]


def kept_profiles(session: Session, profile_id: str | None = None) -> list[KeptProfile]:
    """Return the versions of one profile or of all, by id and version."""
    acts: dict[tuple[str, int], list[KeptAct]] = {}
    rows = select(ProfileRow).order_by(ProfileRow.id, ProfileRow.version)
    done = select(ProfileActRow).order_by(ProfileActRow.number)
    if profile_id is not None:
        rows, done = rows.where(ProfileRow.id == profile_id), done.where(ProfileActRow.profile_id == profile_id)
    for row in session.scalars(done):
        act = KeptAct(Act(row.act), row.officer, row.reason, row.at)
        acts.setdefault((row.profile_id, row.version), []).append(act)
    return [
        KeptProfile(
            msgspec.convert(row.content, Profile),
            Source(row.source),
            row.sender,
            Status(row.status),
            row.backtest,
            tuple(acts.get((row.id, row.version), ())),
        )
        for row in session.scalars(rows.execution_options(populate_existing=True))
    ]


def profiles_in_force(seed: tuple[Profile, ...], kept: list[KeptProfile]) -> tuple[Profile, ...]:
    """Return what acts: of each id the highest version that is not merely proposed, unless it was withdrawn.

    The profiles the node came with act until the node has a version of its own; validity is looked at day by day.
    """
    acting: dict[str, Profile | None] = {profile.id: profile for profile in seed}
    for one in kept:
        if one.status is not Status.PROPOSED:
            acting[one.profile.id] = one.profile if one.status is Status.APPROVED else None
    return tuple(profile for profile in acting.values() if profile is not None)
