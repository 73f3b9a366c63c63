"""What rules a pack holds: one JSON file of an administration, read, checked and compiled as a whole or refused.

The form is that of the published packs::

    {"element": "/GOOITEGDS", "name": "p23_p92",
     "asserts": [{"test": "exists('A') || …", "errorCode": "8207", "errorMessage": "…", "localErrorMessage": "…"}]}

An assert holds for every element at `element`; where its test is false, the error is reported there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from comity.features.declarations.rule_packs.compile import UsedPath, compile_expression
from comity.features.declarations.rule_packs.errors import ExpressionRefused
from comity.features.declarations.rule_packs.message import MessageElement
from comity.features.declarations.rule_packs.paths import parse_place
from comity.foundation.errors import Finding

MAX_PACK_BYTES = 2**20
"""Size of a pack; the largest published one has 11 kB: a guess with room."""

MAX_RULES = 1_000
"""Asserts of a pack; the largest published one has 20: a guess with room."""

MAX_MESSAGE = 2_000
"""Length of an error's text, in characters; the longest published one has 460: a guess with room."""

_NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,19}\Z")
_KEYS = frozenset({"element", "name", "asserts"})
_ASSERT_KEYS = frozenset({"test", "errorCode", "errorMessage", "localErrorMessage"})


@dataclass(frozen=True, slots=True)
class Rule:
    """One assert: its number and official sentence, the claim it makes, and the paths it reads."""

    number: str
    message: str
    holds: Callable[[MessageElement], bool]
    paths: tuple[UsedPath, ...]


@dataclass(frozen=True, slots=True)
class RulePack:
    """The rules of one element. `name` is that of the file, without its ending."""

    name: str
    place: tuple[str, ...]
    rules: tuple[Rule, ...]


def read_pack(file: Path) -> tuple[RulePack | None, list[Finding]]:
    """Return the pack of a file, or None and every fault of it: path `file`, `file, rule 8107, character 35`."""
    faults = _Faults(file.name)
    content = _content(file, faults)
    if content is None:
        return None, faults.found
    try:
        place = parse_place(content["element"] if isinstance(content["element"], str) else "")
    except ExpressionRefused as refusal:
        faults.add("element", refusal.message)
        return None, faults.found
    numbered = enumerate(content["asserts"], start=1)
    rules = [_rule(one, place, faults.of_rule(one, index)) for index, one in numbered]
    if faults.found:
        return None, faults.found
    return RulePack(file.stem, place, tuple(rule for rule in rules if rule is not None)), []


def _content(file: Path, faults: _Faults) -> dict[str, Any] | None:
    try:
        content = file.read_bytes() if file.stat().st_size <= MAX_PACK_BYTES else b""
        pack = json.loads(content, object_pairs_hook=_each_key_once)
    except (ValueError, OSError, RecursionError):
        faults.add(
            "file",
            f"Expected a JSON object in UTF-8 of at most {MAX_PACK_BYTES} bytes with no key twice. Correct it.",
        )
        return None
    if not isinstance(pack, dict) or set(pack) != _KEYS or not isinstance(pack["asserts"], list):
        faults.add("form", "Expected the keys element, name and asserts (a list), and no others. Correct the file.")
        return None
    if not 0 < len(pack["asserts"]) <= MAX_RULES:
        faults.add("form", f"Expected 1 to {MAX_RULES} asserts; {len(pack['asserts'])} came.")
        return None
    return pack


def _rule(content: object, place: tuple[str, ...], faults: _Faults) -> Rule | None:
    if not isinstance(content, dict) or not {"test", "errorCode", "errorMessage"} <= set(content) <= _ASSERT_KEYS:
        faults.add("form", "Expected the keys test, errorCode and errorMessage (localErrorMessage may be there too).")
        return None
    if not all(isinstance(value, str) for value in content.values()):
        faults.add("form", "Expected every value of the assert as a text in quotes.")
        return None
    if not _NUMBER.match(content["errorCode"]):
        faults.add("form", "Expected errorCode as 1 to 20 letters and digits.")
        return None
    if not 0 < len(content["errorMessage"]) <= MAX_MESSAGE:
        faults.add("form", f"Expected an errorMessage of 1 to {MAX_MESSAGE} characters.")
        return None
    try:
        compiled = compile_expression(content["test"], place=place)
    except ExpressionRefused as refusal:
        faults.add(refusal.reason, refusal.message, position=refusal.position)
        return None
    return Rule(content["errorCode"], content["errorMessage"], compiled.holds, compiled.paths)


class _Faults:
    """Collects the faults of a file; each place begins with its name."""

    __slots__ = ("_place", "found")

    def __init__(self, place: str, found: list[Finding] | None = None) -> None:
        self._place = place
        self.found: list[Finding] = [] if found is None else found

    def of_rule(self, content: object, index: int) -> _Faults:
        number = content.get("errorCode") if isinstance(content, dict) else None
        named = number if isinstance(number, str) and _NUMBER.match(number) else f"no. {index}"
        return _Faults(f"{self._place}, rule {named}", self.found)

    def add(self, reason: str, message: str, *, position: int | None = None) -> None:
        place = self._place if position is None else f"{self._place}, character {position + 1}"
        self.found.append(Finding(f"rule-packs.{reason}", place, message))


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key twice")
    return found
