"""What does one declaration of the world state? The facts from which a declaration of either side is written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from comity.entrypoints.demo.world.catalogue import Place, Route
from comity.foundation.trade.parties import Party

CENT, HUNDRED_GRAMS = Decimal("0.01"), Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of goods as stated. Masses in kilograms; `price` in the statement's currency, without main carriage."""

    hs6: str
    words: str
    duty: int
    origin: str
    net_mass_kg: Decimal
    gross_mass_kg: Decimal
    packages: int
    pack: str
    quantity: Decimal | None
    unit: str | None
    price: Decimal
    is_bulk: bool = False
    lower: str | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """What one declaration states. Freight and insurance are in its currency and beside the lines' prices.

    `cites` are MRNs of export declarations; `procedure` is requested and previous procedure, two digits each.
    """

    reference: str
    mrn: str
    at: datetime
    office: str
    declarant: Party
    exporter: Party
    importer: Party
    from_place: Place
    to_place: Place
    route: Route
    lines: tuple[Line, ...]
    currency: str
    term: str
    freight: Decimal
    insurance: Decimal
    containers: tuple[str, ...]
    waybills: tuple[str, ...]
    ucr: str | None
    invoice: str
    vehicle: str
    procedure: tuple[str, str]
    cites: tuple[str, ...] = ()

    @property
    def price(self) -> Decimal:
        """Return the sum of the lines' prices."""
        return sum((line.price for line in self.lines), Decimal(0))

    @property
    def gross_mass_kg(self) -> Decimal:
        """Return the sum of the lines' gross masses."""
        return sum((line.gross_mass_kg for line in self.lines), Decimal(0))


def scale(line: Line, share: float) -> Line:
    """Return the line with this share of its packages, and masses, quantity and price in proportion; at least one."""
    packages = max(1, min(line.packages, round(line.packages * share)))
    part = Decimal(packages) / line.packages
    if line.packages == 1:
        part = to_decimal(share)
    return replace(
        line,
        packages=packages,
        net_mass_kg=kilograms(line.net_mass_kg * part),
        gross_mass_kg=kilograms(line.gross_mass_kg * part),
        quantity=None if line.quantity is None else whole(line.quantity * part),
        price=money(line.price * part),
    )


def to_decimal(value: float) -> Decimal:
    """Return a factor with six places, the same on every machine."""
    return Decimal(f"{value:.6f}")


def money(amount: Decimal) -> Decimal:
    """Return the amount with two places, never nothing."""
    return max(CENT, amount.quantize(CENT, ROUND_HALF_UP))


def kilograms(mass: Decimal) -> Decimal:
    """Return the mass in steps of 100 g, never nothing."""
    return max(HUNDRED_GRAMS, mass.quantize(HUNDRED_GRAMS, ROUND_HALF_UP))


def whole(quantity: Decimal) -> Decimal:
    """Return a whole number of units, at least one."""
    return max(Decimal(1), quantity.quantize(Decimal(1), ROUND_HALF_UP))
