"""What does the price under a delivery term hold? Incoterms 2020, 2010 and the former ones (`incoterms.toml`)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

EXPORT_CARRIAGE, MAIN_CARRIAGE, INSURANCE, DUTIES = "export-carriage", "main-carriage", "insurance", "duties"
NEWEST = 2020


@dataclass(frozen=True, slots=True)
class Incoterm:
    """A delivery term: what its price holds, which place is named with it, and the code it was declared under."""

    code: str
    words: str
    place: str
    holds: frozenset[str]
    declared: str
    edition: int = NEWEST

    @property
    def is_former(self) -> bool:
        """Claim that another term stands for the declared one since Incoterms 2020."""
        return self.declared != self.code


@lru_cache(maxsize=1)
def load_incoterms() -> dict[str, Incoterm]:
    """Return the terms by the code they are declared under."""
    told = tomllib.loads((Path(__file__).parent / "incoterms.toml").read_text(encoding="utf-8"))
    terms = {
        row["code"]: Incoterm(row["code"], row["words"], row["place"], frozenset(row["holds"]), row["code"])
        for row in told["term"]
    }
    for row in told["former"]:
        now = terms[row["now"]]
        terms[row["code"]] = Incoterm(now.code, now.words, now.place, now.holds, row["code"], row["edition"])
    return terms
