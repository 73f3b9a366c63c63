"""What does the panel "Value and duty" show? Each line's value, charges with arithmetic, what is refused and asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from comity.entrypoints.console.language import Language, mark
from comity.foundation.trade.money import Money

KINDS = {
    "duty": mark("customs duty"),
    "suspension": mark("suspended duty"),
    "preference": mark("preferential duty"),
    "quota": mark("duty within the quota"),
    "preferential-quota": mark("preferential duty within the quota"),
    "anti-dumping": mark("anti-dumping duty"),
    "countervailing": mark("countervailing duty"),
    "safeguard": mark("safeguard duty"),
    "additional-duty": mark("additional duty"),
    "excise": mark("excise"),
    "vat": mark("value-added tax"),
    "fee": mark("fee"),
}
GROUPS = {
    "customs": mark("customs duty"),
    "additional": mark("additional duty"),
    "excise": mark("excise"),
    "vat": mark("value-added tax"),
    "fee": mark("fee"),
}
QUESTIONS = {
    "tariff": mark("No tariff is imported, so that no duty is worked out. Import one with comity tariff import."),
    "price": mark("What was paid for the goods? No price is declared."),
    "freight": mark("What did the carriage cost? It is not declared, and no factor stands for it."),
    "exchange-rate": mark("Which rate of exchange counts? There is none for the currency on the day."),
    "quantity": mark("How much is it in the unit of the rate?"),
    "component": mark("Which additional code says what the goods are made of?"),
    "additional-code": mark("Which additional code names the producer? The highest rate stands until one is declared."),
    "quota-balance": mark("How much is left of the quota? It is not known here."),
    "commodity-code": mark("Which code exactly? The tariff has its rates on codes below it."),
    "measure-type": mark("What is this type of measure? Describe it in the national law."),
    "price-condition": mark("Which rate follows from the entry price? It is not computed here."),
    "origin": mark("Where do the goods originate? No country is declared."),
    "rate": mark("The tariff has no rate of duty for this code on the day."),
}
REFUSALS = (
    mark("the preference is not given; the duty of the tariff applies"),
    mark("no quota measure with the declared order number applies to these goods from there"),
)
ORIGIN_QUESTIONS = {
    "area": mark("country"),
    "proof": mark("proof"),
    "transport": mark("transport"),
    "rule": mark("rule of origin"),
    "verification": mark("verification"),
}


@dataclass(frozen=True, slots=True)
class ChargeShown:
    """One charge; `kind` is a message id."""

    kind: str
    rate: str
    amount: Money
    arithmetic: str
    legal_reference: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class ReasonOfOrigin:
    """One question of the decision on origin; `question` is a message id."""

    question: str
    holds: bool | None
    words: str


@dataclass(frozen=True, slots=True)
class DifferenceShown:
    """A declared amount beside ours; `group` is a message id."""

    group: str
    declared: Money
    ours: Money


@dataclass(frozen=True, slots=True)
class LineShown:
    """Value and duty of one goods line."""

    number: int
    code: str
    value: Money | None
    method: str
    value_arithmetic: tuple[str, ...]
    charges: tuple[ChargeShown, ...]
    total: Money
    is_origin_accepted: bool | None
    origin: tuple[ReasonOfOrigin, ...]
    differences: tuple[DifferenceShown, ...]
    refused: tuple[str, ...]
    asked: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DutyShown:
    """The panel: the lines, the total, and by which day, basis and law."""

    lines: tuple[LineShown, ...]
    total: Money
    on: str
    basis: str
    law: str
    has_tariff: bool


def duty_shown(record: Mapping[str, Any] | None, language: Language) -> DutyShown | None:
    """Return the panel of a kept assessment, or None where none was kept."""
    if record is None:
        return None
    currency = record["currency"]
    return DutyShown(
        tuple(_line(item, currency, language) for item in record["items"]),
        Money(Decimal(record["total"]), currency),
        record["on"],
        record["basis"],
        record["law"],
        bool(record["tariff_version"]),
    )


def _line(item: Mapping[str, Any], currency: str, language: Language) -> LineShown:
    value, origin = item["value"], item["origin"]
    return LineShown(
        number=item["item"],
        code=item["code"],
        value=None if value["amount"] is None else Money(Decimal(value["amount"]), currency),
        method=value["method"],
        value_arithmetic=tuple(value["arithmetic"]),
        charges=tuple(_charge(one) for one in item["charges"]),
        total=Money(Decimal(item["total"]), currency),
        is_origin_accepted=None if origin is None else origin["accepted"],
        origin=tuple(
            ReasonOfOrigin(ORIGIN_QUESTIONS.get(one["question"], one["question"]), one["holds"], one["words"])
            for one in (origin["reasons"] if origin else ())
        ),
        differences=tuple(
            DifferenceShown(
                GROUPS.get(one["group"], one["group"]),
                Money(Decimal(one["declared"]), currency),
                Money(Decimal(one["ours"]), currency),
            )
            for one in item["differences"]
        ),
        refused=tuple(item["refused"]),
        asked=tuple(_question(one, language) for one in item["asked"]),
    )


def _charge(told: Mapping[str, Any]) -> ChargeShown:
    money = Money(Decimal(told["amount"]), told["currency"])
    kind = KINDS.get(told["kind"], told["kind"])
    return ChargeShown(kind, told["rate"], money, told["arithmetic"], told["legal_reference"], told["note"])


def _question(text: str, language: Language) -> str:
    """Return the question in the reader's language, with its detail (a unit, a currency) where it has one."""
    head, _, _ = text.partition(":")
    name, _, detail = head.partition(".")
    known = QUESTIONS.get(name)
    if known is None:
        return text
    return f"{language.say(known)} ({detail})" if detail else language.say(known)
