"""Which profiles are in force now? Compiled once, and again only after an act about a profile."""

from __future__ import annotations

from sqlalchemy.orm import Session

from comity.features.risk.governance.store import kept_profiles, last_act, profiles_in_force
from comity.features.risk.profiles import CompiledProfiles, compile_profiles


class ProfileMemory:
    """Remembers the compiled profiles of one node, with the act after which they were read."""

    def __init__(self, seed: CompiledProfiles) -> None:
        self._seed = seed
        self._known: tuple[int, CompiledProfiles] = (0, seed)

    @property
    def seed(self) -> CompiledProfiles:
        """Return the profiles the node came with."""
        return self._seed

    def current(self, session: Session) -> CompiledProfiles:
        """Return the profiles that are in force; one statement unless something changed."""
        act, (known_at, compiled) = last_act(session), self._known
        if act == known_at:
            return compiled
        compiled = compile_profiles(profiles_in_force(self._seed.profiles, kept_profiles(session)))
        self._known = act, compiled
        return compiled
