"""What an expression of a rule means, said a second time: a plain walk over its tree and over lxml's, nothing compiled.

Kept apart from the product on purpose: the tests hold the compiled functions against it.
"""

from __future__ import annotations

import math
import re

from comity.features.declarations.rule_packs import syntax


def evaluate(tree, element, *, names=None, other=None):
    """Return the value of a tree at an lxml element; within a pair, `names` are of the element and the `other`."""

    def of(part):
        return evaluate(part, element, names=names, other=other)

    match tree:
        case syntax.TextLiteral(value) | syntax.NumberLiteral(value) | syntax.TruthLiteral(value):
            return value
        case syntax.Not(operand):
            return not of(operand)
        case syntax.Minus(operand):
            return -of(operand)
        case syntax.Binary(operator, left, right):
            return binary(operator, of, left, right)
        case syntax.Call(function, arguments, receiver) if receiver is None or isinstance(receiver, syntax.Name):
            looks_from_other = receiver is not None and receiver.value == names[1]
            return call(function, arguments, other if looks_from_other else element, element)
        case syntax.Call(function, arguments, receiver):
            return method(function, of(receiver), [of(argument) for argument in arguments])
    raise AssertionError(tree)


def binary(operator, of, left, right):
    if operator == "||":
        return of(left) or of(right)
    if operator == "&&":
        return of(left) and of(right)
    one, two = of(left), of(right)
    if operator == "/":
        return one / two if two else math.nan
    return {
        "==": lambda: one == two,
        "!=": lambda: one != two,
        "<": lambda: one < two,
        "<=": lambda: one <= two,
        ">": lambda: one > two,
        ">=": lambda: one >= two,
        "+": lambda: one + two,
        "-": lambda: one - two,
        "*": lambda: one * two,
    }[operator]()


def method(function, text, arguments):
    if function == "length":
        return len(text)
    (argument,) = arguments
    if function == "take":
        return "" if math.isnan(argument) else text[: max(0, int(min(argument, 10_000)))]
    return {"contains": argument in text, "startsWith": text.startswith(argument), "endsWith": text.endswith(argument)}[
        function
    ]


def call(function, arguments, at, own):
    if function == "substringAfter":
        text, mark = evaluate(arguments[0], at), arguments[1].value
        return text[text.index(mark) + 1 :] if mark in text else ""
    found = find(at, arguments[0].value)
    texts = [text_of(one) for one in found]
    rest = [getattr(one, "value", one) for one in arguments[1:]]
    if function == "exists" and rest:
        pair = arguments[1]
        return any(evaluate(pair.body, own, names=(pair.here, pair.other), other=one) for one in found)
    return {
        "exists": lambda: len(found) > 0,
        "not": lambda: len(found) == 0,
        "getValue": lambda: texts[0] if texts else "",
        "trim": lambda: texts[0].strip() if texts else "",
        "number": lambda: number(texts[0]) if texts else math.nan,
        "intOrElse": lambda: whole(texts[0], rest[0]) if texts else rest[0],
        "applyRegex": lambda: bool(texts) and re.fullmatch(rest[0], texts[0], re.ASCII) is not None,
        "sum": lambda: sum(number(text) for text in texts),
        "count": lambda: len(found),
        "countEquals": lambda: len([text for text in texts if text.strip() == rest[0]]),
        "countDistinct": lambda: len({text.strip() if rest[0] else text for text in texts}),
        "countDistinctChildCount": lambda: len({len(one) for one in found}),
        "existsForAll": lambda: all(
            any(text_of(inner).strip() == rest[1] for inner in find(one, rest[0])) for one in found
        ),
        "areIndices": lambda: [whole(text, None) for text in texts] == list(range(1, len(texts) + 1)),
    }[function]()


def find(element, path):
    level = [element]
    for step in path.split("/"):
        if step == "..":
            level = [one.getparent() for one in level]
        elif step != ".":
            level = [child for one in level for child in one if child.tag.rpartition("}")[2] == step]
    return level


def text_of(element):
    return "".join(element.itertext())


def number(text):
    try:
        return float(text) if re.fullmatch(r"\s*[+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?\s*", text) else math.nan
    except ValueError:
        return math.nan


def whole(text, default):
    number = int(text) if re.fullmatch(r"\s*[+-]?[0-9]+\s*", text) else default
    return default if number is None or not -(2**31) <= number < 2**31 else number
