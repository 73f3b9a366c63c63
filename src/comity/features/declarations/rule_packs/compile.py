"""How an expression becomes a function of an element: types checked, paths and patterns read, once; never `eval`.

Checking and compiling are one walk, so that nothing is compiled that was not checked. Within a condition over pairs a
compiled function takes both elements; a function written without a name before it looks from the rule's own one.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from comity.features.declarations.rule_packs.errors import ExpressionRefused
from comity.features.declarations.rule_packs.functions import FUNCTIONS, METHODS, Evaluate, Function, Kind
from comity.features.declarations.rule_packs.message import MessageElement, Path, finder
from comity.features.declarations.rule_packs.parser import parse
from comity.features.declarations.rule_packs.paths import parse_path
from comity.features.declarations.rule_packs.patterns import compile_pattern
from comity.features.declarations.rule_packs.syntax import (
    Binary,
    Call,
    Expression,
    Minus,
    Name,
    Not,
    NumberLiteral,
    PairCondition,
    TextLiteral,
    TruthLiteral,
)


class UsedPath(NamedTuple):
    """A path an expression reads: the elements' names from the message down, and where it stands in the text."""

    names: tuple[str, ...]
    position: int


class Compiled(NamedTuple):
    """A checked expression: the claim it makes about an element, and every path it reads."""

    holds: Callable[[MessageElement], bool]
    paths: tuple[UsedPath, ...]


def compile_expression(expression: str, *, place: tuple[str, ...]) -> Compiled:
    """Return the claim an expression makes about an element at `place`, names from the message down.

    Raises:
        ExpressionRefused: it is not of the language, or its parts do not fit together.
    """
    compiler = _Compiler([])
    scope = _Scope(place)
    return Compiled(compiler.compiled(parse(expression), Kind.TRUTH, scope), tuple(compiler.paths))


@dataclass(frozen=True, slots=True)
class _Scope:
    """Where an expression looks from: the place of the rule's element; within a pair also the other's and names."""

    place: tuple[str, ...]
    names: tuple[str, str] | None = None
    other_place: tuple[str, ...] = ()


class _Compiler:
    __slots__ = ("paths",)

    def __init__(self, paths: list[UsedPath]) -> None:
        self.paths = paths

    def compiled(self, tree: Expression, wanted: Kind, scope: _Scope) -> Evaluate:
        kind, evaluate = self._any(tree, scope)
        if kind is not wanted:
            raise ExpressionRefused("type", f"Expected {wanted.value} here; {kind.value} came.", tree.position)
        return evaluate

    def _any(self, tree: Expression, scope: _Scope) -> tuple[Kind, Evaluate]:
        match tree:
            case TextLiteral(value):
                return Kind.TEXT, _constant(value)
            case NumberLiteral(number):
                return Kind.NUMBER, _constant(number)
            case TruthLiteral(truth):
                return Kind.TRUTH, _constant(truth)
            case Not(operand):
                claim = self.compiled(operand, Kind.TRUTH, scope)
                return Kind.TRUTH, lambda at: not claim(at)
            case Minus(operand):
                amount = self.compiled(operand, Kind.NUMBER, scope)
                return Kind.NUMBER, lambda at: -amount(at)
            case Binary():
                return self._binary(tree, scope)
            case Call(receiver=receiver) if receiver is None or isinstance(receiver, Name):
                return self._function(tree, receiver, scope)
            case Call(receiver=receiver) if receiver is not None:
                return self._method(tree, receiver, scope)
            case PairCondition(position=position):
                message = "Expected a value; a condition over pairs came. It is the second argument of exists( ) only."
                raise ExpressionRefused("type", message, position)
        message = "Expected a function, a text in quotes or a number; a name came. Put a text in quotes."
        raise ExpressionRefused("name-unknown", message, tree.position)

    def _binary(self, tree: Binary, scope: _Scope) -> tuple[Kind, Evaluate]:
        sign = tree.operator
        if sign in ("||", "&&"):
            one = self.compiled(tree.left, Kind.TRUTH, scope)
            other = self.compiled(tree.right, Kind.TRUTH, scope)
            if sign == "||":
                return Kind.TRUTH, lambda at: one(at) or other(at)
            return Kind.TRUTH, lambda at: one(at) and other(at)
        kind, left = self._any(tree.left, scope)
        if sign not in ("==", "!="):
            if kind is not Kind.NUMBER:
                message = f"Expected a number before “{sign}”; {kind.value} came. Read it by number( )."
                raise ExpressionRefused("type", message, tree.left.position)
        elif kind is Kind.TRUTH:
            message = f"Expected texts or numbers around “{sign}”; a condition came. Use &&, || and !."
            raise ExpressionRefused("type", message, tree.left.position)
        right = self.compiled(tree.right, kind, scope)
        result = Kind.NUMBER if sign in _ARITHMETIC else Kind.TRUTH
        return result, _applied(_ARITHMETIC.get(sign) or _COMPARISONS[sign], left, right, tree.right)

    def _method(self, tree: Call, receiver: Expression, scope: _Scope) -> tuple[Kind, Evaluate]:
        method = METHODS.get(tree.function)
        if method is None:
            raise _unknown_function(tree, "after a text", METHODS)
        text = self.compiled(receiver, Kind.TEXT, scope)
        _expect_arguments(tree, (len(method.parameters),))
        apply = method.apply
        if not method.parameters:
            return method.result, lambda at: apply(text(at))
        argument = self.compiled(tree.arguments[0], method.parameters[0], scope)
        return method.result, lambda at: apply(text(at), argument(at))

    def _function(self, tree: Call, receiver: Name | None, scope: _Scope) -> tuple[Kind, Evaluate]:
        is_other = _looks_from_other(receiver, scope)
        overloads = FUNCTIONS.get(tree.function)
        if overloads is None:
            raise _unknown_function(tree, "of an element", FUNCTIONS)
        _expect_arguments(tree, tuple(len(one.parameters) for one in overloads))
        function = next(one for one in overloads if len(one.parameters) == len(tree.arguments))
        place = scope.other_place if is_other else scope.place
        evaluate = function.build(*self._arguments(tree, function, place, scope))
        if scope.names is None:
            return function.result, evaluate
        index = int(is_other)
        return function.result, lambda pair: evaluate(pair[index])

    def _arguments(self, tree: Call, function: Function, place: tuple[str, ...], scope: _Scope) -> list[Any]:
        """Compile each argument by what its parameter is; a path after a path starts where the first one ends."""
        built: list[Any] = []
        for parameter, argument in zip(function.parameters, tree.arguments, strict=True):
            if parameter is Kind.PAIR:
                built.append(self._pair(argument, place, scope))
            elif parameter in (Kind.TEXT, Kind.NUMBER):
                if scope.names is not None and not isinstance(argument, TextLiteral | NumberLiteral):
                    message = "Expected a text or number written out here, within a condition over pairs."
                    raise ExpressionRefused("type", message, argument.position)
                built.append(self.compiled(argument, parameter, scope))
            elif parameter is Kind.FLAG:
                built.append(_flag(argument))
            elif parameter is Kind.PATTERN:
                built.append(_pattern(argument))
            elif parameter is Kind.MARK:
                built.append(_mark(argument))
            else:
                path = self._path(argument, place)
                place = _place_of(path, place)
                self.paths.append(UsedPath(place, argument.position))
                built.append(finder(path))
        return built

    def _path(self, argument: Expression, place: tuple[str, ...]) -> Path:
        text = _literal(argument, Kind.PATH)
        return parse_path(text, depth=len(place), position=argument.position)

    def _pair(self, argument: Expression, other_place: tuple[str, ...], scope: _Scope) -> Evaluate:
        if not isinstance(argument, PairCondition):
            raise ExpressionRefused("type", f"Expected {Kind.PAIR.value}; something else came.", argument.position)
        if scope.names is not None:
            message = "Expected no condition over pairs within another: it would look at every triple. Write two rules."
            raise ExpressionRefused("too-deep", message, argument.position)
        if argument.here == argument.other:
            raise ExpressionRefused("syntax", "Expected two different names for the two elements.", argument.position)
        inner = _Scope(scope.place, (argument.here, argument.other), other_place)
        return self.compiled(argument.body, Kind.TRUTH, inner)


