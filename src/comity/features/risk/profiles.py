"""Which risk profiles are in force? Documented criteria with action, owner and validity, from a data file."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import msgspec

from comity.features.risk.columns import BY_NAME, Level
from comity.features.risk.errors import ProfilesInvalid, RuleInvalid
from comity.features.risk.facts import Row
from comity.features.risk.lanes import Lane
from comity.features.risk.rules import engine
from comity.features.risk.rules.compile import Rule, compile_hits, compile_rule, windows_of
from comity.features.risk.windows import Window

DEFAULT = Path(__file__).parent / "profiles.toml"
MOST_BYTES = 4 * 1024 * 1024  # a guess: five hundred profiles with the longest condition have half of it


class Profile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A risk profile. `weight` is the part of certainty a hit gives, 0 to 1.

    `mandatory`: a hit is looked at whatever the day's capacity; without it, hits compete for the slots by their score.
    """

    id: str
    title: str
    risk_area: str
    expression: str
    weight: float
    lane: Lane
    instruction: str
    mandatory: bool = False
    version: int = 1
    owner: str = "risk unit"
    applies_to: tuple[str, ...] = ("import",)
    valid_from: date = date(2026, 1, 1)
    valid_to: date = date(2099, 12, 31)

    def as_version(self, version: int) -> Profile:
        """Return the same profile under another version."""
        return msgspec.structs.replace(self, version=version)


class _File(msgspec.Struct, forbid_unknown_fields=True):
    profile: list[Profile]


@dataclass(frozen=True, slots=True)
class CompiledProfiles:
    """Profiles with one function that tells, for a row of facts, which of them hit (by position)."""

    profiles: tuple[Profile, ...]
    hits: Callable[[Row], list[int]]
    """Takes a row as `read_facts(facts, windows)` returns it."""
    windows: tuple[Window, ...]
    """The distinct windows over history that they ask for."""
    of_whole: frozenset[str]
    """Ids of the profiles that ask for nothing of a single goods item."""
    version: str
    """Names exactly these profiles: the first 16 hex digits of the SHA-256 over all of them."""

    def find(self, profile_id: str) -> Profile | None:
        """Return a profile by its id, or None."""
        return next((profile for profile in self.profiles if profile.id == profile_id), None)


def load_profiles(path: Path = DEFAULT) -> CompiledProfiles:
    """Read, check and compile a file of profiles.

    Raises:
        ProfilesInvalid: the file, or the profile it names, cannot be used.
    """
    return compile_profiles(read_profiles(path))


def read_profiles(path: Path) -> list[Profile]:
    """Read a file of profiles; their conditions are not looked at yet.

    Raises:
        ProfilesInvalid: it is not a file of profiles, or larger than one may be.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise ProfilesInvalid(f"{path.name}: a file of profiles has at most {MOST_BYTES} bytes")
        return msgspec.convert(tomllib.loads(content.decode()), _File).profile
    except (OSError, UnicodeDecodeError, RecursionError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ProfilesInvalid(f"{path.name}: {error}") from error


def compile_profiles(profiles: Iterable[Profile]) -> CompiledProfiles:
    """Check and compile profiles.

    Raises:
        ProfilesInvalid: an id stands twice, a weight is out of range, or an expression is not of the language.
    """
    compiled: dict[str, tuple[Profile, Rule]] = {}
    for profile in profiles:
        if profile.id in compiled or not 0 <= profile.weight < 1:
            raise ProfilesInvalid(f"profile {profile.id}: an id stands once, a weight is from 0 to below 1")
        try:
            compiled[profile.id] = (profile, compile_rule(profile.expression, is_bound=False))
        except RuleInvalid as error:
            raise ProfilesInvalid(f"profile {profile.id}: {error.message}", path=error.path) from error
    rules = [rule for _, rule in compiled.values()]
    windows = windows_of(rule.tree for rule in rules)
    engine.bind([rule.sql for rule in rules], windows)
    of_whole = frozenset(
        profile.id
        for profile, rule in compiled.values()
        if all(BY_NAME[name].level is Level.DECLARATION for name in rule.columns_used)
    )
    kept = tuple(profile for profile, _ in compiled.values())
    version = hashlib.sha256(msgspec.json.encode(kept)).hexdigest()[:16]
    return CompiledProfiles(kept, compile_hits(rules, windows), windows, of_whole, version)
