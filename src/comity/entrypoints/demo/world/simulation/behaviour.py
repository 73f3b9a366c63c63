"""By which shares and widths do the traders of the simulated world behave? The numbers of `behaviour.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

Behaviour = Mapping[str, Mapping[str, Any]]
"""Section -> name -> number, range or weights; each section has its `source`."""


@lru_cache(maxsize=1)
def load_behaviour() -> Behaviour:
    """Return the published behaviour."""
    told = tomllib.loads((files(__package__) / "behaviour.toml").read_text(encoding="utf-8"))
    return MappingProxyType({name: MappingProxyType(held) for name, held in told.items() if isinstance(held, dict)})
