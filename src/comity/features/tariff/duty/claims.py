"""What does a goods item of a declaration claim? Its preference, quota, codes, papers and quantities, as facts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from comity.features.tariff.duty.facts import ItemFacts
from comity.foundation.trade.declaration import Declaration, GoodsItem

QUOTA_ID = 17  # characters of an order number (WCO DM 401: an..17)


def facts_of(declaration: Declaration, item: GoodsItem, *, on: date) -> ItemFacts:
    """Return the facts of an item, its value still 0."""
    duties = item.commodity.duties
    codes = (duty.regime_code for duty in duties)
    return ItemFacts(
        code=item.commodity.code or "",
        value=Decimal(0),
        on=on,
        origin=item.origin_country,
        preferential_origin=item.preferential_origin,
        preference_code=next((code for code in codes if code), None),
        order_number=next((duty.quota_id for duty in duties if duty.quota_id), None),
        additional_codes=frozenset(one.id.upper() for one in item.commodity.classifications),
        documents=documents_of(declaration, item),
        procedures=procedures_of(item),
        net_mass_kg=item.net_mass_kg,
        quantities=_quantities(item),
    )


def documents_of(declaration: Declaration, item: GoodsItem) -> frozenset[str]:
    """Return the type codes of the papers of the item and of the whole declaration, with and without category."""
    found: set[str] = set()
    for paper in (*item.additional_documents, *declaration.additional_documents):
        if paper.type_code:
            found |= {paper.type_code.upper(), f"{paper.category_code or ''}{paper.type_code}".upper()}
    return frozenset(found)


def procedures_of(item: GoodsItem) -> frozenset[str]:
    """Return the procedure (current, with the previous one) and the additional ones."""
    current = item.procedure_current or ""
    found = {current, current + (item.procedure_previous or ""), *item.additional_procedures}
    return frozenset(one for one in found if one)


def _quantities(item: GoodsItem) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for duty in item.commodity.duties:
        if duty.base_quantity is not None and duty.base_unit:
            found[duty.base_unit.upper()] = duty.base_quantity
    if item.supplementary_quantity is not None and item.supplementary_unit:
        found[item.supplementary_unit.upper()] = item.supplementary_quantity
    return found