def _looks_from_other(receiver: Name | None, scope: _Scope) -> bool:
    if receiver is None:
        return False
    if scope.names is None or receiver.value not in scope.names:
        message = "Expected a function here; before “.” stands a name that no condition over pairs gives. Remove it."
        raise ExpressionRefused("name-unknown", message, receiver.position)
    return receiver.value == scope.names[1]


def _place_of(path: Path, place: tuple[str, ...]) -> tuple[str, ...]:
    return place[: len(place) - path.up] + path.down


def _constant(value: Any) -> Evaluate:
    return lambda _at: value


_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": lambda one, other: one / other if other else float("nan"),
}
_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _applied(apply: Callable[[Any, Any], Any], left: Evaluate, right: Evaluate, tree: Expression) -> Evaluate:
    """Return the function of both operands; comparing with something written out, by far most frequent, is direct."""
    if isinstance(tree, TextLiteral | NumberLiteral):
        value = tree.value
        if apply is operator.eq:
            return lambda at: left(at) == value
        return lambda at: apply(left(at), value)
    return lambda at: apply(left(at), right(at))


def _literal(argument: Expression, kind: Kind) -> str:
    if not isinstance(argument, TextLiteral):
        raise ExpressionRefused("type", f"Expected {kind.value}; something computed came.", argument.position)
    return argument.value


def _flag(argument: Expression) -> bool:
    if not isinstance(argument, TruthLiteral):
        raise ExpressionRefused("type", f"Expected {Kind.FLAG.value}; something else came.", argument.position)
    return argument.value


def _mark(argument: Expression) -> str:
    mark = _literal(argument, Kind.MARK)
    if len(mark) != 1:
        raise ExpressionRefused("type", f"Expected {Kind.MARK.value}; {len(mark)} came.", argument.position)
    return mark


def _pattern(argument: Expression) -> Callable[[str], bool]:
    text = _literal(argument, Kind.PATTERN)
    try:
        return compile_pattern(text)
    except ExpressionRefused as refusal:
        message = f"{refusal.message} It is character {refusal.position + 1} of the pattern."
        raise ExpressionRefused(refusal.reason, message, argument.position) from refusal


def _expect_arguments(tree: Call, counts: tuple[int, ...]) -> None:
    if len(tree.arguments) not in counts:
        wanted = " or ".join(map(str, counts))
        message = f"Expected {wanted} arguments of {tree.function}( ); {len(tree.arguments)} came."
        raise ExpressionRefused("arguments", message, tree.position)


def _unknown_function(tree: Call, where: str, known: Any) -> ExpressionRefused:
    message = f"Expected a function {where}: {', '.join(sorted(known))}. Another came; it is not of the language."
    return ExpressionRefused("function-unknown", message, tree.position)
