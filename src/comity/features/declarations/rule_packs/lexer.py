"""Which tokens a rule's expression holds: names, texts in quotes, numbers, operators.

The lexical form is that of Groovy, of which the published packs use a small part. Whatever else comes is refused.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from comity.features.declarations.rule_packs.errors import ExpressionRefused

MAX_EXPRESSION = 10_000
"""Longest expression read, in characters. A guess: the longest published one has fewer than 1,000."""

_TOKEN = re.compile(
    r"""[ \t\r\n]*(?:
      (?P<name>[A-Za-z_][A-Za-z0-9_]{0,99})
    | (?P<number>[0-9]{1,40}(?:\.[0-9]{1,40})?)(?![A-Za-z0-9_.])
    | (?P<text>'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n$]|\\.)*")
    | (?P<operator>\|\||&&|==|!=|<=|>=|->|[<>!+\-*/(){},.])
    | (?P<end>\Z))""",
    re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "\\": "\\", "'": "'", '"': '"', "$": "$"}


class Token(NamedTuple):
    """A token: `kind` is name, number, text, operator or end; a text is given without quotes and escapes."""

    kind: str
    text: str
    position: int


def tokens(expression: str) -> list[Token]:
    """Return the tokens of an expression, the last one of kind `end`.

    Raises:
        ExpressionRefused: it is too long, or at some position no token of the language begins.
    """
    if len(expression) > MAX_EXPRESSION:
        raise ExpressionRefused(
            "too-long",
            f"Expected at most {MAX_EXPRESSION} characters; {len(expression)} came. Write several rules.",
            MAX_EXPRESSION,
        )
    found: list[Token] = []
    position = 0
    while True:
        match = _TOKEN.match(expression, position)
        if match is None or match.lastgroup is None:
            raise _unknown(expression, position)
        kind = match.lastgroup
        start = match.start(kind)
        text = match[kind]
        found.append(Token(kind, _unquoted(text, start) if kind == "text" else text, start))
        if kind == "end":
            return found
        position = match.end()


def _unquoted(quoted: str, start: int) -> str:
    def resolved(match: re.Match[str]) -> str:
        escape = match[1]
        if len(escape) == 5:
            return chr(int(escape[1:], 16))
        if escape not in _ESCAPED:
            raise ExpressionRefused(
                "escape-unknown",
                "Expected a known escape after “\\”: n t r b f u0000 \\ ' \" $. Double the “\\” if it is meant itself.",
                start + 1 + match.start(),
            )
        return _ESCAPED[escape]

    return _ESCAPE.sub(resolved, quoted[1:-1])


def _unknown(expression: str, position: int) -> ExpressionRefused:
    while expression[position] in " \t\r\n":
        position += 1
    if expression[position] in "'\"":
        message = (
            "Expected the closing quote of a text that begins here, on the same line, without a variable in it."
            " Close it; write “\\$” for a dollar sign."
        )
        return ExpressionRefused("text-open", message, position)
    message = (
        "Expected a name, a text in quotes, a number, or one of || && == != < <= > >= ! + - * / ( ) { } , . ->."
        " Nothing else is of the language of rules."
    )
    return ExpressionRefused("token-unknown", message, position)
