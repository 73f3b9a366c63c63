"""What really happened: which exports and imports belong together, what was wrong, and what it cost the treasury."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any

from comity.foundation.errors import ComityError
from comity.foundation.trade.money import Money

FORMAT = "comity-demo-truth/1"


class TruthInvalid(ComityError):
    """The file does not hold the truth of a generated world; write the world again."""

    code = "demo.truth-invalid"
    status = 422


class IrregularityKind(StrEnum):
    """What is wrong with a consignment."""

    UNDERVALUATION = "undervaluation"
    OVERVALUATION = "overvaluation"
    QUANTITY = "quantity"
    MASS = "mass"
    GOODS_SHIFT = "goods-shift"
    ORIGIN = "origin"
    ORPHAN_EXPORT = "orphan-export"
    GHOST_IMPORT = "ghost-import"
    CONTAINER_TWICE = "container-twice"
    SHORT_LANDED = "short-landed"


@dataclass(frozen=True, slots=True)
class ConsignmentTruth:
    """One consignment. Declarations are named by their functional reference (D026).

    `pairs` are the true (export, import) pairs. `shape` is plain, consolidated, split or return. `link` says what of
    the export the import cites: mrn, ucr, transport or none. `leaves_trace`: the irregularity shows where the two
    sides' declarations are laid beside each other; False where both tell the same untruth. `revenue_lost` is duty
    and tax evaded.
    """

    id: str
    exports: tuple[str, ...]
    imports: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    shape: str
    link: str
    kind: IrregularityKind | None
    leaves_trace: bool
    revenue_lost: Money

    @property
    def is_irregular(self) -> bool:
        """Claim that something is wrong."""
        return self.kind is not None


@dataclass(frozen=True, slots=True)
class Truth:
    """The truth of a whole world. On `observed_on` every honest export has long had its import."""

    seed: int
    exporter_authority: str
    importer_authority: str
    start: date
    observed_on: date
    consignments: tuple[ConsignmentTruth, ...]

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Return every true (export, import) pair."""
        return tuple(pair for consignment in self.consignments for pair in consignment.pairs)

    @property
    def irregular(self) -> tuple[ConsignmentTruth, ...]:
        """Return the consignments with something wrong."""
        return tuple(consignment for consignment in self.consignments if consignment.is_irregular)


def write_truth(truth: Truth, path: Path) -> None:
    """Write the truth as JSON."""
    record = {
        "format": FORMAT,
        "seed": truth.seed,
        "exporter_authority": truth.exporter_authority,
        "importer_authority": truth.importer_authority,
        "start": truth.start.isoformat(),
        "observed_on": truth.observed_on.isoformat(),
        "consignments": [_as_record(consignment) for consignment in truth.consignments],
    }
    path.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def read_truth(path: Path) -> Truth:
    """Read what `write_truth` wrote.

    Raises:
        TruthInvalid: the file cannot be read, or holds something else.
    """
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        if record["format"] != FORMAT:
            raise TruthInvalid(f"Expected the format {FORMAT}; another came. Write the world again.")
        return Truth(
            seed=record["seed"],
            exporter_authority=record["exporter_authority"],
            importer_authority=record["importer_authority"],
            start=date.fromisoformat(record["start"]),
            observed_on=date.fromisoformat(record["observed_on"]),
            consignments=tuple(_from_record(held) for held in record["consignments"]),
        )
    except (OSError, ValueError, KeyError, TypeError, ArithmeticError) as error:
        raise TruthInvalid from error


def _as_record(consignment: ConsignmentTruth) -> dict[str, Any]:
    return {
        "id": consignment.id,
        "exports": list(consignment.exports),
        "imports": list(consignment.imports),
        "pairs": [list(pair) for pair in consignment.pairs],
        "shape": consignment.shape,
        "link": consignment.link,
        "kind": consignment.kind.value if consignment.kind else None,
        "leaves_trace": consignment.leaves_trace,
        "revenue_lost": {
            "amount": str(consignment.revenue_lost.amount),
            "currency": consignment.revenue_lost.currency,
        },
    }


def _from_record(record: dict[str, Any]) -> ConsignmentTruth:
    lost = record["revenue_lost"]
    return ConsignmentTruth(
        id=record["id"],
        exports=tuple(record["exports"]),
        imports=tuple(record["imports"]),
        pairs=tuple((export, import_) for export, import_ in record["pairs"]),
        shape=record["shape"],
        link=record["link"],
        kind=IrregularityKind(record["kind"]) if record["kind"] else None,
        leaves_trace=record["leaves_trace"],
        revenue_lost=Money(Decimal(lost["amount"]), lost["currency"]),
    )
