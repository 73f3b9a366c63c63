"""What a token permits, and whose declarations it is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from comity.foundation.trade.declaration import Declaration
from comity.foundation.trade.parties import Party


class Scope(StrEnum):
    """One permission of a token."""

    DECLARE = "declare"
    """Send declarations."""
    READ_DECISIONS = "read-decisions"
    """Read the lane of a declaration the trader takes part in."""
    READ_REASONS = "read-reasons"
    """See the reasons and the score too: for the administration's own systems, since they show what is looked for."""
    RECORD_EXAMINATIONS = "record-examinations"
    """Send examination results: for the administration's own systems."""
    READ_METRICS = "read-metrics"
    """Read the node's metrics: for the administration's monitoring."""
    ANY_TRADER = "any-trader"
    """Act on declarations of every trader: for the administration's own systems."""


@dataclass(frozen=True, slots=True)
class Token:
    """What is known of a token; the token itself is not kept."""

    id: str
    trader_id: str
    scopes: frozenset[Scope]
    expires_at: datetime
    is_revoked: bool = False

    def reaches(self, declaration: Declaration | None) -> bool:
        """Claim that the token's trader takes part in the declaration, or that the token reaches all.

        Documents that are no declaration (None) are the administration's own: no trader reaches them.
        """
        if Scope.ANY_TRADER in self.scopes:
            return True
        return declaration is not None and self.trader_id in _party_ids(declaration)


def _party_ids(declaration: Declaration) -> set[str]:
    shipment = declaration.goods_shipment
    parties: list[Party | None] = [declaration.declarant, declaration.agent, declaration.submitter]
    parties += [shipment.exporter, shipment.importer]
    parties += [shipment.consignor, shipment.consignee, shipment.buyer, shipment.seller]
    for item in shipment.items:
        parties += [item.consignor, item.consignee, item.buyer, item.seller]
    return {party.id for party in parties if party and party.id}
