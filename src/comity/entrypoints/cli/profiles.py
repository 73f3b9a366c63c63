"""Commands about risk profiles: check a condition, test it on history, propose, approve and withdraw a version."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from comity.entrypoints.cli.acting import Officer, acting
from comity.entrypoints.cli.options import AsJson, Home, opened
from comity.entrypoints.cli.output import Exit, errors, people, reporting, working, write_json, write_table
from comity.features.risk.errors import ProfilesInvalid, RuleInvalid
from comity.features.risk.profiles import Profile, load_profiles, read_profiles
from comity.features.risk.rules.accept import accept_rule

if TYPE_CHECKING:
    from comity.features.risk.governance.life import KeptProfile

SHOWN_AROUND = 60  # characters of the condition before and after the fault

Condition = Annotated[str, typer.Argument(help="The condition, as docs/reference/columns.md describes.")]

ProfileFile = Annotated[
    Path, typer.Argument(metavar="FILE", help="One [[profile]], TOML.", exists=True, dir_okay=False)
]
ProfileId = Annotated[str, typer.Argument(metavar="ID", help="The profile's id.")]
Version = Annotated[int | None, typer.Option(help="Which version; the highest where none is named.")]
Reason = Annotated[str, typer.Option(help="Why, for the log.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    profile = typer.Typer(help="Risk profiles.", no_args_is_help=True)
    app.add_typer(profile, name="profile")
    for name, command in (
        ("list", show_all),
        ("check", check),
        ("backtest", backtest),
        ("propose", put_forward),
        ("approve", approve_version),
        ("withdraw", withdraw_version),
    ):
        profile.command(name)(command)


def show_all(home: Home, as_json: AsJson = False) -> None:
    """List the profiles in force, and every version the node keeps with its acts."""
    from comity.features.risk.governance.store import kept_profiles
    from comity.flows.profiles_in_force import with_profiles_in_force

    with reporting(as_json=as_json), opened(home) as node, node.database.reading() as session:
        in_force = with_profiles_in_force(session, node.clearing()).profiles.profiles
        kept = kept_profiles(session)
    own = {(one.profile.id, one.profile.version) for one in kept}
    if as_json:
        acting_now = [
            {"id": one.id, "version": one.version, "lane": one.lane.value, "title": one.title}
            | {"approved_by": "this node" if (one.id, one.version) in own else "the installation"}
            for one in in_force
        ]
        write_json({"in_force": acting_now, "versions": [_told(one) for one in kept]})
        return
    rows = [
        [one.id, str(one.version), one.lane.value, "in force" if (one.id, one.version) in own else "installation"]
        for one in in_force
    ]
    shown = {(one.id, one.version) for one in in_force}
    rows += [
        [one.profile.id, str(one.profile.version), one.profile.lane.value, one.status.value]
        for one in kept
        if (one.profile.id, one.profile.version) not in shown
    ]
    write_table("Risk profiles", ["id", "version", "lane", "status"], rows)


def backtest(file: ProfileFile, home: Home, as_json: AsJson = False) -> None:
    """Tell what a profile would have done in the node's last year; nothing is stored."""
    from comity.flows.govern_profiles import try_on_history

    with reporting(as_json=as_json), opened(home) as node, working("testing on history", quiet=as_json):
        profile = _only_one(file)
        with node.database.reading() as session:
            told = try_on_history(session, profile, clearing=node.clearing())
    if as_json:
        write_json(told)
    else:
        _tell_backtest(told)


def put_forward(
    file: ProfileFile, home: Home, reason: Reason, officer: Officer = None, as_json: AsJson = False
) -> None:
    """Propose a profile as a new version, with its back-test; another person approves it."""
    from comity.flows.govern_profiles import propose

    with reporting(as_json=as_json), opened(home) as node, working("testing on history", quiet=as_json):
        profile = _only_one(file)
        with node.database.transaction() as session:
            kept = propose(session, profile, officer=acting(officer), reason=reason, clearing=node.clearing())
    _tell(kept, as_json=as_json)


