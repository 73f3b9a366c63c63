"""Is this text one SQL expression of a bearable size? Parsed with sqlglot in DuckDB's dialect; comments are dropped."""

from __future__ import annotations

import re

import sqlglot
from sqlglot import TokenType, exp
from sqlglot.errors import SqlglotError

from comity.features.risk.errors import RuleInvalid

LONGEST_TEXT = 4_000  # characters; a guess: the longest shipped profile has a twentieth of it
MOST_TOKENS = 1_500
DEEPEST_BRACKETS = 16
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def parse_expression(text: str) -> exp.Expr:
    """Return sqlglot's tree of one expression; nothing is said of names and types yet.

    Raises:
        RuleInvalid: too long, too deep, not one expression, or not SQL; says where.
    """
    _check_size(text)
    dialect = sqlglot.Dialect.get_or_raise("duckdb")
    try:
        tokens = dialect.tokenize(text)
        _check_tokens(tokens)
        found = [each for each in dialect.parser().parse(tokens, text) if each is not None]
    except SqlglotError as error:
        raise _unreadable(text, error) from error
    except RecursionError as error:
        raise RuleInvalid("the condition is nested too deeply: split the profile") from error
    if len(found) != 1:
        raise RuleInvalid("expected one condition, found nothing: write a condition over the published columns")
    return found[0]


def _check_size(text: str) -> None:
    if len(text) > LONGEST_TEXT:
        raise RuleInvalid(f"the condition may have {LONGEST_TEXT} characters, not {len(text)}: split the profile")
    control = _CONTROL.search(text)
    if control:
        raise RuleInvalid("a control character is not allowed here: remove it", position=control.start())


def _check_tokens(tokens: list[sqlglot.Token]) -> None:
    if len(tokens) > MOST_TOKENS:
        raise RuleInvalid(f"the condition may have {MOST_TOKENS} words and signs: split the profile")
    depth = 0
    for token in tokens:
        if token.token_type is TokenType.SEMICOLON:
            raise RuleInvalid("one condition only: remove the semicolon", position=token.start)
        depth += (token.token_type is TokenType.L_PAREN) - (token.token_type is TokenType.R_PAREN)
        if depth > DEEPEST_BRACKETS:
            raise RuleInvalid(f"at most {DEEPEST_BRACKETS} brackets inside each other", position=token.start)


def _unreadable(text: str, error: SqlglotError) -> RuleInvalid:
    told = getattr(error, "errors", None) or [{}]
    line, column = told[0].get("line"), told[0].get("col")
    if not isinstance(line, int) or not isinstance(column, int):
        return RuleInvalid("this is not a SQL condition: look for an open quotation mark or bracket")
    before = text.split("\n")[: line - 1]
    position = min(sum(len(each) + 1 for each in before) + max(column - 1, 0), max(len(text) - 1, 0))
    return RuleInvalid("this is not a SQL condition from here on: complete or correct it", position=position)
