"""How a pattern (regular expression) of a rule is written: the part of Java's syntax that means the same to everyone.

`java.util.regex.Pattern`, matched against the whole text. What depends on backtracking (back references, possessive
and atomic groups, look-behind) or on flags is refused, with its position.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

from comity.features.declarations.rule_packs.errors import ExpressionRefused

MAX_PATTERN = 400
"""Longest pattern, in characters. A guess: the longest published one has 110."""

MAX_PLACES = 2_000
"""Most places a pattern may be at, every repetition written out; matching a character costs that many steps at most.
A guess: the published patterns have fewer than 60."""

MAX_REPEAT = 1_000
"""Largest number in `{m,n}`. A guess: the longest text of an entry summary declaration has 280 characters."""

LAST = 0x10FFFF


@dataclass(frozen=True, slots=True)
class Characters:
    """One character of these ranges of code points, which are sorted and do not overlap."""

    ranges: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Sequence:
    """First the one, then the other."""

    first: Pattern
    then: Pattern


@dataclass(frozen=True, slots=True)
class Either:
    """One of several."""

    of: frozenset[Pattern]


@dataclass(frozen=True, slots=True)
class Repeat:
    """`of`, at least `least` and at most `most` times (None: without end)."""

    of: Pattern
    least: int
    most: int | None


@dataclass(frozen=True, slots=True)
class Both:
    """What matches the one and the other: from a look-ahead."""

    one: Pattern
    other: Pattern


@dataclass(frozen=True, slots=True)
class Without:
    """Whatever does not match: from a negative look-ahead."""

    of: Pattern


Pattern: TypeAlias = Characters | Sequence | Either | Repeat | Both | Without

NOTHING: Pattern = Characters(())
EMPTY: Pattern = Repeat(NOTHING, 0, 0)
ANYTHING: Pattern = Repeat(Characters(((0, LAST),)), 0, None)

_SPACE = ((9, 13), (32, 32))
_DIGIT = ((48, 57),)
_WORD = ((48, 57), (65, 90), (95, 95), (97, 122))
_CLASSES = {"s": _SPACE, "d": _DIGIT, "w": _WORD}
_LINE_ENDS = ((10, 10), (13, 13), (0x85, 0x85), (0x2028, 0x2029))
_ESCAPED = {"t": 9, "n": 10, "r": 13, "f": 12}
_BOUNDS = re.compile(r"\{([0-9]{1,4})(?:(,)([0-9]{0,4}))?\}")
_PUNCTUATION = frozenset("\\.[]{}()*+?^$|-/:,;!\"#%&'<=>@_`~ ")


def parse_pattern(text: str) -> Pattern:
    """Return the tree of a pattern.

    Raises:
        ExpressionRefused: it is too long or uses what is not supported; the position counts from 0 within the pattern.
    """
    if len(text) > MAX_PATTERN:
        raise ExpressionRefused("pattern", f"Expected a pattern of at most {MAX_PATTERN} characters. Shorten it.", 0)
    reader = _Reader(text)
    found = reader.either(depth=0)
    if reader.at < len(text):
        raise _refused("a pattern whose brackets are closed as often as opened", reader.at)
    if _places(found) > MAX_PLACES:
        raise _refused(f"repetitions that come to at most {MAX_PLACES} characters when written out", 0)
    return found


def sequence(first: Pattern, then: Pattern) -> Pattern:
    """Return the one followed by the other, in its simplest form."""
    if NOTHING in (first, then):
        return NOTHING
    if first == EMPTY:
        return then
    if then == EMPTY:
        return first
    if isinstance(first, Sequence):
        return Sequence(first.first, sequence(first.then, then))
    return Sequence(first, then)


def either(of: set[Pattern]) -> Pattern:
    """Return the choice between patterns, in its simplest form: equal ones once, none that match nothing."""
    flat: set[Pattern] = set()
    for one in of:
        flat |= one.of if isinstance(one, Either) else {one}
    flat.discard(NOTHING)
    if ANYTHING in flat:
        return ANYTHING
    if len(flat) > 1:
        return Either(frozenset(flat))
    return flat.pop() if flat else NOTHING


def repeat(of: Pattern, least: int, most: int | None) -> Pattern:
    """Return a repetition in its simplest form."""
    if (least, most) == (1, 1):
        return of
    if most == 0 or of in (NOTHING, EMPTY):
        return EMPTY if of == EMPTY or least == 0 else NOTHING
    return Repeat(of, least, most)


def _places(pattern: Pattern) -> int:
    match pattern:
        case Characters():
            return 1
        case Sequence(first, then):
            return _places(first) + _places(then)
        case Either(of):
            return sum(map(_places, of))
        case Both(one, other):
            return _places(one) + _places(other)
        case Repeat(of, least, most):
            return _places(of) * max(least, most or 1)
        case Without(of):
            return _places(of)


class _Reader:
    __slots__ = ("at", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def either(self, *, depth: int) -> Pattern:
        if depth > 16:
            raise _refused("at most 16 groups within each other", self.at)
        choices = {self._branch(depth)}
        while self._peek() == "|":
            self.at += 1
            choices.add(self._branch(depth))
        return either(choices)

    def _branch(self, depth: int) -> Pattern:
        """Read one alternative. Anchors stand at its ends only, where matching a whole text makes them empty."""
        if depth == 0 and self._peek() == "^":
            self.at += 1
        ahead = self.text[self.at : self.at + 3]
        if depth == 0 and ahead in ("(?!", "(?="):
            self.at += 3
            seen = sequence(self.either(depth=depth + 1), ANYTHING)
            self._close()
            return Both(Without(seen) if ahead == "(?!" else seen, self._branch(depth))
        parts: list[Pattern] = []
        while self.at < len(self.text) and self._peek() not in "|)":
            if self._peek() == "$" and depth == 0 and self.text[self.at + 1 : self.at + 2] in ("", "|"):
                self.at += 1
                break
            parts.append(self._repeated(depth))
        found = EMPTY
        for part in reversed(parts):
            found = sequence(part, found)
        return found

    def _repeated(self, depth: int) -> Pattern:
        found = self._atom(depth)
        seen = 0
        while (sign := self._peek()) and sign in "*+?{":
            seen += 1
            if seen > 1:
                raise _refused(
                    "one repetition after an item; “+” and “?” after another change how Java matches", self.at
                )
            found = repeat(found, *self._bounds(sign))
        return found

    def _bounds(self, sign: str) -> tuple[int, int | None]:
        if sign != "{":
            self.at += 1
            return {"*": (0, None), "+": (1, None), "?": (0, 1)}[sign]
        match = _BOUNDS.match(self.text, self.at)
        if match is None:
            raise _refused("{n}, {n,} or {n,m}", self.at)
        least = int(match[1])
        most = least if match[2] is None else int(match[3]) if match[3] else None
        if max(least, most or 0) > MAX_REPEAT or (most is not None and most < least):
            raise _refused(f"a repetition of at most {MAX_REPEAT} times, the smaller number first", self.at)
        self.at = match.end()
        return least, most

    def _atom(self, depth: int) -> Pattern:
        sign = self.text[self.at]
        if sign == "(":
            return self._group(depth)
        if sign == "[":
            return self._bracket()
        if sign == ".":
            self.at += 1
            return Characters(_complement(_LINE_ENDS))
        if sign == "\\":
            return Characters(self._escape())
        if sign in "^$*+?{":
            raise _refused(
                "an item to match; “^” stands at the start and “$” at the end of an alternative only", self.at
            )
        self.at += 1
        return Characters(((ord(sign), ord(sign)),))

    def _group(self, depth: int) -> Pattern:
        start = self.at
        self.at += 1
        if self._peek() == "?":
            if self.text[self.at : self.at + 2] != "?:":
                raise _refused("“(”, “(?:”, or a look-ahead at the start of an alternative that is in no group", start)
            self.at += 2
        found = self.either(depth=depth + 1)
        self._close()
        return found

    def _close(self) -> None:
        if self._peek() != ")":
            raise _refused("“)” to close the group", self.at)
        self.at += 1

    def _bracket(self) -> Pattern:
        start = self.at
        self.at += 1
        is_negated = self._peek() == "^"
        self.at += is_negated
        ranges: list[tuple[int, int]] = []
        while self._peek() != "]":
            if self._peek() in ("", "[") or self.text.startswith("&&", self.at):
                raise _refused("characters, ranges and “]”; brackets within brackets are not read", max(start, self.at))
            low = self._bracket_item()
            if self._peek() == "-" and self.text[self.at + 1 : self.at + 2] not in ("]", ""):
                self.at += 1
                high = self._bracket_item()
                if len(low) != 1 or len(high) != 1 or low[0][0] != low[0][1] or low[0][0] > high[0][0]:
                    raise _refused("a range from a lower to a higher character", self.at)
                low = ((low[0][0], high[0][1]),)
            ranges += low
        if not ranges:
            raise _refused("at least one character within “[ ]”", start)
        self.at += 1
        joined = _joined(ranges)
        return Characters(_complement(joined) if is_negated else joined)

    def _bracket_item(self) -> tuple[tuple[int, int], ...]:
        if self._peek() == "\\":
            return self._escape()
        code = ord(self.text[self.at])
        self.at += 1
        return ((code, code),)

    def _escape(self) -> tuple[tuple[int, int], ...]:
        sign = self.text[self.at + 1 : self.at + 2]
        if sign.lower() in _CLASSES and sign:
            ranges = _CLASSES[sign.lower()]
            ranges = ranges if sign.islower() else _complement(ranges)
        elif sign in _ESCAPED or sign in _PUNCTUATION:
            code = _ESCAPED.get(sign, ord(sign or "\0"))
            ranges = ((code, code),)
        else:
            raise _refused("one of \\s \\d \\w \\S \\D \\W \\t \\n \\r \\f, or a punctuation mark after “\\”", self.at)
        self.at += 2
        return ranges

    def _peek(self) -> str:
        return self.text[self.at : self.at + 1]


def _joined(ranges: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    joined: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if joined and low <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(joined[-1][1], high))
        else:
            joined.append((low, high))
    return tuple(joined)


def _complement(ranges: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    left: list[tuple[int, int]] = []
    start = 0
    for low, high in ranges:
        if start < low:
            left.append((start, low - 1))
        start = high + 1
    if start <= LAST:
        left.append((start, LAST))
    return tuple(left)


def _refused(expected: str, position: int) -> ExpressionRefused:
    return ExpressionRefused("pattern", f"Expected in the pattern {expected}. Write it differently.", position)
