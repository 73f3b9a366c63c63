"""What the functions of the rules' language mean: their parameters, their result, and how each is compiled.

The meaning is that of the evaluator the published packs were written for: numbers are IEEE 754 doubles, an absent or
unreadable number is not a number (NaN: equal to nothing), an absent text is empty.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Any, NamedTuple, TypeAlias

from comity.features.declarations.rule_packs.message import SPACE, MessageElement

Element: TypeAlias = MessageElement
Find: TypeAlias = Callable[[Element], Sequence[Element]]
Evaluate: TypeAlias = Callable[[Any], Any]
"""From the rule's element (within a condition over pairs: from both elements) to a truth, number or text."""

MAX_DIGITS = 400
"""Longest text read as a number, in characters; what is longer is not a number."""

_DOUBLE = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,9})?\Z")
_WHOLE = re.compile(r"[+-]?[0-9]{1,20}\Z")


class Kind(Enum):
    """What an expression is, or a parameter must be."""

    TRUTH = "a condition (true or false)"
    NUMBER = "a number"
    TEXT = "a text"
    PATH = "a path in quotes"
    PATTERN = "a pattern in quotes"
    MARK = "one character in quotes"
    FLAG = "true or false, written out"
    PAIR = "a condition over pairs, {ContextHelper here, ContextHelper other -> …}"


class Function(NamedTuple):
    """A function of elements: `build` takes the compiled arguments and gives the function of the element."""

    parameters: tuple[Kind, ...]
    result: Kind
    build: Callable[..., Callable[[Element], Any]]


class Method(NamedTuple):
    """A function of a text, written after it."""

    parameters: tuple[Kind, ...]
    result: Kind
    apply: Callable[..., Any]


def number_of(text: str) -> float:
    """Return the number a text states, or NaN."""
    text = text.strip(SPACE)
    return float(text) if len(text) <= MAX_DIGITS and _DOUBLE.match(text) else math.nan


def whole_of(text: str) -> int | None:
    """Return the whole number of at most 32 bits a text states, or None."""
    text = text.strip(SPACE)
    if not _WHOLE.match(text):
        return None
    number = int(text)
    return number if -(2**31) <= number < 2**31 else None


def _exists(find: Find) -> Callable[[Element], bool]:
    return lambda element: bool(find(element))


def _absent(find: Find) -> Callable[[Element], bool]:
    return lambda element: not find(element)


def _exists_pair(find: Find, condition: Evaluate) -> Callable[[Element], bool]:
    def exists(element: Element) -> bool:
        spend = element.work.spend
        for other in find(element):
            spend(1)
            if condition((element, other)):
                return True
        return False

    return exists


def _text(find: Find) -> Callable[[Element], str]:
    def text(element: Element) -> str:
        found = find(element)
        return found[0].text if found else ""

    return text


def _trimmed(find: Find) -> Callable[[Element], str]:
    def trimmed(element: Element) -> str:
        found = find(element)
        return found[0].text.strip(SPACE) if found else ""

    return trimmed


def _number(find: Find) -> Callable[[Element], float]:
    def number(element: Element) -> float:
        found = find(element)
        return number_of(found[0].text) if found else math.nan

    return number


def _whole_or(find: Find, default: Evaluate) -> Callable[[Element], float]:
    def whole(element: Element) -> float:
        found = find(element)
        number = whole_of(found[0].text) if found else None
        return float(default(element)) if number is None else number

    return whole


def _matches(find: Find, matches: Callable[[str], bool]) -> Callable[[Element], bool]:
    def applied(element: Element) -> bool:
        found = find(element)
        return bool(found) and matches(found[0].text)

    return applied


def _all_texts(find: Find, element: Element) -> list[str]:
    found = find(element)
    element.work.spend(len(found))
    return [one.text for one in found]


def _sum(find: Find) -> Callable[[Element], float]:
    return lambda element: sum(map(number_of, _all_texts(find, element)), 0.0)


