"""What a trade document may be, whatever format it came in: one of a closed set of values."""

from __future__ import annotations

from comity.foundation.trade.cargo import CargoReport, StowagePlan
from comity.foundation.trade.declaration import Declaration
from comity.foundation.trade.movement import MovementReport
from comity.foundation.trade.notice import Notice
from comity.foundation.trade.travellers import TravellerList

TradeDocument = Declaration | Notice | CargoReport | StowagePlan | MovementReport | TravellerList
"""What a reader gives and what a node keeps."""

NAMES: dict[str, type[TradeDocument]] = {
    "declaration": Declaration,
    "notice": Notice,
    "cargo-report": CargoReport,
    "stowage-plan": StowagePlan,
    "movement-report": MovementReport,
    "traveller-list": TravellerList,
}


def name_of(document: TradeDocument) -> str:
    """Return the kind of a document by the name under which it is kept and told."""
    return next(name for name, kind in NAMES.items() if isinstance(document, kind))
