"""What rate does a text such as `5% + 10 EUR/100kg MAX 20%` say? A parser that names the position of what is wrong.

rate  = (sum | "free") [ "or" sum "whichever is" ("higher" | "lower") ] { ("MIN" | "MAX") sum }
sum   = term { ("+" | "-") term }
term  = number "%" | number currency [per] | currency number [per] | technical component
per   = ("/" | "per") [number] unit
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from comity.features.tariff.errors import RateUnreadable
from comity.features.tariff.rate import Bound, BoundKind, Rate, Term, TermKind
from comity.features.tariff.units import load_units

MOST_CHARACTERS = 400
MOST_TERMS = 20
MOST_DIGITS = 15
TECHNICAL = frozenset({"EA", "EAR", "ADSZ", "ADSZR", "ADFM", "ADFMR"})
"""Agricultural component and additional duties on sugar and flour, full and reduced (Meursing table)."""

_TOKEN = re.compile(
    r"\s*(?:(?P<number>[0-9]+(?:[.,][0-9]+)?)|(?P<word>[A-Za-zÀ-ÿ][A-Za-zÀ-ÿ0-9]*)|(?P<mark>[%+\-/€$£]))"
)
_CURRENCY = re.compile("[A-Z]{3}")
_UNIT_WITH_QUALIFIER = re.compile("[A-Z]{4}")
_MARKS = {"€": "EUR", "£": "GBP"}
_FREE = frozenset({"FREE", "NIHIL", "NIL", "EXEMPT", "GRATIS"})
_UPPER = frozenset({"HIGHER", "GREATER", "HIGHEST", "GREATEST"})
_LOWER = frozenset({"LOWER", "LESSER", "LOWEST", "LEAST", "LESS"})


class _Token(NamedTuple):
    kind: str
    text: str
    at: int


def parse_rate(text: str) -> Rate:
    """Return the rate.

    Raises:
        RateUnreadable: it is not one; `path` is `character N`, counted from 1.
    """
    if len(text) > MOST_CHARACTERS:
        raise _unreadable(MOST_CHARACTERS, f"a rate of at most {MOST_CHARACTERS} characters")
    return _Parser(_tokens(text), len(text)).rate()


def _tokens(text: str) -> list[_Token]:
    tokens, at = [], 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None:
            raise _unreadable(at + len(text[at:]) - len(text[at:].lstrip()), "a number, %, a currency, a unit, + or -")
        kind = match.lastgroup or ""
        tokens.append(_Token(kind, match[kind], match.start(kind)))
        at = match.end()
    return tokens


def _unreadable(at: int, expected: str) -> RateUnreadable:
    return RateUnreadable(
        f"At character {at + 1} of the rate expected {expected}; correct it.", path=f"character {at + 1}"
    )


class _Parser:
    """The tokens of one expression, and how far they are read."""

    def __init__(self, tokens: list[_Token], length: int) -> None:
        self._tokens, self._next, self._length = tokens, 0, length

    def rate(self) -> Rate:
        terms = () if self._accept(*_FREE) else self._sum()
        bounds: list[Bound] = []
        if self._accept("OR"):
            bounds.append(self._alternative())
        while (word := self._accept("MIN", "MAX")) and len(bounds) < MOST_TERMS:
            bounds.append(Bound(BoundKind(word), self._sum()))
        self._end()
        return Rate(() if _is_free(terms) else terms, tuple(bounds))

    def _alternative(self) -> Bound:
        terms = self._sum()
        self._expect("WHICHEVER", "`whichever is higher` or `whichever is lower`")
        self._accept("IS")
        self._accept("THE")
        word = self._accept(*_UPPER, *_LOWER)
        if word is None:
            raise self._wrong("`higher` or `lower`")
        return Bound(BoundKind.LEAST if word in _UPPER else BoundKind.MOST, terms)

    def _sum(self) -> tuple[Term, ...]:
        if self._peek("-"):
            raise self._wrong("a rate that is not negative")
        terms = [self._term(1)]
        while (mark := self._accept("+", "-")) and len(terms) < MOST_TERMS:
            terms.append(self._term(1 if mark == "+" else -1))
        return tuple(terms)

    def _term(self, sign: int) -> Term:
        technical = self._accept(*TECHNICAL)
        if technical:
            return Term(TermKind.TECHNICAL, symbol=technical, sign=sign)
        currency = self._currency()
        amount = self._number()
        if currency is None:
            if self._accept("%"):
                return Term(TermKind.PERCENT, amount, sign=sign)
            currency = self._currency()
        if currency is None:
            if amount == 0:
                return Term(TermKind.PERCENT, amount, sign=sign)
            raise self._wrong("% or a currency of three letters (ISO 4217)")
        if not self._accept("/", "PER"):
            return Term(TermKind.SPECIFIC, amount, currency, sign=sign)
        per = self._number() if self._kind() == "number" else Decimal(1)
        if per == 0:
            raise self._wrong("a quantity that is not 0")
        return Term(TermKind.SPECIFIC, amount, currency, per, self._unit(), sign=sign)

    def _number(self) -> Decimal:
        if self._kind() != "number":
            raise self._wrong("a number")
        token = self._tokens[self._next]
        whole, _, part = token.text.replace(",", ".").partition(".")
        if "," in token.text and len(part) == 3:
            raise _unreadable(token.at, "a number without a mark for thousands (or with a point before decimals)")
        if len(whole) + len(part) > MOST_DIGITS:
            raise _unreadable(token.at, f"a number of at most {MOST_DIGITS} digits")
        self._next += 1
        return Decimal(f"{whole}.{part}" if part else whole)

    def _currency(self) -> str | None:
        token = self._tokens[self._next] if self._next < len(self._tokens) else None
        if token is None:
            return None
        if token.text in _MARKS:
            self._next += 1
            return _MARKS[token.text]
        word = token.text.upper()
        if token.kind != "word" or not _CURRENCY.fullmatch(word) or word in {"MIN", "MAX", "PER"}:
            return None
        self._next += 1
        return word

    def _unit(self) -> str:
        if self._kind() != "word":
            raise self._wrong("a unit of measure")
        unit = self._tokens[self._next].text.upper()
        if unit not in load_units() and not _UNIT_WITH_QUALIFIER.fullmatch(unit) and not _CURRENCY.fullmatch(unit):
            raise self._wrong("a unit of measure: kg, t, l, hl, m2, item, pair, or a code of three letters")
        self._next += 1
        return unit

    def _kind(self) -> str | None:
        return self._tokens[self._next].kind if self._next < len(self._tokens) else None

    def _peek(self, *words: str) -> str | None:
        if self._next >= len(self._tokens):
            return None
        text = self._tokens[self._next].text.upper()
        return text if text in words else None

    def _accept(self, *words: str) -> str | None:
        found = self._peek(*words)
        self._next += found is not None
        return found

    def _expect(self, word: str, expected: str) -> None:
        if not self._accept(word):
            raise self._wrong(expected)

    def _end(self) -> None:
        if self._next < len(self._tokens):
            raise self._wrong("+, -, MIN, MAX or the end")

    def _wrong(self, expected: str) -> RateUnreadable:
        at = self._tokens[self._next].at if self._next < len(self._tokens) else self._length
        return _unreadable(at, expected)


def _is_free(terms: tuple[Term, ...]) -> bool:
    return all(term.kind is not TermKind.TECHNICAL and term.amount == 0 for term in terms)
