"""Which agreements give preferences, and what do they ask? Read from a nation's TOML file (`[[agreement]]`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from comity.features.tariff.errors import NationalLawInvalid
from comity.features.tariff.origin.criteria import KINDS, Agreement, Criterion, ProductRule

CUMULATIONS = frozenset({"none", "bilateral", "diagonal", "full"})
_CRITERION = re.compile(
    r"(?P<kind>[A-Z-]+)(?: (?P<percent>[0-9]{1,3}(?:\.[0-9]{1,4})?)%)?(?: (?P<process>[a-z][a-z0-9-]*))?"
    r"(?: except (?P<out>[0-9]{2,6}(?: [0-9]{2,6})*))?"
)


def read_agreements(rows: object) -> tuple[Agreement, ...]:
    """Return the agreements of the rows.

    Raises:
        NationalLawInvalid: a row is not as documented; `path` names it.
    """
    if not isinstance(rows, list):
        raise NationalLawInvalid("Expected tables [[agreement]].", path="agreement")
    made = []
    for position, row in enumerate(rows, start=1):
        try:
            made.append(_agreement(row))
        except KeyError as error:
            raise NationalLawInvalid(f"Expected `{error.args[0]}`; add it.", path=f"agreement {position}") from error
        except (ValueError, TypeError, InvalidOperation, AttributeError) as error:
            raise NationalLawInvalid(
                "A choice of the agreement is not one of those documented.", path=f"agreement {position}"
            ) from error
    return tuple(made)


def _agreement(row: Mapping[str, Any]) -> Agreement:
    cumulation = row.get("cumulation", "none")
    if cumulation not in CUMULATIONS:
        raise ValueError("unknown cumulation")
    tolerance, threshold = row.get("tolerance_percent"), row.get("proof_not_needed_below")
    return Agreement(
        id=row.get("id", row["area"]),
        area=row["area"],
        legal_reference=row["legal_reference"],
        proofs=tuple(row.get("proofs", ())),
        proof_months=row.get("proof_months"),
        proof_not_needed_below=None if threshold is None else Decimal(str(threshold)),
        cumulation=cumulation,
        partners=frozenset(row.get("partners", ())),
        tolerance_percent=None if tolerance is None else Decimal(str(tolerance)),
        needs_direct_transport=bool(row.get("direct_transport", True)),
        rules=tuple(ProductRule(one["code"], _alternatives(one["any_of"])) for one in row.get("rule", ())),
        first=_day(row.get("valid_from", date(1971, 12, 31))),
        last=None if "valid_to" not in row else _day(row["valid_to"]),
    )


def _day(told: object) -> date:
    if not isinstance(told, date):
        raise TypeError("a day was expected")
    return told


def _alternatives(told: list[str]) -> tuple[tuple[Criterion, ...], ...]:
    return tuple(tuple(read_criterion(one.strip()) for one in every.split(" and ")) for every in told)


def read_criterion(text: str) -> Criterion:
    """Return the criterion of a text such as `CTH except 1006`, `MAX-FOREIGN 40%`, `PROCESS weaving`, `WO`.

    Raises:
        ValueError: it is not one.
    """
    match = _CRITERION.fullmatch(text)
    if match is None or match["kind"] not in KINDS:
        raise ValueError("unknown criterion")
    needs_percent = match["kind"] in ("MAX-FOREIGN", "BUILD-UP", "BUILD-DOWN")
    if needs_percent != (match["percent"] is not None) or (match["kind"] == "PROCESS") != (
        match["process"] is not None
    ):
        raise ValueError("a percentage or process is missing or too many")
    percent = None if match["percent"] is None else Decimal(match["percent"])
    return Criterion(match["kind"], percent, match["process"], tuple((match["out"] or "").split()))
