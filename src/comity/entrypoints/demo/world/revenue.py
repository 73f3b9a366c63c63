"""What duty and tax does an import owe on what it states? Ad valorem on the CIF value, then value added tax."""

from __future__ import annotations

from decimal import Decimal

from comity.entrypoints.demo.world.load import Scene
from comity.entrypoints.demo.world.statement import CENT, Statement
from comity.foundation.trade.money import Money


def revenue(scene: Scene, statement: Statement) -> Money:
    """Return duty and value added tax in USD; goods whose origin is in the customs union pay no duty.

    Source of the form: customs value CIF (WTO Valuation Agreement, Article 8.2); VAT on value and duty.
    """
    total = Decimal(0)
    carriage = statement.freight + statement.insurance
    for line in statement.lines:
        value = line.price + carriage * line.price / statement.price
        duty = Decimal(0) if line.origin in scene.catalogue.union else value * line.duty / 100
        total += duty + (value + duty) * scene.catalogue.vat / 100
    usd = scene.rates.convert(total, statement.currency, "USD", on=statement.at.date())
    return Money(usd.quantize(CENT), "USD")


def lost(scene: Scene, *, true: Statement, declared: Statement) -> Money:
    """Return what was evaded, in USD: never below nothing."""
    evaded = revenue(scene, true).amount - revenue(scene, declared).amount
    return Money(max(Decimal(0), evaded).quantize(CENT), "USD")