def _count(find: Find) -> Callable[[Element], int]:
    return lambda element: len(find(element))


def _count_equals(find: Find, wanted: Evaluate) -> Callable[[Element], int]:
    def count(element: Element) -> int:
        text = wanted(element)
        return sum(one.strip(SPACE) == text for one in _all_texts(find, element))

    return count


def _count_distinct(find: Find, trim: bool) -> Callable[[Element], int]:  # noqa: FBT001 - the flag is the language's
    def count(element: Element) -> int:
        return len({text.strip(SPACE) if trim else text for text in _all_texts(find, element)})

    return count


def _count_distinct_child_counts(find: Find) -> Callable[[Element], int]:
    def count(element: Element) -> int:
        found = find(element)
        element.work.spend(len(found))
        return len({one.child_count for one in found})

    return count


def _exists_for_all(find_parents: Find, find: Find, wanted: Evaluate) -> Callable[[Element], bool]:
    def exists(element: Element) -> bool:
        text = wanted(element)
        parents = find_parents(element)
        element.work.spend(len(parents))
        return all(any(one.strip(SPACE) == text for one in _all_texts(find, parent)) for parent in parents)

    return exists


def _are_indices(find: Find) -> Callable[[Element], bool]:
    def are_indices(element: Element) -> bool:
        return all(whole_of(text) == place for place, text in enumerate(_all_texts(find, element), start=1))

    return are_indices


def _substring_after(text: Evaluate, mark: str) -> Callable[[Element], str]:
    return lambda element: text(element).partition(mark)[2]


def _take(text: str, count: float) -> str:
    return text[: int(min(max(0, count), len(text)))]  # NaN is no number of characters: max() then gives 0


FUNCTIONS: Mapping[str, tuple[Function, ...]] = {
    "exists": (
        Function((Kind.PATH,), Kind.TRUTH, _exists),
        Function((Kind.PATH, Kind.PAIR), Kind.TRUTH, _exists_pair),
    ),
    "not": (Function((Kind.PATH,), Kind.TRUTH, _absent),),
    "getValue": (Function((Kind.PATH,), Kind.TEXT, _text),),
    "trim": (Function((Kind.PATH,), Kind.TEXT, _trimmed),),
    "number": (Function((Kind.PATH,), Kind.NUMBER, _number),),
    "intOrElse": (Function((Kind.PATH, Kind.NUMBER), Kind.NUMBER, _whole_or),),
    "applyRegex": (Function((Kind.PATH, Kind.PATTERN), Kind.TRUTH, _matches),),
    "sum": (Function((Kind.PATH,), Kind.NUMBER, _sum),),
    "count": (Function((Kind.PATH,), Kind.NUMBER, _count),),
    "countEquals": (Function((Kind.PATH, Kind.TEXT), Kind.NUMBER, _count_equals),),
    "countDistinct": (Function((Kind.PATH, Kind.FLAG), Kind.NUMBER, _count_distinct),),
    "countDistinctChildCount": (Function((Kind.PATH,), Kind.NUMBER, _count_distinct_child_counts),),
    "existsForAll": (Function((Kind.PATH, Kind.PATH, Kind.TEXT), Kind.TRUTH, _exists_for_all),),
    "areIndices": (Function((Kind.PATH,), Kind.TRUTH, _are_indices),),
    "substringAfter": (Function((Kind.TEXT, Kind.MARK), Kind.TEXT, _substring_after),),
}
"""Functions by name, and by how many arguments they take. `existsForAll` reads its second path from each element of
its first."""

METHODS: Mapping[str, Method] = {
    "take": Method((Kind.NUMBER,), Kind.TEXT, _take),
    "length": Method((), Kind.NUMBER, len),
    "contains": Method((Kind.TEXT,), Kind.TRUTH, lambda text, part: part in text),
    "startsWith": Method((Kind.TEXT,), Kind.TRUTH, str.startswith),
    "endsWith": Method((Kind.TEXT,), Kind.TRUTH, str.endswith),
}
