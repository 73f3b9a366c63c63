"""With which profiles is this declaration judged? Those in force in the node's database."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from comity.flows.clearing import Clearing


def with_profiles_in_force(session: Session, clearing: Clearing) -> Clearing:
    """Return the equipment with the profiles in force now; as it is where the node keeps none in its database."""
    memory = clearing.profile_memory
    if memory is None:
        return clearing
    current = memory.current(session)
    return clearing if current is clearing.profiles else replace(clearing, profiles=current)
