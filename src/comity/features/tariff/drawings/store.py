"""How much is left of a quota, and what did a declaration draw from it? A drawing is made once and kept."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from comity.features.tariff.measures.stored_form import quota_from_row
from comity.features.tariff.quota import QuotaBalance, QuotaDrawing, QuotaRequest, draw
from comity.features.tariff.tables import TariffDrawingRow, TariffQuotaRow
from comity.foundation.clock import Clock


def balance_of(session: Session, order_number: str, on: date) -> QuotaBalance | None:
    """Return what is left of the quota period that is open on the day, or None; the period is locked."""
    asked = select(TariffQuotaRow).where(TariffQuotaRow.order_number == order_number, TariffQuotaRow.first <= on)
    rows = session.scalars(asked.order_by(TariffQuotaRow.first.desc()).with_for_update())
    row = next((one for one in rows if one.last is None or on <= one.last), None)
    if row is None:
        return None
    definition = quota_from_row({column.key: getattr(row, column.key) for column in row.__table__.columns})
    drawn = session.scalars(select(TariffDrawingRow.allocated).where(TariffDrawingRow.quota_id == row.id))
    return QuotaBalance(definition, definition.opening - sum((Decimal(each) for each in drawn), Decimal(0)))


def draw_for(
    session: Session, order_number: str, request: QuotaRequest, *, declaration_id: str, item: int, clock: Clock
) -> QuotaDrawing | None:
    """Draw for an item and keep it; what was drawn before for the item is returned as it is. None: no open quota."""
    earlier = session.scalar(
        select(TariffDrawingRow).where(TariffDrawingRow.declaration_id == declaration_id, TariffDrawingRow.item == item)
    )
    if earlier is not None:
        return QuotaDrawing(
            request.id, order_number, Decimal(earlier.requested), Decimal(earlier.allocated), earlier.status
        )
    balance = balance_of(session, order_number, request.accepted_on)
    if balance is None:
        return None
    ((drawing,), _) = draw(balance, [request])
    session.add(
        TariffDrawingRow(
            quota_id=balance.definition.id,
            declaration_id=declaration_id,
            item=item,
            accepted_on=request.accepted_on,
            requested=str(drawing.requested),
            allocated=str(drawing.allocated),
            status=drawing.status,
            drawn_at=clock.now(),
        )
    )
    session.flush()
    return drawing


def balances_on(session: Session, on: date) -> list[dict[str, Any]]:
    """Return the quotas that are open on the day, with what is left and their state."""
    rows = session.scalars(
        select(TariffQuotaRow).where(TariffQuotaRow.first <= on).order_by(TariffQuotaRow.order_number)
    )
    numbers = dict.fromkeys(row.order_number for row in rows if row.last is None or on <= row.last)
    held = [balance for number in numbers if (balance := balance_of(session, number, on))]
    return [
        {
            "order_number": one.definition.order_number,
            "volume": str(one.definition.volume),
            "left": str(one.left),
            "unit": one.definition.unit,
            "status": one.status(on),
        }
        for one in held
    ]
