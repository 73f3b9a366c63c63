"""Which method of the WTO Valuation Agreement gives the customs value, and why were the earlier ones left?

Articles 1 to 7 in their order; Articles 5 and 6 change places when the importer asks (Article 4). Decision 6.1: a
transaction value is left for doubt only after the importer was asked and told the grounds. What Article 7.2 excludes
is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from comity.features.tariff.errors import ValuationRefused
from comity.features.tariff.rate import plain

EXCLUDED = {
    "domestic-selling-price": "7.2(a)",
    "higher-of-two-values": "7.2(b)",
    "domestic-price-of-exporting-country": "7.2(c)",
    "cost-of-production-not-computed": "7.2(d)",
    "price-of-export-to-another-country": "7.2(e)",
    "minimum-value": "7.2(f)",
    "arbitrary-value": "7.2(g)",
}
"""Bases that Article 7.2 excludes, and the letter that does."""

ABOUT_THE_SAME_TIME_DAYS = 45  # a guess: Articles 2 and 3 say "at or about the same time"; national guides say 30 to 90
ARTICLES = {1: "1", 2: "2", 3: "3", 4: "5", 5: "6", 6: "7"}


@dataclass(frozen=True, slots=True)
class Doubt:
    """A doubt about the declared value (Decision 6.1): what was asked, answered, and told."""

    grounds: str
    was_asked: bool = False
    is_resolved: bool = False
    grounds_were_told: bool = False


@dataclass(frozen=True, slots=True)
class Comparable:
    """The accepted transaction value of identical or similar goods, adjusted to the same level and quantity."""

    value: Decimal
    exported_on: date
    reference: str
    is_adjusted: bool = True


@dataclass(frozen=True, slots=True)
class Deductive:
    """Sales in the country of importation (price each, quantity), and what is deducted from a unit (Article 5.1(a))."""

    sales: tuple[tuple[Decimal, Decimal], ...]
    quantity: Decimal
    commission_or_profit: Decimal = Decimal(0)
    carriage: Decimal = Decimal(0)
    duties: Decimal = Decimal(0)

    def unit_price(self) -> Decimal:
        """Return the price at which the greatest aggregate quantity is sold; of equal quantities the lower one."""
        sold: dict[Decimal, Decimal] = {}
        for price, quantity in self.sales:
            sold[price] = sold.get(price, Decimal(0)) + quantity
        return min(sold, key=lambda price: (-sold[price], price))


@dataclass(frozen=True, slots=True)
class Computed:
    """Cost of materials and making, profit and general expenses, and the costs of Article 8.2 (Article 6.1)."""

    making: Decimal
    profit_and_expenses: Decimal
    carriage: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Fallback:
    """A value by reasonable means (Article 7), and the basis it rests on in one word."""

    value: Decimal
    basis: str
    reasoning: str


@dataclass(frozen=True, slots=True)
class ValuationFacts:
    """What is known of the sale and beside it. `price` is what is paid or payable, with Article 8 applied."""

    exported_on: date
    price: Decimal | None = None
    is_sale_for_export: bool = True
    restrictions: tuple[str, ...] = ()
    value_depends_on_condition: bool = False
    has_undetermined_proceeds: bool = False
    are_related: bool = False
    is_price_influenced: bool | None = None
    meets_test_value: bool = False
    doubt: Doubt | None = None
    identical: tuple[Comparable, ...] = ()
    similar: tuple[Comparable, ...] = ()
    deductive: Deductive | None = None
    computed: Computed | None = None
    fallback: Fallback | None = None
    computed_first: bool = False
    """The importer asks for Article 6 before Article 5 (Article 4)."""


@dataclass(frozen=True, slots=True)
class Left:
    """A method that was not used, and why."""

    method: int
    article: str
    reason: str


@dataclass(frozen=True, slots=True)
class ValuationDecision:
    """The method (WCO DM 122), its Article, the value and its arithmetic, and what was left before it.

    `value` is None where no method could be used: `questions` then says what to ask.
    """

    method: int | None
    article: str | None
    value: Decimal | None
    arithmetic: str
    left: tuple[Left, ...]
    questions: tuple[str, ...]
    officer: str
    on: date


def decide_method(facts: ValuationFacts, *, officer: str, on: date) -> ValuationDecision:
    """Decide the method.

    Raises:
        ValuationRefused: the fall-back rests on a basis that Article 7.2 excludes.
    """
    if facts.fallback is not None and facts.fallback.basis in EXCLUDED:
        letter = EXCLUDED[facts.fallback.basis]
        raise ValuationRefused(f"Article {letter} excludes this basis of value; use another.", path="fallback.basis")
    order = (1, 2, 3, 5, 4, 6) if facts.computed_first else (1, 2, 3, 4, 5, 6)
    left: list[Left] = []
    questions: list[str] = []
    for method in order:
        found = _METHODS[method](facts)
        if isinstance(found, str):
            left.append(Left(method, ARTICLES[method], found))
            continue
        value, arithmetic = found
        return ValuationDecision(method, ARTICLES[method], value, arithmetic, tuple(left), (), officer, on)
    if facts.are_related and facts.is_price_influenced is None and not facts.meets_test_value:
        questions.append(
            "Did the relationship influence the price? Ask for the circumstances of the sale or a test value."
        )
    if facts.doubt and not (facts.doubt.was_asked and facts.doubt.grounds_were_told):
        questions.append("Ask the importer for an explanation and tell the grounds in writing (Decision 6.1).")
    questions.append("Consult the importer: no admitted method has its facts yet.")
    return ValuationDecision(None, None, None, "", tuple(left), tuple(questions), officer, on)


_Found = tuple[Decimal, str] | str


def _transaction(facts: ValuationFacts) -> _Found:
    if facts.price is None or not facts.is_sale_for_export:
        return "there is no sale for export to this country with a price paid or payable (1.1)"
    wrong = _conditions(facts)
    return wrong if wrong else (facts.price, f"price paid or payable with Article 8 = {plain(facts.price)}")


def _conditions(facts: ValuationFacts) -> str | None:
    if facts.restrictions:
        return "the buyer may not dispose of the goods freely (1.1(a))"
    if facts.value_depends_on_condition:
        return "the sale depends on a condition whose value cannot be determined (1.1(b))"
    if facts.has_undetermined_proceeds:
        return "proceeds of resale go to the seller and cannot be determined (1.1(c))"
    if facts.are_related and not facts.meets_test_value and facts.is_price_influenced is not False:
        known = "influenced" if facts.is_price_influenced else "perhaps influenced, which was not shown otherwise,"
        return f"buyer and seller are related and the price is {known} by it (1.1(d), 1.2)"
    doubt = facts.doubt
    if doubt and not doubt.is_resolved and doubt.was_asked and doubt.grounds_were_told:
        return "a reasonable doubt stayed after the importer was asked and told the grounds (Decision 6.1)"
    return None  # no doubt moves the value before the importer was asked


def _comparables(found: Sequence[Comparable], facts: ValuationFacts, words: str) -> _Found:
    near = [
        one
        for one in found
        if one.is_adjusted and abs((one.exported_on - facts.exported_on).days) <= ABOUT_THE_SAME_TIME_DAYS
    ]
    if not near:
        return f"no accepted value of {words} goods exported at or about the same time is known"
    lowest = min(near, key=lambda one: (one.value, one.reference))
    return lowest.value, f"lowest of {len(near)} values of {words} goods = {plain(lowest.value)}"


def _identical(facts: ValuationFacts) -> _Found:
    return _comparables(facts.identical, facts, "identical")


def _similar(facts: ValuationFacts) -> _Found:
    return _comparables(facts.similar, facts, "similar")


def _deductive(facts: ValuationFacts) -> _Found:
    told = facts.deductive
    if told is None or not told.sales:
        return "sales in the country of importation are not known"
    price = told.unit_price()
    unit = price - told.commission_or_profit - told.carriage - told.duties
    if unit <= 0:
        return "nothing is left of the unit price after the deductions of 5.1(a)"
    value = unit * told.quantity
    taken = " - ".join(plain(one) for one in (told.commission_or_profit, told.carriage, told.duties))
    return value, f"({plain(price)} - {taken}) × {plain(told.quantity)} = {plain(value)}"


def _computed(facts: ValuationFacts) -> _Found:
    told = facts.computed
    if told is None:
        return "the producer's costs are not known"
    value = told.making + told.profit_and_expenses + told.carriage
    return value, f"{plain(told.making)} + {plain(told.profit_and_expenses)} + {plain(told.carriage)} = {plain(value)}"


def _fallback(facts: ValuationFacts) -> _Found:
    if facts.fallback is None:
        return "no reasonable means was named"
    return facts.fallback.value, f"{facts.fallback.reasoning} = {plain(facts.fallback.value)}"


_METHODS: dict[int, Callable[[ValuationFacts], _Found]] = {
    1: _transaction,
    2: _identical,
    3: _similar,
    4: _deductive,
    5: _computed,
    6: _fallback,
}
