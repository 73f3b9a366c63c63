"""What does a declaration owe by this node's tariff? Read a part of the tariff, draw quotas, assess, keep.

The number of statements does not grow with the items: a few for the tariff, two or three for each quota claimed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from comity.features.tariff.assessment import Assessed, Book, QuotaClaim, assess_declaration, day_of, quota_claims
from comity.features.tariff.drawings.store import draw_for
from comity.features.tariff.in_record import as_record
from comity.features.tariff.law import ANY
from comity.features.tariff.measures.store import (
    assessment_of,
    deeper_codes,
    keep_assessment,
    law_texts,
    tariff_for,
    version_of,
    whole_tariff,
)
from comity.features.tariff.measures.tariff import Tariff
from comity.features.tariff.national import read_national, together
from comity.features.tariff.quota import QuotaBalance, QuotaRequest, draw
from comity.flows.clearing import Clearing
from comity.foundation.clock import Clock
from comity.foundation.errors import Finding
from comity.foundation.rates import ExchangeRates
from comity.foundation.trade.declaration import Declaration, DeclarationId, DeclarationKind


@dataclass(frozen=True, slots=True)
class Duty:
    """The assessment of a declaration as it is kept, and what was found; without a tariff nothing is a finding."""

    record: Mapping[str, Any]
    findings: tuple[Finding, ...]


def assess_import(
    session: Session, declaration: Declaration, *, declaration_id: DeclarationId, clearing: Clearing
) -> Duty | None:
    """Assess an import by this node's tariff, draw the quotas it claims, and keep the assessment; None for others."""
    if declaration.kind is not DeclarationKind.IMPORT:
        return None
    book = book_for(session, declaration, country=clearing.authority, rates=clearing.rates)
    assessed = assess(session, declaration, declaration_id=declaration_id, book=book, clock=clearing.clock)
    record = as_record(assessed)
    keep_assessment(session, declaration_id, record, clock=clearing.clock)
    return Duty(record, assessed.findings if book.version else ())


def assess(
    session: Session, declaration: Declaration, *, declaration_id: DeclarationId, book: Book, clock: Clock
) -> Assessed:
    """Assess a declaration and draw the quotas it claims."""
    on = day_of(declaration, clock.now().date())
    shares: dict[int, Decimal] = {}
    for claim in quota_claims(declaration, book, on=on):
        if claim.quantity is None:
            continue
        request = QuotaRequest(f"{declaration_id}:{claim.item}", on, claim.quantity)
        drawing = draw_for(
            session, claim.order_number, request, declaration_id=declaration_id, item=claim.item, clock=clock
        )
        if drawing is not None:
            shares[claim.item] = drawing.share
    return assess_declaration(declaration, book, on=on, shares=shares)


def book_for(session: Session, declaration: Declaration, *, country: str, rates: ExchangeRates) -> Book:
    """Return what a declaration is assessed by: the part of the tariff that its codes are in."""
    codes = {item.commodity.code for item in declaration.goods_shipment.items if item.commodity.code}
    version = version_of(session)
    tariff = tariff_for(session, codes) if version and codes else Tariff()
    known = {measure.code for measure in tariff.measures if measure.code}
    missing = [code for code in codes if not any(code.startswith(one) for one in known)]
    if version and missing:
        tariff += deeper_codes(session, missing)
    return _book(session, tariff, country=country, rates=rates, version=version)


def whole_book(session: Session, *, country: str, rates: ExchangeRates) -> Book:
    """Return the whole tariff, for many declarations."""
    return _book(session, whole_tariff(session), country=country, rates=rates, version=version_of(session))


def country_of(session: Session) -> str:
    """Return the one country whose law is kept here; where there are none or several, that of any country."""
    countries = {law.country for text in law_texts(session) for law in read_national(text).laws}
    return countries.pop() if len(countries) == 1 else ANY


def _book(session: Session, tariff: Tariff, *, country: str, rates: ExchangeRates, version: int) -> Book:
    national = together(read_national(text) for text in law_texts(session)) if version else together(())
    types = {id_: type_ for law in national.laws for id_, type_ in law.types.items()}
    return Book(tariff.compiled(types), country, national, rates, version)


def assess_without_keeping(
    declaration: Declaration, book: Book, *, on: date | None, today: date, balances: dict[str, QuotaBalance]
) -> Assessed:
    """Assess a declaration without a node's books: quotas are drawn from `balances`, which is carried on."""
    day = on or day_of(declaration, today)
    claims = quota_claims(declaration, book, on=day)
    shares = {claim.item: share for claim in claims if (share := _drawn(claim, book, day, balances)) is not None}
    return assess_declaration(declaration, book, on=day, shares=shares)


def _drawn(claim: QuotaClaim, book: Book, on: date, balances: dict[str, QuotaBalance]) -> Decimal | None:
    definition = book.schedule.quota(claim.order_number, on)
    if definition is None or claim.quantity is None:
        return None
    balance = balances.get(definition.id) or QuotaBalance(definition, definition.opening)
    (drawing,), balances[definition.id] = draw(balance, [QuotaRequest(str(claim.item), on, claim.quantity)])
    return drawing.share


def kept_assessment(session: Session, declaration_id: str) -> Mapping[str, Any] | None:
    """Return the assessment that was kept of a declaration, or None."""
    found = assessment_of(session, declaration_id)
    return None if found is None else found[0]
