"""Which facts does an officer put before a decision on value or origin? Read from a TOML file, numbers as text."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from comity.features.tariff.errors import FactsInvalid
from comity.features.tariff.origin.agreements import read_agreements
from comity.features.tariff.origin.criteria import Agreement, Making, Material
from comity.features.tariff.origin.decide import OriginFacts
from comity.features.tariff.valuation.method import Comparable, Computed, Deductive, Doubt, Fallback, ValuationFacts

_TEXTS = frozenset({"basis", "reasoning", "grounds"})
_FORMS = {"computed": Computed, "fallback": Fallback, "doubt": Doubt}


def read_facts_file(text: str) -> dict[str, Any]:
    """Return the tables of a file.

    Raises:
        FactsInvalid: it is not TOML with a table `[facts]`.
    """
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise FactsInvalid("The file is not TOML; correct its syntax.") from error
    if not isinstance(told.get("facts"), dict):
        raise FactsInvalid("A table [facts] was expected.", path="facts")
    return told


def valuation_facts(told: Mapping[str, Any]) -> ValuationFacts:
    """Return the facts of a decision on the method of valuation.

    Raises:
        FactsInvalid: a fact is not of its form, or not one of those documented.
    """
    try:
        return _valuation(dict(told))
    except (KeyError, TypeError, ValueError, InvalidOperation, AttributeError) as error:
        raise FactsInvalid(path="facts") from error


def origin_facts(told: Mapping[str, Any], *, on: date) -> OriginFacts:
    """Return the facts of a decision on origin.

    Raises:
        FactsInvalid: a fact is not of its form, or not one of those documented.
    """
    try:
        return _origin(dict(told), on)
    except (KeyError, TypeError, ValueError, InvalidOperation, AttributeError) as error:
        raise FactsInvalid(path="facts") from error


def agreement_in(told: Mapping[str, Any]) -> Agreement:
    """Return the one agreement of a file.

    Raises:
        FactsInvalid: there is none.
        NationalLawInvalid: it is not of the documented form.
    """
    row = told.get("agreement")
    if not isinstance(row, dict):
        raise FactsInvalid("A table [agreement] was expected.", path="agreement")
    (agreement,) = read_agreements([row])
    return agreement


def _valuation(told: dict[str, Any]) -> ValuationFacts:
    made: dict[str, Any] = {}
    for name in ("identical", "similar"):
        rows = told.pop(name, ())
        made[name] = tuple(Comparable(_number(value), _day(day), reference) for value, day, reference in rows)
    for name, form in _FORMS.items():
        if name in told:
            made[name] = form(**{key: _fact(key, value) for key, value in told.pop(name).items()})
    if "deductive" in told:
        values = dict(told.pop("deductive"))
        sales = tuple((_number(price), _number(quantity)) for price, quantity in values.pop("sales"))
        made["deductive"] = Deductive(sales, **{key: _number(value) for key, value in values.items()})
    if "price" in told:
        made["price"] = _number(told.pop("price"))
    made["restrictions"] = tuple(told.pop("restrictions", ()))
    made["exported_on"] = _day(told.pop("exported_on"))
    if any(not isinstance(value, bool) for value in told.values()):
        raise TypeError("true or false was expected")
    return ValuationFacts(**made, **told)


def _origin(told: dict[str, Any], on: date) -> OriginFacts:
    making = dict(told.pop("making", {}))
    if "materials" in making:
        making["materials"] = tuple(_material(one) for one in making["materials"])
    if "price" in making:
        making["price"] = _number(making["price"])
    if "processes" in making:
        making["processes"] = tuple(making["processes"])
    if "route" in told:
        told["route"] = tuple(told["route"])
    if "value" in told:
        told["value"] = _number(told["value"])
    if "proof_issued_on" in told:
        told["proof_issued_on"] = _day(told["proof_issued_on"])
    if told.get("verification") not in (None, "asked", "confirmed", "denied", "not-answered"):
        raise ValueError("an unknown answer to a verification")
    return OriginFacts(on=on, making=Making(**making), **told)


def _material(told: Mapping[str, Any]) -> Material:
    return Material(
        told["code"],
        _number(told["value"]),
        told.get("country"),
        bool(told.get("originating", False)),
        tuple(told.get("processed_in", ())),
    )


def _fact(name: str, value: Any) -> Any:
    return value if name in _TEXTS or isinstance(value, bool) else _number(value)


def _number(value: Any) -> Decimal:
    number = Decimal(str(value))
    if not number.is_finite() or number < 0:
        raise ValueError("a number of at least 0 was expected")
    return number


def _day(value: Any) -> date:
    if not isinstance(value, date):
        raise TypeError("a day was expected")
    return value
