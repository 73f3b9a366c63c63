"""Which kinds of table there are: the document each gives, its columns, and the column that says what belongs together.

The columns are a closed list, their order is free.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from comity.features.declarations.formats.tabular.cargo_columns import CONSIGNMENT_COLUMNS, REPORT_COLUMNS
from comity.features.declarations.formats.tabular.column import Column
from comity.features.declarations.formats.tabular.declaration_columns import DECLARATION_COLUMNS
from comity.features.declarations.formats.tabular.item_columns import ITEM_COLUMNS
from comity.features.declarations.formats.tabular.movement_columns import EVENT_COLUMNS, MOVEMENT_COLUMNS
from comity.features.declarations.formats.tabular.traveller_columns import LIST_COLUMNS, TRAVELLER_COLUMNS
from comity.foundation.trade.cargo import CargoConsignment, CargoReport
from comity.foundation.trade.declaration import Declaration, GoodsItem
from comity.foundation.trade.movement import MovementEvent, MovementReport
from comity.foundation.trade.travellers import Traveller, TravellerList


@dataclass(frozen=True, slots=True)
class TableKind:
    """A kind of table. `key` is the column that groups rows; the entries (rows) stand at `entries_at`."""

    name: str
    document: type
    entry: type
    entries_at: str
    head: tuple[Column, ...]
    entries: tuple[Column, ...]

    @property
    def key(self) -> str:
        """Return the name of the column that says to which document a row belongs: always the first."""
        return self.head[0].name

    @property
    def columns(self) -> tuple[Column, ...]:
        """Return every column, those of the whole document first."""
        return self.head + self.entries


DECLARATION = TableKind(
    "declaration", Declaration, GoodsItem, "goods_shipment.items", DECLARATION_COLUMNS, ITEM_COLUMNS
)
CARGO_REPORT = TableKind(
    "cargo-report", CargoReport, CargoConsignment, "consignments", REPORT_COLUMNS, CONSIGNMENT_COLUMNS
)
MOVEMENTS = TableKind("movement-report", MovementReport, MovementEvent, "events", MOVEMENT_COLUMNS, EVENT_COLUMNS)
TRAVELLERS = TableKind("traveller-list", TravellerList, Traveller, "travellers", LIST_COLUMNS, TRAVELLER_COLUMNS)

TABLES = (DECLARATION, CARGO_REPORT, MOVEMENTS, TRAVELLERS)
BY_KEY = {kind.key: kind for kind in TABLES}


def kind_of_document(document: Any) -> TableKind | None:
    """Return the kind of table that holds such a document, or None."""
    return next((kind for kind in TABLES if isinstance(document, kind.document)), None)