def approve_version(
    profile_id: ProfileId,
    home: Home,
    reason: Reason,
    version: Version = None,
    officer: Officer = None,
    as_json: AsJson = False,
) -> None:
    """Approve a proposed version: it acts from now on. Whoever proposed it cannot."""
    from comity.flows.govern_profiles import approve

    with reporting(as_json=as_json), opened(home) as node, node.database.transaction() as session:
        kept = approve(
            session, profile_id, version=version, officer=acting(officer), reason=reason, clearing=node.clearing()
        )
    _tell(kept, as_json=as_json)


def withdraw_version(
    profile_id: ProfileId,
    home: Home,
    reason: Reason,
    version: Version = None,
    officer: Officer = None,
    as_json: AsJson = False,
) -> None:
    """Withdraw a version: the profile acts no more until a later version is approved."""
    from comity.flows.govern_profiles import withdraw

    with reporting(as_json=as_json), opened(home) as node, node.database.transaction() as session:
        kept = withdraw(
            session, profile_id, version=version, officer=acting(officer), reason=reason, clearing=node.clearing()
        )
    _tell(kept, as_json=as_json)


def check(condition: Condition, as_json: AsJson = False) -> None:
    """Check a profile's condition as it would be checked before it is stored; needs no node."""
    try:
        rule = accept_rule(condition, profile_ids=[profile.id for profile in load_profiles().profiles])
    except RuleInvalid as error:
        if as_json:
            write_json({"error": error.as_problem() | {"position": error.position, "nearest": error.nearest}})
        else:
            errors.print(f"[red]{error.code}[/red]: {escape(error.message)}")
            for line in _pointed(condition, error.position):
                errors.print(escape(line))
        raise typer.Exit(Exit.ERRORS_IN_INPUT) from error
    windows = [{"name": window.name, "meaning": window.meaning} for window in rule.windows]
    if as_json:
        write_json({"is_accepted": True, "columns": sorted(rule.columns_used), "windows": windows, "sql": rule.sql})
        return
    people.print(f"accepted; asks for {escape(', '.join(sorted(rule.columns_used)) or 'no column')}")
    for window in windows:
        people.print(f"  {escape(window['meaning'])}")


def _pointed(condition: str, position: int | None) -> list[str]:
    """Return the condition's part around the fault with a sign beneath it."""
    if position is None:
        return []
    begin = max(0, position - SHOWN_AROUND)
    shown = "".join(letter if letter.isprintable() else " " for letter in condition[begin : position + SHOWN_AROUND])
    return [f"  {shown}", f"  {' ' * (position - begin)}^"]


def _only_one(path: Path) -> Profile:
    profiles = read_profiles(path)
    if len(profiles) != 1:
        raise ProfilesInvalid(f"{path.name}: one [[profile]] was expected, found {len(profiles)}")
    return profiles[0]


def _told(kept: KeptProfile) -> dict[str, Any]:
    profile = kept.profile
    return {
        "id": profile.id,
        "version": profile.version,
        "title": profile.title,
        "expression": profile.expression,
        "lane": profile.lane.value,
        "status": kept.status.value,
        "source": kept.source.value,
        "sender": kept.sender,
        "acts": [
            {"act": one.act.value, "officer": one.officer, "reason": one.reason, "at": one.at.isoformat()}
            for one in kept.acts
        ],
        "backtest": kept.backtest,
    }


def _tell(kept: KeptProfile, *, as_json: bool) -> None:
    if as_json:
        write_json(_told(kept))
        return
    people.print(f"{kept.profile.id}, version {kept.profile.version}: {kept.status.value}")
    _tell_backtest(kept.backtest)


def _tell_backtest(told: dict[str, Any]) -> None:
    rate = told["hit_rate"]
    people.print(f"  history: {told['declarations']} declarations, {told['lines']} lines; hits: {told['hits']}")
    if rate:
        low, high = rate["interval"]
        people.print(f"  of {told['examined']} examined, {rate['seen']:.1%} irregular (95 %: {low:.1%} to {high:.1%})")
    people.print(
        f"  hit by no other profile: {told['alone']}; irregular and found by this alone: {told['found_by_this_alone']};"
        f" irregular and caught by none: {told['missed_by_all']}"
    )
    for one in told["load"]:
        people.print(f"  {one['office'] or 'no office'}: {one['mean']:.1f} a day with hits, {one['most']} at most")
