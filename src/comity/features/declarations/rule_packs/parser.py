"""How a rule's expression is built: precedence of `||`, `&&`, equality, order, sums, products, `!`, calls.

Recursive descent with bounded depth; every refusal names the position and what was expected there.
"""

from __future__ import annotations

from comity.features.declarations.rule_packs.errors import ExpressionRefused
from comity.features.declarations.rule_packs.lexer import Token, tokens
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

MAX_DEPTH = 24
"""Deepest nesting of brackets, calls and operators' operands. A guess: the published packs need 6."""

MAX_CHAIN = 100
"""Most operators of one level in a row. A guess: the published packs have 8."""

_LEVELS: tuple[frozenset[str], ...] = (
    frozenset({"||"}),
    frozenset({"&&"}),
    frozenset({"==", "!="}),
    frozenset({"<", "<=", ">", ">="}),
    frozenset({"+", "-"}),
    frozenset({"*", "/"}),
)
_ONCE = _LEVELS[2] | _LEVELS[3]
"""Operators that do not chain: `a == b == c` means something else than it seems, so it is refused."""


def parse(expression: str) -> Expression:
    """Return the tree of an expression.

    Raises:
        ExpressionRefused: it is not of the language, too long or too deep; the position counts from 0.
    """
    parser = _Parser(tokens(expression))
    tree = parser.binary(0)
    parser.expect_end()
    return tree


class _Parser:
    __slots__ = ("_at", "_depth", "_tokens")

    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self._at = 0
        self._depth = 0

    def binary(self, level: int) -> Expression:
        """Read operators of this level and above."""
        if level == len(_LEVELS):
            return self._unary()
        left = self.binary(level + 1)
        chained = 0
        while self._token.kind == "operator" and self._token.text in _LEVELS[level]:
            operator = self._next()
            chained += 1
            if chained > 1 and operator.text in _ONCE:
                raise _refused(operator, "chained", "Expected one comparison; a second follows. Set brackets.")
            if chained > MAX_CHAIN:
                raise _refused(
                    operator, "too-deep", f"Expected at most {MAX_CHAIN} equal operators in a row. Split it."
                )
            left = Binary(operator.text, left, self.binary(level + 1), operator.position)
        return left

    def expect_end(self) -> None:
        """Refuse anything after the expression."""
        if self._token.kind != "end":
            raise _refused(self._token, "syntax", "Expected an operator or the end here. Join the parts by && or ||.")

    @property
    def _token(self) -> Token:
        return self._tokens[self._at]

    def _next(self) -> Token:
        token = self._tokens[self._at]
        self._at += 1
        return token

    def _unary(self) -> Expression:
        token = self._token
        if token.kind == "operator" and token.text in "!-":
            self._next()
            self._enter(token)
            operand = self._unary()
            self._depth -= 1
            return Not(operand, token.position) if token.text == "!" else Minus(operand, token.position)
        return self._calls(self._primary())

    def _calls(self, expression: Expression) -> Expression:
        while self._is("."):
            self._next()
            name = self._expect_name("the name of a function after “.”")
            if not self._is("("):
                raise _refused(self._token, "syntax", "Expected “(” after the function's name. Fields are not read.")
            expression = Call(name.text, self._arguments(), expression, name.position)
        return expression

    def _primary(self) -> Expression:
        token = self._next()
        if token.kind == "text":
            return TextLiteral(token.text, token.position)
        if token.kind == "number":
            return NumberLiteral(float(token.text), token.position)
        if token.kind == "name":
            if token.text in ("true", "false"):
                return TruthLiteral(token.text == "true", token.position)
            if self._is("("):
                return Call(token.text, self._arguments(), None, token.position)
            return Name(token.text, token.position)
        if token.text == "(":
            self._enter(token)
            inner = self.binary(0)
            self._expect(")")
            self._depth -= 1
            return inner
        if token.text == "{":
            return self._pair_condition(token)
        self._at -= 1
        raise _refused(token, "syntax", "Expected a value here: a function, a text, a number or “(”. Add it.")

    def _arguments(self) -> tuple[Expression, ...]:
        self._enter(self._next())
        arguments: list[Expression] = []
        if not self._is(")"):
            arguments.append(self.binary(0))
            while self._is(","):
                self._next()
                arguments.append(self.binary(0))
        self._expect(")")
        self._depth -= 1
        return tuple(arguments)

    def _pair_condition(self, brace: Token) -> Expression:
        self._enter(brace)
        here = self._parameter()
        self._expect(",")
        other = self._parameter()
        self._expect("->")
        body = self.binary(0)
        self._expect("}")
        self._depth -= 1
        return PairCondition(here, other, body, brace.position)

    def _parameter(self) -> str:
        kind = self._expect_name("“ContextHelper” and a name")
        if kind.text != "ContextHelper":
            raise _refused(kind, "syntax", "Expected “ContextHelper” before the name of each of the two elements.")
        return self._expect_name("the name of an element").text

    def _is(self, operator: str) -> bool:
        return self._token.kind == "operator" and self._token.text == operator

    def _expect(self, operator: str) -> None:
        if not self._is(operator):
            raise _refused(self._token, "syntax", f"Expected “{operator}” here. Add it, or remove what stands before.")
        self._next()

    def _expect_name(self, what: str) -> Token:
        if self._token.kind != "name":
            raise _refused(self._token, "syntax", f"Expected {what} here. Add it.")
        return self._next()

    def _enter(self, token: Token) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _refused(token, "too-deep", f"Expected at most {MAX_DEPTH} levels of nesting. Write several rules.")


def _refused(token: Token, reason: str, message: str) -> ExpressionRefused:
    return ExpressionRefused(reason, message, token.position)
