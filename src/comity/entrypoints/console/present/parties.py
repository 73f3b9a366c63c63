"""Who stands where in a declaration, wherever the document chose to put them."""

from __future__ import annotations

from comity.foundation.trade.declaration import Declaration, DeclarationKind
from comity.foundation.trade.parties import Party


def exporter_of(declaration: Declaration) -> Party | None:
    """Return the exporter, else the seller or consignor of the shipment or its first line."""
    shipment = declaration.goods_shipment
    item = shipment.items[0] if shipment.items else None
    candidates = [shipment.exporter, shipment.seller, item.seller if item else None]
    candidates += [shipment.consignor, item.consignor if item else None]
    if declaration.kind is DeclarationKind.EXPORT:
        candidates.append(declaration.declarant)
    return _first(candidates)


def importer_of(declaration: Declaration) -> Party | None:
    """Return the importer, else the buyer or consignee of the shipment or its first line."""
    shipment = declaration.goods_shipment
    item = shipment.items[0] if shipment.items else None
    candidates = [shipment.importer, shipment.buyer, item.buyer if item else None]
    candidates += [shipment.consignee, item.consignee if item else None]
    if declaration.kind is DeclarationKind.IMPORT:
        candidates.append(declaration.declarant)
    return _first(candidates)


def _first(candidates: list[Party | None]) -> Party | None:
    return next((party for party in candidates if party and (party.id or party.name)), None)
