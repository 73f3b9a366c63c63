"""Whether a whole text matches a pattern: in time that grows with the text only, whatever pattern or text comes.

Derivatives of regular expressions (Brzozowski 1964; Owens, Reppy and Turon 2009) give a deterministic automaton.
Nothing backtracks, so that no message can be made slow to match.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from functools import lru_cache
from threading import Lock

from comity.features.declarations.rule_packs.pattern_syntax import (
    ANYTHING,
    EMPTY,
    NOTHING,
    Both,
    Characters,
    Either,
    Pattern,
    Repeat,
    Sequence,
    Without,
    either,
    parse_pattern,
    repeat,
    sequence,
)

MAX_STATES = 1_000
"""Most states kept of a pattern's automaton; beyond, matching goes on without keeping more. A guess: the published
patterns come to fewer than 200 over all published messages."""


@lru_cache(maxsize=256)
def compile_pattern(text: str) -> Callable[[str], bool]:
    """Return the claim that a whole text matches the pattern.

    Raises:
        ExpressionRefused: the pattern is not supported; the position is within the pattern.
    """
    return _Automaton(parse_pattern(text)).matches


class _Automaton:
    """A deterministic automaton whose states are made when a text first comes to them.

    Threads may share it: a state is complete before its number is known, and only one thread makes states at a time.
    """

    __slots__ = ("_accepting", "_ascii_class", "_bounds", "_lock", "_numbers", "_patterns", "_rows")

    def __init__(self, pattern: Pattern) -> None:
        self._bounds = sorted(_bounds(pattern) | {0})
        self._ascii_class = [bisect_right(self._bounds, code) - 1 for code in range(128)]
        self._lock = Lock()
        self._numbers: dict[Pattern, int] = {}
        self._patterns: list[Pattern] = []
        self._accepting: list[bool] = []
        self._rows: list[list[int]] = []
        self._number(pattern)

    def matches(self, value: str) -> bool:
        """Claim that the whole text matches."""
        state = 0
        rows, classes, bounds = self._rows, self._ascii_class, self._bounds
        for at, sign in enumerate(value):
            code = ord(sign)
            kind = classes[code] if code < 128 else bisect_right(bounds, code) - 1
            following = rows[state][kind]
            if following < 0:
                following = self._follow(state, kind)
                if following < 0:
                    return self._matches_unkept(self._patterns[state], value[at:])
            state = following
        return self._accepting[state]

    def _follow(self, state: int, kind: int) -> int:
        after = _after(self._patterns[state], self._bounds[kind])
        with self._lock:
            number = self._numbers.get(after, -1)
            if number < 0 and len(self._patterns) < MAX_STATES:
                number = self._number(after)
        if number >= 0:
            self._rows[state][kind] = number
        return number

    def _number(self, pattern: Pattern) -> int:
        number = len(self._patterns)
        self._patterns.append(pattern)
        self._accepting.append(_accepts_empty(pattern))
        self._rows.append([-1] * len(self._bounds))
        self._numbers[pattern] = number
        return number

    @staticmethod
    def _matches_unkept(pattern: Pattern, value: str) -> bool:
        for sign in value:
            pattern = _after(pattern, ord(sign))
        return _accepts_empty(pattern)


def _bounds(pattern: Pattern) -> set[int]:
    """Return the code points at which what the pattern tells apart may change."""
    match pattern:
        case Characters(ranges):
            return {low for low, _ in ranges} | {high + 1 for _, high in ranges}
        case Sequence(first, then):
            return _bounds(first) | _bounds(then)
        case Either(of):
            return set[int]().union(*map(_bounds, of))
        case Both(one, other):
            return _bounds(one) | _bounds(other)
        case Repeat(of) | Without(of):
            return _bounds(of)


def _accepts_empty(pattern: Pattern) -> bool:
    match pattern:
        case Characters():
            return False
        case Sequence(first, then):
            return _accepts_empty(first) and _accepts_empty(then)
        case Either(of):
            return any(map(_accepts_empty, of))
        case Both(one, other):
            return _accepts_empty(one) and _accepts_empty(other)
        case Repeat(of, least):
            return least == 0 or _accepts_empty(of)
        case Without(of):
            return not _accepts_empty(of)


def _after(pattern: Pattern, code: int) -> Pattern:
    """Return the pattern of what may follow the character `code`."""
    match pattern:
        case Characters(ranges):
            return EMPTY if any(low <= code <= high for low, high in ranges) else NOTHING
        case Sequence(first, then):
            rest = _each_followed(_after(first, code), then)
            return either({rest, _after(then, code)}) if _accepts_empty(first) else rest
        case Either(of):
            return either({_after(one, code) for one in of})
        case Both(one, other):
            return _both(_after(one, code), _after(other, code))
        case Without(of):
            return _without(_after(of, code))
        case Repeat(of, least, most):
            fewer = repeat(of, max(least - 1, 0), None if most is None else most - 1)
            return NOTHING if most == 0 else _each_followed(_after(of, code), fewer)


def _each_followed(first: Pattern, then: Pattern) -> Pattern:
    """Return the sequence with its choice outside (Antimirov 1996): there are no more of those than places."""
    if isinstance(first, Either):
        return either({sequence(one, then) for one in first.of})
    return sequence(first, then)


def _both(one: Pattern, other: Pattern) -> Pattern:
    if NOTHING in (one, other):
        return NOTHING
    if one == ANYTHING:
        return other
    return one if other in (one, ANYTHING) else Both(one, other)


def _without(of: Pattern) -> Pattern:
    if of == NOTHING:
        return ANYTHING
    return NOTHING if of == ANYTHING else Without(of)
