"""How a worked case (TOML) becomes a declaration, a tariff and a law, and what is read of the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from comity.features.tariff.assessment import Assessed, Book
from comity.features.tariff.decision_facts import agreement_in, origin_facts, valuation_facts
from comity.features.tariff.measures.tariff import Tariff
from comity.features.tariff.national import National, read_national
from comity.features.tariff.origin.decide import OriginDecision, decide_origin
from comity.features.tariff.quota import QuotaBalance
from comity.features.tariff.sources.csv_schedule import read_schedule
from comity.features.tariff.valuation.method import ValuationDecision, decide_method
from comity.flows.assess_duty import assess_without_keeping
from comity.foundation.rates import ExchangeRates, NationalRate
from comity.foundation.trade.declaration import (
    Classification,
    Commodity,
    Declaration,
    DeclarationKind,
    DutyTaxFee,
    GoodsItem,
    GoodsShipment,
)
from comity.foundation.trade.documents import AdditionalDocument
from comity.foundation.trade.money import Money
from comity.foundation.trade.transport import CustomsValuation, TradeTerms

ALWAYS = date(1980, 1, 1)


def money(text: str | None) -> Money | None:
    """Return the money of a text such as `1000 USD`."""
    if text is None:
        return None
    amount, currency = text.split()
    return Money(Decimal(amount), currency)


def valuation_of(told: Mapping[str, Any]) -> CustomsValuation | None:
    """Return freight, insurance, charges and method of a shipment or an item, or None."""
    charges = tuple((code, money(amount)) for code, amount in told.get("charges", ()))
    made = CustomsValuation(told.get("method"), money(told.get("freight")), money(told.get("insurance")), charges)
    return None if made == CustomsValuation() else made


def item_of(told: Mapping[str, Any]) -> GoodsItem:
    """Return a goods item."""
    declared = tuple(DutyTaxFee(code, assessed=money(amount)) for code, amount in told.get("declared", ()))
    claim = DutyTaxFee(regime_code=told.get("preference"), quota_id=told.get("quota"))
    quantity = told.get("quantity", " ").split(" ")
    return GoodsItem(
        commodity=Commodity(
            code=told.get("code"),
            classifications=tuple(Classification(one, "TRA") for one in told.get("additional", ())),
            duties=(*declared, *((claim,) if claim != DutyTaxFee() else ())),
        ),
        origin_country=told.get("origin"),
        preferential_origin=told.get("preferential_origin"),
        net_mass_kg=None if "net_kg" not in told else Decimal(told["net_kg"]),
        gross_mass_kg=None if "gross_kg" not in told else Decimal(told["gross_kg"]),
        supplementary_quantity=Decimal(quantity[0]) if quantity[0] else None,
        supplementary_unit=quantity[1] or None,
        invoice_amount=money(told.get("price")),
        customs_value=money(told.get("customs_value")),
        valuation=valuation_of(told),
        procedure_current=told.get("procedure"),
        procedure_previous=told.get("previous"),
        additional_procedures=tuple(told.get("additional_procedures", ())),
        export_country=told.get("export_country"),
        additional_documents=tuple(AdditionalDocument(type_code=one) for one in told.get("documents", ())),
    )


def declaration_of(case: Mapping[str, Any]) -> Declaration:
    """Return the declaration of a case."""
    on: date = case.get("on", date(2024, 3, 5))
    shipment = case.get("shipment", {})
    terms = shipment.get("incoterm")
    return Declaration(
        kind=DeclarationKind.IMPORT,
        acceptance_at=datetime(on.year, on.month, on.day, 9, tzinfo=UTC),
        goods_shipment=GoodsShipment(
            trade_terms=TradeTerms(incoterm=terms, place=shipment.get("place", "XXAAA")) if terms else None,
            valuation=valuation_of(shipment),
            export_country=shipment.get("export_country"),
            destination_country=shipment.get("destination"),
            items=tuple(item_of(one) for one in case["item"]),
        ),
    )


def book_of(case: Mapping[str, Any]) -> Book:
    """Return the tariff, law, agreements and rates of a case."""
    tariff, findings = read_schedule(case.get("schedule", "code,rate\n*,free\n").encode(), name="case")
    assert findings == []
    national = read_national(case["law"]) if "law" in case else National()
    country = case.get("country", "DE")
    types = {id_: type_ for law in national.laws for id_, type_ in law.types.items()}
    book = Book(Tariff.compiled(tariff, types), country, national, ExchangeRates({}), version=1)
    currency = book.law(case.get("on", date(2024, 3, 5))).currency
    rates = tuple(NationalRate(currency, held, Decimal(value), ALWAYS) for held, value in case.get("rates", {}).items())
    return replace(book, national=replace(national, rates=(*national.rates, *rates)))


def assessed(case: Mapping[str, Any], balances: dict[str, QuotaBalance] | None = None) -> Assessed:
    """Return the assessment of a case; `balances` carries quotas on to the next declaration."""
    held = {} if balances is None else balances
    return assess_without_keeping(declaration_of(case), book_of(case), on=None, today=date(2024, 3, 5), balances=held)


def decided_method(case: Mapping[str, Any]) -> ValuationDecision:
    """Return the decision on the method of valuation of a case."""
    facts = valuation_facts({"exported_on": date(2024, 3, 1), **case["facts"]})
    return decide_method(facts, officer="Example Officer", on=date(2024, 3, 5))


def decided_origin(case: Mapping[str, Any]) -> OriginDecision:
    """Return the decision on a claim of origin of a case."""
    facts = origin_facts(case["facts"], on=case.get("on", date(2024, 3, 5)))
    return decide_origin(facts, agreement_in(case), members=case.get("members", ["KE", "UG", "TZ"]))
