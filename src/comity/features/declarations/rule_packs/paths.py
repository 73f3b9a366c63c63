"""How a path in a rule is written: `.`, `A/B`, `../A`; what else XPath allows is refused."""

from __future__ import annotations

import re

from comity.features.declarations.rule_packs.errors import ExpressionRefused
from comity.features.declarations.rule_packs.message import Path

MAX_PATH = 200
"""Longest path, in characters. A guess: the longest published one has 43."""

_NAME = re.compile(r"(?:[A-Za-z_][A-Za-z0-9_.-]*:)?([A-Za-z_][A-Za-z0-9_.-]*)\Z")


def parse_path(text: str, *, depth: int, position: int = 0) -> Path:
    """Return a path as steps upwards and names downwards; prefixes are left out, because names are local.

    `depth` is how many levels below the message the rule's element stands. An absolute path is refused: a rule's own
    place is its element, and what is elsewhere is reached by `../`.

    Raises:
        ExpressionRefused: it is no such path, or climbs above the message.
    """
    if text == ".":
        return Path(0, ())
    steps = text.split("/") if 0 < len(text) <= MAX_PATH else [""]
    up = 0
    while up < len(steps) and steps[up] == "..":
        up += 1
    names: list[str] = []
    for step in steps[up:]:
        match = _NAME.match(step)
        if match is None:
            message = (
                "Expected a path such as “.”, “A/B” or “../A”: names of elements, without predicates, wildcards or a"
                f" “/” at its start, at most {MAX_PATH} characters. Correct it."
            )
            raise ExpressionRefused("path", message, position)
        names.append(match[1])
    if up > depth:
        message = f"Expected at most {depth} times “../” from this rule's element; more leads out of the message."
        raise ExpressionRefused("path", message, position)
    return Path(up, tuple(names))


def parse_place(text: str) -> tuple[str, ...]:
    """Return the names of a rule's own element, `/A/B` below the message; `/` is the message itself.

    Raises:
        ExpressionRefused: it is no such path.
    """
    if text == "/":
        return ()
    if not text.startswith("/"):
        raise ExpressionRefused("path", "Expected the element as “/” or “/A/B”, from the message down. Correct it.", 0)
    return parse_path(text[1:], depth=0).down
