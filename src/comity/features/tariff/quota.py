"""How much of a tariff quota does a request get? First come, first served, by the day the declaration is accepted.

Requests of one day share what is left in proportion when it is not enough (the usual rule, e.g. Articles 49 to 54 of
Implementing Regulation (EU) 2015/2447). Nothing is drawn while the quota is blocked, suspended or exhausted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal

from comity.features.tariff.measure import QuotaDefinition

OPEN, CRITICAL, EXHAUSTED, CLOSED = "open", "critical", "exhausted", "closed"
PRECISION = Decimal("0.001")  # maximum precision of a quota volume in TARIC3 (three digits)


@dataclass(frozen=True, slots=True)
class QuotaBalance:
    """What is left of a quota period."""

    definition: QuotaDefinition
    left: Decimal

    def status(self, on: date) -> str:
        """Return whether the quota is open, critical, exhausted or closed on the day."""
        for first, last, _ in self.definition.closed:
            if first <= on and (last is None or on <= last):
                return CLOSED
        if self.left <= 0:
            return EXHAUSTED
        used = self.definition.volume - self.left
        is_critical = used * 100 >= self.definition.volume * self.definition.critical_threshold
        return CRITICAL if is_critical or self.definition.is_critical else OPEN


@dataclass(frozen=True, slots=True)
class QuotaRequest:
    """A quantity asked for, in the quota's unit, by the day of acceptance."""

    id: str
    accepted_on: date
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class QuotaDrawing:
    """What a request gets: `allocated` of `requested`, and the state of the quota it met."""

    request_id: str
    order_number: str
    requested: Decimal
    allocated: Decimal
    status: str

    @property
    def share(self) -> Decimal:
        """Return the part of the goods that is within the quota, 0 to 1."""
        return self.allocated / self.requested if self.requested > 0 else Decimal(0)


def draw(balance: QuotaBalance, requests: Sequence[QuotaRequest]) -> tuple[list[QuotaDrawing], QuotaBalance]:
    """Return what each request gets, in the order of the days of acceptance, and the balance after them."""
    drawings: list[QuotaDrawing] = []
    left = balance.left
    for day in sorted({request.accepted_on for request in requests}):
        asking = [request for request in requests if request.accepted_on == day]
        status = QuotaBalance(balance.definition, left).status(day)
        shares = _share(Decimal(0) if status == CLOSED else max(left, Decimal(0)), [one.quantity for one in asking])
        number = balance.definition.order_number
        drawings += [
            QuotaDrawing(request.id, number, request.quantity, share, status)
            for request, share in zip(asking, shares, strict=True)
        ]
        left -= sum(shares, Decimal(0))
    return drawings, QuotaBalance(balance.definition, left)


def _share(left: Decimal, asked: Sequence[Decimal]) -> list[Decimal]:
    total = sum(asked, Decimal(0))
    if total <= left:
        return list(asked)
    shares = [(left * quantity / total).quantize(PRECISION, ROUND_DOWN) for quantity in asked]
    biggest = max(range(len(asked)), key=lambda place: (asked[place], -place))
    shares[biggest] += left - sum(shares, Decimal(0))
    return shares
