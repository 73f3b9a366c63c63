"""What does a Cedar policy mean as a formula? Its JSON form (EST), read into propositional logic over finite sorts.

A sort holds every name that the policies compare with, and one element more, `ELSE`, for every name they do not. A
policy can only compare a name with those it mentions, so all unmentioned names are alike to it: what is proved of
`ELSE` holds for each of them. A question is thus one choice of an element in each dimension.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

import z3

from comity.cooperation.agreements.analyse.errors import PolicyUntranslated

ELSE = ""
"""The element for every name that no policy mentions; no name is empty."""

DIMENSIONS = ("sender", "recipient", "data_class", "message_type", "purpose", "field")
_AUTHORITIES = ("sender", "recipient")
_VARIABLES = {
    "principal": "sender",
    "resource": "data_class",
    "recipient": "recipient",
    "message_type": "message_type",
    "purpose": "purpose",
}
_ENTITIES = {"sender": "Authority", "recipient": "Authority", "data_class": "DataClass"}
_SEND = {"op": "==", "entity": {"type": "Action", "id": "send"}}


class Sorts:
    """The finite sorts of one set of policies, as one proposition for each element of each dimension."""

    def __init__(self, context: z3.Context) -> None:
        self.context = context
        self.is_own = z3.Bool("sender is recipient", context)
        self._elements: dict[str, dict[str, z3.BoolRef]] = {dimension: {} for dimension in DIMENSIONS}
        self._places: dict[str, z3.ArithRef] = {}
        for dimension in DIMENSIONS:
            self.element(dimension, ELSE)

    def element(self, dimension: str, name: str) -> z3.BoolRef:
        """Return the proposition "the question's `dimension` is `name`", made when it is new."""
        elements = self._elements[dimension]
        if name not in elements:
            elements[name] = z3.Bool(f"{dimension}: {name or 'anything else'}", self.context)
            if dimension in _AUTHORITIES:
                for other in _AUTHORITIES:
                    self.element(other, name)
        return elements[name]

    def names(self, dimension: str) -> list[str]:
        """Return the names of a dimension, without `ELSE`."""
        return sorted(name for name in self._elements[dimension] if name != ELSE)

    def known(self, dimension: str, name: str) -> str:
        """Return the element that stands for a name: itself, or `ELSE`."""
        return name if name in self._elements[dimension] else ELSE

    def axioms(self) -> Iterator[z3.BoolRef]:
        """Return what holds of every question: one element in each dimension, and who sends to itself."""
        for elements in self._elements.values():
            yield z3.PbEq([(element, 1) for element in elements.values()], 1)
        both = [z3.And(self.element("sender", one), self.element("recipient", one)) for one in self.names("sender")]
        yield self.is_own == any_of(both, self.context)

    def chosen(self, model: z3.ModelRef) -> dict[str, str]:
        """Return the element of each dimension that a model chooses; no name may be new since the first call."""
        if not self._places:
            self._places = {name: first_of(elements.values()) for name, elements in self._elements.items()}
        return {
            dimension: list(elements)[place_in(model, self._places[dimension])]
            for dimension, elements in self._elements.items()
        }


def any_of(formulas: Collection[z3.BoolRef], context: z3.Context) -> z3.BoolRef:
    """Return the disjunction; of nothing, it is false."""
    return z3.Or(list(formulas)) if formulas else z3.BoolVal(False, context)  # noqa: FBT003 - z3's own signature


def first_of(formulas: Iterable[z3.BoolRef]) -> z3.ArithRef:
    """Return the place of the first formula that holds, as a term: a model tells it far faster than each of them."""
    *others, last = formulas
    place = z3.IntVal(len(others), last.ctx)
    for number, formula in reversed(list(enumerate(others))):
        place = z3.If(formula, z3.IntVal(number, last.ctx), place)
    return place


def place_in(model: z3.ModelRef, place: z3.ArithRef) -> int:
    """Return the place that `first_of` names in a model."""
    return int(model.eval(place, model_completion=True).as_long())


def policy_formula(policy: dict[str, Any], sorts: Sorts) -> z3.BoolRef:
    """Return when a permit policy lets a question pass.

    Raises:
        PolicyUntranslated: it holds an expression that is not read here.
    """
    if policy["effect"] != "permit" or policy["action"] != _SEND:
        raise PolicyUntranslated
    parts = [_scope(policy["principal"], "sender", sorts), _scope(policy["resource"], "data_class", sorts)]
    for condition in policy["conditions"]:
        body = _formula(condition["body"], sorts)
        parts.append(body if condition["kind"] == "when" else z3.Not(body))
    return z3.And(parts)


def with_data_class(formula: z3.BoolRef, name: str, sorts: Sorts) -> z3.BoolRef:
    """Return the formula for one data class, whatever the question's own is."""
    chosen = [
        (sorts.element("data_class", one), z3.BoolVal(one == name, sorts.context))
        for one in (*sorts.names("data_class"), ELSE)
    ]
    return z3.substitute(formula, *chosen)


def _scope(scope: dict[str, Any], dimension: str, sorts: Sorts) -> z3.BoolRef:
    if scope["op"] == "All":
        return z3.BoolVal(True, sorts.context)  # noqa: FBT003 - z3's own signature
    if scope["op"] == "==":
        return sorts.element(dimension, _constant({"Value": {"__entity": scope["entity"]}}, dimension))
    raise PolicyUntranslated


def _formula(expression: dict[str, Any], sorts: Sorts) -> z3.BoolRef:
    (operator, operands), *more = expression.items()
    if more:
        raise PolicyUntranslated
    if operator == "&&":
        return z3.And(_formula(operands["left"], sorts), _formula(operands["right"], sorts))
    if operator == "contains" and "Set" in operands["left"]:
        dimension = _variable(operands["right"])
        names = [_constant(one, dimension) for one in operands["left"]["Set"]]
        return any_of([sorts.element(dimension, name) for name in names], sorts.context)
    if operator == "!=" and {_variable(operands["left"]), _variable(operands["right"])} == set(_AUTHORITIES):
        return z3.Not(sorts.is_own)
    raise PolicyUntranslated(f"the solver is not told what {operator} means; no answer is given")


def _variable(term: dict[str, Any]) -> str:
    name = term["."]["attr"] if term.get(".", {}).get("left") == {"Var": "context"} else term.get("Var")
    if name not in _VARIABLES:
        raise PolicyUntranslated
    return _VARIABLES[name]


def _constant(term: dict[str, Any], dimension: str) -> str:
    """Return the name of a literal; of another type than the dimension's, Cedar would never find it equal."""
    value = term.get("Value")
    entity = _ENTITIES.get(dimension)
    if entity is None and isinstance(value, str):
        return value
    if entity is not None and isinstance(value, dict) and value.get("__entity", {}).get("type") == entity:
        return str(value["__entity"]["id"])
    raise PolicyUntranslated
