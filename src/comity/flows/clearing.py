"""What a flow needs beside the session: the node's keys, clock, rules, rates and chance."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from comity.cooperation.identity.keys import NodeKeys
from comity.features.mirror.settings import Thresholds
from comity.features.risk.assess import SelectionPolicy
from comity.features.risk.profile_memory import ProfileMemory
from comity.features.risk.profiles import CompiledProfiles
from comity.flows.check_codes import CodeChecks
from comity.foundation.clock import Clock
from comity.foundation.rates import ExchangeRates

MOST_WAITING = 100_000  # messages in one queue to a partner, unless it is set otherwise


@dataclass(frozen=True, slots=True)
class Clearing:
    """The equipment of clearing; the same for every declaration of a node."""

    keys: NodeKeys
    clock: Clock
    profiles: CompiledProfiles
    rates: ExchangeRates
    thresholds: Thresholds
    policy: SelectionPolicy
    random: Random
    most_waiting: int = MOST_WAITING
    codes: CodeChecks | None = None
    profile_memory: ProfileMemory | None = None
    """Knows which profiles are in force in the database; without it those of `profiles` are."""

    @property
    def authority(self) -> str:
        """Return the administration this node belongs to (ISO 3166 alpha-2)."""
        return self.keys.authority
