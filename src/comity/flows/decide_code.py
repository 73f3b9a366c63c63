"""How are decisions on classification and binding rulings kept? In the database, with an entry in the log."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

from sqlalchemy.orm import Session

from comity.cooperation.ledger.append import NewEntry, append
from comity.features.tariff.classification.errors import ItemUnknown
from comity.features.tariff.classification.records import Decision, KeptDecision, Ruling
from comity.features.tariff.classification.store import (
    find_ruling,
    keep_decision,
    keep_ruling,
    revoke_ruling,
)
from comity.flows.clearing import Clearing
from comity.flows.find_declaration import declared
from comity.foundation.canonical_json import canonical_json
from comity.foundation.clock import Clock
from comity.foundation.trade.declaration import Declaration, GoodsItem


def decide(session: Session, decision: Decision, *, officer: str, clearing: Clearing) -> KeptDecision:
    """Keep an officer's decision on a code, and log that it was made.

    Raises:
        DecisionInvalid: it is not complete.
        RulingUnknown: it names a ruling that is not kept here.
        DeclarationUnknown, ItemUnknown: it names goods that are not kept here.
    """
    if decision.ruling_reference is not None:
        find_ruling(session, decision.ruling_reference)
    if decision.declaration_id is not None and decision.item is not None:
        item_of(declared(session, decision.declaration_id), decision.item)
    kept = keep_decision(session, decision, officer=officer, clock=clearing.clock)
    statement = canonical_json(
        {
            "decision": kept.id,
            "declaration": decision.declaration_id or "",
            "item": decision.item or 0,
            "code": decision.code,
            "edition": decision.edition,
            "rules": list(decision.rules),
            "ruling": decision.ruling_reference or "",
            "model": decision.model or "",
            "officer": officer,
        }
    )
    append(session, [NewEntry("classification", decision.declaration_id or kept.id, statement)], clearing.clock)
    return kept


def item_of(declaration: Declaration, number: int) -> GoodsItem:
    """Return a goods item by its number: its own sequence, else its place.

    Raises:
        ItemUnknown: the declaration has none.
    """
    items = declaration.goods_shipment.items
    for place, item in enumerate(items, start=1):
        if (item.sequence or place) == number:
            return item
    raise ItemUnknown


def add_ruling(session: Session, ruling: Ruling, *, officer: str, clock: Clock) -> None:
    """Keep a binding ruling, and log it.

    Raises:
        RulingInvalid, RulingKnown: it is not complete, or there already.
    """
    keep_ruling(session, ruling, officer=officer, clock=clock)
    told = {name: str(value) for name, value in asdict(ruling).items() if value is not None}
    append(session, [NewEntry("binding-ruling", ruling.reference, canonical_json(told | {"officer": officer}))], clock)


def revoke(session: Session, reference: str, *, on: date, reason: str, officer: str, clock: Clock) -> Ruling:
    """Revoke a ruling from a day on, and log it.

    Raises:
        RulingUnknown, RulingInvalid: there is none, or it is revoked already.
    """
    ruling = revoke_ruling(session, reference, on=on, reason=reason)
    told = {"reference": reference, "revoked_on": on.isoformat(), "reason": reason, "officer": officer}
    append(session, [NewEntry("binding-ruling", reference, canonical_json(told))], clock)
    return ruling
